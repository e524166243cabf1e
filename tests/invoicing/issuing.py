"""Short ways to issue orders, what asks for them, and a platform that does as it is told."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Account
from invoicing.faces import Face
from invoicing.models import Invoice, InvoiceRequest, IssueOrder
from invoicing.services.issuing import order_issue
from invoicing.services.sending import advance
from invoicing.tax import Outcome, Verdict
from tests.factories import make_account
from tests.invoicing.facing import make_face

SCRIPTED = "tests.invoicing.issuing.Scripted"
_numbers = itertools.count(1)


@dataclass
class Script:
    """What the platform was asked, and what it does: an answer, or an exception."""

    sent: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    issue: Callable[[str], None] = lambda _serial: None
    query: Callable[[str], Outcome | None] = lambda _serial: Outcome()

    def clear(self) -> None:
        """As new."""
        vars(self).update(vars(Script()))


script = Script()


class Scripted:
    """`TAX_BACKEND` for tests that say what happens."""

    def issue(self, *, serial: str, face: Face) -> None:  # noqa: ARG002
        script.sent.append(serial)
        script.issue(serial)

    def query(self, *, serial: str, seller_tax_number: str) -> Outcome | None:  # noqa: ARG002
        script.asked.append(serial)
        return script.query(serial)

    def verify(self, *, number: str, issued_on: date, total: Decimal, code: str = "") -> Verdict:  # noqa: ARG002
        return Verdict.FAILED

    def download(self, *, number: str, form: str) -> bytes | None:  # noqa: ARG002
        return None


def failing(error: BaseException) -> Callable[[str], Any]:
    """What raises it."""

    def fail(_serial: str) -> None:
        raise error

    return fail


def make_request(account: Account | None = None, **more: Any) -> InvoiceRequest:
    """One whose invoice is being made."""
    account = account or make_account()
    fields = {
        "kind": "ordinary",
        "state": "issuing",
        "title": {"name": "海桐贸易有限公司"},
        "amount": Decimal("106.00"),
    }
    return InvoiceRequest.objects.create(
        account=account, asked_by=account, key=f"k{next(_numbers)}", **{**fields, **more}
    )


def ordered(face: Face | None = None, **more: Any) -> IssueOrder:
    """An order that waits to be sent."""
    return order_issue(face=face or make_face(), serial=more.pop("serial", f"S{next(_numbers):08d}"), **more)


def issued(face: Face | None = None, **more: Any) -> Invoice:
    """Ordered and issued by the platform of the settings."""
    now = more.get("now")
    if not {"request", "client", "red_letter"} & set(more):
        more["request"] = make_request(more.pop("account", None))
    return Invoice.objects.get(issue_order=advance(order_id=ordered(face, **more).pk, now=now))


def fresh(order: IssueOrder) -> IssueOrder:
    """As it stands now."""
    return IssueOrder.objects.get(pk=order.pk)
