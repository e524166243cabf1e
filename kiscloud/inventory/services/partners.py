"""Business partners: added, changed, no longer used."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import InputError, NotFound
from config.transactions import atomic
from invoicing.tax_numbers import parse_buyer
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.inventory import policy
from kiscloud.inventory.models import Document, Partner
from kiscloud.inventory.models.document import BUYING, SELLING
from kiscloud.inventory.services.goods import check_code
from kiscloud.models import AccountSet


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What is said of a partner."""

    code: str
    name: str
    is_customer: bool = False
    is_supplier: bool = False
    tax_number: str = ""
    phone: str = ""


@atomic
def add_partner(*, actor: Actor, account_set: AccountSet, facts: PartnerFacts, now: datetime | None = None) -> Partner:
    """The partner can be named in documents. Locks the books. Raises InputError, NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    check_code(model=Partner, account_set=account_set, code=facts.code, most=policy.PARTNERS_MAX)
    partner = _put(Partner(account_set=account_set), facts)
    partner.save(force_insert=True)
    note(what="stock_partner.added", actor=actor, account_set=account_set, at=now, chosen=str(partner))
    return partner


@atomic
def change_partner(
    *, actor: Actor, account_set: AccountSet, partner_id: int, facts: PartnerFacts, now: datetime | None = None
) -> Partner:
    """It is what is said now. Locks the books. Raises InputError, NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    partner = _locked(account_set, partner_id)
    check_code(model=Partner, account_set=account_set, code=facts.code, besides=partner)
    _put(partner, facts).save(update_fields=["code", "name", "is_customer", "is_supplier", "tax_number", "phone"])
    note(what="stock_partner.changed", actor=actor, account_set=account_set, at=now, chosen=str(partner))
    return partner


@atomic
def disable_partner(
    *, actor: Actor, account_set: AccountSet, partner_id: int, disabled: bool, now: datetime | None = None
) -> Partner:
    """New documents no longer name it, or do again. Locks the books. Raises NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    partner = _locked(account_set, partner_id)
    partner.disabled = disabled
    partner.save(update_fields=["disabled"])
    what = "stock_partner.disabled" if disabled else "stock_partner.enabled"
    note(what=what, actor=actor, account_set=account_set, at=now, chosen=str(partner))
    return partner


def partner_for(*, document: Document, code: str) -> Partner | None:
    """Who takes part in a document of this kind; nobody in those of the house. Raises InputError."""
    if document.is_inside:
        return None
    found = Partner.objects.filter(account_set=document.account_set_id, code=code).first()
    if found is None:
        raise InputError(
            "partner",
            _("There is no business partner %(code)s.") if code else _("Choose a business partner."),
            code=code,
        )
    if found.disabled:
        raise InputError("partner", _("%(partner)s is disabled."), partner=str(found))
    if document.kind in SELLING and not found.is_customer:
        raise InputError("partner", _("%(partner)s is no customer."), partner=str(found))
    if document.kind in BUYING and not found.is_supplier:
        raise InputError("partner", _("%(partner)s is no supplier."), partner=str(found))
    return found


def _put(partner: Partner, facts: PartnerFacts) -> Partner:
    if not (facts.is_customer or facts.is_supplier):
        raise InputError("is_customer", _("Say whether it is a customer, a supplier or both."))
    partner.code = facts.code
    partner.name = cleaned("name", lambda text: clean_name(text, max_length=60), facts.name)
    partner.is_customer, partner.is_supplier = facts.is_customer, facts.is_supplier
    partner.tax_number = cleaned("tax_number", lambda text: parse_buyer(text, required=False), facts.tax_number)
    partner.phone = facts.phone.strip()[:30]
    return partner


def _locked(account_set: AccountSet, partner_id: int) -> Partner:
    partner = Partner.objects.select_for_update(no_key=True).filter(account_set=account_set, pk=partner_id).first()
    if partner is None:
        raise NotFound()
    return partner
