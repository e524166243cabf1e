"""Files of earlier products for tests: what is in a set today, said in the words of an earlier version."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from kiscloud.models import AccountSet
from kiscloud.set_files import write_file

Rows = list[dict[str, str]]
Forms = dict[str, Callable[[dict[str, str]], dict[str, Any]]]
SIGNS = {"1": "D", "-1": "C"}


def split(month: str) -> dict[str, str]:
    return {"year": month[:4], "period": str(int(month[4:]))}


def company(row: dict[str, str]) -> dict[str, Any]:
    start = split(row["start_month"])
    return {
        "id": row["id"],
        "name": row["company"],
        "taxpayer": {"general": "1", "small": "2"}[row["tax_kind"]],
        "chart": row["template"],
        "code_lengths": row["code_lengths"].strip("{}").replace(",", "-"),
        "start_year": start["year"],
        "start_period": start["period"],
        **split(row["month"]),
        "opened": row["opened_at"],
        "created": row["created_at"],
    }


def subject(row: dict[str, str]) -> dict[str, Any]:
    flags = {"leaf": row["is_leaf"], "cash": row["is_cash"], "disabled": row["disabled"]}
    kept = ("id", "code", "name", "level", "category", "unit", "cash_in", "cash_out")
    return {**{name: row[name] for name in kept}, "parent": row["parent_id"], "direction": SIGNS[row["side"]], **flags}


def balance(row: dict[str, str]) -> dict[str, Any]:
    kept = ("id", "opening", "debit", "credit", "carried", "year_debit", "year_credit", "year_carried")
    rest = {"subject": row["subject_id"], "quantity": row["quantity"], "quantity_moved": row["quantity_moved"]}
    return {**split(row["month"]), **{name: row[name] for name in kept}, **rest}


def voucher(row: dict[str, str]) -> dict[str, Any]:
    states = {"draft": "0", "saved": "1", "audited": "2", "posted": "3", "void": "9"}
    origins = {"entered": "0", "carry_over": "1", "reversal": "2"}
    people = {"made_by": row["maker_id"], "checked_by": row["auditor_id"], "posted_by": row["poster_id"]}
    return {
        **{name: row[name] for name in ("id", "word", "number", "attachments", "summary")},
        **split(row["month"]),
        **people,
        "date": row["day"],
        "amount": row["total"],
        "reverses": row["reverses_id"],
        "status": states[row["state"]],
        "origin": origins[row["kind"]],
        "saved": row["saved_at"],
        "posted": row["posted_at"],
    }


def entry(row: dict[str, str]) -> dict[str, Any]:
    debit = float(row["debit"]) != 0
    return {
        "id": row["id"],
        "voucher": row["voucher_id"],
        "row": row["place"],
        "summary": row["summary"],
        "subject": row["subject_id"],
        "date": row["day"],
        "direction": "D" if debit else "C",
        "amount": row["debit"] if debit else row["credit"],
        "quantity": row["quantity"],
    }


FORMS: Forms = {
    "company": company,
    "periods": lambda row: {"id": row["id"], **split(row["month"]), "closed": row["closed_at"]},
    "employees": lambda row: row,
    "groups": lambda row: {**row, "rights": row["rights"].strip("{}")},
    "users": lambda row: {"id": row["id"], "name": row["name"], "employee": row["employee_id"], "group": row["group"]},
    "subjects": subject,
    "balances": balance,
    "cash_flows": lambda row: {**{n: row[n] for n in ("id", "item", "amount")}, **split(row["month"])},
    "vouchers": voucher,
    "entries": entry,
}
SOURCES = dict(
    zip(
        FORMS,
        ("books", "period", "employee", "usergroup", "bookuser", "subject", "balance", "cashflow", "voucher", "line"),
        strict=True,
    )
)
LATER = {
    "subjects": ("unit", "cash_in", "cash_out", "disabled"),
    "balances": ("quantity", "quantity_moved"),
    "vouchers": ("attachments", "reverses"),
    "entries": ("quantity",),
}


def old_file(account_set: AccountSet, *, version: str = "8.0", people: list[dict[str, str]] | None = None) -> bytes:
    """The set as a product of that version would have written it."""
    tables = present_rows(account_set)
    groups = {row["user_id"]: row["group_id"] for row in tables["membership"]}
    for row in tables["bookuser"]:
        row["group"] = groups.get(row["id"], "")
    old = {name: [form(row) for row in tables[SOURCES[name]]] for name, form in FORMS.items()}
    if version.lstrip("V") < "8":
        del old["cash_flows"]
        for name, columns in LATER.items():
            old[name] = [{k: v for k, v in row.items() if k not in columns} for row in old[name]]
    return packed(old, account_set, version, people)


def present_rows(account_set: AccountSet) -> dict[str, Rows]:
    out = io.BytesIO()
    write_file(account_sets=[account_set], to=out)
    with zipfile.ZipFile(out) as pack:
        names = [name for name in pack.namelist() if name.endswith(".csv")]
        texts = {name.rpartition("_")[2][:-4]: pack.read(name).decode() for name in names}
    return {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}


def packed(tables: dict[str, Rows], account_set: AccountSet, version: str, people: Any) -> bytes:
    out, said = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, rows in tables.items():
            text = io.StringIO()
            columns = list(rows[0]) if rows else ["id"]
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            data = text.getvalue().encode()
            pack.writestr(f"{name}.csv", data)
            facts = {"name": name, "file": f"{name}.csv", "columns": columns, "rows": len(rows), "bytes": len(data)}
            said.append({**facts, "sha256": hashlib.sha256(data).hexdigest()})
        known = people if people is not None else [{"name": "周", "employee": "周", "mobile": "13800000001"}]
        part = {"number": account_set.number, "name": account_set.name, "edition": "trade", "version": version}
        manifest = {"format": "tongzhang-set", "format_version": 0, "made_at": "2026-01-01T00:00:00+08:00"}
        pack.writestr("manifest.json", json.dumps({**manifest, "sets": [{**part, "tables": said, "people": known}]}))
    return out.getvalue()
