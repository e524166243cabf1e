"""Clients at the same moment, over real connections: over the API, by tickets, while somebody is thrown out."""

import pytest

from kiscloud.models import Device, LaunchTicket, Seat
from kiscloud.services.devices import remove_device
from kiscloud.services.online import online_users
from kiscloud.services.seats import enter_set, log_off
from kiscloud.services.tickets import TicketInvalid, issue_ticket, launch
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_device, make_set, person
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cheap_hashes")]


@pytest.mark.rule("S8.5", "S12.2")
def test_fifty_clients_for_five_seats_over_three_sets():
    people = [make_user() for _ in range(50)]
    product = active(make_company(people[0]), users=5)
    sets = [make_set(product, *people, name=f"{number}号") for number in range(3)]
    clients = [KisClient(user) for user in people]
    answers = race(50, lambda n: clients[n].post("seats/", {"set": sets[n % 3].pk}))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 45
    assert len(online_users(product=product)) == 5


@pytest.mark.rule("S13.5")
def test_a_ticket_used_by_many_at_once_lets_one_in():
    user = make_user()
    books = make_set(active(make_company(user)), user)
    make_device(user)
    _row, ticket = issue_ticket(actor=person(user), set_id=books.pk)
    results = race(8, lambda n: launch(ticket=ticket, installation=f"pc-{n:05d}", platform="windows"))
    assert sum(isinstance(result, TicketInvalid) for result in results) == 7
    assert Seat.objects.count() == Device.objects.exclude(installation="pc-1").count() == 1
    assert LaunchTicket.objects.get().used_at is not None


@pytest.mark.rule("S20.17")
def test_no_seat_outlives_the_removal_of_its_device():
    user = make_user()
    books = make_set(active(make_company(user), users=9), user)
    for turn in range(8):
        device = KisClient(user, f"pc-{turn:05d}").device

        def act(number, device=device):
            if number:
                return remove_device(actor=person(user), device_id=device.pk)
            return enter_set(actor=person(user), set_id=books.pk, device=device)

        race(2, act)
        assert not Seat.objects.filter(device=device, ended_at=None).exists()


@pytest.mark.rule("S8.6", "S12.4")
def test_moving_to_another_device_is_no_way_out_of_a_countdown():
    admin, user = make_user(), make_user()
    product = active(make_company(admin), users=1)
    books = make_set(product, user)
    devices = [make_device(user, f"pc-{number}") for number in range(4)]
    seat = enter_set(actor=person(user), set_id=books.pk, device=devices[0])

    def act(number):
        if number == 0:
            return log_off(actor=person(admin), seat_id=seat.pk)
        return enter_set(actor=person(user), set_id=books.pk, device=devices[number])

    results = race(4, act)
    [standing] = Seat.objects.filter(ended_at=None)
    first = isinstance(results[0], Seat)  # else it had moved on before, and the administrator is told so
    assert (standing.ending_at is not None) == first
