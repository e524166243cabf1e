"""What invoices add to dissolving: requests under way are completed (K8.9), a control of invoices ends (A3.4)."""

from collections.abc import Iterable

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import Relationship
from accounts.preflight import Finding
from config.errors import worded
from invoicing.models import InvoiceRequest
from invoicing.services.controls import end_with_relationship


def requests_under_way(relationship: Relationship) -> Iterable[Finding]:
    """What the manager has asked for on behalf of the member is issued all the same."""
    found = InvoiceRequest.objects.under_way().filter(relationship=relationship)
    sums = found.aggregate(count=Count("pk"), amount=Sum("amount"))
    if sums["count"]:
        sentence = _(
            "Invoices that you have requested for the account are still issued, to it and with its title: %(count)s "
            "requests over %(amount)s yuan."
        )
        yield Finding("K8.9", False, sentence % worded(sums))


def what_ends(relationship: Relationship) -> Iterable[Finding]:
    """Ends the control of a relationship that was just dissolved, and says so."""
    if end_with_relationship(relationship_id=relationship.pk, now=relationship.ended_at) is not None:
        yield Finding("A3.5", False, _("The account requests its invoices itself again."))
