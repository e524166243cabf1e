"""Credit: granted, given, drawn, settled, taken back; and what dissolving does to money."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.preflight import digest
from accounts.services.relationships import Blocked, FactsChanged, dissolve_relationship, rehearse_dissolution
from config.errors import InputError, NotAllowed
from finance.services import credit
from finance.services.credit import CreditInUse, CreditShort, GroupOnly, allot_credit, recall_credit
from finance.services.credit_repayment import settle_credit
from finance.services.drawing import AccountShort
from tests.factories import acting, make_account, make_relationship
from tests.finance.funds import D, allot, books_sum, fresh_key, funds, mover, spend, staff, top_up


def grant(account, limit, **more):
    return credit.grant_credit(actor=staff(), account=account, limit=D(limit), **more)


def give(relationship, amount):
    return allot_credit(actor=mover(relationship.manager), relationship_id=relationship.pk, amount=D(amount))


def take(relationship, amount):
    return recall_credit(actor=mover(relationship.manager), relationship_id=relationship.pk, amount=D(amount))


def dissolve(relationship, **more):
    return dissolve_relationship(actor=mover(relationship.manager), relationship_id=relationship.pk, **more)


@pytest.fixture
def linked(manager, member):
    """A group whose manager has a line of 1,000.00 yuan."""
    grant(manager, "1000.00")
    return make_relationship(manager, member)


def test_only_staff_grant_credit(manager):
    with pytest.raises(NotAllowed):
        credit.grant_credit(actor=acting(manager), account=manager, limit=D("5"))
    for wrong in ("0", "-1", "0.001"):
        with pytest.raises(InputError):
            grant(manager, wrong)


@pytest.mark.rule("A4.1", "K1.4")
def test_a_manager_gives_part_of_its_limit_and_takes_it_back(linked, manager, member):
    give(linked, "400.00")
    assert (funds(manager).credit_limit, funds(member).credit_limit) == (600, 400)
    take(linked, "150.00")
    assert (funds(manager).credit_limit, funds(member).credit_limit) == (750, 250)
    with pytest.raises(CreditShort):
        give(linked, "750.01")
    with pytest.raises(CreditShort):
        take(linked, "250.01")


def test_partners_get_no_credit(manager, member):
    grant(manager, "100.00")
    partner = make_relationship(manager, member, kind="partner")
    with pytest.raises(GroupOnly):
        give(partner, "10.00")


@pytest.mark.rule("A4.2")
def test_a_member_spends_what_it_was_given_and_no_more(linked, member):
    give(linked, "100.00")
    spend(member, "100.00")
    with pytest.raises(AccountShort):
        spend(member, "0.01")
    assert (funds(member).credit_used, funds(member).available) == (100, 0)


def test_credit_in_use_is_not_taken_back(linked, member):
    give(linked, "100.00")
    spend(member, "70.00")
    with pytest.raises(CreditInUse) as refused:
        take(linked, "30.01")
    assert refused.value.facts == {"used": D("70.00"), "free": D("30.00")}
    take(linked, "30.00")


def test_a_line_past_its_end_pays_nothing_even_if_nobody_tidied(manager):
    now = timezone.now()
    grant(manager, "100.00", expires_at=now + timedelta(hours=1))
    spend(manager, "40.00")
    with pytest.raises(AccountShort):
        spend(manager, "1.00", now=now + timedelta(hours=1))
    spend(manager, "1.00", now=now + timedelta(minutes=59))
    assert funds(manager).credit_used == 41


def test_settling_pays_back_as_far_as_cash_goes(manager):
    grant(manager, "100.00")
    spend(manager, "80.00")
    top_up(manager, "30.00")
    assert settle_credit(account=manager, key=fresh_key()) == 30
    assert (funds(manager).cash, funds(manager).credit_used) == (0, 50)
    top_up(manager, "500.00")
    assert settle_credit(account=manager, key=fresh_key(), amount=D("20.00")) == 20
    assert settle_credit(account=manager, key=fresh_key()) == 30
    assert settle_credit(account=manager, key=fresh_key()) == 0
    assert funds(manager).cash == 450


def test_revoked_credit_that_is_in_use_stays_owed_and_shrinks_as_it_is_settled(manager):
    line = grant(manager, "100.00")
    spend(manager, "60.00")
    credit.revoke_credit(actor=staff(), line_id=line.pk)
    with pytest.raises(AccountShort):
        spend(manager, "0.01")
    top_up(manager, "25.00")
    settle_credit(account=manager, key=fresh_key())
    with pytest.raises(AccountShort):
        spend(manager, "0.01")
    assert funds(manager).credit_used == 35


@pytest.mark.rule("K8.7")
def test_dissolving_recalls_all_credit_at_once(linked, manager, member):
    give(linked, "400.00")
    dissolve(linked)
    assert (funds(manager).credit_limit, funds(member).credit_limit) == (1000, 0)
    with pytest.raises(AccountShort):
        spend(member, "0.01")


@pytest.mark.rule("K8.6")
def test_an_overdraft_must_be_settled_before_dissolving(linked, member):
    give(linked, "400.00")
    spend(member, "30.00")
    with pytest.raises(Blocked) as blocked:
        dissolve(linked)
    assert [finding.rule for finding in blocked.value.findings] == ["K8.6"]
    assert "30.00" in str(blocked.value.findings[0].sentence)
    top_up(member, "30.00")
    settle_credit(account=member, key=fresh_key())
    assert dissolve(linked).state == "dissolved"


def test_a_members_own_line_covers_what_it_uses(linked, member):
    grant(member, "50.00")
    give(linked, "400.00")
    spend(member, "30.00")
    assert dissolve(linked).state == "dissolved"
    assert (funds(member).credit_limit, funds(member).credit_used) == (50, 30)


@pytest.mark.rule("K8.8")
def test_allotted_cash_stays_with_the_member_and_is_its_own(linked, manager, member):
    top_up(manager, "100.00")
    allot(linked, "80.00")
    dissolve(linked)
    assert (funds(member).cash, funds(member).allotted) == (80, 0)
    again = make_relationship(manager, member)
    assert not [finding for finding in rehearse(again) if finding.rule == "K8.8"]


def rehearse(relationship):
    return rehearse_dissolution(actor=mover(relationship.manager), relationship_id=relationship.pk)


@pytest.mark.rule("K8.6", "K8.7", "K8.8")
def test_the_rehearsal_names_the_sums_and_changes_nothing(linked, manager, member):
    top_up(manager, "100.00")
    allot(linked, "80.00")
    give(linked, "400.00")
    found = {finding.rule: str(finding.sentence) for finding in rehearse(linked)}
    assert "400.00" in found["K8.7"]
    assert "80.00" in found["K8.8"]
    assert (funds(member).allotted, funds(member).credit_limit) == (80, 400)
    linked = type(linked).objects.get(pk=linked.pk)
    assert linked.is_in_force


def test_a_confirmation_on_old_facts_is_refused(linked, manager, member):
    top_up(manager, "100.00")
    seen = digest(rehearse(linked))
    allot(linked, "80.00")
    with pytest.raises(FactsChanged):
        dissolve(linked, seen=seen)
    assert funds(member).allotted == 80
    assert dissolve(linked, seen=digest(rehearse(linked))).state == "dissolved"
    assert books_sum() == 0


def test_credit_of_several_managers_counts_apart(manager, member):
    grant(manager, "100.00")
    grant(member, "50.00")
    first = make_relationship(manager, member)
    give(first, "100.00")
    below = make_relationship(member, make_account())
    give(below, "120.00")
    assert (funds(member).credit_limit, funds(manager).credit_limit) == (30, 0)
    with pytest.raises(CreditInUse):
        take(first, "30.01")
