"""Every (state, transition) pair of orders of the invoice cloud, against a table of those that are allowed."""

import pytest
from django.utils import timezone

from invoicing.models import CloudOrder, Tenant
from tests.states import every_move, outcome

NOW = timezone.now()
ALLOWED = {
    ("paid", "deliver"): "delivered",
    ("delivered", "activate"): "activated",
    ("paid", "refund"): "refunded",
    ("delivered", "refund"): "refunded",
    ("activated", "refund"): "refunded",
}


@pytest.mark.parametrize(("state", "move"), every_move(CloudOrder, "state"))
def test_every_move_from_every_state(state, move):
    arguments = {"deliver": {"at": NOW}, "activate": {"at": NOW, "tenant": Tenant()}, "refund": {}}[move]
    assert outcome(CloudOrder(state=state), "state", move, **arguments) == ALLOWED.get((state, move))
