"""Vouchers and coupons, granted and revoked by staff. How they pay stands in `charging` and `pricing`."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account
from accounts.names import clean_remark
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Category, Coupon, Product, Voucher
from finance.models.product import PayMode
from finance.money import ZERO
from finance.services.grants import check_money, check_rate, check_scope, check_time, end_of


@atomic
def grant_voucher(
    *,
    actor: Actor,
    account: Account,
    face: Decimal,
    valid_until: datetime,
    valid_from: datetime | None = None,
    product: Product | None = None,
    category: Category | None = None,
    pay_mode: str = "",
    least: Decimal = ZERO,
    note: str = "",
    now: datetime | None = None,
) -> Voucher:
    """The account has a voucher of this many yuan for what fits, in that time. Raises InputError."""
    staff, at = require_staff(actor, "finance.add_voucher"), now or timezone.now()
    check_money(amount=face, field="face")
    check_money(amount=least, field="least", least=ZERO)
    check_scope(product=product, category=category)
    check_time(valid_from=valid_from or at, valid_until=valid_until, at=at)
    if pay_mode and pay_mode not in PayMode.values:
        raise InputError("pay_mode", _("Choose how it is paid."))
    voucher = Voucher.objects.create(
        account=account,
        face=face,
        balance=face,
        product=product,
        category=category,
        pay_mode=pay_mode,
        least=least,
        valid_from=valid_from or at,
        valid_until=valid_until,
        granted_by=staff,
        note=cleaned("note", clean_remark, note),
    )
    record("voucher.granted", actor=actor, account=account, subject=voucher, at=at, amount=str(face))
    return voucher


@atomic
def revoke_voucher(*, actor: Actor, voucher_id: int, now: datetime | None = None) -> Voucher:
    """Nothing more is paid with it; what it paid stays paid. One that is over is answered as it is. Locks the row."""
    require_staff(actor, "finance.change_voucher")
    at = now or timezone.now()
    rows = Voucher.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (voucher := rows.filter(pk=voucher_id).first()) is None:
        raise NotFound()
    if voucher.valid_until > at:
        voucher.valid_until = end_of(row=voucher, at=at)
        voucher.save(update_fields=["valid_until"])
        left = str(voucher.balance)
        record("voucher.revoked", actor=actor, account=voucher.account, subject=voucher, at=at, amount=left)
    return voucher


@atomic
def grant_coupon(
    *,
    actor: Actor,
    account: Account,
    valid_until: datetime,
    off: Decimal | None = None,
    rate: Decimal | None = None,
    least: Decimal = ZERO,
    valid_from: datetime | None = None,
    product: Product | None = None,
    category: Category | None = None,
    pay_mode: str = PayMode.PREPAID,
    with_discount: bool = True,
    now: datetime | None = None,
) -> Coupon:
    """The account can make one order cheaper, or by itself one line of usage, by an amount or by a share, in that time.

    Raises InputError.
    """
    staff, at = require_staff(actor, "finance.add_coupon"), now or timezone.now()
    if (off is None) == (rate is None):
        raise InputError("off", _("Enter either an amount or a share."))
    if off is not None:
        check_money(amount=off, field="off")
    if rate is not None:
        check_rate(rate=rate, below_one=True)
    check_money(amount=least, field="least", least=ZERO)
    check_scope(product=product, category=category)
    check_time(valid_from=valid_from or at, valid_until=valid_until, at=at)
    if pay_mode not in PayMode.values:
        raise InputError("pay_mode", _("Choose how it is paid."))
    coupon = Coupon.objects.create(
        account=account,
        off=off,
        rate=rate,
        least=least,
        product=product,
        category=category,
        pay_mode=pay_mode,
        with_discount=with_discount,
        valid_from=valid_from or at,
        valid_until=valid_until,
        granted_by=staff,
    )
    record("coupon.granted", actor=actor, account=account, subject=coupon, at=at)
    return coupon


@atomic
def revoke_coupon(*, actor: Actor, coupon_id: int, now: datetime | None = None) -> Coupon:
    """It makes nothing cheaper any more; a used one, or one that is over, is answered as it is. Locks the row."""
    require_staff(actor, "finance.change_coupon")
    at = now or timezone.now()
    rows = Coupon.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (coupon := rows.filter(pk=coupon_id).first()) is None:
        raise NotFound()
    if coupon.used_at is None and coupon.valid_until > at:
        coupon.valid_until = end_of(row=coupon, at=at)
        coupon.save(update_fields=["valid_until"])
        record("coupon.revoked", actor=actor, account=coupon.account, subject=coupon, at=at)
    return coupon
