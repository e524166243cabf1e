"""Short ways to received invoices, and a tax authority that says what it is told."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.models import ReceivedInvoice, Taxpayer
from invoicing.received_rows import ReceivedRow
from invoicing.services.received import collect_invoices
from invoicing.tax import Verdict
from tests.factories import acting, credit_code
from tests.invoicing.opening import entitle

_numbers = itertools.count(1)
DAY_OF_ISSUE = date(2026, 3, 2)


def row_for(taxpayer: Taxpayer, **more: Any) -> ReceivedRow:
    """A digital invoice that a supplier issued to the enterprise."""
    fields: dict[str, Any] = {
        "number": f"26112{next(_numbers):015d}",
        "kind": "02",
        "issued_on": DAY_OF_ISSUE,
        "seller_name": "远山供应链有限公司",
        "seller_tax_number": credit_code(777),
        "buyer_tax_number": taxpayer.tax_number,
        "amount": Decimal("100.00"),
        "tax": Decimal("6.00"),
    }
    return ReceivedRow(**fields | more)


def receive(taxpayer: Taxpayer, **more: Any) -> ReceivedInvoice:
    """Collected by hand; the enterprise gets an entitlement for it."""
    entitle(taxpayer, 1, "receiving")
    actor, rows = acting(taxpayer.tenant.account), [row_for(taxpayer, **more)]
    [outcome] = collect_invoices(actor=actor, tenant=taxpayer.tenant, rows=rows, source="upload")
    assert outcome.invoice is not None
    return outcome.invoice


class Authority:
    """Answers each question with the next verdict, the last one for ever; remembers what it was asked."""

    def __init__(self, *verdicts: Verdict | Exception) -> None:
        self.verdicts = list(verdicts) or [Verdict.CONSISTENT]
        self.asked: list[dict[str, Any]] = []

    def __call__(self) -> "Authority":
        return self

    def verify(self, **asked: Any) -> Verdict:
        self.asked.append(asked)
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict
