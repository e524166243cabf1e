"""Private clouds: one id for ever, a code that is shown once, found by both, in use with the first log-in (S21)."""

import pytest
from django.test import Client

from config.errors import InputError, NotFound
from kiscloud.models import PrivateServer, Subscription
from kiscloud.server_addresses import clean_endpoint
from kiscloud.services.private_servers import (
    NotActivated,
    StillPublic,
    note_private_login,
    register_server,
    revoke_server,
)
from kiscloud.services.seats import enter_set
from kiscloud.services.subscriptions import ProductClosed, add_product
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import DAY, NOW, active, make_company, make_device, make_set, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
API = "/api/v1/client/private-servers/"


@pytest.fixture
def admin():
    return make_user()


@pytest.fixture
def product(admin):
    return active(make_company(admin))


def register(admin, product, **more):
    said = {"reach": "cloud", **more}
    return register_server(actor=person(admin), subscription_id=product.pk, **said)


def ask(path, server, code, **more):
    body = {"cloud_id": server.cloud_id, "code": code, **more}
    return Client().post(f"{API}{path}/", body, content_type="application/json")


@pytest.mark.rule("S21.2", "S24.9")
def test_one_id_for_ever_and_a_code_that_is_kept_as_a_digest(admin, product):
    server, code = register(admin, product)
    again, newer = register(admin, product, reach="direct", endpoint="203.0.113.7:8080")
    assert again.cloud_id == server.cloud_id
    assert code.replace("-", "") not in str(PrivateServer.objects.values().get())
    assert ask("look-up", again, code).json()["code"] == "wrong_server_code"
    found = ask("look-up", again, newer.lower().replace("-", " ")).json()
    assert (found["endpoint"], found["reach"], found["company"]) == ("203.0.113.7:8080", "direct", "示例商贸")


@pytest.mark.rule("S21.2")
def test_an_administrator_registers_it_from_the_server(admin, product):
    client = KisClient(admin)
    answer = client.post("private-servers/", {"product": product.pk, "reach": "cloud", "version": "9.0"})
    assert answer.status_code == 201
    server = PrivateServer.objects.get()
    told = ask("report", server, answer.json()["code"], reach="direct", endpoint="kis.example.com", dongles=2)
    assert (told.status_code, told.json()["endpoint"], told.json()["dongles"]) == (200, "kis.example.com", 2)


def test_all_that_is_wrong_gets_one_answer(admin, product):
    server, code = register(admin, product)
    other, _code = register(admin, active(product.company))
    unknown = PrivateServer(cloud_id="P000000000")
    revoked = [ask("look-up", one, code) for one in (unknown, other)] + [ask("look-up", server, "XXXX")]
    revoke_server(actor=person(admin), subscription_id=product.pk)
    revoked += [ask(path, server, code) for path in ("look-up", "log-in")]
    assert {(answer.status_code, answer.json()["detail"]) for answer in revoked} == {(403, revoked[0].json()["detail"])}


def test_only_administrators_and_only_what_was_tried_or_activated(admin, product):
    with pytest.raises(NotFound):
        register(make_user(), product)
    with pytest.raises(NotActivated):
        register(admin, add_product(actor=person(admin), company_id=product.company_id, edition="trade"))
    with pytest.raises(InputError):
        register(admin, product, reach="direct")


@pytest.mark.rule("S9.5", "S9.6", "S21.2")
def test_the_first_private_login_says_where_the_product_is_in_use(admin, product):
    server, code = register(admin, product)
    assert ask("log-in", server, code).json()["state"] == "private"
    product.refresh_from_db()
    assert product.private_since is not None
    assert ask("log-in", server, code).json()["state"] == "private"


@pytest.mark.rule("S9.4", "S9.6")
def test_a_login_in_either_cloud_ends_the_switch(admin, product):
    server, _code = register(admin, product)
    books = make_set(product, admin)
    with pytest.raises(StillPublic):
        note_private_login(server=server)
    product.switch(mode=Subscription.Mode.PRIVATE)
    product.save(update_fields=["state", "mode"])
    assert note_private_login(server=server).state == Subscription.State.PRIVATE
    product.refresh_from_db()
    product.switch(mode=Subscription.Mode.PUBLIC)
    product.save(update_fields=["state", "mode"])
    enter_set(actor=person(admin), set_id=books.pk, device=make_device(admin))
    product.refresh_from_db()
    assert (product.state, product.mode) == ("public", "public")


@pytest.mark.rule("S10.3")
def test_nobody_logs_in_privately_after_the_grace(admin):
    product = active(make_company(admin), until=NOW)
    server, _code = register(admin, product)
    note_private_login(server=server, now=NOW + 14 * DAY)
    with pytest.raises(ProductClosed):
        note_private_login(server=server, now=NOW + 16 * DAY)


@pytest.mark.parametrize("typed", ["203.0.113.7", "203.0.113.7:8080", "KIS.example.com:80", "[2001:db8::1]:443", "nas"])
def test_addresses_that_a_client_can_reach(typed):
    assert clean_endpoint(typed) == typed.lower()


@pytest.mark.parametrize(
    "typed",
    ["http://x", "a b", "x:0", "x:70000", "1.2.3.4.5", "x:1:2", "a@b", "x/y", "-x.com", "[::1", "256.1.1.1", "x\ny"],
)
def test_addresses_that_are_none(typed):
    with pytest.raises(InputError):
        clean_endpoint(typed)


def test_the_pages(client, admin, product):
    client.force_login(admin)
    address = f"/manage/products/{product.pk}/private-cloud/"
    assert client.post(address, {"reach": "direct", "endpoint": "x y"}).status_code == 422
    made = client.post(address, {"reach": "cloud"})
    server = PrivateServer.objects.get()
    assert server.cloud_id in made.text
    assert server.cloud_id in client.get(f"/manage/companies/{product.company_id}/private-clouds/").text
    assert client.post(f"{address}revoke/").status_code == 302
    server.refresh_from_db()
    assert server.revoked_at is not None
