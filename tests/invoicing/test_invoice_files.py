"""Files of issued invoices: kept once, whatever happens in between."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.jobs import Retry
from invoicing.invoice_files import file_of
from invoicing.models import InvoiceFile
from invoicing.services import invoice_files
from invoicing.services.invoice_files import keep_file, keep_files
from invoicing.tax import Busy
from invoicing.tax.simulator import SimulatedPlatform
from tests.factories import make_account
from tests.invoicing.facing import make_invoice

pytestmark = pytest.mark.django_db


class GivesPdf(SimulatedPlatform):
    """A platform that has a PDF after a while."""

    forms = ("pdf",)  # type: ignore[assignment]
    answers: list[Any]

    def download(self, *, serial, seller_tax_number, form):  # noqa: ARG002
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def gives(monkeypatch):
    def answer(*answers):
        GivesPdf.answers = list(answers)
        monkeypatch.setattr(invoice_files, "tax_platform", GivesPdf)

    return answer


def contents(invoice):
    return {row.form: row.file.read() for row in InvoiceFile.objects.filter(invoice=invoice)}


def test_drawn_files_are_kept_once():
    invoice = make_invoice(make_account())
    at_request = {form: file_of(invoice, form).content for form in InvoiceFile.Form.values}
    keep_files(invoice_id=invoice.pk)
    assert contents(invoice) == at_request
    names = sorted(row.file.name for row in invoice.files.all())
    keep_files(invoice_id=invoice.pk)
    keep_file(invoice_id=invoice.pk, form="pdf", content=b"later")
    assert contents(invoice) == at_request
    assert sorted(row.file.name for row in invoice.files.all()) == names
    assert names[0].endswith(f"{invoice.number}.pdf")


def test_who_died_before_the_row_stood_left_nothing_that_counts():
    invoice = make_invoice(make_account())
    name = keep_file(invoice_id=invoice.pk, form="pdf", content=b"half").file.name
    InvoiceFile.objects.all().delete()
    assert file_of(invoice, "pdf").content.startswith(b"%PDF-")
    kept = keep_file(invoice_id=invoice.pk, form="pdf", content=b"whole")
    assert (kept.file.name, kept.file.read()) == (name, b"whole")


def test_a_kept_file_that_is_lost_is_drawn_again():
    invoice = make_invoice(make_account())
    kept = keep_file(invoice_id=invoice.pk, form="pdf", content=b"kept")
    assert file_of(invoice, "pdf").content == b"kept"
    default_storage.delete(kept.file.name)
    assert file_of(invoice, "pdf").content.startswith(b"%PDF-")


def test_the_platforms_own_file_is_waited_for(gives):
    invoice = make_invoice(make_account())
    gives(None, Busy(), b"%PDF-theirs")
    for _turn in range(2):
        with pytest.raises(Retry):
            keep_files(invoice_id=invoice.pk)
        assert list(contents(invoice)) == ["xml"]
    keep_files(invoice_id=invoice.pk)
    assert contents(invoice)["pdf"] == file_of(invoice, "pdf").content == b"%PDF-theirs"


def test_in_the_end_the_projects_own_is_kept(gives):
    invoice = make_invoice(make_account())
    gives(None)
    keep_files(invoice_id=invoice.pk, is_last=True)
    assert contents(invoice)["pdf"].startswith(b"%PDF-")


def test_a_name_in_use_is_written_over():
    invoice = make_invoice(make_account())
    name = keep_file(invoice_id=invoice.pk, form="xml", content=b"a").file.name
    InvoiceFile.objects.all().delete()
    default_storage.delete(name)
    default_storage.save(name, ContentFile(b"left over"))
    assert keep_file(invoice_id=invoice.pk, form="xml", content=b"b").file.name == name
