"""Money moved by many at once over real connections."""

from decimal import Decimal

import pytest

from accounts.models import Relationship
from accounts.services.relationships import NotInForce, dissolve_relationship
from config.errors import DomainError
from finance.chain import Link, next_hash
from finance.models import Allotment, Book, Entry
from finance.services.allotments import NotLinked, recallable_of
from finance.services.credit import allot_credit, grant_credit
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, books_sum, funds, mover, recall, spend, staff, top_up
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def assert_ledger_is_sound():
    assert books_sum() == 0
    for book in Book.objects.all():
        head, balance = b"", Decimal(0)
        for number, entry in enumerate(Entry.objects.filter(book=book).order_by("sequence"), 1):
            balance += entry.amount
            assert (entry.sequence, entry.balance_after) == (number, balance)
            head = next_hash(head, Link(book.pk, number, entry.transfer_id, entry.amount, balance))
        assert (bytes(book.head), book.balance) == (head, balance)


def test_thirty_two_threads_on_one_member(manager, member, stranger):
    for account in (manager, stranger):
        top_up(account, "500.00")
    links = [make_relationship(manager, member), make_relationship(stranger, member, kind="partner")]
    for link in links:
        allot(link, "100.00")
    actors = [mover(link.manager) for link in links]

    def act(number):
        done, side = [], number % 2
        for turn in range(6):
            what = (number // 2 + turn) % 3
            try:
                if what == 0:
                    allot(links[side], "7.03", actor=actors[side], key=f"{number}-{turn}")
                elif what == 1:
                    recall(links[side], "9.10", actor=actors[side], key=f"{number}-{turn}")
                else:
                    spend(member, "11.17", key=f"{number}-{turn}")
                done.append(what)
            except DomainError as refusal:
                done.append(str(refusal))
        return done

    results = race(32, act)
    crashed = [result for result in results if isinstance(result, Exception)]
    assert not crashed
    done = [what for result in results for what in result]
    assert all(isinstance(what, str) or what in (0, 1, 2) for what in done)
    spent = D("11.17") * done.count(2)
    left = funds(member).balance
    assert left == 200 + D("7.03") * done.count(0) - D("9.10") * done.count(1) - spent
    assert left == sum(recallable_of(relationship=link) for link in links)
    assert_ledger_is_sound()


def test_one_key_twenty_times_is_one_allotment(manager, member):
    top_up(manager, "100.00")
    link, actor = make_relationship(manager, member), mover(manager)
    results = race(20, lambda _n: allot(link, "10.00", actor=actor, key="once"))
    assert len({result.pk for result in results}) == 1
    assert funds(member).balance == 10
    assert Allotment.objects.count() == 1


@pytest.mark.rule("K8.8", "K8.10")
def test_two_dissolves_race_allotments(manager, member):
    top_up(manager, "100.00")
    link, actor = make_relationship(manager, member), mover(manager)

    def act(number):
        if number < 2:
            return dissolve_relationship(actor=actor, relationship_id=link.pk)
        return allot(link, "10.00", actor=actor, key=str(number))

    results = race(8, act)
    assert sum(isinstance(result, Relationship) for result in results) == 1
    assert sum(isinstance(result, NotInForce) for result in results) == 1
    moved = sum(isinstance(result, Allotment) for result in results)
    assert moved + sum(isinstance(result, NotLinked) for result in results) == 6
    assert (funds(member).cash, funds(member).allotted) == (10 * moved, 0)
    assert_ledger_is_sound()


def test_the_last_of_a_credit_limit_goes_to_one(manager):
    members = [make_account() for _ in range(6)]
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    links = [make_relationship(manager, account) for account in members]
    actor = mover(manager)
    call = {"actor": actor, "amount": D("60.00")}
    results = race(6, lambda n: allot_credit(relationship_id=links[n].pk, **call))
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, DomainError) for result in results if isinstance(result, Exception))
    assert funds(manager).credit_limit == 40


def test_credit_is_drawn_to_the_limit_and_no_further(manager):
    grant_credit(actor=staff(), account=manager, limit=D("10.00"))
    results = race(16, lambda n: spend(manager, "0.75", key=str(n)))
    assert sum(isinstance(result, int) for result in results) == 13
    assert funds(manager).credit_used == D("9.75")
    assert_ledger_is_sound()
