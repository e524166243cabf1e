"""Commitments: what was bought ahead, how much of each cycle it covered, and who used it (A2.2)."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.breakdown import plain, scope_of
from finance.models import Commitment, CommitmentUse
from finance.models.product import Cycle
from finance.money import ZERO
from finance.months import DAY
from finance.views.vouchers import tabs

SHOWN_DAYS = 30
CONSUMERS_MAX = 20
CYCLES_A_PAGE = 24


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All of them, those that end last first."""
    now = timezone.now()
    found = Commitment.objects.visible_to(request.account).select_related("product", "category")
    rows = paginate(found, request, order=("-valid_until", "-id"))
    context = {
        "page": rows,
        "rows": [(one, scope_of(one), capacity_of(one), one.valid_from <= now < one.valid_until) for one in rows],
        "now": now,
        "tabs": tabs(request),
    }
    return page(request, "finance/commitments/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How much of each cycle was covered, and who used it lately; with `cycle`, each use of that one."""
    found = Commitment.objects.visible_to(request.account).select_related("product", "category")
    commitment, now = get_object_or_404(found, pk=pk), timezone.now()
    measure = "amount" if commitment.kind == Commitment.Kind.SAVINGS else "quantity"
    uses = CommitmentUse.objects.filter(commitment=commitment).order_by()
    if (cycle := _moment(request.GET.get("cycle", ""))) is not None:
        return _of_cycle(request, commitment, measure, uses.filter(cycle_start=cycle), cycle)
    cycles = uses.values("cycle_start").annotate(covered=Sum(measure), consumers=Count("consumer", distinct=True))
    lately = uses.filter(cycle_start__gte=now - SHOWN_DAYS * DAY).values("consumer_id", "consumer__name")
    consumers = list(lately.annotate(covered=Sum(measure)).order_by("-covered", "consumer_id")[:CONSUMERS_MAX])
    rows = paginate(cycles, request, order=("-cycle_start",), size=CYCLES_A_PAGE)
    context = {
        "commitment": commitment,
        "scope": scope_of(commitment),
        "capacity": capacity_of(commitment),
        "page": rows,
        "rows": [(one, _amount(commitment, one["covered"]), _share(commitment, one["covered"])) for one in rows],
        "consumers": [(one, _amount(commitment, one["covered"])) for one in consumers],
        "most": max((one["covered"] for one in consumers), default=ZERO),
        "valid": commitment.valid_from <= now < commitment.valid_until,
        "days": SHOWN_DAYS,
    }
    return page(request, "finance/commitments/detail.html", context, part="_cycles.html")


def _of_cycle(
    request: ConsoleRequest, commitment: Commitment, measure: str, uses: QuerySet[CommitmentUse], cycle: datetime
) -> HttpResponse:
    """Who used it in one cycle, and on which bill lines."""
    rows = paginate(uses.select_related("consumer", "line__product"), request, order=("-id",))
    context = {
        "commitment": commitment,
        "cycle": cycle,
        "page": rows,
        "rows": [
            (one, _amount(commitment, getattr(one, measure)), one.line.payer_id == request.account.pk) for one in rows
        ],
    }
    return page(request, "finance/commitments/cycle.html", context, part="_uses.html")


def _moment(text: str) -> datetime | None:
    """The beginning of a cycle, as links of this page name it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found


def capacity_of(commitment: Commitment) -> str:
    """What it covers of each cycle, and of which: units of a product, or yuan at list price."""
    cycle = Cycle(commitment.product.cycle if commitment.product else commitment.cycle)
    return f"{_amount(commitment, commitment.per_cycle)} · {cycle.label}"


def _amount(commitment: Commitment, number: Decimal) -> str:
    if commitment.product is None:
        return f"¥{number:,.2f}"
    return f"{plain(number)} {commitment.product.unit}"


def _share(commitment: Commitment, covered: Decimal) -> int:
    return min(100, int(covered * 100 / commitment.per_cycle))
