from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invoicing.amounts import discounted
from invoicing.models import Invoice, RedLetter
from invoicing.policy import RED_LETTER_LIFE
from invoicing.reversals import Status, in_status, lines_left, statuses_of, with_taken_back
from tests.invoicing.facing import D, counted_line, make_face, make_invoice, make_letter, make_line, take_back

pytestmark = pytest.mark.django_db
State = RedLetter.State


def left(invoice, **more):
    return [(one.line.seq, one.amount, one.tax) for one in lines_left(invoice, **more)]


def test_a_new_invoice_has_everything_left():
    invoice = make_invoice(face=make_face(make_line("106"), make_line("113", rate="0.13")))

    assert left(invoice) == [(1, 100, 6), (2, 100, 13)]
    assert statuses_of([invoice]) == {invoice.pk: Status.NORMAL}


def test_every_red_letter_takes_its_part_of_its_line():
    invoice = make_invoice(face=make_face(make_line("106"), make_line("113", rate="0.13")))
    take_back(invoice, {1: D("30.00")})
    take_back(invoice, {1: D("20.00"), 2: D("100.00")})

    assert left(invoice) == [(1, 50, 3), (2, 0, 0)]
    assert [one.is_empty for one in lines_left(invoice)] == [False, True]
    assert statuses_of([invoice]) == {invoice.pk: Status.PARTLY}

    red = take_back(invoice, {1: D("50.00")})
    assert statuses_of([invoice, red]) == {invoice.pk: Status.WHOLLY}


@pytest.mark.parametrize("state", State.values)
def test_letters_hold_their_part_as_long_as_they_are_possible(state):
    invoice = make_invoice()
    letter = make_letter(invoice, {1: D("40.00")}, state=state)
    holds = state in {*RedLetter.READY, *RedLetter.WAITS}
    lapsed = letter.created_at + RED_LETTER_LIFE + timedelta(seconds=1)

    assert left(invoice) == [(1, 60 if holds else 100, D("3.60") if holds else 6)]
    assert left(invoice, at=lapsed) == [
        (1, 60 if state in RedLetter.READY else 100, D("3.60") if state in RedLetter.READY else 6)
    ]
    assert statuses_of([invoice]) == {invoice.pk: Status.NORMAL}


def test_a_discount_is_taken_off_its_line():
    invoice = make_invoice(face=make_face(make_line("53"), *discounted(counted_line("2", "100"), D("50.00"))))

    assert left(invoice) == [(1, 50, 3), (2, 150, 9)]
    assert [one.quantity for one in lines_left(invoice)] == [None, 2]


def test_quantities_are_counted_down_too():
    invoice = make_invoice(face=make_face(counted_line("3", "50")))
    letter = make_letter(invoice, {1: D("100.00")})
    letter.lines.update(quantity=-2)

    (one,) = lines_left(invoice)
    assert (one.quantity, one.amount) == (1, 50)


def test_a_list_is_answered_by_one_query_and_narrowed_by_the_database():
    made = [make_invoice(at=timezone.now()) for _ in range(4)]
    take_back(made[0], {1: D("40.00")})
    take_back(made[1], {1: D("100.00")})

    with CaptureQueriesContext(
        connection,
    ) as queries:
        statuses = statuses_of(made)
    assert len(queries) == 1
    assert list(statuses.values()) == [Status.PARTLY, Status.WHOLLY, Status.NORMAL, Status.NORMAL]

    rows = with_taken_back(Invoice.objects.all())
    for wanted in Status:
        assert {row.pk for row in in_status(rows, wanted)} == {pk for pk, one in statuses.items() if one == wanted}
