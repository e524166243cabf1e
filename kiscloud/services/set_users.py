"""The people of a set: added, renamed, made administrators, disabled, taken out (S14)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.models import AccountSet, CompanyMember, SetUser
from kiscloud.services.account_sets import locked_set, note_set
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.news import tell_person
from kiscloud.services.seats import end_seats
from kiscloud.services.subscriptions import require_open
from kiscloud.set_moments import Moment, tell
from kiscloud.set_users import NAME_LENGTH, ForbiddenName, check_name

State = SetUser.State


class StillEnabled(DomainError):
    """Who may enter is disabled first, then deleted."""

    code = "set_user_enabled"
    rule = "S14.13"
    sentence = _("%(name)s is enabled, so cannot be deleted.")
    hint = _("Disable the user first.")


class SetNotReady(DomainError):
    """People are added to a set that is there."""

    code = "set_not_ready"
    sentence = _("The account set “%(set)s” is “%(state)s”, so nobody can be added now.")


class NameForbidden(DomainError):
    """Somebody among those chosen bears the name that the edition keeps for itself."""

    code = "forbidden_name"
    rule = "S14.9"
    status = 422
    sentence = _("%(name)s cannot be added: the set's built-in administrator has this name.")
    hint = _("Change the name in the company's address book first.")


def people_to_add(*, account_set: AccountSet, text: str = "") -> "QuerySet[CompanyMember]":
    """Everybody in the company's address book, each with `is_in`: whether they are in the set (S14.1, S14.4)."""
    inside = SetUser.objects.filter(account_set=account_set, user=OuterRef("user"))
    rows = CompanyMember.objects.filter(company=account_set.subscription.company_id, left_at=None)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(user__name__icontains=text) | Q(user__mobile=text))
    return rows.select_related("user").annotate(is_in=Exists(inside)).order_by("name", "pk")


def users_of(*, account_set: AccountSet, text: str = "") -> "QuerySet[SetUser]":
    """The people of the set, those whose name or number is looked for (S14.2)."""
    rows = SetUser.objects.filter(account_set=account_set).select_related("user")
    if text:
        found = Q(name__icontains=text) | Q(user__name__icontains=text) | Q(user__username__iexact=text)
        rows = rows.filter(found | Q(user__mobile=text))
    return rows


@atomic
def add_users(*, actor: Actor, set_id: int, member_ids: Collection[int], now: datetime | None = None) -> list[SetUser]:
    """These people of the address book are in the set under their names in it, and are told (S14.1, S14.5).

    Who was in already stays as is (S14.4); more than were bought is fine (S14.10). Locks company, product and set.
    Raises NotFound, InputError, SetNotReady, ProductClosed, NameForbidden, VerifyFirst.
    """
    at = now or timezone.now()
    account_set, _user = locked_set(actor=actor, set_id=set_id)
    require_verified_in_time(company=account_set.subscription.company, act=Act.NEW_USER, now=at)
    require_open(product=account_set.subscription, at=at)
    if account_set.state != AccountSet.State.READY:
        raise SetNotReady(set=account_set.name, state=account_set.get_state_display())
    found = list(people_to_add(account_set=account_set).filter(pk__in=member_ids))
    if len(found) != len(set(member_ids)):
        raise NotFound()
    fresh = [member for member in found if not member.is_in]  # type: ignore[attr-defined]
    if not fresh:
        raise InputError("people", _("Tick at least one person who is not in the set yet."))
    return [_add(actor, account_set, member, at) for member in fresh]


def _add(actor: Actor, account_set: AccountSet, member: CompanyMember, at: datetime) -> SetUser:
    try:
        check_name(member.name, edition=account_set.subscription.edition)
    except ForbiddenName as error:
        raise NameForbidden(name=member.name) from error
    added = SetUser.objects.create(account_set=account_set, user=member.user, name=member.name, added_at=at)
    tell(Moment.USER_ADDED, added)
    _tell_person(
        added,
        _("You can use the account set “%(set)s”"),
        _("%(company)s has added you to “%(set)s”. You find it in the workbench."),
    )
    _note("added", actor, added, at)
    return added


