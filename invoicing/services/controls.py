"""“The member does not manage invoices”: proposed by the manager, agreed by the member, ended by either (A3.4, A3.5).

The precondition is a common title: same name, same tax number. In force it counts only while the relationship does and
still lets the manager request invoices; whoever reads asks `control_over`, which judges that at the moment.
"""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, PointMissing, require
from accounts.events import record
from accounts.locks import lock_relationship
from accounts.models import Account, Event, Relationship
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from invoicing.models import InvoiceControl, Title
from invoicing.models.title import TitleQuerySet

JOB: Final = "invoicing.follow_relationship"
FOLLOWED: Final = ("relationship.changed", "invitation.accepted")
State = InvoiceControl.State


class ControlExists(DomainError):
    """One at a time; who else manages a member is not the manager's to know."""

    code = "control_exists"
    rule = "A3.4"
    sentence = _("It is already agreed, or being asked, that a manager asks for all invoices of this account.")
    hint = _("This has to end before another can be proposed.")


class NoCommonTitle(DomainError):
    """What the option rests on."""

    code = "no_common_title"
    rule = "A3.4"
    sentence = _("%(member)s has no title with the name and tax number of %(title)s.")
    hint = _("Both accounts need the same title. Add it in both, then propose this again.")


class InvoicesManaged(DomainError):
    """The member agreed that its manager asks for its invoices."""

    code = "invoices_managed"
    rule = "A3.4"
    sentence = _("Invoices of this account are requested by %(manager)s. Ask it for the invoice that you need.")
    hint: str | Promise = _("This was agreed on %(day)s. Either side can end it on the page “Who requests invoices”.")

    def __init__(self, *, manager: str, day: str) -> None:
        super().__init__(manager=manager)
        self.hint: str | Promise = str(type(self).hint) % {"day": day}


class ManagedByAnother(DomainError):
    """The same, read by another manager: who it is, is not its to know."""

    code = "invoices_managed"
    rule = "A3.4"
    sentence = _("This account has agreed that another account asks for all of its invoices.")


def control_over(*, account: Account) -> InvoiceControl | None:
    """By what a manager asks for all invoices of this account now, with the manager; None where it does itself."""
    rows = InvoiceControl.objects.in_force().filter(relationship__member=account)
    return rows.select_related("relationship__manager").first()


def refuse_controlled(*, account: Account, asking: Account) -> None:
    """Raises InvoicesManaged or ManagedByAnother where somebody else than `asking` asks for the account's invoices."""
    control = control_over(account=account)
    if control is None or control.relationship.manager_id == asking.pk:
        return
    if asking.pk != account.pk:
        raise ManagedByAnother()
    agreed = timezone.localtime(control.answered_at or control.proposed_at)
    raise InvoicesManaged(manager=control.relationship.manager.name, day=f"{agreed:%Y-%m-%d}")


def common_titles(*, relationship: Relationship) -> TitleQuerySet:
    """The manager's titles of enterprises that the member has as well: same name, same tax number."""
    theirs = Title.objects.usable().filter(
        account=relationship.member, name=OuterRef("name"), tax_number=OuterRef("tax_number")
    )
    own = Title.objects.usable().filter(account=relationship.manager, kind=Title.Kind.ENTERPRISE)
    found: TitleQuerySet = own.filter(Exists(theirs))
    return found


@atomic
def propose_control(
    *, actor: Actor, relationship_id: int, title_id: int, now: datetime | None = None
) -> InvoiceControl:
    """The member is asked to leave its invoices to the manager. Locks both accounts, the relationship.

    Raises PointMissing, NoCommonTitle, ControlExists, InputError for a title that is not the manager's.
    """
    at, relationship = now or timezone.now(), lock_relationship(relationship_id=relationship_id)
    require(actor, Right.MANAGE_INVOICES, relationship.manager)
    if not relationship.grants(Point.REQUEST_INVOICE):
        raise PointMissing(Point.REQUEST_INVOICE)
    title = Title.objects.usable().filter(account=relationship.manager, kind=Title.Kind.ENTERPRISE, pk=title_id).first()
    if title is None:
        raise InputError("title", _("Choose one of your titles of an enterprise."))
    _refuse_uncommon(relationship, title.name, title.tax_number)
    if InvoiceControl.objects.live().filter(relationship__member=relationship.member).exists():
        raise ControlExists()
    control = InvoiceControl.objects.create(
        relationship=relationship,
        title_name=title.name,
        tax_number=title.tax_number,
        proposed_by=actor.user,
        proposed_at=at,
    )
    _note("proposed", actor, control, at)
    return control


