"""Who belongs to a company: its address book, and who administers it (S2.3, S14.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.email_address import normalise_email
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.mobile import normalise_mobile
from accounts.models import Operator, User
from accounts.names import clean_name
from accounts.permissions import Role
from accounts.services.signup import create_waiting_login
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.models import Company, CompanyMember, SetUser
from kiscloud.services.account_sets import administrator
from kiscloud.services.companies import NAME_IN_BOOK, locked_company
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.news import tell_person
from kiscloud.services.seats import end_seats

PERMISSION = "kiscloud.change_company"
MEMBERS_MAX = 1000  # of one company
PROMOTED = _("You administer %(company)s now")
PROMOTED_BODY = _("You find the company in the management centre, among those that you can add to your list.")


class LastAdministrator(DomainError):
    """A company must stay in somebody's hands."""

    code = "last_administrator"
    sentence = _("%(person)s is the only administrator of “%(company)s”. Make somebody else an administrator first.")


class FounderStays(DomainError):
    """Codes for deleting go to the founder's phone, so the founder stays."""

    code = "founder_stays"
    sentence = _("%(person)s founded “%(company)s” and stays its administrator.")
    hint = _("If the founder has left the company, write to us: support can hand the company over.")


@dataclass(frozen=True, slots=True)
class Added:
    """Who was added, and whether a login had to be made that still waits for its password (S2.7)."""

    member: CompanyMember
    is_new: bool


@atomic
def add_member(
    *, actor: Actor, company_id: int, contact: str, name: str, is_admin: bool = False, now: datetime | None = None
) -> Added:
    """The person with this mobile number or e-mail is in the address book, as an administrator if that is wanted.

    Somebody unknown gets a login that waits for its first password; that takes a mobile number (S2.7).
    Locks the login's number, the account, the company. Raises InputError, VerifyFirst, NotFound.
    """
    at = now or timezone.now()
    shown = cleaned("name", lambda text: clean_name(text, max_length=NAME_IN_BOOK), name)
    mobile = "" if "@" in contact else cleaned("contact", normalise_mobile, contact)
    if mobile:
        lock_name(f"login:{mobile}")  # two companies may add the same stranger at once
    company = _locked(actor, company_id)
    require_verified_in_time(company=company, act=Act.NEW_USER, now=at)
    if company.members.filter(left_at=None).count() >= MEMBERS_MAX:
        raise InputError("contact", _("A company has at most %(most)s members."), most=MEMBERS_MAX)
    user = _known(contact, mobile)
    is_new = user is None
    if user is None:
        user = create_waiting_login(mobile=mobile, name=shown)
    if company.members.filter(user=user, left_at=None).exists():
        raise InputError("contact", _("This person belongs to the company already."))
    member = CompanyMember.objects.create(company=company, user=user, name=shown, is_admin=is_admin, joined_at=at)
    if is_admin:
        _make_operator(company, user, actor)
    _note("added", actor, company, member, at, is_admin=is_admin)
    if is_admin:
        _tell(actor, company, member, PROMOTED, PROMOTED_BODY)
    return Added(member, is_new)


@atomic
def make_administrator(*, actor: Actor, member_id: int, now: datetime | None = None) -> CompanyMember:
    """The member administers the company and owns its account. Locks account and company. Raises NotFound."""
    company, member = _locked_member(actor, member_id)
    if not member.is_admin:
        member.is_admin = True
        member.save(update_fields=["is_admin"])
        _make_operator(company, member.user, actor)
        _note("promoted", actor, company, member, now or timezone.now())
        _tell(actor, company, member, PROMOTED, PROMOTED_BODY)
    return member


@atomic
def end_administrator(*, actor: Actor, member_id: int, now: datetime | None = None) -> CompanyMember:
    """The member belongs to the company and administers nothing. Never the founder, never the last one.

    Locks account and company. Raises FounderStays, LastAdministrator, NotFound.
    """
    company, member = _locked_member(actor, member_id)
    if member.is_admin:
        _refuse_last(company, member)
        member.is_admin, member.was_admin, member.listed_at = False, True, None
        member.save(update_fields=["is_admin", "was_admin", "listed_at"])
        Operator.objects.filter(account=company.account_id, user=member.user).delete()
        _note("demoted", actor, company, member, now or timezone.now())
        _tell(
            actor,
            company,
            member,
            _("You no longer administer %(company)s"),
            _("You still belong to the company and use the account sets that you were added to."),
        )
    return member


@atomic
def rename_member(*, actor: Actor, member_id: int, name: str, now: datetime | None = None) -> CompanyMember:
    """How the address book calls the person (S14.5). Locks account and company. Raises InputError, NotFound."""
    company, member = _locked_member(actor, member_id)
    member.name = cleaned("name", lambda text: clean_name(text, max_length=NAME_IN_BOOK), name)
    member.save(update_fields=["name"])
    _note("renamed", actor, company, member, now or timezone.now())
    return member


