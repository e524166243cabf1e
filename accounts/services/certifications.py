"""Real-name verification: submitted by the account, reviewed by support staff (S5.5–S5.7, K3)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of, require, require_staff
from accounts.citizen_id import parse_citizen_id
from accounts.cleaning import cleaned
from accounts.credit_code import parse as parse_credit_code
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.models import Account, Certification, Enterprise
from accounts.names import clean_name
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


class AlreadyCertified(DomainError):
    """An enterprise verification is final; individuals may rise to one."""

    code = "already_certified"
    sentence = _("This account is already verified as an enterprise.")


class ReviewWaiting(DomainError):
    """One application at a time."""

    code = "review_waiting"
    sentence = _("Your last application is still under review. You will get a message when it is decided.")


class NameDiffers(DomainError):
    """One credit code, one enterprise, one name."""

    code = "name_differs"
    sentence = _("This credit code is already known as “%(known)s”. Check the name on the licence.")


@atomic
def submit_enterprise(
    *,
    actor: Actor,
    account: Account,
    name: str,
    credit_code: str,
    legal_representative: str = "",
    registered_address: str = "",
) -> Certification:
    """An application waits for review. Locks the account. Raises InputError for a code that cannot be."""
    registered = cleaned("name", clean_name, name)
    code = cleaned("credit_code", lambda text: parse_credit_code(text).code, credit_code)
    account = _ready_for_application(actor, account)
    certification = Certification.objects.create(
        account=account,
        kind=Certification.Kind.ENTERPRISE,
        enterprise_name=registered,
        credit_code=code,
        legal_representative=legal_representative,
        registered_address=registered_address,
        submitted_by=person_of(actor),
    )
    record("certification.submitted", actor=actor, account=account, subject=certification)
    return certification


@atomic
def submit_individual(*, actor: Actor, account: Account, name: str, citizen_id: str) -> Certification:
    """The same for a person; of the identity number only the masked form is kept."""
    holder = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    masked = cleaned("citizen_id", lambda text: parse_citizen_id(text).masked, citizen_id)
    account = _ready_for_application(actor, account)
    if account.certified == Account.Certified.INDIVIDUAL:
        raise InputError("name", _("This account is already verified as an individual."))
    certification = Certification.objects.create(
        account=account,
        kind=Certification.Kind.INDIVIDUAL,
        holder_name=holder,
        holder_id_masked=masked,
        submitted_by=person_of(actor),
    )
    record("certification.submitted", actor=actor, account=account, subject=certification)
    return certification


def _ready_for_application(actor: Actor, account: Account) -> Account:
    require(actor, Right.CERTIFY, account)
    account = lock_accounts(account.pk)[account.pk]
    if account.is_enterprise:
        raise AlreadyCertified()
    if account.certifications.filter(state=Certification.State.SUBMITTED).exists():
        raise ReviewWaiting()
    return account


@atomic
def approve_certification(*, actor: Actor, certification_id: int, now: datetime | None = None) -> Certification:
    """The account is verified, as the one enterprise of that credit code or as a person. Locks code, account, row."""
    staff = require_staff(actor, "accounts.change_certification")
    certification = _locked(certification_id)
    account = certification.account
    certification.approve(by=staff, at=now or timezone.now())
    if certification.kind == Certification.Kind.ENTERPRISE:
        account.enterprise = _enterprise_of(certification)
        account.certified = Account.Certified.ENTERPRISE
        account.holder_name = ""
    else:
        account.certified, account.holder_name = Account.Certified.INDIVIDUAL, certification.holder_name
    certification.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    account.save(update_fields=["enterprise", "certified", "holder_name"])
    record("certification.approved", actor=actor, account=account, subject=certification, kind=certification.kind)
    return certification


def _enterprise_of(certification: Certification) -> Enterprise:
    lock_name(f"enterprise:{certification.credit_code}")
    enterprise, _created = Enterprise.objects.get_or_create(
        credit_code=certification.credit_code,
        defaults={
            "name": certification.enterprise_name,
            "legal_representative": certification.legal_representative,
            "registered_address": certification.registered_address,
        },
    )
    if enterprise.name != certification.enterprise_name:
        raise NameDiffers(known=enterprise.name)
    return enterprise


@atomic
def reject_certification(
    *, actor: Actor, certification_id: int, reason: str, now: datetime | None = None
) -> Certification:
    """The application is refused and the account keeps what it had; the applicant reads the reason. Locks the row."""
    staff = require_staff(actor, "accounts.change_certification")
    if not reason.strip():
        raise InputError("reason", _("Write the reason: the applicant reads it and corrects the application."))
    certification = _locked(certification_id)
    certification.reject(by=staff, at=now or timezone.now(), reason=reason.strip()[:300])
    certification.save(update_fields=["state", "reviewed_by", "reviewed_at", "reason"])
    record("certification.rejected", actor=actor, account=certification.account, subject=certification)
    return certification


def _locked(certification_id: int) -> Certification:
    account_id = Certification.objects.filter(pk=certification_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound()
    account = lock_accounts(account_id)[account_id]
    certification = Certification.objects.select_for_update().get(pk=certification_id)
    certification.account = account
    if certification.state != Certification.State.SUBMITTED:
        raise DomainError(_("This application has already been decided."))
    return certification
