"""Bills as a table: totals in every dimension, down to the line and what it stands on (K7.4, K7.5)."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from accounts.services.looks import note_look, note_looks
from config.nav import NavItem
from config.paging import Page, paginate
from config.web import page
from finance.bill_groups import FOLDER, LABELS, LINE, NEXT, GroupRow, page_of_groups, rows_for
from finance.billed import billed_so_far
from finance.bills import Asked, line_seen, lines_of, looked_at, members_looked_at, sums_of, totals_of
from finance.folders import trail
from finance.forms.bills import BillFilter
from finance.models import BillLine, CommitmentUse, VoucherUse
from finance.price_steps import payment_of, steps_of
from finance.records import records_of
from finance.services.caps import is_above_cap
from finance.services.trusts import payer_of

ORDER = ("-billed_at", "-id")


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The lines that were asked for in one dimension, with their sums. Members' own bills are noted as looked at."""
    account, form = request.account, BillFilter(request.GET, account=request.account)
    by, asked = form.by_name, form.asked
    link, seen = looked_at(account, asked), members_looked_at(account, asked)
    note_looks(actor=request.actor, relationships=seen, page="bills", point=Point.VIEW_BILLS)
    query, rows, payer = _query(request), _rows(request, by, asked), _other_payer(request)
    context = {
        "filter": form,
        "by": by,
        "tabs": [_tab(query, key, current=key == by) for key in LABELS if key != FOLDER or form.has_folders],
        "trail": _trail(request, query, by, asked),
        "page": rows,
        "rows": rows if by == LINE else [(row, _deeper(query, by, row)) for row in rows],
        "sums": sums_of(totals_of(account, asked)),
        "asked": query.urlencode(),
        "member": link.member if link else None,
        "payer": payer,
        "billed": None if payer else billed_so_far(account, asked.get("scope", ""), at=timezone.now()),
    }
    return page(request, "finance/bills/list.html", context, part="_rows.html")


def _rows(request: ConsoleRequest, by: str, asked: Asked) -> Page[Any]:
    if by == LINE:
        return paginate(lines_of(request.account, asked).select_related("owner", "product"), request, order=ORDER)
    return page_of_groups(rows_for(request.account, asked, by), by, request)


def _query(request: ConsoleRequest) -> Any:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query


def _tab(query: Any, key: str, *, current: bool) -> NavItem:
    link = query.copy()
    link["by"] = key
    return NavItem(label=str(LABELS[key]), url=f"?{link.urlencode()}", icon="", current=current)


def _trail(request: ConsoleRequest, query: Any, by: str, asked: Asked) -> list[NavItem]:
    """From the root down to the folder that is looked into; nothing while none is."""
    if by != FOLDER or not asked.get("folder"):
        return []
    items = []
    for folder in trail(request.account, int(asked["folder"])):
        link = query.copy()
        link.pop("directly", None)
        link["folder"] = "" if folder.parent_id is None else folder.pk
        items.append(NavItem(folder.name, f"?{link.urlencode()}", current=str(folder.pk) == str(asked["folder"])))
    return items


def _deeper(query: Any, by: str, row: GroupRow) -> str:
    link = query.copy()
    for name, value in {**row.asked, "by": by if row.holds_folders else NEXT[by]}.items():
        link[name] = value
    return f"?{link.urlencode()}"


def _other_payer(request: ConsoleRequest) -> Any:
    """The manager that pays for this account, which then has no bill of its own (A2.10)."""
    payer = payer_of(account=request.account, at=timezone.now())
    return payer.account if payer.trust else None


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One line: every step of its price, how it was paid, and what it stands on."""
    line, link = line_seen(request.account, pk)
    if link:
        note_look(actor=request.actor, relationship=link, page="bills", point=Point.VIEW_BILLS)
    context = {
        "line": line,
        "own": link is None,
        "above_cap": is_above_cap(line=line),
        "steps": steps_of(line),
        "payment": payment_of(line),
        "records": records_of(line),
        **(_uses(line) if link is None else {}),
    }
    return page(request, "finance/bills/detail.html", context)


def _uses(line: BillLine) -> dict[str, list[CommitmentUse] | list[VoucherUse]]:
    """Each commitment and voucher that had a part in it."""
    return {
        "covered": list(CommitmentUse.objects.filter(line=line).select_related("commitment").order_by("pk")),
        "vouchers": list(VoucherUse.objects.filter(line=line).order_by("pk")),
    }
