"""Invoice titles (抬头): added, changed, put away; one of them is used unless another is chosen."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.email_address import normalise_email
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from accounts.names import clean_name, clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from invoicing import policy
from invoicing.models import InvoiceControl, Title
from invoicing.tax_numbers import parse_buyer

LENGTHS = {"address": 100, "phone": 20, "bank": 100, "bank_account": 100}


class TitleExists(DomainError):
    """The same buyer twice helps nobody."""

    code = "title_exists"
    sentence = _("This account already has the title %(name)s with this tax number.")
    hint = _("Change that one, or choose it for your request.")


class TooManyTitles(DomainError):
    """More than a person can choose from."""

    code = "too_many_titles"
    sentence = _("An account has at most %(most)s titles.")
    hint = _("Put one away that you no longer use.")


class CommonTitle(DomainError):
    """A manager asks for all invoices because both have this title; without it that would rest on nothing (A3.4)."""

    code = "common_title"
    rule = "A3.4"
    sentence = _("%(name)s is the common title by which a manager asks for all invoices of a member.")
    hint = _("End that first; then the title can be put away, and its name and tax number changed.")


@dataclass(frozen=True, slots=True)
class Buyer:
    """What is printed of a buyer, and where its invoices go."""

    kind: str
    name: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bank_account: str = ""
    email: str = ""


@atomic
def add_title(
    *, actor: Actor, account: Account, buyer: Buyer, is_default: bool = False, now: datetime | None = None
) -> Title:
    """The account has this title; its first one is used unless another is chosen.

    Locks the account. Raises InputError at the field, TitleExists, TooManyTitles.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    lock_accounts(account.pk)
    kept, usable = _clean(buyer), Title.objects.usable().filter(account=account)
    if usable.count() >= policy.TITLES_MAX:
        raise TooManyTitles(most=policy.TITLES_MAX)
    _refuse_twin(account, kept)
    default = is_default or not usable.filter(is_default=True).exists()
    if default:
        usable.update(is_default=False)
    title = Title.objects.create(account=account, is_default=default, created_at=now or timezone.now(), **asdict(kept))
    _note("added", actor, title)
    return title


@atomic
def change_title(*, actor: Actor, title_id: int, buyer: Buyer) -> Title:
    """The title reads so from now on; what was asked for before keeps what it said then. Locks the account, the title.

    Raises as `add_title`, and CommonTitle where name or tax number would change under a control.
    """
    title = _locked(actor, title_id)
    kept = _clean(buyer)
    if (kept.name, kept.tax_number) != (title.name, title.tax_number):
        _refuse_common(title)
        _refuse_twin(title.account, kept, besides=title)
    values = asdict(kept)
    for name, value in values.items():
        setattr(title, name, value)
    title.save(update_fields=list(values))
    _note("changed", actor, title)
    return title


@atomic
def make_default(*, actor: Actor, title_id: int) -> Title:
    """It is used unless another is chosen. Locks the account, the title."""
    title = _locked(actor, title_id)
    if title.is_default:
        return title
    Title.objects.usable().filter(account=title.account).update(is_default=False)
    title.is_default = True
    title.save(update_fields=["is_default"])
    _note("made_default", actor, title)
    return title


@atomic
def archive_title(*, actor: Actor, title_id: int, now: datetime | None = None) -> Title:
    """Nobody can choose it any more; the oldest of the others takes its place as the one that is used by default.

    Locks the account, the title. Raises CommonTitle.
    """
    title = _locked(actor, title_id)
    _refuse_common(title)
    was_default, title.is_default = title.is_default, False
    title.archived_at = now or timezone.now()
    title.save(update_fields=["is_default", "archived_at"])
    heir = Title.objects.usable().filter(account=title.account).order_by("pk").first() if was_default else None
    if heir is not None:
        heir.is_default = True
        heir.save(update_fields=["is_default"])
    _note("archived", actor, title)
    return title


def offered(*, account: Account) -> Buyer | None:
    """The enterprise as which the account is verified, while it has no title: what the form begins with."""
    enterprise = account.enterprise
    if enterprise is None or Title.objects.usable().filter(account=account).exists():
        return None
    return Buyer(Title.Kind.ENTERPRISE, enterprise.name, enterprise.credit_code, email=account.email or "")


def missing_for_special(*, title: Title) -> list[str]:
    """The fields without which no special invoice can be made out to it; empty where there is nothing missing."""
    needed = ("tax_number", "address", "phone", "bank", "bank_account")
    labels = {field.name: field.verbose_name for field in Title._meta.fields}
    return [str(labels[name]) for name in needed if not getattr(title, name)]


def _clean(buyer: Buyer) -> Buyer:
    """In stored form; a person has neither address nor bank on an invoice."""
    if buyer.kind not in Title.Kind.values:
        raise InputError("kind", _("Choose who it is: an enterprise or a person."))
    enterprise = buyer.kind == Title.Kind.ENTERPRISE
    name = cleaned("name", lambda text: clean_name(text, max_length=100), buyer.name)
    number = cleaned("tax_number", lambda text: parse_buyer(text, required=enterprise), buyer.tax_number)
    more = {
        field: cleaned(field, lambda text, most=length: _line(text, most), getattr(buyer, field))  # type: ignore[misc]
        for field, length in LENGTHS.items()
    }
    email = cleaned("email", normalise_email, buyer.email) if buyer.email else ""
    return Buyer(buyer.kind, name, number, email=email, **(more if enterprise else {}))


def _line(text: str, most: int) -> str:
    return " ".join(clean_remark(text, max_length=most).split())


def _refuse_twin(account: Account, buyer: Buyer, besides: Title | None = None) -> None:
    twins = Title.objects.usable().filter(account=account, name=buyer.name, tax_number=buyer.tax_number)
    if any(twin != besides for twin in twins):
        raise TitleExists(name=buyer.name)


def _refuse_common(title: Title) -> None:
    """The account is locked, as it is while a control is agreed on."""
    sides = InvoiceControl.objects.live().of(title.account)
    if title.tax_number and sides.filter(title_name=title.name, tax_number=title.tax_number).exists():
        raise CommonTitle(name=title.name)


def _locked(actor: Actor, title_id: int) -> Title:
    """The title, freshly read, of an account whose invoices the actor manages. Raises NotFound."""
    title = Title.objects.usable().select_related("account").filter(pk=title_id).first()
    if title is None:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, title.account)
    lock_accounts(title.account_id)
    rows = Title.objects.usable().select_for_update(of=("self",)).select_related("account")
    if (locked := rows.filter(pk=title_id).first()) is None:
        raise NotFound()
    return locked


def _note(what: str, actor: Actor, title: Title) -> None:
    record(f"title.{what}", actor=actor, account=title.account, subject=title, title=title.pk, name=title.name)
