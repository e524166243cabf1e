"""Every (state, transition) pair of the machines of requests and controls."""

import pytest
from django.utils import timezone

from invoicing.models import InvoiceControl, InvoiceRequest
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    InvoiceRequest: {
        "issue": {"at": NOW},
        "reject": {"at": NOW, "reason": "x"},
        "cancel": {"at": NOW},
    },
    InvoiceControl: {name: {"at": NOW} for name in ("agree", "refuse", "end")},
}
ALLOWED = {
    InvoiceRequest: {
        ("submitted", "approve"): "issuing",
        ("submitted", "reject"): "rejected",
        ("submitted", "cancel"): "cancelled",
        ("issuing", "issue"): "issued",
        ("issuing", "reject"): "rejected",
    },
    InvoiceControl: {
        ("proposed", "agree"): "in_force",
        ("proposed", "refuse"): "refused",
        ("proposed", "end"): "ended",
        ("in_force", "end"): "ended",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    arguments = ARGUMENTS[model].get(move, {})
    assert outcome(model(state=state), "state", move, **arguments) == ALLOWED[model].get((state, move))
