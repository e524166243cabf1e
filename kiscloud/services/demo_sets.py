"""The demo sets of the trial environment: four of three products, for everybody, by one common user (S3).

They hang at a company of their own that nobody administers and that never ends. Elsewhere there are none. Each shows
the books of a company that does not exist; what visitors change goes every night.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM
from accounts.locks import lock_name
from accounts.models import Event, User
from accounts.services.signup import create_account
from config.jobs import enqueue
from config.transactions import atomic
from kiscloud import policy
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import AccountSet, Company, SetUser, Subscription
from kiscloud.services.account_sets import make_set, note_set
from kiscloud.set_contents import lock_contents, purge_contents
from kiscloud.set_files.writing import size_of
from kiscloud.set_moments import Moment, tell
from kiscloud.set_parameters import Parameters

COMPANY_NAME: Final = "金蝶KIS云演示企业"  # S3.7
COMMON_USER: Final = "kisdemo"
COMMON_NAME: Final = "演示用户"
USERS: Final = 100_000  # at the same time
FOR_EVER: Final = datetime.fromisoformat("2099-12-31T00:00:00+08:00")
FILL_JOB: Final = "kiscloud.fill_demo_set"
MADE: Final = ("account_set.created", "account_set.put_back")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo set: whose books it shows, and what is to be seen in them."""

    number: str
    edition: str
    name: str
    company: str
    note: str | Promise


# Flagship has two (S3.3).
SETS: Final = (
    Demo(
        "DEMO-TRADE",
        Edition.TRADE,
        "商贸版演示账套",
        "杭州青禾家居商贸有限公司",
        _("Purchasing, sales and stock of a trading company"),
    ),
    Demo(
        "DEMO-PRO",
        Edition.PROFESSIONAL,
        "专业版演示账套",
        "苏州云帆软件有限公司",
        _("Wages, services and taxes of a small software company"),
    ),
    Demo(
        "DEMO-FLAG-T",
        Edition.FLAGSHIP,
        "旗舰版演示账套（商贸企业）",
        "上海海川国际贸易有限公司",
        _("The whole books of a trading company: credit, bills of exchange, loans"),
    ),
    Demo(
        "DEMO-FLAG-M",
        Edition.FLAGSHIP,
        "旗舰版演示账套（制造企业）",
        "宁波华锐精密机械制造有限公司",
        _("The whole books of a manufacturing company: materials, production costs, wages"),
    ),
)
BY_NUMBER: Final = {demo.number: demo for demo in SETS}


def demo_sets() -> list[AccountSet]:
    """The four, with product and company, in the trial environment; none in the formal one (S3.1–S3.4)."""
    if not settings.TRIAL_ENVIRONMENT:
        return []
    rows = AccountSet.objects.standing().filter(subscription__company__is_demo=True)
    return list(rows.select_related("subscription__company").order_by("pk"))


def is_demo(*, account_set: AccountSet) -> bool:
    """Whether everybody may enter the set, as the common user (S3.4, S3.5); only in the trial environment."""
    return settings.TRIAL_ENVIRONMENT and account_set.subscription.company.is_demo


def standing_for(*, user: User, number: str) -> User:
    """As whom the person is in the set of this number: the common user in a demo set, else himself (S3.5)."""
    return common_user() if settings.TRIAL_ENVIRONMENT and number in BY_NUMBER else user


def common_user() -> User:
    """As whom everybody is in a demo set. Nobody logs in as this user."""
    return User.objects.get(username=COMMON_USER)


@atomic
def open_demo_sets(*, now: datetime | None = None) -> int:
    """In the trial environment the company, its products and the four sets are there; answers how many were made.

    Doing it again makes nothing. What they show comes by a job. Locks a name of its own.
    """
    if not settings.TRIAL_ENVIRONMENT:
        return 0
    at = now or timezone.now()
    lock_name("kis-demo-sets")
    there = set(AccountSet.objects.filter(subscription__company__is_demo=True).values_list("number", flat=True))
    missing = [demo for demo in SETS if demo.number not in there]
    if not missing:
        return 0
    user = _common_user()
    company = _company(user, at)
    for demo in missing:
        account_set = AccountSet.objects.create(
            subscription=_product(company, demo.edition, at),
            number=demo.number,
            name=demo.name,
            version=EDITIONS[demo.edition].version,
            parameters=_parameters(demo, at),
            created_by=user,
            created_at=at,
        )
        SetUser.objects.create(account_set=account_set, user=user, name=COMMON_NAME, is_admin=True, added_at=at)
        make_set(set_id=account_set.pk, now=at)
        enqueue(FILL_JOB, key=f"demo-{account_set.pk}", set=account_set.pk)
    return len(missing)


