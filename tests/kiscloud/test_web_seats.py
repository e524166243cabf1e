"""Seats of people who work in the browser (S8.4–S8.8, S12)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kiscloud.models import Device, Seat, SeatWait
from kiscloud.services.seats import log_off
from tests.factories import make_user
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.kis import person
from tests.kiscloud.seating import sit

pytestmark = pytest.mark.django_db
End = Seat.End


@pytest.fixture
def office():
    """Its product has one user."""
    office = Office().open()
    office.product.users_total = 1
    office.product.save(update_fields=["users_total"])
    return office


def browser(user):
    client = Client(headers={"User-Agent": "Mozilla/5.0 (iPad)"})
    client.force_login(user)
    return client


def home(office):
    return reverse("books:home", kwargs={"number": office.set.number})


def seat_of(office):
    return reverse("kiscloud:seat-in-set", args=[office.set.pk])


@pytest.mark.rule("S8.4", "S12.2")
def test_a_browser_takes_one_seat_however_many_pages_it_opens(office):
    client = browser(office.makers_user)
    assert [client.get(home(office)).status_code for _ in range(2)] == [200, 200]
    seat = Seat.objects.get()
    assert (seat.user, seat.account_set, seat.device.name) == (office.makers_user, office.set, "Web (iPad)")
    full = browser(office.auditors_user).get(home(office))
    assert full.status_code == 409
    assert str(office.makers_user) in full.text  # who has been idle longest
    assert SeatWait.objects.get().user == office.auditors_user


@pytest.mark.rule("S8.5")
def test_who_waits_comes_in_when_the_seat_is_left(office):
    inside, waiting = browser(office.makers_user), browser(office.auditors_user)
    inside.get(home(office))
    waiting.get(home(office))
    part = {"headers": {"HX-Request": "true"}}
    assert "下一位" in waiting.get(seat_of(office) + "?waiting=1", **part).text
    assert waiting.post(seat_of(office), {"act": "ask", "next": home(office)}).url == home(office)
    assert str(office.auditors_user) in inside.get(seat_of(office), **part).text
    inside.post(seat_of(office), {"act": "leave"})
    assert waiting.get(seat_of(office) + "?waiting=1", **part).headers["HX-Refresh"] == "true"
    assert waiting.get(home(office)).status_code == 200
    assert not SeatWait.objects.exists()


@pytest.mark.rule("S12.3", "S12.4")
def test_who_is_logged_off_reads_it_and_comes_back_only_if_he_says_so(office):
    client = browser(office.makers_user)
    client.get(home(office))
    log_off(actor=person(office.product.company.founder), seat_id=Seat.objects.get().pk)
    assert "秒后" in client.get(seat_of(office)).text
    assert client.get(home(office)).status_code == 200  # what is being done can be saved
    Seat.objects.update(ending_at=timezone.now())
    assert client.get(home(office)).status_code == 409
    assert client.get(home(office)).status_code == 409
    assert "管理员已将您注销" in client.get(seat_of(office)).text
    assert client.post(seat_of(office), {"act": "enter", "next": home(office)}).url == home(office)
    assert client.get(home(office)).status_code == 200


@pytest.mark.rule("S8.6", "S20.8")
def test_another_device_takes_the_seat_over_and_this_one_reads_it(office):
    client = browser(office.makers_user)
    client.get(home(office))
    sit(office.makers_user, office.set)
    answer = client.get(home(office))
    assert (answer.status_code, "其他设备" in answer.text) == (409, True)
    assert Seat.objects.filter(ended_at=None).get().device.platform == "windows"


@pytest.mark.rule("S8.5")
def test_a_page_left_open_keeps_the_seat_and_a_closed_one_does_not(office):
    client = browser(office.makers_user)
    client.get(home(office))
    Seat.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    client.get(seat_of(office))
    assert Seat.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    Seat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert "归还" in client.get(seat_of(office)).text
    assert Seat.objects.get().end == End.SILENT
    assert client.get(home(office)).status_code == 200  # the next step takes one again


def test_logging_out_leaves_every_set(office):
    client = browser(office.makers_user)
    client.get(home(office))
    client.post(reverse("accounts:logout"))
    assert Seat.objects.get().end == End.LEFT


def test_a_seat_is_nobody_elses(office):
    stranger = browser(make_user())
    for url in (seat_of(office), reverse("kiscloud:seat-in-inventory", args=[office.product.pk])):
        assert (stranger.get(url).status_code, stranger.post(url, {"act": "enter"}).status_code) == (404, 404)
    assert not Device.objects.exists()


@pytest.mark.rule("S12.5")
def test_the_inventory_app_has_seats_of_its_own(office):
    client = browser(office.makers_user)
    url = reverse("kiscloud:seat-in-inventory", args=[office.product.pk])
    client.post(url, {"act": "enter"})
    seat = Seat.objects.get()
    assert seat.account_set is None
    log_off(actor=person(office.product.company.founder), seat_id=seat.pk)
    assert "管理员已将您注销" in client.get(url).text  # at once, no countdown


@pytest.mark.rule("S14.14", "S15.1")
def test_a_page_of_a_set_that_is_gone_says_so_and_asks_no_more(office):
    client = browser(office.makers_user)
    client.get(home(office))
    office.set.users.update(state="disabled")
    answer = client.get(seat_of(office))
    assert (answer.status_code, "不再对您开放" in answer.text) == (286, True)
    assert client.post(seat_of(office), {"act": "enter"}).status_code == 404
