"""The log of the account, in words."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import SYSTEM, Actor, Door
from accounts.event_texts import GROUPS, TEXTS, lines, sentence
from accounts.events import record
from accounts.models import Event, Relationship
from accounts.permissions import Role
from accounts.services.invitations import refuse_invitation
from accounts.services.operators import add_operator, change_role
from accounts.wording import mask_middle
from tests.factories import acting, make_invitation, make_operator, make_relationship, make_user, owner_of

LOG = "/account/log/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    """The owner's browser."""
    return browse(manager)


def texts(page):
    return [line.text for line in page.context["lines"]]


def test_every_kind_that_is_recorded_has_words():
    folders = [Path(settings.BASE_DIR, name) for name in ("accounts", "finance")]
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    recorded = set(re.findall(r'record\(\s*f?"([a-z_]+\.[a-z_]+)"', code))
    answers = {f"invitation.{what}" for what in re.findall(r'record_answer\("([a-z_]+)"', code)}
    assert len(recorded) > 25
    assert recorded | answers <= set(TEXTS)


def test_who_did_what_to_whom(console, manager):
    operator = add_operator(
        actor=acting(manager), account=manager, mobile="13800138000", name="新人", role=Role.FINANCE
    )
    change_role(actor=acting(manager), operator_id=operator.pk, role=Role.VIEWER)
    page = console.get(LOG)
    assert texts(page) == ["Made 新人 Viewer", "Added 新人 as Finance"]
    assert page.context["lines"][0].who == str(owner_of(manager))


def test_both_sides_read_the_same_event_from_their_side(browse, manager, member):
    make_relationship(manager, member)
    assert texts(browse(manager).get(LOG)) == ["Accepted the invitation", f"Invited {member} to be linked"]
    theirs = browse(member).get(LOG)
    assert texts(theirs) == [f"Accepted the invitation of {manager}", "Invited this account to be linked"]
    assert [line.who for line in theirs.context["lines"]] == [str(owner_of(member)), str(manager)]


def test_names_and_addresses_of_the_other_side_and_of_staff_are_not_shown(console, manager, member):
    nosy = make_user(name="林远舟")
    outside = Actor(door=Door.CONSOLE, user=nosy, account=member, address="203.0.113.7")
    record("invitation.accepted", actor=outside, account=member, counterpart=manager)
    staff = Actor(door=Door.STAFF, user=nosy, address="203.0.113.8")
    record("certification.approved", actor=staff, account=manager)
    for url in (LOG, f"{LOG}?person=林远舟"):
        text = console.get(url).text.replace('value="林远舟"', "")
        assert "林远舟" not in text
        assert "203.0.113" not in text
    assert not console.get(f"{LOG}?person=林远舟").context["lines"]


def test_somebody_from_the_managers_console_is_named_with_it(manager, member):
    relationship = make_relationship(manager, member)
    through = Actor(door=Door.CONSOLE, user=owner_of(manager), account=member, through=relationship)
    record("operator.added", actor=through, account=member, person="新人", role="viewer")
    line = lines(Event.objects.filter(kind="operator.added"), viewer=member)[0]
    assert line.who == f"{owner_of(manager)} from {manager}"


def test_who_has_not_agreed_is_not_named_whole(browse, manager, member):
    invitation = make_invitation(manager, member)
    refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    page = browse(manager).get(LOG)
    assert texts(page) == ["Refused the invitation", f"Invited {mask_middle(member.name)} to be linked"]
    assert page.context["lines"][0].who == mask_middle(member.name)
    assert str(manager) in browse(member).get(LOG).text
    make_relationship(manager, member)
    assert member.name in texts(browse(manager).get(LOG))[-1]


@pytest.mark.rule("K13.4")
def test_in_a_members_console_its_finance_and_its_links_are_not_told(browse, manager, member, stranger):
    link = make_relationship(manager, member)
    Relationship.objects.filter(pk=link.pk).update(console_role="administrator")
    make_relationship(stranger, member, kind="partner")
    add_operator(actor=acting(member), account=member, mobile="13800138000", name="新人", role=Role.VIEWER)
    record("funds.allotted", actor=acting(stranger), account=stranger, counterpart=member, amount="100.00")
    assert len(texts(browse(member).get(LOG))) == 6
    console = browse(manager)
    console.post(f"/directory/members/{link.pk}/enter/")
    for query in ("", "?kind=links", "?kind=funds"):
        page = console.get(LOG + query)
        assert page.context["request"].account == member
        assert texts(page) == ([] if query else ["Added 新人 as Viewer"])
        assert stranger.name not in page.text


