"""Every (state, transition) pair of stops and suspensions, against a table of those that are allowed."""

import pytest
from django.utils import timezone

from finance.models import PurchaseStop, Suspension
from tests.states import every_move, outcome

NOW = timezone.now()
ALLOWED = {
    PurchaseStop: {
        ("asked", "approve"): "active",
        ("asked", "decline"): "declined",
        ("active", "lift"): "lifted",
    },
    Suspension: {
        ("grace", "suspend"): "suspended",
        ("grace", "resume"): "resumed",
        ("suspended", "resume"): "resumed",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    arguments = {} if move == "approve" else {"at": NOW}
    assert outcome(model(state=state), "state", move, **arguments) == ALLOWED[model].get((state, move))
