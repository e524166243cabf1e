"""Requesting invoices by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import policy
from accounts.models.api_key import Scope
from accounts.permissions import P1, P2
from config.jobs import run_due
from invoicing.models import InvoiceRequest, Title
from tests.accounts.api_client import ApiClient
from tests.factories import credit_code, make_account, make_relationship
from tests.finance.billing import JULY
from tests.fuzzing import Fuzzer
from tests.invoicing.requesting import open_items, request_row, spent, title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]


@pytest.fixture
def api(member):
    return ApiClient(member)


def test_an_invoice_is_asked_for_and_followed(api, member):
    spent(member, "60.00", "46.00")
    rows = api.get("invoices/invoiceable/?month=2025-06").json()["data"]
    assert sorted(row["amount"] for row in rows) == ["46.00", "60.00"]
    made = api.post("invoices/titles/", {"name": "云岭科技集团有限公司", "tax_number": credit_code(3)})
    assert (made.status_code, made.json()["is_default"]) == (201, True)
    body = {"items": [row["id"] for row in rows], "title": made.json()["id"], "expected": "106.00"}
    done = api.post("invoices/requests/", body, key="once")
    assert (done.status_code, done.json()["state"]) == (201, "issuing")
    assert [(line["amount"], line["tax"]) for line in done.json()["lines"]] == [("100.00", "6.00")]
    assert api.post("invoices/requests/", body, key="once").json() == done.json()
    assert InvoiceRequest.objects.count() == 1
    run_due()
    shown = api.get(f"invoices/requests/{done.json()['id']}/").json()
    assert (shown["state"], api.get(f"invoices/{shown['invoice']}/").json()["total"]) == ("issued", "106.00")


def test_refusals_have_codes(api, member):
    (item,) = open_items(member)
    own = title(member)
    body = {"items": [item.pk], "title": own.pk}
    assert api.post("invoices/requests/", {**body, "expected": "1.00"}).json()["code"] == "amount_changed"
    assert api.post("invoices/requests/", {**body, "title": 999999}).status_code == 422
    assert api.post("invoices/requests/", body).status_code == 201
    assert api.post("invoices/requests/", body).json()["code"] == "not_open"


@pytest.mark.rule("K7.6", "A4.5")
def test_for_a_member_with_its_title_only(manager, member):
    api = ApiClient(manager)
    link = make_relationship(manager, member, points=P2)
    items, mine, theirs = open_items(member), title(manager), title(member, "成员抬头有限公司", 2)
    assert len(api.get(f"invoices/invoiceable/?relationship={link.pk}").json()["data"]) == 1
    assert [one["id"] for one in api.get(f"invoices/titles/?relationship={link.pk}").json()["data"]] == [theirs.pk]
    body = {"items": [items[0].pk], "title": mine.pk, "relationship": link.pk}
    assert api.post("invoices/requests/", body).status_code == 422
    done = api.post("invoices/requests/", {**body, "title": theirs.pk})
    assert (done.status_code, done.json()["account"]["number"]) == (201, member.number)
    seeing = make_relationship(manager, make_account(), points=P1)
    assert api.get(f"invoices/invoiceable/?relationship={seeing.pk}").status_code == 200
    assert api.get(f"invoices/titles/?relationship={seeing.pk}").status_code == 403
    assert api.get("invoices/invoiceable/?relationship=999999").status_code == 404


def test_cancelling_and_what_belongs_to_others(api, member, stranger):
    request, own = request_row(member), title(member)
    other = ApiClient(stranger)
    assert other.get(f"invoices/requests/{request.pk}/").status_code == 404
    assert other.delete(f"invoices/requests/{request.pk}/").status_code == 404
    assert other.delete(f"invoices/titles/{own.pk}/").status_code == 404
    assert api.delete(f"invoices/requests/{request.pk}/").json()["state"] == "cancelled"
    assert api.delete(f"invoices/titles/{own.pk}/").status_code == 200
    assert not Title.objects.usable().exists()


def test_a_key_that_may_only_read_asks_for_nothing(member):
    api = ApiClient(member, scopes=[Scope.INVOICES_READ])
    assert api.get("invoices/requests/").status_code == 200
    assert api.post("invoices/titles/", {"name": "x"}).status_code == 403


def test_lists_ask_as_much_for_many_as_for_one(api, member):
    counts = []
    for month, number in ((6, 1), (7, 5)):
        request_row(member)
        open_items(member, *["1.00"] * number, at=JULY.replace(month=month))
        for name in ("requests", "invoiceable", "titles"):
            api.get(f"invoices/{name}/")
            with CaptureQueriesContext(connection) as asked:
                assert api.get(f"invoices/{name}/").status_code == 200
            counts.append(len(asked))
        for _n in range(4):
            request_row(member)
    assert counts[:3] == counts[3:]


def test_nothing_that_is_sent_breaks_it(manager, member, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (10**6, 60))
    link = make_relationship(manager, member, points=P2)
    items = [*open_items(manager, *["50.00"] * 40), *open_items(member, "9.00")]
    own = [title(manager), title(manager, "另一家有限公司", 2), title(member)]
    rows = [request_row(manager), request_row(member), request_row(make_account())]
    known = {
        "items": [[one.pk] for one in items],
        "title": [one.pk for one in own],
        "relationship": [link.pk, 10**12],
        "month": ["2025-06", "0001-01", "x"],
        "member": [member.number, "1"],
        "expected": ["50.00", "-1", "1e5"],
        "tax_number": [credit_code(number) for number in range(40, 60)],
        "name": [f"企业{number}有限公司" for number in range(40)],
        "email": ["", "a@example.com"],
        **{field: ["", "一号"] for field in ("address", "phone", "bank", "bank_account", "remark")},
    }
    ids = {"invoices": [one.pk for one in (*own, *rows)]}
    seen = Fuzzer(ApiClient(manager), known=known, ids=ids, examples=25).run(["invoice requests"])
    ours = {"invoiceable_list", "titles_list", "titles_create", "titles_archive"}
    ours |= {f"invoice_requests_{name}" for name in ("list", "create", "read", "cancel")}
    assert ours <= set(seen)
    assert [name for name in ours if min(seen[name]) >= 300] == []
