"""What books are made of: subjects, opening balances, users and their groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, InputError, NotFound
from config.forms import refuse
from kiscloud.books.forms.set_up import GroupsForm, SubjectChange, SubjectForm, field_key, typed_openings
from kiscloud.books.models import Balance, BookUser, Category, Item, Subject, UserGroup
from kiscloud.books.months import starts_year
from kiscloud.books.rights import Right
from kiscloud.books.services.openings import (
    enter_openings,
    finish_openings,
    opening_sums,
    resume_openings,
    stored_openings,
)
from kiscloud.books.services.people import Place, change_groups
from kiscloud.books.services.subjects import add_subject, change_subject, delete_subject, next_code, set_disabled
from kiscloud.books.views.doors import address, draw, in_books


@require_safe
@in_books(Right.VIEW)
def subjects(request: ConsoleRequest, place: Place) -> HttpResponse:
    """The chart, one category at a time."""
    asked = request.GET.get("category", "")
    category = int(asked) if asked in {str(value) for value in Category.values} else int(Category.ASSET)
    rows = Subject.objects.filter(account_set=place.account_set, category=category).order_by("code")
    context = {"rows": rows, "category": category, "categories": Category.choices}
    return draw(request, place, "books/subjects/list.html", context)


def subject_of(place: Place, pk: int) -> Subject:
    """The subject of this set. Raises NotFound."""
    found = Subject.objects.filter(account_set=place.account_set, pk=pk).select_related("parent").first()
    if found is None:
        raise NotFound()
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.SET_UP)
def new_subject(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """A subject below this one."""
    parent = subject_of(place, pk)
    initial = {"code": next_code(place=place, parent=parent), "unit": parent.unit, "item_kind": parent.item_kind}
    form = SubjectForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _done(
            form, add_subject, actor=request.actor, account_set=place.account_set, parent_id=pk, **form.cleaned_data
        ):
            messages.success(request, _("The subject is added."))
            return _chart(place, parent)
    used = parent.is_leaf and Balance.objects.filter(subject=parent).exists()
    return draw(
        request, place, "books/subjects/form.html", {"form": form, "parent": parent, "used": used}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.SET_UP)
def edit_subject(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Its name or unit."""
    subject = subject_of(place, pk)
    form = SubjectChange(
        request.POST or None, initial={"name": subject.name, "unit": subject.unit, "item_kind": subject.item_kind}
    )
    status = 200
    if request.method == "POST":
        status = 422
        wanted = {"actor": request.actor, "account_set": place.account_set, "subject_id": pk}
        if form.is_valid() and _done(form, change_subject, **wanted, **form.cleaned_data):
            messages.success(request, _("The subject is changed."))
            return _chart(place, subject)
    return draw(request, place, "books/subjects/form.html", {"form": form, "subject": subject}, status=status)


def _done(form: Any, service: Any, **wanted: Any) -> bool:
    """Whether the service did it; if not, the form says why."""
    try:
        service(**wanted)
    except NotFound:
        raise
    except DomainError as error:
        refuse(form, error)
        return False
    return True


