"""The message centre, through its services."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.actors import Actor, Door, StaffOnly
from accounts.events import record
from accounts.models import Message, MessageRead
from accounts.services import messages
from config.errors import InputError, NotFound
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.usefixtures("cheap_hashes")
DAY = timedelta(days=1)


@pytest.fixture
def person(db):
    return UserFactory.create()


@pytest.fixture
def staff(db):
    return Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True, is_superuser=True))


@pytest.fixture
def publish(staff):
    def publish(title="发布说明", **fields):
        return messages.publish_message(actor=staff, title=title, body="内容", **fields)

    return publish


def tell(person, title="已同意", **fields):
    return messages.send_message(user=person, title=title, body="内容", **fields)


@pytest.mark.rule("S22.1")
def test_a_system_message_is_for_everybody_and_a_personal_one_for_one_person(person, publish):
    everybody, mine = publish(), tell(person)
    other = UserFactory.create()
    assert set(messages.listed_messages(user=person)) == {everybody, mine}
    assert list(messages.listed_messages(user=other)) == [everybody]
    with pytest.raises(NotFound):
        messages.read_message(user=other, message_id=mine.pk)


@pytest.mark.rule("S22.1")
def test_only_staff_publish(manager):
    with pytest.raises(StaffOnly):
        messages.publish_message(actor=acting(manager), title="一", body="二")


def test_english_texts_are_for_who_reads_in_english_and_come_whole(publish):
    message = publish(title_en="Release notes", body_en=" What is new ")
    assert (message.shown_title, message.shown_body) == ("发布说明", "内容")
    with override("en"):
        assert (message.shown_title, message.shown_body) == ("Release notes", "What is new")
        assert publish().shown_title == "发布说明"
    with pytest.raises(InputError):
        publish(title_en="Release notes")


def test_the_end_of_validity_is_after_the_publication(publish):
    with pytest.raises(InputError):
        publish(published_at=timezone.now(), valid_until=timezone.now() - DAY)


def test_a_message_of_tomorrow_is_not_there_today(person, publish):
    publish(published_at=timezone.now() + DAY)
    assert not messages.listed_messages(user=person).exists()
    assert messages.unread_count(user=person) == 0


@pytest.mark.rule("S22.3")
def test_opening_marks_as_read_for_this_person_only(person, publish):
    message, other = publish(), UserFactory.create()
    messages.read_message(user=person, message_id=message.pk)
    messages.read_message(user=person, message_id=message.pk)
    assert MessageRead.objects.count() == 1
    assert (messages.unread_count(user=person), messages.unread_count(user=other)) == (0, 1)


@pytest.mark.rule("S22.2", "S22.4")
def test_the_reminder_is_the_newest_unread_system_message_until_its_end(person, publish):
    now = timezone.now()
    old = publish(published_at=now - 2 * DAY)
    new = publish(published_at=now - DAY, valid_until=now + DAY)
    tell(person)
    assert messages.reminder_for(user=person) == new
    assert messages.reminder_for(user=person, now=now + DAY) == old
    messages.read_message(user=person, message_id=new.pk)
    assert messages.reminder_for(user=person) == old


@pytest.mark.rule("S22.4")
def test_a_closed_reminder_is_still_unread(person, publish):
    message = publish()
    assert messages.reminder_for(user=person, closed=[message.pk]) is None
    assert messages.unread_count(user=person) == 1
    assert messages.reminder_for(user=person) == message


@pytest.mark.rule("S22.5")
def test_the_number_leaves_expired_ones_out_and_the_list_keeps_them(person, publish):
    now = timezone.now()
    expired = publish(published_at=now - 2 * DAY, valid_until=now - DAY)
    tell(person)
    assert messages.unread_count(user=person) == 1
    messages.read_message(user=person, message_id=Message.objects.get(user=person).pk)
    assert messages.unread_count(user=person) == 0
    assert expired in messages.listed_messages(user=person)


@pytest.mark.rule("S22.6")
@pytest.mark.parametrize("statement", ["DELETE FROM accounts_message", "TRUNCATE accounts_message CASCADE"])
def test_nobody_deletes_messages(person, publish, statement):
    publish()
    tell(person)
    with pytest.raises(DatabaseError), transaction.atomic():
        run(statement)
    assert Message.objects.count() == 2


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


READING = [(), (True,), (False,), (True, False)]
KINDS = [(), ("system",), ("personal",), ("system", "personal")]


@pytest.mark.rule("S22.7")
@pytest.mark.parametrize(("reading", "kinds"), list(product(READING, KINDS)))
def test_every_combination_of_the_four_boxes(person, publish, reading, kinds):
    rows = {("system", False): publish("一"), ("system", True): publish("二")}
    rows |= {("personal", False): tell(person, "三"), ("personal", True): tell(person, "四")}
    for kind in ("system", "personal"):
        messages.read_message(user=person, message_id=rows[kind, True].pk)
    wanted = {
        row
        for (kind, is_read), row in rows.items()
        if (not reading or is_read in reading) and (not kinds or kind in kinds)
    }
    assert set(messages.listed_messages(user=person, reading=reading, kinds=kinds)) == wanted


def test_one_event_tells_a_person_once(person, manager):
    event = record("relationship.tested", actor=acting(manager), account=manager)
    assert tell(person, event=event) == tell(person, event=event)
