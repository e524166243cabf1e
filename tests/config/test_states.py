"""The state field is moved by transitions only, whatever else goes wrong around it."""

import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, connection, models, transaction

from config.errors import DomainError
from config.states import (
    ConcurrentTransition,
    MoveRefused,
    StaleRow,
    StateField,
    StateModel,
    TransitionNotAllowed,
    states_check,
)
from config.states import transition as move
from tests.racing import race
from tests.states import every_move, outcome


class ParcelState(models.TextChoices):
    PACKED = "packed", "Packed"
    SENT = "sent", "On its way"
    LOST = "lost", "Lost"


class Parcel(StateModel):
    """A machine of this test's own, outside of the project's registry of models."""

    state = StateField("state", choices=ParcelState, default=ParcelState.PACKED)
    open_state = StateField("open", choices=ParcelState, default=ParcelState.PACKED, protected=False)
    note = models.CharField(max_length=20, blank=True)

    objects: ClassVar[models.Manager["Parcel"]] = models.Manager()

    class Meta:
        apps = Apps()
        app_label = "parcels"
        constraints = [states_check("state", ParcelState)]

    @move(field=state, source=ParcelState.PACKED, target=ParcelState.SENT)
    def send(self, *, note: str = "") -> None:
        self.note = note

    @move(field=state, source=[ParcelState.PACKED, ParcelState.SENT], target=ParcelState.LOST)
    def lose(self) -> None:
        """Gone."""

    @move(field=state, source=ParcelState.LOST, target=ParcelState.SENT)
    def find(self) -> None:
        raise ValueError("it fell apart")


TABLE = {
    ("packed", "send"): "sent",
    ("packed", "lose"): "lost",
    ("sent", "lose"): "lost",
}


@pytest.fixture
def table(db: None) -> None:
    """Made in the test's own transaction, gone with it."""
    with connection.schema_editor() as editor:
        editor.create_model(Parcel)


@pytest.fixture
def shared_table(transactional_db: None) -> Iterator[None]:
    """One that other connections see."""
    with connection.schema_editor() as editor:
        editor.create_model(Parcel)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Parcel)


@pytest.mark.parametrize(("state", "name"), [pair for pair in every_move(Parcel, "state") if pair[1] != "find"])
def test_every_move_from_every_state(state: str, name: str) -> None:
    assert outcome(Parcel(state=state), "state", name) == TABLE.get((state, name))


def test_every_move_lists_all_pairs() -> None:
    assert len(every_move(Parcel, "state")) == 9
    assert every_move(Parcel, "open_state") == []


def test_a_state_is_not_assigned() -> None:
    parcel = Parcel(state=ParcelState.SENT)
    for value in (ParcelState.LOST, ParcelState.SENT, "nonsense"):
        with pytest.raises(AttributeError):
            parcel.state = value
    with pytest.raises(AttributeError):
        del parcel.state
    assert parcel.state == "sent"


def test_an_open_one_is() -> None:
    parcel = Parcel()
    parcel.open_state = "lost"
    assert parcel.open_state == "lost"


def test_a_wrong_move_is_a_refusal_that_names_the_state() -> None:
    parcel = Parcel(state=ParcelState.SENT)
    with pytest.raises(MoveRefused) as caught:
        parcel.send()
    assert isinstance(caught.value, DomainError)
    assert isinstance(caught.value, TransitionNotAllowed)
    assert caught.value.status == 409
    assert "On its way" in str(caught.value)
    assert caught.value.object is parcel


def test_a_move_that_fails_changes_nothing() -> None:
    parcel = Parcel(state=ParcelState.LOST)
    with pytest.raises(ValueError, match="fell apart"):
        parcel.find()
    assert parcel.state == "lost"


def test_refresh_reads_the_state_and_closes_again(table: None) -> None:
    parcel = Parcel.objects.create()
    Parcel.objects.update(state="lost")
    parcel.refresh_from_db()
    assert parcel.state == "lost"
    with pytest.raises(AttributeError):
        parcel.state = "sent"


def test_a_failed_refresh_leaves_everything_protected(table: None) -> None:
    parcel, other = Parcel.objects.create(), Parcel.objects.create()
    Parcel.objects.filter(pk=parcel.pk).delete()
    with pytest.raises(Parcel.DoesNotExist):
        parcel.refresh_from_db()
    for row in (parcel, other, Parcel()):
        with pytest.raises(AttributeError):
            row.state = "sent"