@require_POST
@in_books(Right.SET_UP)
def act_subject(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Disabled, enabled or deleted."""
    subject = subject_of(place, pk)
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set, "subject_id": pk}
    try:
        if request.POST.get("act") == "delete":
            delete_subject(**wanted)
        else:
            set_disabled(**wanted, disabled=request.POST.get("act") == "disable")
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        messages.success(request, _("Done."))
    return _chart(place, subject)


def _chart(place: Place, subject: Subject) -> HttpResponse:
    return redirect(f"{address(place, 'subject-list')}?category={subject.category}")


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.VIEW)
def openings(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Opening balances: typed until they are finished, then shown."""
    places = _places(place)
    leaves = [(subject, item) for subject, item in places if subject.is_leaf and bool(item) == bool(subject.item_kind)]
    wrong: dict[str, str] = {}
    status, fault = 200, ""
    if request.method == "POST":
        found, wrong = typed_openings(request.POST, leaves)
        status = 422
        fault = _("Some amounts cannot be read; they are marked below.") if wrong else ""
        try:
            if not wrong and _enter(request, place, found):
                return redirect(address(place, "openings"))
        except InputError as error:
            fault = str(error)
    typed = request.POST if status == 422 else _stored(place)
    debit, credit = opening_sums(account_set=place.account_set)
    mid_year, may = not starts_year(place.books.start_month), place.may(Right.SET_UP) and not place.books.is_open
    found_rows = [_opening_row(subject, item, typed, wrong) for subject, item in places]
    context = {
        "rows": [row for row in found_rows if (mid_year or not row["profit"]) and (may or row["has_any"])],
        "debit": debit,
        "credit": credit,
        "equal": debit == credit,
        "mid_year": mid_year,
        "fault": fault,
        "may": may,
    }
    return draw(request, place, "books/openings/form.html", context, status=status)


def _enter(request: ConsoleRequest, place: Place, found: Any) -> bool:
    """Entered, and finished or opened again if that was asked; a refusal is told on the page that follows."""
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set}
    try:
        if request.POST.get("act") == "resume":
            resume_openings(**wanted)
        else:
            enter_openings(**wanted, openings=found)
            messages.success(request, _("The opening balances are kept."))
            if request.POST.get("act") == "finish":
                finish_openings(**wanted)
                messages.success(request, _("The books are open: vouchers can be posted."))
    except InputError:
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    return True


def _stored(place: Place) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in stored_openings(books=place.books):
        opening = one.opening
        amounts = {"balance": opening.balance, "debit": opening.year_debit, "credit": opening.year_credit}
        key = field_key(one.subject, one.item)
        found |= {f"{name}-{key}": f"{amount}" for name, amount in amounts.items() if amount}
    return found


def _places(place: Place) -> list[tuple[Subject, Item | None]]:
    """Every subject by code, each that is broken down followed by itself for each of its items."""
    items = list(Item.objects.filter(account_set=place.account_set))  # disabled ones may have a balance
    found: list[tuple[Subject, Item | None]] = []
    for subject in Subject.objects.filter(account_set=place.account_set).order_by("code"):
        found.append((subject, None))
        found += [(subject, item) for item in items if subject.is_leaf and item.kind == subject.item_kind]
    return found


def _opening_row(subject: Subject, item: Item | None, typed: Any, wrong: dict[str, str]) -> dict[str, Any]:
    key = field_key(subject, item)
    cells = {name: typed.get(f"{name}-{key}", "") for name in ("balance", "debit", "credit")}
    return {
        "subject": subject,
        "item": item,
        "key": key,
        "takes": subject.is_leaf and bool(item) == bool(subject.item_kind),
        **cells,
        "has_any": any(cells.values()),
        "wrong": wrong.get(key, ""),
        "profit": subject.category == Category.PROFIT,
    }


@require_safe
@in_books(Right.VIEW)
def users(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Who works here, and what each group may do."""
    rows = BookUser.objects.filter(account_set=place.account_set).select_related("set_user", "employee")
    groups = [
        (group, [Right(right).label for right in group.rights])
        for group in UserGroup.objects.filter(account_set=place.account_set)
    ]
    context = {"rows": rows.prefetch_related("memberships__group"), "groups": groups}
    return draw(request, place, "books/users/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.VIEW)
def edit_user(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """The groups of a user; administrators of the set only."""
    user = BookUser.objects.filter(account_set=place.account_set, pk=pk).first()
    if user is None:
        raise NotFound()
    held = list(user.memberships.values_list("group__key", flat=True))
    form = GroupsForm(request.POST or None, account_set=place.account_set, initial={"groups": held})
    status = 200
    if request.method == "POST":
        status = 422
        wanted = {"actor": request.actor, "place": place, "user_id": pk}
        if form.is_valid() and _done(form, change_groups, **wanted, keys=form.cleaned_data["groups"]):
            messages.success(request, _("The groups are changed."))
            return redirect(address(place, "user-list"))
    return draw(request, place, "books/users/form.html", {"form": form, "user_in": user}, status=status)
