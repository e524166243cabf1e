"""The invoices that other tests begin with are such as the database takes and the rules allow."""

import pytest

from invoicing.checks import check_face
from invoicing.models import Invoice
from tests.factories import make_account
from tests.invoicing.facing import face_of, make_face, make_invoice, make_line, red_face

pytestmark = pytest.mark.django_db


def test_an_issued_invoice_has_its_lines():
    account = make_account()
    blue = make_invoice(account, face=make_face(make_line("100"), make_line("50", rate="0.13")))

    assert Invoice.objects.of(account).get() == blue
    assert [line.amount + line.tax for line in blue.lines.all()] == [100, 50]
    assert check_face(face_of(blue)) == []


def test_a_red_one_takes_it_back():
    blue = make_invoice()
    red = make_invoice(face=red_face(blue))

    assert (red.reverses, red.total) == (blue, -blue.total)
    assert red.lines.get().reverses == blue.lines.get()
    assert check_face(face_of(red)) == []
