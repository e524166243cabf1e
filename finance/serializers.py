"""What the API of funds answers: each serializer is one shape of the description."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Account, Relationship
from accounts.serializers import SIDES
from finance.models import Allotment, TopUp
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.payments.offline import bank_details
from finance.receipts import Receipt


class Yuan(serializers.DecimalField):
    """An amount as text with two places."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, **options)


class SideOut(serializers.Serializer[Account]):
    """An account on the other end of some money."""

    number = serializers.CharField(help_text=_("Account number, ten digits."))
    username = serializers.CharField()
    name = serializers.CharField()


class GivenOut(serializers.Serializer[Any]):
    """What came from one manager."""

    manager = SideOut()
    amount = Yuan()


class CreditStandOut(serializers.Serializer[Any]):
    """Credit at this moment."""

    limit = Yuan()
    used = Yuan()
    left = Yuan()


class BalancesOut(serializers.Serializer[Any]):
    """What the account has."""

    cash = Yuan(help_text=_("Own cash. Only this can be allotted."))
    from_managers = GivenOut(many=True, source="given", help_text=_("Can be spent, and recalled by its manager."))
    balance = Yuan(help_text=_("Cash of every origin."))
    credit = CreditStandOut()
    free = Yuan(help_text=_("The balance less the credit in use."))
    available = Yuan(help_text=_("What can be spent: the balance and the credit that is left."))


class FundsOut(serializers.Serializer[Any]):
    """A member's funds as its manager sees them."""

    cash = Yuan()
    allotted = Yuan(help_text=_("From all of its managers together."))
    balance = Yuan()
    credit_used = Yuan()
    credit_limit = Yuan()
    free = Yuan()
    available = Yuan()


class MemberBalanceOut(serializers.Serializer[Any]):
    """How it stands between this account and one member."""

    relationship = serializers.IntegerField(source="relationship.pk", help_text=_("The id of the relationship."))
    kind = serializers.ChoiceField(Relationship.Kind.choices, source="relationship.kind")
    member = SideOut(source="relationship.member")
    funds = FundsOut(allow_null=True, help_text=_("Null unless the member lets this account see its balance."))
    allotted = Yuan(help_text=_("By this account, ever."))
    recalled = Yuan()
    recallable = Yuan(help_text=_("What is left of it and can be recalled."))
    credit = Yuan(help_text=_("What the member holds of this account's credit."))


class FlowOut(serializers.Serializer[Allotment]):
    """One allotment or recall, seen from the side of the key's account."""

    id = serializers.IntegerField()
    direction = serializers.ChoiceField(Allotment.Direction.choices)
    relationship = serializers.IntegerField(source="relationship_id", help_text=_("The id of the relationship."))
    side = serializers.SerializerMethodField()
    manager = SideOut()
    member = SideOut()
    amount = Yuan()
    note = serializers.CharField()
    receipt = serializers.IntegerField(source="transfer_id", help_text=_("The id of the receipt."))
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(SIDES))
    def get_side(self, row: Allotment) -> str:
        """On which side the key's account stands."""
        return "manager" if row.manager_id == self.context["view"].account.pk else "member"


class SumsOut(serializers.Serializer[Any]):
    """Of everything that the question finds, from the account's own side."""

    count = serializers.IntegerField()
    came_in = Yuan()
    went_out = Yuan()
    net = Yuan()


class RefusalOut(serializers.Serializer[Any]):
    """Why a line was refused."""

    code = serializers.CharField()
    rule = serializers.CharField()
    detail = serializers.CharField()
    facts = serializers.DictField()


class LineOut(serializers.Serializer[Any]):
    """What became of one line: the flow, or the refusal."""

    relationship = serializers.IntegerField()
    amount = Yuan()
    flow = FlowOut(allow_null=True)
    refusal = RefusalOut(allow_null=True)


class BatchOut(serializers.Serializer[Any]):
    """What became of a batch, in the order of its lines."""

    done = serializers.IntegerField(help_text=_("How many lines were done."))
    refused = serializers.IntegerField()
    amount = Yuan(help_text=_("The sum of what was done."))
    lines = LineOut(many=True)


