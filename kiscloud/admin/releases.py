"""Releases of clients: uploaded, published, withdrawn."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, Text
from accounts.admin.panels import at, pill
from finance.admin.grants import AddedAdmin
from kiscloud.models import Release
from kiscloud.services.releases import CHANGE, add_release, publish_release, withdraw_release


def _publish(actor: Actor, row: Release, _typed: Mapping[str, str]) -> Text:
    publish_release(actor=actor, release_id=row.pk)
    return _now("Everybody can download it, and clients hear of it.")


def _withdraw(actor: Actor, row: Release, _typed: Mapping[str, str]) -> Text:
    withdraw_release(actor=actor, release_id=row.pk)
    return _now("Nobody can download it any more; clients hear of the one before it.")


@admin.register(Release)
class ReleaseAdmin(AddedAdmin):
    """A file stays as it was uploaded: another one is another version."""

    formfield_overrides: ClassVar[Any] = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["version", "platform", "channel", "shown_state", "size", at("released_at", _("released"))]
    list_filter = ["platform", "channel"]
    search_fields = ["=version"]
    search_help_text = _("Version")
    asked: ClassVar[Sequence[str]] = ["platform", "channel", "version", "file", "address", "needs", "notes", "notes_en"]
    shown: ClassVar[Sequence[str]] = [*asked, "size", "sha256", "created_at", "released_at", "withdrawn_at"]
    buttons = [
        Button(
            "publish",
            _("Publish"),
            _publish,
            CHANGE,
            icon="package-check",
            offered=lambda row: row.released_at is None or row.withdrawn_at is not None,
        ),
        Button(
            "withdraw",
            _("Withdraw"),
            _withdraw,
            CHANGE,
            icon="package-x",
            danger=True,
            warning=_("Nobody can download it any more. Who has installed it keeps it."),
            offered=lambda row: row.released_at is not None and row.withdrawn_at is None,
        ),
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one, which nobody sees yet."""
        return add_release(actor=actor, **{**typed, "file": typed.get("file") or None})

    def state(self, row: Release) -> Text:
        """Whether people see it."""
        return self.shown_state(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Release) -> SafeString:
        """As a pill."""
        if row.withdrawn_at is not None:
            return pill(_now("Withdrawn"), "stop")
        return pill(_now("Published"), "ok") if row.released_at else pill(_now("Not published"), "wait")
