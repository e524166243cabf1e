"""Enterprises of a tenant, by their tax number: added, checked by a person, bound to one tenant only (I3)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.cleaning import at_field, cleaned
from accounts.credit_code import normalise, parse
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.models import Account, Enterprise, Relationship
from accounts.names import clean_name
from accounts.permissions import Right
from accounts.registry import RegistryUnavailable, registry
from config.errors import DomainError, InputError
from config.transactions import atomic
from invoicing.look_alikes import Alike, Known, Source, Why, alike
from invoicing.models import Taxpayer, Tenant
from invoicing.services.tenants import tenant_of, tenants_of

LENGTHS = {
    "legal_representative": 60,
    "address": 200,
    "phone": 20,
    "bank": 100,
    "bank_account": 100,
    "device": 40,
}


class BoundElsewhere(DomainError):
    """One enterprise, one tenant (I3.4)."""

    code = "bound_elsewhere"
    rule = "I3.4"
    sentence = _(
        "The enterprise “%(name)s” (%(tax_number)s) has data in the tenant “%(tenant)s”. An enterprise can be bound to "
        "one tenant only."
    )
    hint: str | Promise = _(
        "To bind it to the tenant “%(new)s” all the same, contact after-sales: they move it with its data."
    )

    def __init__(self, *, taxpayer: Taxpayer, new: Tenant) -> None:
        self.taxpayer, self.new = taxpayer, new
        facts = {"name": taxpayer.name, "tax_number": taxpayer.tax_number, "tenant": taxpayer.tenant.name}
        super().__init__(**facts, new=new.name)
        self.hint = str(type(self).hint) % {"new": new.name}


class LooksAlike(DomainError):
    """Name or number are known otherwise: a person compares before it goes on (I1.2)."""

    code = "looks_alike"
    rule = "I1.2"
    sentence = _("Please compare: name and tax number are known otherwise.")

    def __init__(self, found: Sequence[Alike]) -> None:
        self.found = found
        super().__init__()


@dataclass(frozen=True, slots=True)
class Registration:
    """The rest of what the register and the tax office know of an enterprise (I3.2)."""

    legal_representative: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bank_account: str = ""
    device: str = ""

    def cleaned(self) -> dict[str, str]:
        """In their stored form. Raises InputError."""
        return {name: _text(name, value) for name, value in asdict(self).items()}


def _text(name: str, value: str) -> str:
    return cleaned(name, lambda text: clean_name(text, max_length=LENGTHS[name]), value) if value.strip() else ""


def add_taxpayer(
    *,
    actor: Actor,
    account: Account,
    tenant_id: int,
    name: str,
    tax_number: str,
    registration: Registration | None = None,
    compared: bool = False,
    now: datetime | None = None,
) -> Taxpayer:
    """The enterprise belongs to the tenant, and to no other (I3.4). The tax number is its identity (I3.2).

    `compared` says that a person has compared it with what looks alike; without it LooksAlike shows what does. The
    register is asked before anything is locked. Locks the tax number, the account, the tenant. Raises BoundElsewhere.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    tenant = tenant_of(account=account, tenant_id=tenant_id)
    with at_field("tax_number"):
        number = parse(tax_number).code
    label = cleaned("name", lambda text: clean_name(text, max_length=120), name)
    listed = in_register(text=label)
    known = [*listed, *known_enterprises(account=account)]
    if not compared and (found := alike(label, number, known)):
        _refuse_bound(number, tenant)
        raise LooksAlike(found)
    filled = any(each.tax_number == number for each in listed)
    more = (registration or Registration()).cleaned()
    return _add(actor, account, tenant.pk, {"name": label, "tax_number": number, "from_registry": filled, **more}, now)


@atomic
def _add(actor: Actor, account: Account, tenant_id: int, fields: dict[str, Any], now: datetime | None) -> Taxpayer:
    at, number = now or timezone.now(), fields["tax_number"]
    lock_name(f"taxpayer:{number}")
    lock_accounts(account.pk)
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    if tenant.merged_into_id is not None:
        raise InputError("tenant", _("This tenant was merged into another one. Add the enterprise there."))
    _refuse_bound(number, tenant)
    taxpayer = Taxpayer.objects.create(tenant=tenant, created_at=at, **fields)
    facts = {"name": taxpayer.name, "tax_number": number, "tenant": tenant.pk, "tenant_name": tenant.name}
    record("taxpayer.added", actor=actor, account=account, subject=taxpayer, at=at, **facts)
    return taxpayer


def _refuse_bound(number: str, tenant: Tenant) -> None:
    there = Taxpayer.objects.bound().filter(tax_number=number).select_related("tenant").first()
    if there is None:
        return
    if there.tenant_id == tenant.pk:
        raise InputError("tax_number", _("%(name)s is in this tenant already."), name=there.name)
    raise BoundElsewhere(taxpayer=there, new=tenant)


def in_register(*, text: str) -> list[Known]:
    """What the company register finds by this name; nothing where it cannot be reached."""
    try:
        entries = registry().search(text)
    except RegistryUnavailable:
        return []
    return [
        Known(entry.name, entry.credit_code, Source.REGISTER, gone=entry.status == "deregistered") for entry in entries
    ]


def known_enterprises(*, account: Account) -> list[Known]:
    """Those that the account may know anyway: its own and its partners' verified companies, its tenants' enterprises.

    Not those of others: a look-alike must not tell who else uses the invoice cloud.
    """
    links = Relationship.objects.in_force().visible_to(account)
    sides = {pk for pair in links.values_list("manager_id", "member_id") for pk in pair} | {account.pk}
    verified = Enterprise.objects.filter(accounts__in=sides).distinct().values_list("name", "credit_code")
    taxpayers = Taxpayer.objects.bound().filter(tenant__in=tenants_of(account=account))
    return [
        *(Known(name, number, Source.VERIFIED) for name, number in verified),
        *(Known(name, number, Source.TENANT) for name, number in taxpayers.values_list("name", "tax_number")),
    ]


def meant_instead(*, account: Account, name: str, tax_number: str) -> list[Alike]:
    """For a number that is not valid: the known ones that it may have been meant as (C10)."""
    typed = normalise(tax_number)
    known = [*in_register(text=name), *known_enterprises(account=account)] if typed else []
    return [each for each in alike(name, typed, known) if each.why in {Why.SLIP, Why.NUMBER}]
