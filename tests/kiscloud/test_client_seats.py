"""Seats over the API: entering, beating, waiting, being asked to leave (S8, S12)."""

import pytest
from django.utils import timezone

from accounts.models import Message
from kiscloud import policy
from kiscloud.models import SeatPeak, SeatWait
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def people():
    return [make_user() for _ in range(4)]


@pytest.fixture
def product(people):
    return active(make_company(people[0]), users=2)


@pytest.fixture
def books(product, people):
    return make_set(product, *people[:3])


@pytest.mark.rule("S12.2", "S8.6", "S8.7", "S12.4")
def test_entering_beating_and_being_logged_off(product, books, people, english):
    clients = [KisClient(user) for user in people[:3]]
    seats = [client.post("seats/", {"set": books.pk}).json() for client in clients[:2]]
    assert (seats[0]["beat_every"], seats[0]["free_after"]) == (60, 240)
    full = clients[2].post("seats/", {"set": books.pk})
    assert (full.status_code, full.json()["code"]) == (409, "seats_taken")
    assert "the longest" in full.json()["detail"]
    assert clients[0].post("seats/", {"set": books.pk}).json()["id"] == seats[0]["id"]
    other = KisClient(people[0], "pc-00002")
    assert other.post("seats/", {"set": books.pk}).status_code == 201
    beat = clients[0].post(f"seats/{seats[0]['id']}/beat/", {})
    assert beat.json() == {"inside": False, "end": "other_device", "seconds_left": None, "asked_by": ""}
    assert clients[1].post(f"seats/{seats[0]['id']}/beat/", {}).status_code == 404
    assert clients[1].send("delete", f"seats/{seats[1]['id']}/").status_code == 204
    assert clients[2].post("seats/", {"set": books.pk}).status_code == 201


@pytest.mark.rule("S12.2")
def test_whoever_waits_longest_comes_first(product, books, people):
    seats = [KisClient(user) for user in people[:2]]
    held = [client.post("seats/", {"set": books.pk}).json()["id"] for client in seats]
    extra = make_user()
    books.users.create(user=extra, name=extra.name)
    first, second = KisClient(people[2]), KisClient(extra)
    assert first.post("queue/", {"set": books.pk}).json()["ahead"] == 0
    place = second.post("queue/", {"set": books.pk}).json()
    assert (place["ahead"], place["free"], place["ask_every"]) == (1, False, 15)
    assert SeatPeak.objects.get().refused == 2
    seats[0].send("delete", f"seats/{held[0]}/")
    assert second.post("seats/", {"set": books.pk}).json()["code"] == "others_first"
    assert first.post("queue/", {"set": books.pk}).json()["free"] is True
    assert first.post("seats/", {"set": books.pk}).status_code == 201
    assert [wait.user for wait in SeatWait.objects.all()] == [extra]
    assert second.send("delete", "queue/", {"set": books.pk}).status_code == 204
    assert not SeatWait.objects.exists()


def test_who_asks_no_more_loses_the_place(product, books, people):
    waiting = KisClient(people[2])
    assert waiting.post("queue/", {"set": books.pk}).status_code == 200
    SeatWait.objects.update(seen_at=timezone.now() - policy.WAIT_SILENCE)
    for user in people[:2]:
        assert KisClient(user).post("seats/", {"set": books.pk}).status_code == 201


def test_somebody_is_asked_to_leave_and_decides(product, books, people):
    holder, waiting = KisClient(people[0]), KisClient(people[2])
    seat = holder.post("seats/", {"set": books.pk}).json()["id"]
    assert waiting.post(f"seats/{seat}/ask/").status_code == 204
    assert holder.post(f"seats/{seat}/beat/", {}).json()["asked_by"] == str(people[2])
    assert Message.objects.get(user=people[0]).title
    assert waiting.post(f"seats/{seat}/ask/").json()["code"] == "asked_already"
    assert holder.post(f"seats/{seat}/ask/").status_code == 404  # oneself
    assert holder.post(f"seats/{seat}/beat/", {}).json()["inside"]
