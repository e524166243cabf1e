"""Using entitlements: one use for each serial of a tax number, whoever calls at once (I7.1)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError
from config.transactions import atomic
from invoicing.models import Entitlement, EntitlementUse, Service, Taxpayer, Tenant


class NotBound(DomainError):
    """The tax number is none of the tenant's enterprises."""

    code = "not_bound"
    rule = "I7.1"
    status = 403
    sentence = _("The tax number %(tax_number)s is none of this tenant's enterprises.")
    hint = _("Check the tax number, or add the enterprise to the tenant in the invoice cloud's console.")


class NoEntitlement(DomainError):
    """Nothing was ever assigned to the tax number for this service, or it was taken back."""

    code = "no_entitlement"
    rule = "I7.1"
    status = 403
    sentence = _("The tax number %(tax_number)s has no entitlement for “%(service)s”.")
    hint = _("Assign one of the tenant's orders to it in the invoice cloud's console.")


class EntitlementEnded(NoEntitlement):
    """Its time is over, or has not begun."""

    code = "entitlement_ended"
    sentence = _("The entitlement of the tax number %(tax_number)s for “%(service)s” is not valid now.")
    hint = _("Order a new package and assign it to the tax number.")


class EntitlementUsedUp(NoEntitlement):
    """Everything was used."""

    code = "entitlement_used_up"
    sentence = _("The entitlements of the tax number %(tax_number)s for “%(service)s” are used up.")
    hint = _("Order a new package and assign it to the tax number.")


@dataclass(frozen=True, slots=True)
class Consumed:
    """The use, and whether this call made it: only then may the call give it back."""

    use: EntitlementUse
    fresh: bool


def lock_taxpayer(*, tenant: Tenant, tax_number: str) -> Taxpayer:
    """The tenant's enterprise with this tax number, locked until the transaction ends, or NotBound."""
    rows = Taxpayer.objects.bound().select_for_update(no_key=True)
    taxpayer = rows.filter(tenant=tenant, tax_number=tax_number).first()
    if taxpayer is None:
        raise NotBound(tax_number=tax_number)
    return taxpayer


@atomic
def consume(*, taxpayer: Taxpayer, service: str, serial: str, now: datetime | None = None) -> Consumed:
    """One use of the tax number's entitlement is counted for this serial; the same serial again is the same use.

    Taken from the smallest priority, then from what ends first. Locks the enterprise and its entitlements, in this
    order. Raises NotBound, NoEntitlement, EntitlementEnded, EntitlementUsedUp.
    """
    at = now or timezone.now()
    lock_taxpayer(tenant=taxpayer.tenant, tax_number=taxpayer.tax_number)
    uses = EntitlementUse.objects.filter(given_back_at=None, tax_number=taxpayer.tax_number)
    if known := uses.filter(service=service, serial=serial).first():
        return Consumed(known, fresh=False)
    entitlement = _next(taxpayer, service, at)
    entitlement.used += 1
    entitlement.save(update_fields=["used"])
    use = EntitlementUse.objects.create(
        entitlement=entitlement, tax_number=taxpayer.tax_number, service=service, serial=serial, at=at
    )
    return Consumed(use, fresh=True)


def _next(taxpayer: Taxpayer, service: str, at: datetime) -> Entitlement:
    """All that are valid are locked, and only then is one chosen: what was read before the wait may be used up."""
    rows = Entitlement.objects.filter(taxpayer=taxpayer, service=service)
    valid = list(rows.valid(at=at).select_for_update().order_by("priority", "expires_at", "pk"))
    found = next((one for one in valid if one.left > 0), None)
    if found is not None:
        return found
    why = EntitlementUsedUp if valid else EntitlementEnded if rows.filter(ended_at=None).exists() else NoEntitlement
    raise why(tax_number=taxpayer.tax_number, service=Service(service).label)


@atomic
def give_back(*, tax_number: str, service: str, serial: str, now: datetime | None = None) -> EntitlementUse | None:
    """The use of this serial is no longer counted, since nothing came of it; None where there is none to give back.

    Where the entitlement has moved on since, to another tax number or tenant, what lives on of it gets one more.
    Locks the entitlement, what continues it, and the use.
    """
    uses = EntitlementUse.objects.filter(given_back_at=None, tax_number=tax_number, service=service, serial=serial)
    entitlement = Entitlement.objects.select_for_update().filter(uses__in=uses).first()
    use = uses.select_for_update().first()
    if entitlement is None or use is None:
        return None
    entitlement.used -= 1
    entitlement.save(update_fields=["used"])
    if living := _living(entitlement):
        living.granted += 1
        living.save(update_fields=["granted"])
    use.given_back_at = now or timezone.now()
    use.save(update_fields=["given_back_at"])
    return use


def _living(entitlement: Entitlement) -> Entitlement | None:
    """What an ended entitlement goes on as; None for one that did not end, or ended without leaving anything."""
    heir: Entitlement | None = entitlement
    while heir is not None and heir.ended_at is not None:
        heir = Entitlement.objects.select_for_update().filter(continues=heir).first()
    return heir if heir is not entitlement else None
