"""Trial balance and statements by the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import checked
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import ReportQuery, StatementQuery, TrialQuery, month_asked
from kiscloud.books.months import worded
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.cash_flow import cash_flow
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.lines import Statement
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.books.serializers import BookStatementOut, TrialOut
from kiscloud.books.services.people import Place


def _described(name: str, summary: Any, query: Any, shape: Any) -> Any:
    return extend_schema_view(
        get=extend_schema(operation_id=f"books_{name}", tags=TAGS, summary=summary, parameters=[query], responses=shape)
    )


@_described("trial_balance", _("Read the trial balance"), TrialQuery, TrialOut)
class Trial(BooksView):
    """科目余额表."""

    def get(self, request: Request, number: str) -> Response:
        """Of one period, down to a level."""
        asked = checked(TrialQuery(data=request.query_params.dict()))
        place = self.place(number)
        month = month_asked(place, asked)
        found = trial_balance(place.account_set, month, level=asked["level"], waiting=asked["waiting"])
        facts = {"company": place.books.company, "month": worded(month)}
        return Response(TrialOut({**facts, "rows": found.rows, "sums": found.sums, "balances": found.balances}).data)


def _answer(place: Place, month: int, found: Statement) -> Response:
    facts = {"company": place.books.company, "month": worded(month)}
    whole = {"title": found.title, "form": found.form, "columns": found.columns, "lines": found.lines}
    return Response(BookStatementOut({**facts, **whole}).data)


@_described("balance_sheet", _("Read the balance sheet"), StatementQuery, BookStatementOut)
class Sheet(BooksView):
    """资产负债表."""

    def get(self, request: Request, number: str) -> Response:
        """At the end of one period."""
        asked = checked(StatementQuery(data=request.query_params.dict()))
        place = self.place(number)
        month = month_asked(place, asked)
        return _answer(place, month, balance_sheet(place.account_set, month, waiting=asked["waiting"]))


@_described("income_statement", _("Read the income statement"), StatementQuery, BookStatementOut)
class Income(BooksView):
    """利润表."""

    def get(self, request: Request, number: str) -> Response:
        """Of one period and the year so far."""
        asked = checked(StatementQuery(data=request.query_params.dict()))
        place = self.place(number)
        month = month_asked(place, asked)
        return _answer(place, month, income_statement(place.account_set, month, waiting=asked["waiting"]))


@_described("cash_flow", _("Read the cash flow statement"), ReportQuery, BookStatementOut)
class Flows(BooksView):
    """现金流量表, of what is posted."""

    def get(self, request: Request, number: str) -> Response:
        """Of one period and the year so far."""
        asked = checked(ReportQuery(data=request.query_params.dict()))
        place = self.place(number)
        month = month_asked(place, asked)
        return _answer(place, month, cash_flow(place.account_set, month))
