"""Staff and invoices of accounts: the queue of requests, tax items, titles, who asks."""

import pytest
from django.urls import reverse

from accounts.permissions import P2
from invoicing.models import Invoiceable, InvoiceControl, InvoiceRequest, IssueOrder, ProductTax, TaxItem, Title
from invoicing.services.tax_items import default_item
from tests.factories import make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import D
from tests.invoicing.requesting import ask, open_items, propose, taxed
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True))


@pytest.fixture
def waiting(member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("1.00"))
    return ask(member, open_items(member))


def press(client, row, button, **typed):
    name = f"admin:invoicing_{row._meta.model_name}_press"
    return client.post(reverse(name, args=[row.pk, button]), typed, follow=True)


def test_what_waits_stands_on_the_first_page_and_in_the_queue(boss, waiting):
    assert "needs=review" in boss.get("/admin/").text
    page = boss.get(reverse("admin:invoicing_invoicerequest_changelist") + "?needs=review")
    assert str(waiting) in page.text
    page = boss.get(reverse("admin:invoicing_invoicerequest_change", args=[waiting.pk]))
    assert all(text in page.text for text in ("100.00", "6.00", "6%", "云岭科技集团有限公司"))


def test_staff_approve(boss, waiting):
    press(boss, waiting, "approve")
    assert InvoiceRequest.objects.get().state == "issuing"
    assert IssueOrder.objects.get().request == waiting


def test_staff_reject_with_a_reason(boss, waiting):
    press(boss, waiting, "reject")
    assert InvoiceRequest.objects.get().state == "submitted"
    press(boss, waiting, "reject", reason="税号与名称不符")
    assert InvoiceRequest.objects.get().reason == "税号与名称不符"


def test_looking_is_not_deciding(waiting):
    client = staff_browser(make_staff("view_invoicerequest"))
    press(client, waiting, "approve")
    assert InvoiceRequest.objects.get().state == "submitted"


def test_what_failed_says_why_and_can_be_rejected(boss, member):
    request = ask(member, open_items(member))
    order = IssueOrder.objects.get()
    order.fail(at=order.created_at, fault="refused", message="税局系统拒绝")
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    page = boss.get(reverse("admin:invoicing_invoicerequest_change", args=[request.pk]))
    assert "税局系统拒绝" in page.text
    press(boss, request, "reject", reason="x")
    assert InvoiceRequest.objects.get().state == "rejected"


def test_tax_items_are_added_made_default_and_given_to_products(boss):
    facts = {"class_code": "1090000000000000000", "class_name": "机器", "rate": "0.13", "zero_rate": ""}
    add = reverse("admin:invoicing_taxitem_add")
    for wrong in ({"rate": "0.17"}, {"class_code": "1"}, {"rate": "0", "zero_rate": ""}):
        boss.post(add, {"name": "服务器", **facts, **wrong})
    assert TaxItem.objects.filter(name="服务器").count() == 0
    boss.post(add, {"name": "服务器", **facts})
    item = TaxItem.objects.get(name="服务器")
    product = make_product()
    boss.post(reverse("admin:invoicing_producttax_add"), {"product": product.pk, "item": item.pk})
    assert ProductTax.objects.get().item == item
    press(boss, ProductTax.objects.get(), "withdraw")
    assert not ProductTax.objects.exists()
    press(boss, item, "default")
    assert default_item() == item


@pytest.mark.parametrize("model", [InvoiceRequest, Invoiceable, Title, InvoiceControl, TaxItem, ProductTax])
def test_every_page_opens(boss, manager, member, waiting, model):
    taxed(make_product())
    propose(make_relationship(manager, member, points=P2))
    urls = list(pages(model))
    assert len(urls) == 3
    for url in urls:
        assert boss.get(url).status_code == 200, url