def test_events_of_others_are_not_seen(browse, manager, member, stranger):
    make_relationship(manager, member)
    assert texts(browse(stranger).get(LOG)) == []


def test_it_is_narrowed_by_kind_person_and_days(console, manager):
    now = timezone.now()
    first, second = owner_of(manager), make_operator(manager, Role.OWNER)
    record("operator.added", actor=acting(manager, first), account=manager, at=now, person="甲", role="viewer")
    record("api_key.revoked", actor=acting(manager, second), account=manager, at=now, name="ERP")
    record("folder.created", actor=SYSTEM, account=manager, at=now - timedelta(days=3), name="华东")
    today = timezone.localdate()

    def found(**query):
        return len(console.get(LOG, query).context["lines"])

    assert found() == 3
    assert found(kind="people") == found(kind="keys") == found(kind="directory") == 1
    assert found(person=str(second)) == 1
    assert found(since=today) == 2
    assert found(until=today - timedelta(days=1)) == 1
    assert found(since=today - timedelta(days=3), until=today - timedelta(days=3)) == 1
    assert found(kind="keys", person=str(first)) == 0


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense"},
        {"since": "2026-13-45"},
        {"since": "2026-02-02", "until": "2026-01-01"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"person": "a\x00b"},
        {"person": "x" * 200},
        {"after": "%%%"},
        {"after": "W10"},
    ],
)
def test_what_makes_no_sense_narrows_nothing(console, manager, query):
    record("folder.created", actor=SYSTEM, account=manager, name="华东")
    page = console.get(LOG, query)
    assert page.status_code == 200
    assert len(page.context["lines"]) == 1


def test_an_empty_log_says_what_will_stand_there(console):
    assert console.get(LOG).status_code == 200
    assert LOG in console.get(LOG, {"kind": "keys"}).text


def test_pages_follow_one_another_without_a_gap(console, manager):
    for number in range(120):
        record("folder.created", actor=SYSTEM, account=manager, name=f"{number:03d}")
    seen, url = [], LOG
    while url:
        page = console.get(url)
        seen += texts(page)
        url = f"{LOG}{page.context['page'].next}" if page.context["page"].next else ""
    assert len(seen) == len(set(seen)) == 120


def test_the_log_asks_as_much_for_many_as_for_one(console, manager, member):
    relationship = make_relationship(manager, member)
    through = Actor(door=Door.CONSOLE, user=owner_of(manager), account=member, through=relationship)
    record("operator.added", actor=through, account=manager, person="甲", role="viewer")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            console.get(LOG)
        return len(seen)

    queries()
    few = queries()
    for _ in range(4):
        record("operator.added", actor=through, account=manager, counterpart=member, person="甲", role="viewer")
    assert queries() == few


def test_htmx_gets_the_rows_alone(console):
    part = console.get(LOG, headers={"hx-request": "true", "hx-target": "events"})
    assert "<html" not in part.text


def test_an_event_of_unknown_kind_or_without_its_facts_is_still_shown(manager):
    odd = record("ledger.posted", actor=SYSTEM, account=manager)
    bare = record("operator.added", actor=SYSTEM, account=manager)
    assert sentence(odd, manager) == "ledger.posted"
    assert sentence(bare, manager) == "Added — as —"


def test_facts_are_shown_as_text(console, manager):
    record("folder.created", actor=SYSTEM, account=manager, name="<b>%(x)s %s 100%</b>")
    text = console.get(LOG).text
    assert "<b>%" not in text
    assert "&lt;b&gt;%(x)s %s 100%&lt;/b&gt;" in text


def test_every_group_of_the_filter_has_kinds():
    for group in GROUPS:
        assert any(kind.startswith(group.prefixes) for kind in TEXTS)
