"""How links are put into words."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.permissions import P1, P2, Point
from accounts.terms import Terms
from accounts.wording import change, doing, mask_middle, mask_number, preset_name, seeing, time_left


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("王", "王*"),
        ("王明", "王*"),
        ("王小明", "王****明"),
        ("晨曦贸易", "晨****易"),
        ("静水深流科技有限公司", "静水深****限公司"),
        ("北京静水深流科技有限公司", "北京静****有限公司"),
        ("x" * 120, "xxx****xxxx"),
    ],
)
def test_a_name_is_masked_by_its_middle(name, masked):
    assert mask_middle(name) == masked


def test_a_number_is_masked_by_its_middle():
    assert mask_number("1234567890") == "12****7890"
    assert mask_number("123456") == "****"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=48), "48 hours left"),
        (timedelta(hours=37, minutes=59, seconds=59), "37 hours left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(seconds=59), "0 minutes left"),
        (timedelta(seconds=-1), "0 minutes left"),
    ],
)
def test_the_time_left_is_rounded_down(left, words):
    at = timezone.now()
    with translation.override("en"):
        assert time_left(at + left, at=at) == words


@pytest.mark.rule("K6.6", "K7.6")
def test_points_are_named_by_their_preset_or_counted():
    with translation.override("en"):
        assert preset_name(P1) == "View"
        assert preset_name(P2) == "View and operate"
        assert preset_name([Point.VIEW_BILLS]) == "1 single permission"
        assert preset_name([]) == "None"


def test_seeing_and_doing_are_told_apart():
    points = [point.value for point in Point]
    assert [len(seeing(points)), len(doing(points))] == [5, 3]
    assert all(item.hint for item in [*seeing(points), *doing(points)])


def test_a_change_lists_what_comes_goes_and_stays():
    old = Terms.asked([Point.VIEW_BILLS, Point.VIEW_ORDERS], ["discount"], "former")
    new = Terms.asked([Point.VIEW_BILLS, Point.VIEW_BALANCE], ["credit"], "former")
    with translation.override("en"):
        found = change(old, new)
        assert [str(label) for label in found.added] == ["See the balance", "Inherits: Credit identity"]
        assert [str(label) for label in found.removed] == ["See orders", "Inherits: Discount eligibility"]
        assert [str(label) for label in found.kept] == [
            "See bills",
            "Console: Console access from the former account group",
        ]
    assert found
    assert not change(old, old)
