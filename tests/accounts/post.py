"""Looking at what was sent: short ways that the tests of deliveries share."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.links import find_link
from accounts.models import Delivery, ShortLink
from accounts.services import deliveries
from config import outbox
from config.jobs.runner import run
from config.models import Job

SITE = "https://tz.example"


def one(channel: str) -> Delivery:
    """The only delivery by this channel, freshly read."""
    return Delivery.objects.get(channel=channel)


def job_of(channel: str) -> Job:
    """The job that carries it."""
    return Job.objects.get(kind=deliveries.JOB, payload__delivery=one(channel).pk)


def tell() -> None:
    """The last event has been told about; letters and texts wait."""
    run(Job.objects.filter(kind="accounts.notify").latest("pk").pk)


def tokens(text: str) -> list[str]:
    """The tokens of the short links in a text."""
    return [word.partition("/s/")[2].rstrip("/") for word in text.split() if f"{SITE}/s/" in word]


def link_of(token: str) -> ShortLink:
    """The link of this token."""
    link = find_link(token)
    assert link is not None
    return link


def items(channel: str) -> list[outbox.Item]:
    """What the development outbox holds by this channel, newest first."""
    return [item for item in outbox.items() if item.channel == channel]


def much_later() -> datetime:
    """Every pause between attempts is over."""
    return timezone.now() + timedelta(days=1)
