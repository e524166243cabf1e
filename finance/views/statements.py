"""Monthly statements: the account's own, its members', one of them; confirming, repaying."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import PointMissing, rights_of
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from finance.forms.allotments import AmountForm
from finance.forms.base import show_at_amount
from finance.forms.statements import MemberStatementFilter, StatementFilter
from finance.models import BillLine, Dispute, Statement
from finance.money import ZERO
from finance.reports import what_it_has
from finance.services.dues import disputed_of
from finance.services.repayment import Repayment, repay_statement
from finance.services.statements import confirm_statement, statements_of_group, statements_seen
from finance.services.trusts import trusteed_by
from finance.statement_reports import Seen, by_month, by_product, figures_of, narrowed, rows_of, seen_statement

ORDER: Sequence[str] = ("-month", "-id")


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The account's own months, newest first."""
    filters = StatementFilter(request.GET)
    found = Statement.objects.of(request.account)
    rows = paginate(narrowed(request.account, found, filters.asked), request, order=ORDER)
    context = {
        "filter": filters,
        "page": rows,
        "rows": rows_of(request.account, rows),
        "figures": figures_of(found),
        "members": False,
        "tabs": _tabs("statement-list"),
    }
    return page(request, "finance/statements/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def members(request: ConsoleRequest) -> HttpResponse:
    """Those of all members that show theirs (K7.4)."""
    filters = MemberStatementFilter(request.GET, account=request.account)
    found = statements_seen(account=request.account)
    fitting = narrowed(request.account, found, filters.asked).select_related("account")
    rows = paginate(fitting, request, order=ORDER)
    context = {
        "filter": filters,
        "page": rows,
        "rows": rows_of(request.account, rows),
        "figures": figures_of(found),
        "members": True,
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
        "tabs": _tabs("member-statement-list"),
    }
    return page(request, "finance/statements/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def group(request: ConsoleRequest) -> HttpResponse:
    """Own and members' months added up, of everybody or of a folder; each leads to what it is made of."""
    filters = MemberStatementFilter(request.GET, account=request.account)
    found = narrowed(request.account, statements_of_group(account=request.account), filters.asked)
    query = request.GET.copy()
    for name in ("month", "after", "before"):
        query.pop(name, None)
    context = {
        "filter": filters,
        "page": paginate(by_month(found), request, order=("-month",)),
        "figures": figures_of(found),
        "asked": query.urlencode(),
        "folder": filters.asked.get("folder", ""),
        "tabs": _tabs("group-statement-list"),
    }
    return page(request, "finance/statements/group.html", context, part="_months.html")


def _tabs(now: str) -> list[NavItem]:
    names = {"statement-list": _("Own statements"), "member-statement-list": _("Members' statements")}
    names["group-statement-list"] = _("Whole group")
    return [NavItem(label, reverse(f"finance:{name}"), current=name == now) for name, label in names.items()]


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What the month cost, how it was paid, what is left. A member sees in its log that somebody looked."""
    seen = _looked_at(request, pk)
    disputes = Dispute.objects.filter(statement=seen.statement).select_related("line__product", "created_by")
    context = {
        **_context(request, seen),
        "shares": by_product(seen.statement),
        "disputes": list(disputes[:50]),
    }
    return page(request, "finance/statements/detail.html", context)


def _looked_at(request: ConsoleRequest, pk: int) -> Seen:
    seen = seen_statement(request.account, pk)
    if seen.link is not None:
        note_look(actor=request.actor, relationship=seen.link, page="statements", point=Point.VIEW_STATEMENTS)
    return seen


def _context(request: ConsoleRequest, seen: Seen) -> dict[str, Any]:
    statement, states = seen.statement, Statement.State
    disputed = disputed_of(statements=[statement]).get(statement.pk, ZERO)
    can_move = Right.MOVE_FUNDS in rights_of(request.actor, request.account)
    waits = statement.state in {states.TO_CONFIRM, states.DISPUTED}
    undisputed = max(ZERO, statement.due - disputed)
    repayable = statement.state in Statement.REPAYABLE and undisputed > ZERO
    trusteed = seen.link is not None and seen.link.member_id in trusteed_by(manager=request.account, at=timezone.now())
    return {
        "statement": statement,
        "seen": seen,
        "disputed": disputed,
        "undisputed": undisputed,
        "can_dispute": can_move and seen.may(Point.CONFIRM_STATEMENT),
        "can_confirm": can_move and waits and seen.may(Point.CONFIRM_STATEMENT),
        "can_repay": can_move and repayable and not trusteed and seen.may(Point.REPAY_STATEMENT),
        "settles_itself": repayable and trusteed,
    }


@require_safe
@needs(Right.SEE_FINANCE)
def lines(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Its lines, to find the one that is wrong."""
    seen = _looked_at(request, pk)
    found = _lines(seen.statement, request.GET.get("product", ""))
    rows = paginate(found, request, order=("-id",))
    opened = Dispute.objects.filter(line__in=list(rows), state=Dispute.State.OPEN)
    context = {
        **_context(request, seen),
        "page": rows,
        "open_lines": dict(opened.values_list("line_id", "amount")),
    }
    return page(request, "finance/statements/lines.html", context, part="_lines.html")


def _lines(statement: Statement, product: str) -> "QuerySet[BillLine]":
    found = BillLine.objects.filter(statement=statement).select_related("product", "owner")
    return found.filter(product__code=product) if product and "\x00" not in product else found


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def confirm(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What confirming means, and the button; no code."""
    seen = seen_statement(request.account, pk)
    if not seen.may(Point.CONFIRM_STATEMENT):
        raise PointMissing(Point.CONFIRM_STATEMENT)
    form = Confirmation(typed(request))
    tried = attempt(
        request,
        form,
        lambda: confirm_statement(actor=request.actor, statement_id=pk, through=seen.through),
    )
    if tried.done:
        messages.success(request, _("The statement of %(month)s is confirmed.") % {"month": seen.statement})
        return redirect("finance:statement-detail", pk)
    context = {**_context(request, seen), "form": form}
    return page(request, "finance/statements/confirm.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def repay(request: ConsoleRequest, pk: int) -> HttpResponse:
    """All of it or a part, from own cash."""
    seen = seen_statement(request.account, pk)
    if not seen.may(Point.REPAY_STATEMENT):
        raise PointMissing(Point.REPAY_STATEMENT)
    context = _context(request, seen)
    have = what_it_has(request.account)
    cash = have.cash if seen.link else have.balance
    form = AmountForm(typed(request), initial={"amount": min(cash, context["undisputed"]) or context["undisputed"]})
    tried = attempt(request, form, lambda: _repay(request, seen, form), shown=show_at_amount)
    if tried.result is not None:
        words = {"amount": tried.result.amount, "month": seen.statement}
        messages.success(request, _("%(amount)s yuan of the statement of %(month)s were repaid.") % words)
        return redirect("finance:statement-detail", pk)
    context |= {"form": form, "cash": cash}
    return page(request, "finance/statements/repay.html", context, status=tried.status)


def _repay(request: ConsoleRequest, seen: Seen, form: AmountForm) -> Repayment:
    sent = form.cleaned_data
    return repay_statement(actor=request.actor, statement_id=seen.statement.pk, through=seen.through, **sent)
