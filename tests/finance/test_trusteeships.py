"""Trusteeships from proposed to ended: what refuses them, what begins and ends with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, OneTimeCode
from accounts.permissions import Role
from accounts.services.codes import CodeNeeded
from accounts.services.invitations import accept_invitation
from accounts.services.relationships import NotInForce, register_member
from config.errors import DomainError, InputError, NotAllowed, NotFound
from finance.models import Trust
from finance.services.credit import NoCreditForTrusteed, allot_credit, grant_credit, limit_of
from finance.services.resellers import PaysForOthers, mark_reseller, unmark_reseller
from finance.services.trusteeships import end_trust, propose_trust
from finance.services.trusts import Trusteed, is_trusteed, payer_of
from finance.trust_rules import TrustImpossible
from tests.factories import acting, clear, make_account, make_invitation, make_operator, make_relationship, owner_of
from tests.finance.funds import D, allot, funds, mover, spend, staff, top_up
from tests.finance.trusting import (
    accept,
    add_member,
    agree,
    end,
    make_pair,
    make_resource,
    propose,
    refuse,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pair(cheap_hashes):
    """A manager with credit and a member of one enterprise."""
    return make_pair()


def refused_by(relationship, **more):
    """The rules that stand in the way of a proposal."""
    with pytest.raises(TrustImpossible) as refusal:
        propose(relationship, **more)
    return [finding.rule for finding in refusal.value.findings]


def kinds():
    return list(Event.objects.filter(kind__startswith="trust.").order_by("pk").values_list("kind", flat=True))


@pytest.mark.rule("A1.1", "A2.1", "A2.4")
def test_a_member_that_agrees_is_paid_for_by_its_manager(pair):
    trust = propose(pair)
    assert not is_trusteed(account=pair.member, at=timezone.now())
    accept(trust)
    assert payer_of(account=pair.member, at=timezone.now()).account == pair.manager
    assert kinds() == ["trust.proposed", "trust.agreed", "trust.begun"]


@pytest.mark.rule("A1.1")
def test_a_member_that_refuses_pays_for_itself(pair):
    refuse(propose(pair))
    assert not is_trusteed(account=pair.member, at=timezone.now() + DAY)
    assert propose(pair).state == "proposed"


def test_only_the_owner_of_the_member_answers_and_only_who_moves_funds_asks(pair):
    viewer = acting(pair.manager, make_operator(pair.manager, Role.VIEWER))
    with pytest.raises(NotAllowed):
        propose(pair, actor=viewer)
    with pytest.raises(NotFound):
        propose(pair, actor=acting(make_account()))
    trust = propose(pair, actor=mover(pair.manager))
    with pytest.raises(NotAllowed):
        accept(trust, actor=acting(pair.member, make_operator(pair.member, Role.FINANCE)))
    with pytest.raises(NotFound):
        accept(trust, actor=acting(pair.manager))


def test_a_proposal_and_an_end_each_spend_a_code(pair):
    actor, owner = acting(pair.manager), owner_of(pair.manager)
    with pytest.raises(CodeNeeded):
        propose_trust(actor=actor, relationship_id=pair.pk)
    clear(owner, OneTimeCode.Purpose.SWITCH_PAYING, f"relationship:{pair.pk}")
    accept(propose_trust(actor=actor, relationship_id=pair.pk))
    trust = Trust.objects.get(member=pair.member)
    with pytest.raises(CodeNeeded):
        end_trust(actor=actor, trust_id=trust.pk)
    clear(owner, OneTimeCode.Purpose.SWITCH_PAYING, f"relationship:{pair.pk}")
    assert end_trust(actor=actor, trust_id=trust.pk).state == "ended"


@pytest.mark.rule("A2.18")
def test_partners_pay_for_themselves(cheap_hashes):
    manager = make_account()
    member = make_account(enterprise=manager.enterprise)
    top_up(member, "1.00")
    assert refused_by(make_relationship(manager, member, kind="partner")) == ["Q-24"]


@pytest.mark.rule("A2.18")
def test_both_must_be_verified_as_the_same_enterprise(cheap_hashes):
    manager, member = make_account(), make_account()
    top_up(member, "1.00")
    assert refused_by(make_relationship(manager, member)) == ["A2.18"]


@pytest.mark.rule("A2.19")
def test_a_reseller_pays_for_nobody(pair):
    mark_reseller(actor=staff(), account=pair.manager)
    assert refused_by(pair) == ["A2.19"]
    unmark_reseller(actor=staff(), account=pair.manager)
    agree(pair)
    with pytest.raises(PaysForOthers):
        mark_reseller(actor=staff(), account=pair.manager)
    with pytest.raises(NotAllowed):
        mark_reseller(actor=acting(pair.member), account=pair.member)


@pytest.mark.rule("A2.20")
def test_the_member_needs_something_for_the_current_periods(pair):
    spend(pair.member, "100.00")
    assert refused_by(pair) == ["A2.20"]
    top_up(pair.member, "0.01")
    trust = propose(pair)
    spend(pair.member, "0.01")
    with pytest.raises(TrustImpossible, match=r"0\.00") as refusal:
        accept(trust)
    assert refusal.value.rule == "A2.20"


def test_a_manager_that_may_not_see_the_balance_is_not_told_it(cheap_hashes):
    pair = make_pair(points=["view_bills"])
    spend(pair.member, "100.00")
    with pytest.raises(TrustImpossible) as refusal:
        propose(pair)
    assert "0.00" not in str(refusal.value)


def test_there_are_no_chains(pair):
    below = make_relationship(pair.member, make_account(enterprise=pair.member.enterprise))
    assert refused_by(pair) == ["Q-17"]
    top_up(below.member, "1.00")
    below.dissolve(at=timezone.now())
    below.save(update_fields=["state", "end", "ended_at"])
    agree(pair, starts_on=timezone.localdate() + 3 * DAY)
    with pytest.raises(InputError):
        make_invitation(pair.member, make_account(), kind="partner")
    clear(owner_of(pair.member), OneTimeCode.Purpose.REGISTER_MEMBER, f"account:{pair.member.pk}")
    with pytest.raises(DomainError, match="托管付款"):
        register_member(
            actor=acting(pair.member),
            manager=pair.member,
            enterprise_id=pair.member.enterprise_id,
            username="lower",
            password="Long enough 1!",
            mobile="13900009999",
            name="下级",
            points=["view_bills"],
        )


def test_an_invitation_from_before_is_not_accepted_once_its_sender_is_trusteed(pair):
    target = make_account()
    invitation = make_invitation(pair.member, target, kind="partner")
    agree(pair)
    with pytest.raises(DomainError, match="托管付款"):
        accept_invitation(actor=acting(target), invitation_id=invitation.pk)


def test_one_trusteeship_at_a_time(pair):
    propose(pair)
    assert refused_by(pair) == ["A1.1"]


@pytest.mark.rule("A2.12")
def test_no_funds_are_allotted_once_it_is_agreed(pair):
    top_up(pair.manager, "50.00")
    allot(pair, "10.00")
    agree(pair, starts_on=timezone.localdate() + 3 * DAY)
    with pytest.raises(Trusteed):
        allot(pair, "10.00")
    assert funds(pair.member).allotted == 10


@pytest.mark.rule("A4.1")
def test_the_member_has_no_credit_while_it_is_trusteed(pair):
    manager, member = pair.manager, pair.member
    grant_credit(actor=staff(), account=member, limit=D("500.00"))
    allot_credit(actor=mover(manager), relationship_id=pair.pk, amount=D("300.00"))
    assert (limit_of(account=manager), limit_of(account=member)) == (700, 800)
    trust = agree(pair)
    assert (limit_of(account=manager), limit_of(account=member)) == (1000, 0)
    assert funds(member).available == 100
    grant_credit(actor=staff(), account=member, limit=D("50.00"))
    assert funds(member).credit_limit == 0
    with pytest.raises(NoCreditForTrusteed):
        allot_credit(actor=mover(manager), relationship_id=pair.pk, amount=D("1.00"))
    end(trust)
    assert funds(member).credit_limit == 550


@pytest.mark.rule("K8.6", "A4.1")
def test_credit_of_the_manager_in_use_is_settled_first(pair):
    allot_credit(actor=mover(pair.manager), relationship_id=pair.pk, amount=D("300.00"))
    spend(pair.member, "150.00")
    top_up(pair.member, "10.00")
    assert refused_by(pair) == ["K8.6"]


@pytest.mark.rule("A2.21")
def test_what_was_paid_ahead_is_worth_nothing_after_a_change_of_payer(pair):
    before, released = make_resource(pair.member), make_resource(pair.member, "ecs-2")
    released.release(at=timezone.now())
    released.save(update_fields=["state", "ends_at"])
    trust = agree(pair)
    before.refresh_from_db()
    released.refresh_from_db()
    assert before.worthless_since is not None
    assert released.worthless_since is None
    meanwhile = make_resource(pair.member, "ecs-3")
    end(trust)
    meanwhile.refresh_from_db()
    assert meanwhile.worthless_since is not None


@pytest.mark.parametrize("cap", ["0", "-1", "0.001", "NaN", "Infinity", "1000000000.01"])
def test_a_limit_is_a_sum_of_money(pair, cap):
    with pytest.raises(InputError):
        propose(pair, cap=D(cap))


@pytest.mark.parametrize("days", [-1, 367, 40_000])
def test_a_day_lies_ahead_within_a_year(pair, days):
    with pytest.raises(InputError):
        propose(pair, starts_on=timezone.localdate() + days * DAY)


def test_only_a_link_in_force_carries_one(pair):
    pair.dissolve(at=timezone.now())
    pair.save(update_fields=["state", "end", "ended_at"])
    with pytest.raises(NotInForce):
        propose(pair)
    with pytest.raises(NotFound):
        propose_trust(actor=mover(pair.manager), relationship_id=987_654_321)


def test_the_second_member_of_a_manager_is_paid_for_too(pair):
    other = add_member(pair.manager)
    agree(pair)
    agree(other)
    assert payer_of(account=other.member, at=timezone.now()).account == pair.manager


@pytest.mark.rule("A2.20")
def test_a_container_without_owner_is_agreed_at_once(pair):
    pair.member.kind = "resource"
    pair.member.save(update_fields=["kind"])
    assert propose(pair).state == "agreed"
    assert is_trusteed(account=pair.member, at=timezone.now())
