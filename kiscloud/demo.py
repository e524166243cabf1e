"""What KIS cloud adds to the story: a trading company with its products, sets and people, and one that waits to be
verified.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.actors import Actor, Door
from accounts.demo import DAY, HOUR, Story, add_chapter
from accounts.models import Event, User
from accounts.registry import registry
from accounts.services.certifications import approve_certification, submit_enterprise
from finance.cycles import month_of, month_start
from finance.models import Product
from finance.services.catalogue import add_category, add_product, set_price
from finance.services.order_payments import pay_order
from finance.services.orders import place_order
from finance.services.top_ups import confirm_top_up, start_top_up
from kiscloud.editions import Edition
from kiscloud.models import AccountSet, Company, Offering, Subscription
from kiscloud.services.account_sets import create_set
from kiscloud.services.activation import draw_cd_key, make_key, use_key
from kiscloud.services.backups import start_backup
from kiscloud.services.companies import add_companies, register_company
from kiscloud.services.demo_sets import open_demo_sets
from kiscloud.services.members import add_member
from kiscloud.services.set_users import add_users
from kiscloud.services.subscriptions import add_product as list_product
from kiscloud.services.subscriptions import try_product
from kiscloud.set_parameters import Parameters

FOUNDER: Final = "yunling-trade"
TRADING, FARM, WAITING = "云岭国际贸易有限公司", "云岭谷农业发展有限公司", "远帆跨境电商"
MINUTE = timedelta(minutes=1)
# code, name, edition, kind, yuan a user and month
GOODS: Final[Sequence[tuple[str, str, Edition, Offering.Kind, str]]] = [
    ("kis-trade", "KIS云·商贸版", Edition.TRADE, Offering.Kind.LICENCE, "42"),
    ("kis-pro", "KIS云·专业版", Edition.PROFESSIONAL, Offering.Kind.LICENCE, "68"),
    ("kis-flagship", "KIS云·旗舰版", Edition.FLAGSHIP, Offering.Kind.LICENCE, "128"),
    ("kis-pro-public", "KIS云·专业版 公有云服务模块", Edition.PROFESSIONAL, Offering.Kind.MODULE, "30"),
]
# mobile, name in the address book, administrator
PEOPLE: Final = [
    ("13900000002", "周小满", True),
    ("13900000003", "徐晴", False),
    ("13900000021", "钱多多", False),
]
SETS: Final = ["上海总部 2026", "宁波保税仓"]


def founder() -> User:
    """The owner of the trading company, who runs the others, too."""
    return User.objects.get(username=FOUNDER)


def acting(company: Company | None = None) -> Actor:
    """The founder, whom the story has prove nothing by code."""
    return Actor(door=Door.SYSTEM, user=founder(), account=company.account if company else None)


def kis_cloud(story: Story) -> None:
    """From the catalogue to a company with one product in each state."""
    # Not before this month began: what is bought belongs to a month that is still open.
    begun = month_start(month_of(story.now)) + HOUR
    _goods(story)
    trading, farm = (_company(name, story, begun - 40 * DAY) for name in (TRADING, FARM))
    add_companies(actor=acting(), company_ids=[trading.pk, farm.pk], now=begun - 39 * DAY)
    register_company(actor=acting(), name=WAITING, now=story.now - DAY)
    _verify(trading, story)
    _tried(trading, Edition.TRADE, story.now - 37 * DAY)  # its end was a week ago: still open, and in its grace
    _tried(trading, Edition.FLAGSHIP, story.now - 4 * DAY)
    product = _activated(trading, "kis-pro", 5, story, begun)
    for name in SETS:
        parameters = Parameters(company=TRADING, start_month=story.now.year * 100 + 1)
        create_set(actor=acting(trading), subscription_id=product.pk, name=name, parameters=parameters, now=story.now)
    _activated(farm, "kis-trade", 2, story, begun)
    for mobile, name, is_admin in PEOPLE:
        add_member(
            actor=acting(trading), company_id=trading.pk, contact=mobile, name=name, is_admin=is_admin, now=story.now
        )
    open_demo_sets(now=story.now)


def people_of_sets(story: Story) -> None:
    """Once the sets are made: who works in them, and a backup."""
    sets = AccountSet.objects.filter(subscription__company__name=TRADING, state=AccountSet.State.READY)
    for account_set in sets.order_by("pk"):
        company = account_set.subscription.company
        ids = list(company.members.filter(left_at=None).values_list("pk", flat=True))
        add_users(actor=acting(company), set_id=account_set.pk, member_ids=ids, now=story.now)
    if (first := sets.order_by("pk").first()) is not None:
        start_backup(actor=acting(first.subscription.company), set_id=first.pk, now=story.now)


def _goods(story: Story) -> None:
    at = story.now - 60 * DAY
    family = add_category(actor=story.staff, code="kis", name="KIS云")
    for code, name, edition, kind, price in GOODS:
        product = add_product(actor=story.staff, category=family, code=code, name=name, unit="用户", pay_mode="prepaid")
        tiers = [(Decimal(0), Decimal(price))]
        set_price(actor=story.staff, product_id=product.pk, tiers=tiers, valid_from=at, now=at)
        Offering.objects.create(product=product, kind=kind, edition=edition)


def _company(name: str, story: Story, at: datetime) -> Company:
    """Registered, with money in its account."""
    company = register_company(actor=acting(), name=name, now=at)
    money, moment = Decimal("20000.00"), story.now - 20 * HOUR
    announced = start_top_up(
        actor=acting(company), account=company.account, amount=money, channel="bank", key=f"story-{name}", now=moment
    )
    number = f"CMB{moment:%y%m%d}{announced.pk:06d}"
    confirm_top_up(actor=story.staff, top_up_id=announced.pk, arrived=money, bank_reference=number, now=moment)
    return company


def _verify(company: Company, story: Story) -> None:
    """By the one flow of accounts; it ends at the enterprise of that credit code, which others may have, too."""
    entry = next(found for found in registry().search(company.name) if found.name == company.name)
    application = submit_enterprise(
        actor=acting(company), account=company.account, name=entry.name, credit_code=entry.credit_code
    )
    approve_certification(actor=story.staff, certification_id=application.pk)


def _tried(company: Company, edition: Edition, at: datetime) -> Subscription:
    product = list_product(actor=acting(company), company_id=company.pk, edition=edition, now=at)
    return try_product(actor=acting(company), subscription_id=product.pk, now=at)


def _activated(company: Company, code: str, users: int, story: Story, at: datetime) -> Subscription:
    """Ordered for a year, paid, and activated with the key of the letter."""
    actor, moment = acting(company), max(story.now - 18 * HOUR, at)
    order = place_order(
        actor=actor,
        account=company.account,
        product_id=Product.objects.get(code=code).pk,
        quantity=Decimal(users),
        months=12,
        key=f"story-{company.pk}-{code}",
        now=moment,
    )
    pay_order(actor=actor, order_id=order.pk, now=moment + MINUTE)
    event = Event.objects.get(kind="order.paid", subject_id=order.pk)
    key = make_key(event_id=event.pk, now=moment + 2 * MINUTE)
    assert key is not None  # noqa: S101
    typed = draw_cd_key(key_id=key.pk, reference="story", now=moment + 3 * MINUTE)
    product = company.subscriptions.get(edition=key.edition, activated_at=None)
    return use_key(actor=actor, subscription_id=product.pk, serial=key.serial, cd_key=typed, now=moment + 4 * MINUTE)


add_chapter("kis cloud", kis_cloud)
add_chapter("kis people", people_of_sets)
