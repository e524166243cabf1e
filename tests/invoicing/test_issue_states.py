"""Every (state, transition) pair of issue orders and red letters, against a table of what is allowed."""

import pytest
from django.utils import timezone

from invoicing.models import IssueOrder, RedLetter
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    IssueOrder: {"send": {"at": NOW}, "issue": {"at": NOW}, "fail": {"at": NOW, "fault": "other", "message": "x"}},
    RedLetter: {move: {"at": NOW} for _state, move in every_move(RedLetter, "state") if not move.startswith("ask_")},
}
ALLOWED = {
    IssueOrder: {
        ("waiting", "send"): "sending",
        ("waiting", "fail"): "failed",
        ("sending", "accept"): "accepted",
        ("sending", "doubt"): "unclear",
        ("sending", "send_again"): "waiting",
        ("unclear", "send_again"): "waiting",
        ("sending", "issue"): "issued",
        ("unclear", "issue"): "issued",
        ("accepted", "issue"): "issued",
        ("sending", "fail"): "failed",
        ("unclear", "fail"): "failed",
        ("accepted", "fail"): "failed",
        ("failed", "try_again"): "waiting",
    },
    RedLetter: {
        ("01", "ask_buyer"): "02",
        ("01", "ask_seller"): "03",
        ("02", "confirm"): "04",
        ("03", "confirm"): "04",
        ("02", "refuse_as_buyer"): "05",
        ("03", "refuse_as_seller"): "06",
        ("02", "lapse"): "07",
        ("03", "lapse"): "07",
        ("01", "withdraw"): "08",
        ("02", "withdraw"): "08",
        ("03", "withdraw"): "08",
        ("04", "withdraw_confirmed"): "09",
        ("01", "void"): "10",
        ("02", "void"): "10",
        ("03", "void"): "10",
        ("04", "void"): "10",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    arguments = ARGUMENTS[model].get(move, {})
    assert outcome(model(state=state), "state", move, **arguments) == ALLOWED[model].get((state, move))
