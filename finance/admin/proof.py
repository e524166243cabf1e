"""What proves the ledger, and the alarms that halt it."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill, table
from accounts.admin.queues import QueueAdmin, QueueFilter
from finance.models import Book, LedgerAlarm, LedgerSeal, Transfer
from finance.seals import is_intact
from finance.services.proof import CLEAR_PERMISSION, clear_alarm
from finance.verification import Flaw


def _clear(actor: Actor, row: LedgerAlarm, typed: Mapping[str, str]) -> Text:
    clear_alarm(actor=actor, alarm_id=row.pk, note=typed.get("note", ""))
    if LedgerAlarm.objects.raised().exists():
        return _now("Cleared. There are other alarms: no money moves until they are cleared, too.")
    return _now("Cleared: money moves again.")


def _raised(row: LedgerAlarm) -> bool:
    return row.cleared_at is None


@admin.register(LedgerAlarm)
class LedgerAlarmAdmin(QueueAdmin):
    """What the nightly check found, and who said that it is mended."""

    list_display = [
        "shown_what",
        "shown_state",
        at("found_at", _("found")),
        at("cleared_at", _("cleared")),
        "cleared_by",
    ]
    list_filter = [QueueFilter]
    queues = {"clearing": (_("To look into"), lambda rows: rows.filter(cleared_at=None))}
    list_select_related = ["cleared_by"]
    fields = ["shown_what", "found_at", "cleared_at", "cleared_by", "note"]
    readonly_fields = ["shown_what"]
    buttons = [
        Button(
            "clear",
            _("Clear the alarm"),
            _clear,
            CLEAR_PERMISSION,
            icon="circle-check",
            danger=True,
            warning=_(
                "Run manage.py verify_ledger first, and clear only what it finds no more. When the last alarm is "
                "cleared, money moves again at once."
            ),
            ask=Ask("note", _("What was done"), 200, _("It stays in the history.")),
            offered=_raised,
        ),
    ]

    def title(self, row: LedgerAlarm) -> str:
        """Which."""
        return _now("Ledger alarm #%(number)s") % {"number": row.pk}

    def state(self, row: LedgerAlarm) -> Text:
        """Whether it halts the ledger."""
        return pill(_("Money is halted"), "stop") if _raised(row) else pill(_("Cleared"), "ok")

    def notices(self, request: HttpRequest, row: LedgerAlarm) -> Sequence[Notice]:  # noqa: ARG002
        """What it means, and what to do."""
        if not _raised(row):
            return []
        words = _("No money moves until this is cleared. manage.py verify_ledger tells everything that is wrong now.")
        return [Notice(words, "stop", _("The ledger is broken"))]

    def panels(self, request: HttpRequest, row: LedgerAlarm) -> Sequence[Panel | History]:  # noqa: ARG002
        """All that was found, each with the rows it is about; then what happened."""
        flaws = [Flaw(**facts) for facts in row.flaws]
        books = Book.objects.in_bulk({flaw.book for flaw in flaws if flaw.book})
        transfers = Transfer.objects.in_bulk({flaw.transfer for flaw in flaws if flaw.transfer})
        rows = [
            [
                flaw.sentence,
                link(books.get(flaw.book or 0), f"#{flaw.book}"),
                link(transfers.get(flaw.transfer or 0), f"#{flaw.transfer}"),
            ]
            for flaw in flaws
        ]
        return [table(_("What was found"), [_("flaw"), _("book"), _("transfer")], rows), history(of_subject(row))]

    @admin.display(description=_("first wrong row"), ordering="id")
    def shown_what(self, row: LedgerAlarm) -> str:
        """In the reader's language."""
        return Flaw(**row.flaws[0]).sentence if row.flaws else row.what

    @admin.display(description=_("state"), ordering="cleared_at")
    def shown_state(self, row: LedgerAlarm) -> Text:
        """As a pill."""
        return self.state(row)


@admin.register(LedgerSeal)
class LedgerSealAdmin(StaffAdmin):
    """What the ledger held at the end of each day."""

    list_display = ["day", "books", "entries", "short_digest", at("sealed_at", _("sealed"))]
    fields = ["day", "books", "entries", "shown_heads", "shown_digest", "sealed_at"]
    readonly_fields = ["shown_heads", "shown_digest"]

    def state(self, row: LedgerSeal) -> Text:
        """Whether it is what was written, by its own digest and the seal before."""
        return pill(_("As sealed"), "ok") if is_intact(row) else pill(_("Changed since it was sealed"), "stop")

    def notices(self, request: HttpRequest, row: LedgerSeal) -> Sequence[Notice]:  # noqa: ARG002
        """What it is good for."""
        words = _(
            "The digest stands in the log, too. Where a copy of the log that is kept elsewhere agrees and "
            "manage.py verify_ledger finds nothing, no entry up to this day was changed or cut off."
        )
        return [Notice(words, "info")]

    @admin.display(description=_("digest"))
    def short_digest(self, row: LedgerSeal) -> str:
        """Its beginning."""
        return f"{bytes(row.digest).hex()[:16]}…"

    @admin.display(description=_("digest of the books"))
    def shown_heads(self, row: LedgerSeal) -> str:
        """As figures and letters."""
        return bytes(row.heads).hex()

    @admin.display(description=_("digest"))
    def shown_digest(self, row: LedgerSeal) -> str:
        """As figures and letters."""
        return bytes(row.digest).hex()
