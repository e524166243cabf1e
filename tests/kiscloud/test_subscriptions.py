"""Products: added, tried within all limits, deleted, over; the machine of their six states (S6, S7, S9–S11)."""

from datetime import datetime, timedelta

import pytest

from config.errors import InputError, NotFound
from kiscloud import policy
from kiscloud.models import Subscription
from kiscloud.services.companies import add_companies, delete_company, remove_company
from kiscloud.services.members import end_administrator
from kiscloud.services.subscriptions import (
    ActivatedStays,
    HasSets,
    ProductClosed,
    TrialsUsedUp,
    TriedElsewhere,
    add_product,
    delete_product,
    require_open,
    try_product,
    write_expired,
)
from tests.factories import clear, make_user
from tests.kiscloud.kis import DAY, NOW, active, add_admin, make_company, make_set, person, verify

pytestmark = pytest.mark.django_db
State = Subscription.State
TICK = timedelta(microseconds=1)


@pytest.fixture
def founder():
    return make_user()


def tried(company, actor=None, *, edition="trade", now=NOW):
    """A product that is being tried."""
    by = actor or person(company.founder)
    product = add_product(actor=by, company_id=company.pk, edition=edition, now=now)
    return try_product(actor=by, subscription_id=product.pk, now=now)


@pytest.mark.rule("S6.1", "S9.2")
def test_an_added_product_is_not_used(founder):
    company = make_company(founder)
    product = add_product(actor=person(founder), company_id=company.pk, edition="flagship")
    assert product.state_at(at=NOW) == State.UNUSED
    with pytest.raises(ProductClosed):
        require_open(product=product, at=NOW)
    with pytest.raises(InputError):
        add_product(actor=person(founder), company_id=company.pk, edition="mini")
    with pytest.raises(NotFound):
        add_product(actor=person(make_user()), company_id=company.pk, edition="trade")


@pytest.mark.rule("S5.2", "S5.3", "S7.5", "S7.6", "S9.3")
@pytest.mark.parametrize(("verified", "days"), [(False, 7), (True, 30)])
def test_what_a_trial_gives(founder, verified, days):
    product = tried(make_company(founder, verified=verified))
    assert (product.state, product.sets_total, product.users_total) == (State.TRIAL, 1, 3)
    assert product.expires_at == NOW + days * DAY


@pytest.mark.rule("S7.7")
def test_verifying_later_does_not_lengthen_a_trial(founder):
    company = make_company(founder)
    product = tried(company)
    verify(company)
    product.refresh_from_db()
    assert product.expires_at == NOW + policy.TRIAL


@pytest.mark.rule("S7.3", "S7.4")
def test_three_trials_and_deleted_ones_count(founder):
    company, actor = make_company(founder), person(founder)
    first = tried(company)
    tried(company, edition="professional")
    delete_product(actor=actor, subscription_id=first.pk)
    tried(company, edition="flagship")
    with pytest.raises(TrialsUsedUp) as refusal:
        tried(company)
    assert refusal.value.facts["count"] == 3


@pytest.mark.rule("S7.1", "S7.2")
def test_of_unverified_companies_one_has_trials(founder):
    one, two = make_company(founder, name="甲"), make_company(founder, name="乙")
    tried(one)
    with pytest.raises(TriedElsewhere):
        tried(two)
    tried(verify(two))
    tried(verify(one), edition="flagship")


@pytest.mark.rule("S7.1")
def test_no_way_round_the_one_unverified_company(founder):
    one = make_company(founder, name="甲")
    product = tried(one)
    delete_product(actor=person(founder), subscription_id=product.pk)
    add_companies(actor=person(founder), company_ids=[one.pk])
    remove_company(actor=person(founder), company_id=one.pk)
    clear(founder, "delete_company", f"company:{one.pk}")
    delete_company(actor=person(founder), company_id=one.pk)
    two, helper = make_company(founder, name="乙"), make_user()
    with pytest.raises(TriedElsewhere):  # the tried product and its company are gone
        tried(two)
    add_admin(two, helper)
    with pytest.raises(TriedElsewhere):  # another administrator asks
        tried(two, person(helper))
    two.members.filter(user=founder).update(left_at=NOW)
    with pytest.raises(TriedElsewhere):  # the founder has left
        tried(two, person(helper))


@pytest.mark.rule("S7.1")
@pytest.mark.parametrize("demoted_in", ["the company that tried", "the company that wants to"])
def test_who_is_demoted_takes_the_trial_along(founder, demoted_in):
    other = make_user()
    theirs, own = make_company(other, name="甲"), make_company(founder, name="乙")
    first, second = (theirs, own) if demoted_in == "the company that tried" else (own, theirs)
    tried(first)
    end_administrator(actor=person(other), member_id=add_admin(theirs, founder).pk)
    with pytest.raises(TriedElsewhere):
        tried(second)


@pytest.mark.rule("S11.1", "S11.2", "S11.3")
def test_what_may_be_deleted(founder):
    company, actor = make_company(founder), person(founder)
    with pytest.raises(ActivatedStays):
        delete_product(actor=actor, subscription_id=active(company, until=NOW).pk)
    product = tried(company)
    make_set(product)
    with pytest.raises(HasSets):
        delete_product(actor=actor, subscription_id=product.pk)
    other = tried(company, edition="flagship", now=NOW - 100 * DAY)
    delete_product(actor=actor, subscription_id=other.pk)
    assert not Subscription.objects.listed().filter(pk=other.pk).exists()


@pytest.mark.rule("S9.7", "S10.1", "S10.2", "S10.3")
@pytest.mark.parametrize(
    ("at", "state", "opens"),
    [
        ("2026-02-28T23:59:59.999999+08:00", "public", True),
        ("2026-03-01T00:00:00+08:00", "expired", True),
        ("2026-03-15T23:59:59.999999+08:00", "expired", True),  # the last moment of day 15
        ("2026-03-16T00:00:00+08:00", "expired", False),
    ],
)
def test_the_end_is_judged_on_read(founder, at, state, opens):
    moment = datetime.fromisoformat(at)
    product = active(make_company(founder), until=datetime.fromisoformat("2026-03-01T00:00:00+08:00"))
    assert product.state_at(at=moment) == state
    assert product.opens_at(at=moment) is opens


def test_a_closed_product_says_since_when_and_until_when(founder, english):
    end = datetime.fromisoformat("2026-03-01T00:00:00+08:00")
    product = active(make_company(founder), until=end)
    with pytest.raises(ProductClosed) as refusal:
        require_open(product=product, at=end + policy.GRACE)
    assert "ended on 2026-03-01" in str(refusal.value)
    assert refusal.value.facts["last"] == "2026-03-31"
    require_open(product=product, at=end + policy.GRACE - TICK)


def test_the_job_writes_down_what_reading_knows(founder):
    product = active(make_company(founder), until=NOW)
    assert write_expired(now=NOW - TICK) == 0
    assert (write_expired(now=NOW), write_expired(now=NOW)) == (1, 0)
    product.refresh_from_db()
    assert product.state == State.EXPIRED
