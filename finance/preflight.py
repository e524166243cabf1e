"""What finance adds to dissolving: K8.6 stands in its way, K8.7, K8.8 and the end of a trusteeship follow from it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Relationship
from accounts.permissions import Inherit
from accounts.preflight import Finding
from config.errors import worded
from finance.money import ZERO
from finance.services.credit import credit_held, overdraft_after_recall
from finance.services.dissolution import settle_dissolved
from finance.services.inheritances import follow_terms
from finance.services.ledger import funds_of
from finance.services.limits import end_limits
from finance.services.trust_effects import end_with_relationship
from finance.trust_rules import of_dissolving


def overdraft(relationship: Relationship) -> Iterable[Finding]:
    """Credit in use beyond what would be left must be settled first."""
    owed = overdraft_after_recall(relationship=relationship) if relationship.is_in_force else ZERO
    if owed > ZERO:
        sentence = _(
            "The account uses %(amount)s yuan of the credit that you gave it. This must be settled first: let it "
            "repay, or allot cash with which it can."
        )
        way = reverse("finance:allotment-create", args=[relationship.pk])
        yield Finding("K8.6", True, sentence % worded({"amount": owed}), link=way)


def who_pays(relationship: Relationship) -> Iterable[Finding]:
    """Ends the trusteeship and the inheritance of a relationship that was just dissolved, and says what that means.

    Comes before `what_moves`, so that the member's own credit counts again when its debts are judged.
    """
    outcome = end_with_relationship(relationship_id=relationship.pk)
    yield from of_dissolving(ended=outcome.ended, begun=outcome.begun, worthless=outcome.worthless)
    if relationship.ended_at is not None:
        follow_terms(relationship_id=relationship.pk, at=relationship.ended_at)


def arrears(relationship: Relationship) -> Iterable[Finding]:
    """What an account with credit, or the credit identity, of the manager has not paid must be settled first."""
    if not relationship.is_in_force:
        return
    if credit_held(relationship=relationship) == ZERO and Inherit.CREDIT not in relationship.inherits:
        return
    if (owed := funds_of(account=relationship.member).arrears) > ZERO:
        sentence = _(
            "The account holds credit of yours or your credit identity, and has %(amount)s yuan of unpaid bills. They "
            "must be settled first: by cash that you allot, or by repaying its statements once they are out."
        )
        way = f"{reverse('finance:member-statement-list')}?member={relationship.member.number}"
        yield Finding("K8.6", True, sentence % {"amount": owed}, link=way)


def what_moves(relationship: Relationship) -> Iterable[Finding]:
    """Settles a relationship that was just dissolved, in the transaction of dissolving, and says what it moved."""
    outcome = settle_dissolved(relationship_id=relationship.pk)
    if outcome.credit_recalled > ZERO:
        sentence = _("%(amount)s yuan of credit that you gave the account return to you.")
        yield Finding("K8.7", False, sentence % worded({"amount": outcome.credit_recalled}))
    if outcome.cash_kept > ZERO:
        sentence = _("%(amount)s yuan that you allotted stay with the account and can no longer be recalled.")
        yield Finding("K8.8", False, sentence % worded({"amount": outcome.cash_kept}))


def what_ends(relationship: Relationship) -> Iterable[Finding]:
    """Ends the limits that the manager of a relationship that was just dissolved had set, and says which."""
    outcome = end_limits(relationship_id=relationship.pk)
    if outcome.stops:
        yield Finding("K8.4", False, _("The account may buy again: your stop of new purchases ends."))
    if outcome.budgets:
        yield Finding("K8.4", False, _("Your budgets for this account are paused."))
    if outcome.alerts:
        yield Finding("K8.4", False, _("You are no longer told when its balance is low."))
