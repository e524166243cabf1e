"""Paying online: an order at the gateway, its signed callbacks, and asking after what stays silent.

The gateway's word counts only when it is proved (a signature, or our own question over TLS), fits the order that we
placed, and names the very amount. Anything else moves nothing: it is written down and staff are told.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.locks import lock_name
from accounts.permissions import Right
from config.errors import DomainError
from config.transactions import atomic
from finance import policy
from finance.models import GatewayCallback, TopUp
from finance.payments import (
    CallbackFacts,
    CallbackRefused,
    Found,
    NotTaken,
    Opened,
    Order,
    Payment,
    PaymentError,
    Status,
    Unclear,
    payments,
)
from finance.services.top_ups import close_locked, credit_locked, locked_top_up

Verdict = GatewayCallback.Verdict
TROUBLES: Mapping[str, str] = {
    Verdict.AMOUNT_DIFFERS: TopUp.Trouble.AMOUNT_DIFFERS,
    Verdict.OTHER_ORDER: TopUp.Trouble.OTHER_ORDER,
}
STATUS: Mapping[str, int] = {Verdict.UNKNOWN_REFERENCE: 404, Verdict.AMOUNT_DIFFERS: 409, Verdict.OTHER_ORDER: 409}
log = logging.getLogger(__name__)


class NotPayable(DomainError):
    """Closed, credited, or not paid online."""

    code = "not_payable"
    sentence = _("This top-up is not waiting for an online payment.")
    hint = _("Announce a new top-up if you want to pay.")


class PaymentUnavailable(DomainError):
    """The gateway took no order; nothing happened."""

    code = "payment_unavailable"
    status = 503
    sentence = _("The payment provider cannot be reached. Nothing was paid; please try again, or pay by bank transfer.")


class PaymentPending(DomainError):
    """Whether the gateway took the order is being found out."""

    code = "payment_pending"
    status = 503
    sentence = _("The payment provider has not answered yet. We keep asking; please look again in a few minutes.")


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the gateway is answered, now and at every repeat."""

    status: int
    body: dict[str, Any]


def open_payment(*, actor: Actor, top_up_id: int, return_url: str, now: datetime | None = None) -> TopUp:
    """The order stands at the gateway and the top-up has its pay address; asking again answers the same one.

    That an order is being placed is committed before the call, so after a crash or a silence the gateway is asked
    and nothing is placed twice. Call it outside of transactions. Raises NotPayable, PaymentUnavailable, PaymentPending.
    """
    at = now or timezone.now()
    top_up, is_ours = _claim_order(actor, top_up_id, at)
    if top_up.pay_url:
        return top_up
    try:
        if is_ours:
            return _keep_order(top_up.pk, payments().create(order=_order(top_up, return_url)))
        top_up = _note_found(top_up.pk, payments().query(reference=top_up.reference), at)
    except PaymentError as error:
        if is_ours and isinstance(error, NotTaken):
            TopUp.objects.filter(pk=top_up.pk, asked_at=at).update(asked_at=None, ask_after=None)
            raise PaymentUnavailable() from error
        raise PaymentPending() from error
    if top_up.is_payable(at=at) and not top_up.pay_url:
        raise PaymentPending()
    return top_up


@transaction.atomic(durable=True)
def _claim_order(actor: Actor, top_up_id: int, at: datetime) -> tuple[TopUp, bool]:
    """The top-up, and whether it is this caller who places the order."""
    top_up = locked_top_up(top_up_id=top_up_id)
    require(actor, Right.MOVE_FUNDS, top_up.account)
    if top_up.channel != TopUp.Channel.GATEWAY or not top_up.is_payable(at=at):
        raise NotPayable()
    if top_up.asked_at is not None:
        return top_up, False
    top_up.asked_at, top_up.ask_after = at, at + policy.GATEWAY_ASK_AFTER
    top_up.save(update_fields=["asked_at", "ask_after"])
    return top_up, True


