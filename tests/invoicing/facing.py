"""Short ways to what stands on an invoice, and to issued ones."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account
from config.transactions import atomic
from invoicing.amounts import line_amount, line_tax, split_inclusive
from invoicing.faces import Face, Line, Party
from invoicing.invoice_numbers import build_number
from invoicing.models import Invoice, InvoiceLine, IssueOrder, RedLetter, RedLine
from invoicing.printed import Printed
from tests.factories import credit_code

D = Decimal
SELLER = Party(
    name="云岭软件有限公司",
    tax_number=credit_code(900001),
    address="北京市海淀区知春路1号",
    phone="010-88886666",
    bank="招商银行北京分行",
    bank_account="1109000001",
)
BUYER = Party("海桐贸易有限公司", credit_code(900002))
SOFTWARE = {"class_code": "3040201010000000000", "class_name": "信息技术服务", "name": "软件服务"}
_serials = itertools.count(1)


def make_line(total: str = "106.00", /, *, rate: str = "0.06", **more: Any) -> Line:
    """A line over so many yuan with tax."""
    amount, tax = split_inclusive(D(total), D(rate))
    return Line(**{**SOFTWARE, "amount": amount, "rate": D(rate), "tax": tax, **more})


def counted_line(quantity: str, price: str, /, *, rate: str = "0.06", **more: Any) -> Line:
    """A line of so many at that price without tax."""
    amount = line_amount(D(quantity), D(price))
    factors = {"quantity": D(quantity), "price": D(price), "unit": "套"}
    return Line(**{**SOFTWARE, **factors, "amount": amount, "rate": D(rate), "tax": line_tax(amount, D(rate)), **more})


def make_face(*lines: Line, **more: Any) -> Face:
    """A face that may be issued; with one line of 106.00 yuan unless told otherwise."""
    given = {"kind": "ordinary", "seller": SELLER, "buyer": BUYER, "lines": lines or (make_line(),), "drawer": "李明"}
    return Face(**{**given, **more})


def print_face(face: Face | None = None, *, number: str = "26112000000000028787") -> Printed:
    """As if it was issued on 29 November 2026."""
    return Printed(number, datetime(2026, 11, 29, 3, tzinfo=UTC), face or make_face())


def red_face(blue: Invoice, *, reason: str = "01") -> Face:
    """A face that takes back all of an invoice that has no discounts."""
    lines = tuple(
        replace(one, amount=-one.amount, tax=-one.tax, quantity=-one.quantity if one.quantity else None, reverses=seq)
        for seq, one in enumerate(face_of(blue).lines, 1)
    )
    return replace(
        face_of(blue), lines=lines, reverses=blue.number, red_letter="11010000000000000001", red_reason=reason
    )


def face_of(invoice: Invoice) -> Face:
    """What its order said."""
    return Face.read(invoice.issue_order.face)


@atomic
def make_invoice(account: Account | None = None, *, face: Face | None = None, **more: Any) -> Invoice:
    """An issued invoice with its lines, as if the platform had just given it this number; without any event."""
    face, place = face or make_face(), next(_serials)
    at: datetime = more.pop("at", None) or timezone.now()
    order = IssueOrder.objects.create(
        serial=more.pop("serial", f"T{place:08d}"),
        seller_tax_number=face.seller.tax_number,
        face=face.json(),
        state=IssueOrder.State.ISSUED,
        sent_at=at,
        ended_at=at,
        **{name: more.pop(name) for name in ("request", "red_letter", "client", "email") if name in more},
    )
    blue = Invoice.objects.get(number=face.reverses) if face.reverses else None
    invoice = Invoice.objects.create(
        issue_order=order,
        number=more.pop("number", build_number(year=at.year, region="11", sequence=10**9 + place)),
        kind=face.kind,
        issued_at=at,
        account=account,
        reverses=blue,
        seller_name=face.seller.name,
        seller_tax_number=face.seller.tax_number,
        buyer_name=face.buyer.name,
        buyer_tax_number=face.buyer.tax_number,
        parties={"seller": face.seller.json(), "buyer": face.buyer.json()},
        amount=face.amount,
        tax=face.tax,
        total=face.total,
        remark=face.remark,
        drawer=face.drawer,
        **more,
    )
    _write_lines(invoice, face, blue)
    return invoice


def _write_lines(invoice: Invoice, face: Face, blue: Invoice | None) -> None:
    taken = {line.seq: line.pk for line in blue.lines.all()} if blue else {}
    rows = []
    for seq, line in enumerate(face.lines, 1):
        facts = {name: getattr(line, name) for name in line.__dataclass_fields__ if name != "reverses"}
        rows.append(InvoiceLine(invoice=invoice, seq=seq, reverses_id=taken.get(line.reverses or 0), **facts))
    InvoiceLine.objects.bulk_create(rows)


def make_letter(invoice: Invoice, parts: dict[int, Decimal], **more: Any) -> RedLetter:
    """A red letter over these amounts (above zero, without tax) of lines by their number; it needs no confirmation."""
    lines = {line.seq: line for line in invoice.lines.filter(seq__in=parts)}
    taken = {seq: (-amount, -line_tax(amount, lines[seq].rate)) for seq, amount in parts.items()}
    letter = RedLetter.objects.create(
        invoice=invoice,
        amount=sum((amount for amount, _tax in taken.values()), D(0)),
        tax=sum((tax for _amount, tax in taken.values()), D(0)),
        **{"number": f"11{next(_serials):018d}", "reason": RedLetter.Reason.RETURN, **more},
    )
    rows = [RedLine(letter=letter, line=lines[seq], amount=amount, tax=tax) for seq, (amount, tax) in taken.items()]
    RedLine.objects.bulk_create(rows)
    return letter


def take_back(invoice: Invoice, parts: dict[int, Decimal], **more: Any) -> Invoice:
    """A red letter over these amounts, and its red invoice."""
    letter = make_letter(invoice, parts, **more)
    blue = face_of(invoice)
    lines = tuple(
        replace(
            blue.lines[row.line.seq - 1], amount=row.amount, tax=row.tax, quantity=None, price=None, nature="normal"
        )
        for row in letter.lines.select_related("line").order_by("line__seq")
    )
    lines = tuple(replace(line, reverses=seq) for line, seq in zip(lines, sorted(parts), strict=True))
    face = replace(blue, lines=lines, reverses=invoice.number, red_letter=letter.number, red_reason=letter.reason)
    return make_invoice(invoice.account, face=face, red_letter=letter, tenant=invoice.tenant)
