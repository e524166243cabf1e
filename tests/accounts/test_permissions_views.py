"""Changing what a link grants, as a page (K7, K9.4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, Relationship
from accounts.permissions import P1, P2, ConsoleRole, Point, Role
from accounts.services.directory import create_resource_account, open_directory
from tests.accounts.linking import ask_change, dissolve, may_change, path_of, shows, url
from tests.factories import acting, make_invitation, make_operator, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P1)


def edit(linked):
    return url("member-permissions", linked.pk)


@pytest.mark.rule("K7.3")
def test_a_change_asks_for_a_code_first(console, linked):
    assert console.get(edit(linked)).headers["Location"].startswith(url("code"))
    assert console.post(edit(linked), {"preset": "operate"}).headers["Location"].startswith(url("code"))
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K7.1", "K7.2", "K7.3", "K9.4")
def test_a_change_is_asked_and_the_old_rights_stay_until_it_is_answered(console, linked, browse, member):
    may_change(linked)
    page = console.get(edit(linked))
    assert page.context["form"]["preset"].value() == "view"
    assert "kind" not in page.context["form"].fields
    answer = console.post(edit(linked), {"preset": "operate", "kind": "partner"})
    waiting = linked.invitations.open().get()
    assert answer.headers["Location"] == url("invitation-sent", waiting.pk)
    sent = console.get(answer.headers["Location"])
    assert len(sent.context["change"].added) == 3
    now = Relationship.objects.get()
    assert (now.state, now.kind) == ("change_pending", "group")
    assert set(now.points) == P1
    assert browse(member).get(path_of(waiting)).context["question"].is_change


@pytest.mark.rule("K7.2")
def test_the_page_is_reached_from_the_list_and_from_the_member(console, linked):
    for name, args in (("member-list", ()), ("member-detail", (linked.pk,))):
        assert edit(linked) in console.get(url(name, *args)).text


@pytest.mark.rule("K7.1")
def test_old_against_new_is_shown_before_anything_is_asked(console, linked):
    address = url("member-permissions-preview", linked.pk)
    added = console.post(address, {"preset": "operate"}, headers=HTMX).context["change"]
    assert (len(added.added), len(added.removed), len(added.kept)) == (3, 0, 5)
    fewer = console.post(address, {"preset": "single", "points": [Point.VIEW_BILLS]})
    assert fewer.status_code == 200
    assert (len(fewer.context["change"].added), len(fewer.context["change"].removed)) == (0, 4)
    assert not console.post(address, {"preset": "view"}).context["change"]
    assert not Invitation.objects.open().exists()


@pytest.mark.rule("K7.1")
@pytest.mark.parametrize("typed", [{"preset": "view"}, {}, {"preset": "single"}, {"preset": "x"}])
def test_nothing_new_or_nothing_at_all_is_refused_on_the_page(console, linked, typed):
    may_change(linked)
    assert console.post(edit(linked), typed).status_code == 422
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K9.4")
def test_while_a_change_waits_there_is_no_second_one(console, linked):
    waiting = ask_change(linked)
    for answer in (console.get(edit(linked)), console.post(edit(linked), {"preset": "view"})):
        assert answer.headers["Location"] == url("invitation-sent", waiting.pk)
    assert linked.invitations.filter(purpose="change").count() == 1
    console.post(url("invitation-withdraw", waiting.pk))
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K9.4")
def test_an_overdue_change_makes_room_for_another(console, linked):
    ask_change(linked, at=timezone.now() - timedelta(hours=49))
    may_change(linked)
    assert console.get(edit(linked)).status_code == 200
    assert console.post(edit(linked), {"preset": "operate"}).status_code == 302


@pytest.mark.rule("K12.8")
def test_console_access_stays_as_it_is(console, linked):
    Relationship.objects.filter(pk=linked.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    may_change(linked)
    console.post(edit(linked), {"preset": "operate", "console_role": "none"})
    assert linked.invitations.open().get().console_role == ConsoleRole.ADMINISTRATOR


def test_a_resource_account_has_nobody_to_ask(console, manager):
    root = open_directory(actor=acting(manager), account=manager)
    box = create_resource_account(
        actor=acting(manager), account=manager, folder_id=root.pk, username="box", name="容器"
    )
    may_change(box)
    assert console.post(edit(box), {"preset": "view"}).headers["Location"] == url("member-detail", box.pk)
    assert set(Relationship.objects.get().points) == P1


@pytest.mark.rule("K7.1", "K9.2")
def test_only_what_is_in_force_can_be_changed(console, manager, member, stranger):
    ended = dissolve(make_relationship(manager, member))
    waiting = make_invitation(manager, stranger).relationship
    for relationship in (ended, waiting):
        refused = console.get(edit(relationship))
        assert refused.status_code == 409
        assert "K9.2" in refused.text


@pytest.mark.rule("K8.2")
def test_neither_the_member_nor_a_viewer_changes_anything(browse, manager, member, linked):
    assert browse(member).get(edit(linked)).status_code == 404
    assert browse(make_operator(manager, Role.VIEWER)).get(edit(linked)).status_code == 403


@pytest.mark.rule("K1.3")
def test_inheriting_can_be_asked_for_and_given_up(console, manager, member):
    member.enterprise = manager.enterprise
    member.save(update_fields=["enterprise"])
    linked = make_relationship(manager, member, points=P2, inherits=["discount"])
    may_change(linked)
    page = console.get(edit(linked))
    assert page.context["form"]["inherits"].value() == ["discount"]
    console.post(edit(linked), {"preset": "operate"})
    waiting = linked.invitations.open().get()
    assert waiting.inherits == []
    assert shows(console.get(url("invitation-sent", waiting.pk)), "Taken away")
