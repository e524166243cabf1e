"""Many at once for the last set, the last code of a day, and the same set to delete, over real connections."""

from datetime import datetime, timedelta

import pytest

from accounts.models import OneTimeCode
from accounts.services.codes import CodesUsedUp, CodeTooSoon, send_code
from config.errors import NotFound
from kiscloud.models import AccountSet, Deletion, SetUser
from kiscloud.services.set_deletion import bound_to, delete_set
from kiscloud.services.set_users import add_users
from kiscloud.services.subscriptions import NoSetLeft
from tests.factories import clear, make_user
from tests.kiscloud.kis import active, make_company, person
from tests.kiscloud.sets import begin_set, colleague, created
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime.fromisoformat("2026-03-10T12:00:00+08:00")


@pytest.mark.rule("S8.3", "S13.3")
def test_twelve_for_the_last_set():
    product = active(make_company(), sets=3)
    created(product)
    created(product)
    results = race(12, lambda n: begin_set(product, name=f"{n}号"))
    made = [result for result in results if isinstance(result, AccountSet)]
    assert len(made) == 1
    assert {type(result) for result in results if result not in made} == {NoSetLeft}
    assert len({row.number for row in AccountSet.objects.all()}) == 3
    assert SetUser.objects.count() == 3  # refused ones left nobody behind


@pytest.mark.rule("S15.3", "S15.4")
def test_twelve_codes_at_five_of_six():
    founder = make_user()
    facts = {"purpose": OneTimeCode.Purpose.DELETE_SET, "mobile": founder.mobile}
    for number in range(5):
        send_code(**facts, binding="set:1:by:1", now=NOON + number * timedelta(minutes=1))
    at = NOON + timedelta(minutes=10)
    results = race(12, lambda n: send_code(**facts, binding=f"set:{n}:by:1", now=at + n * timedelta(minutes=2)))
    assert sum(isinstance(result, OneTimeCode) for result in results) == 1
    assert {type(result) for result in results} <= {OneTimeCode, CodesUsedUp, CodeTooSoon}
    assert OneTimeCode.objects.filter(accepted_by_provider=True).count() == 6


@pytest.mark.rule("S15.1", "S15.6")
def test_a_set_is_deleted_once():
    product = active(make_company())
    founder, account_set = product.company.founder, created(product)
    for _ in range(8):
        clear(founder, OneTimeCode.Purpose.DELETE_SET, bound_to(set_id=account_set.pk, user=founder))
    results = race(8, lambda _n: delete_set(actor=person(founder), set_id=account_set.pk))
    assert sum(isinstance(result, AccountSet) for result in results) == 1
    assert {type(result) for result in results} == {AccountSet, NotFound}
    assert Deletion.objects.count() == 1


@pytest.mark.rule("S14.4")
def test_a_person_is_added_once():
    product = active(make_company())
    account_set, member = created(product), colleague(product)
    actor = person(product.company.founder)
    race(8, lambda _n: add_users(actor=actor, set_id=account_set.pk, member_ids=[member.pk]))
    assert SetUser.objects.filter(account_set=account_set, user=member.user).count() == 1
