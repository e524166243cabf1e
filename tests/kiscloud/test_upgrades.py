"""Which earlier data comes over in one step."""

import pytest

from kiscloud.upgrades import is_direct


@pytest.mark.rule("S26.2")
@pytest.mark.parametrize(
    ("version", "direct"), [("8.0", True), ("V8.0", True), ("8", True), ("7.5", True), ("8.1", False), ("V10.0", False)]
)
def test_trade_takes_eight_and_below(version, direct):
    assert is_direct("trade", version) is direct


@pytest.mark.rule("S26.2")
def test_an_edition_without_a_path_takes_nothing_directly():
    assert not is_direct("flagship", "1.0")
