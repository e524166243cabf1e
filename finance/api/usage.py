"""What was used, told by the vendor's metering."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import ApiView, Outcome
from config.errors import InputError
from finance import policy
from finance.api.metering_auth import MeteringAuthentication
from finance.services.metering import take_usage, text_of
from finance.services.staging import FIELDS, Row
from finance.usage_reasons import words_for


class UsageRecord(serializers.Serializer[Any]):
    """How a record is written; thousands come at once, so they are checked by the database and not by this."""

    source_id = serializers.CharField(max_length=100, help_text=_("Its number at the source, new for each record."))
    account = serializers.CharField(help_text=_("The number of the account that used it."))
    product = serializers.CharField(help_text=_("The code of the product."))
    instance = serializers.CharField(max_length=100)
    quantity = serializers.CharField(help_text=_("In the product's unit, at most 8 decimal places."))
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    corrects = serializers.CharField(
        required=False, help_text=_("The number of an earlier record, whose right quantity this one states.")
    )


class UsageIn(serializers.Serializer[Any]):
    """Up to 10,000 records."""

    records = UsageRecord(many=True)


class UsageRefusal(serializers.Serializer[Any]):
    """A record that was not kept."""

    index = serializers.IntegerField(help_text=_("Its place in the list, counted from 0."))
    source_id = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField()


class UsageOut(serializers.Serializer[Any]):
    """What became of them."""

    kept = serializers.IntegerField()
    known = serializers.IntegerField(help_text=_("Records that had come before, and count once."))
    refused = UsageRefusal(many=True)


class UsageIntake(ApiView):
    """Only for the vendor's metering."""

    authentication_classes = [MeteringAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="usage_create",
        tags=["usage"],
        summary=_("Report usage"),
        description=_(
            "Good records are kept even where others are refused. A record that comes again counts once; one that "
            "comes after its cycle was billed is billed by the difference. Needs a key of the vendor's metering."
        ),
        request=UsageIn,
        responses={200: UsageOut},
        examples=[
            OpenApiExample(
                "usage",
                {
                    "records": [
                        {
                            "source_id": "m-20260310-000001",
                            "account": "3141592653",
                            "product": "compute",
                            "instance": "i-7f3a",
                            "quantity": "0.5",
                            "started_at": "2026-03-10T12:00:00+08:00",
                            "ended_at": "2026-03-10T12:30:00+08:00",
                        }
                    ]
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """200 with what became of each."""
        return self.once(f"meter-{request.auth.pk}", lambda: self._take(request.data))

    def _take(self, body: Any) -> Outcome:
        taken = take_usage(rows=_rows(_records(body)))
        refused = [
            {
                "index": one.line - 1,
                "source_id": one.source_id,
                "reason": one.reason,
                "detail": str(words_for(one.reason)),
            }
            for one in taken.refused
        ]
        return 200, {"kept": taken.kept, "known": taken.known, "refused": refused}


def _records(body: Any) -> list[Any]:
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not records:
        raise InputError("records", _("Send a list of records."))
    if len(records) > policy.USAGE_PER_CALL_MAX:
        raise InputError("records", _("At most %(most)s records fit into one call."), most=policy.USAGE_PER_CALL_MAX)
    return records


def _rows(records: list[Any]) -> Iterator[Row]:
    """As texts; what is no text or number is none, and then refused by its field."""
    for record in records:
        fields: Mapping[str, Any] = record if isinstance(record, dict) else {}
        yield [text_of(value=fields.get(name)) for name in FIELDS]
