"""The short link and what it leads to: every visitor, every state, both answers (K4.6–K4.11, Q-1, Q-18)."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts import policy
from accounts.models import Account, Event, Invitation, Relationship, ShortLink
from accounts.permissions import P1, P2, Point, Role
from accounts.services.invitations import accept_invitation, refuse_invitation, withdraw_invitation
from accounts.visitors import Step
from accounts.wording import mask_middle, time_left
from tests.accounts.linking import ask_change, dissolve, enter, path_of, shows, url
from tests.factories import acting, make_account, make_invitation, make_operator, make_relationship, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
AGREED = {"agree": "on"}


@pytest.fixture
def invitation(manager, member):
    return make_invitation(manager, member)


@pytest.fixture
def path(invitation):
    return path_of(invitation)


def step(response):
    return response.context["question"].step


@pytest.mark.rule("K4.6", "K4.8")
def test_whoever_holds_the_link_reads_who_asks_for_what_until_when(client, manager, member, invitation, path):
    page = client.get(path)
    assert page.status_code == 200
    assert manager.enterprise.name in page.text
    assert all(shows(page, point.label) for point in P1)
    assert time_left(invitation.expires_at) in page.text or shows(page, time_left(invitation.expires_at))
    assert member.name not in page.text
    assert mask_middle(member.name) in page.text
    assert step(page) == Step.LOG_IN
    for name in ("login", "register"):
        assert f"{url(name)}?next={quote(path, safe='')}" in page.text
    assert "link-accept" not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_opening_is_noted_once_for_each_browser_and_changes_nothing(client, invitation, path):
    client.head(path)
    assert ShortLink.objects.get().opens == 0
    client.get(path)
    first = Invitation.objects.get().opened_at
    client.get(path)
    assert ShortLink.objects.get().opens == 1
    Client().get(path)
    assert ShortLink.objects.get().opens == 2
    assert Invitation.objects.get().opened_at == first
    assert Relationship.objects.get().state == "pending"


def test_links_are_opened_within_a_limit(client, path):
    for _number in range(policy.LINK_OPENS_PER_ADDRESS[0]):
        assert client.get("/s/guess/").status_code == 404
    assert client.get(path).status_code == 429


@pytest.mark.parametrize("token", ["abc", "0" * 22, "x" * 300, "%00", "..%5c", "%E2%80%AE", "a'--", "链接"])
def test_a_link_that_means_nothing_gets_a_page_that_helps(client, browse, member, token):
    page = client.get(f"/s/{token}/")
    assert page.status_code == 404
    assert url("login") in page.text
    assert url("invitation-received") in browse(member).get(f"/s/{token}/").text
    for verb in ("accept", "refuse", "ask"):
        assert client.post(f"/s/{token}/{verb}/").status_code == 404
    assert client.get(f"/s/{token}/accept/").status_code == 405


@pytest.mark.rule("K4.7", "K4.9", "K4.10")
def test_the_owner_accepts_and_reads_at_once_what_others_see(browse, manager, member, invitation, path):
    console = browse(member)
    assert step(console.get(path)) == Step.ANSWER
    answer = console.post(f"{path}accept/", AGREED)
    assert answer.headers["Location"] == url("manager-list")
    linked = Relationship.objects.get()
    assert linked.state == "established"
    assert all(linked.grants(point) for point in P1)
    assert manager.enterprise.name in console.get(url("manager-list")).text
    again = console.post(f"{path}accept/", AGREED)
    assert again.status_code == 409
    assert again.context["question"].state == Invitation.State.ACCEPTED
    assert Event.objects.filter(kind="invitation.accepted").count() == 1


@pytest.mark.rule("K4.10")
def test_without_the_consent_line_nothing_is_accepted(browse, member, path):
    refused = browse(member).post(f"{path}accept/", {})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"agree"}
    assert Relationship.objects.get().state == "pending"


@pytest.mark.rule("K4.10", "K8.2")
def test_the_owner_refuses(browse, member, path):
    console = browse(member)
    assert console.post(f"{path}refuse/").headers["Location"] == path
    assert (Relationship.objects.get().state, Relationship.objects.get().end) == ("rejected", "refused")
    ended = console.get(path)
    assert ended.context["question"].state == Invitation.State.REFUSED
    assert f"{path}ask/" in ended.text
    assert console.post(f"{path}refuse/").status_code == 409


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_an_anonymous_answer_leads_to_the_log_in_and_back_to_the_question(client, path, verb):
    assert client.post(f"{path}{verb}/", AGREED).headers["Location"] == f"{url('login')}?next={path}"
    assert Relationship.objects.get().state == "pending"


def test_who_stands_in_another_account_switches_with_one_click(browse, member, stranger, path):
    person = owner_of(member)
    stranger.operators.create(user=person, role=Role.OWNER)
    console = browse(person)
    session = console.session
    session["account"] = stranger.pk
    session.save()
    page = console.get(path)
    assert step(page) == Step.SWITCH
    assert member.name in page.text
    assert console.post(f"{path}accept/", AGREED).status_code == 409
    switched = console.post(url("account-switch"), {"account": member.pk, "next": path}, follow=True)
    assert step(switched) == Step.ANSWER


def test_who_may_not_answer_reads_who_can(browse, member, path):
    console = browse(make_operator(member, Role.FINANCE))
    page = console.get(path)
    assert step(page) == Step.ASK_OWNER
    assert str(owner_of(member)) in page.text
    for verb in ("accept", "refuse"):
        assert console.post(f"{path}{verb}/", AGREED).status_code == 409
    assert Relationship.objects.get().state == "pending"


@pytest.mark.parametrize("who", ["manager", "stranger"])
def test_somebody_else_reads_neither_the_members_name_nor_its_owners(browse, request, member, path, who):
    console = browse(request.getfixturevalue(who))
    page = console.get(path)
    assert step(page) == Step.OTHER_LOGIN
    assert member.name not in page.text
    assert str(owner_of(member)) not in page.text
    assert url("logout") in page.text
    for verb in ("accept", "refuse"):
        assert console.post(f"{path}{verb}/", AGREED).status_code == 409


@pytest.mark.rule("K12.4")
def test_nobody_answers_from_inside_a_members_console(browse, manager, member, stranger):
    console = browse(manager)
    enter(console, manager, member)
    path = path_of(make_invitation(stranger, member, kind="partner"))
    assert step(console.get(path)) == Step.OTHER_LOGIN
    assert console.post(f"{path}accept/", AGREED).status_code == 409


@pytest.mark.rule("K4.8", "K4.9", "K4.11")
def test_after_48_hours_it_says_so_and_offers_to_ask_again(client, browse, manager, member):
    path = path_of(make_invitation(manager, member, at=timezone.now() - timedelta(hours=48)))
    page = client.get(path)
    assert page.context["question"].state == Invitation.State.EXPIRED
    assert shows(page, "This invitation has expired")
    assert browse(member).post(f"{path}accept/", AGREED).status_code == 409
    assert client.post(f"{path}ask/").headers["Location"] == path
    assert client.post(f"{path}ask/").status_code == 302
    assert Event.objects.filter(kind="invitation.asked_again").count() == 1


@pytest.mark.rule("K4.9")
def test_each_end_says_why_and_offers_what_fits(browse, manager, member, stranger):
    withdrawn = make_invitation(manager, member)
    withdraw_invitation(actor=acting(manager), invitation_id=withdrawn.pk)
    accepted = make_invitation(manager, member)
    accept_invitation(actor=acting(member), invitation_id=accepted.pk)
    void = ask_change(accepted.relationship)
    dissolve(accepted.relationship)
    console = browse(member)
    for invitation, asks in ((withdrawn, True), (accepted, False), (void, False)):
        path = path_of(Invitation.objects.get(pk=invitation.pk))
        page = console.get(path)
        assert (f"{path}ask/" in page.text) is asks
        assert not page.context["question"].is_open
        assert url("manager-list") in page.text


@pytest.mark.rule("K4.9")
def test_a_link_that_a_newer_letter_replaced_leads_to_the_console(browse, client, member, invitation, path):
    path_of(invitation)
    page = client.get(path)
    assert page.context["replaced"]
    console = browse(member)
    assert url("received-question", invitation.pk) in console.get(path).text
    for verb in ("accept", "refuse"):
        assert console.post(f"{path}{verb}/", AGREED).status_code == 409
    assert Relationship.objects.get().state == "pending"


@pytest.mark.rule("K3.4", "K6.2")
def test_a_group_place_taken_meanwhile_is_said_and_a_partner_invitation_asked_for(browse, member, stranger, path):
    make_relationship(stranger, member)
    console = browse(member)
    page = console.get(path)
    assert page.context["question"].group_taken
    assert f"{path}accept/" not in page.text
    assert console.post(f"{path}accept/", AGREED).status_code == 409
    assert console.post(f"{path}ask/").status_code == 302
    assert Event.objects.get(kind="invitation.asked_again").facts["wanted"] == "partner"
    assert console.post(f"{path}refuse/").status_code == 302


def test_an_open_invitation_need_not_be_asked_for_again(client, path):
    assert client.post(f"{path}ask/").status_code == 409


@pytest.mark.rule("K1.3")
@pytest.mark.parametrize("ticked", [[], ["discount"], ["discount", "credit"]])
def test_only_what_the_member_ticks_is_inherited(browse, manager, member, ticked):
    Account.objects.filter(pk=member.pk).update(enterprise=manager.enterprise)
    path = path_of(make_invitation(manager, member, inherits=["discount", "credit"]))
    console = browse(member)
    form = console.get(path).context["form"]
    assert [field for field in form.fields if field.startswith("inherit_")] == ["inherit_discount", "inherit_credit"]
    assert not any(form[field].value() for field in form.fields)
    console.post(f"{path}accept/", AGREED | {f"inherit_{item}": "on" for item in ticked})
    assert Relationship.objects.get().inherits == ticked


@pytest.mark.rule("K1.3")
def test_a_tick_that_was_not_asked_for_gives_nothing(browse, member, path):
    browse(member).post(f"{path}accept/", AGREED | {"inherit_discount": "on", "points": Point.REPAY_STATEMENT})
    linked = Relationship.objects.get()
    assert linked.inherits == []
    assert set(linked.points) == P1


@pytest.mark.rule("K7.3", "K9.4")
@pytest.mark.parametrize(("verb", "points"), [("accept", P2), ("refuse", P1)])
def test_a_change_is_answered_by_its_link_like_an_invitation(browse, manager, member, verb, points):
    linked = make_relationship(manager, member, points=P1)
    path = path_of(ask_change(linked))
    console = browse(member)
    page = console.get(path)
    assert [str(label) for label in page.context["question"].change.added] == [
        str(p.label) for p in Point if p in P2 - P1
    ]
    console.post(f"{path}{verb}/", AGREED)
    linked = Relationship.objects.get()
    assert (linked.state, set(linked.points)) == ("established", points)


def test_an_account_that_lost_its_verification_meanwhile_cannot_be_linked(browse, member, path):
    Account.objects.filter(pk=member.pk).update(certified=Account.Certified.NO, enterprise=None)
    refused = browse(member).post(f"{path}accept/", AGREED)
    assert refused.status_code == 409
    assert refused.context["form"].errors


def test_a_manager_refused_by_mistake_can_be_asked_without_a_log_in(client, manager, member, invitation, path):
    refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert client.post(f"{path}ask/").status_code == 302
    assert Event.objects.get(kind="invitation.asked_again").counterpart == manager


def test_a_form_drawn_for_another_account_is_not_sent(browse, member, path):
    other = make_account()
    assert browse(member).post(f"{path}accept/", AGREED | {"_account": other.pk}).status_code == 409
    assert Relationship.objects.get().state == "pending"
