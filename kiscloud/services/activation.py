"""Activating products with serial number and CD-Key, and renewing them (S8.1, S10.5, S10.6).

A paid order makes a key; the CD-Key is drawn when its letter leaves and stands nowhere else: the row keeps a salted
hash. Attempts are counted whatever becomes of them.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Event
from config import limits
from config.errors import DomainError, InputError
from config.transactions import atomic
from finance.models import Order
from finance.months import add_months
from kiscloud import policy
from kiscloud.activation_keys import cd_key, read_cd_key, read_serial, serial_number
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import ActivationKey, Company, Offering, Subscription
from kiscloud.services.companies import admin_behind, locked_company
from kiscloud.services.subscriptions import company_of, locked_product, note_product

MAKE_JOB: Final = "kiscloud.make_key"
REVOKE_JOB: Final = "kiscloud.revoke_key"
HOUR: Final = 3600
Kind = Offering.Kind
State = Subscription.State


class WrongKey(InputError):
    """Which of the two is wrong is not said: whoever guesses learns nothing."""

    code = "wrong_key"
    rule = "S8.1"

    def __init__(self) -> None:
        super().__init__("cd_key", _("Serial number and CD-Key do not belong together. Copy both from the letter."))


class KeyUsed(DomainError):
    """A key opens one product, once."""

    code = "key_used"
    rule = "S8.1"
    sentence = _("This serial number was used already, or its order was given back.")
    hint = _("Each order has a serial number of its own; it stands in the order's letter.")


class OtherEdition(DomainError):
    """A key is for one edition."""

    code = "key_of_other_edition"
    rule = "S8.1"
    sentence = _("This serial number is for %(ordered)s, and the product is %(product)s.")
    hint = _("Add the product that was ordered, and activate that one.")


class OtherAccount(DomainError):
    """What another account ordered is activated there: moving it afterwards takes staff."""

    code = "key_of_other_account"
    rule = "S24.6"
    sentence = _("This serial number was ordered by another account than that of “%(company)s”.")
    hint = _("Activate it in the company that ordered it. If the order was meant for this one, ask support first.")


class NothingToRenew(DomainError):
    """Only an activated product is renewed, with what was bought for it."""

    code = "nothing_to_renew"
    rule = "S10.5"
    sentence = _("No paid renewal of %(product)s is waiting to be used.")
    hint = _("Order it first. As soon as the order is paid, “update the service” is all that is left to do.")


@atomic
def make_key(*, event_id: int, now: datetime | None = None) -> ActivationKey | None:
    """The paid order of the event has its activation key, if KIS cloud delivers its product; twice changes nothing.

    Locks the year's serial numbers of the edition.
    """
    event = Event.objects.get(pk=event_id)
    rows = Order.objects.select_related("owner")
    order = rows.filter(pk=event.subject_id or 0, product__kis_offering__isnull=False).first()
    if order is None or order.kind not in {Order.Kind.NEW, Order.Kind.RENEW} or order.state != Order.State.PAID:
        return None
    at, offering = now or timezone.now(), Offering.objects.get(product=order.product_id)
    short, year = EDITIONS[offering.edition].short, timezone.localtime(at).year
    lock_name(f"kis-serials:{short}:{year}")
    if (known := ActivationKey.objects.filter(order=order).first()) is not None:
        return known
    prefix = serial_number(short=short, year=year, number=0)[:-8]
    last = ActivationKey.objects.filter(serial__startswith=prefix).order_by("-serial").first()
    number = int(last.serial[-8:]) + 1 if last is not None else 1
    key = ActivationKey.objects.create(
        order=order,
        account=order.owner,
        serial=serial_number(short=short, year=year, number=number),
        kind=offering.kind,
        edition=offering.edition,
        users=int(offering.users * order.quantity),
        sets=offering.sets or policy.SETS_BY_DEFAULT,
        months=order.months,
        by_licence=offering.by_licence,
        created_at=at,
    )
    if order.kind == Order.Kind.NEW and key.kind == Kind.LICENCE:
        _list_product(key, at)
    record("activation_key.made", actor=SYSTEM, account=order.owner, subject=key, at=at, serial=key.serial)
    return key


def _list_product(key: ActivationKey, at: datetime) -> None:
    """What the company's account bought stands in its list (S6.2), unless one waits there to be activated already."""
    company = Company.objects.standing().filter(account=key.account_id).first()
    waiting = Subscription.objects.listed().filter(company=company, edition=key.edition, activated_at=None)
    if company is not None and not waiting.exists():
        product = Subscription.objects.create(company=company, edition=key.edition, created_at=at)
        note_product(what="added", actor=SYSTEM, product=product, at=at)


@atomic
def revoke_key(*, event_id: int, now: datetime | None = None) -> ActivationKey | None:
    """The key of an order that was given back opens nothing any more; one that was used stays as it is. Locks it."""
    event = Event.objects.get(pk=event_id)
    back = Order.objects.filter(pk=event.subject_id or 0, kind=Order.Kind.REFUND).first()
    if back is None or back.refunds_id is None:
        return None
    key = ActivationKey.objects.unused().select_for_update().filter(order=back.refunds_id).first()
    if key is not None:
        key.revoked_at = now or timezone.now()
        key.save(update_fields=["revoked_at"])
        record("activation_key.revoked", actor=SYSTEM, account=key.account, subject=key, at=now, serial=key.serial)
    return key


