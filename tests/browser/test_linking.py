"""The story of two enterprises in a real browser: invited, accepted, changed, dissolved; and every other ending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, OneTimeCode, Relationship
from accounts.permissions import P1, P2
from accounts.services.relationships import request_change
from accounts.terms import Terms
from tests.browser.conftest import link_sent_to
from tests.factories import acting, clear, make_account, make_invitation, make_relationship, owner_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def companies():
    """Two verified enterprises whose owners are about to meet."""
    return make_account(username="headquarters", name="总部"), make_account(username="southern", name="南方公司")


@pytest.mark.rule("K4.1", "K4.2", "K4.3", "K4.5", "K4.6", "K4.7")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_enterprise_invites_another_which_accepts(person, companies, scripts):
    manager, member = companies
    inviter, invited = person(scripts=scripts), person(scripts=scripts)

    inviter.log_in(owner_of(manager))
    inviter.go("/finance/members/")
    inviter.keep("members-empty")
    inviter.go("/finance/members/invite/")
    inviter.pass_code(owner_of(manager))
    inviter.page.fill("input[name=identifier]", member.email)
    inviter.page.fill("textarea[name=remark]", "南方业务")
    inviter.submit()
    inviter.page.check("input[name=kind][value=group]")
    inviter.page.check("input[name=preset][value=operate]")
    inviter.keep("invitation-terms")
    inviter.submit()
    inviter.page.wait_for_url("**/finance/invitations/**")
    inviter.keep("invitation-sent")

    invited.go(link_sent_to(member.email))
    invited.keep("link-anonymous")
    invited.page.locator("main a[href*='/login/']").first.click()
    invited.page.fill("input[name=identifier]", owner_of(member).username)
    invited.page.fill("input[name=password]", "correct horse battery")
    invited.page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    invited.page.wait_for_url("**/s/**")
    invited.keep("link-open")
    for box in invited.page.locator("form[action*='/accept/'] input[type=checkbox]").all():
        box.check()
    invited.page.locator("form[action*='/accept/'] button[type=submit]").last.click()
    invited.page.wait_for_url("**/finance/managers/")
    invited.keep("visible-to-others")

    relationship = Relationship.objects.get()
    assert (relationship.state, set(relationship.points)) == ("established", P2)
    inviter.go("/finance/members/")
    assert inviter.page.get_by_text(member.name).first.is_visible()
    inviter.keep("members")
    inviter.go(f"/finance/members/{relationship.pk}/")
    inviter.keep("member")


@pytest.mark.rule("K4.10")
def test_refusing(person, companies):
    manager, member = companies
    make_invitation(manager, member)
    invited = person()
    invited.log_in(owner_of(member))
    invited.go(link_sent_to(member.email))
    invited.page.locator("form[action*='/refuse/'] button[type=submit]").last.click()
    invited.page.wait_for_load_state()
    invited.keep("link-refused")
    assert Relationship.objects.get().end == "refused"


@pytest.mark.rule("K4.8", "K4.9", "K4.11")
def test_an_expired_link_says_so_and_leads_on(person, companies):
    manager, member = companies
    invitation = make_invitation(manager, member)
    link = link_sent_to(member.email)
    past = timezone.now() - timedelta(hours=49)
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=past, expires_at=past + timedelta(hours=48))
    somebody = person()
    somebody.go(link)
    somebody.keep("link-expired")
    somebody.page.locator("form[action*='/ask/'] button").click()
    somebody.page.wait_for_load_state()
    somebody.keep("link-asked-again")
    assert not Relationship.objects.in_force().exists()


@pytest.mark.rule("K7.1", "K7.3", "K9.4")
def test_a_change_is_asked_for_and_accepted(person, companies):
    manager, member = companies
    relationship = make_relationship(manager, member, points=P1)
    inviter, invited = person(), person()
    inviter.log_in(owner_of(manager))
    inviter.go(f"/finance/members/{relationship.pk}/permissions/")
    inviter.pass_code(owner_of(manager))
    inviter.page.check("input[name=preset][value=operate]")
    inviter.keep("permissions")
    inviter.submit()
    assert Relationship.objects.get().state == "change_pending"
    invited.log_in(owner_of(member))
    invited.go(link_sent_to(member.email))
    invited.keep("link-change")
    for box in invited.page.locator("form[action*='/accept/'] input[type=checkbox]").all():
        box.check()
    invited.page.locator("form[action*='/accept/'] button[type=submit]").last.click()
    invited.page.wait_for_url("**/finance/managers/")
    assert set(Relationship.objects.get().points) == P2


def test_withdrawing_closes_the_link(person, companies):
    manager, member = companies
    invitation = make_invitation(manager, member)
    link = link_sent_to(member.email)
    inviter, invited = person(), person()
    inviter.log_in(owner_of(manager))
    inviter.go(f"/finance/invitations/{invitation.pk}/")
    inviter.page.locator("form[action*='/withdraw/'] button").click()
    inviter.page.wait_for_load_state()
    invited.go(link)
    invited.keep("link-withdrawn")
    assert Relationship.objects.get().end == "withdrawn"


@pytest.mark.rule("K8.3", "K8.4", "K8.5", "K8.10", "K8.12")
def test_the_manager_dissolves_and_the_member_cannot(person, companies):
    manager, member = companies
    relationship = make_relationship(manager, member, points=P2)
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}")
    request_change(actor=acting(manager), relationship_id=relationship.pk, terms=Terms.asked(P1))
    inviter, invited = person(), person()
    invited.log_in(owner_of(member))
    invited.go(f"/finance/members/{relationship.pk}/")
    assert invited.page.locator("a[href*='/dissolve/']").count() == 0
    inviter.log_in(owner_of(manager))
    inviter.go(f"/finance/members/{relationship.pk}/dissolve/")
    inviter.keep("dissolve")
    inviter.page.locator("main input[type=checkbox]").check()
    inviter.page.locator("main form button.button-danger").click()
    inviter.pass_code(owner_of(manager))
    inviter.page.wait_for_url(f"**/finance/members/{relationship.pk}/")
    inviter.keep("dissolved")
    assert Relationship.objects.get().state == "dissolved"
