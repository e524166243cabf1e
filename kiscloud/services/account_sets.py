"""Account sets: created by a job, tried again where that failed, listed with what can be done (S8.2, S8.3, S13)."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, Door, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import User
from accounts.names import clean_name
from config.errors import DomainError, NotFound
from config.jobs import abandoned, enqueue
from config.transactions import atomic
from kiscloud.editions import EDITIONS
from kiscloud.models import AccountSet, Company, CompanyMember, SetUser, Subscription
from kiscloud.models.account_set import AccountSetQuerySet
from kiscloud.services.companies import admin_behind, locked_company
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.news import tell_person
from kiscloud.services.subscriptions import InPrivateCloud, company_of, locked_product, require_place
from kiscloud.set_files.writing import size_of
from kiscloud.set_moments import Moment, tell
from kiscloud.set_parameters import Parameters, check_parameters
from kiscloud.set_users import check_name

JOB: Final = "kiscloud.make_set"
PERMISSION: Final = "kiscloud.change_accountset"  # with which staff have failed ones created again
TRIES: Final = 3  # within minutes; then it failed, and whoever waits can act
NAME_LENGTH: Final = 80
State = AccountSet.State


class NotFailed(DomainError):
    """Only what failed is tried again."""

    code = "set_not_failed"
    sentence = _("The account set “%(set)s” is “%(state)s”; only one whose creation failed is created again.")


@atomic
def create_set(
    *, actor: Actor, subscription_id: int, name: str, parameters: Parameters, now: datetime | None = None
) -> AccountSet:
    """The set stands in the list, counts against the product's quota, and is being created by a job (S8.3, S13.2).

    Its number is drawn and stays (S13.3); who creates it is its administrator (S13.4), for a key the founder. Locks
    company and product, so of many who want the last place one gets it. Raises NotFound, InputError, InPrivateCloud,
    ProductOver, ProductClosed, NoSetLeft, VerifyFirst.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    user = administrator(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    title = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), name)
    check_parameters(parameters)
    require_public(product=product)
    require_verified_in_time(company=company, act=Act.NEW_SET, now=at)
    require_place(product=product, at=at)
    account_set = AccountSet.objects.create(
        subscription=product,
        name=title,
        version=EDITIONS[product.edition].version,
        parameters=parameters.stored,
        created_by=user,
        created_at=at,
    )
    in_set = name_in_company(company=company, user=user)
    check_name(in_set, edition=product.edition)
    SetUser.objects.create(account_set=account_set, user=user, name=in_set, is_admin=True, added_at=at)
    enqueue(JOB, key=f"set-{account_set.pk}", set=account_set.pk)
    note_set(what="creating", actor=actor, account_set=account_set, at=at)
    return account_set


@atomic
def make_set(*, set_id: int, now: datetime | None = None) -> None:
    """The set has everything that belongs into it, and is ready; done twice it is done once.

    All in one transaction: a killed worker leaves a set that is still being created, and nothing half. Locks the set.
    """
    account_set = _being_created(set_id)
    if account_set is None:
        return
    at = now or timezone.now()
    tell(Moment.MADE, account_set)
    for set_user in account_set.users.all():
        tell(Moment.USER_ADDED, set_user)
    account_set.size = size_of(account_set=account_set)
    account_set.open()
    account_set.save(update_fields=["state", "size"])
    note_set(what="created", actor=SYSTEM, account_set=account_set, at=at)


@atomic
def give_up(*, set_id: int, fault: str, now: datetime | None = None) -> None:
    """The creation failed, the set says why, and whoever asked for it is told; a ready one stays. Locks the set."""
    account_set = _being_created(set_id)
    if account_set is None:
        return
    at = now or timezone.now()
    account_set.fail(fault=fault)
    account_set.save(update_fields=["state", "fault"])
    if account_set.created_by is not None:
        tell_person(
            user=account_set.created_by,
            title=_("The account set “%(set)s” could not be created"),
            body=_("%(fault)s You can have it created again, or delete it without a code."),
            page="kiscloud:set-detail",
            of=account_set.pk,
            words={"set": account_set.name, "fault": fault},
        )
    note_set(what="creation_failed", actor=SYSTEM, account_set=account_set, at=at)


