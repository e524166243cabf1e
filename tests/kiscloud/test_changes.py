"""Releases are told to everybody, once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from accounts.services.messages import reminder_for
from kiscloud import policy
from kiscloud.handbook.pages import changes_of
from kiscloud.services.changes import announce_changes
from tests.factories import UserFactory

NEWEST = next(iter(changes_of("zh-hans").values()))
OUT = timezone.make_aware(datetime.combine(NEWEST.released, datetime.min.time()))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.mark.rule("S22.1", "S23.2")
def test_a_release_that_is_out_becomes_one_message_to_everybody():
    [message] = announce_changes(now=OUT)
    assert announce_changes(now=OUT + timedelta(hours=1)) == []
    assert (message.kind, message.title) == ("system", NEWEST.title)
    assert message.link == f"/help/changes/{NEWEST.version}/"
    person = UserFactory.create()
    assert reminder_for(user=person, now=OUT) == message
    assert reminder_for(user=person, now=OUT + policy.RELEASE_NEWS) is None


@pytest.mark.rule("S22.1", "S23.2")
def test_each_reads_it_in_the_own_language(browse):
    [message] = announce_changes(now=OUT)
    english = changes_of("en")[NEWEST.version]
    Message.objects.update(published_at=timezone.now(), valid_until=None)
    for language, change, other in (("zh-hans", NEWEST, english), ("en", english, NEWEST)):
        console = browse(UserFactory.create())
        for address in ("/messages/", f"/messages/{message.pk}/", message.link):
            page = console.get(address, headers={"Accept-Language": language}).text
            assert change.title in page
            assert other.title not in page


def test_a_message_from_before_there_was_english_gets_it():
    [message] = announce_changes(now=OUT)
    Message.objects.update(title_en="", body_en="")
    assert announce_changes(now=OUT) == []
    message.refresh_from_db()
    assert message.title_en == changes_of("en")[NEWEST.version].title


@pytest.mark.parametrize("at", [OUT - timedelta(seconds=1), OUT + policy.RELEASE_NEWS])
def test_neither_before_its_day_nor_when_it_is_no_news_any_more(at):
    assert announce_changes(now=at) == []
    assert not Message.objects.exists()


@pytest.mark.rule("S22.3", "S23.2")
def test_the_message_leads_to_the_change_log(browse, manager):
    announce_changes(now=OUT)
    message = Message.objects.get()
    page = browse(manager).get(f"/messages/{message.pk}/")
    assert f'href="/help/changes/{NEWEST.version}/"' in page.text
