"""What the books do outside requests."""

from config.jobs import job
from config.models import Job
from kiscloud.books.services import demo_books


@job(demo_books.JOB)
def fill_demo(work: Job) -> None:
    """A demo set has something to look at."""
    demo_books.fill_demo(event_id=work.payload["event"])
