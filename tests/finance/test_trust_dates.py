"""From when to when a trusteeship counts: the next cycle, a later day, a planned end, an answer that never came."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from config.states import MoveRefused
from finance.cycles import first_cycle_from
from finance.services import trust_effects
from finance.services.trusteeships import AlreadyBegun, NotBegun, TrustClosed
from finance.services.trusts import is_trusteed, payer_of
from tests.finance.trusting import accept, agree, end, keep, make_pair, make_resource, propose, refuse, withdraw

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pair(cheap_hashes):
    """A manager with credit and a member of one enterprise."""
    return make_pair()


@pytest.mark.rule("A2.15")
@pytest.mark.parametrize("cycle", ["minute", "hour", "day", "week", "month"])
def test_each_product_counts_on_the_manager_from_its_next_cycle_on(pair, cycle):
    moment = datetime(2027, 4, 14, 2, 20, 30, tzinfo=UTC)
    trust = agree(pair, now=moment)
    first = first_cycle_from(cycle, moment)
    before = first - {"minute": timedelta(minutes=1), "hour": HOUR, "day": DAY, "week": 7 * DAY}.get(cycle, 31 * DAY)
    assert payer_of(account=pair.member, at=before).account == pair.member
    assert payer_of(account=pair.member, at=first).account == pair.manager
    over = moment + 40 * DAY
    end(trust, now=over)
    back = first_cycle_from(cycle, over)
    assert payer_of(account=pair.member, at=back).account == pair.member
    assert payer_of(account=pair.member, at=over - timedelta(seconds=1)).account == pair.manager


@pytest.mark.rule("A2.15")
def test_a_later_day_has_no_effect_before_it_comes_and_can_be_withdrawn(pair):
    now = datetime(2027, 4, 14, 2, tzinfo=UTC)
    resource = make_resource(pair.member, starts_at=now - DAY)
    trust = agree(pair, now=now, starts_on=date(2027, 5, 1))
    assert trust.starts_at == datetime(2027, 4, 30, 16, tzinfo=UTC)
    resource.refresh_from_db()
    assert resource.worthless_since is None
    with pytest.raises(NotBegun):
        end(trust, now=now)
    withdraw(trust, now=now + DAY)
    assert not is_trusteed(account=pair.member, at=trust.starts_at + DAY)
    assert trust_effects.advance_trusts(now=trust.starts_at + DAY) == 0


@pytest.mark.rule("A2.15")
def test_when_the_day_comes_it_takes_effect_once(pair):
    now = datetime(2027, 4, 14, 2, tzinfo=UTC)
    resource = make_resource(pair.member, starts_at=now - DAY)
    trust = agree(pair, now=now, starts_on=date(2027, 5, 1))
    assert trust_effects.advance_trusts(now=trust.starts_at - HOUR) == 0
    assert trust_effects.advance_trusts(now=trust.starts_at) == 1
    assert trust_effects.advance_trusts(now=trust.starts_at + HOUR) == 0
    resource.refresh_from_db()
    assert resource.worthless_since == trust.starts_at
    with pytest.raises(AlreadyBegun):
        withdraw(trust, now=trust.starts_at)


@pytest.mark.rule("A2.15")
def test_an_end_can_be_planned_taken_back_and_comes_on_its_day(pair):
    now = datetime(2027, 4, 14, 2, tzinfo=UTC)
    trust = end(agree(pair, now=now), ends_on=date(2027, 5, 1), now=now + HOUR)
    last = datetime(2027, 4, 30, 16, tzinfo=UTC)
    assert (trust.state, trust.ends_at) == ("agreed", last)
    assert keep(trust, now=last - HOUR).ends_at is None
    end(trust, ends_on=date(2027, 5, 1), now=last - HOUR)
    assert payer_of(account=pair.member, at=last).account == pair.member
    with pytest.raises(TrustClosed):
        keep(trust, now=last)
    assert trust_effects.advance_trusts(now=last + DAY) == 1
    trust.refresh_from_db()
    assert (trust.state, trust.ends_at) == ("ended", last)


def test_an_unanswered_proposal_is_refused_at_its_time_and_stands_in_nobodys_way(pair):
    trust = propose(pair)
    late = timezone.now() + 49 * HOUR
    for answer in (accept, refuse):
        with pytest.raises(TrustClosed, match="48"):
            answer(trust, now=late)
    with pytest.raises(TrustClosed):
        withdraw(trust, now=late)
    assert propose(pair, now=late).pk != trust.pk
    trust.refresh_from_db()
    assert trust.state == "expired"
    assert trust_effects.advance_trusts(now=late + 49 * HOUR) == 1


def test_what_is_over_cannot_be_answered_again(pair):
    trust = propose(pair)
    withdraw(trust)
    for act in (accept, refuse, withdraw):
        with pytest.raises(TrustClosed):
            act(trust)
    with pytest.raises(TrustClosed):
        end(trust)
    with pytest.raises(MoveRefused):
        trust.end(at=timezone.now())
