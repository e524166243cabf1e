"""Two owners at once: the account is never left without one."""

import pytest

from accounts.models import Operator
from accounts.permissions import Role
from accounts.services.operators import LastOwner, add_operator, change_role, remove_operator
from config.errors import InputError
from tests.factories import acting, make_account, make_operator
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_owners_cannot_remove_each_other(manager):
    second = make_operator(manager, Role.OWNER)
    people = [acting(manager), acting(manager, second)]
    rows = list(manager.operators.order_by("pk"))
    acts = [
        lambda: remove_operator(actor=people[0], operator_id=rows[1].pk),
        lambda: change_role(actor=people[1], operator_id=rows[0].pk, role=Role.VIEWER),
    ]
    race(2, lambda number: acts[number]())
    assert manager.operators.filter(role=Role.OWNER).count() == 1


def test_both_leaving_at_once_leaves_one(manager):
    second = make_operator(manager, Role.OWNER)
    people = [acting(manager), acting(manager, second)]
    rows = list(manager.operators.order_by("pk"))
    results = race(2, lambda n: remove_operator(actor=people[n], operator_id=rows[n].pk))
    assert sum(isinstance(result, LastOwner) for result in results) == 1
    assert manager.operators.count() == 1


def test_one_stranger_added_by_five_accounts_is_one_person():
    accounts = [make_account() for _ in range(5)]

    def add(number):
        owner = acting(accounts[number])
        return add_operator(actor=owner, account=accounts[number], mobile="13800138000", name="新人", role=Role.VIEWER)

    results = race(5, add)
    assert len({result.user_id for result in results if isinstance(result, Operator)}) == 1
    assert all(isinstance(result, Operator) for result in results)


def test_one_number_added_many_times_at_once_is_one_person(manager):
    def add(_number):
        return add_operator(actor=acting(manager), account=manager, mobile="13800138000", name="新人", role=Role.VIEWER)

    results = race(6, add)
    assert sum(isinstance(result, Operator) for result in results) == 1
    assert sum(isinstance(result, InputError) for result in results) == 5
