"""What others can see of an account, and when they looked (K8.2, K8.3)."""

import pytest

from accounts.models import Event, Relationship
from accounts.permissions import P1, P2, ConsoleRole, Point
from accounts.services.invitations import accept_invitation
from tests.accounts.linking import ask_change, dissolve, may_register, queries, shows, url
from tests.factories import acting, make_account, make_relationship, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, member):
    return browse(member)


@pytest.mark.rule("K8.2", "K8.3")
def test_every_right_stands_in_words_with_the_answer_that_gave_it(console, manager, member):
    linked = make_relationship(manager, member, points=P1)
    page = console.get(url("manager-list"))
    assert manager.enterprise.name in page.text
    for point in Point:
        assert shows(page, point.label) is (point in P1)
    invitation = linked.invitations.get()
    assert url("received-question", invitation.pk) in page.text
    assert str(owner_of(member)) in page.text
    assert url("member-dissolve", linked.pk) not in page.text


@pytest.mark.rule("K9.4")
def test_a_waiting_change_is_shown_and_an_agreed_one_becomes_the_reason(console, manager, member):
    linked = make_relationship(manager, member, points=P1)
    change = ask_change(linked)
    page = console.get(url("manager-list"))
    assert url("received-question", change.pk) in page.text
    assert not shows(page, Point.REPAY_STATEMENT.label)
    accept_invitation(actor=acting(member), invitation_id=change.pk)
    after = console.get(url("manager-list"))
    assert after.context["granted"][0].accepted == change
    assert shows(after, Point.REPAY_STATEMENT.label)


def test_console_access_and_what_is_inherited_are_told(console, manager, member):
    member.enterprise = manager.enterprise
    member.save(update_fields=["enterprise"])
    linked = make_relationship(manager, member, points=P2, inherits=["credit"])
    Relationship.objects.filter(pk=linked.pk).update(console_role=ConsoleRole.FORMER)
    page = console.get(url("manager-list"))
    assert shows(page, "Credit identity")
    assert shows(page, ConsoleRole.FORMER.label)


def test_what_has_ended_is_no_longer_there(console, manager, member):
    dissolve(make_relationship(manager, member))
    page = console.get(url("manager-list"))
    assert not page.context["granted"]
    assert page.context["moments"]


@pytest.mark.rule("K8.3")
def test_a_look_is_in_the_members_log(browse, console, manager, member, stranger):
    linked = make_relationship(manager, member)
    make_relationship(stranger, member, kind="partner")
    browse(manager).get(url("member-detail", linked.pk))
    look = Event.objects.get(kind="member.viewed")
    for name in ("manager-list", "manager-log"):
        assert manager.name in console.get(url(name)).text
    entries = list(console.get(url("manager-log")).context["page"])
    assert entries[0] == look
    assert len(entries) == 5
    only = console.get(url("manager-log"), {"manager": stranger.number})
    assert len(only.context["page"]) == 2
    for nonsense in ("x", "0", "٣", manager.number + "9"):
        assert len(console.get(url("manager-log"), {"manager": nonsense}).context["page"]) == 5


def test_the_log_of_one_account_is_closed_to_others(browse, manager, member, stranger):
    make_relationship(manager, member)
    assert not browse(stranger).get(url("manager-log")).context["page"]
    assert not browse(manager).get(url("manager-log")).context["page"]


def test_as_many_queries_for_many_managers_and_entries_as_for_one(console, member):
    make_relationship(make_account(), member, kind="partner")
    few = [queries(console, url(name)) for name in ("manager-list", "manager-log")]
    for _number in range(4):
        make_relationship(make_account(), member, kind="partner")
    assert [queries(console, url(name)) for name in ("manager-list", "manager-log")] == few


def test_an_account_that_was_registered_says_that_nobody_was_asked(browse, manager):
    console = browse(manager)
    may_register(manager)
    form = {"username": "branch", "name": "分部", "mobile": "13812345678", "password": "correct horse battery"}
    console.post(url("member-register"), form | {"enterprise_id": manager.enterprise_id})
    console.post(url("member-register-terms"), {"preset": "view"})
    linked = Relationship.objects.get()
    page = browse(linked.member).get(url("manager-list"))
    assert shows(page, "this account was created by the manager; nobody had to agree")
