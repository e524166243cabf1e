"""Every (state, transition) pair of change requests, against a table of what is allowed."""

import pytest
from django.utils import timezone

from invoicing.models import ChangeRequest
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    "agree": {"at": NOW, "by": None},
    "decline": {"at": NOW, "by": None, "answer": "x"},
    "approve": {"at": NOW, "by": None, "answer": "", "result": {}},
    "reject": {"at": NOW, "by": None, "answer": "x"},
    "withdraw": {"at": NOW},
}
ALLOWED = {
    ("in_review", "ask_other"): "to_agree",
    ("to_agree", "agree"): "in_review",
    ("to_agree", "decline"): "rejected",
    ("in_review", "ask_fee"): "to_pay",
    ("to_pay", "pay"): "in_review",
    ("to_pay", "waive"): "in_review",
    ("in_review", "approve"): "done",
    ("in_review", "reject"): "rejected",
    ("to_agree", "withdraw"): "withdrawn",
    ("to_pay", "withdraw"): "withdrawn",
    ("in_review", "withdraw"): "withdrawn",
}


@pytest.mark.rule("I7.3", "I7.4")
@pytest.mark.parametrize(("state", "move"), every_move(ChangeRequest, "state"))
def test_every_move_from_every_state(state, move):
    assert outcome(ChangeRequest(state=state), "state", move, **ARGUMENTS.get(move, {})) == ALLOWED.get((state, move))
