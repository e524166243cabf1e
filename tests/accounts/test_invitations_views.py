"""The three steps of an invitation as pages (K3, K4, K6, Q-1, Q-2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import policy
from accounts.models import Account, Delivery, Invitation, OneTimeCode, Relationship, WithheldPoint
from accounts.permissions import P1, P2, Point, Role
from accounts.targets import GROUP_TAKEN, IS_INDIVIDUAL, IS_INVITED, IS_LINKED, IS_SELF, IS_UNVERIFIED
from accounts.wording import mask_middle
from config.jobs import run_due
from tests.accounts.linking import may_invite, path_of, shows, url
from tests.factories import make_account, make_invitation, make_operator, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def console(browse, manager):
    may_invite(manager)
    return browse(manager)


def start(console, identifier="member", **more):
    return console.post(url("invitation-start"), {"identifier": identifier, "kind": "group", **more})


def confirm(console, **terms):
    return console.post(url("invitation-terms"), {"kind": "group", "preset": "view", **terms})


@pytest.mark.rule("K4.1")
@pytest.mark.parametrize("name", ["invitation-start", "invitation-check"])
def test_without_a_passed_code_the_flow_does_not_start(browse, manager, member, name):
    console = browse(manager)
    way = console.get if name == "invitation-start" else console.post
    assert way(url(name), {"identifier": "member"}).headers["Location"].startswith(url("code"))
    console.post(url("invitation-start"), {"identifier": "member"})
    assert console.get(url("invitation-terms")).headers["Location"] == url("invitation-start")
    assert not Invitation.objects.exists()


@pytest.mark.rule("K4.1")
def test_one_code_is_good_for_one_invitation(console, member):
    start(console)
    confirm(console)
    assert console.get(url("invitation-start")).headers["Location"].startswith(url("code"))


@pytest.mark.rule("K4.2", "K4.3", "K4.5", "K4.7", "K4.8", "K6.1", "K6.6")
@pytest.mark.parametrize("identifier", ["member", "member@example.com", " Member@Example.com "])
def test_three_steps_by_user_name_or_registration_e_mail(console, member, identifier):
    assert console.get(url("invitation-start")).status_code == 200
    assert start(console, identifier, remark="华东").headers["Location"] == url("invitation-terms")
    assert console.get(url("invitation-terms")).status_code == 200
    answer = confirm(console, preset="operate")
    invitation = Invitation.objects.get()
    assert answer.headers["Location"] == url("invitation-sent", invitation.pk)
    assert invitation.relationship.member == member
    assert invitation.relationship.remark == "华东"
    assert invitation.relationship.kind == "group"
    assert set(invitation.points) == P2
    assert invitation.expires_at - invitation.sent_at == timedelta(hours=48)
    sent = console.get(answer.headers["Location"])
    assert url("invitation-withdraw", invitation.pk) in sent.text
    assert url("invitation-resend", invitation.pk) in sent.text


@pytest.mark.rule("K4.2", "K6.1")
def test_the_kind_may_be_given_or_changed_in_the_second_step(console, member):
    assert start(console, kind="").headers["Location"] == url("invitation-terms")
    assert confirm(console, kind="").status_code == 422
    assert confirm(console, kind="partner").status_code == 302
    assert Relationship.objects.get().kind == "partner"


def test_going_back_finds_what_was_typed(console, member):
    start(console, remark="华东")
    assert console.get(url("invitation-start")).context["form"].initial["identifier"] == "member"


@pytest.mark.rule("K3.1", "K3.2", "K4.3")
@pytest.mark.parametrize(
    ("who", "problem"),
    [
        ("personal", IS_INDIVIDUAL.sentence),
        ("unverified", IS_UNVERIFIED.sentence),
        ("manager", IS_SELF.sentence),
        ("linked", IS_LINKED.sentence),
        ("nobody", "There is no account with this user name or registration e-mail."),
    ],
)
def test_what_is_wrong_with_the_account_is_said_at_once(console, manager, who, problem):
    make_account(username="personal", certified=Account.Certified.INDIVIDUAL)
    make_account(username="unverified", certified=Account.Certified.NO)
    make_relationship(manager, make_account(username="linked"))
    may_invite(manager)
    checked = console.post(url("invitation-check"), {"identifier": who}, headers=HTMX)
    assert shows(checked, problem)
    assert "<html" not in checked.text
    refused = start(console, who)
    assert refused.status_code == 422
    assert shows(refused, problem)
    assert console.get(url("invitation-terms")).headers["Location"] == url("invitation-start")


@pytest.mark.rule("K3.4", "K3.5", "K6.2")
def test_for_a_member_of_a_group_only_the_partner_kind_works(console, manager, member, stranger):
    make_relationship(stranger, member)
    checked = console.post(url("invitation-check"), {"identifier": "member"})
    assert shows(checked, GROUP_TAKEN.sentence)
    widget = checked.context["form"].fields["kind"].widget
    assert widget.blocked == {"group"}
    assert stranger.name not in checked.text
    assert start(console).status_code == 422
    assert start(console, kind="").status_code == 302
    assert console.get(url("invitation-terms")).context["form"].initial["kind"] == "partner"
    assert confirm(console).status_code == 422
    assert confirm(console, kind="partner").status_code == 302


@pytest.mark.rule("K3.3")
def test_several_accounts_may_link_the_same_one(console, member, stranger):
    make_relationship(stranger, member, kind="partner")
    start(console)
    assert confirm(console).status_code == 302


def test_the_check_masks_the_name_and_keeps_what_was_typed(console, manager):
    make_account(username="quiet", name="静水深流有限公司", enterprise__name="静水深流科技有限公司")
    page = console.post(url("invitation-check"), {"identifier": "quiet", "remark": "华东", "kind": "partner"})
    assert page.status_code == 200
    assert mask_middle("静水深流科技有限公司") in page.text
    assert "静水深流" not in page.text
    assert "华东" in page.text
    assert page.context["form"].data["kind"] == "partner"
    assert f'action="{url("invitation-start")}"' in page.text


def test_looking_accounts_up_is_limited(console, member):
    for _number in range(policy.TARGET_CHECKS_PER_ACCOUNT[0]):
        assert console.post(url("invitation-check"), {"identifier": "member"}, headers=HTMX).status_code == 200
    assert console.post(url("invitation-check"), {"identifier": "member"}, headers=HTMX).status_code == 429
    assert start(console).status_code == 429


@pytest.mark.parametrize("identifier", ["", " ", "x" * 255, "nul\x00", "' or 1=1 --"])
def test_nonsense_is_answered_by_the_form(console, identifier):
    assert start(console, identifier).status_code == 422


@pytest.mark.rule("K6.4", "K6.5", "K6.6", "K6.7")
@pytest.mark.parametrize("kind", ["group", "partner"])
def test_both_kinds_are_explained_and_offer_both_presets(console, member, kind):
    page = start(console, kind=kind)
    page = console.get(url("invitation-terms"))
    form = page.context["form"]
    assert [value for value, _label in form.fields["preset"].choices] == ["view", "operate", "single"]
    assert set(form.fields["kind"].widget.hints) == {"group", "partner"}
    assert confirm(console, kind=kind, preset="view").status_code == 302
    assert set(Invitation.objects.get().points) == P1


@pytest.mark.rule("K6.5", "K6.7")
def test_what_staff_withhold_from_partners_cannot_be_asked(console, member):
    WithheldPoint.objects.create(kind="partner", point=Point.REPAY_STATEMENT)
    start(console, kind="partner")
    refused = confirm(console, kind="partner", preset="operate")
    assert refused.status_code == 422
    assert shows(refused, "Some of these permissions are not offered for this kind of relationship.")
    assert confirm(console, kind="group", preset="operate").status_code == 302


@pytest.mark.rule("K7.6")
def test_single_permissions_bring_what_they_need(console, member):
    start(console)
    assert confirm(console, preset="single").status_code == 422
    assert confirm(console, preset="single", points=["nonsense"]).status_code == 422
    preview = console.post(
        url("invitation-preview"),
        {"kind": "group", "preset": "single", "points": [Point.REQUEST_INVOICE]},
        headers=HTMX,
    )
    assert shows(preview, Point.VIEW_BALANCE.label)
    assert not shows(preview, Point.REPAY_STATEMENT.label)
    assert confirm(console, preset="single", points=[Point.REQUEST_INVOICE]).status_code == 302
    assert set(Invitation.objects.get().points) == P1 | {Point.REQUEST_INVOICE}


@pytest.mark.rule("K1.3", "K6.6")
def test_inheriting_is_offered_within_one_enterprise_only(console, manager, member):
    start(console)
    assert "inherits" not in console.get(url("invitation-terms")).context["form"].fields
    Account.objects.filter(pk=member.pk).update(enterprise=manager.enterprise)
    assert "inherits" in console.get(url("invitation-terms")).context["form"].fields
    assert confirm(console, kind="partner", inherits=["discount"]).status_code == 422
    assert confirm(console, inherits=["discount"]).status_code == 302
    assert Invitation.objects.get().inherits == ["discount"]


@pytest.mark.rule("K4.4", "K12.7")
def test_console_access_can_not_be_smuggled_in(console, member):
    start(console)
    page = console.get(url("invitation-terms"))
    assert "console" not in page.context["form"].fields
    confirm(console, console_role="administrator")
    assert Invitation.objects.get().console_role == "none"


def test_sent_twice_it_is_sent_once(console, manager, member):
    start(console)
    first = confirm(console).headers["Location"]
    assert confirm(console).headers["Location"] == first
    assert Invitation.objects.count() == 1


def test_sent_twice_at_the_same_moment_the_second_finds_the_first(console, manager, member):
    start(console)
    waiting = make_invitation(manager, member)
    assert confirm(console).headers["Location"] == url("invitation-sent", waiting.pk)
    may_invite(manager)
    checked = console.post(url("invitation-check"), {"identifier": "member"})
    assert shows(checked, IS_INVITED.sentence)
    assert url("invitation-sent", waiting.pk) in checked.text


def test_an_overdue_invitation_stands_in_nobodys_way(console, manager, member):
    make_invitation(manager, member, at=timezone.now() - timedelta(hours=49))
    start(console)
    assert confirm(console).status_code == 302


def test_a_code_that_ran_out_between_the_steps_loses_nothing(console, manager, member):
    start(console)
    OneTimeCode.objects.update(passed_at=timezone.now() - policy.CLEARANCE_LIFE)
    led = confirm(console, preset="operate")
    assert led.headers["Location"].startswith(url("code"))
    assert "preset=operate" in console.session["kept_form"]["typed"]
    assert not Invitation.objects.exists()


@pytest.mark.rule("K4.6")
def test_the_waiting_page_shows_who_was_told_by_which_masked_channel(console, member):
    start(console)
    sent = confirm(console).headers["Location"]
    assert 'hx-trigger="load' in console.get(sent).text
    run_due()
    page = console.get(sent, headers=HTMX)
    targets = set(Delivery.objects.values_list("target", flat=True))
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"mail", "sms"}
    assert all(target in page.text and "*" in target for target in targets)


@pytest.mark.rule("K4.9")
def test_send_again_and_withdraw_end_the_links_in_the_letters(console, manager, member, client):
    invitation = make_invitation(manager, member)
    path = path_of(invitation)
    assert console.post(url("invitation-resend", invitation.pk)).headers["Location"] == url(
        "invitation-sent", invitation.pk
    )
    assert console.post(url("invitation-withdraw", invitation.pk)).headers["Location"] == url(
        "member-detail", invitation.relationship_id
    )
    assert client.get(path).context["question"].state == Invitation.State.WITHDRAWN
    again = console.post(url("invitation-withdraw", invitation.pk))
    assert again.status_code == 409
    assert "K4.9" in again.text
    assert console.post(url("invitation-resend", invitation.pk)).status_code == 409


def test_only_the_sender_reaches_the_waiting_page(browse, manager, member):
    invitation = make_invitation(manager, member)
    for name in ("invitation-sent", "invitation-resend", "invitation-withdraw"):
        way = browse(member).get if name == "invitation-sent" else browse(member).post
        assert way(url(name, invitation.pk)).status_code == 404
    viewer = browse(make_operator(manager, Role.VIEWER))
    page = viewer.get(url("invitation-sent", invitation.pk))
    assert url("invitation-withdraw", invitation.pk) not in page.text
    assert viewer.post(url("invitation-withdraw", invitation.pk)).status_code == 403
    for _ in range(policy.RESENDS_PER_INVITATION[0] + 1):
        assert viewer.post(url("invitation-resend", invitation.pk)).status_code == 403
    assert browse(manager).post(url("invitation-resend", invitation.pk)).status_code == 302
