"""Companies: registered, added to “my companies”, taken off it, deleted for good (S4)."""

import secrets
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, Door, person_of
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.models import Event, OneTimeCode, User
from accounts.names import clean_name
from accounts.services.codes import require_clearance
from accounts.services.signup import create_account
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.transactions import atomic
from finance.models import Order
from kiscloud.models import AccountSet, Backup, Company, CompanyMember

NAME_LENGTH = 120
NAME_IN_BOOK = 60  # of a person, in the address book
COMPANIES_MAX = 50  # that one person registers
CODE = OneTimeCode.Purpose.DELETE_COMPANY
NAME_JOB = "kiscloud.take_verified_name"


class HasProducts(DomainError):
    """A company with products stays where it is."""

    code = "company_has_products"
    rule = "S4.8"
    sentence = _("“%(company)s” has %(count)s products, so it cannot be removed from your companies.")
    hint = _("Delete the products first. One that was activated is never deleted.")


class StillListed(DomainError):
    """Deleting for good begins in the list of companies that can be added."""

    code = "company_listed"
    rule = "S4.7"
    sentence = _("“%(company)s” is among your companies. Remove it from there first.")


class NotEmpty(DomainError):
    """Something of the company is still there."""

    code = "company_not_empty"
    rule = "S4.7"
    sentence = _("“%(company)s” still has %(what)s, so it cannot be deleted for good.")
    hint = _("Only a company that has nothing left can be deleted.")


class FounderOnly(NotAllowed):
    """Only whoever registered a company deletes it."""

    code = "founder_only"
    rule = "S4.7"
    sentence = _("Only the founder of the company can delete it for good.")


class NameIsVerified(DomainError):
    """What stands on the business licence is not typed in."""

    code = "company_name_verified"
    rule = "S5.1"
    sentence = _("“%(company)s” is verified: it is called as on its business licence.")
    hint = _("If the licence has changed, write to us.")


class AdministratorsOnly(NotAllowed):
    """Members use what they were given; the rest is for administrators (S2.3)."""

    code = "administrators_only"
    rule = "S2.3"
    sentence = _("Only administrators of “%(company)s” can do this. Ask one of them.")


class Landing(StrEnum):
    """What the management centre shows first (S4.1)."""

    EMPTY = "empty"  # nothing was registered (S4.2)
    CHOOSE = "choose"  # registered, and never added (S4.4)
    LISTED = "listed"  # added (S4.5)


@atomic
def register_company(*, actor: Actor, name: str, now: datetime | None = None) -> Company:
    """The company stands, with an account of its own, and waits to be added to “my companies” (S4.2).

    Whoever registers it is its founder and administrator. Locks the person's registrations. Raises InputError.
    """
    founder, at = person_of(actor), now or timezone.now()
    shown = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), name)
    lock_name(f"companies:{founder.pk}")
    founded = Company.objects.standing().filter(founder=founder)
    if founded.filter(name=shown).exists():
        raise InputError("name", _("You have registered a company of this name already."))
    if founded.count() >= COMPANIES_MAX:
        raise InputError("name", _("One person registers at most %(most)s companies."), most=COMPANIES_MAX)
    account = create_account(username=f"kis{secrets.token_hex(6)}", name=shown, owner=founder, added_by=founder)
    company = Company.objects.create(account=account, name=shown, founder=founder, created_at=at)
    CompanyMember.objects.create(company=company, user=founder, name=founder.name, is_admin=True, joined_at=at)
    record("company.registered", actor=actor, account=account, subject=company, at=at, company=shown)
    return company


@atomic
def rename_company(*, actor: Actor, company_id: int, name: str, now: datetime | None = None) -> Company:
    """The company and its account are called so. Locks account and company.

    Raises NotFound, AdministratorsOnly, NameIsVerified, InputError.
    """
    company = _locked_with_account(company_id)
    require_admin(actor=actor, company=company)
    if company.account.is_enterprise:
        raise NameIsVerified(company=company.name)
    shown = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), name)
    others = Company.objects.standing().filter(founder=company.founder_id, name=shown).exclude(pk=company_id)
    if others.exists():
        raise InputError("name", _("Another company of the same founder is called so."))
    return _call(company, shown, actor, now)


@atomic
def take_verified_name(*, event_id: int, now: datetime | None = None) -> Company | None:
    """A company that was just verified is called as its enterprise; twice is once. Locks as `rename_company`."""
    account_id = Event.objects.values_list("account", flat=True).get(pk=event_id)
    found = Company.objects.standing().filter(account=account_id).values_list("pk", flat=True).first()
    if found is None:
        return None
    company = _locked_with_account(found)
    enterprise = company.account.enterprise
    return company if enterprise is None else _call(company, enterprise.name, SYSTEM, now)


def _call(company: Company, name: str, actor: Actor, now: datetime | None) -> Company:
    before = company.name
    if name != before:
        company.name = company.account.name = name
        company.save(update_fields=["name"])
        company.account.save(update_fields=["name"])
        facts: dict[str, Any] = {"company": name, "before": before}
        record("company.renamed", actor=actor, account=company.account, subject=company, at=now, **facts)
    return company


