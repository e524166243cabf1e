"""Repayment plans as pages: chosen, agreed to, followed, cancelled."""

import pytest

from accounts.permissions import P2
from config.jobs import run_due
from finance.models import PlanItem, RepaymentPlan
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_relationship
from tests.finance.billing import confirmed, make_line, statement_of
from tests.finance.funds import funds, top_up
from tests.finance.pages import at, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


def owing(manager, amount="30.00"):
    link = make_relationship(manager, make_account(), points=P2)
    make_line(link.member, amount)
    confirmed(link.member)
    return link


@pytest.fixture
def links(manager):
    return [owing(manager, amount) for amount in ("30.00", "40.00")]


def asked(links, **more):
    return {"name": "六月", "order": "oldest_due", "statement": [statement_of(one.member).pk for one in links]} | more


def make(console, links, **more):
    page = console.get(at("plan-confirm"), asked(links))
    sent = {"key": page.context["form"]["key"].value(), "consent": "on"} | more
    return console.post(at("plan-confirm"), asked(links) | sent)


@pytest.mark.rule("K11.1", "K11.2")
def test_choosing_naming_and_agreeing_makes_a_plan_that_pays_at_once(console, links, manager):
    top_up(manager, "50.00")
    page = console.get(at("plan-create"))
    assert [row.statement for row in page.context["rows"]] == [statement_of(one.member) for one in links]
    page = console.get(at("plan-confirm"), asked(links))
    assert [page.context[name] for name in ("total", "cash", "now", "later")] == [70, 50, 50, 20]
    answer = make(console, links)
    plan = RepaymentPlan.objects.get()
    assert answer.headers["Location"] == at("plan-detail", plan.pk)
    assert (plan.name, funds(manager).cash, statement_of(links[0].member).state) == ("六月", 0, "settled")
    page = console.get(at("plan-detail", plan.pk))
    assert (page.context["paid"], page.context["total"], page.context["waiting"]) == (50, 70, 1)
    assert shows(console.get(at("plan-create")), "Nothing to plan")


@pytest.mark.rule("K11.3")
def test_without_the_tick_nothing_is_made(console, links):
    page = console.get(at("plan-confirm"), asked(links))
    answer = console.post(at("plan-confirm"), asked(links, key=page.context["form"]["key"].value()))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"consent"}
    assert not RepaymentPlan.objects.exists()


def test_what_is_missing_leads_back_to_the_choice_which_is_kept(console, links):
    answer = console.get(at("plan-confirm"), asked(links, name=""), follow=True)
    assert answer.context["form"].errors.keys() == {"name"}
    assert answer.context["ticked"] == asked(links)["statement"]
    answer = console.get(at("plan-confirm"), {"name": "六月", "order": "oldest_due"}, follow=True)
    assert shows(answer, "Tick at least one statement.")
    for nonsense in ("x", "9" * 30, "-1", "１", str(10**17)):
        assert console.get(at("plan-confirm"), asked(links, statement=[nonsense])).status_code == 302
    assert console.get(at("plan-confirm"), asked(links, order="x")).status_code == 302


def test_a_form_sent_twice_makes_one_plan(console, links):
    page = console.get(at("plan-confirm"), asked(links))
    sent = asked(links, key=page.context["form"]["key"].value(), consent="on")
    first = console.post(at("plan-confirm"), sent)
    PlanItem.objects.update(paid=0)
    assert first.status_code == 302
    assert console.post(at("plan-confirm"), sent).url == first.url
    assert RepaymentPlan.objects.count() == 1


def test_places_decide_where_the_order_is_ones_own(console, links):
    first, second = (statement_of(one.member).pk for one in links)
    make(console, links, order="as_listed", **{f"place-{first}": "2", f"place-{second}": "1"})
    items = PlanItem.objects.order_by("position")
    assert [item.statement_id for item in items] == [second, first]


@pytest.mark.rule("K11.4", "K11.5")
def test_cancelling_asks_first_and_a_completed_plan_has_no_button(console, links, manager):
    make(console, links[:1])
    plan = RepaymentPlan.objects.get()
    assert console.get(at("plan-cancel", plan.pk)).status_code == 200
    assert console.post(at("plan-cancel", plan.pk)).headers["Location"] == at("plan-detail", plan.pk)
    assert shows(console.get(at("plan-detail", plan.pk)), "The plan was cancelled.")
    top_up(manager, "100.00")
    make(console, links[1:])
    done = RepaymentPlan.objects.latest("pk")
    assert (done.state, console.get(at("plan-detail", done.pk)).context["can_cancel"]) == ("completed", False)
    assert console.post(at("plan-cancel", done.pk)).status_code == 409


def test_a_reason_shows_before_the_next_run_writes_it_down(console, links):
    make(console, links)
    plan = RepaymentPlan.objects.get()
    dissolve(links[0])
    page = console.get(at("plan-detail", plan.pk))
    assert shows(page, "The account is no longer linked with yours.")
    assert PlanItem.objects.filter(state="pending").count() == 2
    run_due()
    assert PlanItem.objects.filter(state="skipped", reason="dissolved").count() == 1


def test_others_do_not_find_the_plan(browse, console, links, stranger):
    make(console, links)
    plan = RepaymentPlan.objects.get()
    for who in (stranger, links[0].member):
        assert browse(who).get(at("plan-detail", plan.pk)).status_code == 404
        assert browse(who).post(at("plan-cancel", plan.pk)).status_code == 404
    assert RepaymentPlan.objects.get().state == "active"


def test_lists_ask_the_same_for_one_and_for_many(console, manager):
    def more(count):
        for _ in range(count):
            make(console, [owing(manager)])

    more(1)
    plan = RepaymentPlan.objects.get()
    few = queries(console, at("plan-list"))
    detail = queries(console, at("plan-detail", plan.pk))
    owing(manager)
    choice = queries(console, at("plan-create"))
    more(4)
    [owing(manager) for _ in range(4)]
    assert queries(console, at("plan-list")) == few
    assert queries(console, at("plan-create")) == choice
    make(console, [owing(manager) for _ in range(4)])
    assert queries(console, at("plan-detail", RepaymentPlan.objects.latest("pk").pk)) == detail
