"""Lists that staff work off: a filter “to do” with their queues, and within a queue whoever waits longest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text

Rows = QuerySet[Any]
Queue = tuple[Text, Callable[[Rows], Rows]]  # what is to be done, and how its rows are found


class QueueFilter(admin.SimpleListFilter):
    """What somebody has to do."""

    title = _("to do")
    parameter_name = "needs"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        self.queues: Mapping[str, Queue] = model_admin.queues
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The queues of the list."""
        return [(name, label) for name, (label, _find) in self.queues.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:  # noqa: ARG002
        """Of the chosen one."""
        queue = self.queues.get(self.value() or "")
        return queue[1](queryset) if queue else queryset


class QueueAdmin(StaffAdmin):
    """The latest first; within one of the `queues`, in `queue_order`."""

    queues: ClassVar[Mapping[str, Queue]] = {}
    queue_order: ClassVar[Sequence[str]] = ["pk"]
    ordering = ["-pk"]

    def get_ordering(self, request: HttpRequest) -> Any:
        """Whoever waits longest stands first where somebody works the queue off."""
        return self.queue_order if request.GET.get(QueueFilter.parameter_name) else super().get_ordering(request)
