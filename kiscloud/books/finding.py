"""Vouchers that are looked for, and those beside one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kiscloud.books.models import Line, Voucher
from kiscloud.models import AccountSet


def find_vouchers(account_set: AccountSet, asked: Mapping[str, Any]) -> "QuerySet[Voucher]":
    """The set's vouchers that fit: by month, state, word, amount, subject (or below it), words of a summary."""
    found: QuerySet[Voucher] = Voucher.objects.of(account_set)
    for name, column in (("month", "month"), ("state", "state"), ("word", "word"), ("amount", "total")):
        if name in asked:
            found = found.filter(**{column: asked[name]})
    if "subject" in asked:
        lines = Line.objects.filter(voucher=OuterRef("pk"), subject__code__startswith=asked["subject"])
        found = found.filter(Exists(lines))
    if "q" in asked:
        found = found.filter(Exists(Line.objects.filter(voucher=OuterRef("pk"), summary__icontains=asked["q"])))
    return found


def neighbours_of(voucher: Voucher) -> tuple[Voucher | None, Voucher | None]:
    """The vouchers before and after it, by period, word and number; drafts have no place among them."""
    if voucher.number is None:
        return None, None
    rows = Voucher.objects.filter(account_set=voucher.account_set_id, number__isnull=False)
    month, word, number = Q(month=voucher.month), Q(word=voucher.word), voucher.number
    before = Q(month__lt=voucher.month) | month & Q(word__lt=voucher.word) | month & word & Q(number__lt=number)
    after = Q(month__gt=voucher.month) | month & Q(word__gt=voucher.word) | month & word & Q(number__gt=number)
    return (
        rows.filter(before).order_by("-month", "-word", "-number").first(),
        rows.filter(after).order_by("month", "word", "number").first(),
    )
