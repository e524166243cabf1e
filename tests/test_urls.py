"""Every address, tried by everybody: `addresses.txt` says what each of them gets, for GET and for POST.

One line an address: its name, what its placeholder stands for, then a status for each of owner, finance operator,
viewer (all three of the manager), the member's owner, a stranger, and somebody who is not logged in. `in` is the way
to the log-in page.
"""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.scene import PEOPLE, Scene, every_address, set_scene

TABLE = Path(__file__).with_name("addresses.txt")
# Tried elsewhere: the APIs have keys instead of people, books and stock have people of their own, the others exist in
# development only.
APART = ("api:", "open:", "books:", "inventory:", "outbox", "look")
PARTS = 16
PLACEHOLDERS = {"token": "token", "handle": "handle", "rest": "rest", "slug": "slug"}


def rows() -> list[tuple[str, str, list[str], list[str]]]:
    """Each line of the table as (name, value, GET, POST)."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    parts = [[part.split() for part in line.split("|")] for line in lines]
    return [(first[0], first[1], get, post) for first, get, post in parts]


def test_no_address_is_missing_from_the_table():
    named = {name for name, _value, _get, _post in rows()}
    there = {name for name in every_address() if name and not name.startswith(APART)}
    assert there == named


@pytest.mark.django_db
@pytest.mark.rule("K8.1", "K12.2")
@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_what_the_table_says(part, cheap_hashes):
    """Every so manieth address in one scene: setting it takes longer than asking, and whatever was asked is undone."""
    scene, wrong = set_scene(), []
    for name, value, get, post in rows()[part::PARTS]:
        url = reverse(name, kwargs=arguments(name, value, scene))
        for method, wanted in (("get", get), ("post", post)):
            answers = [scene.ask(person, method, url) for person in PEOPLE]
            if (found := [word(answer) for answer in answers]) != wanted:
                wrong.append((name, method, found, wanted))
            for answer in answers:
                assert "Content-Security-Policy" in answer.headers, name
                kept = answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", "")
                assert not kept, name
    assert not wrong


def arguments(name: str, value: str, scene: Scene) -> dict[str, Any]:
    """What fills the address's placeholder."""
    if value == "-":
        return {}
    route = every_address()[name]
    placeholder = next((word for word in PLACEHOLDERS if f":{word}>" in route), "pk")
    return {placeholder: scene.values.get(value, value)}


def word(answer: HttpResponse) -> str:
    """The status; the way to the log-in page has a word of its own."""
    return "in" if answer.status_code == 302 and "/login/?next=" in answer["Location"] else str(answer.status_code)
