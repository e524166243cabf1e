"""Between the clouds: every condition with its reason, and the way there and back (S18, S9.4–S9.6)."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from config.errors import NotFound
from kiscloud import policy
from kiscloud.models import PrivateServer, Seat, Subscription
from kiscloud.services.private_servers import note_private_login, register_server
from kiscloud.services.seats import enter_set
from kiscloud.services.subscriptions import add_product, try_product
from kiscloud.services.switching import SwitchRefused, against_private, switch_to_private, switch_to_public
from tests.factories import make_user
from tests.kiscloud.kis import DAY, NOW, active, make_company, make_device, make_set, person
from tests.kiscloud.test_private_servers import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
BEGUN = NOW - 100 * DAY


@pytest.fixture
def founder() -> User:
    return make_user()


@pytest.fixture
def product(founder: User) -> Subscription:
    found = active(make_company(founder))
    set_row(found, activated_at=BEGUN, starts_at=BEGUN, expires_at=NOW + 900 * DAY)
    return found


def set_row(product: Subscription, **fields: Any) -> None:
    Subscription.objects.filter(pk=product.pk).update(**fields)
    product.refresh_from_db()


def private(product: Subscription) -> tuple[PrivateServer, str]:
    """In use in a private cloud."""
    founder = product.company.founder
    server, code = register_server(actor=person(founder), subscription_id=product.pk, reach="cloud", now=NOW)
    switch_to_private(actor=person(founder), subscription_id=product.pk, now=NOW)
    note_private_login(server=server, now=NOW)
    product.refresh_from_db()
    return server, code


@pytest.mark.rule("S9.4", "S9.5", "S9.6", "S18.1", "S18.9")
def test_there_and_back(product: Subscription, founder: User) -> None:
    server, _code = private(product)
    assert (product.state, product.mode) == ("private", "private")
    switch_to_public(server=server, now=NOW)
    switch_to_public(server=server, now=NOW)
    product.refresh_from_db()
    assert (product.state, product.mode) == ("in_use", "public")
    seat = make_set(product, founder)
    enter_set(actor=person(founder), set_id=seat.pk, device=make_device(founder), now=NOW)
    product.refresh_from_db()
    assert (product.state, product.mode) == ("public", "public")


def test_whoever_was_in_a_set_is_out(product: Subscription, founder: User) -> None:
    made = make_set(product, founder)
    enter_set(actor=person(founder), set_id=made.pk, device=make_device(founder), now=NOW)
    switch_to_private(actor=person(founder), subscription_id=product.pk, now=NOW)
    assert not Seat.objects.filter(ended_at=None).exists()


@pytest.mark.rule("S18.2", "S18.4", "S18.5", "S18.6", "S18.8")
@pytest.mark.parametrize(
    ("rule", "server_fields", "fields", "at"),
    [
        ("S18.5", {"offline": True}, {}, NOW),
        ("S18.4", {"dongles": 2}, {}, NOW),
        ("S18.8", {}, {"by_licence": True}, NOW),
        ("S18.6", {}, {"expires_at": NOW + DAY}, NOW + DAY),
        ("S18.2", {}, {}, BEGUN + policy.FREE_SWITCH),
    ],
)
def test_what_speaks_against_the_public_cloud(
    product: Subscription, rule: str, server_fields: dict[str, Any], fields: dict[str, Any], at: datetime
) -> None:
    server, _code = private(product)
    PrivateServer.objects.update(**server_fields)
    if fields:
        set_row(product, **fields)
    with pytest.raises(SwitchRefused) as refused:
        switch_to_public(server=server, now=at)
    assert refused.value.rule == rule
    assert str(refused.value)
    product.refresh_from_db()
    assert product.state == "private"


@pytest.mark.rule("S18.2")
def test_the_last_second_of_the_first_year_is_free_and_the_module_lasts(product: Subscription) -> None:
    server, _code = private(product)
    end = BEGUN + policy.FREE_SWITCH
    set_row(product, has_module=True)
    switch_to_public(server=server, now=end)
    set_row(product, has_module=False, mode="private", state="private")
    switch_to_public(server=server, now=end - DAY / 86400)


@pytest.mark.rule("S18.3", "S18.10")
def test_a_trial_stays_where_it_is(founder: User) -> None:
    company = make_company(founder)
    product = add_product(actor=person(founder), company_id=company.pk, edition="trade")
    product = try_product(actor=person(founder), subscription_id=product.pk)
    server, _code = register_server(actor=person(founder), subscription_id=product.pk, reach="cloud")
    for act in (
        lambda: switch_to_public(server=server),
        lambda: switch_to_private(actor=person(founder), subscription_id=product.pk),
    ):
        with pytest.raises(SwitchRefused) as refused:
            act()
        assert refused.value.rule in {"S18.3", "S18.10"}


@pytest.mark.rule("S18.9", "S18.10", "S18.11")
def test_the_button_is_there_only_where_it_works(product: Subscription, founder: User, browse: Any) -> None:
    page, browser = f"/manage/products/{product.pk}/", browse(founder)
    assert f"{page}switch/" in browser.get(page).text
    refused = against_private(product=product, at=product.expires_at or NOW)
    assert refused is not None
    assert refused.rule == "S18.11"
    assert browser.post(f"{page}switch/").status_code == 302
    assert f"{page}switch/" not in browser.get(page).text
    assert browser.post(f"{page}switch/").status_code == 409
    with pytest.raises(NotFound):
        switch_to_private(actor=person(make_user()), subscription_id=product.pk)


@pytest.mark.rule("S18.1")
def test_the_private_server_asks_with_its_code(product: Subscription) -> None:
    server, code = private(product)
    assert ask("switch", server, "WRONG-CODE").status_code == 403
    PrivateServer.objects.update(dongles=1)
    refused = ask("switch", server, code)
    assert (refused.status_code, refused.json()["rule"]) == (409, "S18.4")
    PrivateServer.objects.update(dongles=0)
    assert ask("switch", server, code).json()["state"] == "in_use"
