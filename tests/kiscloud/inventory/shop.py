"""A set with books and goods for tests, and short ways to buy and sell."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kiscloud.inventory.items import Head, Item
from kiscloud.inventory.models import Document, Good, Kind, Partner, Stock
from kiscloud.inventory.services.documents import confirm_document, save_document, void_document
from kiscloud.inventory.services.goods import GoodFacts, add_good
from kiscloud.inventory.services.partners import PartnerFacts, add_partner
from kiscloud.inventory.services.posting import post_documents
from tests.kiscloud.books.bookkeeping import Office

DAY = date(2026, 3, 5)
Row = Sequence[str]  # good, quantity, price, rate; what is left out is empty


class Shop(Office):
    """Office with two goods (A at 50 yuan, B at 8) and two partners: S sells to it, C buys from it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.open()
        for code, name, price in (("A", "蓝牙音箱", "50"), ("B", "数据线", "8")):
            self.good(code, name=name, price=Decimal(price))
        for code, name in (("S", "华强电子"), ("C", "春风百货")):
            facts = PartnerFacts(code, name, is_customer=code == "C", is_supplier=code == "S")
            add_partner(actor=self.maker, account_set=self.set, facts=facts)

    def good(self, code: str, **facts: Any) -> Good:
        whole = GoodFacts(**{"code": code, "name": f"商品{code}", "unit": "件", **facts})
        return add_good(actor=self.maker, account_set=self.set, facts=whole)

    def draft(self, kind: str, *rows: Row, day: date = DAY, **more: Any) -> Document:
        partner = {"purchase": "S", "purchase_return": "S", "sale": "C", "sales_return": "C"}.get(kind, "")
        items = [_item(*row) for row in rows]
        head = Head(day, more.pop("partner", partner), more.pop("note", ""))
        return save_document(actor=self.maker, account_set=self.set, kind=kind, head=head, items=items, **more)

    def confirm(self, document: Document) -> Document:
        return confirm_document(actor=self.maker, account_set=self.set, document_id=document.pk)

    def do(self, kind: str, *rows: Row, **more: Any) -> Document:
        """A confirmed document."""
        return self.confirm(self.draft(kind, *rows, **more))

    def buy(self, *rows: Row, **more: Any) -> Document:
        return self.do(Kind.PURCHASE, *rows, **more)

    def sell(self, *rows: Row, **more: Any) -> Document:
        return self.do(Kind.SALE, *rows, **more)

    def void(self, document: Document) -> Document:
        return void_document(actor=self.maker, account_set=self.set, document_id=document.pk)

    def vouch(self, *documents: Document) -> int:
        ids = [one.pk for one in documents]
        return post_documents(actor=self.maker, account_set=self.set, document_ids=ids).done

    def held(self, code: str = "A") -> tuple[str, str]:
        """What is on hand, and what it is worth."""
        stock = Stock.objects.get(account_set=self.set, good__code=code)
        return f"{stock.quantity.normalize():f}", str(stock.value)

    def partner(self, code: str) -> Partner:
        return Partner.objects.get(account_set=self.set, code=code)


def _item(good: str, quantity: str = "", price: str = "", rate: str = "") -> Item:
    return Item(
        good,
        Decimal(quantity) if quantity else None,
        Decimal(price) if price else None,
        int(rate) if rate else None,
    )
