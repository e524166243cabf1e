"""The list of linked accounts (K1, K2, K8.1, K9, K12)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Account, Relationship
from accounts.permissions import ConsoleRole, Role
from accounts.services.invitations import refuse_invitation, withdraw_invitation
from accounts.standing import Narrow, Shown
from accounts.wording import mask_middle, mask_number, time_left
from tests.accounts.linking import ask_change, dissolve, enter, queries, shows, url
from tests.factories import acting, make_account, make_invitation, make_operator, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
LONG_AGO = timedelta(hours=49)


@pytest.fixture
def console(browse, manager):
    return browse(manager)


def listed(response):
    return {row.relationship.member.username: row.relationship for row in response.context["rows"]}


def named(username):
    return make_account(username=username, name=f"{username}有限公司")


@pytest.fixture
def everyone(manager):
    """An account for each end that a relationship can come to."""
    at = timezone.now() - LONG_AGO
    make_invitation(manager, named("waiting"))
    make_invitation(manager, named("overdue"), at=at)
    refused = make_invitation(manager, named("refused"), kind="partner")
    refuse_invitation(actor=acting(refused.relationship.member), invitation_id=refused.pk)
    withdrawn = make_invitation(manager, named("withdrawn"))
    withdraw_invitation(actor=acting(manager), invitation_id=withdrawn.pk)
    make_relationship(manager, named("linked"))
    ask_change(make_relationship(manager, named("changing"), kind="partner"))
    ask_change(make_relationship(manager, named("unchanged"), kind="partner", at=at), at=at)
    dissolve(make_relationship(manager, named("dissolved")))


@pytest.mark.rule("K12.2")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/account-group/", "/finance/"),
        ("/account-group/members/?kind=group&q=a%20b", "/finance/members/?kind=group&q=a%20b"),
        ("/account-group/members/7/", "/finance/members/7/"),
        ("/account-group/%E6%88%90%E5%91%98/%25/", "/finance/%E6%88%90%E5%91%98/%25/"),
        ("/account-group//evil.example/", "/finance//evil.example/"),
    ],
)
def test_old_addresses_of_the_account_group_lead_on_for_good(client, old, new):
    answer = client.get(old)
    assert (answer.status_code, answer.headers["Location"]) == (301, new)


@pytest.mark.rule("K2.1", "K12.3")
def test_enterprise_finance_opens_with_its_overview_and_the_linked_accounts_stand_in_the_navigation(console):
    answer = console.get("/finance/", follow=True)
    assert answer.redirect_chain == [(reverse("finance:overview"), 302)]
    assert url("member-list") in answer.content.decode()
    assert shows(answer, "Enterprise Finance")


@pytest.mark.rule("K12.1", "K12.6")
def test_where_the_account_group_went_is_said_with_the_way_there(browse, console, manager):
    page = console.get(url("member-list"))
    assert "2021-04-22" in page.text
    assert url("directory") in page.text.split("2021-04-22")[1]
    assert url("directory") not in browse(make_operator(manager, Role.VIEWER)).get(url("member-list")).text


@pytest.mark.rule("K2.2", "K2.3")
def test_the_two_actions_are_offered_to_a_verified_enterprise(console):
    page = console.get(url("member-list"))
    assert url("invitation-start") in page.text
    assert url("member-register") in page.text


@pytest.mark.rule("K2.2", "K2.3")
@pytest.mark.parametrize("certified", [Account.Certified.NO, Account.Certified.INDIVIDUAL])
def test_an_account_that_is_no_verified_enterprise_is_told_what_is_missing(browse, certified):
    console = browse(make_account(certified=certified))
    page = console.get(url("member-list"))
    assert url("invitation-start") not in page.text
    assert url("member-register") not in page.text
    assert url("certification") in page.text
    for name in ("invitation-start", "member-register", "invitation-terms", "member-register-terms"):
        refused = console.get(url(name))
        assert refused.status_code == 409
        assert "K2.2" in refused.text


@pytest.mark.rule("K2.3")
def test_a_viewer_looks_and_is_offered_nothing_else(browse, manager, member):
    linked = make_relationship(manager, member)
    console = browse(make_operator(manager, Role.VIEWER))
    page = console.get(url("member-list"))
    assert url("member-detail", linked.pk) in page.text
    for name in ("invitation-start", "member-register"):
        assert url(name) not in page.text
        assert console.get(url(name)).status_code == 403
    for name in ("member-permissions", "member-dissolve", "member-remark"):
        assert url(name, linked.pk) not in page.text
        assert console.get(url(name, linked.pk)).status_code == 403


@pytest.mark.rule("K1.1", "K8.1")
def test_every_account_sees_its_own_list_from_its_own_side(browse, manager, member, stranger):
    linked = make_relationship(manager, member)
    way_out = url("member-dissolve", linked.pk)
    assert way_out in browse(manager).get(url("member-list")).text
    theirs = browse(member).get(url("member-list"), {"side": "theirs"})
    assert manager.name in theirs.text
    assert way_out not in theirs.text
    assert not browse(member).get(url("member-list")).context["rows"]
    for side in ("", "theirs"):
        assert not browse(stranger).get(url("member-list"), {"side": side}).context["rows"]


@pytest.mark.rule("K9.1", "K9.3", "K9.4", "K9.5", "K4.11")
def test_three_states_with_their_sub_states_and_the_time_left(console, everyone):
    page = console.get(url("member-list"))
    standing = {name: row.standing for name, row in listed(page).items()}
    assert {name: one.shown for name, one in standing.items()} == {
        "waiting": Shown.CONFIRMING,
        "overdue": Shown.NOT_ESTABLISHED,
        "refused": Shown.NOT_ESTABLISHED,
        "withdrawn": Shown.NOT_ESTABLISHED,
        "linked": Shown.ESTABLISHED,
        "changing": Shown.ESTABLISHED,
        "unchanged": Shown.ESTABLISHED,
        "dissolved": Shown.NOT_ESTABLISHED,
    }
    for one in standing.values():
        assert shows(page, one.shown.label)
        assert shows(page, one.detail)
    with translation.override("zh-hans"):
        assert time_left(standing["waiting"].waiting.expires_at) in page.text


@pytest.mark.rule("K9.1", "K9.5", "K4.11")
@pytest.mark.parametrize(
    ("state", "names"),
    [
        (Narrow.CONFIRMING, {"waiting"}),
        (Narrow.ESTABLISHED, {"linked", "changing", "unchanged"}),
        (Narrow.CHANGE, {"changing"}),
        (Narrow.NOT_ESTABLISHED, {"overdue", "refused", "withdrawn", "dissolved"}),
        (Narrow.REFUSED, {"overdue", "refused"}),
        (Narrow.WITHDRAWN, {"withdrawn"}),
        (Narrow.DISSOLVED, {"dissolved"}),
    ],
)
def test_narrowing_judges_as_the_page_does(console, everyone, state, names):
    assert listed(console.get(url("member-list"), {"state": state})).keys() == names


def test_narrowing_by_kind_and_words(console, manager, everyone):
    Relationship.objects.filter(member__username="waiting").update(remark="外贸")
    assert listed(console.get(url("member-list"), {"kind": "partner"})).keys() == {"refused", "changing", "unchanged"}
    for words in ("外贸", "waiting"):
        assert listed(console.get(url("member-list"), {"q": words})).keys() == {"waiting"}
    assert listed(console.get(url("member-list"), {"q": "linked有限"})).keys() == {"linked"}
    assert listed(console.get(url("member-list"), {"q": "ink"})).keys() == {"linked"}
    assert not listed(console.get(url("member-list"), {"q": "nobody"}))
    nonsense = {"kind": "x", "state": "x", "side": "x", "after": "x", "q": "\x00"}
    assert len(listed(console.get(url("member-list"), nonsense))) == 8


def test_who_has_not_agreed_is_masked_and_not_found_by_parts_of_the_name(console, manager):
    waiting = make_invitation(manager, make_account(username="quiet-one", name="静水深流有限公司"))
    page = console.get(url("member-list"))
    member = waiting.relationship.member
    assert member.enterprise is not None
    for text in (member.name, member.enterprise.name, member.number, member.username):
        assert text not in page.text
    for text in (mask_middle(member.name), mask_middle(member.enterprise.name), mask_number(member.number)):
        assert text in page.text
    for words in ("静水", "quiet", member.enterprise.name, member.number):
        assert not listed(console.get(url("member-list"), {"q": words}))
    for name in ("member-detail", "member-remark"):
        assert member.name not in console.get(url(name, waiting.relationship_id)).text
    assert member.name not in console.get(url("invitation-sent", waiting.pk)).text


def test_the_figures_count_what_stands_now(console, everyone):
    counts = console.get(url("member-list")).context["counts"]
    assert counts == {"group": 1, "partner": 2, "confirming": 1, "change": 1}


@pytest.mark.rule("K7.2", "K8.1", "K9.2")
def test_the_operations_offer_what_the_state_allows(console, everyone):
    rows = {row.relationship.member.username: row for row in console.get(url("member-list")).context["rows"]}
    for name, row in rows.items():
        offered = {item.url for item in row.acts}
        live = name in {"linked", "changing", "unchanged"}
        assert (url("member-permissions", row.relationship.pk) in offered) is live
        assert (url("member-dissolve", row.relationship.pk) in offered) is live
        assert url("member-detail", row.relationship.pk) in offered


@pytest.mark.rule("K12.4", "K12.5", "K12.7", "K12.8")
def test_enterprise_finance_has_no_way_into_a_members_console(console, manager, member):
    linked = make_relationship(manager, member)
    Relationship.objects.filter(pk=linked.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    for address in (url("member-list"), url("member-detail", linked.pk)):
        assert url("member-enter", linked.pk) not in console.get(address).text
        assert url("console-request", linked.pk) not in console.get(address).text


@pytest.mark.rule("K12.4")
def test_from_inside_a_members_console_the_finance_pages_refuse(browse, manager, member, stranger):
    console = browse(manager)
    through = enter(console, manager, member)
    linked = make_relationship(member, stranger)
    names = ["member-list", "invitation-start", "member-register", "manager-list", "manager-log", "invitation-received"]
    for address in [*map(url, names), url("member-detail", linked.pk), url("member-dissolve", through.pk)]:
        refused = console.get(address)
        assert refused.status_code == 403
        assert "K13.4" in refused.text


@pytest.mark.parametrize("side", ["", "theirs"])
def test_as_many_queries_for_many_rows_as_for_one(browse, manager, member, side):
    console = browse(manager)
    address = url("member-list") + f"?side={side}"

    def grow(count):
        for _number in range(count):
            pair = (make_account(), manager) if side else (manager, make_account())
            make_invitation(*pair, kind="partner")

    grow(1)
    few = queries(console, address)
    grow(4)
    assert queries(console, address) == few


def test_a_part_for_htmx_is_only_the_rows(console, manager, member):
    make_relationship(manager, member)
    part = console.get(url("member-list"), headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert member.name in part.text
