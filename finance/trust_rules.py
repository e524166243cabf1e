"""What stands in the way of a trusteeship, and what follows from it. Plain reads; the services ask again under lock."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship
from accounts.permissions import Point
from accounts.preflight import Finding
from accounts.targets import Problem
from config.errors import DomainError
from finance.models import Reseller, Resource, Trust, Voucher
from finance.money import ZERO
from finance.services.allotments import recallable_of
from finance.services.credit import credit_held, limit_of, overdraft_after_recall
from finance.services.ledger import funds_of
from finance.services.trusts import is_or_will_be_trusteed

# One who is paid for, or soon will be, is nobody's manager.
IS_TRUSTEED = Problem(
    "trusteed_manager",
    "Q-17",
    _("This account is paid for by its own manager, so it cannot have linked accounts of its own."),
)


class TrustImpossible(DomainError):
    """The first reason, by its rule; `findings` has all of them."""

    code = "trust_impossible"
    hint = _("Clear what is named, then try again.")

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(found[0].sentence)
        self.rule = found[0].rule
        self.findings = found


def chained_manager(manager: Account) -> Problem | None:
    """Why an account may not manage others, if so: it is trusteed, or has agreed to be (Q-17)."""
    return IS_TRUSTEED if is_or_will_be_trusteed(account=manager, at=timezone.now()) else None


def refuse_unfit(relationship: Relationship, *, at: datetime, reader: Account, besides: Trust | None = None) -> None:
    """Raises TrustImpossible where something stands in the way; the caller has locked both accounts."""
    if found := list(blockers(relationship, at=at, reader=reader, besides=besides)):
        raise TrustImpossible(found)


def blockers(
    relationship: Relationship, *, at: datetime, reader: Account, besides: Trust | None = None
) -> Iterator[Finding]:
    """Every reason, by its rule, in words for one of the two sides; `besides` is the proposal that is being judged."""
    manager, member = relationship.manager, relationship.member
    names = {"manager": manager.name, "member": member.name}
    if relationship.kind != Relationship.Kind.GROUP:
        yield _no(
            "Q-24", _("Only within an enterprise group can one account pay for another. Partners pay themselves.")
        )
    elif not manager.same_enterprise(member):
        yield _no("A2.18", _("%(manager)s and %(member)s must be verified as the same enterprise."), **names)
    if Reseller.objects.filter(account=manager, cleared_at=None).exists():
        yield _no("A2.19", _("%(manager)s is a reseller's account and cannot pay for others."), **names)
    if is_or_will_be_trusteed(account=manager, at=at):
        yield _no("Q-17", _("%(manager)s is paid for by its own manager, so it cannot pay for others."), **names)
    if count := Relationship.objects.in_force().filter(manager=member).count():
        text = _("%(member)s manages %(count)s accounts itself. Dissolve those relationships first.")
        yield _no("Q-17", text, count=count, **names)
    open_ones = Trust.objects.filter(member=member, state__in=[Trust.State.PROPOSED, Trust.State.AGREED])
    if any(one != besides for one in open_ones):
        yield _no("A1.1", _("A trusteeship of %(member)s is already proposed or agreed."), **names)
    yield from _about_money(relationship, at, reader)


def _about_money(relationship: Relationship, at: datetime, reader: Account) -> Iterator[Finding]:
    """The current period stays with the member, so it needs money; manager's credit in use is settled first."""
    member = relationship.member
    available = funds_of(account=member).available
    if available <= ZERO:
        shown = reader == member or relationship.grants(Point.VIEW_BALANCE)
        text = _(
            "The available amount of %(member)s is %(amount)s yuan. It must be above zero, because the current periods "
            "stay with it."
        )
        hidden = _("The available amount of %(member)s must be above zero, because the current periods stay with it.")
        yield _no("A2.20", text if shown else hidden, member=member.name, amount=available)
    owed = overdraft_after_recall(relationship=relationship, at=at) if credit_held(relationship=relationship) else ZERO
    if owed > ZERO:
        text = _("%(member)s uses %(amount)s yuan of the credit that %(manager)s gave it. This must be settled first.")
        yield _no("K8.6", text, manager=relationship.manager.name, member=member.name, amount=owed)


def consequences(
    relationship: Relationship,
    *,
    at: datetime,
    reader: Account,
    from_cash: bool = False,
    cap: Decimal | None = None,
) -> Iterator[Finding]:
    """What both should know before they agree, with the numbers that the reader may see (A2.20)."""
    manager, member = relationship.manager, relationship.member
    names = {"manager": manager.name, "member": member.name}
    yes, own = _yes, reader == member
    yield yes(
        "A2.20", _("The current billing periods stay with %(member)s; the next ones count on %(manager)s."), **names
    )
    if cap is not None:
        text = _(
            "%(manager)s pays at most %(amount)s yuan a month. Above that orders are refused, and usage is charged to "
            "%(member)s: to its cash, and what is missing stays owed by it."
        )
        yield yes("A4.2", text, amount=cap, **names)
    if count := Resource.objects.valid(at=at).filter(owner=member).count():
        text = _(
            "%(count)s resources that are paid ahead run on, but are then worth nothing: no refund, nothing back for "
            "a smaller size."
        )
        yield yes("A2.21", text, count=count)
    if held := credit_held(relationship=relationship):
        yield yes("A4.1", _("%(amount)s yuan of credit that %(manager)s gave return to it."), amount=held, **names)
    if own and (limit := limit_of(account=member, at=at) - held) > ZERO:
        text = _(
            "Your own credit of %(amount)s yuan cannot be used while it runs. Keep cash ready for the current periods."
        )
        yield yes("A4.1", text, amount=limit)
    if own and (count := Voucher.objects.usable(at=at).filter(account=member).count()):
        yield yes(
            "A2.16",
            _("Your %(count)s vouchers cannot be used while it runs, and can be again afterwards."),
            count=count,
        )
    if not own and (left := recallable_of(relationship=relationship)):
        text = _(
            "%(amount)s yuan that you allotted stay with the account until you recall them; no more can be allotted."
        )
        yield yes("A2.12", text, amount=left)
    if not own and not from_cash and funds_of(account=manager).credit_limit == ZERO:
        text = _("You have no credit, and only credit pays for trusteed accounts: %(member)s could buy nothing.")
        yield Finding("A2.17", False, text % names, link=reverse("finance:credit"))


def _no(rule: str, sentence: str | Promise, **facts: object) -> Finding:
    return Finding(rule, True, str(sentence) % facts)


def _yes(rule: str, sentence: str | Promise, **facts: object) -> Finding:
    return Finding(rule, False, str(sentence) % facts)


def of_dissolving(*, ended: bool, begun: bool, worthless: int) -> Iterable[Finding]:
    """What dissolving did to a trusteeship."""
    if not ended:
        return
    if not begun:
        yield Finding("Q-20", False, _now("The trusteeship that has not begun yet becomes void."))
        return
    yield Finding(
        "A2.15", False, _now("Your paying for the account ends: it pays for its next billing periods itself.")
    )
    yield Finding(
        "K8.9", False, _now("Billing periods that are running now are still paid by you, with your discounts.")
    )
    if worthless:
        text = _now("%(count)s of its resources run on without value: no refund, nothing back for a smaller size.")
        yield Finding("A2.21", False, text % {"count": worthless})
