"""`manage.py demo`: fills an empty database with a story that shows the product; `--show` prints its logins."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from accounts.demo import CAST, PASSWORD, STAFF, Story
from accounts.models import User


class Command(BaseCommand):
    """Runs on an empty database only, so that it can never mix with real data."""

    help = "Fill an empty database with a story that shows the product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--show` prints the logins of a story told before."""
        parser.add_argument("--show", action="store_true", help="print the demo logins and stop")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tells the story and prints its logins."""
        if not options["show"]:
            if User.objects.exists():
                raise CommandError("The database is not empty: the demo runs on an empty one only.")
            autodiscover_modules("demo")
            self._tell()
        if User.objects.filter(username=STAFF.username).exists():
            self._show()

    def _tell(self) -> None:
        """Chapter by chapter; the lines about each letter would bury them."""
        jobs = logging.getLogger("config.jobs")
        level = jobs.level
        jobs.setLevel(logging.WARNING)
        try:
            with translation.override("zh-hans"):
                for chapter in Story().tell():
                    self.stdout.write(f"  demo: {chapter}")
        finally:
            jobs.setLevel(level)

    def _show(self) -> None:
        self.stdout.write(f"\nDemo logins (password of all: {PASSWORD})")
        for person in [*CAST, STAFF]:
            self.stdout.write(f"  {person.username:<15} {person.mobile}  {person.name}  {person.note}")
        self.stdout.write(f"\nThe admin asks {STAFF.username} for a code too: manage.py staff_code {STAFF.username}")
