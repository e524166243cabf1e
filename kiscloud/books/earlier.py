"""What became of the books' tables and columns since the earlier versions of Trade, version by version (S26.2). Pure.

`docs/set_files.md` describes the earlier forms; a table or column that is not named here did not change.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from kiscloud.set_files.converting import Change, Row, Step

SIDES: Final = {"D": "1", "C": "-1"}
STATES: Final = {"0": "draft", "1": "saved", "2": "audited", "3": "posted", "9": "void"}
ORIGINS: Final = {"0": "entered", "1": "carry_over", "2": "reversal"}
TAX_KINDS: Final = {"1": "general", "2": "small"}
NAMES: Final[Mapping[str, str]] = {
    "parent": "parent_id",
    "leaf": "is_leaf",
    "cash": "is_cash",
    "subject": "subject_id",
    "group": "group_id",
    "employee": "employee_id",
    "voucher": "voucher_id",
    "row": "place",
    "date": "day",
    "closed": "closed_at",
    "made_by": "maker_id",
    "checked_by": "auditor_id",
    "posted_by": "poster_id",
    "reverses": "reverses_id",
    "saved": "saved_at",
    "posted": "posted_at",
    "opened": "opened_at",
    "created": "created_at",
}


def named(row: Row) -> dict[str, str]:
    """Under the names that columns have now."""
    return {NAMES.get(column, column): value for column, value in row.items()}


def month(year: str, period: str) -> str:
    """2026 and 3 are 202603."""
    if not 1 <= int(period) <= 12:
        raise ValueError(period)
    return str(int(year) * 100 + int(period))


def of_month(row: Row) -> dict[str, str]:
    """Year and period are one number now."""
    return {**named(row), "month": month(row["year"], row["period"])}


def company(row: Row) -> Row:
    """The parameters of the books."""
    return {
        **of_month(row),
        "company": row["name"],
        "tax_kind": TAX_KINDS[row["taxpayer"]],
        "template": row["chart"],
        "code_lengths": "{" + ",".join(str(int(digits)) for digits in row["code_lengths"].split("-")) + "}",
        "start_month": month(row["start_year"], row["start_period"]),
    }


def period(row: Row) -> Row:
    """A month says whether it is closed."""
    return {**of_month(row), "state": "closed" if row["closed"] else "open"}


def group(row: Row) -> Row:
    """Rights were a list of words."""
    return {**row, "rights": "{" + row["rights"] + "}"}


def user(row: Row) -> Row:
    """Nobody outside is this person until somebody is added and matched (S17.11)."""
    return {**named(row), "set_user_id": ""}


def membership(row: Row) -> Row | None:
    """A user was in one group."""
    return {"id": row["id"], "user_id": row["id"], "group_id": row["group"]} if row["group"] else None


def subject(row: Row) -> Row:
    """Debit and credit were letters."""
    return {**named(row), "side": SIDES[row["direction"]]}


def voucher(row: Row) -> Row:
    """States and origins were numbers. What its own maker had checked counts as not audited."""
    found = {**of_month(row), "state": STATES[row["status"]], "kind": ORIGINS[row["origin"]], "total": row["amount"]}
    if row["checked_by"] and row["checked_by"] == row["made_by"]:
        found["auditor_id"] = ""
        found["state"] = "saved" if found["state"] == "audited" else found["state"]
    return found


def entry(row: Row) -> Row:
    """An amount had a direction."""
    debit = SIDES[row["direction"]] == "1"
    amount = str(Decimal(row["amount"]))
    return {**named(row), "debit": amount if debit else "0", "credit": "0" if debit else amount}


def adding(**values: str) -> Callable[[Row], Row]:
    """The columns that came with a version, with what older rows have in them."""
    return lambda row: {**values, **row}


STEPS: Final = (
    Step(
        "8.0",
        {
            **{name: Change(name) for name in ("company", "periods", "employees", "groups", "users")},
            "subjects": Change("subjects", adding(unit="", cash_in="", cash_out="", disabled="0")),
            "balances": Change("balances", adding(quantity="0", quantity_moved="0")),
            "cash_flows": None,
            "vouchers": Change("vouchers", adding(attachments="0", reverses="")),
            "entries": Change("entries", adding(quantity="")),
        },
    ),
    Step(
        "9.0",
        {
            "books_books": Change("company", company),
            "books_period": Change("periods", period),
            "books_employee": Change("employees"),
            "books_usergroup": Change("groups", group),
            "books_bookuser": Change("users", user),
            "books_membership": Change("users", membership),
            "books_subject": Change("subjects", subject),
            "books_balance": Change("balances", of_month),
            "books_cashflow": Change("cash_flows", of_month),
            "books_voucher": Change("vouchers", voucher),
            "books_line": Change("entries", entry),
        },
    ),
)