def _order(top_up: TopUp, return_url: str) -> Order:
    return Order(
        reference=top_up.reference,
        amount=top_up.amount,
        subject=f"{settings.SITE_NAME} {top_up.reference}",
        notify_url=f"{settings.SITE_URL}{reverse('finance:callback-gateway')}",
        return_url=return_url,
    )


@atomic
def _keep_order(pk: int, opened: Opened) -> TopUp:
    """The callback may have been faster than this answer: what it brought stays."""
    lock_name(f"payment:{TopUp.Channel.GATEWAY}:{opened.provider_id}")
    top_up = locked_top_up(top_up_id=pk)
    if top_up.provider_id not in {None, opened.provider_id} or _is_taken(top_up, opened.provider_id):
        raise Unclear("answer with the number of another order")
    top_up.provider_id = opened.provider_id
    if top_up.state == TopUp.State.WAITING:
        top_up.pay_url = opened.pay_url
    top_up.save(update_fields=["provider_id", "pay_url"])
    return top_up


def _is_taken(top_up: TopUp, provider_id: str) -> bool:
    return TopUp.objects.filter(channel=top_up.channel, provider_id=provider_id).exclude(pk=top_up.pk).exists()


def take_callback(*, headers: Mapping[str, str], body: bytes, now: datetime | None = None) -> CallbackAnswer:
    """What a proved message says is done, once, and both stand in one row; the same message again is answered alike.

    Locks the nonce and the payment by name, then the top-up. Raises CallbackRefused and CallbackUnreadable, with
    nothing changed.
    """
    at = now or timezone.now()
    facts = payments().verify_callback(headers=headers, body=body, now=at)
    with transaction.atomic():
        lock_name(f"callback:{facts.nonce}")
        known = GatewayCallback.objects.filter(nonce=facts.nonce).first()
        if known is None:
            return _take(facts, at)
        if bytes(known.digest) != facts.digest:
            raise CallbackRefused()
        return CallbackAnswer(known.answer_status, known.answer)


def _take(facts: CallbackFacts, at: datetime) -> CallbackAnswer:
    verdict, top_up = _settle(facts.payment, at)
    answer = {"reference": facts.payment.reference, "state": str(top_up.state) if top_up else ""}
    if verdict in STATUS:
        answer["code"] = str(verdict)
    callback = GatewayCallback.objects.create(
        nonce=facts.nonce,
        digest=facts.digest,
        reference=facts.payment.reference,
        provider_id=facts.payment.provider_id,
        amount=facts.payment.amount,
        status=facts.payment.status,
        verdict=verdict,
        top_up=top_up,
        answer_status=STATUS.get(verdict, 200),
        answer=answer,
        received_at=at,
    )
    if top_up is None:
        said: dict[str, Any] = {
            "reference": callback.reference,
            "amount": str(callback.amount),
            "status": callback.status,
        }
        record("top_up.unknown_reference", actor=SYSTEM, account=None, subject=callback, at=at, **said)
        log.error("payment gateway: a message about a reference that is not ours", extra={"callback": callback.pk})
    return CallbackAnswer(callback.answer_status, answer)


def _settle(payment: Payment, at: datetime) -> tuple[Verdict, TopUp | None]:
    """What the gateway's word leads to, done; in the caller's transaction."""
    lock_name(f"payment:{TopUp.Channel.GATEWAY}:{payment.provider_id}")
    own = TopUp.objects.filter(channel=TopUp.Channel.GATEWAY, reference=payment.reference)
    pk = own.values_list("pk", flat=True).first()
    if pk is None:
        return Verdict.UNKNOWN_REFERENCE, None
    top_up = locked_top_up(top_up_id=pk)
    if (trouble := _mismatch(top_up, payment)) is not None:
        if payment.status is Status.PAID:
            _note_trouble(top_up, trouble, payment, at)
        return trouble, top_up
    return _follow(top_up, payment, at), top_up


def _mismatch(top_up: TopUp, payment: Payment) -> Verdict | None:
    if payment.amount != top_up.amount:
        return Verdict.AMOUNT_DIFFERS
    if top_up.provider_id not in {None, payment.provider_id} or _is_taken(top_up, payment.provider_id):
        return Verdict.OTHER_ORDER
    return None


