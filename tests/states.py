"""Trying every move of a state machine from every state, against a table."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django_fsm import TransitionNotAllowed

from config.states import StateField


def every_move(model: type[models.Model], field: str) -> list[tuple[str, str]]:
    """Every (state, transition) pair of the machine, those that must be refused included; for `parametrize`.

    pytest.mark.parametrize(("state", "move"), every_move(Relationship, "state"))
    """
    machine = model._meta.get_field(field)
    assert isinstance(machine, StateField)
    return [(str(state), move) for state, _label in machine.flatchoices for move in sorted(machine.transitions[model])]


def outcome(instance: models.Model, field: str, move: str, *args: Any, **kwargs: Any) -> str | None:
    """Makes the move on the instance: the state it leads to, or None where it is refused and nothing has changed."""
    before = getattr(instance, field)
    method: Callable[..., None] = getattr(instance, move)
    try:
        method(*args, **kwargs)
    except TransitionNotAllowed:
        assert getattr(instance, field) == before
        return None
    return str(getattr(instance, field))
