"""Files that Kingdee's invoice cloud names in its answers: fetched from its own hosts only."""

from collections.abc import Iterator

import pytest

from invoicing.tax.kingdee import KingdeePlatform, forget_tokens
from invoicing.tax.kingdee_files import is_beside
from tests.invoicing.facing import SELLER, make_face
from tests.servers.local import Reply
from tests.servers.tax import InvoiceCloud, invoice_cloud


@pytest.fixture
def there(settings) -> Iterator[InvoiceCloud]:
    """An invoice cloud, and settings that lead to it."""
    forget_tokens()
    with invoice_cloud() as state:
        settings.TAX_BACKEND = "invoicing.tax.kingdee.KingdeePlatform"
        settings.TAX_OPTIONS = state.options
        yield state
    forget_tokens()


def issue(serial="S1", face=None):
    KingdeePlatform().issue(serial=serial, face=face or make_face())


def test_it_fetches_the_pdf_that_a_query_names_on_its_own_hosts_only(there):
    issue()

    def download(form="pdf"):
        return KingdeePlatform().download(serial="S1", seller_tax_number=SELLER.tax_number, form=form)

    assert download() is None  # named by nobody yet
    there.pdf_url, there.plays = f"{there.url}/files/S1.pdf", {"S1.pdf": Reply(200, body=b"%PDF-1.7 theirs")}
    assert download() == b"%PDF-1.7 theirs"
    assert download("xml") is None
    there.plays = {"S1.pdf": Reply(200, body=b"<html>log in</html>")}
    assert download() is None
    there.pdf_url = "https://elsewhere.example/S1.pdf"
    assert download() is None


@pytest.mark.parametrize(
    ("address", "beside"),
    [
        ("https://files.tax.example/a.pdf", True),
        ("http://files.tax.example/a.pdf", False),
        ("https://files.tax.example:8443/a.pdf", False),
        ("https://tax.example.net/a.pdf", False),
        ("https://nottax.example/a.pdf", False),
        ("https://x@10.0.0.1/a.pdf", False),
        ("", False),
    ],
)
def test_a_file_lies_on_hosts_of_the_platform(address, beside):
    assert is_beside(address, "https://api.tax.example/test") is beside
