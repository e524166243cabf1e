"""What the API of books answers: each serializer is one shape of the description. Amounts are yuan, as text."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from finance.serializers import Yuan
from kiscloud.books.models import Category, Item, ItemKind, Line, Period, Side, Subject, Voucher, Word
from kiscloud.books.months import worded


class SubjectOut(serializers.Serializer[Subject]):
    """A subject of the chart."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    category = serializers.ChoiceField(Category.choices)
    side = serializers.ChoiceField(Side.choices, help_text=_("1 debit, -1 credit."))
    is_leaf = serializers.BooleanField(help_text=_("Whether it takes entries."))
    is_cash = serializers.BooleanField()
    unit = serializers.CharField(help_text=_("In what it is counted; empty where quantities are not kept."))
    item_kind = serializers.CharField(help_text=_("By which items it is broken down; empty: by none."))
    disabled = serializers.BooleanField()


class ItemOut(serializers.Serializer[Item]):
    """What a subject is broken down by."""

    kind = serializers.ChoiceField(ItemKind.choices)
    code = serializers.CharField()
    name = serializers.CharField()
    disabled = serializers.BooleanField()


class PeriodOut(serializers.Serializer[Period]):
    """A month of the books; the open one is the current one."""

    month = serializers.SerializerMethodField()
    state = serializers.ChoiceField(Period.State.choices)
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_month(self, row: Period) -> str:
        """Like 2026-03."""
        return worded(row.month)


class BookLineOut(serializers.Serializer[Line]):
    """A line of a voucher."""

    summary = serializers.CharField()
    subject = serializers.CharField(source="subject.code")
    subject_name = serializers.CharField(source="subject.name")
    debit = Yuan()
    credit = Yuan()
    item = serializers.CharField(source="item.code", allow_null=True, default=None)
    item_name = serializers.CharField(source="item.name", allow_null=True, default=None)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)


class BookVoucherOut(serializers.Serializer[Voucher]):
    """A voucher in a list."""

    id = serializers.IntegerField()
    month = serializers.SerializerMethodField()
    word = serializers.ChoiceField(Word.choices)
    number = serializers.IntegerField(allow_null=True, help_text=_("Null as long as it is a draft."))
    day = serializers.DateField()
    kind = serializers.ChoiceField(Voucher.Kind.choices)
    state = serializers.ChoiceField(Voucher.State.choices)
    attachments = serializers.IntegerField()
    summary = serializers.CharField()
    total = Yuan()
    maker = serializers.CharField(source="maker.name")
    auditor = serializers.CharField(source="auditor.name", allow_null=True, default=None)
    poster = serializers.CharField(source="poster.name", allow_null=True, default=None)
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True, help_text=_("The id of a voucher."))
    saved_at = serializers.DateTimeField()
    posted_at = serializers.DateTimeField(allow_null=True)

    def get_month(self, row: Voucher) -> str:
        """Like 2026-03."""
        return worded(row.month)


class WholeBookVoucherOut(BookVoucherOut):
    """A voucher with its lines."""

    lines = BookLineOut(many=True)


class TrialRowOut(serializers.Serializer[Any]):
    """A subject; each pair is debit and credit."""

    code = serializers.CharField(source="subject.code")
    name = serializers.CharField(source="subject.name")
    level = serializers.IntegerField(source="subject.level")
    opening = serializers.ListField(child=Yuan())
    moved = serializers.ListField(child=Yuan(), help_text=_("In the period."))
    year = serializers.ListField(child=Yuan(), help_text=_("In the year until the end of the period."))
    closing = serializers.ListField(child=Yuan())


class TrialOut(serializers.Serializer[Any]):
    """科目余额表."""

    company = serializers.CharField()
    month = serializers.CharField()
    rows = TrialRowOut(many=True)
    sums = serializers.ListField(child=Yuan(), help_text=_("Of the four pairs, from left to right."))
    balances = serializers.BooleanField(help_text=_("Whether each pair of sums is equal."))


class BookStatementLineOut(serializers.Serializer[Any]):
    """A line of a form."""

    number = serializers.IntegerField()
    item = serializers.CharField(source="label")
    first = Yuan(allow_null=True)
    second = Yuan(allow_null=True)
    is_sum = serializers.BooleanField()


class BookStatementOut(serializers.Serializer[Any]):
    """A statement of the small business standard."""

    title = serializers.CharField()
    form = serializers.CharField(help_text=_("The number of the form, such as 会小企01表."))
    company = serializers.CharField()
    month = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField(), help_text=_("What “first” and “second” hold."))
    lines = BookStatementLineOut(many=True)


class BookBatchOut(serializers.Serializer[Any]):
    """What came of many."""

    done = serializers.IntegerField()
    left = serializers.IntegerField(help_text=_("Own ones, of another period, or not at that step."))


class CheckOut(serializers.Serializer[Any]):
    """Something that must hold before the period closes."""

    key = serializers.CharField()
    holds = serializers.BooleanField()
    sentence = serializers.CharField()


class ChecksOut(serializers.Serializer[Any]):
    """Whether the current period can be closed."""

    month = serializers.CharField()
    ready = serializers.BooleanField()
    checks = CheckOut(many=True)


class CurrentPeriodOut(serializers.Serializer[Any]):
    """The current period."""

    month = serializers.CharField()


class CarriedOut(serializers.Serializer[Any]):
    """The vouchers that carry over, which wait to be posted."""

    vouchers = BookVoucherOut(many=True)


class RenumberedOut(serializers.Serializer[Any]):
    """How many vouchers have another number."""

    changed = serializers.IntegerField()


class OpeningOut(serializers.Serializer[Any]):
    """How a subject begins."""

    subject = serializers.CharField(source="subject.code")
    item = serializers.CharField(source="item.code", default="")
    balance = Yuan(source="opening.balance")
    year_debit = Yuan(source="opening.year_debit")
    year_credit = Yuan(source="opening.year_credit")
    quantity = serializers.DecimalField(source="opening.quantity", max_digits=18, decimal_places=4)


class OpeningsOut(serializers.Serializer[Any]):
    """All opening balances."""

    month = serializers.CharField(help_text=_("The first period."))
    opened_at = serializers.DateTimeField(allow_null=True, help_text=_("Since when they are finished."))
    debit = Yuan(help_text=_("The sum of that side."))
    credit = Yuan(help_text=_("The sum of that side."))
    openings = OpeningOut(many=True)
