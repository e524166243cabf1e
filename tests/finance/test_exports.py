"""Files of the fund flow: asked for, written once in the background, fetched by the account alone."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event
from accounts.permissions import Role
from config.errors import InputError
from config.jobs import run_due
from config.models import Job
from finance import policy
from finance.models import Export
from finance.services import exports
from finance.services.exports import (
    ExportGone,
    TooManyUnderWay,
    forget_exports,
    open_export,
    request_export,
    write_export,
)
from finance.tables import flows
from tests.factories import acting, make_operator, make_relationship
from tests.finance.funds import D, allot, recall, top_up
from tests.finance.pages import at, queries, shows
from tests.states import every_move, outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
NOW = timezone.now()
ALLOWED = {
    ("queued", "begin"): "running",
    ("running", "begin"): "running",
    ("running", "finish"): "ready",
    ("queued", "give_up"): "failed",
    ("running", "give_up"): "failed",
}
ARGUMENTS = {
    "begin": {"rows": 1},
    "finish": {"at": NOW, "file": "f", "size": 1, "written": 1},
    "give_up": {"at": NOW},
}


@pytest.fixture
def linked(manager, member):
    """An allotment with a note that a spreadsheet program would run, and a recall."""
    top_up(manager, "1000.00")
    linked = make_relationship(manager, member)
    allot(linked, "300.00", note="=1+1", now=NOW - timedelta(days=2))
    recall(linked, "100.50", now=NOW)
    return linked


def ask(account, file_format="csv", **asked):
    return request_export(actor=acting(account), account=account, file_format=file_format, asked=asked)


def written(account, file_format="csv", **asked):
    export = ask(account, file_format, **asked)
    write_export(export_id=export.pk)
    export.refresh_from_db()
    return export


def content(account, export):
    _export, file = open_export(actor=acting(account), account=account, export_id=export.pk)
    with file:
        return file.read()


@pytest.mark.parametrize(("state", "move"), every_move(Export, "state"))
def test_every_move_from_every_state(state, move):
    export = Export(state=state)
    assert outcome(export, "state", move, **ARGUMENTS[move]) == ALLOWED.get((state, move))


@pytest.mark.rule("K10.10")
def test_a_csv_file_has_the_rows_of_the_page_and_runs_nothing(linked, manager, member):
    export = written(manager)
    raw = content(manager, export)
    assert raw.startswith(b"\xef\xbb\xbf")
    _titles, first, second = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert (first[2], first[3], first[4]) == (member.name, member.number, "100.50")
    assert (second[4], second[5]) == ("-300.00", "'=1+1")
    assert (export.state, export.rows, export.written, export.bytes) == ("ready", 2, 2, len(raw))


@pytest.mark.rule("K10.10")
def test_an_excel_file_has_the_same_with_numbers_as_numbers(linked, manager, member):
    sheet = load_workbook(io.BytesIO(content(manager, written(manager, "xlsx")))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[4] for row in rows[1:]] == [100.5, -300]
    assert rows[2][5] == "'=1+1"


def test_the_other_side_gets_its_own_signs_and_no_names_of_people(linked, member):
    _titles, first, second = csv.reader(io.StringIO(content(member, written(member)).decode("utf-8-sig")))
    assert [row[4] for row in (first, second)] == ["-100.50", "300.00"]
    assert first[6] == second[6] == ""


def test_the_filter_of_the_page_holds_for_the_file(linked, manager):
    export = written(manager, direction="recall", since=NOW.date() - timedelta(days=1), least=D("100.50"))
    assert export.asked == {
        "direction": "recall",
        "since": (NOW.date() - timedelta(days=1)).isoformat(),
        "least": "100.50",
    }
    assert export.written == 1


def test_many_rows_say_how_far_they_are(linked, manager, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 1)
    seen, harmless = [], flows.harmless
    monkeypatch.setattr(flows, "harmless", lambda cell: seen.append(Export.objects.get().written) or harmless(cell))
    written(manager)
    assert sorted(set(seen)) == [0, 1]


def test_the_page_asks_a_worker_writes_and_the_account_fetches(browse, linked, manager):
    console = browse(manager)
    answer = console.post(at("export-request") + "?direction=recall", {"format": "xlsx"})
    assert answer.headers["Location"] == at("export-list")
    waiting = console.get(at("export-list"))
    assert waiting.context["under_way"]
    assert 'hx-trigger="load delay:2s"' in waiting.text
    export = Export.objects.get()
    write_export(export_id=export.pk)
    page = console.get(at("export-list"))
    assert not page.context["under_way"]
    assert at("export-file", export.pk) in page.text
    file = console.get(at("export-file", export.pk))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in file.headers["Cache-Control"]
    assert len(list(load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.iter_rows())) == 2
    assert Event.objects.filter(kind="funds.export_fetched", account=manager).count() == 1


def test_nobody_else_fetches_it(browse, linked, manager, member, stranger):
    export = written(manager)
    for account in (member, stranger):
        assert browse(account).get(at("export-file", export.pk)).status_code == 404
        assert not browse(account).get(at("export-list")).context["page"]
    assert browse(make_operator(manager, Role.VIEWER)).get(at("export-file", export.pk)).status_code == 200
    assert str(configured.MEDIA_ROOT) not in browse(manager).get(at("export-list")).text


def test_after_a_week_the_file_is_gone_and_the_record_stays(browse, linked, manager):
    export = written(manager)
    late = export.finished_at + policy.EXPORT_LIFE
    with pytest.raises(ExportGone):
        open_export(actor=acting(manager), account=manager, export_id=export.pk, now=late)
    assert forget_exports() == 0
    assert forget_exports(now=late) == 1
    assert not [path for path in Path(configured.MEDIA_ROOT).rglob("*") if path.is_file()]
    refused = browse(manager).get(at("export-file", export.pk))
    assert refused.status_code == 410
    assert len(browse(manager).get(at("export-list")).context["page"]) == 1


def test_what_is_not_written_cannot_be_fetched(browse, linked, manager):
    export = ask(manager)
    assert browse(manager).get(at("export-file", export.pk)).status_code == 410


def test_a_second_attempt_begins_anew_and_a_third_finds_it_done(linked, manager):
    export = ask(manager)
    Export.objects.filter(pk=export.pk).update(state="running", written=1)
    write_export(export_id=export.pk)
    export.refresh_from_db()
    first = export.file
    write_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.written, export.file) == (2, first)


def test_limits_are_said(linked, manager, monkeypatch):
    monkeypatch.setattr(policy, "EXPORT_ROWS_MAX", 1)
    with pytest.raises(InputError) as refused:
        ask(manager, "xlsx")
    assert refused.value.field == "format"
    monkeypatch.undo()
    for _time in range(policy.EXPORTS_UNDER_WAY_MAX):
        ask(manager)
    with pytest.raises(TooManyUnderWay):
        ask(manager)
    with pytest.raises(InputError):
        ask(manager, "pdf")


def test_the_page_says_a_limit_too(browse, linked, manager, monkeypatch):
    monkeypatch.setattr(policy, "EXPORT_ROWS_MAX", 1)
    answer = browse(manager).post(at("export-request"), {"format": "csv"}, follow=True)
    assert shows(answer, "These are more than %(most)s rows. Choose a shorter time.", most=1)
    assert browse(manager).post(at("export-request"), {"format": "x"}).headers["Location"].startswith(at("flow-list"))


@pytest.mark.django_db(transaction=True)
def test_when_no_attempt_succeeds_the_page_says_so(linked, manager, monkeypatch):
    def broken(*_arguments):
        raise OSError("no room")

    monkeypatch.setattr(exports, "_write_csv", broken)
    export = ask(manager)
    for hours in range(0, 40, 2):
        run_due(NOW + timedelta(hours=hours))
    export.refresh_from_db()
    assert export.state == "failed"
    assert Job.objects.get(kind=exports.JOB).state == "parked"


def test_one_whose_worker_died_each_time_shows_as_failed_in_the_end(linked, manager):
    export = ask(manager)
    Export.objects.filter(pk=export.pk).update(state="running")
    forget_exports(now=export.created_at + policy.EXPORT_SILENT_AFTER + timedelta(minutes=1))
    export.refresh_from_db()
    assert export.state == "failed"


def test_as_many_queries_for_many_files_as_for_one(browse, linked, manager):
    console = browse(manager)
    written(manager)
    few = queries(console, at("export-list"))
    for _time in range(4):
        written(manager)
    assert queries(console, at("export-list")) == few
