"""Launch tickets: from the browser into the client, once (S3.6, S13.5, S19.4)."""

import pytest
from django.utils import timezone

from kiscloud import policy
from kiscloud.models import LaunchTicket
from kiscloud.services.tickets import ClientRequired, TicketInvalid, issue_ticket, launch
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_device, make_set, person

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


@pytest.mark.rule("S13.5", "S19.4")
def test_a_ticket_lets_its_person_in_once_and_within_a_minute(product, books, people):
    make_device(people[0])
    now = timezone.now()
    _row, ticket = issue_ticket(actor=person(people[0]), set_id=books.pk, now=now)
    assert not LaunchTicket.objects.filter(digest=ticket).exists()
    client = KisClient()
    said = {"ticket": ticket, "installation": "pc-00009", "platform": "mac"}
    answer = client.post("launch/", said)
    assert (answer.status_code, answer.json()["seat"]["set"]) == (201, books.pk)
    assert answer.json()["person"] == str(people[0])
    assert client.post("launch/", said).json()["code"] == "ticket_invalid"
    _row, late = issue_ticket(actor=person(people[0]), set_id=books.pk, now=now)
    with pytest.raises(TicketInvalid):
        launch(ticket=late, installation="pc-00009", platform="mac", now=now + policy.TICKET_LIFE)


def test_a_new_ticket_voids_the_one_before(books, people):
    make_device(people[0])
    tickets = [issue_ticket(actor=person(people[0]), set_id=books.pk)[1] for _ in range(2)]
    for ticket, status in zip(tickets, (409, 201), strict=True):
        said = {"ticket": ticket, "installation": "pc-00009", "platform": "mac"}
        assert KisClient().post("launch/", said).status_code == status


def test_a_ticket_that_was_refused_stays_good_for_its_minute(product, books, people):
    seats = [KisClient(user).post("seats/", {"set": books.pk}).json()["id"] for user in people[:2]]
    make_device(people[2])
    _row, ticket = issue_ticket(actor=person(people[2]), set_id=books.pk)
    said = {"ticket": ticket, "installation": "pc-00009", "platform": "mac"}
    assert KisClient().post("launch/", said).json()["code"] == "seats_taken"
    KisClient(people[0]).send("delete", f"seats/{seats[0]}/")  # another log-in of the same device
    assert KisClient().post("launch/", said).status_code == 201


@pytest.mark.rule("S3.6")
def test_without_a_client_the_browser_leads_to_the_download(client, books, people):
    with pytest.raises(ClientRequired):
        issue_ticket(actor=person(people[0]), set_id=books.pk)
    client.force_login(people[0])
    answer = client.post(f"/workbench/sets/{books.pk}/launch/")
    assert answer.status_code == 409
    assert 'href="/downloads/"' in answer.text
    make_device(people[0])
    assert "kiscloud://launch?ticket=" in client.post(f"/workbench/sets/{books.pk}/launch/").text
