"""State machines: a field that only its transitions move, on a model that notices when somebody else moved the row.

A thin layer over django-fsm-2, whose own `refresh_from_db` lifts the protection for the whole process while it reads;
here only the instance that is being read is open, for as long as that lasts. A move that the machine does not know
is a refusal with a sentence (409), never an error page.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.db import models
from django.db.models.signals import class_prepared
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransition, FSMField, FSMFieldDescriptor, TransitionNotAllowed
from django_fsm import transition as fsm_transition

from config.errors import DomainError

__all__ = [
    "ConcurrentTransition",
    "MoveRefused",
    "StaleRow",
    "StateField",
    "StateModel",
    "TransitionNotAllowed",
    "states_check",
    "transition",
]

Move = TypeVar("Move", bound=Callable[..., None])


class MoveRefused(DomainError, TransitionNotAllowed):
    """The transition does not lead on from the present state; `facts` name both."""

    code = "wrong_state"
    sentence = _("This is no longer possible: it is “%(state)s” now.")

    def __init__(self, *, instance: models.Model, move: str, state: Any) -> None:
        super().__init__(state=state, move=move)
        self.object = instance
        self.method = getattr(type(instance), move, None)


class StaleRow(DomainError, ConcurrentTransition):
    """Between reading and saving, another transaction moved the row; nothing was written."""

    code = "changed_meanwhile"
    sentence = _("Somebody else changed this at the same moment. Please look at it again.")


class StateDescriptor(FSMFieldDescriptor):
    """Lets the constructor and the reading of the instance's own row set a protected state, and nothing else."""

    field: "StateField"

    def __set__(self, instance: models.Model, value: Any) -> None:
        # A deferred state is absent from __dict__ too, but its instance is no longer being constructed.
        constructing = instance._state.adding and self.field.attname not in instance.__dict__
        if self.field.protected and not constructing and not getattr(instance, "_reading_row", False):
            raise AttributeError(f"{self.field.name} is moved by transitions only")
        self.field.set_state(instance, value)


class StateField(FSMField):
    """The state of a `StateModel`: text out of `choices`, protected, left out of forms."""

    descriptor_class = StateDescriptor

    def __init__(self, *args: Any, protected: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("editable", False)
        super().__init__(*args, protected=protected, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """As Django asks; `protected` only where it differs from our default."""
        name, path, args, kwargs = super().deconstruct()
        if kwargs.pop("protected", False) is False:
            kwargs["protected"] = False
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        """As django-fsm asks. The thousands of historical models of a migration have no methods, hence no moves to
        look for; each of them would make the preparing of every later one slower."""
        super().contribute_to_class(cls, name, *args, **kwargs)
        if cls.__module__ == "__fake__":
            class_prepared.disconnect(self._collect_transitions)

    def change_state(self, instance: models.Model, method: Any, *args: Any, **kwargs: Any) -> Any:
        """The move, or `MoveRefused` with the state's name as people read it."""
        try:
            return super().change_state(instance, method, *args, **kwargs)
        except MoveRefused:
            raise  # of another move that this one made
        except TransitionNotAllowed as error:
            state = self.get_state(instance)
            label = dict(self.flatchoices).get(state, state)
            raise MoveRefused(instance=instance, move=method.__name__, state=label) from error


class StateModel(models.Model):
    """A row with a state. Lock it (`select_for_update().get()`), move it, save it with `update_fields`.

    The lock is what orders two callers. Should one forget it, saving a row that was moved meanwhile raises
    `StaleRow` instead of overwriting.
    """

    _reading_row = False
    _states_read: dict[str, Any]

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._states_read = {}
        self._note_states(None)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, unless the row's state is no longer the one that was read."""
        super().save(*args, **kwargs)
        update_fields: Collection[str] | None = kwargs.get("update_fields")
        self._note_states(None if update_fields is None else list(update_fields))

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Reads the row again; the protection is open for this instance only, and closes whatever happens."""
        wanted = None if fields is None else list(fields)
        self._reading_row = True
        try:
            super().refresh_from_db(using=using, fields=wanted, from_queryset=from_queryset)
        finally:
            self._reading_row = False
        self._note_states(wanted)

    def _note_states(self, names: Collection[str] | None) -> None:
        """Keeps the states that now stand in the row; a deferred one stays unread, so no query is added."""
        fresh = {
            field.attname: self.__dict__[field.attname]
            for field in _state_fields(type(self))
            if field.attname in self.__dict__ and (names is None or field.attname in names)
        }
        self._states_read = self._states_read | fresh

    def _do_update(self, base_qs: models.QuerySet[Any], using: str | None, pk_val: Any, *rest: Any) -> Any:
        read = {
            field.attname: self._states_read[field.attname]
            for field in _state_fields(type(self))
            if field.model is base_qs.model and field.attname in self._states_read
        }
        parent: Any = super()
        updated = parent._do_update(base_qs.filter(**read), using, pk_val, *rest)
        # Nothing updated is also how Django learns that a row with a chosen id is new.
        if not updated and base_qs.filter(pk=pk_val).using(using).exists():
            raise StaleRow
        return updated


@cache
def _state_fields(model: type[models.Model]) -> list[StateField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, StateField)]


def transition(
    field: Any,
    source: str | Collection[str] = "*",
    target: str | None = None,
    *,
    conditions: Iterable[Callable[[Any], bool]] = (),
) -> Callable[[Move], Move]:
    """Makes a method a move from `source` (one state, several, or "*") to `target`; it keeps its signature.

    The method sets fields of its own row and returns nothing: no save, no other model, no mail.
    """
    sources = source if isinstance(source, str) else list(source)
    made = fsm_transition(field=field, source=sources, target=target, conditions=list(conditions))
    return cast("Callable[[Move], Move]", made)


def states_check(field: str, states: type[models.Choices], *, name: str = "") -> models.CheckConstraint:
    """The constraint by which the database, too, refuses a state that is not in the list."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": list(states.values)}),
        name=name or f"%(app_label)s_%(class)s_{field}_known",
    )
