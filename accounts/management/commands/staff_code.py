"""`manage.py staff_code USERNAME`: the code that an authenticator app would show, to try the admin without a phone."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.second_factor import code_now
from config.errors import DomainError


class Command(BaseCommand):
    """Works only where DEBUG is on: elsewhere nobody but the person's own phone knows the code."""

    help = "Print the present code of a member of staff (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Six digits and how long they are good for."""
        if not settings.DEBUG:
            raise CommandError("This works only where DEBUG is on.")
        user = User.objects.by_identifier(options["username"])
        if user is None or not user.is_staff:
            raise CommandError(f"There is no member of staff called {options['username']}.")
        try:
            code, seconds = code_now(user=user)
        except DomainError as error:
            raise CommandError(f"No code now: {error}") from error
        self.stdout.write(f"{code}  (good for {seconds} seconds, once)")
