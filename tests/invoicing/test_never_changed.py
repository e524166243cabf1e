"""What the database refuses about issued invoices, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from invoicing.models import Invoice, InvoiceLine
from tests.invoicing.facing import make_face, make_invoice, make_line

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", [{"remark": "另"}, {"total": 1}])
def test_an_invoice_never_changes(change):
    invoice = make_invoice()

    for rows in (Invoice.objects.all(), InvoiceLine.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)


def test_its_lines_add_up_and_none_comes_later():
    invoice = make_invoice(face=make_face(make_line("100"), make_line("50")))
    line = invoice.lines.all()[0]
    line.pk, line.seq = None, 3

    with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
        line.save(force_insert=True)
