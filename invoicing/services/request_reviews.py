"""What staff decide about requests: large ones before they are issued, and those that cannot be."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.models import Account, Operator
from accounts.names import clean_remark
from config.errors import DomainError, InputError
from config.transactions import atomic
from invoicing.models import InvoiceRequest, IssueOrder
from invoicing.services.requests import free_items, lock_payer, locked_request, note_request, start_issuing
from invoicing.tax import Fault

PERMISSION: Final = "invoicing.change_invoicerequest"


class MayBeIssued(DomainError):
    """Then its money could be invoiced a second time."""

    code = "may_be_issued"
    sentence = _("The tax platform has this invoice, or may have it, so the request cannot be rejected.")
    hint = _("Wait for its outcome. Once it is issued, a red letter takes it back.")


class OwnRequest(DomainError):
    """Nobody decides about an account in which they work."""

    code = "own_account"
    sentence = _("You work in one of the accounts of this request. Somebody else has to decide.")


@atomic
def approve_request(*, actor: Actor, request_id: int, now: datetime | None = None) -> InvoiceRequest:
    """Its invoice is being made. By staff. Locks the account, the request. Raises OwnRequest, MoveRefused."""
    require_staff(actor, PERMISSION)
    at, request = now or timezone.now(), locked_request(request_id=request_id)
    _refuse_own(request, actor)
    start_issuing(request=request, now=at)
    note_request(what="approved", actor=actor, request=request, at=at, by=request.account)
    return request


@atomic
def reject_request(*, actor: Actor, request_id: int, reason: str, now: datetime | None = None) -> InvoiceRequest:
    """It ends with the reason, and what it covered is open again. By staff, before it is sent or after it failed.

    Locks the account, the issue order, the request. Raises InputError without a reason, OwnRequest, MayBeIssued,
    MoveRefused.
    """
    require_staff(actor, PERMISSION)
    at, why = now or timezone.now(), cleaned("reason", clean_remark, reason)
    if not why:
        raise InputError("reason", _("Write a reason: the account reads it."))
    lock_payer(request_id=request_id)
    order = IssueOrder.objects.select_for_update().filter(request=request_id).first()  # whoever issues locks it first
    request = locked_request(request_id=request_id)
    _refuse_own(request, actor)
    # Under a serial that is a duplicate to the platform an invoice of ours may stand, whatever else failed.
    if order is not None and (order.state != IssueOrder.State.FAILED or order.fault == Fault.DUPLICATE):
        raise MayBeIssued()
    request.reject(at=at, reason=why)
    request.save(update_fields=["state", "ended_at", "reason"])
    free_items(request=request)
    note_request(what="rejected", actor=actor, request=request, at=at, by=request.account, reason=why)
    return request


def _refuse_own(request: InvoiceRequest, actor: Actor) -> None:
    sides: set[Account] = {request.account, request.asked_by}
    if Operator.objects.filter(account__in=sides, user=actor.user).exists():
        raise OwnRequest()
