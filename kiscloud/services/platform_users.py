"""Platform users for a company's address book, by mobile number: known, or made (S14.1, S14.3)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_name
from accounts.mobile import normalise_mobile
from accounts.models import User
from accounts.names import clean_name
from accounts.services.signup import create_waiting_login
from config.transactions import atomic
from kiscloud.models import CompanyMember
from kiscloud.services.account_sets import administrator
from kiscloud.services.companies import locked_company
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.set_users import NAME_LENGTH


@atomic
def add_person(*, actor: Actor, company_id: int, mobile: str, name: str, now: datetime | None = None) -> CompanyMember:
    """The person with this number is in the address book; who was there stays as is.

    Somebody unknown gets a login that waits for its first password (S2.7). Locks the number, then the company.
    Raises InputError, VerifyFirst, NotFound.
    """
    number = cleaned("mobile", normalise_mobile, mobile)
    shown = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), name)
    lock_name(f"login:{number}")  # two companies may add the same stranger at once
    company = locked_company(company_id=company_id)
    administrator(actor=actor, company=company)
    member = CompanyMember.objects.filter(company=company, user__mobile=number, left_at=None).first()
    if member is not None:
        return member
    at = now or timezone.now()
    require_verified_in_time(company=company, act=Act.NEW_USER, now=at)
    user = User.objects.filter(mobile=number).first() or create_waiting_login(mobile=number, name=shown)
    member = CompanyMember.objects.create(company=company, user=user, name=shown, joined_at=at)
    facts: dict[str, Any] = {"person": shown, "company": company.name, "is_admin": False}
    record("company_member.added", actor=actor, account=company.account, subject=member, at=at, **facts)
    return member
