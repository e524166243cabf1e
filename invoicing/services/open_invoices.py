"""Invoices that a tenant's business systems issue, take back and ask about through the open API."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import InputError, NotFound
from config.transactions import atomic
from invoicing.checks import Fault, check_face
from invoicing.faces import Face, Party
from invoicing.models import Credential, Invoice, IssueOrder, RedLetter, Service, Taxpayer, Tenant
from invoicing.red_parts import Part
from invoicing.services.consuming import consume, lock_taxpayer
from invoicing.services.issuing import SerialUsed, order_issue
from invoicing.services.red_letters import Business, begin_red_letter


class FaceWrong(InputError):
    """An invoice that may not be issued as it stands; `faults` says all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(faults[0].place, faults[0].sentence)


@atomic
def issue_invoice(
    *, client: Credential, face: Face, serial: str, email: str = "", now: datetime | None = None
) -> IssueOrder:
    """The invoice is ordered, and one use of the seller's entitlement counted; the same serial again is the same order.

    One that the platform refused had its use given back; ordered anew under its serial it is counted anew. A seller
    without a name is filled in from the tenant's enterprise. Locks the enterprise, the order of that serial, the
    entitlements. Raises NotBound, FaceWrong, SerialUsed, NoEntitlement and its kinds.
    """
    at = now or timezone.now()
    taxpayer = lock_taxpayer(tenant=client.tenant, tax_number=face.seller.tax_number)
    face = replace(face, seller=_seller(taxpayer, face.seller))
    if faults := check_face(face):
        raise FaceWrong(faults)
    known = _locked_order(face.seller.tax_number, serial)
    if (known is not None and known.client_id != client.pk) or _is_red(client, serial, at):
        raise SerialUsed(serial=serial)
    if known is None or known.state == IssueOrder.State.FAILED:
        consume(taxpayer=taxpayer, service=Service.ISSUING, serial=serial, now=at)
    return order_issue(face=face, serial=serial, email=email, client=client, now=at)


@atomic
def take_back(
    *,
    actor: Actor,
    business: Business,
    tax_number: str,
    number: str,
    reason: str,
    parts: Sequence[Part] | None = None,
    now: datetime | None = None,
) -> RedLetter:
    """A red letter stands over these parts of the invoice that the tax number issued in the client's tenant, or over
    all that is left. A red invoice uses no entitlement: what was issued wrongly can be mended after its end, too.

    Locks the enterprise and what `begin_red_letter` locks. Raises NotBound, NotFound, and what that raises.
    """
    tenant = business.client.tenant
    taxpayer = lock_taxpayer(tenant=tenant, tax_number=tax_number)
    here = Invoice.objects.of_tenants(Tenant.objects.filter(pk=tenant.pk))
    rows = here.filter(seller_tax_number=taxpayer.tax_number, number=number)
    invoice_id = rows.values_list("pk", flat=True).first()
    if invoice_id is None:
        raise NotFound(_("This tax number has issued no invoice with that number in this tenant."))
    return begin_red_letter(actor=actor, invoice_id=invoice_id, reason=reason, parts=parts, business=business, now=now)


def find_order(*, tenant: Tenant, tax_number: str, serial: str) -> IssueOrder | RedLetter:
    """What stands under that serial of that seller in the tenant, in one that became part of it, or by an enterprise
    that has moved here: an order with its invoice, or a red letter that has none yet. Raises NotFound.
    """
    of_tenant = Q(client__tenant=tenant) | Q(client__tenant__merged_into=tenant)
    if Taxpayer.objects.bound().filter(tenant=tenant, tax_number=tax_number).exists():
        of_tenant |= Q(client__isnull=False)  # also what it asked for before it moved here (I7.4)
    orders = IssueOrder.objects.filter(of_tenant, seller_tax_number=tax_number, serial=serial)
    letters = RedLetter.objects.filter(of_tenant, invoice__seller_tax_number=tax_number, serial=serial)
    found: IssueOrder | RedLetter | None = orders.select_related("invoice", "red_letter").first()
    found = found or letters.select_related("invoice").order_by("-pk").first()
    if found is None:
        raise NotFound(_("This tenant has no invoice under that serial and tax number."))
    return found


def _is_red(client: Credential, serial: str, at: datetime) -> bool:
    """Whether a red letter stands under the serial, though its invoice is not ordered yet."""
    return RedLetter.objects.filter(client=client, serial=serial).counting(at=at).exists()


def _locked_order(tax_number: str, serial: str) -> IssueOrder | None:
    rows = IssueOrder.objects.select_for_update(no_key=True)
    return rows.filter(seller_tax_number=tax_number, serial=serial).first()


def _seller(taxpayer: Taxpayer, sent: Party) -> Party:
    """As it was sent, in the enterprise's own name; nothing sent is what the enterprise is known by."""
    if sent.name and sent.name != taxpayer.name:
        text = _("The tax number %(tax_number)s belongs to “%(name)s”.")
        facts = {"tax_number": taxpayer.tax_number, "name": taxpayer.name}
        raise FaceWrong([Fault("seller.name", "other_name", text, facts)])
    names = ("name", "address", "phone", "bank", "bank_account")
    return Party(
        tax_number=taxpayer.tax_number,
        **{name: getattr(sent, name) or str(getattr(taxpayer, name)) for name in names},
    )
