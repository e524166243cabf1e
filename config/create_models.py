"""A migration's operation that creates many models at once."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Creates the tables of these models, which may refer to each other in any order.

    `CreateModel` draws up anew every model that is related to its own: here, where all are related to the account, the
    hundredth would take a hundred times as long as the first. These are drawn up once, together.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All are known; whoever asks for one next draws all of them up."""
        state.__dict__.pop("apps", None)
        for one in self.models:
            one.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Each has its table; foreign keys and indexes come when the migration ends."""
        for one in self.models:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The tables are gone, the last first."""
        for one in reversed(self.models):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        """Whether one of them has to do with this model."""
        return any(one.references_model(name, app_label) for one in self.models)

    def describe(self) -> str:
        """What it does, for people."""
        return f"Create models {', '.join(one.name for one in self.models)}"

    def deconstruct(self) -> Any:
        return type(self).__qualname__, [self.models], {}
