"""An issued invoice as it is printed: pure data, the same for PDF, XML and the page. The words are those of the form,
so they are Chinese in every language.
"""

import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone

from finance.money import ZERO
from invoicing import capitals
from invoicing.faces import Face, Line
from invoicing.line_checks import EXEMPT, OUTSIDE

TITLES: Final = {"special": "电子发票（增值税专用发票）", "ordinary": "电子发票（普通发票）"}
QR_KINDS: Final = {"special": "31", "ordinary": "32"}
UNTAXED: Final = {EXEMPT: "免税", OUTSIDE: "不征税"}
# Which of `Face.extra` has an address or a bank printed, whose, and how it is called.
SHOWN: Final = (
    ("show_buyer_address", "buyer", "购方地址", "address"),
    ("show_buyer_address", "buyer", "电话", "phone"),
    ("show_buyer_bank", "buyer", "购方开户银行", "bank"),
    ("show_buyer_bank", "buyer", "银行账号", "bank_account"),
    ("show_seller_address", "seller", "销方地址", "address"),
    ("show_seller_address", "seller", "电话", "phone"),
    ("show_seller_bank", "seller", "销方开户银行", "bank"),
    ("show_seller_bank", "seller", "银行账号", "bank_account"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is printed."""

    name: str
    spec: str
    unit: str
    quantity: str
    price: str
    amount: str
    rate: str
    tax: str

    @classmethod
    def of(cls, line: Line) -> "Row":
        return cls(
            name=f"*{line.class_name}*{line.name}",
            spec=line.spec,
            unit=line.unit,
            quantity=plain(line.quantity),
            price=plain(line.price),
            amount=f"{line.amount:.2f}",
            rate=UNTAXED.get(line.zero_rate, f"{plain(line.rate * 100)}%"),
            tax="***" if line.zero_rate in UNTAXED else f"{line.tax:.2f}",
        )


@dataclass(frozen=True, slots=True)
class Printed:
    """A face with its number and date."""

    number: str
    issued_at: datetime
    face: Face

    @property
    def title(self) -> str:
        return TITLES[self.face.kind]

    @property
    def date(self) -> str:
        """As it stands on the form."""
        return f"{timezone.localtime(self.issued_at):%Y年%m月%d日}"

    @property
    def rows(self) -> Iterator[Row]:
        return map(Row.of, self.face.lines)

    @property
    def amount(self) -> str:
        return sums(self.face.lines)[0]

    @property
    def tax(self) -> str:
        return sums(self.face.lines)[1]

    @property
    def total(self) -> str:
        return yuan(self.face.total)

    @property
    def total_in_words(self) -> str:
        return capitals.printed(self.face.total)

    @property
    def remarks(self) -> list[str]:
        """The paragraphs of the remark: of what it takes back, of addresses that were chosen, and its own."""
        face, found = self.face, []
        if face.reverses:
            found.append(f"被红冲蓝字数电发票号码：{face.reverses}  红字发票信息确认单编号：{face.red_letter}")
        for side, party in (("buyer", face.buyer), ("seller", face.seller)):
            chosen = [
                f"{label}：{getattr(party, name)}；"
                for flag, whose, label, name in SHOWN
                if whose == side and face.extra.get(flag) and getattr(party, name)
            ]
            found += ["  ".join(chosen)] if chosen else []
        return [*found, *face.remark.split("\n")] if face.remark else found

    @property
    def qr_text(self) -> str:
        """In the layout that invoices had before, without code and check code, and over the amount with tax; the last
        field is a check of those before it.
        """
        day = f"{timezone.localtime(self.issued_at):%Y%m%d}"
        text = f"01,{QR_KINDS[self.face.kind]},,{self.number},{self.face.total:.2f},{day},"
        return f"{text},{binascii.crc_hqx(text.encode(), 0):04X}"


def sums(lines: Sequence[Line]) -> tuple[str, str]:
    """Amount and tax of lines together; three stars where none of them is taxed."""
    tax = yuan(sum((line.tax for line in lines), ZERO))
    return yuan(sum((line.amount for line in lines), ZERO)), tax if any(map(_is_taxed, lines)) else "***"


def _is_taxed(line: Line) -> bool:
    return line.zero_rate not in UNTAXED


def plain(value: Decimal | None) -> str:
    """A number without needless zeros; nothing for nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(amount: Decimal) -> str:
    """With the sign in front, as the form has it."""
    return f"¥{amount:.2f}"
