"""What the overview says is next, as a month goes on."""

from datetime import date

import pytest

from kiscloud.books.models import Books, Voucher
from kiscloud.books.steps import next_of, steps_of

WITHIN, AFTER = date(2026, 3, 31), date(2026, 4, 1)
NONE = dict.fromkeys(Voucher.State.values, 0)
LEFT = {"carried": "Carry over."}


@pytest.mark.parametrize(
    ("counts", "missing", "today", "page", "query"),
    [
        ({}, {"opened": "x"}, WITHIN, "openings", ""),
        ({}, {}, WITHIN, "voucher-new", ""),
        ({"draft": 1, "saved": 2}, {}, AFTER, "voucher-list", "?month=202603&state=draft"),
        ({"saved": 2, "audited": 1}, {}, AFTER, "voucher-list", "?month=202603&state=saved"),
        ({"audited": 1}, {}, AFTER, "voucher-list", "?month=202603&state=audited"),
        ({"posted": 1}, LEFT, WITHIN, "voucher-new", ""),
        ({"posted": 1}, LEFT, AFTER, "closing", ""),
        ({"posted": 1}, {}, AFTER, "closing", ""),
    ],
)
def test_the_first_thing_that_is_still_to_be_done(counts, missing, today, page, query):
    books = Books(month=202603)
    found = next_of(books, {**NONE, **counts}, missing, today=today)
    assert (found.page, found.query) == (page, query)


def test_without_audits_saved_vouchers_are_posted():
    books = Books(month=202603, audit_first=False)
    assert "2" in next_of(books, {**NONE, "saved": 2}, LEFT, today=AFTER).sentence
    found = steps_of(books, {**NONE, "saved": 2, "posted": 1}, {"posted": "x", **LEFT})
    assert [(step.count, step.waits) for step in found] == [(3, False), (2, True), (1, False), (None, False)]
