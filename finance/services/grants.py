"""What everything that staff grant has in common: a scope, a time, an amount or a share. Checks of shape only."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.errors import InputError
from finance.models import Category, Product
from finance.money import FEN, MOST, ZERO

TICK = timedelta(microseconds=1)
RATE = Decimal("0.0001")


def check_scope(*, product: Product | None, category: Category | None) -> None:
    """Raises InputError where both are named."""
    if product is not None and category is not None:
        raise InputError("category", _("Choose a product or a category, or neither for everything."))


def check_time(*, valid_from: datetime, valid_until: datetime | None, at: datetime) -> None:
    """Raises InputError unless it ends after it begins, and still lies ahead."""
    if valid_until is not None and valid_until <= max(valid_from, at):
        raise InputError("valid_until", _("The end must lie in the future and after the beginning."))


def check_rate(*, rate: Decimal, field: str = "rate", below_one: bool = False) -> None:
    """Raises InputError unless it is a share above 0 and up to 1, with at most four places."""
    fits = rate.is_finite() and ZERO < rate <= 1 and rate == rate.quantize(RATE)
    if not fits or (below_one and rate == 1):
        raise InputError(field, _("Enter a share between 0 and 1 with at most four decimal places, such as 0.85."))


def check_money(*, amount: Decimal, field: str, least: Decimal = FEN) -> None:
    """Raises InputError unless it is an amount in yuan with two places, from the least on."""
    if not amount.is_finite() or not least <= amount <= MOST or amount != amount.quantize(FEN):
        sentence = _("Enter an amount of at least %(least)s yuan, with at most two decimal places.")
        raise InputError(field, sentence, least=least)


def end_of(*, row: models.Model, at: datetime) -> datetime:
    """When it ends if it is ended now: not before it began, so that it has a time."""
    begun: datetime = row.valid_from  # type: ignore[attr-defined]
    return max(at, begun + TICK)


def named(*, account: Account | None) -> Account:
    """The account, or InputError at the number."""
    if account is None:
        raise InputError("number", _("There is no account with this number."))
    return account
