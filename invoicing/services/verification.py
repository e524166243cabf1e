"""Verifying received invoices (查验): the tax authority is asked whether it knows an invoice so.

It answers five times a day for each invoice, not on the day of issue, and not after five years. The first answer of a
day is one use of the enterprise's entitlement; where no answer came, nothing is counted.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, NotFound
from config.transactions import atomic
from invoicing import policy
from invoicing.models import ReceivedInvoice, Service, Tenant
from invoicing.services.consuming import consume, give_back, lock_taxpayer
from invoicing.tax import TaxError, Verdict, tax_platform

ANSWERS = (Verdict.CONSISTENT, Verdict.MISMATCH, Verdict.NOT_FOUND, Verdict.REVERSED)
log = logging.getLogger(__name__)

# One statement, so that no number of simultaneous calls passes more than the limit.
_COUNT = """
INSERT INTO invoicing_checkday AS c (number, day, count) VALUES (%s, %s, 1)
ON CONFLICT (number, day) DO UPDATE SET count = c.count + 1 WHERE c.count < %s
RETURNING c.count
"""


class CheckTooFresh(DomainError):
    """The authority has it tomorrow."""

    code = "check_too_fresh"
    sentence = _("An invoice can be verified from the day after it was issued.")


class CheckTooOld(DomainError):
    """The authority no longer answers for it."""

    code = "check_too_old"
    sentence = _("Only invoices of the last %(years)s years can be verified.")


class CheckedTooOften(DomainError):
    """The day's answers are used up."""

    code = "checked_too_often"
    status = 429
    sentence = _("An invoice can be verified %(most)s times a day. Try again tomorrow.")


class CheckFailed(DomainError):
    """No answer."""

    code = "check_failed"
    status = 503
    sentence = _("The tax authority gave no answer. Nothing was counted; please try again later.")


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice as it is known here, and for which of the tenant's tax numbers it is verified."""

    tax_number: str
    number: str
    issued_on: date
    total: Decimal
    code: str = ""

    @property
    def key(self) -> str:
        """One invoice, whoever asks."""
        return f"{self.code}-{self.number}" if self.code else self.number


@dataclass(frozen=True, slots=True)
class Answer:
    """What the authority said, and how often it can still be asked today."""

    verdict: Verdict
    left: int


def verify_invoice(*, actor: Actor, tenant: Tenant, asked: Asked, now: datetime | None = None) -> Answer:
    """The authority's answer, also kept with the tenant's received invoice of that number.

    Call it outside of transactions: what is counted is committed before the authority is asked, and given back where it
    does not answer. Raises NotBound, NoEntitlement and its kinds, CheckTooFresh, CheckTooOld, CheckedTooOften,
    CheckFailed.
    """
    at = now or timezone.now()
    if actor.user is not None:
        require(actor, Right.MANAGE_INVOICES, tenant.account)
    _check_day(asked.issued_on, timezone.localdate(at))
    count, fresh = _begin(tenant=tenant, asked=asked, at=at)
    verdict = _ask(asked)
    _finish(actor=actor, tenant=tenant, asked=asked, verdict=verdict, fresh=fresh, at=at)
    _raise_unless_answered(verdict)
    return Answer(verdict, policy.CHECKS_A_DAY - count)


def verify_received(*, actor: Actor, account: Account, invoice_id: int, now: datetime | None = None) -> Answer:
    """The answer about an invoice that the account's tenants received, or NotFound; see `verify_invoice`."""
    rows = ReceivedInvoice.objects.filter(tenant__account=account).select_related("taxpayer", "tenant__account")
    invoice = rows.filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound()
    asked = Asked(
        tax_number=invoice.taxpayer.tax_number,
        number=invoice.number,
        issued_on=invoice.issued_on,
        total=invoice.total,
        code=invoice.code,
    )
    return verify_invoice(actor=actor, tenant=invoice.tenant, asked=asked, now=now)


def _check_day(issued_on: date, today: date) -> None:
    if issued_on >= today:
        raise CheckTooFresh()
    if (issued_on.year + policy.CHECKED_YEARS, issued_on.month, issued_on.day) < (today.year, today.month, today.day):
        raise CheckTooOld(years=policy.CHECKED_YEARS)


@atomic
def _begin(*, tenant: Tenant, asked: Asked, at: datetime) -> tuple[int, bool]:
    """Counted: the call, and with the day's first one of this tax number a use. Locks enterprise and entitlements."""
    taxpayer = lock_taxpayer(tenant=tenant, tax_number=asked.tax_number)
    used = consume(taxpayer=taxpayer, service=Service.CHECKING, serial=_serial(asked, at), now=at)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [asked.key, timezone.localdate(at), policy.CHECKS_A_DAY])
        row = cursor.fetchone()
    if row is None:
        raise CheckedTooOften(most=policy.CHECKS_A_DAY)
    return row[0], used.fresh


def _ask(asked: Asked) -> Verdict:
    try:
        return tax_platform().verify(number=asked.number, issued_on=asked.issued_on, total=asked.total, code=asked.code)
    except TaxError as error:
        log.warning("tax platform: %s", error)
        return Verdict.FAILED


@atomic
def _finish(*, actor: Actor, tenant: Tenant, asked: Asked, verdict: Verdict, fresh: bool, at: datetime) -> None:
    """The answer is kept, or the use given back. Locks the received invoice, or the entitlement."""
    answered = verdict in ANSWERS
    if not answered and fresh:
        give_back(tax_number=asked.tax_number, service=Service.CHECKING, serial=_serial(asked, at), now=at)
    rows = ReceivedInvoice.objects.select_for_update().filter(tenant=tenant, code=asked.code, number=asked.number)
    invoice = rows.filter(issued_on=asked.issued_on, total=asked.total).first()  # not what others say of it
    if invoice is None:
        return
    invoice.check_result, invoice.checked_at = verdict.value, at
    if answered:
        passed = verdict is Verdict.CONSISTENT
        invoice.check_state = ReceivedInvoice.Check.PASSED if passed else ReceivedInvoice.Check.FAILED
    invoice.save(update_fields=["check_state", "check_result", "checked_at"])
    if answered:
        facts: dict[str, Any] = {"number": invoice.number, "purpose": verdict.value}
        record("received.checked", actor=actor, account=tenant.account, subject=invoice, at=at, **facts)


def _serial(asked: Asked, at: datetime) -> str:
    """One use for each invoice and day."""
    return f"{asked.key}/{timezone.localdate(at):%Y%m%d}"


def _raise_unless_answered(verdict: Verdict) -> None:
    if verdict is Verdict.DAILY_LIMIT:
        raise CheckedTooOften(most=policy.CHECKS_A_DAY)
    if verdict is Verdict.TOO_FRESH:
        raise CheckTooFresh()
    if verdict is Verdict.TOO_OLD:
        raise CheckTooOld(years=policy.CHECKED_YEARS)
    if verdict not in ANSWERS:
        raise CheckFailed()
