"""Reports: trial balance, ledgers, the three statements; each as a page and as a file."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.paging import paginate
from finance.worksheet import ROWS_MAX, Cell
from kiscloud.books.forms.reports import BalancesForm, LedgerForm, StatementForm, YearForm
from kiscloud.books.forms.vouchers import code_in
from kiscloud.books.models import Item, Line, Subject
from kiscloud.books.months import worded
from kiscloud.books.naming import choices_of, meant
from kiscloud.books.periods import as_choices, months_with_balances
from kiscloud.books.reports.balance_sheet import ASSETS_TOTAL, SOURCES_TOTAL, balance_sheet
from kiscloud.books.reports.cash_flow import HEADINGS, cash_flow
from kiscloud.books.reports.figures import figures_of
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.ledgers import ORDER, lines_of, month_of_subject, months_of, with_balances
from kiscloud.books.reports.lines import Statement
from kiscloud.books.reports.trial_balance import Row, trial_balance
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.views.doors import draw, in_books
from kiscloud.books.views.files import FORMATS, as_file

Rows = Iterable[Sequence[Cell]]


def _file(request: ConsoleRequest, place: Place, title: str, rows: Callable[[], Rows]) -> HttpResponse | None:
    """The report as the file that was asked for, for whoever may export; else nothing."""
    wanted = request.GET.get("format", "")
    if wanted not in FORMATS:
        return None
    place.require(Right.EXCHANGE)
    return as_file(place, title, rows(), file_format=wanted)


@require_safe
@in_books(Right.VIEW)
def balances(request: ConsoleRequest, place: Place) -> HttpResponse:
    """科目余额表 of a month."""
    form = BalancesForm(request.GET, books=place.books, months=as_choices(months_with_balances(place.books)))
    month, codes = form.chosen, form.narrowed
    level = 9 if codes else form.level_chosen
    zero = bool(form.cleaned_data.get("zero"))
    found = trial_balance(
        place.account_set, month, level=level, waiting=bool(form.cleaned_data.get("waiting")), zero=zero
    )
    rows = [row for row in found.rows if not codes or row.subject.code.startswith(codes)]
    title = f"{_('Trial balance')} {worded(month)}"
    file = _file(request, place, title, lambda: [_heads(), *(_cells(row) for row in rows)])
    if file is not None:
        return file
    context = {"filter": form, "month": month, "balances": found, "rows": rows, "codes": codes}
    return draw(request, place, "books/reports/trial_balance.html", context, part="_trial_balance.html")


def _cells(row: Row) -> list[Cell]:
    return [row.subject.code, row.subject.name, *row.amounts]


def _heads() -> list[Cell]:
    pairs = (_("Opening"), _("This period"), _("This year"), _("Closing"))
    return [
        pgettext("books", "Code"),
        _("Subject"),
        *(f"{pair} {side}" for pair in pairs for side in (_("Debit"), pgettext("books", "Credit"))),
    ]


@require_safe
@in_books(Right.VIEW)
def sheet(request: ConsoleRequest, place: Place) -> HttpResponse:
    """资产负债表: assets on the left, liabilities and equity on the right."""
    form = _statement_form(request, place)
    found = balance_sheet(place.account_set, form.chosen, waiting=bool(form.cleaned_data.get("waiting")))
    left = [line for line in found.lines if line.number <= ASSETS_TOTAL]
    right = [line for line in found.lines if line.number > ASSETS_TOTAL]
    equal = found.line(ASSETS_TOTAL).first == found.line(SOURCES_TOTAL).first
    more = {"halves": [(_("Assets"), left), (_("Liabilities and equity"), right)], "equal": equal}
    return _statement(request, place, form, found, template="books/reports/balance_sheet.html", **more)


@require_safe
@in_books(Right.VIEW)
def income(request: ConsoleRequest, place: Place) -> HttpResponse:
    """利润表."""
    form = _statement_form(request, place)
    found = income_statement(place.account_set, form.chosen, waiting=bool(form.cleaned_data.get("waiting")))
    return _statement(request, place, form, found, template="books/reports/statement.html", headings={})


@require_safe
@in_books(Right.VIEW)
def flows(request: ConsoleRequest, place: Place) -> HttpResponse:
    """现金流量表, of what is posted."""
    form = _statement_form(request, place)
    del form.fields["waiting"]
    found = cash_flow(place.account_set, form.chosen)
    return _statement(request, place, form, found, template="books/reports/statement.html", headings=HEADINGS)


def _statement_form(request: ConsoleRequest, place: Place) -> StatementForm:
    return StatementForm(request.GET, books=place.books, months=as_choices(months_with_balances(place.books)))


def _statement(
    request: ConsoleRequest,
    place: Place,
    form: StatementForm,
    found: Statement,
    *,
    template: str,
    **more: object,
) -> HttpResponse:
    title = f"{found.title} {worded(form.chosen)}"
    file = _file(request, place, title, lambda: _statement_rows(found))
    if file is not None:
        return file
    context = {"filter": form, "month": form.chosen, "statement": found, **more}
    return draw(
        request, place, template, context, part="_statement.html" if "headings" in more else "_balance_sheet.html"
    )


def _statement_rows(found: Statement) -> Rows:
    yield [_("Item"), _("Line"), *found.columns]
    for line in found.lines:
        amounts = ["" if amount is None else amount for amount in (line.first, line.second)]
        yield ["　" * line.depth + line.label, line.number, *amounts]


@require_safe
@in_books(Right.VIEW)
def ledger(request: ConsoleRequest, place: Place) -> HttpResponse:
    """明细账: the lines of a subject in a month with the balance after each."""
    form = LedgerForm(request.GET, books=place.books, months=as_choices(months_with_balances(place.books)))
    every = choices_of(place.account_set, every=True)
    code = code_in(meant(form.cleaned_data.get("subject", ""), every))
    subject = Subject.objects.filter(account_set=place.account_set, code=code).first()
    item = _item(request, place)
    context = {"filter": form, "subjects": every, "subject": subject, "month": form.chosen, "item": item}
    if subject is not None:
        sums = month_of_subject(subject, form.chosen, item)
        found = lines_of(place.account_set, subject, form.chosen, item)
        rows = paginate(found, request, order=ORDER)
        context |= {"sums": sums, "page": rows, "entries": with_balances(found, list(rows), sums.opening)}
        title = f"{_('Subject ledger')} {subject.code} {worded(form.chosen)}"
        file = _file(request, place, title, lambda: _ledger_rows(found, sums.opening))
        if file is not None:
            return file
    return draw(request, place, "books/reports/ledger.html", context, part="_ledger.html")


def _item(request: ConsoleRequest, place: Place) -> Item | None:
    """The item to which the address narrows the ledger; a search for another subject forgets it."""
    typed = request.GET.get("item", "")
    known = typed.isdecimal() and len(typed) < 19
    return Item.objects.filter(account_set=place.account_set, pk=int(typed)).first() if known else None


def _ledger_rows(found: "QuerySet[Line]", opening: Decimal) -> Rows:
    yield [
        _("Date"),
        pgettext("books", "Voucher"),
        _("Subject"),
        _("Summary"),
        _("Debit"),
        pgettext("books", "Credit"),
        _("Balance"),
    ]
    yield ["", "", "", _("Opening balance"), "", "", opening]
    lines = list(found.order_by(*ORDER)[:ROWS_MAX])
    for entry in with_balances(found, lines, opening):
        line = entry.line
        words = [line.day.isoformat(), str(line.voucher), str(line.subject), line.summary]
        yield [*words, line.debit, line.credit, entry.balance]


@require_safe
@in_books(Right.VIEW)
def general(request: ConsoleRequest, place: Place) -> HttpResponse:
    """总账: each subject of the first level in a year, or one subject month by month (`?subject=`)."""
    months = months_with_balances(place.books)
    years = sorted({month // 100 for month in months}, reverse=True)
    form = YearForm(request.GET, books=place.books, years=years)
    last = max((month for month in months if month // 100 == form.chosen), default=place.books.month)
    code = request.GET.get("subject", "")
    subject = Subject.objects.filter(account_set=place.account_set, code=code).first() if code else None
    if subject is not None:
        rows = months_of(subject, form.chosen)
        return draw(
            request, place, "books/reports/general_subject.html", {"filter": form, "subject": subject, "rows": rows}
        )
    found = [one for one in figures_of(place.account_set, last) if one.level == 1 and not one.is_empty]
    return draw(request, place, "books/reports/general.html", {"filter": form, "rows": found, "last": last})
