"""The two apps of this package: the ground itself, and the admin with its second factor."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ConfigApp(AppConfig):
    """Jobs, limits and remembered answers."""

    name = "config"
    label = "config"
    verbose_name = _("System")

    def ready(self) -> None:
        """Every app's handlers are known (`<app>/tasks.py`)."""
        autodiscover_modules("tasks")


class StaffAdmin(AdminConfig):
    """The admin for support staff, behind a second factor."""

    default_site = "accounts.admin_site.StaffSite"