def _follow(top_up: TopUp, payment: Payment, at: datetime) -> Verdict:
    """Messages come in any order: money that arrived stays, whatever is said of the order before or after."""
    if top_up.state == TopUp.State.CREDITED:
        return Verdict.REPEATED
    if payment.status is Status.PAID:
        late = top_up.is_late(at=at)
        credit_locked(top_up=top_up, actor=SYSTEM, provider_id=payment.provider_id, at=at)
        return Verdict.CREDITED_LATE if late else Verdict.CREDITED
    if payment.status is Status.FAILED and top_up.state == TopUp.State.WAITING:
        close_locked(top_up=top_up, actor=SYSTEM, end=TopUp.End.FAILED, at=at)
        return Verdict.FAILED
    return Verdict.NOTED


def _note_trouble(top_up: TopUp, verdict: Verdict, payment: Payment, at: datetime) -> None:
    """Money is somewhere it should not be: said once, until staff have dealt with it."""
    if top_up.trouble == TROUBLES[verdict]:
        return
    top_up.trouble = TROUBLES[verdict]
    top_up.save(update_fields=["trouble"])
    said: dict[str, Any] = {"trouble": top_up.trouble, "paid": str(payment.amount), "amount": str(top_up.amount)}
    facts: dict[str, Any] = {**said, "payment": payment.provider_id}
    record("top_up.trouble", actor=SYSTEM, account=top_up.account, subject=top_up, at=at, **facts)
    log.error("payment gateway: a payment does not fit its top-up", extra={"top_up": top_up.pk})


def ask_gateway(*, now: datetime | None = None) -> int:
    """The gateway was asked about orders that it has been silent about; answers how many were asked about.

    Each answer commits by itself. A gateway that does not answer is left alone until the next run.
    """
    at, until = now or timezone.now(), time.monotonic() + policy.GATEWAY_RUN_SECONDS
    backend = payments()
    if not backend.takes_orders:
        return 0
    silent = TopUp.objects.filter(state=TopUp.State.WAITING, ask_after__lte=at, trouble="")
    asked = 0
    for top_up in silent.order_by("ask_after", "pk")[: policy.GATEWAY_ASKS_PER_RUN]:
        if time.monotonic() > until:
            break
        TopUp.objects.filter(pk=top_up.pk).update(ask_after=at + _pause(top_up, at))
        try:
            found = backend.query(reference=top_up.reference)
        except PaymentError as error:
            log.warning("payment gateway: no answer about an order (%s)", error)
            break
        _note_found(top_up.pk, found, at)
        asked += 1
    return asked


def _pause(top_up: TopUp, at: datetime) -> timedelta:
    """The longer it has been silent, the longer until the next question."""
    silence = (at - (top_up.asked_at or at)) / 4
    return min(max(silence, policy.GATEWAY_ASK_AFTER), policy.GATEWAY_ASK_PAUSE_MAX)


@atomic
def _note_found(pk: int, found: Found | None, at: datetime) -> TopUp:
    """The gateway's answer about an order has been followed."""
    verdict = _settle(found.payment, at)[0] if found is not None else None
    top_up = locked_top_up(top_up_id=pk)
    if top_up.state != TopUp.State.WAITING or top_up.trouble:
        return top_up
    if not top_up.is_payable(at=at):
        return close_locked(top_up=top_up, actor=SYSTEM, end=TopUp.End.EXPIRED, at=at)
    if found is None and top_up.asked_at is not None and at - top_up.asked_at >= policy.GATEWAY_LOST_AFTER:
        return close_locked(top_up=top_up, actor=SYSTEM, end=TopUp.End.LOST, at=at)
    if found is not None and verdict == Verdict.NOTED and not top_up.pay_url:
        top_up.pay_url, top_up.provider_id = found.pay_url, found.payment.provider_id
        top_up.save(update_fields=["pay_url", "provider_id"])
    return top_up
