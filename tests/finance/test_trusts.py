"""Who pays for whom, and from when."""

from datetime import timedelta

import pytest

from finance.models import Statement
from finance.services.trusts import is_trusteed, payer_of, payers_of
from tests.factories import make_account, make_relationship
from tests.finance.billing_runs import DAY, NOON, lend, run
from tests.finance.bills import make_product, use
from tests.finance.buying import buy, prepaid
from tests.finance.funds import funds
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


@pytest.mark.rule("A2.15")
@pytest.mark.rule("A2.6")
def test_the_manager_pays_for_cycles_that_begin_while_it_is_in_force(pair):
    trust = trust_row(pair, state="ended", ends_at=START + timedelta(days=1))
    member, manager = pair.member, pair.manager
    assert payer_of(account=member, at=START - SECOND).account == member
    assert payer_of(account=member, at=START).trust == trust
    assert payer_of(account=member, at=trust.ends_at - SECOND).account == manager
    assert payer_of(account=member, at=trust.ends_at).account == member


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


@pytest.mark.rule("A1.2", "A2.1")
def test_one_account_pays_and_receives_the_bills_of_all_for_whom_it_pays(pair):
    other = make_relationship(pair.manager, make_account(enterprise=pair.manager.enterprise))
    lend(pair.manager, "100.00")
    for link in (pair, other):
        trust_row(link, starts_at=NOON - DAY)
    product, sold = make_product(price="2"), prepaid("10")
    for account in (pair.manager, pair.member, other.member):
        use(account, product, NOON, "3")
    buy(pair.member, sold, at=NOON)
    run(NOON + DAY)
    statement = Statement.objects.get()  # nobody else has one
    assert (statement.account, statement.payable, statement.lines) == (pair.manager, 28, 4)
    assert funds(pair.manager).credit_used == 28
