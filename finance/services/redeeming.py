"""What is used up by usage besides money: coupons make a line cheaper, vouchers pay it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Q, Sum

from finance.deductions import coupons_in_order, vouchers_in_order
from finance.models import Coupon, Voucher, VoucherUse
from finance.models.bill import BillLineQuerySet
from finance.models.product import PayMode
from finance.money import ZERO
from finance.pricing import ONE, CouponTerms, coupon_worth
from finance.services.drafted import Line, change_lines, lines_of, payers_with

_COUPONS = "(SELECT account_id FROM finance_coupon WHERE pay_mode = 'postpaid' AND used_at IS NULL)"
_CHEAPER = """
UPDATE bill_draft d SET coupon = n.amount, payable = d.payable - n.amount
FROM unnest(%s::bigint[], %s::numeric[]) n(id, amount) WHERE d.payer_id = %s AND d.id = n.id
"""
_PAID = """
UPDATE bill_draft d SET voucher = n.amount
FROM unnest(%s::bigint[], %s::numeric[]) n(id, amount) WHERE d.payer_id = %s AND d.id = n.id
"""


def use_coupons(*, now: datetime) -> None:
    """Each coupon for usage has made one line cheaper, the first in time of which it takes off all that it can.

    Only lines of an account that pays for itself (A2.16), as they are billed first, one coupon a line. Locks the
    coupons.
    """
    rows = Coupon.objects.filter(account__in=payers_with(rows=_COUPONS), pay_mode=PayMode.POSTPAID, used_at=None)
    by_payer: dict[int, list[Coupon]] = defaultdict(list)
    for coupon in rows.order_by("pk").select_for_update(of=("self",), no_key=True):
        by_payer[coupon.account_id].append(coupon)
    for payer, coupons in by_payer.items():
        lines = [line for line in lines_of(payer=payer) if line.owner == payer and line.shares and line.revision == 0]
        amounts: dict[int, Decimal] = {}
        for coupon in coupons_in_order(coupons):
            fitting = (line for line in lines if line.id not in amounts and _makes_cheaper(coupon, line))
            if line := next(fitting, None):
                amounts[line.id] = _off(coupon, line)
                coupon.used_at, coupon.line_id = now, line.id
        change_lines(statement=_CHEAPER, payer=payer, amounts=list(amounts.items()))
        Coupon.objects.bulk_update([one for one in coupons if one.used_at], ["used_at", "line"])


def _makes_cheaper(coupon: Coupon, line: Line) -> bool:
    if not coupon.valid_from <= line.cycle_end <= coupon.valid_until or not _in_scope(coupon, line):
        return False
    if line.rate < ONE and not coupon.with_discount:
        return False
    return line.payable >= max(coupon.least, coupon.off or ZERO) and _off(coupon, line) > ZERO


def _off(coupon: Coupon, line: Line) -> Decimal:
    return coupon_worth(CouponTerms(coupon.off, coupon.rate), line.payable)


def use_vouchers(*, now: datetime) -> None:
    """Vouchers have paid what they can of the draft; what they have left is less, and each use is stored.

    A member's own while it pays for itself; a manager's general ones for members only where the trusteeship says so
    (A2.16, A4.6, Q-5). Valid at the end of the line's cycle. Locks the vouchers.
    """
    ids = payers_with(rows="finance_voucher")
    rows = Voucher.objects.filter(Q(pay_mode="") | Q(pay_mode=PayMode.POSTPAID), account__in=ids, balance__gt=0)
    by_payer: dict[int, list[Voucher]] = defaultdict(list)
    for voucher in rows.order_by("pk").select_for_update(of=("self",), no_key=True):
        by_payer[voucher.account_id].append(voucher)
    for payer, vouchers in by_payer.items():
        uses = [use for line in lines_of(payer=payer) for use in _pay(line, vouchers, now)]
        sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for use in uses:
            sums[use.line_id] += use.amount
        change_lines(statement=_PAID, payer=payer, amounts=list(sums.items()))
        Voucher.objects.bulk_update(
            [one for one in vouchers if one.pk in {use.voucher_id for use in uses}], ["balance"]
        )
        VoucherUse.objects.bulk_create(uses)


def unspend_vouchers(*, cycle: BillLineQuerySet, amount: Decimal) -> list[tuple[Voucher, Decimal]]:
    """Of so many yuan less, what money did not pay of these lines is back on the vouchers that paid it, the last used
    first; answers how much on which. Locks the vouchers.
    """
    uses = VoucherUse.objects.filter(line__in=cycle).order_by().values("voucher")
    spent = list(uses.annotate(sum=Sum("amount"), last=Max("pk")).order_by("-last").values_list("voucher", "sum"))
    if not spent:
        return []
    left, back = amount - max(ZERO, cycle.money()), []
    rows = Voucher.objects.filter(pk__in=[pk for pk, _sum in spent]).order_by("pk").select_for_update(no_key=True)
    vouchers = {voucher.pk: voucher for voucher in rows}
    for pk, used in spent:
        if (part := min(left, used)) > ZERO:
            vouchers[pk].balance += part
            vouchers[pk].save(update_fields=["balance"])
            back.append((vouchers[pk], part))
            left -= part
    return back


def _pay(line: Line, vouchers: Iterable[Voucher], now: datetime) -> list[VoucherUse]:
    if not line.shares:
        return []
    left, uses = line.payable, []
    for voucher in vouchers_in_order(one for one in vouchers if _may_pay(one, line)):
        part = min(left, voucher.balance)
        if part > ZERO:
            voucher.balance -= part
            left -= part
            uses.append(VoucherUse(voucher=voucher, line_id=line.id, amount=part, at=now))
    return uses


def _may_pay(voucher: Voucher, line: Line) -> bool:
    if voucher.balance <= ZERO or line.payable < voucher.least:
        return False
    if not voucher.valid_from <= line.cycle_end <= voucher.valid_until:
        return False
    return voucher.is_general if line.owner != voucher.account_id else _in_scope(voucher, line)


def _in_scope(offer: Coupon | Voucher, line: Line) -> bool:
    if offer.product_id is not None:
        return offer.product_id == line.product
    return offer.category_id in {None, line.category}
