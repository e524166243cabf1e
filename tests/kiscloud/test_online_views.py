"""The pages of online users: who is in, who is idle, logging off, how full it was (S12)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kiscloud.models import Seat, SeatPeak
from kiscloud.services.peaks import note_peaks, picture_of
from kiscloud.services.seats import enter_inventory
from tests.factories import make_user
from tests.kiscloud.kis import active, add_admin, make_company, make_device, make_set, person
from tests.kiscloud.seating import sit

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def people():
    return [make_user() for _ in range(3)]


@pytest.fixture
def product(people):
    return active(make_company(people[0]), users=2)


@pytest.fixture
def books(product, people):
    return make_set(product, *people)


@pytest.fixture
def browser(client, people, english):
    client.force_login(people[0])
    return client


@pytest.mark.rule("S12.1")
@pytest.mark.parametrize("page", ["/manage/products/{0.pk}/online/", "/manage/companies/{0.company_id}/online/"])
def test_everybody_who_is_in_is_listed(browser, product, books, people, page):
    sit(people[1], books, name="前台电脑")
    enter_inventory(actor=person(people[2]), subscription_id=product.pk, device=make_device(people[2]))
    said = browser.get(page.format(product)).text
    for word in (str(people[1]), str(people[2]), "前台电脑", books.number, "Inventory app", "2 / 2"):
        assert word in said
    assert "All users are in" in said


@pytest.mark.rule("S12.2")
def test_the_page_says_who_is_idle_longest(browser, product, books, people):
    for user, minutes in zip(people[1:], (3, 25), strict=True):
        seat = sit(user, books)
        Seat.objects.filter(pk=seat.pk).update(used_at=timezone.now() - minutes * MINUTE)
    said = browser.get(f"/manage/products/{product.pk}/online/").text
    assert f"{people[2]} has done nothing for 25 minutes, the longest." in said
    assert "Idle for 25 minutes" in said


@pytest.mark.rule("S12.3", "S12.4")
def test_a_user_in_a_set_gets_a_countdown(browser, product, books, people):
    seat = sit(people[1], books)
    said = browser.post(f"/manage/seats/{seat.pk}/log-off/", follow=True).text
    assert "sees a countdown of 60 seconds" in said
    assert "Leaves in 60 s" in said or "Leaves in 59 s" in said
    assert "/log-off/" not in said  # once is enough
    Seat.objects.update(ending_at=timezone.now())
    assert str(people[1]) not in browser.get(f"/manage/products/{product.pk}/online/").text


@pytest.mark.rule("S12.5")
def test_a_user_of_the_inventory_app_is_out_at_once(browser, product, books, people):
    seat = enter_inventory(actor=person(people[1]), subscription_id=product.pk, device=make_device(people[1]))
    said = browser.post(f"/manage/seats/{seat.pk}/log-off/", follow=True).text
    assert "was logged off" in said
    assert "0 / 2" in said


def test_administrators_of_other_companies_find_nothing(client, product, books, people):
    other = make_user()
    make_company(other, name="别家公司")
    add_admin(make_company(make_user(), name="又一家"), other)
    seat = sit(people[1], books)
    client.force_login(other)
    for path in (f"seats/{seat.pk}/log-off/", f"seats/{seat.pk}/ask/"):
        assert client.post(f"/manage/{path}").status_code == 404
    for path in (f"products/{product.pk}/online/", f"companies/{product.company_id}/online/"):
        assert client.get(f"/manage/{path}").status_code == 404
    assert Seat.objects.filter(ended_at=None, ending_at=None).count() == 1


def test_an_administrator_asks_somebody_to_leave(browser, product, books, people):
    seat = sit(people[1], books)
    address = f"/manage/seats/{seat.pk}/ask/"
    assert "was asked to leave" in browser.post(address, follow=True).text
    assert "minutes ago" in browser.post(address, follow=True).text


def test_many_cost_no_more_queries_than_one(browser, product, books, people):
    address = f"/manage/companies/{product.company_id}/online/"
    sit(people[0], books)
    few = [count_of(browser, address) for _visit in range(2)][1]
    for _ in range(10):
        sit(people[1], make_set(active(product.company, users=30), people[1]))
    assert count_of(browser, address) == few


def count_of(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_the_picture_says_how_many_users_would_have_been_enough(browser, product, books, people):
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    SeatPeak.objects.create(subscription=product, hour=hour - timedelta(days=3), most=2, refused=3)
    SeatPeak.objects.create(subscription=product, hour=hour - timedelta(days=2), most=1)
    SeatPeak.objects.create(subscription=product, hour=hour - timedelta(days=40), most=9)
    picture = picture_of(product=product)
    assert (picture.needed, picture.most, picture.full_days, len(picture.days)) == (5, 2, 1, 28)
    said = browser.get(f"/manage/products/{product.pk}/online/").text
    assert "With 5 users instead of 2, nobody would have had to wait." in said


def test_an_hour_in_which_nobody_comes_is_noted_too(product, books, people):
    sit(people[0], books, now=timezone.now())
    later = timezone.now() + 2 * MINUTE
    SeatPeak.objects.all().delete()
    assert note_peaks(now=later) == 1
    assert SeatPeak.objects.get().most == 1
