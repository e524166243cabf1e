"""What happened to change requests, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Words
from invoicing.models import ChangeRequest

Kind = ChangeRequest.Kind
TEXTS: dict[str, Words] = {
    f"change_request.asked/{Kind.ISSUING}": Words(
        _("Asked for a change of name, tax number or tax device for issuing: %(name)s"), icon="file-pen", tone="info"
    ),
    f"change_request.asked/{Kind.RECEIVING}": Words(
        _("Asked for a change of the enterprise for receiving: %(name)s"), icon="file-pen", tone="info"
    ),
    f"change_request.asked/{Kind.MOVE}": Words(
        _("Asked to move %(name)s to another tenant"),
        _("Asked this account to agree to a move of %(name)s to another tenant"),
        icon="arrow-right-left",
        tone="info",
    ),
    f"change_request.asked/{Kind.MERGE}": Words(
        _("Asked to merge the tenant %(name)s into another one"),
        _("Asked this account to agree to a merger of the tenant %(name)s into another one"),
        icon="arrow-right-left",
        tone="info",
    ),
    "change_request.agreed": Words(
        _("Agreed to the change request %(number)s (%(name)s)"), icon="handshake", tone="ok"
    ),
    "change_request.declined": Words(
        _("Declined the change request %(number)s (%(name)s): %(answer)s"), icon="circle-x", tone="stop"
    ),
    "change_request.paid": Words(
        _("The fee of the change request %(number)s (%(name)s) is paid"), icon="banknote", tone="ok"
    ),
    "change_request.waived": Words(
        _("Waived the fee of the change request %(number)s (%(name)s): %(reason)s"), icon="badge-check", tone="info"
    ),
    "change_request.withdrawn": Words(
        _("Withdrew the change request %(number)s (%(name)s)"), icon="undo-2", tone="warn"
    ),
    "change_request.fell": Words(
        _("The change request %(number)s (%(name)s) ended with the order of its fee"), icon="clock", tone="warn"
    ),
    "change_request.lapsed": Words(
        _("The change request %(number)s (%(name)s) was not answered in time"), icon="clock", tone="warn"
    ),
    "change_request.done": Words(
        _("Carried out the change request %(number)s (%(name)s): %(entitlements)s entitlements moved"),
        icon="badge-check",
        tone="ok",
    ),
    "change_request.done/rename": Words(
        _("Carried out the change request %(number)s (%(name)s)"), icon="badge-check", tone="ok"
    ),
    "change_request.rejected": Words(
        _("Rejected the change request %(number)s (%(name)s): %(answer)s"), icon="circle-x", tone="stop"
    ),
}
