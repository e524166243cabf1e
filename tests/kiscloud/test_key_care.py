"""What support does with keys, each act by a service that asks for the right; and the page of a company."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor, Door, StaffOnly
from config.jobs import run_due
from kiscloud.models import ActivationKey, Subscription
from kiscloud.services.activation import KeyUsed, WrongKey, activate_product
from kiscloud.services.key_care import resend_key, withdraw_key
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, person
from tests.kiscloud.test_key_letters import cd_key_in, ordered
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def boss() -> Client:
    return staff_browser(make_staff(superuser=True))


def staff() -> Actor:
    return Actor(door=Door.STAFF, user=make_staff(superuser=True))


def press(boss: Client, model: str, pk: int, button: str, **typed: str) -> str:
    return boss.post(f"/admin/kiscloud/{model}/{pk}/do/{button}/", typed, follow=True).text


@pytest.mark.rule("S8.1")
def test_support_sends_the_letter_again_and_the_first_key_opens_nothing(boss: Client, mailoutbox: list[Any]) -> None:
    company = make_company()
    ordered(company)
    key, product = ActivationKey.objects.get(), Subscription.objects.get()
    first = cd_key_in(mailoutbox[-1])
    press(boss, "activationkey", key.pk, "resend")
    run_due()
    second = cd_key_in(mailoutbox[-1])
    typed: dict[str, Any] = {"actor": person(company.founder), "subscription_id": product.pk, "serial": key.serial}
    with pytest.raises(WrongKey):
        activate_product(**typed, cd_key=first)
    activate_product(**typed, cd_key=second)
    with pytest.raises(KeyUsed):
        resend_key(actor=staff(), key_id=key.pk)
    page = boss.get(f"/admin/kiscloud/activationkey/{key.pk}/change/").text
    assert second not in page
    assert "pbkdf2" not in page


@pytest.mark.rule("S8.1")
def test_a_revoked_key_opens_nothing(boss: Client, mailoutbox: list[Any]) -> None:
    company = make_company()
    ordered(company)
    key, product, typed = ActivationKey.objects.get(), Subscription.objects.get(), cd_key_in(mailoutbox[-1])
    press(boss, "activationkey", key.pk, "withdraw")
    key.refresh_from_db()
    assert key.revoked_at is None
    press(boss, "activationkey", key.pk, "withdraw", reason="Ordered twice")
    with pytest.raises(KeyUsed):
        activate_product(actor=person(company.founder), subscription_id=product.pk, serial=key.serial, cd_key=typed)


def test_nobody_else_does_it(mailoutbox: list[Any]) -> None:
    ordered(make_company())
    key = ActivationKey.objects.get()
    stranger = Actor(door=Door.STAFF, user=make_user())
    with pytest.raises(StaffOnly):
        resend_key(actor=stranger, key_id=key.pk)
    with pytest.raises(StaffOnly):
        withdraw_key(actor=stranger, key_id=key.pk, reason="x")


def test_the_page_of_a_company_shows_its_products_and_people(boss: Client) -> None:
    company = active(make_company(name="云岭商贸")).company
    text = boss.get(f"/admin/kiscloud/company/{company.pk}/change/").text
    assert "KIS Cloud Professional" in text
    assert company.founder.name in text
    assert "云岭商贸" in boss.get("/admin/kiscloud/company/").text
