"""Deleting sets: with a code from the founder's phone, recorded, their contents gone soon after (S15)."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Door
from accounts.models import OneTimeCode, User
from accounts.services.codes import require_clearance
from config.errors import DomainError, NotAllowed
from config.jobs import enqueue
from config.transactions import atomic
from kiscloud import set_contents
from kiscloud.models import AccountSet, Deletion
from kiscloud.services.account_sets import locked_set, note_set
from kiscloud.services.deletions import note_deletion
from kiscloud.services.news import tell_person
from kiscloud.services.seats import end_seats

JOB: Final = "kiscloud.purge_set"
PURPOSE: Final = OneTimeCode.Purpose.DELETE_SET
State = AccountSet.State


class StillMade(DomainError):
    """A set that is being made or restored is waited for."""

    code = "set_unfinished"
    sentence = _("The account set “%(set)s” is “%(state)s”; it can be deleted when that is over.")


class CodeByPhone(NotAllowed):
    """Programs have no phone."""

    code = "code_by_phone"
    rule = "S15.1"
    sentence = _("Deleting this account set needs a code from the founder's phone, so it is done in the console.")


def bound_to(*, set_id: int, user: User) -> str:
    """What a code is bound to: the set, and whoever asked for it."""
    return f"set:{set_id}:by:{user.pk}"


def needs_no_code(*, account_set: AccountSet) -> bool:
    """Whose creation or restore failed holds nothing to protect (S15.5)."""
    return bool(account_set.state == State.FAILED)


@atomic
def delete_set(*, actor: Actor, set_id: int, now: datetime | None = None) -> AccountSet:
    """The set is gone for everybody and frees its place; who is in it is out, and a record says who did it (S15.6).

    Spends a code from the founder's phone (S15.1, S15.2), none for a failed set (S15.5). What was in it goes by a job.
    Backups stay. Locks company, product and set, then seats. Raises NotFound, StillMade, CodeNeeded, NoMobile.
    """
    at = now or timezone.now()
    account_set, user = locked_set(actor=actor, set_id=set_id)
    company = account_set.subscription.company
    if account_set.state not in {State.READY, State.FAILED}:
        raise StillMade(set=account_set.name, state=account_set.get_state_display())
    holder = None if needs_no_code(account_set=account_set) else company.founder
    if holder is not None:
        if actor.door == Door.API:
            raise CodeByPhone()
        binding = bound_to(set_id=set_id, user=user)
        require_clearance(actor=actor, purpose=PURPOSE, binding=binding, holder=holder, now=at)
    end_seats(account_set=account_set, now=at)
    account_set.delete_for_good()
    account_set.deleted_at = at
    account_set.save(update_fields=["state", "deleted_at"])
    note_deletion(
        company=company,
        kind=Deletion.Kind.SET,
        number=account_set.number,
        name=account_set.name,
        by=user,
        holder=holder,
        at=at,
    )
    if holder is not None and holder.pk != user.pk:
        _tell_founder(account_set, holder, user)
    enqueue(JOB, key=f"set-{account_set.pk}", set=account_set.pk)
    note_set(what="deleted", actor=actor, account_set=account_set, at=at)
    return account_set


@atomic
def purge_set(*, set_id: int) -> None:
    """Nothing of what was in the deleted set is there any more; may run again. Locks the set."""
    account_set = AccountSet.objects.select_for_update().filter(pk=set_id, state=State.DELETED).first()
    if account_set is not None:
        set_contents.purge_contents(account_set=account_set)
        AccountSet.objects.filter(pk=set_id).update(size=0)


def _tell_founder(account_set: AccountSet, holder: User, user: User) -> None:
    tell_person(
        user=holder,
        title=_("The account set “%(set)s” was deleted"),
        body=_("%(person)s deleted “%(set)s” (%(number)s) with a code from your phone. Its backups are still there."),
        page="kiscloud:deletion-list",
        of=account_set.subscription.company_id,
        words={"set": account_set.name, "number": account_set.number, "person": user.name},
    )
