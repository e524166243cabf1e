"""From the browser into the client (S3.6, S13.5, S19.4)."""

from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.http import ConsoleRequest
from config.web import page
from kiscloud import policy
from kiscloud.models import AccountSet
from kiscloud.services.tickets import ClientRequired, issue_ticket

SCHEME = "kiscloud"  # that the clients register with their system


@require_POST
def launch(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A page with the link that opens the client in the set; where there is no client, with the way to one.

    The ticket is in this one answer and nowhere else, so the answer is no redirect.
    """
    try:
        ticket, secret = issue_ticket(actor=request.actor, set_id=pk)
    except ClientRequired as refusal:
        context = {"refusal": refusal, "account_set": AccountSet.objects.get(pk=pk)}
        return page(request, "kiscloud/launches/client_required.html", context, status=refusal.status)
    server = request.build_absolute_uri("/")
    context = {
        "account_set": ticket.account_set,
        "link": f"{SCHEME}://launch?{urlencode({'ticket': secret, 'server': server})}",
        "seconds": int(policy.TICKET_LIFE.total_seconds()),
    }
    return page(request, "kiscloud/launches/launch.html", context)
