"""Answers, withdrawals, proposals and dissolving against one another, each on a connection of its own."""

import pytest
from django.utils import timezone

from accounts.services.invitations import accept_invitation
from accounts.services.relationships import dissolve_relationship
from config.errors import DomainError
from finance.models import Trust
from finance.services.trusts import is_trusteed
from tests.factories import acting, make_account, make_invitation
from tests.finance.funds import D, allot, mover, top_up
from tests.finance.trusting import accept, add_member, make_pair, propose, refuse, withdraw
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(cheap_hashes):
    """A manager with credit and a member of one enterprise."""
    return make_pair()


def done(results):
    """What was done; the rest was refused with a reason."""
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DomainError) for error in refused), refused
    return [result for result in results if not isinstance(result, Exception)]


def test_of_two_proposals_one_waits(pair):
    actor = mover(pair.manager)
    assert len(done(race(4, lambda _n: propose(pair, actor=actor)))) == 1
    assert Trust.objects.count() == 1


def test_accepting_races_withdrawing_and_refusing(pair):
    trust = propose(pair)
    results = done(race(3, lambda number: (accept, withdraw, refuse)[number](trust)))
    state = Trust.objects.get().state
    assert len(results) in {1, 2}  # what was accepted for now cannot be withdrawn; both orders leave one outcome
    assert is_trusteed(account=pair.member, at=timezone.now()) == (state == "agreed")


def test_accepting_races_dissolving(pair):
    trust = propose(pair)

    def act(number):
        if number:
            return dissolve_relationship(actor=mover(pair.manager), relationship_id=pair.pk)
        return accept(trust)

    assert len(done(race(2, act))) in {1, 2}
    assert Trust.objects.get().state in {"withdrawn", "ended"}
    assert not is_trusteed(account=pair.member, at=timezone.now())


def test_accepting_races_becoming_a_manager(pair):
    trust, target = propose(pair), make_account(enterprise=pair.member.enterprise)
    invitation = make_invitation(pair.member, target, kind="partner")

    def act(number):
        if number:
            return accept_invitation(actor=acting(target), invitation_id=invitation.pk)
        return accept(trust)

    assert len(done(race(2, act))) == 1


def test_accepting_races_an_allotment(pair):
    top_up(pair.manager, "50.00")
    trust, actor = propose(pair), mover(pair.manager)
    done(race(4, lambda number: accept(trust) if number == 0 else allot(pair, "10.00", actor=actor)))
    assert is_trusteed(account=pair.member, at=timezone.now())
    with pytest.raises(DomainError):
        allot(pair, "1.00")


def test_members_of_one_manager_accept_at_once(pair):
    links = [pair, *(add_member(pair.manager) for _ in range(3))]
    trusts = [propose(link) for link in links]
    assert len(done(race(4, lambda number: accept(trusts[number])))) == 4
    assert D(0) == sum((link.member.books.get(kind="credit").floor for link in links), D(0))
