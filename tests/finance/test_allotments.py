"""Allotting and recalling cash."""

from decimal import Decimal

import pytest

from accounts.models import Event, OneTimeCode, Relationship
from accounts.permissions import Role
from accounts.services.codes import CodeNeeded
from accounts.services.relationships import dissolve_relationship
from config.errors import InputError, NotAllowed, NotFound
from finance import policy
from finance.models import Allotment
from finance.services import allotments
from finance.services.allotments import (
    CODE_PURPOSE,
    AboveAllottable,
    AboveRecallable,
    MemberShort,
    NothingAllotted,
    NotLinked,
    allot_funds,
    choose_code_limit,
    recallable_of,
)
from finance.services.batch_moves import Line, move_batch
from finance.services.credit import grant_credit
from finance.services.drawing import AccountShort
from finance.services.ledger import KeyReused
from finance.services.trusts import Trusteed
from tests.factories import acting, clear, make_account, make_operator, make_relationship, owner_of
from tests.finance.funds import D, allot, books_sum, fresh_key, funds, mover, recall, spend, staff, top_up
from tests.finance.trusting import trust_row


@pytest.fixture
def linked(manager, member):
    """A group relationship whose manager has 1,000.00 yuan of its own."""
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.mark.rule("K1.4", "K10.1", "K10.2")
def test_an_allotment_moves_the_managers_cash_into_the_members_balance(linked, manager, member):
    done = allot(linked, "300.00", note="三月预算")
    assert funds(manager).cash == D("700.00")
    assert (funds(member).cash, funds(member).allotted, funds(member).balance) == (0, D("300.00"), D("300.00"))
    assert done.transfer.kind == "allotment"
    assert Event.objects.filter(kind="funds.allotted", account=manager, counterpart=member).count() == 1
    assert books_sum() == 0


@pytest.mark.rule("A2.12")
def test_a_trusteed_member_is_given_nothing_and_gives_back_what_it_holds(linked, manager, member):
    allot(linked, "10.00")
    trust_row(linked)
    with pytest.raises(Trusteed):
        allot(linked, "10.00")
    lines = [Line(linked.pk, D("10.00"))]
    results = move_batch(actor=mover(manager), manager=manager, direction="allot", lines=lines, key="trusteed")
    assert isinstance(results[0].refusal, Trusteed)
    recall(linked, "10.00")
    assert (funds(manager).cash, funds(member).balance) == (1000, 0)


@pytest.mark.rule("K10.3", "K1.4")
def test_a_recall_is_the_reverse(linked, manager, member):
    allot(linked, "300.00")
    recall(linked, "120.50")
    assert funds(manager).cash == D("820.50")
    assert funds(member).balance == D("179.50")
    assert recallable_of(relationship=linked) == D("179.50")


@pytest.mark.rule("K10.5")
@pytest.mark.parametrize("kind", Relationship.Kind.values)
def test_both_kinds_of_relationship_move_funds(manager, member, kind):
    top_up(manager, "10.00")
    relationship = make_relationship(manager, member, kind=kind)
    allot(relationship, "5.00")
    assert funds(member).balance == 5


@pytest.mark.rule("K10.6")
def test_the_least_allotment_is_just_above_one_fen(linked, member):
    for wrong in ("0.01", "0.00", "-5.00", "1.234", "NaN", "Infinity"):
        with pytest.raises(InputError) as refused:
            allot(linked, wrong)
        assert refused.value.field == "amount"
    allot(linked, "0.02")
    assert funds(member).balance == D("0.02")


@pytest.mark.rule("K10.6")
def test_all_of_the_own_cash_can_be_allotted_and_not_a_fen_more(linked, manager, member):
    with pytest.raises(AboveAllottable) as refused:
        allot(linked, "1000.01")
    assert refused.value.facts == {"available": D("1000.00"), "amount": D("1000.01")}
    assert "1,000.00" in str(refused.value)
    allot(linked, "1000.00")
    assert (funds(manager).cash, funds(member).balance) == (0, 1000)


def test_money_from_a_manager_is_spent_never_passed_on(linked, member, stranger):
    allot(linked, "300.00")
    below = make_relationship(member, stranger, kind="partner")
    with pytest.raises(AboveAllottable) as refused:
        allot(below, "1.00")
    assert refused.value.facts["available"] == 0
    spend(member, "300.00")


@pytest.mark.rule("K10.7")
def test_only_who_received_can_be_recalled_from(linked, member):
    top_up(member, "50.00")
    with pytest.raises(NothingAllotted):
        recall(linked, "10.00")
    assert funds(member).balance == 50


@pytest.mark.rule("K10.8")
def test_no_more_is_recalled_than_what_is_left_of_the_allotments(linked, member):
    allot(linked, "100.00")
    top_up(member, "500.00")
    with pytest.raises(AboveRecallable) as refused:
        recall(linked, "100.01")
    assert refused.value.facts == {"recallable": D("100.00"), "amount": D("100.01")}
    assert funds(member).balance == 600


@pytest.mark.rule("K10.9")
def test_a_short_balance_moves_nothing_at_all(linked, manager, member):
    grant_credit(actor=staff(), account=member, limit=D("200.00"))
    spend(member, "80.00")
    allot(linked, "100.00")
    with pytest.raises(MemberShort) as refused:
        recall(linked, "50.00")
    assert refused.value.facts == {"free": D("20.00"), "amount": D("50.00")}
    assert (funds(manager).cash, funds(member).balance) == (900, 100)
    recall(linked, "20.00")


