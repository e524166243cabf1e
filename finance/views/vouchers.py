"""What an account has besides money: vouchers, coupons, contract discounts; what for, until when, used where."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from finance.breakdown import coupon_words, mode_of, per_cent, scope_of
from finance.models import Coupon, Discount, Promotion, Voucher, VoucherUse
from finance.offers import discounts_of
from finance.services.trusts import payer_of

State = tuple[Promise, str]
PROMOTIONS_SHOWN = 20
PAGES = {
    "voucher-list": _("Vouchers"),
    "coupon-list": _("Coupons"),
    "discount-list": _("Contract discounts"),
    "commitment-list": _("Commitments"),
}


def tabs(request: HttpRequest) -> list[NavItem]:
    """The sister pages."""
    made = []
    for name, label in PAGES.items():
        url = reverse(f"finance:{name}")
        made.append(NavItem(str(label), url, current=request.path == url))
    return made


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Vouchers, those that end last first."""
    now = timezone.now()
    found = Voucher.objects.filter(account=request.account).select_related("product", "category")
    rows = paginate(found, request, order=("-valid_until", "-id"))
    context = {
        "page": rows,
        "rows": [(one, scope_of(one), mode_of(one), state_of(one, now)) for one in rows],
        "usable": sum((one.balance for one in found.usable(at=now)), start=0),
        "payer": payer_of(account=request.account, at=now),
        "tabs": tabs(request),
    }
    return page(request, "finance/vouchers/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One voucher, and what it paid."""
    found = Voucher.objects.filter(account=request.account).select_related("product", "category")
    voucher, now = get_object_or_404(found, pk=pk), timezone.now()
    uses = VoucherUse.objects.filter(voucher=voucher).select_related("line__product", "line__owner", "line__order")
    context = {
        "voucher": voucher,
        "scope": scope_of(voucher),
        "mode": mode_of(voucher),
        "state": state_of(voucher, now),
        "page": paginate(uses, request, order=("-id",)),
    }
    return page(request, "finance/vouchers/detail.html", context, part="_uses.html")


@require_safe
@needs(Right.SEE_FINANCE)
def coupons(request: ConsoleRequest) -> HttpResponse:
    """Coupons, those that end last first."""
    now = timezone.now()
    found = Coupon.objects.filter(account=request.account).select_related("product", "category")
    rows = paginate(found.prefetch_related("orders"), request, order=("-valid_until", "-id"))
    context = {
        "page": rows,
        "rows": [(one, coupon_words(one), _for(one), state_of(one, now), _used_for(one)) for one in rows],
        "payer": payer_of(account=request.account, at=now),
        "tabs": tabs(request),
    }
    return page(request, "finance/coupons/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def discounts(request: ConsoleRequest) -> HttpResponse:
    """Own contract discounts, and whose count besides or instead (K1.3, A2.9)."""
    now = timezone.now()
    found = discounts_of(account=request.account, at=now)
    rows = paginate(found.rows, request, order=("-valid_from", "-id"))
    context = {
        "page": rows,
        "rows": [(one, scope_of(one), per_cent(one.rate), state_of(one, now)) for one in rows],
        "payer": found.payer,
        "inherited": found.inherited,
        "promotions": [(one, scope_of(one), mode_of(one), per_cent(one.rate)) for one in _promotions(now)],
        "tabs": tabs(request),
    }
    return page(request, "finance/discounts/list.html", context, part="_rows.html")


def _promotions(now: datetime) -> QuerySet[Promotion]:
    """Those of this moment, for everybody; the lowest first."""
    found = Promotion.objects.valid(at=now).select_related("product", "category")
    return found.order_by("rate", "pk")[:PROMOTIONS_SHOWN]


def state_of(row: Voucher | Coupon | Discount, now: datetime) -> tuple[str, str]:
    """How it stands, in a word and a tone."""
    if isinstance(row, Coupon) and row.used_at is not None:
        return _now("Used"), "neutral"
    if isinstance(row, Voucher) and not row.balance:
        return _now("Used up"), "neutral"
    if row.valid_until is not None and row.valid_until <= now:
        return _now("Expired"), "neutral"
    return (_now("Valid"), "ok") if row.valid_from <= now else (_now("Not yet valid"), "wait")


def _for(coupon: Coupon) -> str:
    return f"{scope_of(coupon)} · {coupon.get_pay_mode_display()}"


def _used_for(coupon: Coupon) -> int | None:
    """The order that it made cheaper; a line of usage is the coupon's own."""
    return next((order.pk for order in coupon.orders.all() if order.state in {"paid", "refunded"}), None)