@atomic
def draw_cd_key(*, key_id: int, reference: str, now: datetime | None = None) -> str:
    """The CD-Key for the letter of this reference; that of any letter before opens nothing from now on.

    The same reference gives the same key, so a letter that is tried again is the same letter. Locks the key. Raises
    KeyUsed.
    """
    key = ActivationKey.objects.unused().select_for_update().filter(pk=key_id).first()
    if key is None:
        raise KeyUsed()
    seed = hmac.new(settings.SECRET_KEY.encode(), f"kis-cd-key:{key.pk}:{reference}".encode(), hashlib.sha256).digest()
    drawn = cd_key(seed=seed, secret=settings.SECRET_KEY)
    if not key.cd_key or not check_password(drawn, key.cd_key):
        key.cd_key = make_password(drawn)
    key.sent_at = now or timezone.now()
    key.save(update_fields=["cd_key", "sent_at"])
    return drawn


def activate_product(
    *, actor: Actor, subscription_id: int, serial: str, cd_key: str, now: datetime | None = None
) -> Subscription:
    """The product is activated in the public cloud for what was bought, from now on (S8.1, S8.2, S8.4).

    A trial goes on as it is, with its sets. What cannot be a key at all costs no attempt; every other try counts, for
    the company and for the serial number, also if it fails. Locks company, product and key. Raises WrongKey, KeyUsed,
    OtherEdition, OtherAccount, TooMany, MoveRefused, NotFound; call it outside of transactions.
    """
    at = now or timezone.now()
    number, typed = read_key(serial=serial, cd_key=cd_key)
    count_attempt(subscription_id=subscription_id, serial=number, now=at)
    return use_key(actor=actor, subscription_id=subscription_id, serial=number, cd_key=typed, now=at)


def read_key(*, serial: str, cd_key: str) -> tuple[str, str]:
    """Both in stored form. Raises InputError for what cannot be one."""
    number, typed = read_serial(serial), read_cd_key(cd_key, secret=settings.SECRET_KEY)
    if number is None:
        raise InputError("serial", _("A serial number looks like KIS-ZY-26-00000001."))
    if typed is None:
        raise InputError("cd_key", _("This is no CD-Key: please compare it sign by sign with the letter."))
    return number, typed


def count_attempt(*, subscription_id: int, serial: str, now: datetime | None = None) -> None:
    """One try more counts for the company and for the serial number. Outside of transactions. Raises TooMany."""
    whose = {"kis.key.company": str(company_of(subscription_id=subscription_id)), "kis.key.serial": serial}
    for name, subject in whose.items():
        limits.hit(name, subject, limit=policy.KEY_ATTEMPTS, seconds=HOUR, now=now)


@atomic
def use_key(*, actor: Actor, subscription_id: int, serial: str, cd_key: str, now: datetime) -> Subscription:
    """The product is activated by serial number and CD-Key in stored form; trying it counted already.

    Locks and raises as `activate_product`, but for TooMany.
    """
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    key = ActivationKey.objects.select_for_update().filter(serial=serial, kind=Kind.LICENCE).first()
    if key is None or not key.cd_key or not check_password(cd_key, key.cd_key):
        raise WrongKey()
    if key.used_at is not None or key.revoked_at is not None:
        raise KeyUsed()
    if key.edition != product.edition:
        raise OtherEdition(ordered=Edition(key.edition).label, product=product.get_edition_display())
    if key.account_id != company.account_id:
        raise OtherAccount(company=company.name)
    product.activate(at=now, until=add_months(now, key.months), key=key)
    _take(product, key, now)
    if company.served_since is None:
        company.served_since = now
        company.save(update_fields=["served_since"])
    note_product(what="activated", actor=actor, product=product, at=now, until=str(product.expires_at))
    return product


@atomic
def update_service(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> Subscription:
    """The product runs on for what was bought last, counted from now (S10.5, S10.6); nothing is typed.

    Locks company, product and key. Raises NothingToRenew, MoveRefused, NotFound.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    waiting = ActivationKey.objects.unused().filter(account=company.account_id, edition=product.edition)
    key = waiting.filter(kind=Kind.LICENCE).select_for_update().order_by("created_at", "pk").first()
    if product.activated_at is None or product.purged_at is not None or key is None:
        raise NothingToRenew(product=product.get_edition_display())
    renew = product.renew_private if product.mode == Subscription.Mode.PRIVATE else product.renew_public
    renew(at=at, until=add_months(at, key.months))
    product.key = key
    _take(product, key, at)
    note_product(what="renewed", actor=actor, product=product, at=at, until=str(product.expires_at))
    return product


@atomic
def add_module(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> Subscription:
    """A bought public-cloud service module belongs to the product (S18.2). Locks company, product and key."""
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    waiting = ActivationKey.objects.unused().filter(account=company.account_id, edition=product.edition)
    key = waiting.filter(kind=Kind.MODULE).select_for_update().order_by("created_at", "pk").first()
    if product.activated_at is None or key is None:
        raise NothingToRenew(product=product.get_edition_display())
    key.used_at = at
    key.save(update_fields=["used_at"])
    product.has_module = True
    product.save(update_fields=["has_module"])
    note_product(what="module_added", actor=actor, product=product, at=at)
    return product


def _take(product: Subscription, key: ActivationKey, at: datetime) -> None:
    """The key is used, and the product has what it gives; never fewer sets than there may be already."""
    key.used_at = at
    key.save(update_fields=["used_at"])
    product.users_total, product.by_licence = key.users, key.by_licence
    product.sets_total = max(key.sets, product.sets_total)
    fields = [
        "state",
        "mode",
        "key",
        "activated_at",
        "starts_at",
        "expires_at",
        "users_total",
        "sets_total",
        "by_licence",
    ]
    product.save(update_fields=fields)
