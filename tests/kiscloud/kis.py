"""Companies, products and sets for tests of KIS cloud, and short ways into them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Account, User
from kiscloud.models import AccountSet, ActivationKey, Backup, Company, CompanyMember, Device, SetUser, Subscription
from kiscloud.services.companies import register_company
from tests.factories import EnterpriseFactory, make_user
from tests.kiscloud.seating import set_seats

NOW = datetime.fromisoformat("2026-03-10T10:00:00+08:00")
DAY = timedelta(days=1)


def person(user: User) -> Actor:
    """The person, in the browser."""
    return Actor(door=Door.CONSOLE, user=user)


def make_company(founder: User | None = None, *, name: str = "示例商贸", verified: bool = False) -> Company:
    """A registered company, among nobody's companies yet."""
    company = register_company(actor=person(founder or make_user()), name=name)
    return verify(company) if verified else company


def verify(company: Company) -> Company:
    """The company's account is verified as an enterprise of its own."""
    account = company.account
    account.enterprise, account.certified = EnterpriseFactory.create(), Account.Certified.ENTERPRISE
    account.save(update_fields=["enterprise", "certified"])
    return company


def add_admin(company: Company, user: User) -> CompanyMember:
    """One more administrator."""
    return CompanyMember.objects.create(company=company, user=user, name=user.name, is_admin=True)


def active(
    company: Company, *, users: int = 5, sets: int = 3, until: datetime | None = None, **more: Any
) -> Subscription:
    """An activated product in the public cloud."""
    number = ActivationKey.objects.count() + 1
    end = until or timezone.now() + 365 * DAY
    began = end - 365 * DAY
    key = ActivationKey.objects.create(
        account=company.account,
        serial=f"KIS-ZY-26-{number:08d}",
        cd_key="x",
        edition=more.get("edition", "professional"),
        users=users,
        sets=sets,
        months=12,
        used_at=began,
    )
    product = Subscription.objects.create(
        company=company, edition=key.edition, users_total=users, sets_total=sets, created_at=began
    )
    product.activate(at=began, until=end, key=key)
    product.save(update_fields=["state", "activated_at", "starts_at", "expires_at", "key", "mode"])
    return product


def waiting_key(company: Company) -> ActivationKey:
    """One that the company ordered and has not used."""
    number = ActivationKey.objects.count() + 1
    facts = {"edition": "trade", "users": 5, "sets": 3, "months": 12}
    return ActivationKey.objects.create(account=company.account, serial=f"KIS-SM-26-{number:08d}", cd_key="x", **facts)


def make_set(product: Subscription, *users: User, name: str = "一号账套") -> AccountSet:
    """A set that is ready, with these people in it."""
    number = f"T{AccountSet.objects.count() + 1:09d}"
    made = AccountSet.objects.create(subscription=product, number=number, name=name, version="16.0")
    made.open()
    made.save(update_fields=["state"])
    for user in users:
        SetUser.objects.create(account_set=made, user=user, name=user.name)
    return made


def make_device(user: User, installation: str = "pc-1") -> Device:
    """One installed client of the person."""
    return Device.objects.get_or_create(user=user, installation=installation, defaults={"platform": "windows"})[0]


def set_kis(admin: User, member: User) -> dict[str, int]:
    """For the table of addresses: a company of the one, with the other as a plain member, a product and a set."""
    company = make_company(admin)
    colleague = CompanyMember.objects.create(company=company, user=member, name=member.name)
    product = active(company)
    made = make_set(product, admin, member)
    return {
        "company": company.pk,
        "company_member": colleague.pk,
        "subscription": product.pk,
        "account_set": made.pk,
        "set_user": made.users.get(user=member).pk,
        "backup": Backup.objects.create(kind=Backup.Kind.MANUAL, **Backup.facts_of(made)).pk,
        "activation_key": waiting_key(company).pk,
        **set_seats(admin, member, made),
    }
