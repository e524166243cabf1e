"""Files of sets: written and loaded again under new ids, whatever the tables; damaged ones leave nothing behind."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from config.sealed_files import SealedWriter
from kiscloud import set_contents
from kiscloud.models import AccountSet
from kiscloud.set_files import Unfit, open_file, reading, write_file
from kiscloud.set_files.loading import load_set
from kiscloud.set_files.reading import PURPOSE
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, make_company, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def sets() -> list[AccountSet]:
    product = active(make_company())
    return [make_set(product, name=name) for name in ("一号账套", "二号账套", "三号账套")]


def packed(*sets: AccountSet) -> io.BytesIO:
    file = io.BytesIO()
    write_file(account_sets=sets, to=file)
    return file


def load(file: io.BytesIO, into: AccountSet) -> dict[str, int]:
    with open_file(file) as opened:
        return load_set(opened=opened, part=opened.only_set(), account_set=into)


def changed(file: io.BytesIO, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> io.BytesIO:
    """The same file with other entries, or another manifest."""
    with zipfile.ZipFile(file) as pack:
        entries = {name: pack.read(name) for name in pack.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(entries, manifest)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, data in {**entries, "manifest.json": json.dumps(manifest).encode()}.items():
            pack.writestr(name, data)
    return out


def test_a_set_comes_back_under_new_ids(tables: Tables, sets: list[AccountSet]) -> None:
    first, second, third = sets
    fill(tables, first)
    fill(tables, third)
    assert load(packed(first), second) == {"kiscloud_shelf": 2, "kiscloud_page": 4}
    rows, copies = contents(tables, first), contents(tables, second)
    assert [row[:4] for row in copies] == [row[:4] for row in rows]
    assert {row[4] for row in copies} == {second}
    assert len(contents(tables, third)) == 4
    assert not tables.page.objects.filter(account_set=second, writer__isnull=False).exists()
    assert load(packed(second), second)["kiscloud_page"] == 4  # twice in one transaction


def test_ordinary_tools_read_it(tables: Tables, sets: list[AccountSet]) -> None:
    fill(tables, sets[0])
    with zipfile.ZipFile(packed(sets[0])) as pack:
        assert pack.testzip() is None
        lines = pack.read(f"sets/{sets[0].number}/kiscloud_shelf.csv").decode().splitlines()
        manifest = json.loads(pack.read("manifest.json"))
    assert lines[0] == "id,name,above_id"
    assert lines[1].endswith(",上层,")
    assert manifest["sets"][0]["tables"][1]["rows"] == 4


def test_a_sealed_one_is_read_like_an_open_one(tables: Tables, sets: list[AccountSet]) -> None:
    fill(tables, sets[0])
    file = io.BytesIO()
    with SealedWriter(file, purpose=PURPOSE) as sealed:
        write_file(account_sets=sets[:1], to=sealed)  # type: ignore[arg-type]
    assert "上层".encode() not in file.getvalue()
    assert load(file, sets[1])["kiscloud_page"] == 4


def lie(key: str, value: Any) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(_entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest["sets"][0]["tables"][1][key] = value

    return change


def swap(table: str, old: str, new: str) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    """Other rows, and a manifest that knows them."""

    def change(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
        said = next(part for part in manifest["sets"][0]["tables"] if part["name"] == table)
        text = entries[said["file"]].decode().replace(old, new).encode(errors="surrogateescape")
        entries[said["file"]] = text
        said["bytes"], said["sha256"] = len(text), hashlib.sha256(text).hexdigest()

    return change


WRONG: dict[str, Callable[[dict[str, bytes], dict[str, Any]], None]] = {
    "another program's": lambda _entries, manifest: manifest.update(format="other"),
    "newer": lambda _entries, manifest: manifest.update(format_version=2),
    "older": lambda _entries, manifest: manifest.update(format_version=0),
    "no sets": lambda _entries, manifest: manifest.update(sets=[]),
    "no list": lambda _entries, manifest: manifest.update(sets=7),
    "an entry more": lambda entries, _manifest: entries.update({"../../etc/passwd": b"x"}),
    "an entry less": lambda entries, _manifest: entries.clear(),
    "fewer rows than said": lie("rows", 5),
    "more bytes than said": lie("bytes", 10),
    "fewer bytes than said": lie("bytes", 10_000),
    "another hash": lie("sha256", "0" * 64),
    "a negative count": lie("rows", -1),
    "other columns": lie("columns", ["id"]),
    "an unknown table": lie("name", "auth_user"),
    "no number": swap("kiscloud_page", "12.30", "zwölf"),
    "a missing shelf": swap("kiscloud_shelf", "下层", "下层\n"),
    "the names of columns swapped": swap("kiscloud_shelf", "id,name", "name,id"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_leaves_nothing(
    tables: Tables, sets: list[AccountSet], wrong: Callable[[dict[str, bytes], dict[str, Any]], None]
) -> None:
    fill(tables, sets[0])
    file = changed(packed(sets[0]), wrong)
    with pytest.raises(Unfit) as refusal, transaction.atomic():
        load(file, sets[1])
    assert str(refusal.value)
    assert not tables.shelf.objects.filter(account_set=sets[1]).exists()


def test_damage_anywhere_is_a_sentence(tables: Tables, sets: list[AccountSet]) -> None:
    fill(tables, sets[0])
    whole = packed(sets[0]).getvalue()
    cut = [whole[:length] for length in (0, 1, len(whole) // 2, len(whole) - 1)]
    flipped = [whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :] for at in range(40, len(whole), 97)]
    for damaged in [*cut, b"not a zip", *flipped]:
        with transaction.atomic():
            try:
                load(io.BytesIO(damaged), sets[1])
            except Unfit:
                assert not tables.shelf.objects.filter(account_set=sets[1]).exists()
            else:  # a byte that says nothing of the contents, like a date
                assert [row[:4] for row in contents(tables, sets[1])] == [row[:4] for row in contents(tables, sets[0])]
            transaction.set_rollback(True)


def test_a_list_of_very_many_names_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_AT_ONCE", 100_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for number in range(2000):
            pack.writestr(f"{number:06d}", b"")
    with pytest.raises(Unfit), open_file(file):
        pass


def test_a_purged_set_is_empty_and_others_are_not(tables: Tables, sets: list[AccountSet]) -> None:
    fill(tables, sets[0])
    fill(tables, sets[1])
    assert set_contents.purge_contents(account_set=sets[0]) == {"kiscloud_page": 4, "kiscloud_shelf": 2}
    assert not contents(tables, sets[0])
    assert len(contents(tables, sets[1])) == 4
