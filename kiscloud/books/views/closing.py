"""The overview of a set's books, and the end of a period step by step."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError
from kiscloud.books.gaps import gaps_of
from kiscloud.books.models import Period, Voucher
from kiscloud.books.months import following, worded
from kiscloud.books.reports.balance_sheet import ASSETS_TOTAL, balance_sheet
from kiscloud.books.reports.income_statement import NET, income_statement
from kiscloud.books.rights import Right
from kiscloud.books.services.closing import (
    carry_over,
    carry_over_year,
    checks_of,
    close_period,
    renumber,
    reopen_period,
)
from kiscloud.books.services.people import Place
from kiscloud.books.services.posting import post_vouchers
from kiscloud.books.steps import next_of, steps_of
from kiscloud.books.views.doors import address, draw, in_books


@require_safe
@in_books(Right.VIEW)
def home(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Where the books stand: the period, what waits, the few figures that one looks at."""
    month = place.books.month
    sheet = balance_sheet(place.account_set, month, waiting=True)
    income = income_statement(place.account_set, month, waiting=True)
    counts = _counts(place, month)
    checks = checks_of(account_set=place.account_set, books=place.books)
    missing = {check.key: check.sentence for check in checks if not check.holds}
    context = {
        "month": month,
        "steps": steps_of(place.books, counts, missing),
        "next": next_of(place.books, counts, missing, today=timezone.localdate()),
        "cash": sheet.line(1).first,
        "assets": sheet.line(ASSETS_TOTAL).first,
        "sales": income.line(1).second,
        "profit": income.line(NET).second,
        "latest": Voucher.objects.of(place.account_set).select_related("maker").order_by("-saved_at", "-pk")[:5],
    }
    return draw(request, place, "books/home.html", context)


def _counts(place: Place, month: int) -> dict[str, int]:
    states = {str(state): Count("pk", filter=Q(state=state)) for state in Voucher.State.values}
    found: dict[str, int] = Voucher.objects.of(place.account_set).filter(month=month).aggregate(**states)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.VIEW)
def closing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """What must hold before the current period closes, each with its act; closing it, or going back one."""
    if request.method == "POST":
        return _act(request, place)
    month = place.books.month
    checks = checks_of(account_set=place.account_set, books=place.books)
    counts = _counts(place, month)
    context = {
        "month": month,
        "checks": checks,
        "ready": all(check.holds for check in checks),
        "first": next((check.key for check in checks if not check.holds), ""),
        "gaps": gaps_of(place.account_set, month),
        "counts": counts,
        "postable": sum(counts[state] for state in place.books.postable),
        "carried": Voucher.objects.of(place.account_set).filter(month=month, kind=Voucher.Kind.CARRY_OVER),
        "before": following(month, -1) if place.books.month > place.books.start_month else None,
        "periods": Period.objects.filter(account_set=place.account_set).order_by("-month")[:12],
    }
    return draw(request, place, "books/closing/detail.html", context)


def _act(request: ConsoleRequest, place: Place) -> HttpResponse:
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set}
    try:
        said = _do(request.POST.get("act", ""), wanted, together=bool(request.POST.get("together")))
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        messages.success(request, said)
    return redirect(address(place, "closing"))


def _do(name: str, wanted: dict[str, Any], *, together: bool) -> str:
    """The act, and what is said of it."""
    if name == "carry":
        made = carry_over(**wanted, together=together)
        return _("%(vouchers)s wait to be posted.") % {"vouchers": "、".join(map(str, made))}
    said = ACTS.get(name)
    if said is None:
        return _("Nothing was done.")
    service, shown, sentence = said
    return str(sentence) % {"done": shown(service(**wanted))}


ACTS: dict[str, tuple[Any, Any, Any]] = {
    "carry-year": (carry_over_year, str, lazy("%(done)s waits to be posted.")),
    "renumber": (renumber, int, lazy("%(done)s numbers were changed.")),
    "post": (post_vouchers, lambda done: done.done, lazy("%(done)s vouchers done.")),
    "close": (close_period, worded, lazy("Closed. The current period is %(done)s now.")),
    "reopen": (reopen_period, worded, lazy("%(done)s is open again.")),
}
