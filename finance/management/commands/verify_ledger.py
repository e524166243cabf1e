"""`manage.py verify_ledger`: proves the whole ledger anew."""

import json
import sys
import time
from typing import Any, Final, TextIO

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finance.services.proof import resume_ledger
from finance.verification import Flaw, verify

FLAWS_TOLD_MAX: Final = 20
COUNTS = (
    "SELECT (SELECT count(*) FROM finance_book), (SELECT count(*) FROM finance_entry), count(*) FROM finance_transfer"
)


class Command(BaseCommand):
    """Sums up every book, recomputes every chain, weighs every transfer, compares the newest seal.

    Exits with 1 and names the first wrong row if there is one. Memory does not grow with the number of entries, and
    money may move meanwhile.
    """

    help = str(
        gettext_lazy("Proves the whole ledger anew; exits with 1 and names the first wrong row if there is one.")
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` for machines; `--resume` after an alarm."""
        parser.add_argument("--json", action="store_true", help=_("print what was found as JSON"))
        parser.add_argument(
            "--resume", metavar="NOTE", help=_("when all is right, clear the nightly check's alarm, with what was done")
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tells what was found, and ends with 1 if anything is wrong."""
        began, counts = time.monotonic(), _counts()
        bar = ProgressBar(counts["entries"], sys.stderr)
        told: list[Flaw] = []
        found = 0
        for flaw in verify(bar.add):
            found += 1
            if found <= FLAWS_TOLD_MAX:
                told.append(flaw)
        bar.clear()
        facts = counts | {"seconds": round(time.monotonic() - began, 1), "ok": not found, "found": found}
        if options["json"]:
            flaws = [flaw.facts | {"says": flaw.sentence} for flaw in told]
            self.stdout.write(json.dumps(facts | {"flaws": flaws}, ensure_ascii=False))
        else:
            self._tell(facts, told)
        if found:
            sys.exit(1)
        if options["resume"]:
            resume_ledger(note=options["resume"])

    def _tell(self, facts: dict[str, Any], told: list[Flaw]) -> None:
        self.stdout.write(_("%(books)s books, %(entries)s entries, %(transfers)s transfers; %(seconds)s s") % facts)
        if not told:
            self.stdout.write(self.style.SUCCESS(_("The ledger is right.")))
            return
        self.stdout.write(self.style.ERROR(_("The ledger is broken. The first wrong row:")))
        self.stdout.write(told[0].sentence)
        if len(told) > 1:
            self.stdout.write(_("Also (%(found)s in all):") % facts)
            for flaw in told[1:]:
                self.stdout.write(flaw.sentence)


class ProgressBar:
    """One line that grows, on a terminal; nothing elsewhere."""

    WIDTH: Final = 40

    def __init__(self, total: int, out: TextIO) -> None:
        self._out = out if out.isatty() and total else None
        self._total, self._done = total, 0

    def add(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        if self._out is not None:
            part = min(1.0, self._done / self._total)
            full = round(part * self.WIDTH)
            self._out.write(f"\r[{'#' * full}{'.' * (self.WIDTH - full)}] {part:4.0%}")
            self._out.flush()

    def clear(self) -> None:
        """The line is empty again."""
        if self._out is not None:
            self._out.write("\r" + " " * (self.WIDTH + 8) + "\r")
            self._out.flush()


def _counts() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return dict(zip(("books", "entries", "transfers"), cursor.fetchone(), strict=True))
