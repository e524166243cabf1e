"""Repayment plans on connections of their own: run, cancelled, repaid and made again at the same moment."""

import pytest
from django.utils import timezone

from finance.models import PlanItem
from finance.services.plan_runs import execute_plan
from finance.services.plans import cancel_plan
from finance.services.repayment import repay_statement
from tests.factories import make_account
from tests.finance.billing import LATER, check_sums, statement_of
from tests.finance.funds import books_sum, funds, mover, top_up
from tests.finance.planning import fresh, owing, plan_for
from tests.racing import race


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_pay_once():
    manager = make_account()
    links = [owing(manager, "30.00") for _ in range(3)]
    plan = plan_for(links)
    top_up(manager, "70.00")
    results = race(6, lambda _n: execute_plan(plan_id=plan.pk, now=LATER))
    assert [repr(result) for result in results if isinstance(result, Exception)] == []
    assert sum(results) == 70
    assert funds(manager).cash == 0
    top_up(manager, "50.00")
    results = race(6, lambda _n: execute_plan(plan_id=plan.pk, now=timezone.now()))
    assert sum(results) == 20
    assert (funds(manager).cash, fresh(plan).state) == (30, "completed")
    assert books_sum() == 0
    check_sums(*(link.member for link in links))


@pytest.mark.django_db(transaction=True)
def test_running_cancelling_repaying_and_planning_again_at_once():
    manager = make_account()
    link = owing(manager, "30.00")
    plan = plan_for([link])
    top_up(manager, "100.00")
    top_up(link.member, "30.00")
    own, theirs = mover(manager), mover(link.member)
    pk = statement_of(link.member).pk
    acts = [
        lambda _n: execute_plan(plan_id=plan.pk, now=LATER),
        lambda _n: cancel_plan(actor=own, plan_id=plan.pk),
        lambda n: repay_statement(actor=theirs, statement_id=pk, key=f"key-{n}", now=LATER),
        lambda _n: plan_for([link]),
    ]
    results = race(8, lambda n: acts[n % 4](n))
    assert [repr(one) for one in results if isinstance(one, Exception) and not hasattr(one, "code")] == []
    assert statement_of(link.member).state == "settled" or PlanItem.objects.filter(state="pending").exists()
    assert funds(manager).cash + funds(link.member).cash == 130 - statement_of(link.member).repaid
    check_sums(link.member)
