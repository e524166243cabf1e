"""Every move of a trusteeship from every state, against a table of those that are allowed."""

import pytest
from django.utils import timezone

from finance.models import Trust
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    "agree": {"at": NOW, "by": None, "starts_at": NOW},
    "refuse": {"at": NOW, "by": None},
    "expire": {"at": NOW},
    "withdraw": {"at": NOW},
    "end": {"at": NOW},
}
ALLOWED = {
    ("proposed", "agree"): "agreed",
    ("proposed", "refuse"): "refused",
    ("proposed", "expire"): "expired",
    ("proposed", "withdraw"): "withdrawn",
    ("agreed", "withdraw"): "withdrawn",
    ("agreed", "end"): "ended",
}


@pytest.mark.parametrize(("state", "move"), every_move(Trust, "state"))
def test_every_move_from_every_state(state, move):
    assert outcome(Trust(state=state), "state", move, **ARGUMENTS[move]) == ALLOWED.get((state, move))
