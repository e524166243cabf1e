"""What this app does outside requests."""

from datetime import timedelta

from accounts.notifications import JOB as NOTIFY
from accounts.services import cleanup, deliveries, invitations
from config.jobs import Retry, job
from config.models import Job


@job(NOTIFY)
def notify(work: Job) -> None:
    """Everybody concerned has the message, and their letters and texts are queued."""
    deliveries.announce(event_id=work.payload["event"])


@job(deliveries.JOB, outside=True)
def deliver(work: Job) -> None:
    """One letter or text is on its way, or is tried again later."""
    pause = deliveries.deliver(delivery_id=work.payload["delivery"], reference=work.reference, asked_at=work.created_at)
    if pause is not None:
        raise Retry(after=pause, reason="not delivered yet")


# Outside, though it calls nobody: each invitation commits on its own, lest one job hold the locks of many accounts.
@job("accounts.expire_invitations", outside=True, every=timedelta(minutes=1))
def expire_invitations(_work: Job) -> None:
    """Questions past their time are closed, and senders hear of those that nobody has opened."""
    invitations.expire_invitations()
    invitations.nudge_unopened()


@job("accounts.give_up_letters", outside=True, every=timedelta(hours=1))
def give_up_letters(_work: Job) -> None:
    """Deliveries whose job was parked show as failed."""
    deliveries.give_up_parked()


@job("accounts.forget", every=timedelta(days=1))
def forget(_work: Job) -> None:
    """Ended log-ins and old codes are gone."""
    cleanup.forget_sessions()
    cleanup.forget_codes()
