"""The frame of a set's books, for support: where they stand and how much is in them, never what."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, link, pill, table, when
from finance.admin.columns import BoundedPaginator
from kiscloud.books.models import Books, BookUser, Period, Subject, Voucher
from kiscloud.books.months import following, worded

MONTHS = 12  # counted; older ones are closed
STATES = Voucher.State


@admin.register(Books)
class BooksAdmin(StaffAdmin):
    """Amounts, summaries and subjects are the customer's business and stand nowhere here."""

    paginator = BoundedPaginator
    list_display = [
        "company",
        "set_number",
        "current",
        "audit_first",
        at("opened_at", _("opening balances finished")),
        at("created_at", _("created")),
    ]
    list_filter = ["audit_first", "tax_kind", ("opened_at", admin.EmptyFieldListFilter)]
    list_select_related = ["account_set"]
    search_fields = ["=account_set__number", "company", "account_set__name"]
    search_help_text = _("Number or name of a set, or a company")
    ordering = ["-pk"]
    fields = (
        "company",
        "set_link",
        "tax_kind",
        "template",
        "code_lengths",
        "started",
        "current",
        "audit_first",
        "opened_at",
        "created_at",
        "counts",
    )
    readonly_fields = ["set_link", "started", "current", "counts"]

    def state(self, row: Books) -> Text:
        """Whether vouchers can be posted."""
        return pill(_now("In use"), "ok") if row.is_open else pill(_now("Opening balances"), "wait")

    def panels(self, request: HttpRequest, row: Books) -> Sequence[Panel | History]:  # noqa: ARG002
        """The last periods, with how many vouchers stand at which step and when somebody last wrote one."""
        first = following(row.month, 1 - MONTHS)
        closed = dict(Period.objects.filter(account_set=row.account_set_id).values_list("month", "closed_at"))
        states = {str(state): Count("pk", filter=Q(state=state)) for state in STATES.values}
        months = Voucher.objects.filter(account_set=row.account_set_id, month__gte=first).values("month")
        found = {one["month"]: one for one in months.annotate(**states, last=Max("saved_at"))}
        shown = sorted({*found, *(month for month in closed if month >= first)}, reverse=True)
        columns = [str(STATES(state).label) for state in STATES.values]
        return [
            table(
                _now("Vouchers by period"),
                [pgettext("books", "Period"), *columns, _now("Last entered"), pgettext("books", "Closed on")],
                [
                    [
                        worded(month),
                        *(found[month][state] if month in found else 0 for state in STATES.values),
                        when(found[month]["last"] if month in found else None),
                        when(closed.get(month)),
                    ]
                    for month in shown
                ],
                note=_now("Numbers only. What stands in the books is seen by the people of the set."),
            )
        ]

    @admin.display(description=_("account set"))
    def set_link(self, row: Books) -> SafeString | str:
        """Its page, with its users, backups and history."""
        return link(row.account_set)

    @admin.display(description=_("number"), ordering="account_set__number")
    def set_number(self, row: Books) -> str:
        """Of the set."""
        return row.account_set.number

    @admin.display(description=_("first period"))
    def started(self, row: Books) -> str:
        """As people read it."""
        return worded(row.start_month)

    @admin.display(description=_("current period"), ordering="month")
    def current(self, row: Books) -> str:
        """As people read it."""
        return worded(row.month)

    @admin.display(description=_("subjects and users"))
    def counts(self, row: Books) -> str:
        """How many."""
        subjects = Subject.objects.filter(account_set=row.account_set_id).count()
        return f"{subjects} / {BookUser.objects.filter(account_set=row.account_set_id).count()}"
