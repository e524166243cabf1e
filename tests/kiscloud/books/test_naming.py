"""Subjects found by what a bookkeeper types."""

import pytest

from kiscloud.books.naming import Choice, initials_of, meant

CHOICES = [
    Choice(code, name, f"{code} {above}{name}", initials_of(name), "")
    for code, name, above in (
        ("1001", "库存现金", ""),
        ("1002", "银行存款", ""),
        ("560205", "办公费", "管理费用－"),
        ("560105", "办公费", "销售费用－"),
        ("560207", "房租及物业费", "管理费用－"),
    )
]


@pytest.mark.parametrize(("name", "letters"), [("银行存款", "yhck"), ("应交税费（2026）", "yjsf2026"), ("𠀀阿", "a")])
def test_initials_are_those_of_the_sounds(name, letters):
    assert initials_of(name) == letters


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("银行存款", "1002 银行存款"),
        ("YHCK", "1002 银行存款"),
        ("yh", "1002 银行存款"),
        ("房租", "560207 管理费用－房租及物业费"),
        ("1001", "1001"),  # a code stays as it is
        ("办公费", "办公费"),  # two are called so
        ("无此科目", "无此科目"),
        ("", ""),
    ],
)
def test_a_name_or_its_initials_mean_the_one_subject_that_they_can(typed, label):
    assert meant(typed, CHOICES) == label
