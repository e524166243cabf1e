"""“The member does not manage invoices”: who asks for them then, and when it ends."""

import pytest

from accounts.actors import PointMissing
from accounts.models import OneTimeCode, Relationship
from accounts.permissions import P1, P2, Role
from accounts.preflight import findings
from accounts.services.invitations import accept_invitation
from accounts.services.relationships import dissolve_relationship, rehearse_dissolution, request_change
from accounts.terms import Terms
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from invoicing.models import InvoiceControl, InvoiceRequest, Title
from invoicing.services import controls, requests
from invoicing.services.controls import (
    ControlExists,
    InvoicesManaged,
    ManagedByAnother,
    NoCommonTitle,
    common_titles,
    control_over,
)
from tests.factories import acting, clear, make_account, make_operator, make_relationship, owner_of
from tests.invoicing.requesting import ask, common, controlled, open_items, propose, title

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member, points=P2)


def fresh(control):
    return InvoiceControl.objects.get(pk=control.pk)


def dissolve(link):
    clear(owner_of(link.manager), OneTimeCode.Purpose.DISSOLVE, f"relationship:{link.pk}")
    return dissolve_relationship(actor=acting(link.manager), relationship_id=link.pk)


@pytest.mark.rule("A3.4")
def test_both_need_the_same_title(link):
    own = title(link.manager, "集团抬头有限公司", 1)
    title(link.member, "成员抬头有限公司", 1)
    title(link.member, "集团抬头有限公司", 2)
    assert list(common_titles(relationship=link)) == []
    with pytest.raises(NoCommonTitle):
        propose(link, title=own)
    with pytest.raises(InputError):
        propose(link, title=Title.objects.filter(account=link.member).first())
    shared = common(link)
    assert list(common_titles(relationship=link)) == [shared]
    assert propose(link, title=shared).state == "proposed"
    with pytest.raises(ControlExists):
        propose(link, title=shared)


@pytest.mark.rule("A3.4")
def test_in_force_the_manager_asks_and_the_member_reads_whom_to_ask(link, manager, member):
    control = propose(link)
    items = open_items(member, "106.00", "10.00")
    ask(member, items[:1])  # proposed is not agreed
    controls.agree_control(actor=acting(member), control_id=control.pk)
    with pytest.raises(InvoicesManaged, match="总部") as refused:
        ask(member, items[1:])
    assert "%" not in str(refused.value.hint)
    assert ask(member, items[1:], by=link).asked_by == manager


@pytest.mark.rule("A3.5")
def test_without_it_each_manages_its_own(link, member):
    items = open_items(member)
    controls.refuse_control(actor=acting(member), control_id=propose(link).pk)
    assert control_over(account=member) is None
    assert ask(member, items).asked_by == member


def test_another_manager_asks_for_nothing_either_and_does_not_learn_who_does(link, member):
    other = make_relationship(make_account(name="另一家"), member, kind="partner", points=P2)
    controlled(link)
    items = open_items(member)
    with pytest.raises(ManagedByAnother) as refused:
        ask(member, items, by=other)
    assert "总部" not in str(refused.value)
    with pytest.raises(ControlExists):
        propose(other)


@pytest.mark.rule("A3.4", "K8.9")
def test_it_ends_with_the_relationship_which_says_so(link, member):
    control = controlled(link)
    items = open_items(member, "106.00", "20.00")
    request = ask(member, items[:1], by=link)
    told = {(one.rule, str(one.sentence)) for one in findings(link)}
    assert any(rule == "K8.9" and "106.00" in text for rule, text in told)
    assert "A3.5" in {one.rule for one in rehearse_dissolution(actor=acting(link.manager), relationship_id=link.pk)}
    assert fresh(control).state == "in_force"
    dissolve(link)
    assert fresh(control).state == "ended"
    assert InvoiceRequest.objects.get(pk=request.pk).state == "issuing"
    assert ask(member, items[1:]).asked_by == member


def test_it_counts_no_longer_when_the_right_is_withdrawn_and_is_then_closed(link, member):
    control = controlled(link)
    clear(owner_of(link.manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{link.pk}")
    request_change(actor=acting(link.manager), relationship_id=link.pk, terms=Terms.asked(P1))
    question = Relationship.objects.get(pk=link.pk).invitations.open().get()
    assert control_over(account=member) == control
    accept_invitation(actor=acting(member), invitation_id=question.pk)
    assert control_over(account=member) is None
    run_due()
    assert fresh(control).state == "ended"


def test_either_side_ends_it_and_the_manager_takes_a_proposal_back(link, manager, member, stranger):
    for side in (manager, member):
        control = controlled(link) if side == manager else _again(link)
        with pytest.raises(NotFound):
            controls.end_control(actor=acting(stranger), control_id=control.pk, account=stranger)
        controls.end_control(actor=acting(side), control_id=control.pk, account=side)
        assert control_over(account=member) is None
    waiting = propose(link, title=common_titles(relationship=link).get())
    with pytest.raises(NotFound):
        controls.end_control(actor=acting(member), control_id=waiting.pk, account=member)
    controls.end_control(actor=acting(manager), control_id=waiting.pk, account=manager)
    assert fresh(waiting).state == "ended"


def _again(link):
    waiting = propose(link, title=common_titles(relationship=link).get())
    return controls.agree_control(actor=acting(link.member), control_id=waiting.pk)


def test_who_may_not_do_not(link, manager, member, stranger):
    shared = common(link)
    for actor, refusal in (
        (acting(manager, make_operator(manager, Role.VIEWER)), NotAllowed),
        (acting(stranger), NotFound),
    ):
        with pytest.raises(refusal):
            controls.propose_control(actor=actor, relationship_id=link.pk, title_id=shared.pk)
    control = propose(link, title=shared)
    for act in (controls.agree_control, controls.refuse_control):
        with pytest.raises(NotFound):
            act(actor=acting(manager), control_id=control.pk)
    seeing = make_relationship(manager, make_account(), points=P1)
    with pytest.raises(PointMissing):
        propose(seeing, title=shared)


def test_the_member_under_control_cancels_nothing(link, member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", 1)
    request = ask(member, open_items(member))
    controlled(link)
    with pytest.raises(InvoicesManaged):
        requests.cancel_request(actor=acting(member), request_id=request.pk, account=member)
