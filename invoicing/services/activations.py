"""Activating a delivered order: link and key of the letter, the business system, the tenant (I2, Q-28).

Link and key stand in one mail, so they prove that somebody reads that mailbox and nothing more. They open the page;
acting there takes an operator of the ordering account besides. Of both only digests are kept.
"""

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError
from config.transactions import atomic
from invoicing import policy
from invoicing.models import CloudOrder, Erp, Tenant
from invoicing.services.cloud_orders import NotDelivered, locked_order
from invoicing.services.tenants import chosen_tenant, open_tenant

State = CloudOrder.State
KEY_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32; none that is taken for another
KEY_LENGTH: Final = 16  # 80 bits


class LinkReplaced(DomainError):
    """A newer letter has another link and key."""

    code = "activation_replaced"
    rule = "I1.3"
    sentence = _("A newer activation letter has been sent for this order. Please use its link and its key.")


class KeyNeeded(DomainError):
    """Nobody activates without the operation key (I2.1)."""

    code = "operation_key_needed"
    status = 403
    rule = "I2.1"
    sentence = _("Open the link in the activation letter and enter its operation key first.")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one letter opens with."""

    token: str
    key: str


@atomic
def draw_secrets(*, order_id: int, reference: str, now: datetime | None = None) -> Secrets:
    """Link and key for the letter of this reference; those of any letter before open nothing from now on.

    The same reference gives the same secrets, so a letter that is tried again is the same letter. They are derived
    with the secret key of the site and stand nowhere but in the mail. Locks the order. Raises NotDelivered.
    """
    order = locked_order(order_id=order_id)
    if order.state != State.DELIVERED:
        raise NotDelivered(state=order.get_state_display())
    secrets = Secrets(_token(order.pk, reference), _key(order.pk, reference))
    link, key = link_digest(token=secrets.token), key_digest(order_id=order.pk, key=secrets.key)
    if order.link_digest != link:
        order.link_digest, order.key_digest, order.key_tries = link, key, 0
    order.letter_sent_at = now or timezone.now()
    order.save(update_fields=["link_digest", "key_digest", "key_tries", "letter_sent_at"])
    return secrets


def find_activation(*, token: str) -> CloudOrder | None:
    """The order whose newest letter has this link, activated or not."""
    rows = CloudOrder.objects.select_related("account__enterprise", "package__product", "tenant")
    return rows.filter(link_digest=link_digest(token=token)).first()


def check_key(*, token: str, key: str) -> str:
    """The key is the one of the letter; answers the proof that `activate_order` asks for.

    Each wrong try is counted and committed; the tenth locks the key until staff send a new letter. Locks the order.
    Raises LinkReplaced, NotDelivered, InputError.
    """
    with transaction.atomic(durable=True):
        order = CloudOrder.objects.select_for_update().filter(link_digest=link_digest(token=token)).first()
        if order is None:
            raise LinkReplaced()
        if order.state != State.DELIVERED:
            raise NotDelivered(state=order.get_state_display())
        if order.key_tries >= policy.OPERATION_KEY_TRIES:
            raise InputError("key", _("This key was tried too often and is locked. Ask support for a new letter."))
        right = constant_time_compare(order.key_digest, key_digest(order_id=order.pk, key=key))
        if not right:
            order.key_tries += 1
            order.save(update_fields=["key_tries"])
    if right:
        return order.key_digest
    left = policy.OPERATION_KEY_TRIES - order.key_tries
    if not left:
        raise InputError("key", _("Wrong key. It is locked now; ask support for a new letter."))
    raise InputError("key", _("Wrong key. %(left)s tries left. Copy it from the newest letter."), left=left)


def is_open(*, order: CloudOrder, proof: str) -> bool:
    """Whether the key of the newest letter was given: `proof` is what `check_key` answered."""
    return bool(proof and order.key_digest) and constant_time_compare(order.key_digest, proof)


@atomic
def activate_order(
    *,
    actor: Actor,
    account: Account,
    order_id: int,
    proof: str,
    erp: str,
    tenant_id: int | None = None,
    name: str = "",
    now: datetime | None = None,
) -> CloudOrder:
    """The order is in use by a tenant of the account, its own or a new one; the key opens nothing any more (I2).

    Locks the account, the order, the tenant. An activated one is answered as it is. Raises KeyNeeded, NotDelivered.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    at = now or timezone.now()
    order = locked_order(order_id=order_id, account=account)
    if order.state == State.ACTIVATED:
        return order
    if order.state != State.DELIVERED:
        raise NotDelivered(state=order.get_state_display())
    if not is_open(order=order, proof=proof):
        raise KeyNeeded()
    if erp not in Erp.values:
        raise InputError("erp", _("Choose the business system that will be connected."))
    tenant = _tenant(order, erp, tenant_id, name, at)
    order.activate(at=at, tenant=tenant)
    order.key_digest = ""
    order.save(update_fields=["state", "activated_at", "tenant", "key_digest"])
    facts: dict[str, Any] = {"order": order.order_id, "product_name": order.package.product.name, "tenant": tenant.pk}
    record("cloud_order.activated", actor=actor, account=account, subject=order, at=at, **facts, name=tenant.name)
    return order


def _tenant(order: CloudOrder, erp: str, tenant_id: int | None, name: str, at: datetime) -> Tenant:
    if tenant_id is None:
        return open_tenant(order=order, name=name, erp=erp, at=at)
    return chosen_tenant(account=order.account, tenant_id=tenant_id, erp=erp)


def link_digest(*, token: str) -> str:
    """What is kept of a link; it has 256 bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def key_digest(*, order_id: int, key: str) -> str:
    """What is kept of an operation key, however it was typed: keyed, and good for this one order."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", key).upper() if sign.isalnum())
    return _derived(f"operation-key-digest|{order_id}|{plain}").hex()


def _token(order_id: int, reference: str) -> str:
    return base64.urlsafe_b64encode(_derived(f"activation-link|{order_id}|{reference}")).decode().rstrip("=")


def _key(order_id: int, reference: str) -> str:
    drawn = _derived(f"operation-key|{order_id}|{reference}")[:KEY_LENGTH]
    signs = "".join(KEY_SIGNS[byte % len(KEY_SIGNS)] for byte in drawn)
    return "-".join(signs[place : place + 4] for place in range(0, KEY_LENGTH, 4))


def _derived(text: str) -> bytes:
    return hmac.new(
        settings.SECRET_KEY.encode(), b"invoice-cloud|" + text.encode(errors="replace"), hashlib.sha256
    ).digest()
