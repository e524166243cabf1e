"""What this app does outside requests."""

from datetime import timedelta

from config.jobs import Retry, job
from config.models import Job
from invoicing import policy
from invoicing.services import cloud_orders, issuing, tokens
from invoicing.tax import Busy


# Outside: it calls the tax platform; each step commits on its own.
@job(issuing.JOB, outside=True)
def issue(work: Job) -> None:
    """An issue order has come as far as the platform lets it."""
    try:
        issuing.advance(order_id=work.payload["order"])
    except Busy as error:
        raise Retry(after=policy.BUSY_PAUSE, reason="the tax platform takes nothing now") from error


@job("invoicing.ask_platform", outside=True, every=timedelta(minutes=1))
def ask_platform(_work: Job) -> None:
    """The tax platform was asked about orders that it works on."""
    issuing.ask_platform()


@job("invoicing.forget_tokens", every=timedelta(days=1))
def forget_tokens(_work: Job) -> None:
    """Tokens of the open API that are over are gone."""
    tokens.forget_tokens()


@job(cloud_orders.TAKE_JOB)
def take_cloud_order(work: Job) -> None:
    """A paid order of a package is the invoice cloud's."""
    cloud_orders.take_order(event_id=work.payload["event"])


@job(cloud_orders.END_JOB)
def end_cloud_order(work: Job) -> None:
    """What an order gave has ended with its refund."""
    cloud_orders.end_order(event_id=work.payload["event"])
