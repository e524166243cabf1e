"""What stands on an invoice, before it has a number: pure data, with its JSON form for issue orders and platforms."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Final

ZERO: Final = Decimal("0.00")
NORMAL, DISCOUNTED, DISCOUNT = "normal", "discounted", "discount"


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or buyer as printed; a natural person has no tax number."""

    name: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bank_account: str = ""

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Party":
        """From its JSON form; what it does not know is left out."""
        return cls(**{one.name: str(facts.get(one.name) or "") for one in fields(cls)})

    def json(self) -> dict[str, str]:
        """Its JSON form."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, amounts in yuan without tax; negative on discounts and red invoices. Quantity and price come together.

    `reverses` is the number of the blue invoice's line, on red ones.
    """

    name: str
    class_code: str
    class_name: str
    amount: Decimal
    rate: Decimal
    tax: Decimal
    spec: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    zero_rate: str = ""
    nature: str = NORMAL
    reverses: int | None = None

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Line":
        """From its JSON form."""
        return cls(
            name=str(facts["name"]),
            class_code=str(facts["class_code"]),
            class_name=str(facts["class_name"]),
            amount=Decimal(facts["amount"]),
            rate=Decimal(facts["rate"]),
            tax=Decimal(facts["tax"]),
            spec=str(facts.get("spec") or ""),
            unit=str(facts.get("unit") or ""),
            quantity=Decimal(facts["quantity"]) if facts.get("quantity") else None,
            price=Decimal(facts["price"]) if facts.get("price") else None,
            zero_rate=str(facts.get("zero_rate") or ""),
            nature=str(facts.get("nature") or NORMAL),
            reverses=facts.get("reverses"),
        )

    def json(self) -> dict[str, Any]:
        """Its JSON form: amounts as text."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Face:
    """A whole invoice. Totals are sums over its lines, never worked out anew from the rate."""

    kind: str  # special or ordinary
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    drawer: str
    remark: str = ""
    reverses: str = ""  # the blue invoice's number, on red ones
    red_letter: str = ""  # the number of the confirmation form, on red ones
    red_reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """Without tax."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """Of all lines."""
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.amount + self.tax

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Face":
        """From its JSON form."""
        texts = {name: str(facts.get(name) or "") for name in ("remark", "reverses", "red_letter", "red_reason")}
        return cls(
            kind=str(facts["kind"]),
            seller=Party.read(facts["seller"]),
            buyer=Party.read(facts["buyer"]),
            lines=tuple(Line.read(line) for line in facts["lines"]),
            drawer=str(facts["drawer"]),
            extra=facts.get("extra") or {},
            **texts,
        )

    def json(self) -> dict[str, Any]:
        """Its JSON form, as issue orders keep it."""
        return {
            "kind": self.kind,
            "seller": self.seller.json(),
            "buyer": self.buyer.json(),
            "lines": [line.json() for line in self.lines],
            "drawer": self.drawer,
            "remark": self.remark,
            "reverses": self.reverses,
            "red_letter": self.red_letter,
            "red_reason": self.red_reason,
            "extra": dict(self.extra),
        }
