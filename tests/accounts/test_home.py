"""Where a log-in leads, and what to do first."""

import pytest

from accounts.actors import Actor, Door
from accounts.models import Account, User
from accounts.permissions import Role
from accounts.services.certifications import reject_certification, submit_enterprise
from tests.factories import (
    acting,
    credit_code,
    make_account,
    make_operator,
    make_relationship,
    make_user,
    owner_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def states(page):
    return [step.state for step in page.context["steps"]]


@pytest.fixture
def fresh():
    """An account that is not verified."""
    return make_account(certified=Account.Certified.NO, username="fresh")


def test_without_an_account_the_page_says_how_to_get_one(browse):
    nobody = make_user()
    page = browse(nobody).get("/")
    assert page.status_code == 200
    assert nobody.mobile in page.text
    for url in ("/workbench/", "/first-steps/", "/account/log/"):
        assert browse(nobody).get(url)["Location"] == "/"


def test_a_new_account_begins_with_verification(browse, fresh):
    page = browse(fresh).get("/", follow=True)
    assert page.redirect_chain == [("/first-steps/", 302)]
    assert states(page) == ["now", "later", "now"]
    assert page.context["steps"][0].url == "/account/certification/"


def test_the_steps_follow_what_happens(browse, fresh):
    application = submit_enterprise(
        actor=acting(fresh), account=fresh, name="云岭科技集团有限公司", credit_code=credit_code(779)
    )
    make_operator(fresh)
    console = browse(fresh)
    assert states(console.get("/first-steps/")) == ["wait", "later", "done"]
    staff = Actor(door=Door.STAFF, user=make_user(is_staff=True, is_superuser=True))
    reject_certification(actor=staff, certification_id=application.pk, reason="名称与执照不符")
    assert states(console.get("/first-steps/")) == ["now", "later", "done"]


def test_a_verified_account_with_links_has_done_them(browse, manager, member):
    console = browse(manager)
    assert states(console.get("/first-steps/")) == ["done", "now", "now"]
    make_relationship(manager, member)
    make_operator(manager)
    page = console.get("/first-steps/")
    assert states(page) == ["done", "done", "done"]
    assert page.context["done"] == 3


def test_steps_that_a_role_cannot_take_have_no_button(browse, manager):
    page = browse(make_operator(manager)).get("/first-steps/")
    assert [bool(step.url) for step in page.context["steps"][1:]] == [False, False]


def test_colleagues_of_an_unverified_account_go_on_to_work(browse, fresh):
    assert browse(make_operator(fresh)).get("/")["Location"] == "/workbench/"


@pytest.mark.rule("S2.2")
def test_home_leads_through_the_last_door(browse, manager):
    console = browse(manager)
    assert console.get("/")["Location"] == "/workbench/"
    User.objects.filter(pk=owner_of(manager).pk).update(last_door="management")
    assert console.get("/")["Location"].startswith("/finance/")


@pytest.mark.rule("S2.3")
def test_the_workbench_opens_what_the_role_opens_and_manages_nothing(browse, manager):
    viewer = browse(make_operator(manager, Role.VIEWER))
    page = viewer.get("/workbench/")
    body = page.text.partition("<main")[2]
    assert [app.key for app in page.context["apps"]] == ["finance", "invoices", "invoice-cloud"]
    assert not page.context["nav"].sections
    for managing in ("/account/operators/", "/account/certification/", "/account/api-keys/", "/directory/"):
        assert managing not in body
    owner = browse(manager).get("/workbench/")
    assert {"finance", "directory"} <= {app.key for app in owner.context["apps"]}


@pytest.mark.rule("S2.3")
def test_the_management_pages_offer_to_manage(browse, manager):
    text = browse(manager).get("/first-steps/").text
    for managing in ("/account/operators/", "/account/certification/", "/account/api-keys/"):
        assert managing in text


def test_the_workbench_lists_every_account_of_the_person(browse, manager, member):
    owner = owner_of(manager)
    member.operators.create(user=owner, role=Role.VIEWER)
    page = browse(manager).get("/workbench/")
    assert manager.name in page.text
    assert member.name in page.text
