"""The demo sets of the trial environment: four of three products, for everybody, by one common user (S3).

They hang at a company of their own that nobody administers and that never ends. Elsewhere there are none.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.locks import lock_name
from accounts.models import User
from accounts.services.signup import create_account
from config.transactions import atomic
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import AccountSet, Company, SetUser, Subscription
from kiscloud.services.account_sets import make_set
from kiscloud.set_parameters import Parameters

COMPANY_NAME: Final = "金蝶KIS云演示企业"  # S3.7
COMMON_USER: Final = "kisdemo"
COMMON_NAME: Final = "演示用户"
USERS: Final = 100_000  # at the same time
FOR_EVER: Final = datetime.fromisoformat("2099-12-31T00:00:00+08:00")
# (number, edition, name, what it shows); flagship has two (S3.3).
SETS: Final[tuple[tuple[str, str, str, str | Promise], ...]] = (
    ("DEMO-TRADE", Edition.TRADE, "商贸版演示账套", _("Purchasing, sales and stock of a trading company")),
    ("DEMO-PRO", Edition.PROFESSIONAL, "专业版演示账套", _("Ledger, payroll and stock of a small company")),
    ("DEMO-FLAG-T", Edition.FLAGSHIP, "旗舰版演示账套（商贸企业）", _("The whole books of a trading company")),
    ("DEMO-FLAG-M", Edition.FLAGSHIP, "旗舰版演示账套（制造企业）", _("The whole books of a manufacturing company")),
)
NOTES: Final = {number: note for number, _edition, _name, note in SETS}


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
    return common_user() if settings.TRIAL_ENVIRONMENT and number in NOTES else user


def common_user() -> User:
    """As whom everybody is in a demo set. Nobody logs in as this user."""
    return User.objects.get(username=COMMON_USER)


@atomic
def open_demo_sets(*, now: datetime | None = None) -> int:
    """In the trial environment the company, its products and the four sets are there; answers how many were made.

    Doing it again makes nothing. Locks a name of its own.
    """
    if not settings.TRIAL_ENVIRONMENT:
        return 0
    at = now or timezone.now()
    lock_name("kis-demo-sets")
    there = set(AccountSet.objects.filter(subscription__company__is_demo=True).values_list("number", flat=True))
    missing = [row for row in SETS if row[0] not in there]
    if not missing:
        return 0
    user = _common_user()
    company = _company(user, at)
    for number, edition, name, _note in missing:
        account_set = AccountSet.objects.create(
            subscription=_product(company, edition, at),
            number=number,
            name=name,
            version=EDITIONS[edition].version,
            parameters=Parameters(company=COMPANY_NAME, start_month=_month_before(at)).stored,
            created_by=user,
            created_at=at,
        )
        SetUser.objects.create(account_set=account_set, user=user, name=COMMON_NAME, is_admin=True, added_at=at)
        make_set(set_id=account_set.pk, now=at)
    return len(missing)


def _month_before(at: datetime) -> int:
    last = timezone.localtime(at).replace(day=1) - timedelta(days=1)
    return last.year * 100 + last.month


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
