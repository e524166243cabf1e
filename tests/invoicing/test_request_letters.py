"""Who is told what about requests and about who requests invoices."""

import pytest

from accounts.models import Event, Message
from accounts.permissions import P2
from config.jobs import run_due
from invoicing.services import controls, request_reviews
from tests.factories import acting, make_relationship, owner_of
from tests.finance.funds import D, staff
from tests.invoicing.requesting import ask, controlled, open_items, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _reviewed(monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("1.00"))


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member, points=P2)


def told(account):
    """The newest message in the centre of the account's owner."""
    run_due()
    found = Message.objects.filter(user=owner_of(account)).latest("pk")
    return f"{found.title} {found.body}"


def test_whoever_asked_reads_the_answer_and_whom_it_is_for_reads_that_it_was_asked(link, manager, member, mailoutbox):
    request = ask(member, open_items(member), by=link)
    assert "106.00" in told(member)
    request_reviews.reject_request(actor=staff(), request_id=request.pk, reason="税号与名称不符")
    assert "税号与名称不符" in told(manager)
    assert "税号与名称不符" in told(member)
    assert [mail.to for mail in mailoutbox if "税号与名称不符" in mail.body] == [[owner_of(manager).email]]
    again = ask(member, by=link)
    request_reviews.approve_request(actor=staff(), request_id=again.pk)
    assert str(again) in told(manager)


def test_the_other_side_is_told_about_a_control(link, manager, member, mailoutbox):
    control = propose(link)
    assert "共同抬头有限公司" in told(member)
    assert "/invoices/controls/" in mailoutbox[-1].body
    controls.refuse_control(actor=acting(member), control_id=control.pk)
    assert member.name in told(manager)
    control = controlled(link)
    assert member.name in told(manager)
    controls.end_control(actor=acting(manager), control_id=control.pk, account=manager)
    assert manager.name in told(member)
    assert Event.objects.filter(kind="invoice_control.ended").exists()