class ProofOut(serializers.Serializer[Any]):
    """One entry of an own book, and its hash computed anew."""

    book = serializers.IntegerField(source="entry.book_id")
    kind = serializers.ChoiceField(BookKind.choices, source="entry.book.kind")
    manager = SideOut(
        source="entry.book.source", allow_null=True, help_text=_("From whom the book's cash came, if not own cash.")
    )
    sequence = serializers.IntegerField(source="entry.sequence")
    amount = Yuan(source="entry.amount")
    balance_before = Yuan(source="before")
    balance_after = Yuan(source="entry.balance_after")
    previous = serializers.CharField(source="previous_hex", help_text=_("The hash of the entry before it."))
    text = serializers.CharField(help_text=_("What is hashed after it, as UTF-8."))
    computed = serializers.CharField(source="computed_hex", help_text=_("SHA-256 of both, computed just now."))
    stored = serializers.CharField(source="stored_hex", help_text=_("The hash in the ledger."))
    matches = serializers.BooleanField()
    followed = serializers.BooleanField(
        allow_null=True, help_text=_("Whether the next entry builds on it; null while there is none.")
    )


class ReceiptOut(serializers.Serializer[Receipt]):
    """A transfer as one of its sides may read it."""

    id = serializers.IntegerField(source="transfer.pk")
    kind = serializers.ChoiceField(TransferKind.choices, source="transfer.kind")
    at = serializers.DateTimeField(source="transfer.at")
    amount = Yuan()
    flow = serializers.SerializerMethodField()
    counterparts = serializers.SerializerMethodField()
    platform = serializers.SerializerMethodField()
    entries = ProofOut(many=True, source="proofs")
    matches = serializers.BooleanField(help_text=_("Every hash holds."))

    @extend_schema_field(SideOut(many=True, help_text=_("Other accounts whose books it moves.")))
    def get_counterparts(self, receipt: Receipt) -> list[dict[str, Any]]:
        """Without the platform, which has no number."""
        return [dict(SideOut(side).data) for side in receipt.counterparts if side is not None]

    @extend_schema_field(serializers.BooleanField(help_text=_("Whether it moves a book of the platform, too.")))
    def get_platform(self, receipt: Receipt) -> bool:
        """As top-ups and charges do."""
        return None in receipt.counterparts

    @extend_schema_field(serializers.IntegerField(allow_null=True, help_text=_("The id of the flow, if it is one.")))
    def get_flow(self, receipt: Receipt) -> int | None:
        """Allotments and recalls have one."""
        allotment = getattr(receipt.transfer, "allotment", None)
        return None if allotment is None else int(allotment.pk)


class BankOut(serializers.Serializer[Any]):
    """Where a bank transfer goes; name the reference in it."""

    payee = serializers.CharField()
    bank = serializers.CharField()
    number = serializers.CharField()


class TopUpOut(serializers.Serializer[TopUp]):
    """A payment that was announced, and what became of it."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text=_("To be named in the bank transfer."))
    channel = serializers.ChoiceField(TopUp.Channel.choices)
    amount = Yuan()
    state = serializers.SerializerMethodField()
    end = serializers.ChoiceField(TopUp.End.choices, allow_blank=True, help_text=_("Why it was closed."))
    closed_reason = serializers.CharField()
    bank = serializers.SerializerMethodField()
    receipt = serializers.IntegerField(source="transfer_id", allow_null=True, help_text=_("The id of the receipt."))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    credited_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(TopUp.State.choices))
    def get_state(self, row: TopUp) -> str:
        """Judged at this moment."""
        return row.state_at(at=timezone.now()).value

    @extend_schema_field(BankOut(allow_null=True))
    def get_bank(self, row: TopUp) -> dict[str, Any] | None:
        """While a bank transfer is waited for, and where the platform has named its account."""
        details = bank_details() if row.channel == TopUp.Channel.BANK and row.is_payable(at=timezone.now()) else None
        return None if details is None else dict(BankOut(details).data)


class CreditLineOut(serializers.Serializer[Any]):
    """A limit that the platform granted."""

    limit = Yuan()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class CreditOut(serializers.Serializer[Any]):
    """Credit of the account: where it comes from and where it went."""

    limit = Yuan(help_text=_("Granted and received, less what was given away."))
    used = Yuan()
    left = Yuan()
    lines = CreditLineOut(many=True, help_text=_("Granted by the platform and valid now."))
    received = GivenOut(many=True, help_text=_("From managers."))
    given = Yuan(help_text=_("To members; member by member under the balances of members."))


class CreditMoveOut(serializers.Serializer[Any]):
    """After credit moved."""

    relationship = serializers.IntegerField()
    amount = Yuan(help_text=_("What moved."))
    held = Yuan(help_text=_("What the member holds of this account's credit now."))
    changed_at = serializers.DateTimeField()
