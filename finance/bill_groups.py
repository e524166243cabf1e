"""Bill lines in different dimensions (K7.5): by line, instance, product, account, day or month, a page at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Folder
from config.paging import Page, paginate
from finance.bills import Asked, Rows, Sums, lines_of, sum_columns, totals_of
from finance.folders import NOWHERE, by_branch
from finance.models import Product

LINE, INSTANCE, PRODUCT, ACCOUNT, DAY, MONTH = "line", "instance", "product", "account", "day", "month"
FOLDER = "folder"
LABELS: dict[str, str | Promise] = {
    MONTH: _("By month"),
    PRODUCT: _("By product"),
    ACCOUNT: _("By account"),
    FOLDER: _("By folder"),
    INSTANCE: _("By instance"),
    DAY: _("By day"),
    LINE: pgettext_lazy("of a bill", "Lines"),
}
KEYS: dict[str, tuple[str, ...]] = {
    INSTANCE: ("owner_id", "product_id", "instance"),
    PRODUCT: ("product_id",),
    ACCOUNT: ("owner_id",),
    FOLDER: ("branch",),
    DAY: ("day",),
    MONTH: ("statement__month",),
}
BY_TIME = (DAY, MONTH)  # newest first; the others dearest first
# Where a total leads to; a folder that holds others leads to these.
NEXT = {MONTH: PRODUCT, DAY: LINE, PRODUCT: LINE, FOLDER: ACCOUNT, ACCOUNT: PRODUCT, INSTANCE: LINE}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One total: what it is of, its sums, and what narrows the lines to it."""

    name: str
    note: str
    sums: Sums
    asked: dict[str, str]
    day: date | None = None
    holds_folders: bool = False


def rows_for(account: Account, asked: Asked, by: str) -> Rows:
    """What the totals of this dimension are added up from."""
    rows = lines_of(account, asked) if by in {LINE, INSTANCE} else totals_of(account, asked)
    return by_branch(account, rows, asked) if by == FOLDER else rows


def grouped(rows: Rows, by: str) -> tuple[Rows, tuple[str, ...]]:
    """The totals and the order in which they are paged."""
    keys = KEYS[by]
    totals = rows.order_by().values(*keys).annotate(**sum_columns(rows))
    return totals, (f"-{keys[0]}",) if by in BY_TIME else ("-sum_payable", *keys)


def page_of_groups(rows: Rows, by: str, request: HttpRequest) -> Page[GroupRow]:
    """One page of totals; three queries at most, whatever stands on it."""
    totals, order = grouped(rows, by)
    found = paginate(totals, request, order=order)
    return Page(items=named(by, list(found)), next=found.next, previous=found.previous)


def named(by: str, rows: Sequence[dict[str, Any]]) -> list[GroupRow]:
    """With the names of products, accounts and folders."""
    products = _found(Product.objects.all(), rows, "product_id")
    owners = _found(Account.objects.all(), rows, "owner_id")
    inner = Folder.objects.filter(parent=OuterRef("pk"))
    folders = _found(Folder.objects.annotate(holds_folders=Exists(inner)), rows, "branch")
    describe = _DESCRIBE[by]
    return [describe(row, products, owners, folders) for row in rows]


def _found(model: "QuerySet[Any]", rows: Iterable[dict[str, Any]], key: str) -> dict[int, Any]:
    wanted = {abs(row[key]) for row in rows if key in row}
    return model.in_bulk(wanted) if wanted else {}


def _month(row: dict[str, Any], *_names: Any) -> GroupRow:
    text = f"{row['statement__month']:%Y-%m}"
    return GroupRow(text, "", Sums.of(row), {"month": text})


def _day(row: dict[str, Any], *_names: Any) -> GroupRow:
    text = row["day"].isoformat()
    return GroupRow(text, "", Sums.of(row), {"since": text, "until": text}, row["day"])


def _product(row: dict[str, Any], products: dict[int, Product], *_names: Any) -> GroupRow:
    product = products[row["product_id"]]
    return GroupRow(product.name, product.code, Sums.of(row), {"product": product.code})


def _account(row: dict[str, Any], _products: Any, owners: dict[int, Account], *_names: Any) -> GroupRow:
    owner = owners[row["owner_id"]]
    return GroupRow(owner.name, owner.number, Sums.of(row), {"member": owner.number})


def _folder(row: dict[str, Any], _products: Any, _owners: Any, folders: dict[int, Any]) -> GroupRow:
    """A folder with everything below it; what lies directly in the one that is looked into; what lies in none."""
    branch, sums = row["branch"], Sums.of(row)
    if branch == NOWHERE:
        return GroupRow(_now("In no folder"), "", sums, {"directly": "1"})
    folder, asked = folders[abs(branch)], {"folder": str(abs(branch))}
    if branch < NOWHERE:
        return GroupRow(folder.name, _now("accounts directly in it"), sums, asked | {"directly": "1"})
    return GroupRow(folder.name, "", sums, asked, holds_folders=folder.holds_folders)


def _instance(row: dict[str, Any], products: dict[int, Product], owners: dict[int, Account], *_names: Any) -> GroupRow:
    product, owner = products[row["product_id"]], owners[row["owner_id"]]
    asked = {"instance": row["instance"], "product": product.code, "member": owner.number}
    return GroupRow(row["instance"], f"{product.name} · {owner.name}", Sums.of(row), asked)


_DESCRIBE: dict[str, Callable[..., GroupRow]] = {
    MONTH: _month,
    DAY: _day,
    PRODUCT: _product,
    ACCOUNT: _account,
    FOLDER: _folder,
    INSTANCE: _instance,
}
