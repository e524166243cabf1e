"""Nobody waits in a circle, and what was checked still holds when it is done."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import Relationship
from accounts.services.relationships import Blocked, dissolve_relationship
from config.errors import DomainError
from finance.services import credit
from finance.services.allotments import recallable_of
from finance.services.batch_moves import Line, move_batch
from finance.services.dissolution import Overdrawn
from tests.concurrency.test_funds import assert_ledger_is_sound
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, funds, mover, recall, spend, staff, top_up
from tests.racing import race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
MANAGERS, MEMBERS, THREADS, ROUNDS = 2, 3, 24, 25


@pytest.fixture
def net():
    """Each manager is linked with each member, and some members have more of their own books before others."""
    members = [make_account() for _ in range(MEMBERS)]
    top_up(members[1], "50.00")
    managers = [make_account() for _ in range(MANAGERS)]
    links = []
    for manager in managers:
        top_up(manager, "5000.00")
        for member in reversed(members):
            kind = "group" if manager == managers[0] else "partner"
            links.append(make_relationship(manager, member, kind=kind))
            allot(links[-1], "100.00")
    return managers, members, links


def test_allotments_recalls_charges_and_batches_in_all_orders(net):
    managers, members, links = net
    actors = {manager.pk: mover(manager) for manager in managers}

    def batch(number, turn):
        manager = managers[number % MANAGERS]
        own = [link for link in links if link.manager_id == manager.pk]
        lines = [Line(link.pk, D("0.50")) for link in (own if turn % 2 else reversed(own))]
        direction = "allot" if number % 3 else "recall"
        call = {"manager": manager, "direction": direction, "lines": lines, "key": f"batch-{number}-{turn}"}
        return move_batch(actor=actors[manager.pk], **call)

    def act(number):
        for turn in range(ROUNDS):
            link = links[(number * 5 + turn) % len(links)]
            call = {"actor": actors[link.manager_id], "key": f"{number}-{turn}"}
            try:
                match (number + turn) % 4:
                    case 0:
                        allot(link, "3.00", **call)
                    case 1:
                        recall(link, "2.00", **call)
                    case 2:
                        spend(members[turn % MEMBERS], "1.00", key=f"{number}-{turn}")
                    case _:
                        batch(number, turn)
            except DomainError:
                pass
        return number

    results = race(THREADS, act)
    assert results == list(range(THREADS))
    assert sum(recallable_of(relationship=link) for link in links) <= sum(funds(member).balance for member in members)
    assert_ledger_is_sound()


def test_credit_and_dissolving_in_all_orders(manager):
    members = [make_account() for _ in range(4)]
    for member in members[:2]:
        credit.grant_credit(actor=staff(), account=member, limit=D("10.00"))
    credit.grant_credit(actor=staff(), account=manager, limit=D("1000.00"))
    links = [make_relationship(manager, member) for member in members]
    actor = mover(manager)

    def act(number):
        for turn in range(4):
            link = links[(number + turn) % len(links)]
            try:
                match number % 4:
                    case 0:
                        credit.allot_credit(actor=actor, relationship_id=link.pk, amount=D("20.00"))
                    case 1:
                        credit.recall_credit(actor=actor, relationship_id=link.pk, amount=D("10.00"))
                    case 2:
                        spend(link.member, "3.00", key=f"{number}-{turn}")
                    case _:
                        dissolve_relationship(actor=actor, relationship_id=link.pk)
            except DomainError:
                pass
        return number

    assert race(12, act) == list(range(12))
    for member in members:
        assert funds(member).credit_used <= credit.limit_of(account=member)
    assert_ledger_is_sound()


@pytest.mark.rule("K8.6")
def test_credit_used_while_the_link_is_being_dissolved_stands_in_the_way(manager, member):
    credit.grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    link, actor = make_relationship(manager, member), mover(manager)
    credit.allot_credit(actor=actor, relationship_id=link.pk, amount=D("60.00"))
    raised = []

    def dissolve():
        try:
            dissolve_relationship(actor=actor, relationship_id=link.pk)
        except DomainError as refusal:
            raised.append(refusal)
        finally:
            connection.close()

    other = threading.Thread(target=dissolve)
    with transaction.atomic():
        spend(member, "50.00")
        other.start()
        wait_until_blocked()
    other.join(timeout=30)
    assert [type(refusal) for refusal in raised] == [Overdrawn]
    assert raised[0].facts == {"amount": D("50.00")}
    assert Relationship.objects.get(pk=link.pk).is_in_force
    with pytest.raises(Blocked):
        dissolve_relationship(actor=actor, relationship_id=link.pk)
    assert (funds(member).credit_used, funds(member).credit_limit) == (50, 60)
