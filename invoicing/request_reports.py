"""Reads for the pages of requests: whose one may see, how it came about, what members have."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.actors import PointMissing
from accounts.history import Moment, moments
from accounts.models import Account, Event, Relationship
from accounts.models.relationship import RelationshipQuerySet
from accounts.permissions import Point
from config.errors import NotFound
from finance.money import ZERO
from finance.services.trusts import paid_for
from invoicing.models import Invoice, Invoiceable, InvoiceControl, InvoiceRequest, IssueOrder
from invoicing.open_amounts import UNDER_WAY


@dataclass(frozen=True, slots=True)
class Seen:
    """A request, and the relationship by which a manager sees it; None for one's own, and one that one asked for."""

    request: InvoiceRequest
    link: Relationship | None
    mine: bool  # for this account, or asked for by it

    @property
    def invoice(self) -> Invoice | None:
        """What was issued for it."""
        return Invoice.objects.filter(issue_order__request=self.request).first()

    @property
    def order(self) -> IssueOrder | None:
        """How far its issuing is."""
        return IssueOrder.objects.filter(request=self.request).first()


def seen_request(account: Account, pk: int) -> Seen:
    """For the account, asked for by it, or of a member that lets it see invoices: 404 outside, 403 without the point.

    What an account asked for it goes on seeing when the relationship is dissolved (K8.9).
    """
    rows = InvoiceRequest.objects.select_related("account__enterprise", "asked_by", "relationship", "created_by")
    if (request := rows.filter(pk=pk).first()) is None:
        raise NotFound()
    if account.pk in {request.account_id, request.asked_by_id}:
        return Seen(request, None, mine=True)
    links = Relationship.objects.in_force().filter(manager=account, member=request.account)
    if (link := links.select_related("member__enterprise").first()) is None:
        raise NotFound()
    if not link.grants(Point.VIEW_INVOICES):
        raise PointMissing(Point.VIEW_INVOICES)
    return Seen(request, link, mine=False)


def story_of(request: InvoiceRequest, viewer: Account) -> list[Moment]:
    """What happened to it and to its issuing, as the viewer reads it, newest first."""
    subject = Q(subject_type=InvoiceRequest._meta.label_lower, subject_id=request.pk)
    orders = IssueOrder.objects.filter(request=request).values("pk")
    invoices = Invoice.objects.filter(issue_order__request=request).values("pk")
    subject |= Q(subject_type=IssueOrder._meta.label_lower, subject_id__in=orders)
    subject |= Q(subject_type=Invoice._meta.label_lower, subject_id__in=invoices)
    events = Event.objects.filter(subject).select_related("account", "counterpart").order_by("-at", "-id")
    return moments(events[:50], viewer=viewer)


@dataclass(frozen=True, slots=True)
class Row:
    """A member: what of it can be invoiced and is under way, and who asks."""

    link: Relationship
    open: Decimal
    under_way: Decimal
    control: InvoiceControl | None
    trusteed: bool

    @property
    def may_ask(self) -> bool:
        """Whether this account may request invoices for it."""
        return self.link.grants(Point.REQUEST_INVOICE)


def rows_of(links: Sequence[Relationship]) -> list[Row]:
    """By three queries, however many."""
    members = [one.member_id for one in links]
    sums = Invoiceable.objects.filter(payer__in=members).order_by().values_list("payer")
    free = Q(request__isnull=True, red_letter__isnull=True)
    found = {
        payer: (open_, asked)
        for payer, open_, asked in sums.annotate(
            open=Sum("amount", filter=free), asked=Sum("amount", filter=Q(request__state__in=UNDER_WAY))
        )
    }
    controls = {one.relationship_id: one for one in InvoiceControl.objects.live().filter(relationship__in=links)}
    trusteed = paid_for(manager=links[0].manager, at=timezone.now()) if links else frozenset()
    return [
        Row(
            link,
            found.get(link.member_id, (None, None))[0] or ZERO,
            found.get(link.member_id, (None, None))[1] or ZERO,
            controls.get(link.pk),
            link.member_id in trusteed,
        )
        for link in links
    ]


def members_shown(account: Account) -> RelationshipQuerySet:
    """The relationships in force whose members let this account see invoices (K7.4)."""
    links = Relationship.objects.in_force().filter(manager=account, points__contains=[Point.VIEW_INVOICES])
    shown: RelationshipQuerySet = links.select_related("member__enterprise", "manager")
    return shown
