"""Every (state, transition) pair of every state machine of accounts, against a table of those that are allowed."""

import pytest
from django.utils import timezone

from accounts.models import Certification, Delivery, Invitation, Relationship
from accounts.terms import Terms
from tests.states import every_move, outcome

NOW = timezone.now()
ARGUMENTS = {
    Relationship: {
        "establish": {"terms": Terms(), "at": NOW},
        "reject": {"end": "refused", "at": NOW},
        "accept_change": {"terms": Terms()},
        "dissolve": {"at": NOW},
    },
    Invitation: {
        "accept": {"by": None, "at": NOW},
        "refuse": {"by": None, "at": NOW},
        "expire": {"at": NOW},
        "withdraw": {"by": None, "at": NOW},
        "make_void": {"at": NOW},
    },
    Certification: {"approve": {"by": None, "at": NOW}, "reject": {"by": None, "at": NOW, "reason": "x"}},
    Delivery: {"succeed": {"provider_id": "1", "at": NOW}, "fail": {"problem": "x"}},
}
ALLOWED = {
    Relationship: {
        ("pending", "establish"): "established",
        ("pending", "reject"): "rejected",
        ("established", "open_change"): "change_pending",
        ("change_pending", "accept_change"): "established",
        ("change_pending", "drop_change"): "established",
        ("established", "dissolve"): "dissolved",
        ("change_pending", "dissolve"): "dissolved",
    },
    Invitation: {
        ("open", "accept"): "accepted",
        ("open", "refuse"): "refused",
        ("open", "expire"): "expired",
        ("open", "withdraw"): "withdrawn",
        ("open", "make_void"): "void",
    },
    Certification: {("submitted", "approve"): "approved", ("submitted", "reject"): "rejected"},
    Delivery: {
        ("queued", "succeed"): "sent",
        ("queued", "fail"): "failed",
        ("failed", "queue_again"): "queued",
        ("sent", "queue_again"): "queued",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.rule("K9.1", "K9.2", "K9.3", "K9.4", "K9.5", "K9.6", "K7.1")
@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model, state, move):
    arguments = ARGUMENTS[model].get(move, {})
    assert outcome(model(state=state), "state", move, **arguments) == ALLOWED[model].get((state, move))


@pytest.mark.rule("K9.6")
def test_the_states_have_the_names_of_the_mission():
    assert Relationship.State.values == ["pending", "established", "change_pending", "rejected", "dissolved"]
