"""The pages of the resource directory."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import policy
from accounts.models import Account, Folder, Invitation, OneTimeCode, Relationship
from accounts.permissions import ConsoleRole, Role
from accounts.services.directory import create_folder, open_directory
from accounts.wording import mask_middle
from tests.accounts.trees import grow, join
from tests.factories import acting, clear, make_account, make_operator, make_relationship, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")
INDEX = "/directory/"


@pytest.fixture
def root(manager):
    return open_directory(actor=acting(manager), account=manager)


@pytest.fixture
def east(manager, root):
    return create_folder(actor=acting(manager), account=manager, parent_id=root.pk, name="华东")


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


def may_invite(manager):
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}")


def may_change(manager, relationship):
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}")


@pytest.mark.rule("K13.1", "K13.4")
def test_before_it_is_opened_the_page_says_what_it_is_for_and_opens_it(browse, manager):
    console = browse(manager)
    page = console.get(INDEX)
    assert url("directory-open") in page.text
    assert url("member-list") in page.text
    assert console.post(url("directory-open"), follow=True).status_code == 200
    assert manager.folders.get().name == manager.name


@pytest.mark.rule("K2.2")
def test_an_account_that_is_not_verified_is_led_to_the_verification(browse, db):
    person = make_account(certified=Account.Certified.NO)
    console = browse(person)
    page = console.get(INDEX)
    assert url("directory-open") not in page.text
    assert url("certification") in page.text
    assert console.post(url("directory-open")).status_code == 409


@pytest.mark.rule("K12.6", "K13.1", "K13.3")
def test_the_tree_shows_folders_accounts_their_state_and_the_way_in(browse, manager, member, stranger, east):
    inside, outside = join(manager, member, east), make_relationship(manager, stranger)
    page = browse(manager).get(INDEX).text
    for text in (east.name, member.name, member.number, stranger.name):
        assert text in page
    assert url("member-enter", inside.pk) in page
    assert url("member-enter", outside.pk) not in page
    assert url("console-request", outside.pk) in page


@pytest.mark.rule("K13.4")
def test_no_money_and_no_financial_permission_stands_in_the_directory(browse, manager, member, east):
    join(manager, member, east)
    page = browse(manager).get(INDEX).text
    assert "¥" not in page
    assert "view_balance" not in page
    assert url("member-list") in page


@pytest.mark.rule("K12.4", "K12.5")
def test_enterprise_finance_offers_no_way_into_a_console(browse, manager, member, east):
    relationship = join(manager, member, east)
    console = browse(manager)
    for page in (url("member-list"), url("member-detail", relationship.pk)):
        assert url("member-enter", relationship.pk) not in console.get(page).text


def test_searching_answers_htmx_with_the_tree_alone(browse, manager, member, east):
    join(manager, member, east)
    part = browse(manager).get(INDEX, {"q": member.username}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert member.name in part.text
    assert member.name not in browse(manager).get(INDEX, {"q": "zzz"}).text


def test_one_folder_is_shown_with_the_way_up(browse, manager, root, east):
    page = browse(manager).get(INDEX, {"folder": east.pk})
    assert page.context["tree"].root.folder == east
    assert list(page.context["tree"].trail) == [root]
    assert browse(manager).get(INDEX, {"folder": "9" * 18}).status_code == 404
    for nonsense in ("9" * 5000, "٣", "x", "-1"):
        assert browse(manager).get(INDEX, {"folder": nonsense}).context["tree"].root.folder == root


def test_the_largest_directory_costs_no_more_queries_than_a_small_one(browse, manager, member, root, east):
    join(manager, member, east)
    console = browse(manager)
    console.get(INDEX)

    def price():
        with CaptureQueriesContext(connection) as queries:
            assert console.get(INDEX).status_code == 200
        return len(queries)

    small = price()
    grow(manager, root, folders=policy.FOLDERS_MAX - 2, members=1000)
    assert price() == small


@pytest.mark.rule("K13.1")
def test_a_folder_is_made_renamed_moved_and_deleted(browse, manager, root, east):
    console = browse(manager)
    console.post(url("folder-create", root.pk), {"name": " 华南 "})
    south = Folder.objects.get(name="华南")
    console.post(url("folder-rename", south.pk), {"name": "南方"})
    console.post(url("folder-move", south.pk), {"parent": east.pk})
    south.refresh_from_db()
    assert (south.name, south.parent) == ("南方", east)
    console.post(url("folder-delete", south.pk))
    assert not Folder.objects.filter(pk=south.pk).exists()


@pytest.mark.parametrize("name", ["", " ", "华东", "\u202e", "长" * 61])
def test_a_wrong_folder_name_comes_back_with_the_form(browse, manager, root, east, name):
    page = browse(manager).post(url("folder-create", root.pk), {"name": name})
    assert page.status_code == 422
    assert page.context["form"].errors["name"]


def test_the_form_for_moving_offers_no_folder_below(browse, manager, root, east):
    inner = create_folder(actor=acting(manager), account=manager, parent_id=east.pk, name="上海")
    console = browse(manager)
    offered = [pk for pk, _name in console.get(url("folder-move", east.pk)).context["form"].fields["parent"].choices]
    assert offered == [root.pk]
    assert console.post(url("folder-move", east.pk), {"parent": inner.pk}).status_code == 422


def test_a_full_folder_offers_no_button_to_delete_it(browse, manager, member, root, east):
    join(manager, member, east)
    console = browse(manager)
    assert "button-danger" not in console.get(url("folder-delete", east.pk)).text
    assert "button-danger" not in console.get(url("folder-delete", root.pk)).text
    assert console.post(url("folder-delete", east.pk)).status_code == 409


@pytest.mark.rule("K13.1")
def test_an_account_is_moved_by_a_form(browse, manager, member, root, east):
    relationship = make_relationship(manager, member)
    browse(manager).post(url("member-place", relationship.pk), {"folder": east.pk})
    relationship.refresh_from_db()
    assert relationship.folder == east


def test_an_account_is_not_moved_into_somebody_elses_folder(browse, manager, member, stranger, root):
    relationship = make_relationship(manager, member)
    theirs = open_directory(actor=acting(stranger), account=stranger)
    page = browse(manager).post(url("member-place", relationship.pk), {"folder": theirs.pk})
    assert page.status_code == 422


@pytest.mark.rule("K4.1", "K12.7")
def test_inviting_begins_with_a_code(browse, manager, root):
    answer = browse(manager).get(url("directory-invite"))
    assert answer.status_code == 302
    assert answer.url.startswith(url("code"))


@pytest.mark.rule("K12.7", "K13.3", "K4.3")
def test_an_account_is_invited_into_a_folder(browse, manager, member, east):
    may_invite(manager)
    console = browse(manager)
    form = {"identifier": member.email, "folder": east.pk, "remark": "年框"}
    assert console.post(url("directory-invite"), form).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.door, invitation.console_role, invitation.points) == ("directory", "administrator", [])
    assert (invitation.relationship.folder, invitation.relationship.remark) == (east, "年框")
    assert invitation.relationship.kind == "group"
    page = console.get(INDEX).text
    assert url("member-place", invitation.relationship_id) in page
    assert member.number not in page  # until it agrees, no more is shown of it than is needed to know it again


@pytest.mark.rule("K3.1", "K3.2", "K3.4")
@pytest.mark.parametrize("case", ["individual", "no", "taken", "self", "unknown", "unreadable"])
def test_an_unfit_target_is_refused_at_its_field(browse, manager, member, root, case):
    named = {"self": manager.username, "unknown": "nobody-here", "taken": member.username, "unreadable": "a\0b"}
    if case == "taken":
        make_relationship(make_account(), member)
    name = named.get(case) or make_account(certified=case).username
    may_invite(manager)
    console = browse(manager)
    page = console.post(url("directory-invite"), {"identifier": name, "folder": root.pk})
    assert page.status_code == 422
    assert page.context["form"].errors["identifier"]
    assert not Relationship.objects.filter(manager=manager).exists()
    told = console.post(url("directory-check"), {"identifier": name}, headers={"HX-Request": "true"})
    assert "notice-warn" in told.text


def test_a_fit_target_is_confirmed_while_the_form_is_filled_in(browse, manager, member, root):
    told = browse(manager).post(url("directory-check"), {"identifier": member.username}, headers={"HX-Request": "true"})
    assert mask_middle(member.name) in told.text
    assert member.name not in told.text


def test_looking_accounts_up_is_counted(browse, manager):
    console, limit = browse(manager), policy.TARGET_CHECKS_PER_ACCOUNT[0]
    answers = [console.post(url("directory-check"), {"identifier": "x"}).status_code for _ in range(limit + 1)]
    assert answers == [200] * limit + [429]


@pytest.mark.rule("K13.2")
def test_a_resource_account_is_made_and_can_be_entered_but_not_logged_in_to(browse, manager, east, client):
    console = browse(manager)
    console.post(url("resource-create"), {"name": "生产环境", "username": "prod-env", "folder": east.pk})
    relationship = Relationship.objects.get(member__username="prod-env")
    assert relationship.folder == east
    assert url("member-enter", relationship.pk) in console.get(INDEX).text
    assert not relationship.member.operators.exists()
    client.post(url("login"), {"identifier": "prod-env", "password": ""})
    assert "_auth_user_id" not in client.session


def test_a_taken_name_for_a_resource_account_comes_back_at_its_field(browse, manager, member, root):
    form = {"name": "重名", "username": member.username, "folder": root.pk}
    page = browse(manager).post(url("resource-create"), form)
    assert page.status_code == 422
    assert page.context["form"].errors["username"]


@pytest.mark.rule("K12.8", "K12.9")
@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(("held", "offered"), [("none", ["administrator"]), ("former", ["administrator", "none"])])
def test_access_is_asked_for_in_the_directory(browse, manager, member, held, offered):
    relationship = make_relationship(manager, member)
    Relationship.objects.filter(pk=relationship.pk).update(console_role=held)
    console = browse(manager)
    assert console.get(url("console-request", relationship.pk)).url.startswith(url("code"))
    may_change(manager, relationship)
    form = console.get(url("console-request", relationship.pk)).context["form"]
    assert [value for value, _label in form.fields["console_role"].choices] == offered
    console.post(url("console-request", relationship.pk), {"console_role": "administrator"})
    relationship.refresh_from_db()
    assert (relationship.state, relationship.console_role) == ("change_pending", held)
    assert relationship.invitations.open().get().console_role == ConsoleRole.ADMINISTRATOR


@pytest.mark.rule("K13.2")
def test_access_to_a_resource_account_is_never_given_up(browse, manager, root):
    console = browse(manager)
    console.post(url("resource-create"), {"name": "生产环境", "username": "prod-env", "folder": root.pk})
    relationship = Relationship.objects.get()
    may_change(manager, relationship)
    assert console.get(url("console-request", relationship.pk)).status_code == 409


def test_nobody_is_asked_for_a_code_for_a_relationship_that_is_not_theirs(browse, manager, member, stranger, root):
    relationship = make_relationship(manager, member)
    assert browse(stranger).get(url("console-request", relationship.pk)).status_code == 404
    assert browse(member).get(url("console-request", relationship.pk)).status_code == 404


PAGES = ["directory", "directory-invite", "resource-create"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
@pytest.mark.parametrize("name", PAGES)
def test_only_owners_open_these_pages(browse, manager, root, role, name):
    assert browse(make_operator(manager, role)).get(url(name)).status_code == 403


@pytest.mark.parametrize("name", ["folder-create", "folder-rename", "folder-move", "folder-delete"])
def test_folders_of_others_do_not_exist(browse, stranger, east, name):
    console = browse(stranger)
    assert console.get(url(name, east.pk)).status_code == 404
    assert console.post(url(name, east.pk), {"name": "改", "parent": east.pk}).status_code == 404
