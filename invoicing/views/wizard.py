"""Requesting an invoice in three steps: what it covers, to whom, then the lines as they will be printed (K7.6, A4.5).

The same steps for the account's own money and, below a member, for that member's: never for both at once.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import drafts
from accounts.attempt import attempt
from accounts.forms.base import show, typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Relationship
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.errors import DomainError
from config.web import page
from finance.money import ZERO
from invoicing import policy
from invoicing.forms.requests import AmountFilter, SendForm, TitleChoice
from invoicing.models import Invoiceable, InvoiceKind, InvoiceRequest, Title
from invoicing.open_amounts import choices_of, figures_of, ids_of, months_of, products_of
from invoicing.request_lines import covers_of, printed, shown_covers
from invoicing.services.controls import refuse_controlled
from invoicing.services.invoiceables import collect
from invoicing.services.request_drafts import draft_request
from invoicing.services.requests import Wish, check_kind, submit_request

STEPS = (gettext_lazy("What it covers"), gettext_lazy("Title and kind"), gettext_lazy("Look it over"))
SENT_KEY = "invoice_sent"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose money: the account's own, or a member's by its relationship."""

    payer: Account
    link: Relationship | None = None

    @property
    def draft(self) -> str:
        """Under which name the choices so far are kept."""
        return f"invoice-{self.link.pk}" if self.link else "invoice"

    def address(self, step: str) -> str:
        """Of a step."""
        if self.link is not None:
            return reverse(f"invoicing:member-request-{step}", args=[self.link.pk])
        return reverse(f"invoicing:request-{step}")

    @property
    def choose(self) -> str:
        """The first step."""
        return self.address("create")

    @property
    def title(self) -> str:
        """The second step."""
        return self.address("title")

    @property
    def preview(self) -> str:
        """The third step."""
        return self.address("preview")

    @property
    def titles(self) -> QuerySet[Title]:
        """Whose titles there are to choose from: the payer's, whoever asks (A4.5)."""
        return Title.objects.usable().filter(account=self.payer)


def _place(request: ConsoleRequest, pk: int | None) -> Place:
    """404 outside, 403 without the point; the member sees in its log that somebody looked."""
    if pk is None:
        return Place(request.account)
    link = managed(request.account, pk, Point.REQUEST_INVOICE)
    note_look(actor=request.actor, relationship=link, page="invoices", point=Point.VIEW_INVOICES)
    return Place(link.member, link)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def choose(request: ConsoleRequest, pk: int | None = None) -> HttpResponse:
    """First step: months and orders are ticked; the next step is told by the draft in the session."""
    place = _place(request, pk)
    collect(payer=place.payer)
    filters = _filter(request, place)
    ticked = request.POST.getlist("item") if request.method == "POST" else _kept(request, place).get("items", [])
    product = filters.asked.get("product")
    if request.method == "POST" and ids_of(place.payer, ticked[: policy.CHOICES_MAX], product=product):
        kept = {**_kept(request, place), "items": ticked[: policy.CHOICES_MAX], "product": product}
        drafts.keep(request, place.draft, **kept)
        return redirect(place.title)
    choices = choices_of(place.payer, filters.asked)
    context = {
        **_frame(place, 1),
        "filter": filters,
        "choices": choices[: policy.CHOICES_MAX],
        "more": len(choices) > policy.CHOICES_MAX,
        "most": policy.CHOICES_MAX,
        "figures": figures_of(place.payer),
        "ticked": set(ticked),
        "unticked": request.method == "POST",
        "trouble": _trouble(request, place),
    }
    return page(request, "invoicing/wizard/choose.html", context, status=422 if request.method == "POST" else 200)


def _filter(request: ConsoleRequest, place: Place) -> AmountFilter:
    others = Invoiceable.objects.open().filter(payer=place.payer).exclude(owner=place.payer)
    return AmountFilter(
        request.GET, months=months_of(place.payer), products=products_of(place.payer), accounts=others.exists()
    )


def _frame(place: Place, now: int) -> dict[str, Any]:
    return {"place": place, "steps": STEPS, "now": now}


def _kept(request: ConsoleRequest, place: Place) -> dict[str, Any]:
    return drafts.read(request, place.draft) or {}


