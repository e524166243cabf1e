"""Two people who want one name in the same moment."""

import pytest
from django.utils import timezone

from accounts.models import Account, OneTimeCode, User
from accounts.services.signup import register
from config.errors import DomainError
from tests.factories import PASSWORD
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def passed(mobile):
    at = timezone.now()
    OneTimeCode.objects.create(
        purpose="register",
        mobile=mobile,
        digest="x",
        sent_at=at,
        expires_at=at,
        passed_at=at,
        accepted_by_provider=True,
    )


def test_one_user_name_goes_to_one_of_five(cheap_hashes):
    for number in range(5):
        passed(f"1380013800{number}")
    results = race(5, lambda n: register(mobile=f"1380013800{n}", username="ana", password=PASSWORD, name=f"安娜{n}"))
    assert sum(isinstance(result, User) for result in results) == 1
    assert all(isinstance(result, User | DomainError) for result in results)
    assert Account.objects.count() == User.objects.count() == 1
    assert OneTimeCode.objects.filter(spent_at=None).count() == 4


def test_one_code_registers_one_person(cheap_hashes):
    passed("13800138000")
    results = race(5, lambda n: register(mobile="13800138000", username=f"ana{n}", password=PASSWORD, name=f"安娜{n}"))
    assert sum(isinstance(result, User) for result in results) == 1
    assert all(isinstance(result, User | DomainError) for result in results)
    assert Account.objects.count() == 1
