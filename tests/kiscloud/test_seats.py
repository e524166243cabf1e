"""Seats: who counts, who kicks whom, who leaves when (S8, S12, S20)."""

from datetime import timedelta

import pytest

from config.errors import InputError, NotFound
from kiscloud import policy
from kiscloud.models import Seat
from kiscloud.services.online import online_users
from kiscloud.services.seat_refusals import NotAdded, SeatsTaken, SetNotReady
from kiscloud.services.seats import (
    beat,
    close_silent,
    end_seats,
    enter_inventory,
    enter_set,
    leave,
    log_off,
)
from kiscloud.services.subscriptions import ProductClosed
from tests.factories import make_user
from tests.kiscloud.kis import DAY, NOW, active, make_company, make_device, make_set, person

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def people():
    return [make_user() for _ in range(6)]


@pytest.fixture
def product(people):
    return active(make_company(people[0]), users=2, until=NOW + 100 * DAY)


@pytest.fixture
def books(product, people):
    return make_set(product, *people)


def enter(user, books, pc="pc-1", now=NOW):
    return enter_set(actor=person(user), set_id=books.pk, device=make_device(user, pc), now=now)


def count(product, now=NOW):
    return len(online_users(product=product, now=now))


@pytest.mark.rule("S8.4", "S8.5", "S12.2", "S20.10")
def test_users_are_counted_over_all_sets(product, books, people, english):
    other = make_set(product, *people, name="二号账套")
    enter(people[0], books)
    enter(people[0], other, now=NOW + MINUTE)
    with pytest.raises(SeatsTaken) as refusal:
        enter(people[1], books, now=NOW + 3 * MINUTE)
    assert str(people[0]) in str(refusal.value)
    assert refusal.value.facts["minutes"] == 3
    assert count(product, NOW + 3 * MINUTE) == 2


@pytest.mark.rule("S8.7", "S20.6")
def test_the_same_device_comes_back_into_its_seat(product, books, people):
    first = enter(people[0], books)
    assert enter(people[0], books, now=NOW + MINUTE) == first
    assert count(product) == 1


@pytest.mark.rule("S8.6", "S20.8")
def test_another_device_takes_the_seat_over(product, books, people):
    old = enter(people[0], books)
    enter(people[1], books)
    new = enter(people[0], books, "pc-2", NOW + SECOND)  # though all seats are taken
    old.refresh_from_db()
    assert (old.end, old.ended_at) == (Seat.End.OTHER_DEVICE, NOW + SECOND)
    assert beat(seat_id=old.pk, device=old.device, now=NOW + SECOND).end == Seat.End.OTHER_DEVICE
    assert beat(seat_id=new.pk, device=new.device, now=NOW + SECOND).inside
    assert count(product, NOW + SECOND) == 2


@pytest.mark.rule("S8.8", "S20.7", "S20.9")
@pytest.mark.parametrize("pc", ["pc-1", "pc-2"])
def test_several_sets_are_several_seats(product, books, people, pc):
    other = make_set(product, people[0])
    enter(people[0], books)
    enter(people[0], other, pc)
    assert count(product) == 2


@pytest.mark.rule("S2.10", "S19.5")
def test_only_who_was_added_enters(product, books, people):
    with pytest.raises(NotAdded):
        enter(make_user(), books)
    row = books.users.get(user=people[0])
    row.disable()
    row.save(update_fields=["state"])
    with pytest.raises(NotAdded):
        enter(people[0], books)
    with pytest.raises(NotFound):
        enter_set(actor=person(people[1]), set_id=books.pk, device=make_device(people[2]), now=NOW)


@pytest.mark.rule("S10.3")
def test_nobody_enters_after_the_grace(product, books, people):
    enter(people[0], books, now=product.expires_at + policy.GRACE - SECOND)
    with pytest.raises(ProductClosed):
        enter(people[0], books, now=product.expires_at + policy.GRACE)


def test_a_set_that_is_not_ready_says_so(product, people):
    broken = make_set(product, people[0])
    type(broken).objects.filter(pk=broken.pk).update(state="restoring")
    with pytest.raises(SetNotReady):
        enter(people[0], broken)


@pytest.mark.rule("S12.3", "S12.4")
def test_logging_off_gives_a_minute_in_a_set(product, books, people):
    admin, seat = person(people[0]), enter(people[1], books)
    log_off(actor=admin, seat_id=seat.pk, now=NOW)
    log_off(actor=admin, seat_id=seat.pk, now=NOW + 30 * SECOND)  # does not begin anew
    assert beat(seat_id=seat.pk, device=seat.device, now=NOW + 30 * SECOND).seconds_left == 30
    assert count(product, NOW + 59 * SECOND) == 1
    enter(people[1], books, "pc-2", NOW + 59 * SECOND)  # no way out of it
    assert count(product, NOW + 60 * SECOND) == 0
    assert enter(people[1], books, now=NOW + 61 * SECOND).ending_at is None


@pytest.mark.rule("S12.1", "S12.5")
def test_logging_off_is_immediate_in_the_inventory_app(product, books, people):
    device = make_device(people[1])
    seat = enter_inventory(actor=person(people[1]), subscription_id=product.pk, device=device, now=NOW)
    assert [online.seat.account_set for online in online_users(product=product, now=NOW)] == [None]
    log_off(actor=person(people[0]), seat_id=seat.pk, now=NOW)
    assert count(product) == 0
    assert not beat(seat_id=seat.pk, device=device, now=NOW).inside
    with pytest.raises(InputError):
        log_off(actor=person(people[0]), seat_id=seat.pk, now=NOW)
    with pytest.raises(NotAdded):
        enter_inventory(actor=person(make_user()), subscription_id=product.pk, device=device, now=NOW)


@pytest.mark.rule("S12.3")
def test_only_administrators_log_off(product, books, people):
    seat = enter(people[1], books)
    for somebody in (people[2], make_user()):
        with pytest.raises(NotFound):
            log_off(actor=person(somebody), seat_id=seat.pk, now=NOW)
    assert count(product) == 1


def test_a_silent_client_frees_its_seat(product, books, people):
    seats = [enter(user, books) for user in people[:2]]
    late = NOW + policy.SEAT_SILENCE
    assert beat(seat_id=seats[0].pk, device=seats[0].device, active=False, now=late - SECOND).inside
    enter(people[2], books, now=late)
    seats[1].refresh_from_db()
    assert (seats[1].end, count(product, late)) == (Seat.End.SILENT, 2)
    assert close_silent(now=late + policy.SEAT_SILENCE) == 2


def test_leaving_frees_the_seat_at_once(product, books, people):
    seat = enter(people[0], books)
    leave(seat_id=seat.pk, device=seat.device, now=NOW)
    leave(seat_id=seat.pk, device=seat.device, now=NOW)
    assert count(product) == 0
    with pytest.raises(NotFound):
        leave(seat_id=seat.pk, device=make_device(people[1]), now=NOW)


def test_who_is_disabled_leaves(product, books, people):
    enter(people[0], books)
    enter(people[1], books)
    assert end_seats(account_set=books, user=people[0], now=NOW) == 1
    assert end_seats(account_set=books, now=NOW) == 1
    assert count(product) == 0
