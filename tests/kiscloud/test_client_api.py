"""The doors of clients: log-in and tokens, sets, tickets, seats, the queue (S2.10, S3.6, S8, S12, S13.5, S20)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services.second_factor import code_now, new_key, unsaved_device
from config.errors import NotFound
from kiscloud import policy
from kiscloud.models import Company, Device, Seat
from kiscloud.services.devices import device_by_token, log_in, remove_device, remove_devices
from kiscloud.services.online import online_users
from kiscloud.services.seats import enter_set
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_device, make_set, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
PASSWORD = "Richtig-9-Pferde"


@pytest.fixture
def people():
    return [make_user() for _ in range(4)]


@pytest.fixture
def product(people):
    return active(make_company(people[0]), users=2)


@pytest.fixture
def books(product, people):
    return make_set(product, *people[:3])


@pytest.fixture
def known():
    user = make_user()
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.mark.rule("S2.1", "S20.1", "S20.2", "S20.3")
def test_name_and_password_of_the_browser_give_a_token_that_is_kept_as_a_digest(known):
    client = KisClient()
    answer = client.log_in(known.mobile, PASSWORD, name="前台电脑", remember=True)
    assert answer.status_code == 201
    assert client.get("session/").json()["person"] == str(known)
    device = Device.objects.get(user=known)
    assert client.token not in {str(value) for value in vars(device).values()}
    assert timedelta(days=89) < device.token_until - timezone.now() <= policy.DEVICE_LIFE
    assert KisClient().log_in(known.mobile, PASSWORD).json()["expires_at"] < answer.json()["expires_at"]
    assert client.get("session/").json()["code"] == "token_over"  # the same installation has one token


def test_a_wrong_password_is_counted_with_those_of_the_browser(known):
    codes = [KisClient().log_in(known.mobile, "falsch").json()["code"] for _ in range(11)]
    assert codes == ["wrong_login"] * 10 + ["too_many"]
    assert KisClient().log_in(known.email or known.username, PASSWORD).json()["code"] == "too_many"
    browser = KisClient().client.post("/login/", {"identifier": known.mobile, "password": PASSWORD})
    assert browser.status_code == 429


def test_a_login_with_a_second_factor_asks_for_its_code(known):
    unsaved_device(user=known, key=new_key()).save(force_insert=True)
    client = KisClient()
    asked = client.log_in(known.mobile, PASSWORD)
    assert (asked.status_code, asked.json()["code"], client.token) == (401, "second_factor_needed", "")
    assert client.log_in(known.mobile, PASSWORD, code="000000").status_code == 422
    Device.objects.all().delete()
    known.totpdevice_set.update(throttling_failure_count=0)
    assert client.log_in(known.mobile, PASSWORD, code=code_now(user=known)[0]).status_code == 201


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer td_unknown", "Bearer tz_x", "Basic eDp5"])
def test_without_a_good_token_nothing_opens(header):
    client = KisClient()
    answer = client.client.get("/api/v1/client/sets/", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert "client" in answer.headers["WWW-Authenticate"]


@pytest.mark.rule("S20.3")
def test_a_token_has_an_end_and_is_gone_with_its_person(people):
    user, now = people[0], timezone.now()
    for remember, life in ((False, policy.SESSION_LIFE), (True, policy.DEVICE_LIFE)):
        _device, token = log_in(actor=person(user), installation="laptop-1", platform="mac", remember=remember, now=now)
        assert device_by_token(token=token, now=now + life - timedelta(seconds=1))
        assert device_by_token(token=token, now=now + life) is None
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert device_by_token(token=token, now=now) is None


@pytest.mark.rule("S20.4")
def test_logging_out_frees_the_seats_of_this_device_alone(product, books, people):
    one, other = KisClient(people[0]), KisClient(people[0], "pc-00002")
    second = make_set(product, people[0], name="二号账套")
    assert one.post("seats/", {"set": books.pk}).status_code == 201
    assert other.post("seats/", {"set": second.pk}).status_code == 201
    assert one.send("delete", "session/").status_code == 204
    assert [online.seat.account_set for online in online_users(product=product)] == [second]
    assert one.get("session/").status_code == 401
    assert other.get("session/").status_code == 200
    assert one.device.user.devices.filter(revoked_at=None).count() == 2  # still installed


@pytest.mark.rule("S20.17")
def test_an_uninstalled_client_is_no_longer_listed(product, books, people):
    client = KisClient(people[0])
    client.post("seats/", {"set": books.pk})
    stranger = KisClient(people[1])
    assert stranger.send("delete", f"devices/{client.device.pk}/").status_code == 404
    assert client.send("delete", f"devices/{client.device.pk}/").status_code == 204
    assert client.get("session/").status_code == 401
    assert not online_users(product=product)
    assert KisClient(people[0]).get("devices/").json()[0]["id"] == client.device.pk  # installed again


@pytest.mark.rule("S20.3")
def test_all_clients_are_removed_at_once(product, books, people):
    clients = [KisClient(people[0], f"pc-0000{number}") for number in range(3)]
    clients[0].post("seats/", {"set": books.pk})
    assert remove_devices(actor=person(people[0])) == 3
    assert {client.get("session/").status_code for client in clients} == {401}
    assert not online_users(product=product)


def test_a_token_revoked_in_the_middle_lets_nobody_in(product, books, people):
    client = KisClient(people[0])
    stale = Device.objects.get(pk=client.device.pk)  # as a call that is under way knows it
    remove_device(actor=person(people[0]), device_id=client.device.pk)
    from_then = make_device(people[0])
    assert Seat.objects.count() == 0
    with pytest.raises(NotFound):
        enter(people[0], books, stale)
    assert enter(people[0], books, from_then).ended_at is None


def enter(user, books, device):
    return enter_set(actor=person(user), set_id=books.pk, device=device)


@pytest.mark.rule("S2.10", "S20.1")
def test_the_chooser_has_the_sets_of_the_person_and_a_hint_without(product, books, people):
    client = KisClient(people[0])
    answer = client.get("sets/").json()
    [company] = answer["companies"]
    assert (company["name"], company["demo"], answer["hint"]) == ("示例商贸", False, "")
    assert [(one["id"], one["opens"], one["expired"]) for one in company["sets"]] == [(books.pk, True, False)]
    alone = KisClient(people[3]).get("sets/").json()
    assert alone["companies"] == []
    assert alone["hint"]


@pytest.mark.rule("S3.1", "S3.4", "S25.7")
def test_demo_sets_are_open_to_everybody_for_ever_in_the_trial_environment_alone(people, settings):
    settings.TRIAL_ENVIRONMENT = True
    demo = make_company(make_user(), name="金蝶KIS云演示企业")
    Company.objects.filter(pk=demo.pk).update(is_demo=True)
    product = active(demo, users=1, until=timezone.now() - timedelta(days=400))
    books = make_set(product)
    for user in people:
        client = KisClient(user)
        [company] = client.get("sets/").json()["companies"]
        assert company["demo"]
        assert company["sets"][0]["opens"]
        assert client.post("seats/", {"set": books.pk}).status_code == 201
    assert len(online_users(product=product)) == 4
    settings.TRIAL_ENVIRONMENT = False
    assert client.get("sets/").json()["companies"] == []
    assert client.post("seats/", {"set": books.pk}).status_code == 403
    assert client.post("tickets/", {"set": books.pk}).status_code == 404


@pytest.mark.rule("S20.5")
def test_the_last_set_is_remembered_for_each_device(product, books, people):
    second = make_set(product, people[0], name="二号账套")
    one, other = KisClient(people[0]), KisClient(people[0], "pc-00002")
    assert one.get("sets/").json()["last_set"] is None
    one.post("seats/", {"set": books.pk})
    other.post("seats/", {"set": second.pk})
    assert one.get("sets/").json()["last_set"] == books.pk
    assert other.get("sets/").json()["last_set"] == second.pk
    books.users.get(user=people[0]).delete()
    assert one.get("sets/").json()["last_set"] is None


@pytest.mark.rule("S20.11", "S20.12", "S20.13")
def test_a_device_remembers_a_little(people):
    client = KisClient(people[0])
    client.send("patch", "preferences/", {"preferences": {"printers": ["A@ISmarter1"], "shortcut": True}})
    client.send("patch", "preferences/", {"preferences": {"shortcut": None, "local_input": False}})
    assert client.get("preferences/").json()["preferences"] == {"printers": ["A@ISmarter1"], "local_input": False}
    assert client.send("patch", "preferences/", {"preferences": {"x": "账" * 2000}}).status_code == 422
    assert KisClient(people[0], "pc-00002").get("preferences/").json()["preferences"] == {}


@pytest.mark.parametrize("path", ["seats/{0}/", "seats/{0}/beat/", "seats/{0}/ask/", "devices/{0}/", "drive/{0}/"])
def test_what_belongs_to_others_is_not_there(product, books, people, path):
    owner, stranger = KisClient(people[0]), KisClient(people[3])
    seat = owner.post("seats/", {"set": books.pk}).json()["id"]
    file = owner.upload("a.txt", b"1").json()["id"]
    pk = {"s": seat, "d": owner.device.pk if path.startswith("dev") else file}[path[0]]
    method = "post" if path.count("/") == 3 else "delete"
    assert stranger.send(method, path.format(pk), {} if method == "post" else None).status_code == 404


def test_sets_and_products_of_another_company_are_not_there(product, books, people):
    stranger = KisClient(people[3])
    assert stranger.post("seats/", {"set": books.pk}).status_code == 403  # it says what to do, and no name
    assert stranger.post("seats/", {"inventory": product.pk}).status_code == 403
    for path, body in (
        ("tickets/", {"set": books.pk}),
        ("queue/", {"set": books.pk}),
        ("queue/", {"inventory": product.pk}),
        ("private-servers/", {"product": product.pk, "reach": "cloud"}),
    ):
        assert stranger.post(path, body).status_code == 404
