"""Requests for invoices: asked for by the account, or by a manager on behalf of a member (K7.6, A2.7, A3.5, A4.5)."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, PointMissing, require
from accounts.cleaning import cleaned
from accounts.email_address import normalise_email
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account, Relationship
from accounts.names import clean_remark
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.services.ledger import KeyReused
from finance.services.top_ups import kept_key
from invoicing import policy
from invoicing.checks import check_face
from invoicing.faces import Face, Line, Party
from invoicing.models import Invoiceable, InvoiceKind, InvoiceRequest, Title
from invoicing.request_lines import UNTAXED, covers_of
from invoicing.services.controls import refuse_controlled
from invoicing.services.invoiceables import collect
from invoicing.services.issuing import order_issue
from invoicing.services.request_drafts import Draft, draft_request
from invoicing.services.titles import missing_for_special
from invoicing.vendor import drawer, vendor

State = InvoiceRequest.State


class TitleIncomplete(DomainError):
    """The buyer deducts the tax, so everything about it is printed."""

    code = "title_incomplete"
    sentence = _("A VAT special invoice needs the full title of an enterprise. Missing in “%(name)s”: %(missing)s.")
    hint = _("Complete the title, or ask for an ordinary invoice.")


class NoSpecialInvoice(DomainError):
    """Nothing of it could be deducted."""

    code = "no_special_invoice"
    sentence = _("“%(item)s” is exempt or outside VAT, so there is no VAT special invoice over it.")
    hint = _("Ask for an ordinary invoice.")


class AmountChanged(DomainError):
    """Somebody who agreed to one amount does not get an invoice over another."""

    code = "amount_changed"
    sentence = _("Meanwhile a refund or correction came in: the invoice would be over %(amount)s yuan now.")
    hint = _("Look at the new lines, then send the request again.")


class NotPrintable(DomainError):
    """A tax platform would refuse it."""

    code = "not_printable"
    sentence = _("No invoice can be issued like this: %(reason)s")
    hint = _("Mend the title; where it is about a line, ask our support.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: which amounts, made out to which title. `expected` is the total that somebody agreed to."""

    item_ids: Collection[int]
    title_id: int
    kind: str = InvoiceKind.ORDINARY
    email: str = ""
    remark: str = ""
    expected: Decimal | None = None


@atomic
def submit_request(
    *,
    actor: Actor,
    account: Account,
    wish: Wish,
    key: str,
    through: int | None = None,
    now: datetime | None = None,
) -> InvoiceRequest:
    """An invoice is asked for over what `account` paid, made out to one of its titles; the money is covered once.

    By the account itself, or by its manager through a relationship that lets it request invoices. Up to
    `policy.REVIEW_ABOVE` it is issued at once, above it staff look first. A repeat of the key answers the same request.
    Locks the account, the relationship, the amounts by id. Raises InvoicesManaged, NotOpen, NothingLeft,
    TitleIncomplete, NoSpecialInvoice, NotPrintable, AmountChanged, PointMissing, InputError.
    """
    at, kept = now or timezone.now(), kept_key(key=key)
    account = lock_accounts(account.pk)[account.pk]
    asking, link = side_for(actor=actor, account=account, through=through)
    title = _title(account, wish.title_id)
    if (done := InvoiceRequest.objects.filter(asked_by=asking, key=kept).first()) is not None:
        return _repeated(done, account, title, wish)
    refuse_controlled(account=account, asking=asking)
    collect(payer=account, now=at)
    draft = draft_request(payer=account, item_ids=wish.item_ids, lock=True)
    _check(draft, title, wish)
    request = InvoiceRequest(
        account=account,
        asked_by=asking,
        relationship=link,
        needs_review=draft.amount > policy.REVIEW_ABOVE,
        amount=draft.amount,
        content=_content(draft),
        key=kept,
        created_by=actor.user,
        created_at=at,
        **_wording(title, wish),
    )
    if faults := check_face(face_of(request=request)):
        raise NotPrintable(reason=faults[0].sentence)
    request.save(force_insert=True)
    Invoiceable.objects.filter(pk__in=[one.pk for one in draft.items]).update(request=request)
    if not request.needs_review:
        start_issuing(request=request, now=at)
    note_request(what="submitted", actor=actor, request=request, at=at, by=asking, review=request.needs_review)
    return request


@atomic
def cancel_request(*, actor: Actor, request_id: int, account: Account, now: datetime | None = None) -> InvoiceRequest:
    """What it covered is open again; only while it waits for staff. By the account that asked, or whom it is for.

    Locks the account, the request. Raises MoveRefused, PointMissing, InvoicesManaged.
    """
    at, request = now or timezone.now(), locked_request(request_id=request_id)
    if account.pk not in {request.account_id, request.asked_by_id}:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, account)
    if account.pk == request.account_id:
        refuse_controlled(account=request.account, asking=account)
    elif request.relationship is not None and not request.relationship.grants(Point.REQUEST_INVOICE):
        raise PointMissing(Point.REQUEST_INVOICE)
    request.cancel(at=at)
    request.save(update_fields=["state", "ended_at"])
    free_items(request=request)
    note_request(what="cancelled", actor=actor, request=request, at=at, by=account)
    return request


