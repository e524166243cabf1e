"""What people are told about statements, what staff do about disputes, and arrears in the way of dissolving."""

import pytest
from django.urls import reverse

from accounts.models import Message
from accounts.permissions import P2
from accounts.services.relationships import Blocked
from config.jobs import run_due
from finance.models import Dispute
from finance.services.credit import allot_credit
from finance.services.credit_repayment import settle_credit
from finance.services.repayment import settle_arrears
from tests.accounts.linking import dissolve
from tests.factories import make_relationship, owner_of
from tests.finance.billing import LATER, check_sums, confirmed, issued, lend, make_line
from tests.finance.disputing import accept, doubt
from tests.finance.funds import D, funds, mover, top_up
from tests.finance.pages import at
from tests.finance.planning import plan_for
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P2)


def told(account):
    """The links of the messages about statements and plans."""
    found = Message.objects.filter(user=owner_of(account), event__kind__regex="^(statement|dispute|plan)")
    return list(found.order_by("pk").values_list("event__kind", "link"))


def test_both_sides_hear_of_each_step_once(linked, manager, member):
    line = make_line(member, "30.00")
    statement = issued(member)
    accept(doubt(line, "10.00"))
    confirmed(member)
    top_up(manager, "100.00")
    plan = plan_for([linked])
    while run_due():
        pass
    page = at("statement-detail", statement.pk)
    steps = [(kind, page) for kind in ("statement.issued", "dispute.answered", "statement.confirmed")]
    assert sorted(told(member)) == sorted([*steps, ("statement.repaid", page)])
    assert sorted(told(manager)) == sorted([*steps, ("plan.completed", at("plan-detail", plan.pk))])


@pytest.mark.parametrize("button", ["accept", "refuse"])
def test_staff_answer_a_dispute_from_the_queue(button, member):
    dispute = doubt(make_issued_line(member), "10.00")
    client = staff_browser(make_staff(superuser=True))
    queue = client.get(reverse("admin:finance_dispute_changelist") + "?needs=answer")
    assert queue.status_code == 200
    page = reverse("admin:finance_dispute_change", args=[dispute.pk])
    assert [one.name for one, _address in client.get(page).context["buttons"]] == ["accept", "refuse"]
    press = reverse("admin:finance_dispute_press", args=[dispute.pk, button])
    client.post(press, {"answer": ""})
    assert Dispute.objects.get().state == "open"
    client.post(press, {"answer": "已核查"})
    assert Dispute.objects.get().state == {"accept": "accepted", "refuse": "refused"}[button]
    assert client.get(page).context["buttons"] == []
    check_sums(member)


def make_issued_line(member):
    line = make_line(member, "30.00")
    issued(member)
    return line


def test_staff_see_statements_and_plans(linked, member):
    make_line(member, "30.00")
    statement, client = confirmed(member), staff_browser(make_staff(superuser=True))
    plan = plan_for([linked])
    for row in (statement, plan):
        name = row._meta.model_name
        assert client.get(reverse(f"admin:finance_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:finance_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.rule("K8.6")
def test_arrears_of_a_member_that_holds_credit_stand_in_the_way_of_dissolving(browse, linked, manager, member):
    lend(manager, "50.00")
    allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("50.00"))
    make_line(member, "80.00")
    settle_credit_in_use(member)
    assert (funds(member).credit_used, funds(member).arrears) == (0, 30)
    with pytest.raises(Blocked) as refused:
        dissolve(linked)
    assert [(one.rule, "30.00" in str(one.sentence)) for one in refused.value.findings] == [("K8.6", True)]
    page = browse(manager).get(reverse("accounts:member-dissolve", args=[linked.pk]))
    assert f"{at('member-statement-list')}?member={member.number}" in page.text
    top_up(member, "30.00")
    settle_arrears(account=member, key="k", now=LATER)
    assert dissolve(linked).state == "dissolved"


def settle_credit_in_use(account):
    """By its cash, before its arrears."""
    top_up(account, "50.00")
    assert settle_credit(account=account, key="credit", now=LATER) == 50


@pytest.mark.rule("K8.6")
def test_arrears_of_a_member_without_credit_of_the_manager_do_not(linked, member):
    make_line(member, "80.00")
    assert dissolve(linked).state == "dissolved"


@pytest.mark.rule("K7.4")
def test_a_members_page_leads_to_its_statements(browse, linked, manager, member):
    page = browse(manager).get(at("member-detail", linked.pk))
    assert f"{at('member-statement-list')}?member={member.number}" in page.text
