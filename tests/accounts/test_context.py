"""The frame: which consoles and links a person sees, and what it costs."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import navigation
from accounts.actors import Actor, Door
from accounts.context import console
from accounts.models import Operator, Relationship
from accounts.permissions import CONSOLE_RIGHTS, RIGHTS, ConsoleRole, Role
from tests.factories import make_account, make_invitation, make_operator, make_relationship, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def look(path, account=None, user=None, through=None):
    request: Any = RequestFactory().get(path)
    request.user = user or owner_of(account)
    request.account = account
    request.session = {}
    request.actor = Actor(door=Door.CONSOLE, user=request.user, account=account, through=through)
    return console(request)


@pytest.mark.rule("K12.3")
def test_an_owner_sees_finance_and_directory(manager):
    nav = look("/finance/members/", manager)["nav"]
    assert [product.key for product in nav.products] == [
        "finance",
        "directory",
        "account",
        "invoices",
        "invoice-cloud",
        "manage",
    ]
    assert nav.product.key == "finance"
    assert look("/directory/", manager)["nav"].product.key == "directory"
    assert look("/account/log/", manager)["nav"].product.key == "account"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_others_are_offered_only_what_opens_to_them(manager, role):
    nav = look("/finance/members/", manager, make_operator(manager, role))["nav"]
    assert [product.key for product in nav.products] == [
        "finance",
        "account",
        "invoices",
        "invoice-cloud",
        "manage",
    ]


@pytest.mark.rule("K12.4", "K13.4")
def test_in_a_members_console_neither_finance_nor_directory_is_offered(manager, member):
    relationship = make_relationship(manager, member)
    Relationship.objects.filter(pk=relationship.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    nav = look("/workbench/", member, owner_of(manager), relationship)["nav"]
    assert [product.key for product in nav.products] == ["account", "manage"]
    assert member.name in nav.acting.sentence
    assert nav.acting.leave_url
    assert not any(choice.current for choice in nav.accounts)


@pytest.mark.rule("K12.6")
def test_the_accounts_to_switch_to_come_with_the_role(manager):
    person = owner_of(manager)
    second = make_account(owner=False)
    Operator.objects.create(account=second, user=person, role=Role.VIEWER)
    nav = look("/", manager)["nav"]
    assert [(choice.pk, choice.current) for choice in nav.accounts] == [(manager.pk, True), (second.pk, False)]
    assert [choice.role for choice in nav.accounts] == [Role.OWNER.label, Role.VIEWER.label]
    assert nav.switch_url


def test_the_most_special_link_is_the_current_one(manager):
    nav = look("/finance/managers/", manager)["nav"]
    current = [item.url for section in nav.sections for item in section.items if item.current]
    assert current == ["/finance/managers/"]


def test_a_person_without_an_account_still_has_a_frame(db):
    person = make_operator(make_account())
    Operator.objects.filter(user=person).delete()
    nav = look("/", None, person)["nav"]
    assert ([product.key for product in nav.products], nav.account_name, nav.accounts) == (["manage"], "", [])
    assert nav.logout_url


def test_the_contact_under_the_name_is_masked(manager):
    person = owner_of(manager)
    assert person.mobile not in look("/", manager)["nav"].user_note


def test_strangers_and_parts_cost_nothing(manager):
    with CaptureQueriesContext(connection) as queries:
        assert look("/", None, AnonymousUser()) == {"nav": None, "reminder": None}
    assert not queries
    owner = owner_of(manager)
    with CaptureQueriesContext(connection) as queries:
        look("/finance/members/", manager, owner)
    assert not queries


def test_a_page_costs_four_queries_however_many_accounts(manager):
    person = owner_of(manager)
    for _ in range(8):
        make_account(owner=person)
    with CaptureQueriesContext(connection) as queries:
        frame = look("/finance/members/", manager, person)
        assert len(frame["nav"].accounts) == 9
        assert not frame["reminder"]
    assert len(queries) <= 4


def test_what_waits_for_an_answer_is_counted_beside_its_link(manager, member):
    make_invitation(manager, member)
    items = [item for section in look("/finance/members/", member)["nav"].sections for item in section.items]
    assert {item.url: item.count for item in items if item.count} == {reverse("accounts:invitation-received"): 1}


def test_every_link_of_the_frame_leads_to_a_page(manager, browse):
    client = browse(manager)
    for path in ("/finance/members/", "/directory/", "/account/log/"):
        nav = look(path, manager)["nav"]
        links = [item.url for section in nav.sections for item in section.items]
        for url in [*links, *(item.url for item in nav.user_menu), nav.messages_url, nav.home_url]:
            assert client.get(url, follow=True).status_code == 200, url


def test_higher_apps_add_their_console_once():
    offer = navigation.Offer(key="tested", label="发票", url_name="accounts:home", icon="receipt", prefix="/tested/")
    section = navigation.Section("", [navigation.Link("首页", "accounts:home", "house")])
    try:
        for _ in range(2):
            navigation.add_product(offer)
            navigation.add_section("tested", section)
        rights = RIGHTS[Role.OWNER]
        assert [product.key for product in navigation.products_for("/tested/x/", rights)].count("tested") == 1
        assert len(navigation.sections_for("/tested/x/", rights, None)) == 1
        assert navigation.sections_for("/tested/x/", CONSOLE_RIGHTS, None)
    finally:
        navigation._offers.pop("tested")
