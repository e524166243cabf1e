"""What stands in the way of dissolving, and what follows from it. Higher apps register their part in `apps.py`:

checks (`register`) are asked before and say what blocks or is to be known; reactions (`register_reaction`) do their
part inside the transaction of dissolving and say what they did. The rehearsal runs all of it and rolls it back.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Invitation, Relationship
from accounts.permissions import ConsoleRole, Inherit


@dataclass(frozen=True, slots=True)
class Finding:
    """One named fact by its rule: a blocker that must be cleared first, or a consequence to know."""

    rule: str
    blocks: bool
    sentence: str | Promise
    link: str = ""


Check = Callable[[Relationship], Iterable[Finding]]
_checks: list[Check] = []
_reactions: list[Check] = []


def register(check: Check) -> Check:
    """Adds a check to every preflight from now on."""
    if check not in _checks:
        _checks.append(check)
    return check


def register_reaction(reaction: Check) -> Check:
    """Adds a reaction that runs in the transaction of every dissolving from now on."""
    if reaction not in _reactions:
        _reactions.append(reaction)
    return reaction


def react(relationship: Relationship) -> list[Finding]:
    """Every reaction to a relationship that was just dissolved has done its part; answers what they did."""
    return [finding for reaction in _reactions for finding in reaction(relationship)]


def digest(found: Iterable[Finding]) -> str:
    """Tells whether the facts that somebody was shown are still the facts."""
    text = "\n".join(f"{finding.rule}|{finding.blocks}|{finding.sentence}" for finding in found)
    return hashlib.sha256(text.encode()).hexdigest()


def findings(relationship: Relationship) -> list[Finding]:
    """Blockers first, then consequences; same facts, same list."""
    found = [finding for check in _checks for finding in check(relationship)]
    return sorted(found, key=lambda finding: not finding.blocks)


@register
def _state_allows(relationship: Relationship) -> Iterable[Finding]:
    if not relationship.is_in_force:
        yield Finding("K9.2", True, _("Only an established relationship can be dissolved."))


@register
def _what_ends(relationship: Relationship) -> Iterable[Finding]:
    yield Finding("K8.10", False, _("It ends at once and needs no consent from the linked account."))
    if relationship.points:
        yield Finding("K8.4", False, _("You lose every permission that the linked account has given you."))
    if relationship.console_role != ConsoleRole.NONE:
        yield Finding("K13.3", False, _("Your administrators can no longer enter the console of this account."))
    if Inherit.DISCOUNT in relationship.inherits:
        yield Finding("K8.11", False, _("Inherited discounts return to what they were before the relationship."))
    if Inherit.CREDIT in relationship.inherits:
        yield Finding("K1.3", False, _("Your credit identity no longer keeps its services running on unpaid bills."))
    if Invitation.objects.open().filter(relationship=relationship).exists():
        yield Finding("Q-20", False, _("The permission change that still waits for an answer becomes void."))
    if relationship.member.kind == Account.Kind.RESOURCE:
        yield Finding("K13.2", False, _("Nobody can log in to this resource account once it leaves your directory."))