@atomic
def rename_user(*, actor: Actor, set_user_id: int, name: str, now: datetime | None = None) -> SetUser:
    """The person bears this name in the set: in the list, as an employee, in all that they entered (S14.6–S14.8).

    Locks as `add_users`, then the user. Raises NotFound, InputError, ForbiddenName.
    """
    at = now or timezone.now()
    set_user = _locked(actor, set_user_id)
    wanted = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), name)
    check_name(wanted, edition=set_user.account_set.subscription.edition)
    before, set_user.name = set_user.name, wanted
    if before != wanted:
        set_user.save(update_fields=["name"])
        tell(Moment.USER_RENAMED, set_user)
        _note("renamed", actor, set_user, at, before=before)
    return set_user


@atomic
def set_administrator(*, actor: Actor, set_user_id: int, admin: bool, now: datetime | None = None) -> SetUser:
    """The person is a system administrator of the set, or no longer; other groups stay (S14.11). Locks as above."""
    at = now or timezone.now()
    set_user = _locked(actor, set_user_id)
    if set_user.is_admin != admin:
        set_user.is_admin = admin
        set_user.save(update_fields=["is_admin"])
        tell(Moment.ADMIN_CHANGED, set_user)
        _tell_person(
            set_user,
            _("You administer “%(set)s” now") if admin else _("You no longer administer “%(set)s”"),
            _("%(company)s has made you its system administrator: you may do everything in it.")
            if admin
            else _("%(company)s has changed this. You keep what you were granted inside the set."),
        )
        _note("made_admin" if admin else "unmade_admin", actor, set_user, at)
    return set_user


@atomic
def disable_user(*, actor: Actor, set_user_id: int, now: datetime | None = None) -> SetUser:
    """The person no longer sees the set, and whatever they had open in it ends (S14.16). Locks as above, then seats."""
    at = now or timezone.now()
    set_user = _locked(actor, set_user_id)
    set_user.disable()
    set_user.save(update_fields=["state"])
    end_seats(account_set=set_user.account_set, user=set_user.user, now=at)
    _tell_person(
        set_user,
        _("You can no longer use “%(set)s”"),
        _("%(company)s has disabled you in this account set. Ask an administrator there if you still need it."),
    )
    _note("disabled", actor, set_user, at)
    return set_user


@atomic
def enable_user(*, actor: Actor, set_user_id: int, now: datetime | None = None) -> SetUser:
    """The person sees the set again. Locks as above."""
    at = now or timezone.now()
    set_user = _locked(actor, set_user_id)
    set_user.enable()
    set_user.save(update_fields=["state"])
    _tell_person(
        set_user,
        _("You can use “%(set)s” again"),
        _("%(company)s has enabled you in this account set. You find it in the workbench."),
    )
    _note("enabled", actor, set_user, at)
    return set_user


@atomic
def delete_user(*, actor: Actor, set_user_id: int, now: datetime | None = None) -> None:
    """The disabled person is out of the list; the user inside the set stays, with all that they did (S14.13–S14.15).

    Locks as above. Raises NotFound, StillEnabled.
    """
    at = now or timezone.now()
    set_user = _locked(actor, set_user_id)
    if set_user.state == State.ENABLED:
        raise StillEnabled(name=set_user.name)
    tell(Moment.USER_REMOVED, set_user)
    _note("deleted", actor, set_user, at)
    set_user.delete()


def _locked(actor: Actor, set_user_id: int) -> SetUser:
    found = SetUser.objects.filter(pk=set_user_id).values_list("account_set", flat=True).first()
    if found is None:
        raise NotFound()
    account_set, _user = locked_set(actor=actor, set_id=found)
    rows = SetUser.objects.select_for_update(of=("self",)).select_related("user")
    set_user = rows.filter(pk=set_user_id).first()
    if set_user is None:
        raise NotFound()
    set_user.account_set = account_set
    return set_user


def _tell_person(set_user: SetUser, title: Any, body: Any) -> None:
    company = set_user.account_set.subscription.company
    words = {"set": set_user.account_set.name, "company": company.name}
    tell_person(user=set_user.user, title=title, body=body, page="accounts:workbench", of=None, words=words)


def _note(what: str, actor: Actor, set_user: SetUser, at: datetime, **more: str) -> None:
    note_set(what=f"user_{what}", actor=actor, account_set=set_user.account_set, at=at, person=set_user.name, **more)
