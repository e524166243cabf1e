"""Commitments (RI, SCU, savings plans), granted and ended by staff. How they cover usage stands in the billing run."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from accounts.models import Account
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Category, Commitment, Product
from finance.models.product import Cycle, PayMode
from finance.money import EIGHT
from finance.services.grants import check_scope, check_time, end_of

PER_CYCLE_MOST = Decimal(10) ** 15
Kind = Commitment.Kind


@atomic
def grant_commitment(
    *,
    actor: Actor,
    account: Account,
    kind: str,
    per_cycle: Decimal,
    valid_until: datetime,
    valid_from: datetime | None = None,
    product: Product | None = None,
    category: Category | None = None,
    cycle: str = Cycle.HOUR,
    shared: bool = False,
    now: datetime | None = None,
) -> Commitment:
    """So much of each billing cycle's usage in that time is covered: units of a product, or yuan at list price (A2.2).

    `cycle` is a savings plan's: it covers what is billed by the same. Raises InputError.
    """
    staff, at = require_staff(actor, "finance.add_commitment"), now or timezone.now()
    if kind not in Kind.values:
        raise InputError("kind", _("Choose a kind."))
    if not per_cycle.is_finite() or not 0 < per_cycle <= PER_CYCLE_MOST or per_cycle != per_cycle.quantize(EIGHT):
        raise InputError("per_cycle", _("Enter a number above zero with at most eight decimal places."))
    if cycle not in Cycle.values:
        raise InputError("cycle", _("Choose a billing cycle."))
    _check_scope(kind, product, category)
    check_time(valid_from=valid_from or at, valid_until=valid_until, at=at)
    commitment = Commitment.objects.create(
        account=account,
        kind=kind,
        product=product,
        category=category,
        cycle=product.cycle if product else cycle,
        per_cycle=per_cycle,
        shared=shared,
        valid_from=valid_from or at,
        valid_until=valid_until,
        granted_by=staff,
    )
    record("commitment.granted", actor=actor, account=account, subject=commitment, at=at)
    return commitment


@atomic
def end_commitment(*, actor: Actor, commitment_id: int, now: datetime | None = None) -> Commitment:
    """Cycles that begin from now on are not covered any more; an ended one is answered as it is. Locks the row."""
    require_staff(actor, "finance.change_commitment")
    at = now or timezone.now()
    rows = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (commitment := rows.filter(pk=commitment_id).first()) is None:
        raise NotFound()
    if commitment.valid_until > at:
        commitment.valid_until = end_of(row=commitment, at=at)
        commitment.save(update_fields=["valid_until"])
        record("commitment.ended", actor=actor, account=commitment.account, subject=commitment, at=at)
    return commitment


def _check_scope(kind: str, product: Product | None, category: Category | None) -> None:
    if kind == Kind.SAVINGS:
        if product is not None:
            raise InputError("product", _("A savings plan covers a category, or everything."))
    elif product is None or category is not None:
        raise InputError("product", _("Choose the one product that it covers."))
    if product is not None and product.pay_mode != PayMode.POSTPAID:
        raise InputError("product", _("Only what is paid as you go has usage to cover."))
    check_scope(product=product, category=category)
