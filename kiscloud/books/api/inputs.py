"""What the API of books takes: shape only, the services judge the rest."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from config.errors import InputError
from kiscloud.books import policy
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import ItemKind, Voucher, Word
from kiscloud.books.periods import months_with_balances
from kiscloud.books.services.people import Place
from kiscloud.books.typed import read_amount, read_quantity
from kiscloud.forms.account_sets import read_month

CODE_LENGTH = 15
ID_MOST = 2**63 - 1


@extend_schema_field({"type": "string", "maxLength": 40, "examples": ["1234.50", "-20.00"]})
class SignedAmount(serializers.Field[Decimal, str, str, Any]):
    """Yuan as text; negative amounts are red ones."""

    default_error_messages = {"not_text": _("Send the amount as text, such as “1234.50”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        """Exactly what the text states."""
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            return read_amount(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


@extend_schema_field({"type": "string", "maxLength": 20, "examples": ["12.5"]})
class Quantity(serializers.Field[Decimal | None, str, str, Any]):
    """A quantity as text, with at most four places."""

    default_error_messages = {"not_text": _("Send the quantity as text, such as “12.5”.")}

    def to_internal_value(self, data: Any) -> Decimal | None:
        """Exactly what the text states."""
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            return read_quantity(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


@extend_schema_field({"type": "string", "maxLength": 10, "examples": ["2026-03"]})
class Month(serializers.Field[int, str, str, Any]):
    """A period."""

    def to_internal_value(self, data: Any) -> int:
        """As the books write it."""
        try:
            return int(read_month(str(data)).replace("-", ""))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class BookLineIn(Strict):
    """A line of a voucher: an amount on one side."""

    summary = serializers.CharField(
        default="", allow_blank=True, max_length=policy.SUMMARY_LENGTH, help_text=_("Empty: as in the line above.")
    )
    subject = serializers.CharField(max_length=CODE_LENGTH, help_text=_("The code of a subject that takes entries."))
    debit = SignedAmount(default=Decimal("0.00"))
    credit = SignedAmount(default=Decimal("0.00"))
    item = serializers.CharField(
        default="", allow_blank=True, max_length=20, help_text=_("The code of an item, where the subject asks for one.")
    )
    quantity = Quantity(required=False, help_text=_("Where the subject keeps quantities."))


class BookVoucherIn(Strict):
    """A whole voucher. Changing one replaces all of it."""

    day = serializers.DateField(help_text=_("In the current period, or in one of the twelve after it."))
    word = serializers.ChoiceField(Word.choices, default=Word.GENERAL)
    attachments = serializers.IntegerField(min_value=0, max_value=policy.ATTACHMENTS_MAX, default=0)
    draft = serializers.BooleanField(
        default=False, help_text=_("A draft need not balance; it gets its number once it is saved.")
    )
    lines = serializers.ListField(child=BookLineIn(), min_length=1, max_length=policy.LINES_MAX)


def typed(asked: Mapping[str, Any]) -> tuple[Header, list[Entry]]:
    """As the service takes it."""
    entries = [
        Entry(line["summary"], line["subject"], line["debit"], line["credit"], line.get("quantity"), line["item"])
        for line in asked["lines"]
    ]
    return Header(asked["day"], asked["word"], asked["attachments"]), entries


class CarryIn(Strict):
    """How profit and loss is carried over."""

    together = serializers.BooleanField(
        default=False, help_text=_("In one voucher; else one for income and one for costs.")
    )


class PostManyIn(Strict):
    """Which vouchers."""

    vouchers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MOST),
        min_length=1,
        max_length=policy.BATCH_MAX,
        required=False,
        help_text=_("Their ids."),
    )


class AuditManyIn(Strict):
    """Which vouchers."""

    vouchers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MOST),
        min_length=1,
        max_length=policy.BATCH_MAX,
        help_text=_("Their ids."),
    )


class OpeningIn(Strict):
    """How a subject begins, on its own side."""

    subject = serializers.CharField(max_length=CODE_LENGTH, help_text=_("The code of a subject that takes entries."))
    item = serializers.CharField(
        default="", allow_blank=True, max_length=20, help_text=_("The code of an item, where the subject asks for one.")
    )
    balance = SignedAmount(default=Decimal("0.00"), help_text=_("None for profit and loss."))
    year_debit = SignedAmount(
        default=Decimal("0.00"), help_text=_("What moved in the year before the first period, where it is not January.")
    )
    year_credit = SignedAmount(default=Decimal("0.00"))
    quantity = Quantity(default=None, help_text=_("Where the subject keeps quantities."))


class OpeningsIn(Strict):
    """All opening balances."""

    openings = serializers.ListField(child=OpeningIn(), max_length=policy.SUBJECTS_MAX)


class ItemQuery(Query):
    """Narrows the list of items."""

    kind = serializers.ChoiceField(ItemKind.choices, required=False)


class VoucherQuery(Query):
    """Narrows the list of vouchers."""

    month = Month(required=False, help_text=_("A period like 2026-03."))
    state = serializers.ChoiceField(Voucher.State.choices, required=False)
    word = serializers.ChoiceField(Word.choices, required=False)
    subject = serializers.CharField(
        required=False, max_length=CODE_LENGTH, help_text=_("The code of a subject; those below it count too.")
    )
    q = serializers.CharField(required=False, max_length=60, help_text=_("Words of the summary."))


class ReportQuery(Strict):
    """Which period."""

    month = Month(required=False, help_text=_("A period like 2026-03; else the current one."))


class StatementQuery(ReportQuery):
    """With what is saved, if wanted."""

    waiting = serializers.BooleanField(default=False, help_text=_("Also count vouchers that are not posted yet."))


class TrialQuery(StatementQuery):
    """How deep."""

    level = serializers.IntegerField(min_value=1, max_value=7, default=1)


def month_asked(place: Place, asked: Mapping[str, Any]) -> int:
    """The period of a report. Raises InputError where the books have none such."""
    month: int = asked.get("month", place.books.month)
    if month not in months_with_balances(place.books):
        raise InputError("month", _("The books have no such period yet."))
    return month