def _trouble(request: ConsoleRequest, place: Place) -> DomainError | None:
    """Why nothing can be requested here at all."""
    try:
        refuse_controlled(account=place.payer, asking=request.account)
    except DomainError as error:
        return error
    return None


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def title(request: ConsoleRequest, pk: int | None = None) -> HttpResponse:
    """Second step: one of the payer's titles, the kind, where the invoice goes."""
    place = _place(request, pk)
    kept = _kept(request, place)
    if not kept.get("items"):
        return redirect(place.choose)
    titles = list(place.titles)
    form = TitleChoice(typed(request), titles=titles, initial=_typed_before(kept))
    status = 200
    if form.is_bound and form.is_valid():
        chosen = next(one for one in titles if str(one.pk) == form.cleaned_data["title"])
        try:
            check_kind(title=chosen, kind=form.cleaned_data["kind"])
        except DomainError as error:
            form.add_error("kind", f"{error} {error.hint}".strip())
        else:
            drafts.keep(request, place.draft, **{**kept, **form.cleaned_data})
            return redirect(place.preview)
    if form.is_bound:
        status = 422
    context = {**_frame(place, 2), "form": form, "titles": titles}
    return page(request, "invoicing/wizard/title.html", context, status=status)


def _typed_before(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: kept[name] for name in ("title", "kind", "email", "remark") if kept.get(name)}


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def preview(request: ConsoleRequest, pk: int | None = None) -> HttpResponse:
    """Third step: the lines with their tax as they will be printed; sent, the invoice is requested."""
    place = _place(request, pk)
    kept = _kept(request, place)
    if not (kept.get("items") and kept.get("title")):
        sent = request.session.get(SENT_KEY) if request.method == "POST" else None
        return redirect("invoicing:request-detail", sent) if sent else redirect(place.choose)
    ids = ids_of(place.payer, kept["items"], product=kept.get("product"))
    form = SendForm(typed(request))
    tried = attempt(request, form, lambda: _send(request, place, kept, ids, form), shown=_show_with_hint)
    if tried.result is not None:
        return _sent(request, place, tried.result)
    try:
        draft = draft_request(payer=place.payer, item_ids=ids)
    except DomainError as error:
        messages.warning(request, f"{error} {error.hint}".strip())
        return redirect(place.choose)
    chosen = place.titles.filter(pk=kept["title"]).first()
    if chosen is None:
        return redirect(place.title)
    context = {
        **_frame(place, 3),
        "form": form,
        "fresh": SendForm(initial={"expected": draft.amount}),  # a total that changed is looked at anew
        "draft": draft,
        "lines": printed(one.line for one in draft.lines),
        "off": sum((one.off for one in draft.lines), ZERO),
        "covers": shown_covers(covers_of(draft.items)),
        "title": chosen,
        "kind": InvoiceKind(kept["kind"]).label,
        "email": kept["email"] or chosen.email,
        "remark": kept["remark"],
        "review": draft.amount > policy.REVIEW_ABOVE,
        "review_above": policy.REVIEW_ABOVE,
    }
    return page(request, "invoicing/wizard/preview.html", context, status=tried.status)


def _show_with_hint(form: Any, error: DomainError) -> int:
    if not error.hint:
        return show(form, error)
    form.add_error(None, f"{error} {error.hint}".strip())
    return error.status


def _send(
    request: ConsoleRequest, place: Place, kept: dict[str, Any], ids: list[int], form: SendForm
) -> InvoiceRequest:
    wish = Wish(
        item_ids=ids,
        title_id=int(kept["title"]),
        kind=kept["kind"],
        email=kept["email"],
        remark=kept["remark"],
        expected=form.cleaned_data["expected"],
    )
    return submit_request(
        actor=request.actor,
        account=place.payer,
        wish=wish,
        key=form.cleaned_data["key"],
        through=place.link.pk if place.link else None,
    )


def _sent(request: ConsoleRequest, place: Place, done: InvoiceRequest) -> HttpResponse:
    drafts.drop(request, place.draft)
    request.session[SENT_KEY] = done.pk
    if done.needs_review:
        messages.success(request, _("The invoice is requested. Our support looks at it within one working day."))
    else:
        messages.success(request, _("The invoice is requested and is being issued."))
    return redirect("invoicing:request-detail", done.pk)
