"""What a request would cover: the chosen amounts, with every refund and correction of the same tax items."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.errors import DomainError, InputError
from finance.money import ZERO
from invoicing import policy
from invoicing.models import Invoiceable
from invoicing.request_lines import TaxLine, lines_of
from invoicing.services.tax_items import items_of


class NotOpen(DomainError):
    """Money is invoiced once: somebody asked for it first, or it was never this account's."""

    code = "not_open"
    sentence = _("Of the %(count)s chosen amounts %(gone)s can no longer be invoiced: they are in another request.")
    hint = _("Choose again from what is open now.")


class NothingLeft(DomainError):
    """Refunds and corrections take off at least as much as was chosen."""

    code = "nothing_left"
    sentence = _(
        "Refunds and corrections of %(off)s yuan are taken off %(chosen)s yuan of “%(item)s”: nothing is left."
    )
    hint = _("Choose more months or orders, so that something is left after they are taken off.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What it covers and its lines."""

    items: list[Invoiceable]
    lines: list[TaxLine]

    @property
    def amount(self) -> Decimal:
        """With tax."""
        return sum((line.total for line in self.lines), ZERO)


def draft_request(*, payer: Account, item_ids: Collection[int], lock: bool = False) -> Draft:
    """What asking for these amounts of the payer comes to; with `lock` they are locked, lowest id first.

    All open amounts below zero of the same tax items come with them. The number of queries does not grow with the
    amounts. Raises InputError for no choice, NotOpen, NothingLeft.
    """
    chosen = frozenset(item_ids)
    if not chosen:
        raise InputError("items", _("Choose at least one month or order."))
    if len(chosen) > policy.ITEMS_MAX:
        raise InputError("items", _("At most %(most)s amounts fit into one request."), most=policy.ITEMS_MAX)
    rows = Invoiceable.objects.open().filter(Q(pk__in=chosen) | Q(amount__lt=0), payer=payer).order_by("pk")
    rows = rows.select_for_update(of=("self",), no_key=True) if lock else rows
    there = list(rows.select_related("owner"))
    if gone := len(chosen) - sum(one.pk in chosen for one in there):
        raise NotOpen(count=len(chosen), gone=gone)
    taxed_as = items_of(products={one.product_id for one in there})
    wanted = {taxed_as[one.product_id].pk for one in there if one.pk in chosen}
    items = [one for one in there if taxed_as[one.product_id].pk in wanted]
    lines = lines_of(items, taxed_as)
    for line in lines:
        if line.total <= ZERO:
            raise NothingLeft(off=-line.off, chosen=line.chosen, item=line.item.name)
    return Draft(items, lines)
