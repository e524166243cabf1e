"""Between the clouds: what speaks against a switch, and the switch itself (S18, S9.4–S9.6)."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from config.errors import DomainError
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import PrivateServer, Subscription
from kiscloud.services.companies import admin_behind, locked_company
from kiscloud.services.seats import end_seats
from kiscloud.services.subscriptions import company_of, locked_product, note_product

Mode, State = Subscription.Mode, Subscription.State


class SwitchRefused(DomainError):
    """The product stays where it is; the sentence and the rule say why."""

    code = "switch_refused"


_NOT_ACTIVATED: Final = _("%(product)s is not activated. Only activated products change between the clouds.")
_OVER: Final = _("%(product)s ended on %(day)s. Renew it and update the service first.")
_THERE: Final = _("%(product)s is in the public cloud already.")
_NOT_PUBLIC: Final = _("%(product)s is not used in the public cloud.")
_LICENCE: Final = _("%(product)s was bought in licence mode, which cannot change to the public cloud.")
_OFFLINE: Final = _("The private server is in offline mode. Switch that off first.")
_DONGLES: Final = _("%(count)s users are bound to a dongle. Unbind them in the private cloud first.")
_MODULE: Final = _(
    "The first year, in which the change is free, ended on %(day)s."
    " From then on it needs the public-cloud service module: order it and add it to the product."
)


def against_public(*, product: Subscription, server: PrivateServer | None, at: datetime) -> SwitchRefused | None:
    """What speaks against changing to the public cloud at that moment; None where nothing does (S18.2–S18.8)."""
    name = product.get_edition_display()
    if (refused := _against_both(product, at, name, "S18.3", "S18.6")) is not None:
        return refused
    assert product.activated_at is not None  # noqa: S101
    free_until = product.activated_at + policy.FREE_SWITCH
    reasons = (
        (product.mode == Mode.PUBLIC, "S18.1", _THERE),
        (product.by_licence, "S18.8", _LICENCE),
        (server is not None and server.offline, "S18.5", _OFFLINE),
        (server is not None and server.dongles > 0, "S18.4", _DONGLES),
        (at >= free_until and not product.has_module, "S18.2", _MODULE),
    )
    facts = {
        "product": name,
        "count": server.dongles if server is not None else 0,
        "day": f"{timezone.localtime(free_until):%Y-%m-%d}",
    }
    return next((_refused(rule, sentence, **facts) for applies, rule, sentence in reasons if applies), None)


def against_private(*, product: Subscription, at: datetime) -> SwitchRefused | None:
    """What speaks against changing to a private cloud at that moment (S18.9–S18.11)."""
    name = product.get_edition_display()
    if (refused := _against_both(product, at, name, "S18.10", "S18.11")) is not None:
        return refused
    if product.state != State.PUBLIC:
        return _refused("S18.9", _NOT_PUBLIC, product=name)
    return None


@atomic
def switch_to_public(*, server: PrivateServer, now: datetime | None = None) -> Subscription:
    """The product is on its way to the public cloud, where the next log-in completes it (S9.6, S18.1).

    Asked for by the private server, which has shown its code. A repeat changes nothing. Locks the product and the
    server. Raises SwitchRefused.
    """
    at = now or timezone.now()
    product = locked_product(subscription_id=server.subscription_id)
    fresh = PrivateServer.objects.select_for_update().get(pk=server.pk)
    if product.state == State.SWITCHING and product.mode == Mode.PUBLIC:
        return product
    if refused := against_public(product=product, server=fresh, at=at):
        raise refused
    return _switch(product, Mode.PUBLIC, SYSTEM, at)


@atomic
def switch_to_private(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> Subscription:
    """The product is on its way to a private cloud, where the next log-in completes it (S9.6, S18.9).

    Whoever is in one of its sets is out; the sets and their backups stay. By an administrator. Locks company and
    product, then seats. Raises NotFound, SwitchRefused.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    if refused := against_private(product=product, at=at):
        raise refused
    for account_set in product.sets.standing():
        end_seats(account_set=account_set, now=at)
    return _switch(product, Mode.PRIVATE, actor, at)


def _switch(product: Subscription, mode: str, actor: Actor, at: datetime) -> Subscription:
    if product.state == State.SWITCHING:  # back before anybody has logged in anywhere
        product.mode = mode
    else:
        product.switch(mode=mode)
    product.save(update_fields=["state", "mode"])
    note_product(what="switched", actor=actor, product=product, at=at, mode=str(mode), purpose=str(mode))
    return product


def _against_both(
    product: Subscription, at: datetime, name: str, not_activated: str, over: str
) -> SwitchRefused | None:
    if product.activated_at is None:
        return _refused(not_activated, _NOT_ACTIVATED, product=name)
    if product.expires_at is not None and product.is_over(at=at):
        return _refused(over, _OVER, product=name, day=f"{timezone.localtime(product.expires_at):%Y-%m-%d}")
    return None


def _refused(rule: str, sentence: "str | Promise", **facts: object) -> SwitchRefused:
    refusal = SwitchRefused(sentence, **facts)
    refusal.rule = rule
    return refusal
