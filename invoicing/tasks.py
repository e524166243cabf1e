"""What this app does outside requests."""

from datetime import timedelta

from config.jobs import job
from config.models import Job
from invoicing.services import (
    change_answers,
    cloud_orders,
    controls,
    invoice_files,
    invoiceables,
    issuing,
    red_answers,
    refund_reversals,
    reopening,
    sending,
    tokens,
)


# Outside: they call the tax platform; each step commits on its own.
@job(issuing.JOB, outside=True)
def issue(work: Job) -> None:
    """An issue order has come as far as the platform lets it; what it waits for then, `follow_orders` looks after."""
    sending.advance(order_id=work.payload["order"])


@job("invoicing.follow_orders", outside=True, every=timedelta(minutes=1))
def follow_orders(_work: Job) -> None:
    """Orders that wait for the platform were sent or asked about."""
    sending.follow_orders()


# Outside: it may call the tax platform; each file commits on its own.
@job(invoice_files.JOB, outside=True)
def keep_files(work: Job) -> None:
    """An issued invoice has its files."""
    invoice_files.keep_after(event_id=work.payload["event"], is_last=work.is_last_attempt)


# Outside, though it calls nobody: each letter commits on its own.
@job("invoicing.lapse_red_letters", outside=True, every=timedelta(minutes=10))
def lapse_red_letters(_work: Job) -> None:
    """Red letters that nobody answered in time are over."""
    red_answers.lapse_red_letters()


# Outside, though it calls nobody: each refund commits on its own.
@job(refund_reversals.JOB, outside=True)
def reverse_refunds(work: Job) -> None:
    """Refunds of what was invoiced have their red letters."""
    refund_reversals.reverse_after(event_id=work.payload["event"])


@job(reopening.JOB)
def reopen(work: Job) -> None:
    """What an invoice with an error covered can be asked for again."""
    reopening.reopen_after(event_id=work.payload["event"])


# Outside, though it calls nobody: each request commits on its own.
@job("invoicing.lapse_changes", outside=True, every=timedelta(hours=1))
def lapse_changes(_work: Job) -> None:
    """Change requests that the other account did not answer in time are over."""
    change_answers.lapse_changes()


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


@job(change_answers.JOB)
def follow_fee(work: Job) -> None:
    """A change request goes on once its fee is paid, or ends with the order."""
    change_answers.follow_fee(event_id=work.payload["event"])


@job(invoiceables.JOB)
def collect(work: Job) -> None:
    """What was paid can be invoiced."""
    invoiceables.collect_after(event_id=work.payload["event"])


@job(controls.JOB)
def follow_relationship(work: Job) -> None:
    """A manager that may no longer request invoices of a member does not ask for all of them either."""
    controls.follow_relationship(event_id=work.payload["event"])
