"""Goods: added, changed, no longer used."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import InputError, NotFound
from config.transactions import atomic
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.inventory import policy
from kiscloud.inventory.models import Good, Stock
from kiscloud.models import AccountSet

_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class GoodFacts:
    """What is said of a good."""

    code: str
    name: str
    unit: str
    specification: str = ""
    price: Decimal | None = None
    tax_rate: int | None = None
    least: Decimal = Decimal(0)


@atomic
def add_good(*, actor: Actor, account_set: AccountSet, facts: GoodFacts, now: datetime | None = None) -> Good:
    """The good is there, with nothing on hand. Locks the books. Raises InputError, NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    check_code(model=Good, account_set=account_set, code=facts.code, most=policy.GOODS_MAX)
    good = _put(Good(account_set=account_set), facts)
    good.save(force_insert=True)
    Stock.objects.create(account_set=account_set, good=good)
    note(what="stock_good.added", actor=actor, account_set=account_set, at=now, chosen=str(good))
    return good


@atomic
def change_good(
    *, actor: Actor, account_set: AccountSet, good_id: int, facts: GoodFacts, now: datetime | None = None
) -> Good:
    """It is what is said now; documents that name it stay as they are. Locks the books.

    Raises InputError, NotFound, NotGranted.
    """
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    good = _locked(account_set, good_id)
    check_code(model=Good, account_set=account_set, code=facts.code, besides=good)
    _put(good, facts).save(update_fields=["code", "name", "specification", "unit", "price", "tax_rate", "least"])
    note(what="stock_good.changed", actor=actor, account_set=account_set, at=now, chosen=str(good))
    return good


@atomic
def disable_good(
    *, actor: Actor, account_set: AccountSet, good_id: int, disabled: bool, now: datetime | None = None
) -> Good:
    """New documents no longer name it, or do again. Locks the books. Raises NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    good = _locked(account_set, good_id)
    good.disabled = disabled
    good.save(update_fields=["disabled"])
    what = "stock_good.disabled" if disabled else "stock_good.enabled"
    note(what=what, actor=actor, account_set=account_set, at=now, chosen=str(good))
    return good


def check_code(
    *, model: type[Model], account_set: AccountSet, code: str, most: int | None = None, besides: Model | None = None
) -> None:
    """Raises InputError unless the code is one, nobody else's, and there is room for one more."""
    if not _CODE.fullmatch(code):
        raise InputError("code", _("A code has up to 20 letters and digits, no spaces."))
    rows = model._default_manager.filter(account_set=account_set)
    if rows.filter(code=code).exclude(pk=besides.pk if besides else None).exists():
        raise InputError("code", _("The code %(code)s is taken."), code=code)
    if most is not None and rows.count() >= most:
        raise InputError("code", _("A set has at most %(most)s of them."), most=most)


def next_code(*, model: type[Model], account_set: AccountSet) -> str:
    """A code that is free: one more than there are, in three digits."""
    taken = set(model._default_manager.filter(account_set=account_set).values_list("code", flat=True))
    return next(code for number in range(len(taken) + 1, 2 * len(taken) + 3) if (code := f"{number:03d}") not in taken)


def _put(good: Good, facts: GoodFacts) -> Good:
    if facts.tax_rate is not None and facts.tax_rate not in policy.RATES:
        raise InputError("tax_rate", _("There is no such tax rate."))
    if facts.least < 0 or (facts.price is not None and facts.price < 0):
        raise InputError("price", _("The price is not below nought."))
    good.code = facts.code
    good.name = cleaned("name", lambda text: clean_name(text, max_length=60), facts.name)
    good.unit = cleaned("unit", lambda text: clean_name(text, max_length=12, what=_("the unit")), facts.unit)
    good.specification = facts.specification.strip()[:60]
    good.price, good.tax_rate, good.least = facts.price, facts.tax_rate, facts.least
    return good


def _locked(account_set: AccountSet, good_id: int) -> Good:
    good = Good.objects.select_for_update(no_key=True).filter(account_set=account_set, pk=good_id).first()
    if good is None:
        raise NotFound()
    return good
