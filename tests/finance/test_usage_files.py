"""Files of usage: every good line once, every other one with its number and its reason, whatever breaks in between."""

import json

import pytest
from django.core.files.base import ContentFile

from config.errors import InputError
from config.jobs import run_due
from finance import policy
from finance.models import Usage, UsageImport
from finance.services import usage_files
from finance.services.staging import FIELDS
from finance.services.usage_files import import_usage, upload_usage
from tests.finance.bills import make_product
from tests.finance.funds import staff
from tests.finance.test_metering import NOW, row
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db
HEADER = ",".join(FIELDS)


@pytest.fixture(autouse=True)
def product(db):
    return make_product(code="cpu")


def upload(lines, name: str = "usage.csv") -> UsageImport:
    """Lines are texts or bytes."""
    body = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return upload_usage(actor=staff(), name=name, content=ContentFile(body, name=name), now=NOW)


def read(lines, name: str = "usage.csv") -> UsageImport:
    found = upload(lines, name)
    assert import_usage(upload_id=found.pk, now=NOW)
    return UsageImport.objects.get(pk=found.pk)


def figures(found: UsageImport) -> tuple[int, int, int, int]:
    return found.lines, found.kept, found.repeated, found.refused


def reasons(found: UsageImport) -> list[tuple[int, str]]:
    return list(found.refusals.values_list("line", "reason"))


def csv_row(account, source: str, **more) -> str:
    return ",".join(row(account, source, **more))


def test_every_line_of_a_plain_file_is_kept(manager):
    found = read([HEADER, *(csv_row(manager, f"s{n}") for n in range(3)), ""])
    assert (found.state, figures(found), found.done_bytes) == ("done", (4, 3, 0, 0), found.bytes)
    assert figures(read([HEADER, *(csv_row(manager, f"s{n}") for n in range(4))])) == (5, 1, 3, 0)


def test_bad_lines_are_refused_with_number_and_reason_and_good_ones_kept(manager):
    lines = [
        HEADER,
        csv_row(manager, "s1"),
        "a,b",
        b"\xff\xfe,broken",
        csv_row(manager, "s2", quantity="-1"),
        f"nul\x00,{csv_row(manager, 's')}",
        f'"s3",{csv_row(manager, "s3").partition(",")[2]}',
        '"never closed',
        "",
        csv_row(manager, "x" * (policy.USAGE_LINE_BYTES_MAX + 1)),
        csv_row(manager, "s4"),
    ]
    found = read(lines)
    assert reasons(found) == [
        (3, "unreadable"),
        (4, "unreadable"),
        (5, "quantity"),
        (6, "unreadable"),
        (8, "unreadable"),
        (10, "line_too_long"),
    ]
    assert figures(found) == (11, 3, 0, 6)
    assert sorted(Usage.objects.values_list("source_id", flat=True)) == ["s1", "s3", "s4"]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_passed_over(manager):
    names, values = ["note", *reversed(FIELDS)], ["hello", *reversed(row(manager, "s1"))]
    assert figures(read([",".join(names), ",".join(values)])) == (2, 1, 0, 0)


def test_json_lines(manager):
    fields = dict(zip(FIELDS, row(manager, "s1"), strict=True))
    lines = [
        "\ufeff" + json.dumps(fields),
        json.dumps(fields | {"source_id": "s2", "quantity": 3}),
        "[]",
        "{",
        "null",
        '{"a": NaN}',
        json.dumps(fields | {"source_id": "s3"})[:-1] + ', "quantity": "9"}',
        json.dumps(fields | {"source_id": "s4", "instance": "\ud800"}),
    ]
    found = read(lines, "usage.jsonl")
    assert figures(found) == (8, 2, 0, 6)
    assert {reason for _line, reason in reasons(found)} == {"unreadable", "columns"}


def test_a_reader_that_dies_between_pieces_goes_on_behind_the_last(manager, monkeypatch):
    monkeypatch.setattr(policy, "USAGE_PIECE_BYTES", 300)
    found = upload([HEADER, *(csv_row(manager, f"s{n}") for n in range(12))])
    keep, count = usage_files._keep, 0

    def die(*args):
        nonlocal count
        count += 1
        keep(*args)
        if count % 3 == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(usage_files, "_keep", die)
    for _attempt in range(20):
        try:
            if import_usage(upload_id=found.pk, now=NOW):
                break
        except KeyboardInterrupt:
            continue
    found = UsageImport.objects.get(pk=found.pk)
    assert (figures(found), Usage.objects.count()) == ((13, 12, 0, 0), 12)
    assert count > 3


def test_the_job_reads_a_long_file_in_several_minutes(manager, monkeypatch):
    monkeypatch.setattr(policy, "USAGE_PIECE_BYTES", 300)
    monkeypatch.setattr(usage_files.import_usage, "__kwdefaults__", {"seconds": 0.0, "now": NOW})
    found = upload([HEADER, *(csv_row(manager, f"s{n}") for n in range(8))])
    while run_due():
        pass
    found = UsageImport.objects.get(pk=found.pk)
    assert (found.state, found.kept) == ("done", 8)


def test_refusals_are_all_counted_and_so_many_kept(manager, monkeypatch):
    monkeypatch.setattr(policy, "USAGE_REFUSALS_KEPT", 2)
    found = read([HEADER, *["x"] * 5])
    assert (found.refused, found.refusals.count()) == (5, 2)


@pytest.mark.parametrize(
    ("name", "first", "word"),
    [
        ("usage.exe", b"x", "CSV"),
        ("usage.csv", b"source_id,account", "quantity"),
        ("usage.csv", f"{HEADER},quantity".encode(), "twice: quantity"),
        ("usage.csv", f"{HEADER}\rs1,1".encode(), "Macs"),
        ("usage.csv", HEADER.encode("utf-16"), "UTF-16"),
        ("usage.jsonl", "{}".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once_with_the_reason(english, name, first, word):
    with pytest.raises(InputError) as refused:
        upload([first, "x"], name)
    assert word in str(refused.value)


def test_an_empty_file_is_read_at_once(manager):
    assert figures(read([HEADER])) == (1, 0, 0, 0)
    assert read([""]).state == "done"


MOVES = {
    ("queued", "begin"): "running",
    ("running", "begin"): "running",
    ("running", "finish"): "done",
    ("queued", "give_up"): "failed",
    ("running", "give_up"): "failed",
}


@pytest.mark.parametrize(("state", "move"), every_move(UsageImport, "state"))
def test_every_move_from_every_state(state, move):
    facts = {} if move == "begin" else {"at": NOW}
    assert outcome(UsageImport(state=state), "state", move, **facts) == MOVES.get((state, move))
