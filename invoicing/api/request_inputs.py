"""What the API of titles and requests takes: shape only, the services judge the rest."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from finance.api.inputs import AmountField
from invoicing import policy
from invoicing.models import InvoiceKind, InvoiceRequest, Title
from invoicing.services.titles import Buyer

ID_MAX = 2**63 - 1
UNDER_WAY = "under_way"


class LinkQuery(Query):
    """Whose: the account's own, or a member's."""

    relationship = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=ID_MAX,
        help_text=_("The id of a relationship: of that member. Left out: of the account itself."),
    )


class InvoiceableQuery(LinkQuery):
    """Narrows what can be invoiced."""

    month = serializers.DateField(required=False, input_formats=["%Y-%m"], help_text=_("Such as 2026-06."))
    member = serializers.RegexField(
        r"^[0-9]{10}$", required=False, help_text=_("The number of the account that used it, ten digits.")
    )


class RequestQuery(Query):
    """Narrows the list of requests."""

    state = serializers.ChoiceField([(UNDER_WAY, _("Under way")), *InvoiceRequest.State.choices], required=False)


class TitleIn(Strict):
    """A buyer."""

    kind = serializers.ChoiceField(Title.Kind.choices, default=Title.Kind.ENTERPRISE)
    name = serializers.CharField(help_text=_("Up to 100 characters."))
    tax_number = serializers.CharField(
        required=False, allow_blank=True, default="", help_text=_("Needed for an enterprise.")
    )
    address = serializers.CharField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(required=False, allow_blank=True, default="")
    bank = serializers.CharField(required=False, allow_blank=True, default="")
    bank_account = serializers.CharField(required=False, allow_blank=True, default="")
    email = serializers.CharField(required=False, allow_blank=True, default="")
    is_default = serializers.BooleanField(default=False)


def buyer_of(asked: Mapping[str, Any]) -> Buyer:
    """What was sent as services take it."""
    return Buyer(**{name: value for name, value in asked.items() if name != "is_default"})


class RequestIn(Strict):
    """An invoice that is asked for."""

    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        allow_empty=False,
        max_length=policy.ITEMS_MAX,
        help_text=_("Ids of amounts that can be invoiced, all of one payer."),
    )
    title = serializers.IntegerField(
        min_value=1, max_value=ID_MAX, help_text=_("The id of a title of whoever the invoice is for.")
    )
    kind = serializers.ChoiceField(InvoiceKind.choices, default=InvoiceKind.ORDINARY)
    email = serializers.CharField(required=False, allow_blank=True, default="")
    remark = serializers.CharField(
        required=False, allow_blank=True, default="", help_text=_("Printed on it; up to 200 characters.")
    )
    expected = AmountField(
        required=False, help_text=_("The total with tax that you expect; another one is refused (amount_changed).")
    )
    relationship = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=ID_MAX,
        help_text=_("The id of a relationship, to ask on behalf of that member."),
    )
