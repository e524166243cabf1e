"""The pages of the message centre, and the reminder window on every other page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.models import Message, MessageRead, User
from accounts.services.messages import send_message, unread_count
from config.paging import PAGE_SIZE
from tests.factories import PASSWORD, UserFactory, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")
LIST = "/messages/"
OTHER = "/directory/"  # any page of the console
WINDOW = 'id="reminder"'


def system(title="发布说明", **fields):
    return Message.objects.create(kind="system", title=title, body="正文", **fields)


@pytest.fixture
def person(manager):
    return owner_of(manager)


def boxes(page):
    return {name for name in ("unread", "read", "system", "personal") if page.context["filter"][name].value()}


@pytest.mark.rule("S22.7")
def test_at_first_unread_and_read_are_ticked_and_everything_is_shown(browse, manager, person):
    system("大家的")
    send_message(user=person, title="自己的", body="正文")
    page = browse(manager).get(LIST)
    assert boxes(page) == {"unread", "read"}
    assert "大家的" in page.text
    assert "自己的" in page.text


@pytest.mark.rule("S22.7")
def test_the_boxes_stay_as_they_were_ticked(browse, manager, person):
    system("大家的")
    send_message(user=person, title="自己的", body="正文")
    console = browse(manager)
    page = console.get(LIST, {"filtered": "1", "personal": "on"})
    assert boxes(page) == {"personal"}
    assert ("自己的" in page.text, "大家的" in page.text) == (True, False)
    page = console.get(LIST, {"filtered": "1"})
    assert boxes(page) == set()
    assert "大家的" in page.text


def test_htmx_gets_the_rows_alone(browse, manager):
    system()
    part = browse(manager).get(LIST, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "发布说明" in part.text


def test_a_long_list_is_paged_at_the_price_of_a_short_one(browse, manager):
    console = browse(manager)

    def price():
        with CaptureQueriesContext(connection) as queries:
            page = console.get(LIST)
        return len(queries), page

    system()
    console.get(LIST)  # the session is written once
    short, _page = price()
    Message.objects.bulk_create([Message(kind="system", title=f"第{n}条", body="正文") for n in range(PAGE_SIZE + 5)])
    long, page = price()
    assert short == long
    assert len(page.context["page"]) == PAGE_SIZE
    second = console.get(LIST + page.context["page"].next)
    assert len(second.context["page"]) == 6


@pytest.mark.rule("S22.3")
def test_the_details_mark_as_read(browse, manager, person):
    message = system()
    page = browse(manager).get(reverse("accounts:message-open", args=[message.pk]))
    assert "正文" in page.text
    assert MessageRead.objects.filter(message=message, user=person).exists()


def test_what_somebody_else_got_does_not_exist(browse, manager):
    theirs = send_message(user=UserFactory.create(), title="秘密", body="正文")
    assert browse(manager).get(reverse("accounts:message-open", args=[theirs.pk])).status_code == 404
    assert not MessageRead.objects.exists()


def test_the_text_is_shown_as_text(browse, manager):
    message = Message.objects.create(kind="system", title="<b>标题</b>", body="<script>alert(1)</script>")
    page = browse(manager).get(reverse("accounts:message-open", args=[message.pk]))
    assert "<script>alert" not in page.text
    assert "<b>标题" not in page.text


@pytest.mark.rule("S22.5")
def test_the_red_number_stands_beside_the_bell(browse, manager):
    system()
    system("过期", published_at=timezone.now() - timedelta(days=9), valid_until=timezone.now() - timedelta(days=1))
    assert '<span class="badge">1</span>' in browse(manager).get(LIST).text


@pytest.mark.rule("S22.2")
def test_after_log_in_the_window_shows_the_system_message(browse, manager):
    message = system()
    page = browse(manager).get(OTHER)
    assert WINDOW in page.text
    assert reverse("accounts:message-open", args=[message.pk]) in page.text


@pytest.mark.rule("S22.2")
@pytest.mark.parametrize("door", User.Door.values)
def test_whichever_door_one_takes_the_window_is_there(client, manager, person, door):
    system()
    page = client.post("/login/", {"identifier": person.username, "password": PASSWORD, "door": door}, follow=True)
    assert page.status_code == 200
    assert WINDOW in page.text


@pytest.mark.rule("S22.1", "S22.2")
def test_personal_messages_open_no_window(browse, manager, person):
    send_message(user=person, title="自己的", body="正文")
    assert WINDOW not in browse(manager).get(OTHER).text


@pytest.mark.rule("S22.3")
def test_once_read_the_window_is_gone(browse, manager):
    message = system()
    console = browse(manager)
    console.get(reverse("accounts:message-open", args=[message.pk]))
    assert WINDOW not in console.get(OTHER).text


@pytest.mark.rule("S22.4")
def test_closed_it_stays_away_until_the_next_log_in_and_stays_unread(client, manager, person):
    message = system()
    client.force_login(person)
    close = reverse("accounts:message-close", args=[message.pk])
    assert client.post(close, {"next": OTHER}).url == OTHER
    assert WINDOW not in client.get(OTHER).text
    assert unread_count(user=person) == 1
    client.force_login(person)  # entering again, although the old session is still there
    assert WINDOW in client.get(OTHER).text
    client.logout()
    assert client.login(username=person.username, password=PASSWORD)
    assert WINDOW in client.get(OTHER).text


@pytest.mark.rule("S22.4")
def test_when_its_validity_has_ended_it_comes_up_no_more(browse, manager):
    now = timezone.now()
    system(published_at=now - timedelta(days=2), valid_until=now - timedelta(seconds=1))
    assert WINDOW not in browse(manager).get(OTHER).text


@pytest.mark.rule("S22.4")
def test_closing_one_brings_the_next(browse, manager):
    system("旧的", published_at=timezone.now() - timedelta(days=1))
    new = system("新的")
    console = browse(manager)
    console.post(reverse("accounts:message-close", args=[new.pk]))
    page = console.get(OTHER).text
    assert "旧的" in page
    assert "新的" not in page


def test_closing_by_htmx_answers_nothing_and_by_a_form_leads_back(browse, manager):
    close = reverse("accounts:message-close", args=[system().pk])
    console = browse(manager)
    assert console.post(close, headers={"HX-Request": "true"}).content == b""
    assert console.post(close, {"next": "https://elsewhere.example/"}).url == LIST
    assert console.post(reverse("accounts:message-close", args=[10**30])).status_code == 404


@pytest.mark.rule("S22.6")
def test_no_page_deletes_a_message():
    names = [name for name in get_resolver("accounts.urls").reverse_dict if isinstance(name, str)]
    assert {name for name in names if name.startswith("message-")} == {"message-list", "message-open", "message-close"}
    with pytest.raises(NoReverseMatch):
        reverse("accounts:message-delete")


def test_strangers_are_led_to_the_log_in(client, db):
    assert client.get(LIST).url.startswith("/login/")
