"""Paid orders make keys whose numbers stand in a letter only; the product stands in the list (S6.2, S8.1)."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.codes import CodeNeeded
from config.errors import NotFound, TooMany
from config.jobs import run_due
from finance.models import Order
from kiscloud import policy
from kiscloud.models import ActivationKey, Company, Offering, Subscription
from kiscloud.services.activation import KeyUsed, WrongKey, activate_product
from kiscloud.services.key_care import send_key_again
from tests.factories import clear, make_user
from tests.finance.buying import buy, prepaid
from tests.finance.funds import top_up
from tests.kiscloud.kis import make_company, person

CD_KEY = re.compile(r"(?:[2-9A-Z]{5}-){4}[2-9A-Z]{5}")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def company() -> Company:
    return make_company()


def ordered(company: Company, **more: Any) -> Order:
    """A paid order of a product that KIS cloud delivers, and everything that follows at once."""
    product = prepaid()
    Offering.objects.create(product=product, edition="trade", users=1, **more)
    top_up(company.account, "100000.00")
    order = buy(company.account, product, "5", 12, at=timezone.now())
    run_due()
    return order


def cd_key_in(mail: Any) -> str:
    found = CD_KEY.search(mail.body)
    assert found is not None
    return found.group()


@pytest.mark.rule("S6.2", "S8.1")
def test_from_the_order_to_the_product_in_use(company: Company, mailoutbox: list[Any]) -> None:
    ordered(company)
    product = Subscription.objects.get()
    assert (product.company, product.edition, product.state) == (company, "trade", "unused")
    key = ActivationKey.objects.get()
    [mail] = [mail for mail in mailoutbox if key.serial in mail.body]
    assert mail.to == [company.founder.email]
    typed = cd_key_in(mail)
    assert typed not in key.cd_key
    activate_product(actor=person(company.founder), subscription_id=product.pk, serial=key.serial, cd_key=typed)
    product.refresh_from_db()
    assert (product.state, product.users_total, product.sets_total) == ("public", 5, policy.SETS_BY_DEFAULT)


def test_a_second_order_adds_no_second_row_while_one_waits(company: Company) -> None:
    ordered(company)
    ordered(company)
    assert Subscription.objects.count() == 1
    assert ActivationKey.objects.count() == 2


def test_a_module_is_no_product(company: Company, mailoutbox: list[Any]) -> None:
    ordered(company, kind=Offering.Kind.MODULE)
    assert not Subscription.objects.exists()
    assert any("添加模块" in mail.body for mail in mailoutbox)


@pytest.mark.rule("S8.1")
def test_a_new_letter_has_a_new_key_and_the_old_one_opens_nothing(company: Company, mailoutbox: list[Any]) -> None:
    ordered(company)
    key, actor, product = ActivationKey.objects.get(), person(company.founder), Subscription.objects.get()
    first = cd_key_in(mailoutbox[-1])
    with pytest.raises(CodeNeeded):
        send_key_again(actor=actor, key_id=key.pk)
    clear(company.founder, "send_key", f"key:{key.pk}")
    send_key_again(actor=actor, key_id=key.pk)
    run_due()
    second = cd_key_in(mailoutbox[-1])
    assert first != second
    with pytest.raises(WrongKey):
        activate_product(actor=actor, subscription_id=product.pk, serial=key.serial, cd_key=first)
    activate_product(actor=actor, subscription_id=product.pk, serial=key.serial, cd_key=second)
    with pytest.raises(KeyUsed):
        send_key_again(actor=actor, key_id=key.pk)


def test_only_its_administrators_and_not_too_often(company: Company) -> None:
    ordered(company)
    key = ActivationKey.objects.get()
    with pytest.raises(NotFound):
        send_key_again(actor=person(make_user()), key_id=key.pk)
    for _turn in range(policy.KEY_LETTERS):
        clear(company.founder, "send_key", f"key:{key.pk}")
        send_key_again(actor=person(company.founder), key_id=key.pk)
    with pytest.raises(TooMany):
        send_key_again(actor=person(company.founder), key_id=key.pk)