@pytest.mark.rule("K10.8")
def test_two_managers_never_recall_the_same_yuan(manager, member, stranger):
    """The worked example of several managers: own 200, X 100, Y 100, spent 250 → X 50, Y 100."""
    for account in (manager, stranger):
        top_up(account, "100.00")
    top_up(member, "200.00")
    x = make_relationship(manager, member)
    y = make_relationship(stranger, member, kind="partner")
    allot(x, "100.00")
    allot(y, "100.00")
    spend(member, "250.00")
    assert (recallable_of(relationship=x), recallable_of(relationship=y)) == (D("50.00"), D("100.00"))
    with pytest.raises(AboveRecallable):
        recall(x, "50.01")
    recall(x, "50.00")
    recall(y, "100.00")
    assert funds(member).balance == 0


def test_spending_more_than_there_is_moves_nothing(linked, member):
    allot(linked, "100.00")
    with pytest.raises(AccountShort) as refused:
        spend(member, "100.01")
    assert refused.value.facts == {"available": D("100.00"), "amount": D("100.01")}
    assert funds(member).balance == 100


def test_the_same_key_is_one_allotment(linked, member):
    first, again = allot(linked, "10.00", key="form-1"), allot(linked, "10.00", key="form-1")
    assert first == again
    assert funds(member).balance == 10
    with pytest.raises(KeyReused):
        allot(linked, "11.00", key="form-1")
    with pytest.raises(KeyReused):
        recall(linked, "10.00", key="form-1")


def test_rights_are_checked_in_the_service(linked, manager, member, stranger):
    call = {"relationship_id": linked.pk, "amount": D("1.00"), "key": fresh_key()}
    for outsider in (member, stranger):
        with pytest.raises(NotFound):
            allot_funds(actor=acting(outsider), **call)
    with pytest.raises(NotAllowed):
        allot_funds(actor=acting(manager, make_operator(manager, Role.VIEWER)), **call)
    allot_funds(actor=acting(manager, make_operator(manager, Role.FINANCE)), **call)


@pytest.mark.rule("K10.1")
def test_a_dissolved_relationship_moves_nothing(linked, manager):
    allot(linked, "10.00")
    dissolve_relationship(actor=mover(manager), relationship_id=linked.pk)
    for act in (allot, recall):
        with pytest.raises(NotLinked):
            act(linked, "5.00")


def test_above_its_own_limit_an_account_asks_for_a_code(linked, manager):
    limit = policy.CODE_ABOVE_DEFAULT
    top_up(manager, str(limit + 10))
    with pytest.raises(CodeNeeded):
        allot(linked, str(limit + 1), actor=acting(manager))
    clear(owner_of(manager), CODE_PURPOSE, f"account:{manager.pk}")
    allot(linked, str(limit + 1), actor=acting(manager))
    clear(owner_of(manager), CODE_PURPOSE, f"account:{manager.pk}")
    choose_code_limit(actor=acting(manager), account=manager, amount=D("0.00"))
    with pytest.raises(CodeNeeded):
        allot(linked, "0.50", actor=acting(manager))
    assert OneTimeCode.objects.filter(spent_at=None, purpose=CODE_PURPOSE).count() == 0


def test_a_batch_does_what_it_can_and_says_what_it_refused(manager):
    top_up(manager, "100.00")
    links = [make_relationship(manager, make_account(), kind="partner") for _ in range(3)]
    lines = [Line(links[0].pk, D("60.00")), Line(links[1].pk, D("60.00")), Line(links[2].pk, D("0.01"))]
    lines.append(Line(links[2].pk, D("40.00"), "余款"))
    call = {"actor": mover(manager), "manager": manager, "direction": "allot", "lines": lines, "key": "batch-1"}
    results = move_batch(**call)
    assert [result.refusal.code if result.refusal else "" for result in results] == [
        "",
        "above_allottable",
        "invalid",
        "",
    ]
    again = move_batch(**call)
    assert [result.allotment for result in again][::3] == [results[0].allotment, results[3].allotment]
    assert Allotment.objects.count() == 2
    assert funds(manager).cash == 0


def test_a_batch_above_the_limit_needs_one_code(manager, member):
    top_up(manager, "100.00")
    link = make_relationship(manager, member)
    clear(owner_of(manager), CODE_PURPOSE, f"account:{manager.pk}")
    choose_code_limit(actor=acting(manager), account=manager, amount=D("50.00"))
    lines = [Line(link.pk, D("30.00")), Line(link.pk, D("30.00"))]
    call = {"actor": acting(manager), "manager": manager, "direction": "allot", "lines": lines, "key": "b"}
    with pytest.raises(CodeNeeded):
        move_batch(**call)
    clear(owner_of(manager), CODE_PURPOSE, f"account:{manager.pk}")
    assert all(result.allotment for result in move_batch(**call))


@pytest.mark.parametrize("count", [0, policy.ALLOTMENTS_PER_BATCH_MAX + 1])
def test_a_batch_has_a_size(manager, count):
    with pytest.raises(InputError):
        move_batch(
            actor=mover(manager), manager=manager, direction="allot", lines=[Line(1, Decimal(1))] * count, key="b"
        )


def test_the_page_knows_the_limits_beforehand(linked, manager):
    assert allotments.code_limit(account=manager) == policy.CODE_ABOVE_DEFAULT
    assert recallable_of(relationship=linked) == 0
