"""The admin for support staff."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    """The stock admin under our own stylesheet."""

    site_header = _("Tongzhang support")
    site_title = _("Tongzhang support")
    index_title = _("Overview")