@atomic
def fill_demo_set(*, set_id: int) -> None:
    """The demo set has what it shows; done twice it is done once. Locks the set, then what is in it."""
    account_set = _locked_demo(set_id)
    if account_set is not None:
        _fill(account_set)


def put_back_due(*, now: datetime | None = None) -> list[int]:
    """The demo sets that were not made anew since the last night."""
    return [row.pk for row in demo_sets() if not _is_fresh(row, now or timezone.now())]


@atomic
def put_back_demo_set(*, set_id: int, now: datetime | None = None) -> bool:
    """The demo set is as in the beginning, with the last two months; what visitors changed is gone.

    All in one transaction, once a night: whoever is in it sees the one state or the other, and who is just writing is
    waited for. Locks the set, then what is in it. Answers whether there was something to do.
    """
    at = now or timezone.now()
    account_set = _locked_demo(set_id)
    if account_set is None or _is_fresh(account_set, at):
        return False
    lock_contents(account_set=account_set)
    purge_contents(account_set=account_set)
    account_set.parameters = _parameters(BY_NUMBER[account_set.number], at)
    account_set.save(update_fields=["parameters"])
    tell(Moment.MADE, account_set)
    for set_user in account_set.users.all():
        tell(Moment.USER_ADDED, set_user)
    _fill(account_set)
    note_set(what="put_back", actor=SYSTEM, account_set=account_set, at=at)
    return True


def _fill(account_set: AccountSet) -> None:
    tell(Moment.DEMO, account_set)
    account_set.size = size_of(account_set=account_set)
    account_set.save(update_fields=["size"])


def _locked_demo(set_id: int) -> AccountSet | None:
    rows = AccountSet.objects.standing().select_for_update(of=("self",), no_key=True)
    row = rows.select_related("subscription__company__account").filter(pk=set_id).first()
    return row if row is not None and is_demo(account_set=row) else None


def _is_fresh(account_set: AccountSet, at: datetime) -> bool:
    night = timezone.localtime(at).replace(hour=policy.DEMO_AGAIN.hour, minute=0, second=0, microsecond=0)
    if night > at:
        night -= timedelta(days=1)
    of_it = Event.objects.filter(subject_type=AccountSet._meta.label_lower, subject_id=account_set.pk)
    return of_it.filter(kind__in=MADE, at__gte=night).exists()


def _parameters(demo: Demo, at: datetime) -> dict[str, object]:
    """Its books begin two months before, so that one month is closed and the last one is the current one.

    Everybody is the same person there, so nothing waits for somebody else's audit.
    """
    last = timezone.localtime(at).replace(day=1) - timedelta(days=1)
    first = last.replace(day=1) - timedelta(days=1)
    month = first.year * 100 + first.month
    return Parameters(company=demo.company, start_month=month, audit_first=False).stored


def _common_user() -> User:
    user, is_new = User.objects.get_or_create(username=COMMON_USER, defaults={"name": COMMON_NAME, "is_active": False})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _company(user: User, at: datetime) -> Company:
    found = Company.objects.filter(is_demo=True).first()
    if found is not None:
        return found
    account = create_account(username=COMMON_USER + "co", name=COMPANY_NAME, owner=None)
    return Company.objects.create(account=account, name=COMPANY_NAME, founder=user, is_demo=True, created_at=at)


def _product(company: Company, edition: str, at: datetime) -> Subscription:
    """One that never ends: whatever is asked of its end, it is open (S3.4)."""
    found = company.subscriptions.filter(edition=edition).first()
    if found is not None:
        return found
    product = Subscription(company=company, edition=edition, created_at=at)
    product.try_out(at=at, until=FOR_EVER)
    product.sets_total, product.users_total = len(SETS), USERS
    product.save(force_insert=True)
    return product
