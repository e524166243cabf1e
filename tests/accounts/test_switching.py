"""Switching the account, entering a member's console and leaving it."""

import pytest
from django.urls import reverse

from accounts.models import Event, Operator, Relationship, User
from accounts.permissions import ConsoleRole, Role
from tests.factories import make_account, make_operator, make_relationship, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")
SWITCH = "/switch/"
ACTING = 'class="acting'


@pytest.fixture
def second(manager):
    account = make_account(name="第二账号", owner=False)
    Operator.objects.create(account=account, user=owner_of(manager), role=Role.VIEWER)
    return account


@pytest.fixture
def link(manager, member):
    relationship = make_relationship(manager, member)
    Relationship.objects.filter(pk=relationship.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    return relationship


def enter(console, link):
    return console.post(reverse("accounts:member-enter", args=[link.pk]))


@pytest.mark.rule("K12.6")
def test_switching_leads_into_another_account_of_this_person(browse, manager, second):
    console = browse(manager)
    console.post(SWITCH, {"account": second.pk})
    assert console.get("/workbench/").context["request"].account == second


@pytest.mark.rule("K12.6")
@pytest.mark.parametrize("wanted", ["stranger", "", "abc", "９", "-1", "9" * 5000])
def test_nobody_switches_into_what_they_do_not_operate(browse, manager, stranger, wanted):
    console = browse(manager)
    pk = stranger.pk if wanted == "stranger" else wanted
    assert console.post(SWITCH, {"account": pk}).status_code == 404
    assert console.get("/workbench/").context["request"].account == manager


def test_switching_leads_only_within_this_site(browse, manager, second):
    console = browse(manager)
    assert console.post(SWITCH, {"account": second.pk, "next": "/messages/"}).url == "/messages/"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "messages", "?a=1"):
        assert console.post(SWITCH, {"account": second.pk, "next": elsewhere}).url == "/"


def test_switching_is_a_post(browse, manager):
    assert browse(manager).get(SWITCH).status_code == 405


@pytest.mark.parametrize("door", User.Door.values)
def test_home_is_open_in_a_members_console_whatever_the_door(browse, manager, member, link, door):
    User.objects.filter(operates__account=manager).update(last_door=door)
    console = browse(manager)
    enter(console, link)
    page = console.get("/", follow=True)
    assert page.status_code == 200
    assert page.context["request"].account == member


@pytest.mark.rule("K12.6", "K13.3")
def test_entering_opens_the_members_console_under_a_banner(browse, manager, member, link):
    console = browse(manager)
    page = console.get(enter(console, link).url, follow=True)
    assert page.status_code == 200
    assert page.context["request"].account == member
    assert ACTING in page.text
    assert Event.objects.filter(kind="member.entered", counterpart=member).exists()


@pytest.mark.rule("K13.3")
def test_without_access_one_stays_outside(browse, manager, member):
    link = make_relationship(manager, member)
    console = browse(manager)
    assert enter(console, link).status_code == 409
    assert console.get("/workbench/").context["request"].account == manager


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_only_owners_enter(browse, manager, link, role):
    console = browse(make_operator(manager, role))
    assert enter(console, link).status_code == 403


def test_nobody_enters_by_a_relationship_of_others(browse, stranger, link):
    assert enter(browse(stranger), link).status_code == 404


@pytest.mark.rule("K12.4", "K13.4")
@pytest.mark.parametrize(
    "name", ["accounts:member-list", "accounts:directory", "accounts:api-key-list", "accounts:api-key-create"]
)
def test_finance_and_links_stay_closed_in_a_members_console(browse, manager, link, name):
    console = browse(manager)
    enter(console, link)
    page = console.get(reverse(name))
    assert page.status_code == 403
    assert "K13.4" in page.text


@pytest.mark.rule("K13.3")
def test_within_the_members_console_its_own_pages_open(browse, manager, member, link):
    console = browse(manager)
    enter(console, link)
    for name in ("accounts:operator-list", "accounts:operator-add", "accounts:event-list", "accounts:certification"):
        page = console.get(reverse(name))
        assert page.status_code == 200
        assert page.context["request"].account == member


@pytest.mark.rule("K13.4")
def test_in_the_members_console_only_viewers_can_be_added_and_removed(browse, manager, member, link):
    viewer, finance = make_operator(member, Role.VIEWER), make_operator(member, Role.FINANCE)
    console = browse(manager)
    enter(console, link)
    page = console.get(reverse("accounts:operator-list")).text
    pks = {person: Operator.objects.get(account=member, user=person).pk for person in (viewer, finance)}
    assert reverse("accounts:operator-remove", args=[pks[viewer]]) in page
    assert reverse("accounts:operator-remove", args=[pks[finance]]) not in page
    form = console.get(reverse("accounts:operator-add")).context["form"]
    assert [value for value, _label in form.fields["role"].choices] == [Role.VIEWER]
    refused = console.post(reverse("accounts:operator-remove", args=[pks[finance]]))
    assert refused.status_code == 403
    assert "K13.4" in refused.text


def test_leaving_leads_back_into_ones_own_account(browse, manager, link):
    console = browse(manager)
    enter(console, link)
    page = console.get(console.post(reverse("accounts:member-leave")).url)
    assert page.context["request"].account == manager
    assert ACTING not in page.text
    assert console.post(reverse("accounts:member-leave")).url == "/"


def test_switching_leaves_the_members_console_as_well(browse, manager, second, link):
    console = browse(manager)
    enter(console, link)
    console.post(SWITCH, {"account": second.pk})
    page = console.get("/workbench/")
    assert page.context["request"].account == second
    assert ACTING not in page.text


@pytest.mark.rule("K8.4", "K13.3")
def test_access_ends_in_the_moment_in_which_the_relationship_ends(browse, manager, member, link):
    console = browse(manager)
    enter(console, link)
    Relationship.objects.filter(pk=link.pk).update(state="dissolved", end="dissolved")
    assert console.get("/workbench/").context["request"].account == manager


@pytest.mark.rule("K12.6")
def test_the_bar_offers_every_account_of_the_person(browse, manager, second):
    page = browse(manager).get("/messages/").text
    assert f'action="{SWITCH}"' in page
    assert second.name in page
