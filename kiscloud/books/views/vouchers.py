"""Vouchers: listed, entered, shown, and what is done with one."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, InputError, NotFound
from config.forms import refuse
from config.paging import paginate
from invoicing.capitals import capitals
from kiscloud.books import policy
from kiscloud.books.entries import WrongLines
from kiscloud.books.finding import find_vouchers, neighbours_of
from kiscloud.books.forms.vouchers import (
    ROW_ACTS,
    HeadForm,
    Row,
    VoucherFilter,
    entries_of,
    padded,
    resolve_subjects,
    rows_after,
    rows_of,
    rows_of_template,
    typed_rows,
)
from kiscloud.books.models import Subject, Voucher, VoucherTemplate
from kiscloud.books.months import first_day, last_day
from kiscloud.books.naming import choices_of, full_names, items_of
from kiscloud.books.origins import origin_of
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.services.posting import audit_voucher, audit_vouchers, post_voucher, post_vouchers, unaudit_voucher
from kiscloud.books.services.reversing import reverse_voucher
from kiscloud.books.services.vouchers import delete_voucher, save_voucher, void_voucher
from kiscloud.books.views.doors import address, draw, in_books

Found = TypeVar("Found")
State = Voucher.State
PEOPLE = ("maker", "auditor", "poster")


@require_safe
@in_books(Right.VIEW)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Newest first, narrowed by what was asked."""
    form = VoucherFilter(request.GET, books=place.books)
    found = find_vouchers(place.account_set, form.asked).select_related(*PEOPLE)
    rows = paginate(found, request, order=("-day", "-id"))
    context = {"filter": form, "page": rows, "narrowed": form.narrows}
    return draw(request, place, "books/vouchers/list.html", context, part="_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.ENTER)
def new(request: ConsoleRequest, place: Place) -> HttpResponse:
    """An empty voucher, a copy of one (`?copy=`), one that begins with a template, or one like the last in its head."""
    if request.method == "POST":
        return _save(request, place, None)
    copied, before = (_named(request, place, name, voucher_of) for name in ("copy", "after"))
    template = _named(request, place, "template", template_of)
    rows = rows_of(copied, full_names(place.account_set)) if copied else []
    if template:
        rows = rows_of_template(template, choices_of(place.account_set))
    like = before or copied or template
    initial = {"day": before.day if before else _today(place), "word": like.word if like else "记"}
    templates = VoucherTemplate.objects.filter(account_set=place.account_set)
    shown = list(templates.order_by("name")[: policy.TEMPLATES_SHOWN])
    return _form(request, place, HeadForm(initial=initial), rows, templates=shown)


def _today(place: Place) -> date:
    """Today, or the nearest day of the current period."""
    return min(max(timezone.localdate(), first_day(place.books.month)), last_day(place.books.month))


def _named(request: ConsoleRequest, place: Place, name: str, find: Callable[[Place, int], Found]) -> Found | None:
    """What the address names by this name, if it does. Raises NotFound."""
    typed = request.GET.get(name, "")
    return find(place, int(typed)) if typed.isdecimal() and len(typed) < 19 else None


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.ENTER)
def edit(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """A draft or a voucher that nobody audited, changed."""
    voucher = voucher_of(place, pk)
    if request.method == "POST":
        return _save(request, place, voucher)
    initial = {"day": voucher.day, "word": voucher.word, "attachments": voucher.attachments}
    return _form(
        request, place, HeadForm(initial=initial), rows_of(voucher, full_names(place.account_set)), voucher=voucher
    )


def _save(request: ConsoleRequest, place: Place, voucher: Voucher | None) -> HttpResponse:
    if asked := request.POST.get("row"):
        return _again(request, place, voucher, asked)
    form, rows = HeadForm(request.POST), typed_rows(request.POST)
    resolve_subjects(rows, choices_of(place.account_set))
    entries = entries_of(rows)
    wrong = any(row.problems for row in rows)
    problems: list[str] = []
    if form.is_valid() and not wrong:
        try:
            saved = save_voucher(
                actor=request.actor,
                account_set=place.account_set,
                header=form.header,
                entries=entries,
                voucher_id=voucher.pk if voucher else None,
                draft=request.POST.get("act") == "draft",
            )
        except WrongLines as error:
            problems = _spread(error, rows)
        except InputError as error:
            refuse(form, error)
        else:
            return _saved(request, place, saved)
    return _form(request, place, form, rows, voucher=voucher, problems=problems, status=422)


def _again(request: ConsoleRequest, place: Place, voucher: Voucher | None, asked: str) -> HttpResponse:
    """The form with what was typed and a row more or less; nothing is judged or saved yet."""
    rows, at = rows_after(typed_rows(request.POST), asked)
    form = HeadForm(initial={name: request.POST.get(name, "") for name in HeadForm.base_fields})
    return _form(request, place, form, rows, voucher=voucher, at=at)


def _spread(error: WrongLines, rows: list[Row]) -> list[str]:
    """Each problem to its row, counted without the empty ones; what concerns the whole is answered."""
    standing = [row for row in rows if row.subject.strip() or row.debit.strip() or row.credit.strip()]
    for place, sentence in error.problems:
        if 0 < place <= len(standing):
            standing[place - 1].problems.append(sentence)
    return [sentence for place, sentence in error.problems if not place]


def _saved(request: ConsoleRequest, place: Place, voucher: Voucher) -> HttpResponse:
    if voucher.state == State.DRAFT:
        messages.success(request, _("The draft is kept."))
        return redirect(address(place, "voucher-detail", pk=voucher.pk))
    messages.success(request, _("Voucher %(voucher)s is saved.") % {"voucher": voucher})
    if request.POST.get("act") == "next":
        return redirect(f"{address(place, 'voucher-new')}?after={voucher.pk}")
    return redirect(address(place, "voucher-detail", pk=voucher.pk))


def _form(
    request: ConsoleRequest, place: Place, form: HeadForm, rows: list[Row], *, status: int = 200, **more: Any
) -> HttpResponse:
    chosen = choices_of(place.account_set)
    context = {
        "form": form,
        "rows": padded(rows),
        "subjects": chosen,
        "counted": any(one.unit for one in chosen),
        "items": items_of(place.account_set) if any(one.item_kind for one in chosen) else None,
        "voucher": None,
        "row_acts": ROW_ACTS.items(),
        "templates": [],
        "at": 0,
        "problems": [],
        **more,
    }
    return draw(request, place, "books/vouchers/form.html", context, status=status)


def template_of(place: Place, pk: int) -> VoucherTemplate:
    """The template of this set. Raises NotFound."""
    found = VoucherTemplate.objects.filter(account_set=place.account_set, pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def voucher_of(place: Place, pk: int) -> Voucher:
    """The voucher of this set. Raises NotFound."""
    found = Voucher.objects.of(place.account_set).select_related(*PEOPLE, "reverses").filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


@require_safe
@in_books(Right.VIEW)
def detail(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """The voucher as it is printed, with what can be done with it."""
    voucher = voucher_of(place, pk)
    lines = list(voucher.lines.select_related("subject", "item").order_by("place"))
    ledger = Subject.objects.filter(account_set=place.account_set, code=request.GET.get("ledger", "")[:15]).first()
    before, after = neighbours_of(voucher)
    context = {
        "before": before,
        "after": after,
        "ledger": ledger,
        "names": full_names(place.account_set),
        "voucher": voucher,
        "lines": lines,
        "debit": sum(line.debit for line in lines),
        "credit": sum(line.credit for line in lines),
        "in_words": capitals(voucher.total),
        "reversals": list(voucher.reversals.all()),
        "origin": _origin(voucher),
        "own": voucher.maker_id == place.user.pk,
        "postable": voucher.state in place.books.postable
        and voucher.month == place.books.month
        and place.books.is_open,
    }
    return draw(request, place, "books/vouchers/detail.html", context)


def _origin(voucher: Voucher) -> tuple[str, str, str] | None:
    """What the voucher was made from, where that is, and how it is taken back."""
    found = origin_of(voucher)
    return (str(found.label), found.address(voucher), str(found.way)) if found else None


ACTS: dict[str, Any] = {
    "audit": audit_voucher,
    "post": post_voucher,
    "unaudit": unaudit_voucher,
    "void": void_voucher,
    "delete": delete_voucher,
    "reverse": reverse_voucher,
}


@require_POST
@in_books(Right.VIEW)
def act(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """One of the acts with this voucher; then its page, or for one that is new or gone where it fits."""
    voucher_of(place, pk)
    name = request.POST.get("act", "")
    here = address(place, "voucher-detail", pk=pk)
    try:
        if name in ACTS:
            done = ACTS[name](actor=request.actor, account_set=place.account_set, voucher_id=pk)
            here = address(place, "voucher-detail", pk=done.pk) if name == "reverse" else here
            here = address(place, "voucher-list") if name == "delete" else here
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
        return redirect(here)
    messages.success(request, _("Done."))
    return redirect(here)


@require_POST
@in_books(Right.VIEW)
def batch(request: ConsoleRequest, place: Place) -> HttpResponse:
    """The ticked vouchers audited or posted at once; without ticks, all of the period that can be are posted."""
    chosen = [int(pk) for pk in request.POST.getlist("voucher") if pk.isdecimal() and len(pk) < 19][:500]
    back = f"{address(place, 'voucher-list')}?{request.GET.urlencode()}"
    posts = request.POST.get("act") in ("post", "post-all")
    if not chosen and request.POST.get("act") != "post-all":
        messages.error(request, _("Tick at least one voucher."))
        return redirect(back)
    try:
        if posts:
            ids = chosen or None
            done = post_vouchers(actor=request.actor, account_set=place.account_set, voucher_ids=ids)
        else:
            done = audit_vouchers(actor=request.actor, account_set=place.account_set, voucher_ids=chosen)
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
        return redirect(back)
    facts = {"done": done.done, "left": done.left}
    if done.left:
        said = _("%(done)s done, %(left)s left: your own ones, or those that wait for something else.") % facts
        messages.warning(request, said)
    else:
        messages.success(request, _("%(done)s vouchers done.") % facts)
    return redirect(back)
