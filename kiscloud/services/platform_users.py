"""Platform users for a company's address book, by mobile number: known, or made (S14.1, S14.3)."""

from datetime import datetime

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.mobile import normalise_mobile
from config.transactions import atomic
from kiscloud.models import CompanyMember
from kiscloud.services.account_sets import administrator
from kiscloud.services.companies import locked_company
from kiscloud.services.members import add_member


@atomic
def add_person(*, actor: Actor, company_id: int, mobile: str, name: str, now: datetime | None = None) -> CompanyMember:
    """The person with this number is in the address book; who was there stays as is, others as `add_member` says.

    Locks and raises as `add_member`, but for somebody who is there already.
    """
    number = cleaned("mobile", normalise_mobile, mobile)
    known = CompanyMember.objects.filter(company=company_id, user__mobile=number, left_at=None).first()
    if known is None:
        return add_member(actor=actor, company_id=company_id, contact=number, name=name, now=now).member
    administrator(actor=actor, company=locked_company(company_id=company_id))
    return known
