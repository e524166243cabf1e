"""The story's limits: budgets that are kept, endangered and spent, thresholds of balances, a stop of purchases."""

from decimal import Decimal

from accounts.demo import HOUR, Story
from finance.cast import account, link, owner
from finance.cycles import month_of
from finance.models import Budget, Product
from finance.money import FEN
from finance.services.alerts import check_alerts, set_alert, set_alerts
from finance.services.budget_watch import evaluate_budgets
from finance.services.budgets import Plan, create_budget
from finance.services.purchase_stops import stop_purchases
from finance.services.spent import spent_on

GROUP = "yunling"
MEMBERS = ("yunling-data", "yunling-smart", "yunling-lab")
# (name, whose, product, how much of the amount this month has spent, what happens when it is reached)
BUDGETS = [
    ("集团云资源", "", "", "0.46", Budget.Action.NOTIFY),
    ("云领数据", "yunling-data", "", "0.83", Budget.Action.ASK),
    ("实验室", "yunling-lab", "", "1.04", Budget.Action.STOP),
    ("短信费用", "", "sms", "0.31", Budget.Action.NOTIFY),
]


def limits(story: Story) -> None:
    """Amounts are chosen by what the running month has spent, so that the bars say something on every day."""
    at, group, actor = story.now - HOUR, account(GROUP), owner(GROUP)
    for name, whose, code, share, action in BUDGETS:
        plan = Plan(
            name=name,
            amount=Decimal("1000.00"),
            relationship_id=link(GROUP, whose).pk if whose else None,
            product_id=Product.objects.get(code=code).pk if code else None,
            action=action,
        )
        budget = create_budget(actor=actor, account=group, plan=plan, now=at)
        spent = spent_on(budgets=[budget.pk], months=[month_of(story.now)], at=at)
        [actual] = [one.actual for one in spent.values()]
        wanted = (actual / Decimal(share)).quantize(Decimal("1E+1"))
        budget.amount = max(wanted.quantize(FEN), Decimal("100.00"))
        budget.save(update_fields=["amount"])
    set_alert(actor=actor, account=group, threshold=Decimal("50000.00"), now=at)
    links = [link(GROUP, member).pk for member in MEMBERS]
    set_alerts(actor=actor, account=group, relationship_ids=links, threshold=Decimal("20000.00"), now=at)
    stop_purchases(
        actor=actor, relationship_id=link(GROUP, "yunling-smart").pk, reason="二期预算批复前暂停新购", now=at
    )
    evaluate_budgets(now=story.now)
    check_alerts(now=story.now)
