"""Chinese is complete: every string of code and templates has its translation, with the same placeholders."""

from config.env import BASE_DIR
from config.strings import CATALOGUE, collect, faults


def test_every_string_is_translated():
    wrong = faults(BASE_DIR / CATALOGUE, collect())
    assert not wrong, "\n".join(wrong[:50])
