"""What the inventory of the trading demo set holds from the beginning, and again each night (S3.5)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.actors import Actor, Door
from config.transactions import atomic
from kiscloud.books.models import Books
from kiscloud.books.months import first_day
from kiscloud.inventory.items import Head, Item
from kiscloud.inventory.models import Document, Good, Kind
from kiscloud.inventory.services.documents import confirm_document, save_document
from kiscloud.inventory.services.goods import GoodFacts, add_good
from kiscloud.inventory.services.partners import PartnerFacts, add_partner
from kiscloud.inventory.services.posting import post_documents
from kiscloud.models import AccountSet
from kiscloud.services.demo_sets import common_user

NUMBER: Final = "DEMO-TRADE"
# Code, name, specification, unit, sales price, least stock.
GOODS: Final = (
    ("001", "收纳箱", "55 L 透明", "个", "69", "100"),
    ("002", "四件套", "1.8 m 全棉", "套", "329", "40"),
    ("003", "保温杯", "500 ml", "个", "89", "80"),
    ("004", "毛巾", "纯棉 34×74 cm", "条", "15.5", "300"),
    ("005", "落地灯", "三色调光", "台", "268", "15"),
)
# Code, name, customer, supplier.
PARTNERS: Final = (
    ("S01", "宁波收纳用品厂", False, True),
    ("S02", "南通家纺有限公司", False, True),
    ("C01", "湖滨百货商行", True, False),
    ("C02", "城西酒店用品商行", True, False),
    ("C03", "零散客户", True, False),
)
Rows = Sequence[tuple[str, str, str]]  # good, quantity, price
# Day of the current period, kind, partner, lines. The opening stock is worth what the books have on 1405 by then.
TRADE: Final[Sequence[tuple[int, Kind, str, Rows]]] = (
    (
        1,
        Kind.OPENING,
        "",
        [
            ("001", "600", "38"),
            ("002", "400", "185"),
            ("003", "500", "46"),
            ("004", "2000", "6.2"),
            ("005", "100", "138"),
        ],
    ),
    (3, Kind.PURCHASE, "S01", [("001", "500", "39.5"), ("003", "300", "45")]),
    (6, Kind.PURCHASE, "S02", [("002", "150", "188"), ("004", "500", "6")]),
    (8, Kind.SALE, "C01", [("002", "120", "315"), ("003", "200", "")]),
    (11, Kind.SALE, "C02", [("004", "900", "14.8"), ("001", "260", "")]),
    (12, Kind.SALES_RETURN, "C01", [("002", "2", "315")]),
    (14, Kind.SALE, "C03", [("005", "92", ""), ("003", "540", "85")]),
    (15, Kind.PURCHASE_RETURN, "S02", [("004", "20", "6")]),
    (20, Kind.COUNT, "", [("001", "838", ""), ("004", "1582", "")]),
    (22, Kind.SALE, "C01", [("002", "60", "")]),
)
POSTED: Final = 4  # so many of the first have vouchers, the last one is a draft


@atomic
def fill_demo(*, account_set: AccountSet, now: datetime | None = None) -> int:
    """The trading demo set has goods, partners and a month of documents; answers how many of these there are.

    Everything by the common user, in the period that the books have open; some have vouchers, one is a draft. Any other
    set stays as it is, and so does one with goods. Locks the books.
    """
    if account_set.number != NUMBER or Good.objects.filter(account_set=account_set).exists():
        return 0
    actor, at = Actor(door=Door.SYSTEM, user=common_user()), now or timezone.now()
    month = Books.objects.get(account_set=account_set).month
    _base_data(actor, account_set, at)
    made = [_document(actor, account_set, month, row, at) for row in TRADE]
    for document in made[:-1]:
        confirm_document(actor=actor, account_set=account_set, document_id=document.pk, now=at)
    chosen = [document.pk for document in made[:POSTED]]
    post_documents(actor=actor, account_set=account_set, document_ids=chosen, now=at)
    return len(made)


def _base_data(actor: Actor, account_set: AccountSet, at: datetime) -> None:
    for code, name, specification, unit, price, least in GOODS:
        good = GoodFacts(code, name, unit, specification, Decimal(price), least=Decimal(least))
        add_good(actor=actor, account_set=account_set, facts=good, now=at)
    for code, name, customer, supplier in PARTNERS:
        partner = PartnerFacts(code, name, is_customer=customer, is_supplier=supplier)
        add_partner(actor=actor, account_set=account_set, facts=partner, now=at)


def _document(
    actor: Actor, account_set: AccountSet, month: int, row: tuple[int, Kind, str, Rows], at: datetime
) -> Document:
    day, kind, partner, rows = row
    items = [Item(good, Decimal(quantity), Decimal(price) if price else None) for good, quantity, price in rows]
    head = Head(first_day(month).replace(day=day), partner)
    return save_document(actor=actor, account_set=account_set, kind=kind, head=head, items=items, now=at)