def test_a_deferred_state_is_protected_and_loaded_when_read(table: None) -> None:
    Parcel.objects.create(state="sent")
    parcel = Parcel.objects.defer("state").get()
    with pytest.raises(AttributeError):
        parcel.state = "lost"
    assert parcel.state == "sent"
    parcel.lose()
    parcel.save(update_fields=["state"])
    assert Parcel.objects.get().state == "lost"


def test_deferring_costs_no_query(table: None, django_assert_num_queries) -> None:
    Parcel.objects.bulk_create([Parcel() for _ in range(3)])
    with django_assert_num_queries(1):
        list(Parcel.objects.only("note"))


def test_saving_a_row_that_was_moved_meanwhile_is_refused(table: None) -> None:
    Parcel.objects.create()
    first, second = Parcel.objects.get(), Parcel.objects.get()
    first.send()
    first.save(update_fields=["state", "note"])
    second.lose()
    with pytest.raises(StaleRow) as caught, transaction.atomic():
        second.save(update_fields=["state"])
    assert isinstance(caught.value, ConcurrentTransition)
    assert caught.value.status == 409
    assert Parcel.objects.get().state == "sent"
    with pytest.raises(StaleRow), transaction.atomic():
        second.save(update_fields=["note"])


def test_an_unsaved_move_does_not_count_as_saved(table: None) -> None:
    parcel = Parcel.objects.create()
    parcel.send(note="fragile")
    parcel.save(update_fields=["note"])
    assert Parcel.objects.get().state == "packed"
    parcel.save(update_fields=["state"])
    assert Parcel.objects.get().state == "sent"
    parcel.lose()
    parcel.save()
    assert Parcel.objects.get().state == "lost"


def test_a_row_with_a_chosen_id_is_new(table: None) -> None:
    Parcel(pk=77, state="sent").save()
    assert Parcel.objects.get().state == "sent"
    with pytest.raises(StaleRow), transaction.atomic():
        Parcel(pk=77).save()


def test_the_database_knows_the_states(table: None) -> None:
    Parcel.objects.create()
    with pytest.raises(IntegrityError, match="parcels_parcel_state_known"), transaction.atomic():
        Parcel.objects.update(state="stolen")


def test_reading_in_one_thread_opens_nothing_in_another(shared_table: None) -> None:
    """Many refreshes of a row that is there and of one that is not, while others try to assign."""
    kept, gone = Parcel.objects.create(), Parcel.objects.create()
    Parcel.objects.filter(pk=gone.pk).delete()
    stop = threading.Event()
    mine = Parcel.objects.get(pk=kept.pk)

    def act(number: int) -> int:
        if number < 2:
            return _refresh_until(stop, Parcel.objects.get(pk=kept.pk), pk=gone.pk)
        try:
            return sum(_assigns(mine if number == 2 else Parcel()) for _ in range(3000))
        finally:
            stop.set()

    assert race(4, act)[2:] == [0, 0]
    assert mine.state == "packed"


def _refresh_until(stop: threading.Event, parcel: Parcel, pk: int) -> int:
    ghost = Parcel(pk=pk)
    turns = 0
    while not stop.is_set():
        parcel.refresh_from_db()
        with pytest.raises(Parcel.DoesNotExist):
            ghost.refresh_from_db()
        turns += 1
    return turns


def _assigns(parcel: Parcel) -> int:
    try:
        parcel.state = "lost"
    except AttributeError:
        return 0
    return 1


def test_of_six_who_lock_one_moves(shared_table: None) -> None:
    pk = Parcel.objects.create().pk

    def act(_number: int) -> None:
        with transaction.atomic():
            parcel = Parcel.objects.select_for_update().get(pk=pk)
            parcel.send()
            parcel.save(update_fields=["state", "note"])

    results = race(6, act)
    assert results.count(None) == 1
    assert sum(isinstance(result, MoveRefused) for result in results) == 5


def test_of_six_who_forgot_to_lock_one_saves(shared_table: None) -> None:
    pk = Parcel.objects.create().pk
    read = threading.Barrier(6)

    def act(_number: int) -> None:
        parcel = Parcel.objects.get(pk=pk)
        read.wait(timeout=30)
        parcel.send()
        parcel.save(update_fields=["state", "note"])

    results = race(6, act)
    assert results.count(None) == 1
    assert sum(isinstance(result, StaleRow) for result in results) == 5


def test_it_deconstructs_for_migrations() -> None:
    field = Parcel._meta.get_field("state")
    _name, path, args, kwargs = field.deconstruct()
    assert path == "config.states.StateField"
    assert "protected" not in kwargs
    assert StateField(*args, **kwargs).protected
    assert Parcel._meta.get_field("open_state").deconstruct()[3]["protected"] is False
