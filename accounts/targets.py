"""Whom an account may invite, as what, and on which terms. Pure checks: they read, and the services lock."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Invitation, Relationship
from accounts.permissions import ConsoleRole
from accounts.terms import Terms, offered_inherits, offered_points
from config.errors import InputError

# Group places form a tree; whoever gives one holds this name, so that no cycle can be closed from two ends at once.
GROUP_GRAPH = "accounts.group-graph"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason by its rule."""

    code: str
    rule: str
    sentence: str | Promise


NO_MANAGER = Problem(
    "manager_not_enterprise", "K2.2", _("Only an account that is verified as an enterprise can link other accounts.")
)
IS_SELF = Problem("self", "Q-17", _("You cannot invite your own account."))
IS_INDIVIDUAL = Problem(
    "individual",
    "K3.1",
    _("This account is verified as an individual. Only accounts verified as an enterprise can be linked."),
)
IS_UNVERIFIED = Problem(
    "unverified",
    "K3.2",
    _("This account is not verified yet. Ask its owner to complete enterprise verification, then invite it again."),
)
IS_RESOURCE = Problem(
    "resource_account", "K13.2", _("This is a resource account. It belongs to its directory and cannot be invited.")
)
IS_OWN_MANAGER = Problem("own_manager", "Q-17", _("This account manages yours, so it cannot become your member."))
IS_LINKED = Problem("already_linked", "Q-17", _("This account is already linked with yours."))
IS_INVITED = Problem(
    "already_invited", "Q-17", _("An invitation to this account is still waiting for an answer. You can send it again.")
)
GROUP_TAKEN = Problem(
    "group_place_taken",
    "K3.5",
    _("This account already belongs to an enterprise group. It can still be linked as a partner."),
)
GROUP_CYCLE = Problem(
    "group_cycle", "Q-17", _("This account stands above yours in the same group, so it cannot become its member.")
)


ManagerCheck = Callable[[Account], Problem | None]
_manager_checks: list[ManagerCheck] = []


def register_manager_check(check: ManagerCheck) -> ManagerCheck:
    """From now on it has its say about who may have linked accounts; for higher apps, in their `apps.py`."""
    if check not in _manager_checks:
        _manager_checks.append(check)
    return check


def unfit_manager(manager: Account) -> Problem | None:
    """Why this account cannot have linked accounts at all, if so (K2.2, Q-17)."""
    if not manager.is_enterprise:
        return NO_MANAGER
    return next((problem for check in _manager_checks if (problem := check(manager)) is not None), None)


def unfit(manager: Account, target: Account) -> Problem | None:
    """Why the target cannot be linked at all, if so (K2.2, K3.1, K3.2, Q-17)."""
    if (problem := unfit_manager(manager)) is not None:
        return problem
    if manager.pk == target.pk:
        return IS_SELF
    if target.is_resource:
        return IS_RESOURCE
    if not target.is_enterprise:
        return IS_INDIVIDUAL if target.certified == Account.Certified.INDIVIDUAL else IS_UNVERIFIED
    if Relationship.objects.in_force().filter(manager=target, member=manager).exists():
        return IS_OWN_MANAGER
    return _unfit_pair(manager, target)


def _unfit_pair(manager: Account, target: Account) -> Problem | None:
    live = Relationship.objects.live().filter(manager=manager, member=target).first()
    if live is None:
        return None
    if live.is_in_force:
        return IS_LINKED
    waiting = live.invitations.open().first()
    return IS_INVITED if waiting is not None and waiting.is_open() else None


def unfit_for_group(manager: Account, target: Account) -> Problem | None:
    """Why the target cannot be a group member, if so (K3.4, K3.5, K6.2, Q-17). It does not say which other group."""
    groups = Relationship.objects.in_force().filter(kind=Relationship.Kind.GROUP)
    if groups.filter(member=target).exists():
        return GROUP_TAKEN
    above, seen = manager.pk, {manager.pk}
    while (parent := groups.filter(member_id=above).values_list("manager_id", flat=True).first()) is not None:
        if parent == target.pk:
            return GROUP_CYCLE
        if parent in seen:
            break
        seen.add(parent)
        above = parent
    return None


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """What the wizard tells at once: the reason against the target, or the kinds that work."""

    target: Account | None
    problem: Problem | None
    kinds: list[str]
    group_problem: Problem | None = None


def check_target(manager: Account, identifier: str) -> TargetCheck:
    """Looks a target up by user name or registration e-mail and says what is possible with it (K3, K4.3)."""
    target = Account.objects.named(identifier).select_related("enterprise").first()
    if target is None:
        missing = _("There is no account with this user name or registration e-mail.")
        return TargetCheck(None, Problem("unknown", "K4.3", missing), [])
    problem = unfit(manager, target)
    if problem is not None:
        return TargetCheck(target, problem, [])
    group_problem = unfit_for_group(manager, target)
    kinds = [Relationship.Kind.PARTNER] if group_problem else [Relationship.Kind.GROUP, Relationship.Kind.PARTNER]
    return TargetCheck(target, None, [str(kind) for kind in kinds], group_problem)


def refuse_unfit(manager: Account, target: Account, kind: str) -> None:
    """Raises InputError with the rule's id when this target cannot be linked in this kind."""
    if kind not in Relationship.Kind.values:
        raise InputError("kind", _("Please choose enterprise group or partner."))
    problem, field = unfit(manager, target), "identifier"
    if problem is None and kind == Relationship.Kind.GROUP:
        problem, field = unfit_for_group(manager, target), "kind"
    if problem is not None:
        error = InputError(field, problem.sentence)
        error.code, error.rule = problem.code, problem.rule
        raise error


def refuse_unfit_terms(manager: Account, target: Account, kind: str, terms: Terms, door: str) -> None:
    """Raises InputError for points not offered, inheritance between different enterprises, or the wrong door."""
    if set(terms.points) - {point.value for point in offered_points(kind)}:
        raise InputError("points", _("Some of these permissions are not offered for this kind of relationship."))
    if set(terms.inherits) - {item.value for item in offered_inherits(kind, manager, target)}:
        raise InputError(
            "inherits", _("Discounts and credit identity can be inherited only within one and the same enterprise.")
        )
    if terms.console_role != ConsoleRole.NONE and kind != Relationship.Kind.GROUP:
        raise InputError("console_role", _("Console access exists only within an enterprise group."))
    if door == Invitation.Door.FINANCE and not terms.points:
        raise InputError("points", _("Choose at least one permission."))
