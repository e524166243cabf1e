"""The page of a company's serial numbers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.jobs import run_due
from kiscloud.models import ActivationKey, Subscription
from kiscloud.services.activation import activate_product
from tests.factories import clear
from tests.kiscloud.kis import make_company, person, waiting_key
from tests.kiscloud.test_key_letters import cd_key_in, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.rule("S6.2", "S8.1")
def test_a_lost_letter_is_sent_again_and_the_new_key_works(client: Any, mailoutbox: list[Any]) -> None:
    company = make_company()
    ordered(company)
    key, product = ActivationKey.objects.get(), Subscription.objects.get()
    client.force_login(company.founder)
    own = f"/manage/companies/{company.pk}/keys/"
    shown = client.get(own).text
    assert key.serial in shown
    assert "Not used yet" in shown
    assert cd_key_in(mailoutbox[-1]) not in shown
    assert "/account/code/" in client.post(f"/manage/keys/{key.pk}/send/").url
    clear(company.founder, "send_key", f"key:{key.pk}")
    answer = client.post(f"/manage/keys/{key.pk}/send/", follow=True)
    assert f"A new letter for {key.serial} is on its way" in answer.text
    run_due()
    typed = cd_key_in(mailoutbox[-1])
    activate_product(actor=person(company.founder), subscription_id=product.pk, serial=key.serial, cd_key=typed)
    assert "Send again" not in client.get(own).text
    assert "was used already" in client.post(f"/manage/keys/{key.pk}/send/", follow=True).text


def test_keys_of_others_are_not_shown(client: Any) -> None:
    company, other = make_company(), waiting_key(make_company(name="乙"))
    client.force_login(company.founder)
    assert other.serial not in client.get(f"/manage/companies/{company.pk}/keys/").text
    assert client.post(f"/manage/keys/{other.pk}/send/").status_code == 404


def test_many_keys_cost_as_much_as_one(client: Any) -> None:
    company = make_company()
    client.force_login(company.founder)
    own, costs = f"/manage/companies/{company.pk}/keys/", []
    client.get(own)
    for more in (1, 4):
        for _turn in range(more):
            waiting_key(company)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(own).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
