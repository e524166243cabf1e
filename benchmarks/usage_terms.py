"""Who is billed on which terms: prices, discounts, money, credit, vouchers, commitments and trusteeships."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from accounts.models import Account, Relationship, User
from finance.models import (
    Book,
    Category,
    Commitment,
    CreditLine,
    Discount,
    Price,
    PriceTier,
    Product,
    Trust,
    Voucher,
)
from finance.services import ledger

CATEGORIES = 4
TIERED = 4  # each so-manieth product is cheaper above a quantity
PRICE, CHEAPER, ABOVE, RATE = Decimal("0.1234"), Decimal("0.0617"), Decimal(10), Decimal("0.85")
FUNDS, LITTLE, LIMIT, LARGE = Decimal("100000.00"), Decimal("10.00"), Decimal("20.00"), Decimal("1000000.00")
BATCH = 500


def make_products(count: int, *, since: datetime) -> list[Product]:
    """Half of them are billed hourly, half daily; some have two tiers."""
    families = Category.objects.bulk_create(Category(code=f"c{n}", name=f"c{n}") for n in range(CATEGORIES))
    facts = {"pay_mode": "postpaid", "unit": "hour"}
    products = Product.objects.bulk_create(
        Product(code=f"p{n}", name=f"p{n}", category=families[n % CATEGORIES], cycle=("hour", "day")[n % 2], **facts)
        for n in range(count)
    )
    prices = Price.objects.bulk_create(Price(product=one, valid_from=since) for one in products)
    PriceTier.objects.bulk_create(PriceTier(price=one, unit_price=PRICE) for one in prices)
    PriceTier.objects.bulk_create(PriceTier(price=one, above=ABOVE, unit_price=CHEAPER) for one in prices[::TIERED])
    return products


def make_discounts(accounts: Sequence[Account], *, since: datetime) -> None:
    """Each pays a share of everything."""
    Discount.objects.bulk_create(Discount(account=one, rate=RATE, valid_from=since) for one in accounts)


def make_funds(accounts: Sequence[Account], poor: Sequence[Account]) -> None:
    """Everybody has own cash, the poor too little of it."""
    less = {one.pk for one in poor}
    books = Book.objects.bulk_create((Book(account=one, kind="cash") for one in accounts), 2_000)
    bank = ledger.platform_book(kind="bank", near=0).pk
    sums = {book.pk: LITTLE if book.account_id in less else FUNDS for book in books}
    postings = [ledger.Posting("top_up", f"fund {book}", {book: some, bank: -some}) for book, some in sums.items()]
    for start in range(0, len(postings), BATCH):
        ledger.post_many(postings=postings[start : start + BATCH])


def make_credit(accounts: Sequence[Account], limit: Decimal, *, since: datetime) -> None:
    """Each may draw up to the limit."""
    staff, _made = User.objects.get_or_create(username="staff", is_staff=True)
    facts = {"limit": limit, "granted_by": staff, "granted_at": since}
    CreditLine.objects.bulk_create(CreditLine(account=one, **facts) for one in accounts)
    Book.objects.bulk_create(Book(account=one, kind="credit", floor=-limit) for one in accounts)


def make_vouchers(accounts: Sequence[Account], *, since: datetime, until: datetime) -> None:
    """Each has a general one that pays some of its lines."""
    facts = {"face": LITTLE, "balance": LITTLE, "valid_from": since, "valid_until": until}
    Voucher.objects.bulk_create(Voucher(account=one, **facts) for one in accounts)


def make_commitments(saver: Account, reserver: Account, product: Product, *, since: datetime, until: datetime) -> None:
    """One has a savings plan, one a reserved instance."""
    facts = {"per_cycle": 1, "valid_from": since, "valid_until": until}
    Commitment.objects.create(account=saver, kind=Commitment.Kind.SAVINGS, **facts)
    Commitment.objects.create(account=reserver, kind=Commitment.Kind.RESERVED, product=product, **facts)


def entrust(manager: Account, members: Sequence[Account], *, since: datetime) -> None:
    """The manager pays for them, from the beginning, by credit."""
    sides = [{"manager": manager, "member": member} for member in members]
    group = {"kind": Relationship.Kind.GROUP, "state": Relationship.State.ESTABLISHED, "established_at": since}
    links = Relationship.objects.bulk_create(Relationship(**side, **group) for side in sides)
    agreed = {"state": Trust.State.AGREED, "starts_at": since, "expires_at": since}
    Trust.objects.bulk_create(
        Trust(relationship=link, **side, **agreed) for link, side in zip(links, sides, strict=True)
    )
    make_credit([manager], LARGE, since=since)
