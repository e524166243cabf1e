"""What the API of invoices takes: shape only, the services judge the rest."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query
from invoicing.forms.invoices import STATES
from invoicing.models import Invoice


class InvoiceQuery(Query):
    """Narrows the list of issued invoices."""

    of = serializers.ChoiceField(
        [("own", _("Own invoices")), ("members", _("Members' invoices")), ("systems", _("From business systems"))],
        default="own",
        help_text=_("For the account's own spending, for that of members that show theirs, or of business systems."),
    )
    month = serializers.DateField(required=False, input_formats=["%Y-%m"], help_text=_("Such as 2026-06."))
    kind = serializers.ChoiceField(Invoice.Kind.choices, required=False)
    state = serializers.ChoiceField(STATES, required=False)
    text = serializers.CharField(
        required=False, max_length=100, help_text=_("A number, or a part of the buyer's or seller's name.")
    )
    member = serializers.RegexField(r"^[0-9]{10}$", required=False, help_text=_("An account number, ten digits."))
