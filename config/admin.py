"""What staff see of the ground: jobs and workers to read, a button for parked jobs; nothing of the queue."""

from typing import TYPE_CHECKING, Any

import django_q.admin  # noqa: F401  (registers itself, so that it can be taken out below)
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_q.models import Failure, OrmQ, Schedule, Success

from config.errors import DomainError
from config.jobs import try_again
from config.models import Job, WorkerBeat

# Its rows are pickles that run code when they are read, and say nothing that our own rows do not say better.
admin.site.unregister([Schedule, Success, Failure, OrmQ])


if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class ReadOnlyAdmin(Base):
    """To be looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """All work, parked first to be found by the filter."""

    list_display = ["id", "kind", "key", "state", "attempts", "run_after", "created_at", "done_at", "last_error"]
    list_filter = ["state", "kind"]
    search_fields = ["=id", "=key", "kind"]
    show_full_result_count = False
    actions = ["retry"]

    def get_urls(self) -> list[URLPattern]:
        """The button's address beside the usual ones."""
        retry = self.admin_site.admin_view(require_POST(self.retry_one))
        return [path("<int:pk>/retry/", retry, name="config_job_retry"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The job's page, with the button for whom it may serve."""
        context = (extra_context or {}) | {"may_retry": self.has_retry_permission(request)}
        return super().change_view(request, object_id, form_url, context)

    def retry_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on the job's page."""
        if not self.has_retry_permission(request):
            raise PermissionDenied
        self.retry(request, Job.objects.filter(pk=pk))
        return redirect("admin:config_job_change", pk)

    @admin.action(description=_("Try again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """The chosen parked jobs are ready again; those that are not parked are named and left alone."""
        count = 0
        for pk in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                job = try_again(pk, by=request.user.get_username())
            except DomainError as error:
                self.message_user(request, f"{pk}: {error}", messages.WARNING)
            else:
                self.log_change(request, job, "try again")
                count += 1
        if count:
            sentence = ngettext("%(count)s job will be tried again.", "%(count)s jobs will be tried again.", count)
            self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("config.retry_job")


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    """Which workers there are, and when each was last seen."""

    list_display = ["name", "started_at", "seen_at", "restarts"]
