"""Questions answered in the console instead of by the link (K4.10, K8.2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, Relationship
from accounts.permissions import Role
from accounts.services.invitations import refuse_invitation
from tests.accounts.linking import ask_change, queries, url
from tests.factories import acting, make_account, make_invitation, make_operator, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
AGREED = {"agree": "on"}


@pytest.fixture
def console(browse, member):
    return browse(member)


def test_waiting_and_earlier_questions_stand_apart(console, manager, member, stranger):
    waiting = make_invitation(manager, member)
    overdue = make_invitation(stranger, member, kind="partner", at=timezone.now() - timedelta(hours=49))
    page = console.get(url("invitation-received"))
    assert page.context["waiting"] == [waiting]
    assert list(page.context["page"]) == [overdue]
    assert url("received-question", waiting.pk) in page.text


def test_nothing_waiting_says_what_to_expect(console):
    page = console.get(url("invitation-received"))
    assert page.status_code == 200
    assert not page.context["waiting"]


@pytest.mark.rule("K4.10", "K8.2")
@pytest.mark.parametrize(("verb", "state"), [("accept", "established"), ("refuse", "rejected")])
def test_an_owner_answers_without_the_letter(console, manager, member, verb, state):
    invitation = make_invitation(manager, member)
    assert url(f"received-{verb}", invitation.pk) in console.get(url("received-question", invitation.pk)).text
    assert console.post(url(f"received-{verb}", invitation.pk), AGREED).status_code == 302
    assert Relationship.objects.get().state == state
    assert console.post(url(f"received-{verb}", invitation.pk), AGREED).status_code == 409
    assert console.get(url("received-question", invitation.pk)).status_code == 200


def test_consent_is_asked_for_here_as_well(console, manager, member):
    invitation = make_invitation(manager, member)
    assert console.post(url("received-accept", invitation.pk)).status_code == 422


@pytest.mark.rule("K8.2")
def test_a_change_is_refused_by_the_member(console, manager, member):
    linked = make_relationship(manager, member)
    question = ask_change(linked)
    console.post(url("received-refuse", question.pk))
    assert Invitation.objects.get(pk=question.pk).state == "refused"
    assert Relationship.objects.get().state == "established"


def test_who_may_not_answer_reads_only(browse, manager, member):
    invitation = make_invitation(manager, member)
    console = browse(make_operator(member, Role.FINANCE))
    page = console.get(url("received-question", invitation.pk))
    assert url("received-accept", invitation.pk) not in page.text
    assert console.post(url("received-accept", invitation.pk), AGREED).status_code == 403


def test_others_questions_are_not_there(browse, manager, member, stranger):
    invitation = make_invitation(manager, member)
    for who in (manager, stranger):
        console = browse(who)
        assert console.get(url("received-question", invitation.pk)).status_code == 404
        for verb in ("accept", "refuse"):
            assert console.post(url(f"received-{verb}", invitation.pk), AGREED).status_code == 404
    assert Relationship.objects.get().state == "pending"


def test_as_many_queries_for_many_questions_as_for_one(console, member):
    def grow(count):
        for _number in range(count):
            make_invitation(make_account(), member, kind="partner")
            past = make_invitation(make_account(), member, kind="partner")
            refuse_invitation(actor=acting(member), invitation_id=past.pk)

    grow(1)
    few = queries(console, url("invitation-received"))
    grow(4)
    assert queries(console, url("invitation-received")) == few