def side_for(*, actor: Actor, account: Account, through: int | None) -> tuple[Account, Relationship | None]:
    """Who asks for the account's invoices: itself, or its manager by the relationship, which is then locked."""
    if through is None:
        require(actor, Right.MANAGE_INVOICES, account)
        return account, None
    rows = Relationship.objects.select_for_update(of=("self",), no_key=True).select_related("manager")
    link = rows.filter(pk=through, member=account).first()
    if link is None:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, link.manager)
    if not link.grants(Point.REQUEST_INVOICE):
        raise PointMissing(Point.REQUEST_INVOICE)
    return link.manager, link


def start_issuing(*, request: InvoiceRequest, now: datetime) -> None:
    """Its invoice is on its way; part of the caller's transaction, which has locked or just written the request."""
    request.approve()
    request.save(update_fields=["state"])
    order_issue(face=face_of(request=request), serial=str(request), email=request.email, request=request, now=now)


def face_of(*, request: InvoiceRequest) -> Face:
    """What its invoice will say: its own copy of title and lines."""
    return Face(
        kind=request.kind,
        seller=vendor(),
        buyer=Party.read(request.title),
        lines=tuple(Line.read(line) for line in request.content["lines"]),
        drawer=drawer(),
        remark=request.remark,
    )


def free_items(*, request: InvoiceRequest) -> None:
    """What it covered can be asked for again; part of the caller's transaction, which has locked the request."""
    Invoiceable.objects.filter(request=request).update(request=None)


def lock_payer(*, request_id: int) -> None:
    """Locks the account that the request is for. Raises NotFound."""
    payer = InvoiceRequest.objects.filter(pk=request_id).values_list("account_id", flat=True).first()
    if payer is None:
        raise NotFound()
    lock_accounts(payer)


def locked_request(*, request_id: int) -> InvoiceRequest:
    """The request, freshly read; locks the account that it is for, then it. Raises NotFound."""
    lock_payer(request_id=request_id)
    rows = InvoiceRequest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("account", "asked_by", "relationship").get(pk=request_id)


def note_request(*, what: str, actor: Actor, request: InvoiceRequest, at: datetime, by: Account, **more: Any) -> None:
    """The event, told from the side of `by`; the other of account and asker reads it as well."""
    other = request.asked_by if by.pk == request.account_id else request.account
    record(
        f"invoice_request.{what}",
        actor=actor,
        account=by,
        counterpart=other if other.pk != by.pk else None,
        subject=request,
        at=at,
        number=str(request),
        amount=str(request.amount),
        title=request.title["name"],
        **more,
    )


def _title(account: Account, title_id: int) -> Title:
    """One of the account's own: a manager has no other choice (A4.5)."""
    if (title := Title.objects.usable().filter(account=account, pk=title_id).first()) is None:
        raise InputError("title", _("Choose one of the titles of %(name)s."), name=account.name)
    return title


def check_kind(*, title: Title, kind: str) -> None:
    """Raises InputError for an unknown kind, TitleIncomplete for a special invoice to a title that lacks something."""
    if kind not in InvoiceKind.values:
        raise InputError("kind", _("Choose which kind of invoice it shall be."))
    missing = missing_for_special(title=title)
    if kind == InvoiceKind.SPECIAL and (title.kind != Title.Kind.ENTERPRISE or missing):
        raise TitleIncomplete(name=title.name, missing=str(_(", ")).join(missing))


def _check(draft: Draft, title: Title, wish: Wish) -> None:
    check_kind(title=title, kind=wish.kind)
    if wish.expected is not None and wish.expected != draft.amount:
        raise AmountChanged(amount=draft.amount)
    for line in draft.lines:
        if wish.kind == InvoiceKind.SPECIAL and line.item.zero_rate in UNTAXED:
            raise NoSpecialInvoice(item=line.item.name)


def _content(draft: Draft) -> dict[str, Any]:
    return {"lines": [one.line.json() for one in draft.lines], "covers": covers_of(draft.items)}


def _wording(title: Title, wish: Wish) -> dict[str, Any]:
    """What the request keeps of title and wish."""
    email = wish.email or title.email
    return {
        "kind": wish.kind,
        "title": _copy(title),
        "email": cleaned("email", normalise_email, email) if email else "",
        "remark": cleaned("remark", clean_remark, wish.remark),
    }


def _copy(title: Title) -> dict[str, str]:
    return {"kind": str(title.kind), **{one.name: getattr(title, one.name) for one in fields(Party)}}


def _repeated(done: InvoiceRequest, account: Account, title: Title, wish: Wish) -> InvoiceRequest:
    """What this key asked for before; KeyReused when it was something else."""
    same = (done.account_id, done.kind, done.title) == (account.pk, wish.kind, _copy(title))
    if not same or (wish.expected is not None and wish.expected != done.amount):
        raise KeyReused()
    return done
