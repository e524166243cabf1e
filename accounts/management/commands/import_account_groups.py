"""`manage.py import_account_groups FILE.csv`: takes over the relations of the former account group (K12.9)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.account_groups import REFUSED, TAKEN, THERE, Line, take_over
from config.errors import DomainError

ENCODINGS = ("utf-8-sig", "gb18030")  # the second is what Chinese spreadsheets write


class Command(BaseCommand):
    """Good lines are kept, wrong ones reported; may be repeated with the corrected file."""

    help = "Take over relations of the former account group: CSV with the columns manager, member, console, points."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        """One line of report for each line of the file, then the sums; ends with an error if any was refused."""
        sums = dict.fromkeys((TAKEN, THERE, REFUSED), 0)
        try:
            for line in take_over(_read(file)):
                sums[line.outcome] += 1
                self.stdout.write(_words(line))
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Taken over: %(taken)s. There before: %(there)s. Refused: %(refused)s.") % sums)
        if sums[REFUSED]:
            raise CommandError(_("Correct the refused lines and run the same file again."))


def _words(line: Line) -> str:
    words = {TAKEN: _("taken over"), THERE: _("was there before"), REFUSED: _("refused")}[line.outcome]
    text = _("Line %(number)s: %(text)s: %(words)s") % {"number": line.number, "text": line.text, "words": words}
    return f"{text} ({line.reason})" if line.reason else text


def _read(file: Path) -> list[str]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError(_("The file cannot be read: %(error)s") % {"error": error}) from error
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding).splitlines(keepends=True)
        except UnicodeDecodeError:
            continue
    raise CommandError(_("The file is neither UTF-8 nor GB 18030."))
