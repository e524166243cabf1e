"""Usage: files that staff upload, what was refused in them, and the keys of the vendor's metering."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, at, history, of_subject, pill, table
from config.errors import DomainError
from finance.models import MeteringKey, UsageImport
from finance.services.metering_keys import create_metering_key, revoke_metering_key
from finance.services.usage_files import check_file, upload_usage
from finance.spreadsheets import CSV_MARK, harmless
from finance.usage_reasons import words_for

if TYPE_CHECKING:
    UploadBase = forms.ModelForm[UsageImport]
else:
    UploadBase = forms.ModelForm

TONES = {"queued": "wait", "running": "info", "done": "ok", "failed": "stop"}
SHOWN = [
    "name",
    "shown_progress",
    "lines",
    "kept",
    "repeated",
    "refused",
    "created_by",
    "created_at",
    "finished_at",
    "report",
]
SOME = 50  # refused lines shown on the page; the file has all that were kept


class UploadForm(UploadBase):
    """One file, of the kinds that the service reads."""

    content = forms.FileField(
        label=_("file"),
        help_text=_(
            "CSV whose first line names the columns (source_id, account, product, instance, quantity, started_at, "
            "ended_at, corrects), or JSON lines with these names. Of any length: lines that are not right are listed "
            "with their reasons, the others are kept."
        ),
    )

    class Meta:
        model = UsageImport
        fields: ClassVar[list[str]] = []

    def clean_content(self) -> Any:
        """Said at the field."""
        content = self.cleaned_data["content"]
        try:
            check_file(name=content.name, content=content)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
        return content


@admin.register(UsageImport)
class UsageImportAdmin(StaffAdmin):
    """How far each file is read, and what was refused."""

    list_display = [
        "name",
        "shown_state",
        "shown_progress",
        "kept",
        "repeated",
        "refused",
        at("created_at", _("uploaded")),
    ]
    search_fields = ["name"]
    search_help_text = _("Name of the file")
    form = UploadForm
    readonly_fields = ["shown_progress", "report"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("finance.add_usageimport")

    def get_urls(self) -> list[URLPattern]:
        """The stock pages, and the report of a file."""
        view = self.admin_site.admin_view(self.report_file)
        return [path("<int:pk>/refused.csv", view, name="finance_usageimport_report"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or how far it is."""
        return ["content"] if obj is None else SHOWN

    def save_model(self, request: HttpRequest, obj: UsageImport, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        content = form.cleaned_data["content"]
        row = upload_usage(actor=staff_actor(request), name=content.name, content=content)
        obj.pk, obj.name, obj._state.adding = row.pk, row.name, False

    def report_file(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The refused lines as CSV."""
        row = self.get_object(request, str(pk))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        answer = StreamingHttpResponse(_report(row), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="refused-{row.pk}.csv"'
        return answer

    def state(self, row: UsageImport) -> Text:
        """How it stands."""
        return pill(row.get_state_display(), TONES[str(row.state)])

    def panels(self, request: HttpRequest, row: UsageImport) -> Sequence[Panel | History]:  # noqa: ARG002
        """The first refused lines."""
        found = row.refusals.order_by("line")[: SOME + 1]
        rows = [(one.line, words_for(one.reason), one.text[:80]) for one in found]
        titles = [_("Line"), _("Why it was refused"), _("Text")]
        panel = table(_("Refused lines"), titles, rows) if rows else None
        return [*([panel] if panel else []), history(of_subject(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: UsageImport) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("read"))
    def shown_progress(self, row: UsageImport) -> str:
        """In per cent."""
        return f"{100 * row.done_bytes // row.bytes if row.bytes else 100} %"

    @admin.display(description=_("refused lines"))
    def report(self, row: UsageImport) -> SafeString | str:
        """To take away."""
        if not row.refused:
            return "—"
        address = reverse("admin:finance_usageimport_report", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _now("Download them with their reasons"))


def _report(row: UsageImport) -> Iterator[str]:
    yield CSV_MARK + ",".join(str(title) for title in (_now("Line"), _now("Why it was refused"), _now("Text"))) + "\r\n"
    for one in row.refusals.order_by("line", "pk").iterator(chunk_size=2000):
        buffer = io.StringIO()
        csv.writer(buffer).writerow([one.line, str(words_for(one.reason)), harmless(one.text)])
        yield buffer.getvalue()


def _revoke(actor: Actor, row: MeteringKey, _typed: Mapping[str, str]) -> Text:
    revoke_metering_key(actor=actor, key_id=row.pk)
    return _now("The key no longer works.")


@admin.register(MeteringKey)
class MeteringKeyAdmin(StaffAdmin):
    """Made here, shown once."""

    list_display = ["name", "prefix", "shown_state", "created_by", at("created_at", _("created"))]
    list_select_related = ["created_by"]
    buttons = [
        Button(
            "revoke",
            _("Revoke"),
            _revoke,
            "finance.change_meteringkey",
            icon="key-round",
            danger=True,
            warning=_("Metering that uses this key can report nothing any more, at once."),
            offered=lambda row: row.revoked_at is None,
        )
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or what there is."""
        return ["name"] if obj is None else ["name", "prefix", "created_by", "created_at", "revoked_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("finance.add_meteringkey")

    def save_model(self, request: HttpRequest, obj: MeteringKey, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service; the secret is said this once."""
        row, secret = create_metering_key(actor=staff_actor(request), name=form.cleaned_data["name"])
        obj.pk, obj.prefix, obj._state.adding = row.pk, row.prefix, False
        said = _now("The key is %(secret)s. Copy it now: it is never shown again.") % {"secret": secret}
        self.message_user(request, said, messages.WARNING)

    def state(self, row: MeteringKey) -> Text:
        """Whether it works."""
        return pill(_("Works"), "ok") if row.revoked_at is None else pill(_("Does not work any more"))

    @admin.display(description=_("state"))
    def shown_state(self, row: MeteringKey) -> Text:
        """The same in the list."""
        return self.state(row)

    def panels(self, request: HttpRequest, row: MeteringKey) -> Sequence[Panel | History]:  # noqa: ARG002
        """Made and revoked."""
        return [history(of_subject(row))]
