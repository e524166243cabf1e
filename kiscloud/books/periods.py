"""Which months a set's pages offer."""

from kiscloud.books.models import Books, Period, Voucher
from kiscloud.books.months import worded


def months_with_balances(books: Books) -> list[int]:
    """The current period and those that are closed, newest first."""
    found = Period.objects.filter(account_set=books.account_set_id).order_by("-month")
    return list(found.values_list("month", flat=True))


def months_with_vouchers(books: Books) -> list[int]:
    """The same, with later ones in which vouchers wait already."""
    later = Voucher.objects.filter(account_set=books.account_set_id, month__gt=books.month)
    return [*later.order_by("-month").values_list("month", flat=True).distinct(), *months_with_balances(books)]


def as_choices(months: list[int]) -> list[tuple[int, str]]:
    """For a drop-down list."""
    return [(month, worded(month)) for month in months]
