"""The registry of private clouds: one unique id for each server, where it is reached, and a code (S21.2, S24.9)."""

import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.events import record
from accounts.services.api_keys import digest_of
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.models import Company, PrivateServer, Subscription
from kiscloud.server_addresses import clean_endpoint
from kiscloud.services.companies import require_admin
from kiscloud.services.subscriptions import locked_product, require_served

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that people mistake for another
CODE_SIGNS = 16
Reach = PrivateServer.Reach


class NotActivated(DomainError):
    """Private clouds belong to products that were activated or are tried."""

    code = "not_activated"
    rule = "S21.2"
    sentence = _("%(product)s is neither activated nor tried yet, so it has no private cloud.")


class WrongServerCode(DomainError):
    """One answer for an unknown id, a wrong code and a revoked server."""

    code = "wrong_server_code"
    status = 403
    sentence = _("This cloud ID and authorisation code do not belong together.")
    hint = _("An administrator sees the ID in the management centre, and can make a new code there.")


class StillPublic(DomainError):
    """Its sets are in the public cloud; it is switched first."""

    code = "still_public"
    rule = "S9.6"
    sentence = _("%(product)s is used in the public cloud, where it has %(count)s account sets.")
    hint = _("Switch it to the private cloud in the management centre first.")


@atomic
def register_server(
    *,
    actor: Actor,
    subscription_id: int,
    reach: str,
    endpoint: str = "",
    version: str = "",
    now: datetime | None = None,
) -> tuple[PrivateServer, str]:
    """The product has a private server with one id for ever, and a new code, shown this once (S24.9).

    Registering again keeps the id and replaces the code. Administrators only. Locks the product. Raises NotFound,
    NotActivated, InputError.
    """
    at = now or timezone.now()
    product = locked_product(subscription_id=subscription_id)
    require_admin(actor=actor, company=product.company)
    if product.state == Subscription.State.UNUSED:
        raise NotActivated(product=product.get_edition_display())
    where = _endpoint(reach, endpoint)
    code = _code()
    server = PrivateServer.objects.select_for_update().filter(subscription=product).first()
    if server is None:
        server = PrivateServer(subscription=product, cloud_id=_cloud_id(), created_at=at)
    server.digest, server.revoked_at = digest_of(secret=plain(code=code)), None
    server.reach, server.endpoint, server.version = reach, where, version
    if server.pk is None:
        server.save(force_insert=True)
    else:
        server.save(update_fields=["digest", "revoked_at", "reach", "endpoint", "version"])
    _note("registered", actor, server, product, at)
    return server, code


@atomic
def revoke_server(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> PrivateServer:
    """Its code opens nothing any more; the id stays its own. Administrators only. Locks the product."""
    at = now or timezone.now()
    product = locked_product(subscription_id=subscription_id)
    require_admin(actor=actor, company=product.company)
    server = PrivateServer.objects.select_for_update().filter(subscription=product, revoked_at=None).first()
    if server is None:
        raise NotFound()
    server.revoked_at = at
    server.save(update_fields=["revoked_at"])
    _note("revoked", actor, server, product, at)
    return server


@atomic
def report_server(
    *,
    server: PrivateServer,
    reach: str,
    endpoint: str = "",
    version: str = "",
    offline: bool = False,
    dongles: int = 0,
    now: datetime | None = None,
) -> PrivateServer:
    """The server says where it is and how it stands. It has shown its code. Raises InputError."""
    row = PrivateServer.objects.select_for_update().get(pk=server.pk)
    row.reach, row.endpoint = reach, _endpoint(reach, endpoint)
    row.version, row.offline, row.dongles = version, offline, dongles
    row.seen_at = now or timezone.now()
    row.save(update_fields=["reach", "endpoint", "version", "offline", "dongles", "seen_at"])
    return row


@atomic
def note_private_login(*, server: PrivateServer, now: datetime | None = None) -> Subscription:
    """Somebody has logged in in the private cloud: from now on the product is in use there (S9.5, S21.2).

    Of one that is tried, nothing changes. Locks the product. Raises ProductClosed, StillPublic.
    """
    at = now or timezone.now()
    product = locked_product(subscription_id=server.subscription_id)
    require_served(product=product, at=at)
    PrivateServer.objects.filter(pk=server.pk).update(seen_at=at)
    if product.state == Subscription.State.PUBLIC:
        if count := product.sets.standing().count():
            raise StillPublic(product=product.get_edition_display(), count=count)
        product.switch(mode=Subscription.Mode.PRIVATE)
    if product.state == Subscription.State.SWITCHING:
        product.mode = Subscription.Mode.PRIVATE
        product.enter_private(at=at)
        product.save(update_fields=["state", "mode", "private_since"])
    return product


def server_by_code(*, cloud_id: str, code: str) -> PrivateServer:
    """The server with this id and code. Raises WrongServerCode. Count the tries before."""
    servers = PrivateServer.objects.select_related("subscription__company")
    server = servers.filter(cloud_id=plain(code=cloud_id), revoked_at=None).first()
    wanted = server.digest if server is not None else ""
    if not constant_time_compare(digest_of(secret=plain(code=code)), wanted) or server is None:
        raise WrongServerCode()
    return server


def servers_of(*, company: Company) -> dict[int, PrivateServer]:
    """By product."""
    found = PrivateServer.objects.filter(subscription__company=company, subscription__deleted_at=None)
    return {server.subscription_id: server for server in found}


def plain(*, code: str) -> str:
    """As people type it: without dashes and blanks, in capitals."""
    return "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())


def _endpoint(reach: str, endpoint: str) -> str:
    if reach not in Reach.values:
        raise InputError("reach", _("Choose how the server is reached."))
    if reach == Reach.DIRECT and not endpoint.strip():
        raise InputError("endpoint", _("A server with a fixed address says which."))
    return clean_endpoint(endpoint) if endpoint.strip() else ""


def _code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _sign in range(CODE_SIGNS))
    return "-".join(signs[start : start + 4] for start in range(0, CODE_SIGNS, 4))


def _cloud_id() -> str:
    while PrivateServer.objects.filter(cloud_id=(drawn := f"P{secrets.randbelow(10**9):09d}")).exists():
        pass
    return drawn


def _note(what: str, actor: Actor, server: PrivateServer, product: Subscription, at: datetime) -> None:
    facts: dict[str, Any] = {"server": server.cloud_id, "product": str(product.get_edition_display())}
    record(f"private_server.{what}", actor=actor, account=product.company.account, subject=server, at=at, **facts)