@atomic
def remove_member(*, actor: Actor, member_id: int, now: datetime | None = None) -> CompanyMember:
    """The person has left: administers nothing and enters no set of the company, from this moment on (S19.5).

    Locks account, company, then each product in whose sets the person is. Raises as `end_administrator`.
    """
    at = now or timezone.now()
    company, member = _locked_member(actor, member_id)
    if member.is_admin:
        _refuse_last(company, member)
        Operator.objects.filter(account=company.account_id, user=member.user).delete()
    member.left_at = at
    member.save(update_fields=["left_at"])
    inside = SetUser.objects.filter(user=member.user, account_set__subscription__company=company)
    enabled = inside.filter(state=SetUser.State.ENABLED).select_related("account_set")
    for set_user in enabled.order_by("account_set__subscription", "pk"):
        end_seats(account_set=set_user.account_set, user=member.user, now=at)
        set_user.disable()
        set_user.save(update_fields=["state"])
    _note("removed", actor, company, member, at)
    _tell(
        actor,
        company,
        member,
        _("You no longer belong to %(company)s"),
        _("Its account sets are not open to you any more. Your login stays."),
    )
    return member


@atomic
def hand_over_company(
    *, actor: Actor, company_id: int, mobile: str, reason: str, now: datetime | None = None
) -> CompanyMember:
    """Another administrator is the founder, whose phone gets the codes from now on; who it was stays an administrator.

    Only support does this, for a founder who has left. Locks the company. Raises StaffOnly, InputError, NotFound.
    """
    require_staff(actor, PERMISSION)
    at, number = now or timezone.now(), cleaned("mobile", normalise_mobile, mobile)
    if not reason.strip():
        raise InputError("reason", _("Write the reason: it stays on record."))
    company = locked_company(company_id=company_id)
    heirs = company.members.filter(is_admin=True, left_at=None, user__mobile=number).exclude(user=company.founder_id)
    heir = heirs.select_related("user").first()
    if heir is None:
        raise InputError("mobile", _("No other administrator of “%(company)s” has this number."), company=company.name)
    company.founder = heir.user
    company.save(update_fields=["founder"])
    facts: dict[str, Any] = {"company": company.name, "person": heir.name, "reason": reason.strip()[:200]}
    record("company.handed_over", actor=actor, account=company.account, subject=company, at=at, **facts)
    return heir


def _known(contact: str, mobile: str) -> User | None:
    """The person with this number or mailbox; of a mailbox that nobody has, no login can be made."""
    if mobile:
        return User.objects.filter(mobile=mobile).first()
    found = User.objects.filter(email=cleaned("contact", normalise_email, contact)).first()
    if found is None:
        raise InputError("contact", _("Nobody has this e-mail address here. Add the person by mobile number."))
    return found


def _locked(actor: Actor, company_id: int) -> Company:
    account_id = Company.objects.standing().filter(pk=company_id).values_list("account", flat=True).first()
    if account_id is None:
        raise NotFound()
    lock_accounts(account_id)
    company = locked_company(company_id=company_id)
    administrator(actor=actor, company=company)
    return company


def _locked_member(actor: Actor, member_id: int) -> tuple[Company, CompanyMember]:
    found = CompanyMember.objects.filter(pk=member_id, left_at=None)
    company_id = found.values_list("company", flat=True).first()
    if company_id is None:
        raise NotFound()
    company = _locked(actor, company_id)
    member = found.select_related("user").first()
    if member is None:
        raise NotFound()
    return company, member


def _refuse_last(company: Company, member: CompanyMember) -> None:
    words = {"person": member.name, "company": company.name}
    if company.founder_id == member.user_id:
        raise FounderStays(**words)
    if not company.members.filter(is_admin=True, left_at=None).exclude(pk=member.pk).exists():
        raise LastAdministrator(**words)


def _make_operator(company: Company, user: User, actor: Actor) -> None:
    """Orders and the verification of the company hang at its account, so its administrators own that."""
    settled = {"role": Role.OWNER, "added_by": actor.user}
    Operator.objects.update_or_create(account=company.account, user=user, defaults=settled)


def _tell(actor: Actor, company: Company, member: CompanyMember, title: Promise, body: Promise) -> None:
    """What others did with one's place; nobody is told of what they did themselves."""
    if actor.user == member.user:
        return
    words = {"company": company.name}
    tell_person(user=member.user, title=title, body=body, page="accounts:home", of=None, words=words)


def _note(what: str, actor: Actor, company: Company, member: CompanyMember, at: datetime, **more: bool) -> None:
    facts: dict[str, Any] = {"person": member.name, "company": company.name, **more}
    record(f"company_member.{what}", actor=actor, account=company.account, subject=member, at=at, **facts)
