"""Many models of a migration, drawn up once."""

from typing import Any

from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from config.create_models import CreateModels


def test_models_that_refer_to_each_other_are_made_and_unmade(db):
    many = CreateModels([_model("Egg", "shelf.Hen"), _model("Hen", "shelf.Egg")])
    before, after = ProjectState(), ProjectState()
    assert before.apps  # drawn up before, as a migration's predecessors are
    many.state_forwards("shelf", after)

    with connection.schema_editor() as editor:
        many.database_forwards("shelf", editor, before, after)
    assert {"shelf_egg", "shelf_hen"} <= set(connection.introspection.table_names())

    with connection.schema_editor() as editor:
        many.database_backwards("shelf", editor, after, before)
    assert not {"shelf_egg", "shelf_hen"} & set(connection.introspection.table_names())


def test_they_are_drawn_up_once():
    state = ProjectState()
    assert not state.apps.all_models["shelf"]

    CreateModels([_model("Egg", "shelf.Hen"), _model("Hen", "shelf.Egg")]).state_forwards("shelf", state)

    assert "apps" not in vars(state)  # drawn up when the first of them is asked for
    assert set(state.apps.all_models["shelf"]) == {"egg", "hen"}


def _model(name: str, other: str) -> CreateModel:
    to_other: models.ForeignKey[Any, Any] = models.ForeignKey(other, models.CASCADE, null=True)
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), ("other", to_other)])
