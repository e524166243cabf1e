"""Low-balance alerts: one's own, and those about members, one by one or many at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Relationship
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.alert_standings import alert_standings, own_alert
from finance.forms.batches import read_lines
from finance.forms.limits import ThresholdForm
from finance.models import BalanceAlert
from finance.services.alerts import clear_alert, set_alert, set_alerts
from finance.views.limit_tabs import limit_tabs


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """One's own threshold, and the members with theirs."""
    return _page(request, ThresholdForm(prefix="own"), ThresholdForm(prefix="members"))


@require_POST
@needs(Right.MOVE_FUNDS)
def own(request: ConsoleRequest) -> HttpResponse:
    """The account's own threshold is set, or given up."""
    if request.POST.get("act") == "clear":
        _clear(request, [request.account.pk])
        messages.success(request, _("You are no longer told when this account has little available."))
        return redirect("finance:alert-list")
    form = ThresholdForm(request.POST, prefix="own")
    tried = attempt(request, form, lambda: set_alert(actor=request.actor, account=request.account, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("You are told when less than this is available."))
        return redirect("finance:alert-list")
    return _page(request, form, ThresholdForm(prefix="members"), status=tried.status)


@require_POST
@needs(Right.MOVE_FUNDS)
def members(request: ConsoleRequest) -> HttpResponse:
    """One threshold for every ticked member, with what became of each; or none any more."""
    chosen = [line["relationship"] for line in read_lines({}, request.POST.getlist("member"))]
    if request.POST.get("act") == "clear":
        links = Relationship.objects.filter(manager=request.account, pk__in=chosen)
        gone = _clear(request, links.values_list("member", flat=True))
        done = ngettext("%(count)s alert was given up.", "%(count)s alerts were given up.", gone)
        messages.success(request, done % {"count": gone})
        return redirect("finance:alert-list")
    form = ThresholdForm(request.POST, prefix="members")
    tried = attempt(
        request,
        form,
        lambda: set_alerts(actor=request.actor, account=request.account, relationship_ids=chosen, **form.cleaned_data),
    )
    if not tried.done or tried.result is None:
        return _page(request, ThresholdForm(prefix="own"), form, status=tried.status)
    refused = [row for row in tried.result if row.error is not None]
    done_rows = [row for row in tried.result if row.error is None]
    context = {"rows": refused + done_rows, "refused": len(refused), "done": len(done_rows), **form.cleaned_data}
    return page(request, "finance/alerts/result.html", context)


def _clear(request: ConsoleRequest, accounts: object) -> int:
    alerts = list(BalanceAlert.objects.filter(watcher=request.account, account__in=accounts).order_by("pk"))
    for alert in alerts:
        clear_alert(actor=request.actor, alert_id=alert.pk)
    return len(alerts)


def _page(request: ConsoleRequest, mine: ThresholdForm, many: ThresholdForm, *, status: int = 200) -> HttpResponse:
    now, account = timezone.now(), request.account
    own_standing = own_alert(account, at=now)
    if own_standing.alert is not None:
        mine.initial.setdefault("threshold", own_standing.alert.threshold)
    links = Relationship.objects.in_force().filter(manager=account).select_related("member")
    rows = paginate(links, request, order=("-id",))
    context = {
        "own": own_standing,
        "own_form": mine,
        "form": many,
        "page": rows,
        "rows": alert_standings(account, list(rows), at=now),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, account),
        "tabs": limit_tabs(request),
    }
    return page(request, "finance/alerts/list.html", context, part="_rows.html", status=status)
