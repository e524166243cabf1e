"""One member: what it granted, what happened, the remark (K1.2, K7.4)."""

import pytest

from accounts.models import Event, Relationship
from accounts.permissions import P1, Point
from tests.accounts.linking import ask_change, dissolve, shows, url
from tests.factories import make_invitation, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.mark.rule("K1.2", "K7.4")
def test_contract_data_is_shown_only_where_it_was_granted(console, manager, member, stranger):
    seen = make_relationship(manager, member)
    unseen = make_relationship(manager, stranger, kind="partner", points=[Point.VIEW_BILLS])
    code = member.enterprise.credit_code
    assert code in console.get(url("member-detail", seen.pk)).text
    hidden = console.get(url("member-detail", unseen.pk))
    assert stranger.enterprise.credit_code not in hidden.text
    assert shows(hidden, "Not granted")
    dissolve(seen)
    assert code not in console.get(url("member-detail", seen.pk)).text


@pytest.mark.rule("K1.2", "K6.6")
def test_granted_points_stand_in_words_and_looking_is_written_down_once(console, manager, member):
    linked = make_relationship(manager, member, points=P1)
    page = console.get(url("member-detail", linked.pk))
    for point in Point:
        assert shows(page, point.label) is (point in P1)
    console.get(url("member-detail", linked.pk))
    looks = Event.objects.filter(kind="member.viewed", subject_id=linked.pk)
    assert [(look.counterpart, look.facts["point"]) for look in looks] == [(member, Point.VIEW_INVOICES)]


def test_looking_at_somebody_who_granted_nothing_is_no_look(console, manager, member):
    waiting = make_invitation(manager, member)
    console.get(url("member-detail", waiting.relationship_id))
    assert not Event.objects.filter(kind="member.viewed").exists()


def test_the_history_tells_what_happened(console, manager, member):
    linked = make_relationship(manager, member)
    ask_change(linked)
    page = console.get(url("member-detail", linked.pk))
    assert len(page.context["moments"]) == 3
    assert url("invitation-withdraw", linked.invitations.open().get().pk) in page.text


def test_a_member_of_somebody_else_is_not_there(browse, manager, member, stranger):
    linked = make_relationship(manager, member)
    for who in (member, stranger):
        console = browse(who)
        for name in ("member-detail", "member-remark", "member-permissions"):
            assert console.get(url(name, linked.pk)).status_code == 404


def test_a_remark_is_saved_and_only_the_manager_reads_it(browse, console, manager, member):
    linked = make_relationship(manager, member)
    assert console.get(url("member-remark", linked.pk)).status_code == 200
    answer = console.post(url("member-remark", linked.pk), {"remark": " 华东\r\n仓库 "})
    assert answer.headers["Location"] == url("member-detail", linked.pk)
    linked = Relationship.objects.get()
    assert linked.remark == "华东\n仓库"
    for name in ("manager-list", "invitation-received", "manager-log"):
        assert "仓库" not in browse(member).get(url(name)).text


@pytest.mark.parametrize("remark", ["长" * 201, "\u202ereversed", "nul\x00"])
def test_a_remark_that_plays_tricks_is_refused(console, manager, member, remark):
    linked = make_relationship(manager, member)
    assert console.post(url("member-remark", linked.pk), {"remark": remark}).status_code == 422
