"""Every (state, transition) pair of statements, disputes, plans and their items, against a table of what is allowed."""

import pytest
from django.utils import timezone

from finance.models import Dispute, PlanItem, RepaymentPlan, Statement
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    Statement: {
        "issue": {"at": NOW, "due_on": NOW.date()},
        "confirm": {"at": NOW, "by": None},
        "settle": {"at": NOW},
    },
    Dispute: {
        "accept": {"at": NOW, "by": None, "answer": "x"},
        "refuse": {"at": NOW, "by": None, "answer": "x"},
        "withdraw": {"at": NOW},
    },
    RepaymentPlan: {"complete": {"at": NOW}, "cancel": {"at": NOW}},
    PlanItem: {
        "finish": {"at": NOW},
        "find_settled": {"at": NOW},
        "skip": {"at": NOW, "reason": "x"},
        "fail": {"at": NOW, "reason": "x"},
    },
}
ALLOWED = {
    Statement: {
        ("draft", "issue"): "to_confirm",
        ("to_confirm", "dispute"): "disputed",
        ("disputed", "answer_disputes"): "to_confirm",
        ("to_confirm", "confirm"): "confirmed",
        ("disputed", "confirm"): "confirmed",
        ("confirmed", "pay_part"): "partly_paid",
        ("partly_paid", "pay_part"): "partly_paid",
        ("to_confirm", "settle"): "settled",
        ("disputed", "settle"): "settled",
        ("confirmed", "settle"): "settled",
        ("partly_paid", "settle"): "settled",
    },
    Dispute: {
        ("open", "accept"): "accepted",
        ("open", "refuse"): "refused",
        ("open", "withdraw"): "withdrawn",
    },
    RepaymentPlan: {("active", "complete"): "completed", ("active", "cancel"): "cancelled"},
    PlanItem: {
        ("pending", "finish"): "paid",
        ("pending", "find_settled"): "elsewhere",
        ("pending", "skip"): "skipped",
        ("pending", "fail"): "failed",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.rule("K11.4", "K11.5")
@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    arguments = ARGUMENTS[model].get(move, {})
    assert outcome(model(state=state), "state", move, **arguments) == ALLOWED[model].get((state, move))