@atomic
def agree_control(*, actor: Actor, control_id: int, now: datetime | None = None) -> InvoiceControl:
    """The member's own requests are refused from now on, and the manager asks for it.

    By the member. Locks both accounts, the relationship, the control. Raises PointMissing, NoCommonTitle.
    """
    at, control = now or timezone.now(), _locked(control_id)
    relationship = control.relationship
    require(actor, Right.MANAGE_INVOICES, relationship.member)
    if not relationship.grants(Point.REQUEST_INVOICE):
        raise PointMissing(Point.REQUEST_INVOICE)
    _refuse_uncommon(relationship, control.title_name, control.tax_number)
    control.agree(at=at)
    control.save(update_fields=["state", "answered_at"])
    _note("agreed", actor, control, at, by=relationship.member)
    return control


@atomic
def refuse_control(*, actor: Actor, control_id: int, now: datetime | None = None) -> InvoiceControl:
    """The member goes on managing its invoices. By the member. Locks as `agree_control`."""
    at, control = now or timezone.now(), _locked(control_id)
    require(actor, Right.MANAGE_INVOICES, control.relationship.member)
    control.refuse(at=at)
    control.save(update_fields=["state", "answered_at", "ended_at"])
    _note("refused", actor, control, at, by=control.relationship.member)
    return control


@atomic
def end_control(*, actor: Actor, control_id: int, account: Account, now: datetime | None = None) -> InvoiceControl:
    """The member manages its invoices again; a proposal is taken back. By `account`, one of the two sides.

    Requests that are under way are completed (K8.9). Locks as `agree_control`.
    """
    at, control = now or timezone.now(), _locked(control_id)
    relationship = control.relationship
    if account.pk not in {relationship.manager_id, relationship.member_id}:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, account)
    if control.state == State.PROPOSED and account.pk == relationship.member_id:
        raise NotFound()  # the member answers it
    _end(control, actor, at, by=account)
    return control


def end_with_relationship(*, relationship_id: int, now: datetime | None = None) -> InvoiceControl | None:
    """What the two agreed on has ended with their relationship, or with the right; for its transaction, which has
    locked both. Answers what ended, if it was in force."""
    rows = InvoiceControl.objects.live().select_for_update(of=("self",)).select_related("relationship__manager")
    control = rows.filter(relationship=relationship_id).first()
    if control is None:
        return None
    was = control.state
    _end(control, SYSTEM, now or timezone.now())
    return control if was == State.IN_FORCE else None


@atomic
def follow_relationship(*, event_id: int, now: datetime | None = None) -> None:
    """Where a manager may no longer request invoices, it no longer asks for all of them either. Locks as
    `agree_control`."""
    event = Event.objects.get(pk=event_id)
    sides = {event.account_id, event.counterpart_id} - {None}
    found = InvoiceControl.objects.live().filter(relationship__manager__in=sides, relationship__member__in=sides)
    for pk in found.values_list("relationship", flat=True):
        if not lock_relationship(relationship_id=pk).grants(Point.REQUEST_INVOICE):
            end_with_relationship(relationship_id=pk, now=now)


def _end(control: InvoiceControl, actor: Actor, at: datetime, by: Account | None = None) -> None:
    withdrawn = control.state == State.PROPOSED
    control.end(at=at)
    control.save(update_fields=["state", "ended_at"])
    _note("withdrawn" if withdrawn else "ended", actor, control, at, by=by)


def _refuse_uncommon(relationship: Relationship, name: str, number: str) -> None:
    """Both still have the title; both accounts are locked."""
    for side in (relationship.manager, relationship.member):
        if not Title.objects.usable().filter(account=side, name=name, tax_number=number).exists():
            raise NoCommonTitle(member=side.name, title=name)


def _locked(control_id: int) -> InvoiceControl:
    found = InvoiceControl.objects.filter(pk=control_id).values_list("relationship", flat=True).first()
    if found is None:
        raise NotFound()
    relationship = lock_relationship(relationship_id=found)
    control = InvoiceControl.objects.select_for_update().get(pk=control_id)
    control.relationship = relationship
    return control


def _note(what: str, actor: Actor, control: InvoiceControl, at: datetime, by: Account | None = None) -> None:
    """Told from the side of whoever did it; what ended by itself, from the manager's."""
    link = control.relationship
    account = by or link.manager
    other = link.member if account.pk == link.manager_id else link.manager
    record(
        f"invoice_control.{what}",
        actor=actor,
        account=account,
        counterpart=other,
        subject=control,
        at=at,
        title=control.title_name,
    )
