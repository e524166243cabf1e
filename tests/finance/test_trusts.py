"""Who pays for whom, and from when."""

from datetime import timedelta

import pytest

from finance.services.trusts import has_own_cost_bill, is_trusteed, payer_of, payers_of, who_is_told
from tests.factories import make_account, make_relationship
from tests.finance.trusting import START, trust_row

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def pair():
    """A manager and a member of one enterprise."""
    manager = make_account()
    return make_relationship(manager, make_account(enterprise=manager.enterprise))


@pytest.mark.rule("A1.1")
@pytest.mark.rule("A3.1")
def test_without_a_trusteeship_everybody_pays_for_itself(pair):
    payer = payer_of(account=pair.member, at=START)
    assert (payer.account, payer.trust) == (pair.member, None)
    assert not is_trusteed(account=pair.member, at=START)
    assert has_own_cost_bill(account=pair.member, at=START)


@pytest.mark.rule("A2.15")
@pytest.mark.rule("A2.6")
def test_the_manager_pays_for_cycles_that_begin_while_it_is_in_force(pair):
    trust = trust_row(pair, state="ended", ends_at=START + timedelta(days=1))
    member, manager = pair.member, pair.manager
    assert payer_of(account=member, at=START - SECOND).account == member
    assert payer_of(account=member, at=START).trust == trust
    assert payer_of(account=member, at=trust.ends_at - SECOND).account == manager
    assert payer_of(account=member, at=trust.ends_at).account == member


@pytest.mark.rule("A2.10")
@pytest.mark.rule("A2.11")
def test_who_pays_is_told_and_has_the_bill(pair):
    trust_row(pair)
    assert who_is_told(account=pair.member, at=START) == pair.manager
    assert not has_own_cost_bill(account=pair.member, at=START)


@pytest.mark.parametrize("state", ["proposed", "refused", "expired", "withdrawn"])
def test_what_was_never_agreed_or_taken_back_decides_nothing(pair, state):
    trust_row(pair, state=state)
    assert payer_of(account=pair.member, at=START + SECOND).account == pair.member


def test_many_accounts_cost_one_query(pair, django_assert_num_queries):
    trust_row(pair)
    others = [make_account() for _ in range(5)]
    with django_assert_num_queries(1):
        found = payers_of(accounts=[pair.member, *others], at=START)
    assert found[pair.member.pk].account == pair.manager
    assert all(found[one.pk].account == one for one in others)
