"""The log of the account: who did what, when, through which door."""

from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.actors import Door, rights_of
from accounts.event_texts import GROUPS, closed_to, lines
from accounts.forms.events import EventFilter
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Event
from accounts.models.event import EventQuerySet
from accounts.permissions import Right
from config.paging import paginate
from config.web import page


@require_GET
@needs(Right.VIEW)
def index(request: ConsoleRequest) -> HttpResponse:
    """Everything that the account did and that was done to it, newest first."""
    form = EventFilter(request.GET)
    events = _open_to(request).select_related("account", "counterpart")
    if form.is_valid():
        events = _narrowed(events, form, request)
    found = paginate(events, request, order=("-id",))
    context = {"filter": form, "page": found, "lines": lines(found, viewer=request.account), "narrowed": form.narrows}
    return page(request, "accounts/events/list.html", context, part="_rows.html")


def _open_to(request: ConsoleRequest) -> EventQuerySet:
    """In a member's console its finance and its other links are nobody's business (K13.4)."""
    events = Event.objects.about(request.account)
    closed = closed_to(rights_of(request.actor, request.account))
    return events.exclude(reduce(or_, (Q(kind__startswith=prefix) for prefix in closed))) if closed else events


def _narrowed(events: EventQuerySet, form: EventFilter, request: ConsoleRequest) -> EventQuerySet:
    wanted = form.cleaned_data
    if group := next((group for group in GROUPS if group.key == wanted["kind"]), None):
        events = events.filter(reduce(or_, (Q(kind__startswith=prefix) for prefix in group.prefixes)))
    if person := wanted["person"]:
        # Names of the other side and of staff are not shown, so they must not be found out by searching either.
        events = events.filter(account=request.account, actor_name__icontains=person).exclude(door=Door.STAFF)
    if wanted["since"]:
        events = events.filter(at__gte=_midnight(wanted["since"]))
    if wanted["until"]:
        events = events.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
    return events


def _midnight(day: object) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))  # type: ignore[arg-type]
