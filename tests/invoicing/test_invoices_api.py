"""Issued invoices by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.models.api_key import Scope
from accounts.permissions import P1
from invoicing.models import InvoiceUse
from tests.accounts.api_client import ApiClient
from tests.factories import make_relationship
from tests.invoicing.facing import D, make_invoice, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]


@pytest.fixture
def api(member):
    return ApiClient(member, scopes=[Scope.INVOICES_READ])


def test_the_list_is_narrowed_and_tells_the_status(api, member, stranger):
    blue = make_invoice(member)
    red = take_back(blue, {1: D("40.00")})
    make_invoice(stranger)

    first, second = api.get("invoices/").json()["data"]
    assert (first["id"], first["status"], first["reverses"], first["total"]) == (red.pk, None, blue.pk, "-42.40")
    assert (second["id"], second["status"], second["account"]["number"]) == (blue.pk, "partly", member.number)
    assert [one["id"] for one in api.get("invoices/?state=partly").json()["data"]] == [blue.pk]
    assert api.get("invoices/?state=x").status_code == 422
    assert api.get("invoices/?month=2020-01").json()["data"] == []


def test_one_has_its_lines_and_files(api, member):
    invoice = make_invoice(member)
    InvoiceUse.objects.create(invoice=invoice, use="booked")
    shown = api.get(f"invoices/{invoice.pk}/").json()

    assert (shown["use"], shown["drawer"], shown["remark"]) == ("booked", "李明", "")
    (line,) = shown["lines"]
    assert (line["seq"], line["amount"], line["rate"], line["quantity"]) == (1, "100.00", "0.060", None)
    pdf = api.get(f"invoices/{invoice.pk}/pdf/")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert api.get(f"invoices/{invoice.pk}/xml/")["Content-Type"] == "application/xml"


@pytest.mark.parametrize("form", ["pdf", "xml"])
def test_a_file_may_be_asked_for_by_its_type_and_a_refusal_stays_a_problem(api, member, stranger, form):
    asked = {"Accept": f"application/{form}"}
    assert api.get(f"invoices/{make_invoice(member).pk}/{form}/", **asked).status_code == 200
    refused = api.get(f"invoices/{make_invoice(stranger).pk}/{form}/", **asked)
    assert (refused.status_code, refused["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.rule("K7.4")
def test_a_manager_reads_its_members_and_the_member_sees_it(manager, member):
    make_relationship(manager, member, points=P1)
    invoice, api = make_invoice(member), ApiClient(manager, scopes=[Scope.INVOICES_READ])

    assert api.get("invoices/").json()["data"] == []
    assert [one["id"] for one in api.get("invoices/?of=members").json()["data"]] == [invoice.pk]
    assert api.get(f"invoices/{invoice.pk}/").status_code == 200
    assert Event.objects.filter(kind="member.viewed", facts__page="invoices").count() == 1


def test_a_key_needs_the_scope(member):
    assert ApiClient(member, scopes=[Scope.FUNDS_READ]).get("invoices/").status_code == 403


def test_a_long_list_costs_no_more_queries(api, member):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get("invoices/")
        return len(queries)

    make_invoice(member)
    count()
    one = count()
    for _more in range(29):
        make_invoice(member)
    assert count() == one