@atomic
def retry_set(*, actor: Actor, set_id: int, now: datetime | None = None) -> AccountSet:
    """The failed set is being created again, under its number and with what was chosen (S13.3).

    It has kept its place in the quota. Locks company, product and set. Raises NotFound, NotFailed, ProductOver.
    """
    at = now or timezone.now()
    account_set, _user = locked_set(actor=actor, set_id=set_id)
    if account_set.state != State.FAILED or account_set.restored_from_id is not None:
        raise NotFailed(set=account_set.name, state=account_set.get_state_display())
    require_public(product=account_set.subscription)
    require_place(product=account_set.subscription, at=at, more=0)
    account_set.begin_again()
    account_set.save(update_fields=["state", "fault"])
    enqueue(JOB, set=account_set.pk)
    note_set(what="creating", actor=actor, account_set=account_set, at=at)
    return account_set


def fail_abandoned(*, now: datetime | None = None) -> int:
    """Sets whose job died too often do not stay “being created” for ever; answers how many failed so."""
    left = AccountSet.objects.filter(state=State.CREATING, pk__in=abandoned(JOB, of="set"))
    found = list(left.values_list("pk", flat=True))
    for pk in found:
        give_up(set_id=pk, fault=str(_("It was interrupted too often.")), now=now)
    return len(found)


def listed_sets(*, company: Company | None = None, product: Subscription | None = None) -> AccountSetQuerySet:
    """The sets of a company, or of one product, with how many users each has (S13.1)."""
    rows = AccountSet.objects.standing().filter(subscription__deleted_at=None)
    rows = rows.filter(subscription=product) if product is not None else rows.filter(subscription__company=company)
    rows = rows.select_related("subscription__company__account", "restored_from")
    return rows.annotate(user_count=Count("users"))


def administrator(*, actor: Actor, company: Company) -> User:
    """The administrator behind the act; for a key of the company's own account its founder; staff with the permission.

    Raises NotFound, StaffOnly and what `admin_behind` does.
    """
    if actor.door == Door.STAFF:
        return require_staff(actor, PERMISSION)
    return admin_behind(actor=actor, company=company)


def locked_set(*, actor: Actor, set_id: int) -> tuple[AccountSet, User]:
    """The set for one of the company's administrators, locked after company and product. Raises NotFound."""
    found = AccountSet.objects.standing().filter(pk=set_id).values_list("subscription", flat=True).first()
    if found is None:
        raise NotFound()
    company = locked_company(company_id=company_of(subscription_id=found))
    user = administrator(actor=actor, company=company)
    product = locked_product(subscription_id=found)
    account_set = AccountSet.objects.standing().select_for_update(of=("self",)).filter(pk=set_id).first()
    if account_set is None:
        raise NotFound()
    account_set.subscription = product
    return account_set, user


def require_public(*, product: Subscription) -> None:
    """The product's sets live here, not on a server of the company's own. Raises InPrivateCloud."""
    if product.mode == Subscription.Mode.PRIVATE:
        raise InPrivateCloud(product=product.get_edition_display())


def name_in_company(*, company: Company, user: User) -> str:
    """How the company's address book calls the person (S14.5)."""
    member = CompanyMember.objects.filter(company=company, user=user, left_at=None).first()
    return member.name if member is not None else user.name


def note_set(*, what: str, actor: Actor, account_set: AccountSet, at: datetime, **more: str) -> None:
    """The event of a set that was just written."""
    account = account_set.subscription.company.account
    facts: dict[str, Any] = {"set": account_set.name, "number": account_set.number, **more}
    record(f"account_set.{what}", actor=actor, account=account, subject=account_set, at=at, **facts)


def _being_created(set_id: int) -> AccountSet | None:
    rows = AccountSet.objects.select_for_update(of=("self",)).select_related(
        "subscription__company__account", "created_by"
    )
    return rows.filter(pk=set_id, state=State.CREATING).first()
