"""What the books of demo sets hold from the beginning, and again each night (S3.5)."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.actors import Actor, Door
from config.transactions import atomic
from kiscloud.books.demo_data import DemoVoucher, demo_books_of
from kiscloud.books.entries import Header
from kiscloud.books.models import Voucher
from kiscloud.books.months import first_day, following
from kiscloud.books.services.closing import carry_over, carry_over_year, close_period
from kiscloud.books.services.openings import Key, Opening, enter_openings, finish_openings
from kiscloud.books.services.posting import post_vouchers
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.models import AccountSet
from kiscloud.services.demo_sets import common_user

DECEMBER = 12


@atomic
def fill_demo(*, account_set: AccountSet, now: datetime | None = None) -> int:
    """A demo set has opening balances, a closed month, and one in which some vouchers are posted and some wait.

    Everything by the common user; answers how many vouchers there are. One in which something stands stays as it is.
    Locks the books.
    """
    data = demo_books_of(account_set.number)
    if data is None or Voucher.objects.filter(account_set=account_set).exists():
        return 0
    at = now or timezone.now()
    actor, month = Actor(door=Door.SYSTEM, user=common_user()), account_set.books.start_month
    openings: dict[Key, Opening] = {code: Opening(amount) for code, amount in data.openings.items()}
    enter_openings(actor=actor, account_set=account_set, openings=openings, now=at)
    finish_openings(actor=actor, account_set=account_set, now=at)
    _enter(actor, account_set, month, data.first, at)
    _close(actor, account_set, month, at)
    entered = _enter(actor, account_set, following(month), data.second, at)
    post_vouchers(actor=actor, account_set=account_set, voucher_ids=entered, now=at)
    return Voucher.objects.filter(account_set=account_set).count()


def _enter(
    actor: Actor, account_set: AccountSet, month: int, vouchers: Iterable[DemoVoucher], at: datetime
) -> list[int]:
    """They stand in the month; the ids of those that are to be posted."""
    found = []
    for one in vouchers:
        header = Header(day=first_day(month).replace(day=one.day))
        made = save_voucher(actor=actor, account_set=account_set, header=header, entries=one.entries, now=at)
        if one.posted:
            found.append(made.pk)
    return found


def _close(actor: Actor, account_set: AccountSet, month: int, at: datetime) -> None:
    post_vouchers(actor=actor, account_set=account_set, now=at)
    carry_over(actor=actor, account_set=account_set, now=at)
    post_vouchers(actor=actor, account_set=account_set, now=at)
    if month % 100 == DECEMBER:
        carry_over_year(actor=actor, account_set=account_set, now=at)
        post_vouchers(actor=actor, account_set=account_set, now=at)
    close_period(actor=actor, account_set=account_set, now=at)
