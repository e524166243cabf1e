"""A tax platform that exists in the project's own database: for development, demonstrations and tests."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from finance.money import ZERO
from invoicing import policy
from invoicing.faces import Face
from invoicing.invoice_numbers import build_number, region_of
from invoicing.models import NumberSeries, SimulatedIssue
from invoicing.tax.contract import Busy, Fault, NotTaken, Outcome, Unclear, Verdict

PERCENTS: Final = ("slow", "busy", "failing", "unclear")


class SimulatedPlatform:
    """`TAX_BACKEND=invoicing.tax.simulator.SimulatedPlatform`, which is also what counts where none is set.

    Numbers come from one locked row for each year and region, in the transaction in which the invoice becomes issued:
    no gap, none twice. It is calm unless told otherwise:

    `TAX_DELAY` seconds that each invoice takes (0) · `TAX_SLOW` percent of serials that take `TAX_SLOW_SECONDS` (120)
    longer · `TAX_BUSY` percent of calls that are turned away · `TAX_FAILING` percent of serials that are refused ·
    `TAX_UNCLEAR` percent of serials that are taken without an answer · `TAX_CREDIT_LIMIT` yuan without tax that a
    seller may issue in a month · `TAX_SAME_DAY=refuse` where invoices cannot be verified on their own day ·
    `TAX_VERDICT` the one answer to all verifications. What befalls a serial befalls it again.
    """

    forms = ()

    def __init__(
        self, values: Mapping[str, str] | None = None, *, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        given = settings.TAX_OPTIONS if values is None else values
        self.clock = clock
        self.delay, self.slow_by = _number(given, "delay", "0"), _number(given, "slow_seconds", "120")
        self.percents = {name: _number(given, name, "0") for name in PERCENTS}
        self.limit = _number(given, "credit_limit", "0") or None
        self.same_day = given.get("same_day", "").strip() != "refuse"
        self.verdict = _verdict(given.get("verdict", "").strip())

    def issue(self, *, serial: str, face: Face) -> None:
        """It works on it from now on; what it refused before may be sent anew. Raises NotTaken, Busy, Unclear."""
        at = self.clock()
        if self._befalls("busy", f"{serial} {at:%H:%M}"):
            raise Busy("the simulated platform is busy")
        try:
            region_of(face.seller.tax_number)
        except ValueError as error:
            raise NotTaken(Fault.INVALID, _("The seller's tax number has no region.")) from error
        self._take(serial, face, at)
        if self._befalls("unclear", serial):
            raise Unclear("the simulated platform gave no answer")

    def query(self, *, serial: str, seller_tax_number: str) -> Outcome | None:
        """What became of it, which is decided once it has been worked on for long enough."""
        at = self.clock()
        if self._befalls("busy", f"{serial} {at:%H:%M}"):
            raise Busy("the simulated platform is busy")
        with transaction.atomic():
            rows = SimulatedIssue.objects.select_for_update(no_key=True)
            row = rows.filter(seller_tax_number=seller_tax_number, serial=serial).first()
            if row is None:
                return None
            if not row.number and not row.fault and row.ready_at <= at:
                self._decide(row, at)
        fault = Fault(row.fault) if row.fault else None
        total = row.total if row.number else None
        return Outcome(number=row.number, issued_at=row.issued_at, fault=fault, message=row.message, total=total)

    def verify(self, *, number: str, issued_on: date, total: Decimal, code: str = "") -> Verdict:
        """Whether it issued such an invoice. It knows none with a code, since those came before the digital ones."""
        today = timezone.localdate(self.clock())
        if self.verdict is not None:
            return self.verdict
        if issued_on < _years_before(today, policy.CHECKED_YEARS):
            return Verdict.TOO_OLD
        row = SimulatedIssue.objects.filter(number=number).first() if number and not code else None
        if row is None or row.issued_at is None:
            return Verdict.NOT_FOUND
        if (timezone.localdate(row.issued_at), row.total) != (issued_on, total):
            return Verdict.MISMATCH
        if issued_on == today and not self.same_day:
            return Verdict.TOO_FRESH
        return Verdict.REVERSED if _reversed(number) + row.total == ZERO else Verdict.CONSISTENT

    def download(self, *, serial: str, seller_tax_number: str, form: str) -> bytes | None:  # noqa: ARG002  (the contract's names)
        """It has no files; the project draws its own."""
        return None

    def credit_left(self, *, seller_tax_number: str) -> Decimal | None:
        """What the seller may still issue this month, without tax; None where nothing limits it."""
        if self.limit is None:
            return None
        first = timezone.localtime(self.clock()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        issued = SimulatedIssue.objects.filter(seller_tax_number=seller_tax_number, issued_at__gte=first)
        return self.limit - (issued.aggregate(sum=Sum("amount"))["sum"] or ZERO)

    def _take(self, serial: str, face: Face, at: datetime) -> None:
        """The row of that serial. Only what was refused is replaced."""
        content = face.json()
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        seconds = self.delay + (self.slow_by if self._befalls("slow", serial) else 0)
        values = {
            "digest": digest,
            "face": content,
            "amount": face.amount,
            "total": face.total,
            "reverses": face.reverses,
            "ready_at": at + timedelta(seconds=float(seconds)),
        }
        key = {"seller_tax_number": face.seller.tax_number, "serial": serial}
        with transaction.atomic():
            row, made = SimulatedIssue.objects.select_for_update(no_key=True).get_or_create(**key, defaults=values)
            if made or (row.digest == digest and not row.fault):
                return
            if not row.fault:
                raise NotTaken(Fault.DUPLICATE, _("This serial stands here with another content."))
            SimulatedIssue.objects.filter(pk=row.pk).update(**values, fault="", message="")

    def _decide(self, row: SimulatedIssue, at: datetime) -> None:
        """Issued or refused, in the caller's transaction. Locks the series, then the blue invoice."""
        day, region = timezone.localdate(at), region_of(row.seller_tax_number)
        NumberSeries.objects.get_or_create(year=day.year, region=region)
        series = NumberSeries.objects.select_for_update(no_key=True).get(year=day.year, region=region)
        if refusal := self._refusal(row):
            row.fault, row.message = refusal
            row.save(update_fields=["fault", "message"])
            return
        series.last += 1
        series.save(update_fields=["last"])
        row.number, row.issued_at = build_number(year=day.year, region=region, sequence=series.last), at
        row.save(update_fields=["number", "issued_at"])

    def _refusal(self, row: SimulatedIssue) -> tuple[Fault, str] | None:
        if self._befalls("failing", row.serial):
            return Fault.REFUSED, _("The simulated tax bureau refuses this serial.")
        blue = SimulatedIssue.objects.select_for_update().filter(number=row.reverses).first() if row.reverses else None
        if blue is not None and blue.total + _reversed(blue.number) + row.total < ZERO:
            return Fault.REFUSED, _("Less is left of the blue invoice than this one takes back.")
        left = self.credit_left(seller_tax_number=row.seller_tax_number)
        if left is not None and row.amount > left:
            return Fault.LIMIT, _("The month's credit limit leaves %(left)s yuan.") % {"left": left}
        return None

    def _befalls(self, what: str, whom: str) -> bool:
        """The same for the same name, whenever and wherever it is asked."""
        throw = int.from_bytes(hashlib.sha256(f"{what}:{whom}".encode()).digest()[:4], "big")
        return throw % 100 < self.percents[what]


def _reversed(number: str) -> Decimal:
    """What red invoices took back of it, below zero."""
    taken = SimulatedIssue.objects.filter(reverses=number).exclude(number="")
    return taken.aggregate(sum=Sum("total"))["sum"] or ZERO


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of 29 February, the 28th."""
    earlier = day.year - years
    return day.replace(year=earlier, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=earlier)


def _number(given: Mapping[str, str], name: str, default: str) -> Decimal:
    text = given.get(name, "").strip() or default
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    most = 100 if name in PERCENTS else 10**12
    if not value.is_finite() or not 0 <= value <= most:
        raise ImproperlyConfigured(f"TAX_{name.upper()} must be a number from 0 to {most}, not {text!r}")
    return value


def _verdict(text: str) -> Verdict | None:
    if text and text not in list(Verdict):
        raise ImproperlyConfigured(f"TAX_VERDICT must be one of {', '.join(Verdict)}, not {text!r}")
    return Verdict(text) if text else None
