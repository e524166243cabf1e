"""Members' funds: the list from which people allot and recall, and one member."""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Relationship
from accounts.models.relationship import RelationshipQuerySet
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.paging import paginate
from config.web import page
from finance import foresight
from finance.flows import flow_of
from finance.forms.members import FundFilter
from finance.member_limits import limits_of_member
from finance.models import Allotment, Book
from finance.models.book import BookKind
from finance.reports import Have, what_it_has
from finance.standings import standings
from finance.timelines import row_of

RECENT = 10


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The members in force, with what each has and what can be recalled."""
    filters = FundFilter(request.GET)
    found = wanted(request.account, filters)
    rows = paginate(found, request, order=("-id",))
    context = {
        "filter": filters,
        "page": rows,
        "rows": standings(request.account, list(rows)),
        "allottable": foresight.allottable_of(request.account),
        "narrowed": any(filters.wanted(name) for name in ("q", "kind", "holds")),
        "asked": request.GET.urlencode(),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/members/list.html", context, part="_rows.html")


def wanted(account: Account, filters: FundFilter) -> RelationshipQuerySet:
    """The members in force that fit the filter."""
    found = Relationship.objects.in_force().filter(manager=account).select_related("member__enterprise")
    if words := filters.wanted("q"):
        named = Q(member__name__icontains=words) | Q(member__username__icontains=words)
        found = found.filter(named | Q(member__number=words) | Q(remark__icontains=words))
    if kind := filters.wanted("kind"):
        found = found.filter(kind=kind)
    if holds := filters.wanted("holds"):
        books = Book.objects.filter(account=OuterRef("member"), kind=BookKind.ALLOTTED, source=account, balance__gt=0)
        found = found.filter(Exists(books)) if holds == "yes" else found.filter(~Exists(books))
    return found


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One member's funds as far as it shows them. The member sees in its log that somebody looked."""
    relationship = managed(request.account, pk)
    shown = relationship.grants(Point.VIEW_BALANCE)
    if relationship.is_in_force:
        point = Point.VIEW_BALANCE if shown else None
        note_look(actor=request.actor, relationship=relationship, page="funds", point=point)
    flows = Allotment.objects.filter(relationship=relationship).select_related("manager", "member")
    recent = list(flows.order_by("-created_at", "-id")[:RECENT])
    context = {
        "relationship": relationship,
        "standing": standings(request.account, [relationship])[0],
        "shows_statements": relationship.grants(Point.VIEW_STATEMENTS),
        "mode": row_of(relationship, now=timezone.now()).mode,
        "have": _without_names(what_it_has(relationship.member), request.account) if shown else None,
        "flows": [flow_of(request.account, one) for one in recent],
        "shows_orders": relationship.grants(Point.VIEW_ORDERS),
        "limits": limits_of_member(relationship, at=timezone.now()),
        "shows_bills": relationship.is_in_force and relationship.grants(Point.VIEW_BILLS),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/members/detail.html", context)


def _without_names(have: Have, viewer: Account) -> dict[str, object]:
    """The member's balances; what came from its other managers in one sum, for who they are is not the viewer's."""
    mine = sum((one.amount for one in have.given if one.manager == viewer), start=have.cash * 0)
    return {
        "balance": have.balance,
        "cash": have.cash,
        "mine": mine,
        "others": have.allotted - mine,
        "credit_used": have.credit_used,
        "credit_limit": have.credit_limit,
        "free": have.balance - have.credit_used,
    }