def _locked_with_account(company_id: int) -> Company:
    account_id = Company.objects.standing().filter(pk=company_id).values_list("account", flat=True).first()
    if account_id is None:
        raise NotFound()
    lock_accounts(account_id)
    return locked_company(company_id=company_id)


def landing_of(*, user: User) -> Landing:
    """Where the management centre begins for this person (S4.1, S4.2, S4.4, S4.5)."""
    added = _memberships(user).values_list("listed_at", flat=True)
    if not added:
        return Landing.EMPTY
    return Landing.LISTED if any(added) else Landing.CHOOSE


def company_for(*, user: User, company_id: int) -> Company:
    """The company, for one of its administrators; NotFound outside, AdministratorsOnly for its other members."""
    inside = CompanyMember.objects.filter(user=user, left_at=None, company=company_id, company__deleted_at=None)
    row = inside.select_related("company__account__enterprise").first()
    if row is None:
        raise NotFound()
    if not row.is_admin:
        raise AdministratorsOnly(company=row.company.name)
    return row.company


def require_admin(*, actor: Actor, company: Company) -> User:
    """The administrator behind the act; raises as `company_for` does."""
    user = person_of(actor)
    company_for(user=user, company_id=company.pk)
    return user


def admin_behind(*, actor: Actor, company: Company) -> User:
    """The administrator behind the act; for a key of the company's own account its founder.

    Raises NotFound for the key of another account, else as `require_admin`.
    """
    if actor.door != Door.API:
        return require_admin(actor=actor, company=company)
    if actor.account is None or actor.account.pk != company.account_id:
        raise NotFound()
    return company.founder


@atomic
def add_companies(*, actor: Actor, company_ids: Collection[int], now: datetime | None = None) -> int:
    """The ticked ones are among “my companies” (S4.3); those that were, stay (S4.6). Answers how many came new.

    Locks the person's memberships. Raises InputError, and NotFound for a company of others.
    """
    user, at = person_of(actor), now or timezone.now()
    if not company_ids:
        raise InputError("companies", _("Tick at least one company."))
    rows = list(_memberships(user).filter(company__in=company_ids).order_by("pk").select_for_update(of=("self",)))
    if len(rows) != len(set(company_ids)):
        raise NotFound()
    fresh = [row for row in rows if row.listed_at is None]
    for row in fresh:
        row.listed_at = at
        row.save(update_fields=["listed_at"])
    return len(fresh)


@atomic
def remove_company(*, actor: Actor, company_id: int, now: datetime | None = None) -> None:
    """The company is off “my companies” and can be added again (S4.7). Locks it. Raises HasProducts, NotFound."""
    user = person_of(actor)
    company = locked_company(company_id=company_id)
    row = _memberships(user).filter(company=company).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound()
    if count := company.subscriptions.listed().count():
        raise HasProducts(company=company.name, count=count)
    if row.listed_at is not None:
        row.listed_at = None
        row.save(update_fields=["listed_at"])
        record("company.removed", actor=actor, account=company.account, subject=company, at=now, company=company.name)


@atomic
def delete_company(*, actor: Actor, company_id: int, now: datetime | None = None) -> None:
    """The company is gone for everybody; its row stays for the records (S4.7). Only the founder, and only an empty one.

    In the console it spends a passed code. Locks the company. Raises FounderOnly, StillListed, NotEmpty, NotFound.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_id)
    require_deletable(user=person_of(actor), company=company)
    require_clearance(actor=actor, purpose=CODE, binding=f"company:{company.pk}", now=at)
    company.deleted_at = at
    company.save(update_fields=["deleted_at"])
    record("company.deleted", actor=actor, account=company.account, subject=company, at=at, company=company.name)


def require_deletable(*, user: User, company: Company) -> None:
    """The person may delete the company for good, and nothing of it is left (Q-6).

    Raises NotFound, AdministratorsOnly, FounderOnly, StillListed, NotEmpty.
    """
    company_for(user=user, company_id=company.pk)
    if company.founder_id != user.pk:
        raise FounderOnly()
    if Company.objects.added_by(user).filter(pk=company.pk).exists():
        raise StillListed(company=company.name)
    if left := _what_is_left(company):
        raise NotEmpty(company=company.name, what=left)


def locked_company(*, company_id: int) -> Company:
    """The company, locked: what it has is counted under this lock. Raises NotFound."""
    rows = Company.objects.standing().select_for_update(of=("self",), no_key=True)
    company = rows.select_related("account__enterprise").filter(pk=company_id).first()
    if company is None:
        raise NotFound()
    return company


def _memberships(user: User) -> "models.QuerySet[CompanyMember]":
    standing = CompanyMember.objects.filter(user=user, is_admin=True, left_at__isnull=True)
    return standing.filter(company__deleted_at__isnull=True)


def _what_is_left(company: Company) -> str:
    """What keeps the company from being deleted, in words; empty where there is nothing (Q-6)."""
    if company.subscriptions.listed().exists():
        return str(_("products"))
    if AccountSet.objects.standing().filter(subscription__company=company).exists():
        return str(_("account sets"))
    if Backup.objects.standing().filter(company=company).exists():
        return str(_("backups"))
    waiting = Order.objects.filter(owner=company.account, state=Order.State.PENDING)
    return str(_("orders that wait to be paid")) if waiting.exists() else ""
