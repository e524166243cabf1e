"""Creating linked accounts (K5), changing what a link grants (K7), dissolving (K8)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.locks import lock_accounts, lock_name, lock_relationship
from accounts.models import Account, Invitation, OneTimeCode, Relationship
from accounts.permissions import ConsoleRole, Right
from accounts.preflight import Finding, digest, findings, react
from accounts.questions import open_question, record_answer, right_for
from accounts.services.codes import require_clearance
from accounts.services.signup import create_account, create_login
from accounts.targets import GROUP_GRAPH, refuse_unfit, refuse_unfit_terms, unfit_manager
from accounts.terms import Terms
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.transactions import atomic


class ChangeWaiting(DomainError):
    """One question at a time."""

    code = "change_waiting"
    rule = "K9.4"
    sentence = _("A change is already waiting for the linked account. Withdraw it first to ask for something else.")


class NotInForce(DomainError):
    """Only an established relationship can be changed or dissolved (K7.1, K9.2)."""

    code = "not_established"
    rule = "K9.2"
    sentence = _("This relationship is not established, so it cannot be changed or dissolved.")


class OnlyManagerDissolves(NotAllowed):
    """The member sees the grants but cannot dissolve (K8.2, K8.3)."""

    code = "only_manager_dissolves"
    rule = "K8.3"
    sentence = _("Only the account that invited you can dissolve this relationship.")


class Blocked(DomainError):
    """Preflight found something that must be cleared first; `findings` names each by its rule."""

    code = "blocked"
    sentence = _("This relationship cannot be dissolved yet. Please clear what is listed first.")

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(findings=[{"rule": finding.rule, "sentence": str(finding.sentence)} for finding in found])
        self.findings = found


class FactsChanged(DomainError):
    """Between the rehearsal and the confirmation something moved."""

    code = "facts_changed"
    sentence = _("The facts have changed since you looked. Nothing was done; please look at the new ones.")


@atomic
def register_member(
    *,
    actor: Actor,
    manager: Account,
    enterprise_id: int,
    username: str,
    password: str,
    mobile: str,
    name: str,
    points: list[str],
    now: datetime | None = None,
) -> Relationship:
    """A new account with its owner's log-in, verified as the manager's enterprise, and an established group link.

    No consent is asked, no kind is chosen (K5.1–K5.7, K6.3). `enterprise_id` is the verification that the new
    account takes over and must be the manager's own (K5.2, K5.6). Locks the manager; spends a passed code.
    """
    at = now or timezone.now()
    require(actor, Right.MANAGE_LINKS, manager)
    manager = _manager_under_lock(manager)
    if enterprise_id != manager.enterprise_id:
        raise InputError("enterprise_id", _("Choose the enterprise as which your own account is verified."))
    terms = Terms.asked(points)
    binding = f"account:{manager.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.REGISTER_MEMBER, binding=binding, now=at)
    user = create_login(username=username, mobile=mobile, password=password, name=name)
    member = create_account(
        username=username, name=name, owner=user, enterprise=manager.enterprise, added_by=actor.user
    )
    refuse_unfit_terms(manager, member, Relationship.Kind.GROUP, terms, Invitation.Door.FINANCE)
    relationship = link_registered(actor=actor, manager=manager, member=member, terms=terms, at=at)
    record("member.registered", actor=actor, account=manager, counterpart=member, subject=relationship, at=at)
    return relationship


def _manager_under_lock(manager: Account) -> Account:
    lock_name(GROUP_GRAPH)
    manager = lock_accounts(manager.pk)[manager.pk]
    if (problem := unfit_manager(manager)) is not None:
        raise DomainError(problem.sentence)
    return manager


def link_registered(
    *, actor: Actor, manager: Account, member: Account, terms: Terms, at: datetime, origin: str = "registered"
) -> Relationship:
    """An established group link without a question, for an account that the manager created (K5.3, K6.3)."""
    relationship = Relationship.objects.create(
        manager=manager, member=member, kind=Relationship.Kind.GROUP, origin=origin, created_by=actor.user
    )
    relationship.establish(terms=terms, at=at)
    relationship.save(update_fields=["state", "points", "inherits", "console_role", "established_at"])
    return relationship


@atomic
def request_change(
    *,
    actor: Actor,
    relationship_id: int,
    terms: Terms,
    door: str = Invitation.Door.FINANCE,
    now: datetime | None = None,
) -> Relationship:
    """The change waits for the member, 48 hours; until then the old rights stay (K7.1, K7.3, K9.4, Q-19).

    Finance changes points and inheritance only, the directory console access only (K12.8): the other part is kept.
    A resource account has nobody to ask, so there the change applies at once. Locks accounts, relationship, question.
    """
    at = now or timezone.now()
    relationship = lock_relationship(relationship_id=relationship_id)
    require(actor, right_for(door), relationship.manager)
    if not relationship.is_in_force:
        raise NotInForce()
    _clear_overdue_change(relationship, at)
    asked = _within_door(relationship, terms, door)
    if asked == Terms.of(relationship):
        raise InputError("points", _("These are the permissions that already apply; there is nothing to change."))
    refuse_unfit_terms(relationship.manager, relationship.member, relationship.kind, asked, door)
    binding = f"relationship:{relationship.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.CHANGE_PERMISSIONS, binding=binding, now=at)
    relationship.open_change()
    invitation = open_question(relationship, asked, actor, purpose=Invitation.Purpose.CHANGE, door=door, at=at)
    sides = {"account": relationship.manager, "counterpart": relationship.member}
    if relationship.member.is_resource:
        invitation.accept(by=actor.user, at=at)
        invitation.save(update_fields=["state", "answered_by", "answered_at"])
        relationship.accept_change(terms=asked)
        record("relationship.changed", actor=actor, subject=relationship, at=at, **sides)
    else:
        record("change.sent", actor=actor, subject=invitation, at=at, **sides)
    relationship.save(update_fields=["state", "points", "inherits", "console_role"])
    return relationship


def _within_door(relationship: Relationship, terms: Terms, door: str) -> Terms:
    if door == Invitation.Door.DIRECTORY:
        return Terms(list(relationship.points), list(relationship.inherits), terms.console_role)
    return Terms(list(terms.points), list(terms.inherits), str(relationship.console_role))


def _clear_overdue_change(relationship: Relationship, at: datetime) -> None:
    waiting = relationship.invitations.open().select_for_update().first()
    if waiting is None:
        return
    if waiting.is_open(at=at):
        raise ChangeWaiting()
    waiting.expire(at=at)
    waiting.save(update_fields=["state", "answered_at"])
    relationship.drop_change()
    relationship.save(update_fields=["state"])
    waiting.relationship = relationship
    record_answer("expired", SYSTEM, waiting, at)


@atomic
def dissolve_relationship(
    *, actor: Actor, relationship_id: int, seen: str = "", now: datetime | None = None
) -> Relationship:
    """Ended at once without the member's consent; every right is gone, a waiting change is void (K8, Q-20).

    Locks accounts, relationship, question. Refused while preflight finds a blocker (K8.6, K9.2), and where `seen` is
    given and the facts are no longer those of the rehearsal it came from. Spends a passed code (K8.12). What higher
    apps have to do happens in the same transaction.
    """
    at = now or timezone.now()
    relationship = lock_relationship(relationship_id=relationship_id)
    _require_manager(actor, relationship)
    if not relationship.is_in_force:
        raise NotInForce()
    before = findings(relationship)
    if blockers := [finding for finding in before if finding.blocks]:
        raise Blocked(blockers)
    binding = f"relationship:{relationship.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.DISSOLVE, binding=binding, now=at)
    after = _dissolve(relationship, at)
    if seen and seen != digest([*before, *after]):
        raise FactsChanged()
    record(
        "relationship.dissolved",
        actor=actor,
        account=relationship.manager,
        counterpart=relationship.member,
        subject=relationship,
        at=at,
        followed=[finding.rule for finding in after],
    )
    return relationship


def _dissolve(relationship: Relationship, at: datetime) -> list[Finding]:
    for waiting in relationship.invitations.open().select_for_update():
        waiting.make_void(at=at)
        waiting.save(update_fields=["state", "answered_at"])
    relationship.dissolve(at=at)
    relationship.folder = None
    relationship.save(update_fields=["state", "end", "ended_at", "folder"])
    return react(relationship)


def rehearse_dissolution(*, actor: Actor, relationship_id: int, now: datetime | None = None) -> list[Finding]:
    """What dissolving would bring about, with the exact sums: the real thing, done in a transaction that is rolled
    back. With a blocker, only what stands before it. `preflight.digest` of the answer is what to pass as `seen`."""
    with transaction.atomic():
        relationship = lock_relationship(relationship_id=relationship_id)
        _require_manager(actor, relationship)
        found = findings(relationship)
        if not any(finding.blocks for finding in found):
            found += _dissolve(relationship, now or timezone.now())
        transaction.set_rollback(True)
    return found


def _require_manager(actor: Actor, relationship: Relationship) -> None:
    try:
        require(actor, Right.MANAGE_LINKS, relationship.manager)
    except NotFound:
        require(actor, Right.VIEW, relationship.member)  # outsiders still hear that there is nothing
        raise OnlyManagerDissolves() from None


@atomic
def edit_remark(*, actor: Actor, relationship_id: int, remark: str) -> Relationship:
    """The manager's own note on a member; the member does not see it."""
    relationship = lock_relationship(relationship_id=relationship_id)
    require(actor, Right.MANAGE_LINKS, relationship.manager)
    relationship.remark = remark
    relationship.save(update_fields=["remark"])
    record(
        "relationship.remarked",
        actor=actor,
        account=relationship.manager,
        subject=relationship,
    )
    return relationship


@atomic
def migrate_member(
    *, actor: Actor, manager: Account, member: Account, terms: Terms, now: datetime | None = None
) -> Relationship:
    """Takes a link over from the former account group (K12.9): established, console access kept as it was.

    The rules about whom a group may hold apply as for an invitation. Locks the group graph and both accounts.
    """
    if terms.console_role not in {ConsoleRole.NONE, ConsoleRole.FORMER}:
        raise InputError("console_role", _("Only console access of the former account group can be taken over."))
    lock_name(GROUP_GRAPH)
    locked = lock_accounts(manager.pk, member.pk)
    manager, member = locked[manager.pk], locked[member.pk]
    refuse_unfit(manager, member, Relationship.Kind.GROUP)
    refuse_unfit_terms(manager, member, Relationship.Kind.GROUP, terms, Invitation.Door.DIRECTORY)
    at = now or timezone.now()
    relationship = link_registered(actor=actor, manager=manager, member=member, terms=terms, at=at, origin="migrated")
    record("member.migrated", actor=actor, account=manager, counterpart=member, subject=relationship, at=at)
    return relationship
