"""`manage.py worker`: does the jobs.

Under systemd: `KillMode=mixed`, `Restart=always`, and a `TimeoutStopSec` above JOBS_STOP_SECONDS. In a container: an
init that reaps zombies (compose: `init: true`) and a `stop_grace_period` above it.
"""

import os
import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext_lazy as _

from config import env
from config.jobs import run_due
from config.jobs.cluster import run_cluster
from config.jobs.supervisor import Supervisor
from config.jobs.sweep import sweep


class Command(BaseCommand):
    """Keeps one cluster of workers running until SIGTERM or Ctrl-C; a second signal does not wait for running jobs."""

    help = str(_("Does background jobs; run at least one, and as many as you like."))
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` for cron and scripts; `--cluster` is how the supervisor starts its cluster."""
        parser.add_argument("--once", action="store_true", help=str(_("do what is due in this process, and end")))
        parser.add_argument("--name", default="", help=str(_("the worker's name; by default machine and process")))
        parser.add_argument("--cluster", default="", help=str(_("for the supervisor only")))

    def handle(self, *_args: Any, **options: Any) -> None:
        """One of the three."""
        if options["once"]:
            sweep()
            count = run_due()
            self.stdout.write(str(_("%(count)s attempts made.") % {"count": count}))
        elif options["cluster"]:
            sys.exit(run_cluster(options["cluster"]))
        else:
            Supervisor(options["name"] or env.text("WORKER_NAME") or default_name()).run()


def default_name() -> str:
    """Differs between all workers that live at the same time."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}"
