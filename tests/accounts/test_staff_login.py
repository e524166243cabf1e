"""Coming into the admin: password and second factor, the first set-up, used codes, limits."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import policy
from accounts.models import Event
from accounts.services.second_factor import code_now, device_of
from tests.factories import PASSWORD, UserFactory
from tests.staff import make_staff, staff_browser

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
SETUP = "/admin/second-factor/"


@pytest.fixture
def staff():
    return make_staff(superuser=True, username="helper")


def log_in(client, code="", password=PASSWORD, name="helper"):
    return client.post(LOGIN, {"identifier": name, "password": password, "code": code})


def the_code(user):
    return code_now(user=user)[0]


def test_name_password_and_code_open_the_admin(client, staff):
    answer = client.post(
        f"{LOGIN}?next=/admin/accounts/user/", {"identifier": "HELPER ", "password": PASSWORD, "code": the_code(staff)}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/accounts/user/")
    assert client.get("/admin/").status_code == 200
    assert Event.objects.filter(kind="login.began", actor=staff).exists()


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example/admin/"])
def test_the_way_leads_nowhere_else(client, staff, next_page):
    data = {"identifier": "helper", "password": PASSWORD, "code": the_code(staff), "next": next_page}
    assert client.post(LOGIN, data).headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("password", "code", "field"),
    [(PASSWORD, "", "code"), (PASSWORD, "000000", "code"), (PASSWORD, "12345", "code"), ("wrong", "right", None)],
)
def test_without_one_of_them_nothing_opens(client, staff, password, code, field):
    answer = log_in(client, code=the_code(staff) if code == "right" else code, password=password)
    assert answer.status_code == 422
    assert (field or "__all__") in answer.context["form"].errors
    assert client.get("/admin/").status_code == 302


def test_a_wrong_password_does_not_use_up_the_code(client, staff):
    code = the_code(staff)
    assert log_in(client, code, password="wrong").status_code == 422
    assert log_in(client, code).status_code == 302


def test_a_code_opens_once(client, staff):
    code = the_code(staff)
    assert log_in(client, code).status_code == 302
    again = log_in(Client(), code)
    assert again.status_code == 422
    assert "code" in again.context["form"].errors


@pytest.mark.parametrize("who", [{"is_staff": False}, {"is_staff": True, "is_active": False}])
def test_others_hear_the_same_as_with_a_wrong_password(client, who):
    UserFactory(username="customer", **who)
    right, wrong = log_in(client, name="customer"), log_in(client, name="customer", password="wrong")
    assert right.status_code == wrong.status_code == 422
    assert right.context["form"].errors == wrong.context["form"].errors


def test_a_login_to_the_console_is_not_enough(browse, staff):
    client = browse(staff)
    assert client.get("/admin/accounts/user/").headers["Location"] == f"{LOGIN}?next=/admin/accounts/user/"
    page = client.get(LOGIN)
    assert set(page.context["form"].fields) == {"code"}
    answer = client.post(f"{LOGIN}?next=/admin/accounts/user/", {"code": the_code(staff)})
    assert answer.headers["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_a_device_of_somebody_else_proves_nothing(staff):
    other = make_staff(superuser=True)
    client = staff_browser(staff)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=other).persistent_id
    session.save()
    assert client.get("/admin/").status_code == 302


def test_trying_is_limited(client, staff, monkeypatch):
    monkeypatch.setattr(policy, "LOGINS_PER_NAME", (2, 900))
    assert [log_in(client, password="wrong").status_code for _ in range(2)] == [422, 422]
    assert log_in(client, the_code(staff)).status_code == 429


def test_wrong_codes_make_the_app_wait(client, staff, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    codes = [log_in(client, code="000000").status_code for _ in range(3)]
    assert codes == [422, 429, 429]


def test_the_first_login_leads_to_the_set_up_and_nowhere_else(client):
    user = make_staff(superuser=True, device=False, username="helper")
    assert log_in(client).headers["Location"] == SETUP
    assert client.get("/admin/").status_code == client.get("/admin/accounts/user/").status_code == 302
    page = client.get(SETUP)
    assert "data:image/svg+xml" in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert client.post(SETUP, {"code": "000000"}).status_code == 422
    assert device_of(user=user) is None
    key = client.session["second_factor_key"]
    assert re.sub(r"\s", "", re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1]) in page.context["secret"].replace(
        " ", ""
    )
    code = f"{totp(bytes.fromhex(key)):06d}"
    assert client.post(SETUP, {"code": code}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert Event.objects.filter(kind="second_factor.set_up", actor=user, door="staff").count() == 1
    assert log_in(Client(), code).status_code == 422  # the code that proved the app is used up


def test_the_set_up_is_for_staff_without_an_app(client, browse, staff):
    assert client.get(SETUP).headers["Location"] == LOGIN
    assert browse(UserFactory()).get(SETUP).headers["Location"] == LOGIN
    assert browse(staff).get(SETUP).headers["Location"] == "/admin/"
    assert TOTPDevice.objects.count() == 1


def test_going_out_asks_for_everything_again(staff):
    client = staff_browser(staff)
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").headers["Location"] == LOGIN
    assert client.get("/admin/").status_code == 302


def test_whoever_loses_the_rights_is_out_at_once(staff):
    client = staff_browser(staff)
    staff.is_staff = False
    staff.save(update_fields=["is_staff"])
    assert client.get("/admin/").status_code == 302


def test_the_command_tells_a_code_that_opens(client, staff, settings, capsys, time_machine):
    settings.DEBUG = True
    time_machine.move_to(timezone.now().replace(second=5, microsecond=0), tick=False)
    for number in range(2):
        call_command("staff_code", "helper")
        assert log_in(Client(), capsys.readouterr().out.split()[0]).status_code == 302, number
    with pytest.raises(CommandError, match="No code now"):
        call_command("staff_code", "helper")
    time_machine.move_to(timezone.now() + timedelta(seconds=60), tick=False)
    call_command("staff_code", staff.mobile)


@pytest.mark.parametrize(("debug", "name"), [(False, "helper"), (True, "nobody"), (True, "customer")])
def test_the_command_tells_nothing_else(staff, settings, debug, name):
    settings.DEBUG = debug
    UserFactory(username="customer")
    with pytest.raises(CommandError):
        call_command("staff_code", name)
