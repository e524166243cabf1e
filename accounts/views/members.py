"""The accounts linked with this one: the list from both sides, one member, its remark (K8.1, K9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.actors import rights_of
from accounts.forms.base import show
from accounts.forms.members import MemberFilter, RemarkForm
from accounts.guards import managed, needs
from accounts.history import events_of, moments_of
from accounts.http import ConsoleRequest
from accounts.models import Account, Relationship
from accounts.models.relationship import RelationshipQuerySet
from accounts.navigation import address
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from accounts.services.relationships import edit_remark
from accounts.standing import SHOWN_AS, Narrow, narrowed, with_standing, with_waiting
from config.errors import InputError
from config.nav import NavItem
from config.paging import paginate
from config.web import page

THEIRS = "theirs"  # ?side=: the accounts that manage this one
HISTORY_SIZE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A relationship with what may be done about it."""

    relationship: Relationship
    acts: Sequence[NavItem]


@require_safe
@login_not_required
def former(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The account group's old addresses lead to Enterprise Finance for good, whatever they carried along (K12.2)."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"/finance/{quote(rest)}{'?' if query else ''}{query}")


@require_safe
@needs(Right.SEE_FINANCE)
def home(_request: ConsoleRequest) -> HttpResponse:
    """Enterprise Finance opens with its overview, or where that is not installed with the linked accounts."""
    return redirect(address("finance:overview") or "accounts:member-list")


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The accounts that this one manages, or those that manage it; narrowed as asked."""
    filters = MemberFilter(request.GET)
    theirs = filters.wanted("side") == THEIRS
    rows = paginate(_wanted(request.account, filters, theirs=theirs), request, order=("-id",))
    with_standing(list(rows))
    rights = rights_of(request.actor, request.account)
    can_link = Right.MANAGE_LINKS in rights
    context = {
        "filter": filters,
        "page": rows,
        "rows": [Row(row, [] if theirs else _acts(row, can_link=can_link)) for row in rows],
        "theirs": theirs,
        "narrowed": any(filters.wanted(name) for name in ("q", "kind", "state")),
        "counts": _counts(request.account),
        "can_link": can_link,
        "split_on": policy.ACCOUNT_GROUP_SPLIT,
        "has_directory": Right.MANAGE_DIRECTORY in rights,
        "tabs": _tabs(theirs=theirs),
    }
    return page(request, "accounts/members/list.html", context, part="_rows.html")


def _wanted(account: Account, filters: MemberFilter, *, theirs: bool) -> RelationshipQuerySet:
    found = account.managed_by.all() if theirs else account.manages.all()
    found = found.select_related("manager__enterprise", "member__enterprise")
    if words := filters.wanted("q"):
        found = found.filter(_named(words, theirs=theirs))
    if kind := filters.wanted("kind"):
        found = found.filter(kind=kind)
    if state := filters.wanted("state"):
        found = narrowed(found, state)
    return found


def _named(words: str, *, theirs: bool) -> Q:
    """Who has not agreed is found by remark and whole user name only, or searching would reveal what is masked."""
    side = "manager" if theirs else "member"
    open_names = (
        Q(**{f"{side}__name__icontains": words})
        | Q(**{f"{side}__username__icontains": words})
        | Q(**{f"{side}__enterprise__name__icontains": words})
        | Q(**{f"{side}__number": words})
    )
    if theirs:
        return open_names
    agreed = Q(established_at__isnull=False)
    return (agreed & open_names) | Q(member__username=words.lower()) | Q(remark__icontains=words)


def _acts(row: Relationship, *, can_link: bool) -> list[NavItem]:
    """What the row's menu offers; “dissolve” says that the viewer is the manager (K8.1)."""
    standing = row.standing  # type: ignore[attr-defined]
    acts = [NavItem(_("Details"), reverse("accounts:member-detail", args=[row.pk]), "file-text")]
    if standing.waiting is not None:
        sent = reverse("accounts:invitation-sent", args=[standing.waiting.pk])
        acts.append(NavItem(_("Waiting request"), sent, "hourglass"))
    if not can_link:
        return acts
    if row.is_in_force:
        edit = reverse("accounts:member-permissions", args=[row.pk])
        acts.append(NavItem(_("Change permissions"), edit, "key-round"))
    acts.append(NavItem(_("Edit remark"), reverse("accounts:member-remark", args=[row.pk]), "pencil"))
    if row.is_in_force:
        acts.append(NavItem(_("Dissolve"), reverse("accounts:member-dissolve", args=[row.pk]), "unlink"))
    return acts


def _counts(account: Account) -> dict[str, int]:
    established, kinds = SHOWN_AS[Narrow.ESTABLISHED], Relationship.Kind
    counts = with_waiting(account.manages.all()).aggregate(
        group=Count("pk", filter=established & Q(kind=kinds.GROUP)),
        partner=Count("pk", filter=established & Q(kind=kinds.PARTNER)),
        confirming=Count("pk", filter=SHOWN_AS[Narrow.CONFIRMING]),
        change=Count("pk", filter=SHOWN_AS[Narrow.CHANGE]),
    )
    return dict(counts)


def _tabs(*, theirs: bool) -> list[NavItem]:
    address = reverse("accounts:member-list")
    return [
        NavItem(_("Accounts I manage"), address, current=not theirs),
        NavItem(_("Accounts that manage me"), f"{address}?side={THEIRS}", current=theirs),
    ]


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One member: what it has granted and what happened. The member sees in its log that somebody looked."""
    relationship = managed(request.account, pk)
    with_standing([relationship])
    contract = relationship.grants(Point.VIEW_INVOICES)
    if relationship.is_in_force:
        point = Point.VIEW_INVOICES if contract else None
        note_look(actor=request.actor, relationship=relationship, page="member", point=point)
    past = paginate(events_of(relationship), request, order=("-id",), size=HISTORY_SIZE)
    context = {
        "relationship": relationship,
        "shows_contract": contract,
        "can_link": Right.MANAGE_LINKS in rights_of(request.actor, request.account),
        "page": past,
        "moments": moments_of(relationship, past),
    }
    return page(request, "accounts/members/detail.html", context, part="_history.html")


@needs(Right.MANAGE_LINKS)
def remark(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The manager's own note on a member."""
    relationship = managed(request.account, pk)
    typed = request.POST if request.method == "POST" else None
    form, status = RemarkForm(typed, initial={"remark": relationship.remark}), 200
    if typed is not None and form.is_valid():
        try:
            edit_remark(actor=request.actor, relationship_id=pk, remark=form.cleaned_data["remark"])
        except InputError as error:
            status = show(form, error)
        else:
            messages.success(request, _("The remark has been saved."))
            return redirect("accounts:member-detail", pk)
    elif typed is not None:
        status = 422
    return page(request, "accounts/members/remark.html", {"form": form, "relationship": relationship}, status=status)
