"""Pages of the invoice cloud: the home with what to do, adding enterprises, ticking tax numbers, looking up rights."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoicing.models import CloudOrder, Credential, Entitlement, Taxpayer
from invoicing.next_steps import next_steps
from invoicing.services.consuming import consume
from tests.accounts.linking import queries
from tests.factories import credit_code, make_account, make_user
from tests.invoicing.clouding import activated, assigned, delivered, give, package
from tests.invoicing.opening import make_taxpayer, make_tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def at(name, *args):
    return reverse(f"invoicing:{name}", args=args)


@pytest.fixture
def browser(manager, browse):
    client = browse(manager)
    client.cookies["django_language"] = "en"
    return client


def titles(account):
    return [step.title for step in next_steps(account, timezone.now())]


def test_the_home_of_nobody_says_what_to_order(browser, manager):
    package()
    assert "Order a package" in browser.get(at("cloud-home")).text


def test_what_to_do_next_follows_the_order_from_step_to_step():
    account = make_account(email=None, owner=make_user(email=None))
    order = delivered(account, package(quantity=20))
    assert titles(account) == [f"Name a contact for order #{order.order_id}"]
    CloudOrder.objects.filter(pk=order.pk).update(email="erp@example.com")
    assert titles(account) == [f"Order #{order.order_id} is being delivered"]
    CloudOrder.objects.filter(pk=order.pk).update(state="delivered")
    assert titles(account) == [f"Activate order #{order.order_id}"]
    CloudOrder.objects.filter(pk=order.pk).update(state="activated", tenant=make_tenant(account), tax_numbers=1)
    assert titles(account) == ["Add the enterprises that will use it"]
    order.refresh_from_db()
    taxpayer = make_taxpayer(order.tenant)
    assert titles(account) == [f"Assign {order.package.product.name} to 1 tax number"]
    [right] = give(order, taxpayer)
    assert titles(account) == [f"Get the keys of {order.tenant.name}"]
    Credential.objects.update(shown_at=timezone.now())
    assert titles(account) == []
    Entitlement.objects.filter(pk=right.pk).update(used=19)
    assert titles(account) == [f"{taxpayer.name} has 1 uses of {order.package.product.name} left"]


@pytest.mark.rule("I1.3")
def test_the_help_names_the_three_steps_to_everybody(browser):
    for client in (browser, Client(headers={"accept-language": "en"})):
        text = client.get(at("cloud-letter-help")).text
        places = [text.index(words) for words in ("has been delivered", "mailbox of the contact", "full name of the")]
        assert places == sorted(places)


@pytest.mark.rule("I3.1", "I3.3")
def test_an_enterprise_is_found_by_its_name_and_added(browser, manager):
    order = activated(manager)
    address = at("taxpayer-add", order.tenant_id)
    found = browser.get(at("taxpayer-search"), {"name": "晨曦冷链"}, headers={"HX-Request": "true"}).text
    assert 'data-tax_number="91440305MA9Y00100L"' in found
    assert "晨曦冷链物流有限公司" in browser.get(address, {"look_up": "晨曦冷链"}).text  # without a script
    nothing = browser.get(at("taxpayer-search"), {"name": "不存在的公司"}, headers={"HX-Request": "true"}).text
    assert "Type name and tax number" in nothing
    typed = {"name": "晨曦冷链物流有限公司", "tax_number": "91440305MA9Y00100L", "address": "深圳市南山区"}
    done = browser.post(f"{address}?order={order.pk}", typed)
    assert done["Location"] == at("entitlement-assign", order.pk)
    assert Taxpayer.objects.get(tenant=order.tenant).from_registry


@pytest.mark.rule("I1.2")
def test_a_look_alike_is_shown_beside_what_was_typed_until_it_is_compared(browser, manager):
    order = activated(manager)
    address = at("taxpayer-add", order.tenant_id)
    typed = {"name": "晨曦冷链物流有限公司", "tax_number": credit_code(5)}
    answer = browser.post(address, typed)
    assert answer.status_code == 409
    assert "<mark>" in answer.text
    assert "Company register" in answer.text
    assert browser.post(address, {**typed, "compared": "on"}).status_code == 302
    slipped = "91440305MA9Y00101L"
    answer = browser.post(address, {"name": "晨曦冷链物流有限公司", "tax_number": slipped})
    assert answer.status_code == 422
    assert "<mark>" in answer.text


@pytest.mark.rule("I3.4")
def test_an_enterprise_of_another_tenant_leads_to_after_sales(browser, manager):
    there = make_taxpayer(make_tenant(name="苏州旧租户"))
    tenant = make_tenant(manager, name="新租户")
    answer = browser.post(at("taxpayer-add", tenant.pk), {"name": there.name, "tax_number": there.tax_number})
    assert answer.status_code == 409
    assert all(name in answer.text for name in (there.name, "苏州旧租户", "新租户", "Contact after-sales"))
    assert f"{at('change-add')}?kind=move&amp;tax_number={there.tax_number}&amp;to={tenant.pk}" in answer.text


@pytest.mark.rule("I1.2", "I4.1", "I4.2", "I4.3")
def test_from_the_product_by_ticks_to_the_result(browser, manager):
    order = activated(manager, tax_numbers=2)
    one, other = make_taxpayer(order.tenant), make_taxpayer(order.tenant)
    address = at("entitlement-assign", order.pk)
    assert address in browser.get(at("tenant-detail", order.tenant_id)).text
    page = browser.get(address).text
    assert "replacing issuing rights costs money" in page
    assert browser.post(address, {"warned": "on"}).status_code == 422
    assert browser.post(address, {"taxpayers": [one.pk]}).status_code == 422
    done = browser.post(address, {"taxpayers": [one.pk], "warned": "on"}, follow=True).text
    assert one.tax_number in done
    assert other.tax_number not in done
    assert at("credential-detail", order.tenant_id) in done
    assert "Has it already" in browser.get(address).text
    right = Entitlement.objects.get()
    assert browser.get(at("entitlement-undo", right.pk)).status_code == 200
    assert browser.post(at("entitlement-undo", right.pk)).status_code == 302
    assert not Entitlement.objects.filter(ended_at=None).exists()


def test_what_is_foreign_cannot_be_ticked(browser, manager):
    order = activated(manager)
    foreign = make_taxpayer()
    answer = browser.post(at("entitlement-assign", order.pk), {"taxpayers": [foreign.pk], "warned": "on"})
    assert answer.status_code == 422


@pytest.mark.rule("I6.1", "I7.1")
def test_rights_are_looked_up_by_tenant_and_tax_number_with_their_use(browser, manager):
    right, other = assigned(manager, package(quantity=20)), assigned(manager)
    consume(taxpayer=right.taxpayer, service=right.service, serial="ERP-2026-1")
    whole = browser.get(at("entitlement-list")).text
    assert right.taxpayer.tax_number in whole
    assert other.taxpayer.tax_number in whole
    queries_of = {"q": right.taxpayer.tax_number[:10].lower()}, {"tenant": right.taxpayer.tenant_id}
    narrowed = browser.get(at("entitlement-list"), queries_of[1]).text
    assert other.taxpayer.tax_number not in narrowed
    assert "1 / 20" in narrowed
    assert right.taxpayer.tax_number in browser.get(at("entitlement-list"), queries_of[0]).text
    assert "No entitlement is like this" in browser.get(at("entitlement-list"), {"standing": "used_up"}).text
    detail = browser.get(at("entitlement-detail", right.pk)).text
    assert "ERP-2026-1" in detail
    assert "1 use in these days" in detail


def test_the_pages_cost_the_same_for_one_row_and_for_many(browser, manager):
    order = activated(manager, tax_numbers=40)
    give(order)
    names = [
        at("cloud-order-list"),
        at("cloud-order-detail", order.pk),
        at("tenant-detail", order.tenant_id),
        at("entitlement-list"),
        at("entitlement-assign", order.pk),
        at("entitlement-result", order.pk),
        at("cloud-home"),
    ]
    first = {name: queries(browser, name) for name in names}
    give(order, *(make_taxpayer(order.tenant) for _number in range(4)))
    for _number in range(3):
        delivered(manager)
    assert {name: queries(browser, name) for name in names} == first
