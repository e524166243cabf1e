"""Every (state, transition) pair of the machines of sets and their users, against a table of those that are allowed."""

import pytest

from kiscloud.models import AccountSet, SetUser
from tests.states import every_move, outcome

ALLOWED = {
    AccountSet: {
        ("creating", "restore"): "restoring",
        ("creating", "open"): "ready",
        ("restoring", "open"): "ready",
        ("creating", "fail"): "failed",
        ("restoring", "fail"): "failed",
        ("failed", "begin_again"): "creating",
        ("ready", "delete_for_good"): "deleted",
        ("failed", "delete_for_good"): "deleted",
    },
    SetUser: {("enabled", "disable"): "disabled", ("disabled", "enable"): "enabled"},
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.rule("S13.1", "S14.13")
@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    assert outcome(model(state=state), "state", move) == ALLOWED[model].get((state, move))
