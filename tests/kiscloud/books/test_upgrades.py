"""Sets of earlier versions of Trade come over: looked through, converted, restored, the same to the fen (S26.2)."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from config.errors import DomainError, NotFound
from kiscloud.books.earlier import voucher
from kiscloud.books.models import Books, BookUser, CashFlow, Voucher
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.models import AccountSet, Backup
from kiscloud.services import restores, upgrades
from kiscloud.services.backups import remove_files
from kiscloud.set_files import Unfit
from tests.factories import make_user
from tests.kiscloud.books.bookkeeping import MONTH, Office
from tests.kiscloud.books.test_there_and_back import month_of_trade, statements
from tests.kiscloud.earlier import old_file
from tests.kiscloud.kis import active, person
from tests.kiscloud.test_set_files import changed, swap

pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, bytes], dict[str, Any]], None]


@pytest.fixture
def office() -> Office:
    """A month of trade, and a trade product that takes it."""
    made = month_of_trade()
    made.product = active(made.product.company, edition="trade")
    return made


def upgrade(office: Office, file: bytes) -> Backup:
    actor = person(office.product.company.founder)
    asked = {"subscription_id": office.product.pk, "content": io.BytesIO(file)}
    backup = upgrades.start_upgrade(actor=actor, **asked).backup  # type: ignore[arg-type]
    for _turn in range(2):  # done twice it is done once
        upgrades.convert_set(backup_id=backup.pk)
    return Backup.objects.get(pk=backup.pk)


def restored(office: Office, backup: Backup) -> AccountSet:
    asked = {"subscription_id": office.product.pk, "backup_id": backup.pk, "name": ""}
    started = restores.start_restore(actor=person(office.product.company.founder), **asked)  # type: ignore[arg-type]
    restores.restore_set(set_id=started.pk)
    return AccountSet.objects.get(pk=started.pk)


@pytest.mark.rule("S26.1", "S26.2")
def test_a_set_of_eight_comes_over_to_the_fen(office: Office) -> None:
    backup = upgrade(office, old_file(office.set, version="8.0"))
    assert (backup.kind, backup.set_version, backup.state) == ("private", "9.0", "success")
    assert backup.manifest is not None
    assert backup.manifest["sets"][0]["upgraded_from"] == "8.0"
    back = restored(office, backup)
    assert (back.state, back.version, back.fault) == ("ready", "9.0", "")
    assert statements(back) == statements(office.set)
    for model in (Voucher, CashFlow):
        assert model.objects.filter(account_set=back).count() == model.objects.filter(account_set=office.set).count()
    users = BookUser.objects.filter(account_set=back, memberships__isnull=False).distinct()  # each was in one group
    assert {user.name for user in users} == {office.makers_user.name, office.auditors_user.name}


@pytest.mark.rule("S26.2")
def test_an_older_one_goes_two_steps(office: Office) -> None:
    back = restored(office, upgrade(office, old_file(office.set, version="V7.5")))
    for month in (MONTH, MONTH + 1):
        rows = [
            [[row.subject.code, *row.amounts] for row in trial_balance(one, month).rows] for one in (back, office.set)
        ]
        assert rows[0] == rows[1]
    assert not CashFlow.objects.filter(account_set=back).exists()  # versions before 8.0 kept none


def test_the_same_file_is_the_same_backup(office: Office) -> None:
    file = old_file(office.set)
    assert upgrade(office, file) == upgrade(office, file)


def of_set(**changes: Any) -> Change:
    return lambda _entries, manifest: manifest["sets"][0].update(changes)


def without(name: str) -> Change:
    """A table less."""

    def change(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
        tables = manifest["sets"][0]["tables"]
        said = next(one for one in tables if one["name"] == name)
        tables.remove(said)
        del entries[said["file"]]

    return change


def nobody(name: str) -> dict[str, str]:
    return {"name": name, "employee": name, "mobile": ""}


WRONG: dict[str, tuple[Change, str]] = {
    "too new": (of_set(version="8.1"), "upgrade_refused"),
    "of no version": (of_set(version="eight"), "upgrade_refused"),
    "another edition": (of_set(edition="professional"), "other_product"),
    "present form": (lambda _entries, manifest: manifest.update(format_version=1), "unfit_file"),
    "people without mobile": (of_set(people=[nobody("李雷")]), "upgrade_refused"),
    "a table less": (without("entries"), "unfit_file"),
    "a table too early": (of_set(version="7.5"), "unfit_file"),
}
WRONG_ROWS: dict[str, Change] = {
    "another amount": swap("entries", ",100000.00", ",100000.01"),
    "no amount": swap("entries", ",100000.00", ",viel"),
    "no direction": swap("entries", ",D,", ",X,"),
    "a missing subject": swap("subjects", ",1002,", ",1002\n"),
    "a month too many": swap("periods", ",2026,3,", ",2026,13,"),
    "a column of another name": swap("vouchers", "status", "zustand"),
    "text that is none": swap("company", "示例", "\udcff"),
}


@pytest.mark.rule("S17.12", "S26.2")
def test_what_hinders_is_said_and_nothing_stays(office: Office) -> None:
    """One set for all of them: each is looked through, and refused with a sentence."""
    file, before = old_file(office.set), AccountSet.objects.count()
    for name, (change, code) in WRONG.items():
        with pytest.raises(DomainError) as refused:
            upgrade(office, changed(io.BytesIO(file), change).getvalue())
        assert refused.value.code == code, (name, str(refused.value))
        assert str(refused.value), name
    for content in (b"", b"no zip", file[: len(file) // 2]):
        with pytest.raises(Unfit):
            upgrade(office, content)
    assert not Backup.objects.exists()
    assert not default_storage.exists(".")
    for name, change in WRONG_ROWS.items():
        failed = upgrade(office, changed(io.BytesIO(file), change).getvalue())
        assert (failed.state, failed.fault != "") == ("failed", True), name
    remove_files()
    assert (AccountSet.objects.count(), Books.objects.count()) == (before, before)
    assert not any(_files(default_storage.path(".")))


def _files(folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.mark.rule("S26.2")
def test_what_was_found_is_told_with_what_hinders(office: Office) -> None:
    with pytest.raises(upgrades.UpgradeRefused) as refused:
        upgrade(office, old_file(office.set, people=[nobody("李雷"), nobody("赵敏")]))
    found = refused.value.found
    assert "李雷、赵敏" in str(refused.value)
    assert (found.part.version, len(found.part.people)) == ("8.0", 2)
    assert Voucher.objects.filter(account_set=office.set).count() in [count for _label, count in found.counts]


def test_other_products_and_other_people_upgrade_nothing(office: Office) -> None:
    file = old_file(office.set)
    product = active(office.product.company, edition="professional")
    founder, stranger = person(product.company.founder), person(make_user())
    with pytest.raises(upgrades.NoUpgrade):
        upgrades.start_upgrade(actor=founder, subscription_id=product.pk, content=io.BytesIO(file))
    with pytest.raises(NotFound):
        upgrades.start_upgrade(actor=stranger, subscription_id=office.product.pk, content=io.BytesIO(file))


@pytest.mark.parametrize(("status", "state"), [("2", "saved"), ("3", "posted")])
def test_whose_maker_was_the_checker_counts_as_not_audited(status: str, state: str) -> None:
    row = {"year": "2026", "period": "3", "status": status, "origin": "0", "amount": "1", "date": "2026-03-01"}
    made = voucher({**row, "made_by": "7", "checked_by": "7"})
    assert made is not None
    assert (made["auditor_id"], made["state"], made["month"], made["day"]) == ("", state, "202603", "2026-03-01")
