"""The project's own settings on the test's database, with a queue that looks more often."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS, Q_CLUSTER

DATABASES["default"]["NAME"] = os.environ["CHAOS_DATABASE"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.config.chaos"]
Q_CLUSTER = Q_CLUSTER | {"poll": 0.2, "guard_cycle": 0.5}
