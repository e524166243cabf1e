"""Keys and orders at the same moment, over real connections: one key opens one product, one renewal counts once."""

import pytest

from kiscloud.models import ActivationKey, Subscription
from kiscloud.services.activation import KeyUsed, NothingToRenew, activate_product, draw_cd_key, update_service
from kiscloud.services.key_care import withdraw_key
from kiscloud.services.subscriptions import add_product
from tests.kiscloud.kis import active, make_company, person, waiting_key
from tests.kiscloud.test_key_care import staff
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("S8.1")
def test_of_many_products_one_gets_the_key():
    company = make_company()
    key, actor = waiting_key(company), person(company.founder)
    typed = draw_cd_key(key_id=key.pk, reference="letter")
    products = [add_product(actor=actor, company_id=company.pk, edition="trade") for _ in range(6)]
    results = race(
        6,
        lambda n: activate_product(actor=actor, subscription_id=products[n].pk, serial=key.serial, cd_key=typed),
    )
    assert sum(isinstance(result, KeyUsed) for result in results) == 5
    assert Subscription.objects.filter(key=key).count() == 1


@pytest.mark.rule("S10.5", "S10.6")
def test_one_renewal_counts_once_though_pressed_often():
    company = make_company()
    product, actor = active(company, edition="trade"), person(company.founder)
    key = waiting_key(company)
    results = race(6, lambda _n: update_service(actor=actor, subscription_id=product.pk))
    assert sum(isinstance(result, NothingToRenew) for result in results) == 5
    product.refresh_from_db()
    assert product.key == key


@pytest.mark.rule("S8.1")
def test_a_key_is_used_or_revoked_never_both():
    company = make_company()
    key, actor, support = waiting_key(company), person(company.founder), staff()
    typed = draw_cd_key(key_id=key.pk, reference="letter")
    product = add_product(actor=actor, company_id=company.pk, edition="trade")
    results = race(
        2,
        lambda n: (
            withdraw_key(actor=support, key_id=key.pk, reason="Ordered twice")
            if n
            else activate_product(actor=actor, subscription_id=product.pk, serial=key.serial, cd_key=typed)
        ),
    )
    assert sum(isinstance(result, KeyUsed) for result in results) == 1
    row = ActivationKey.objects.get(pk=key.pk)
    assert (row.used_at is None) != (row.revoked_at is None)
