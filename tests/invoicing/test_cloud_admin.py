"""Staff pages of the invoice cloud: the queue, letters sent again, keys blocked, packages; secrets on none of them."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from invoicing.client_secrets import encrypt_keys_at, secrets_at
from invoicing.models import CloudOrder, Credential, Entitlement, Package, Taxpayer, Tenant
from invoicing.services.consuming import consume
from tests.factories import make_account
from tests.finance.buying import prepaid
from tests.invoicing.clouding import assigned, credential_of, delivered, package
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
OURS = [Package, CloudOrder, Tenant, Taxpayer, Entitlement, Credential]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True))


def put_one_of_each():
    right = assigned()
    consume(taxpayer=right.taxpayer, service=right.service, serial="A-1")


def page(row):
    return reverse(f"admin:invoicing_{row._meta.model_name}_change", args=[row.pk])


def offered(client, row):
    return [button.name for button, _address in client.get(page(row)).context["buttons"]]


def press(client, row, button, **typed):
    """Presses it; the last sentence that staff are told, and whether it is a refusal."""
    client.post(reverse(f"admin:invoicing_{row._meta.model_name}_press", args=[row.pk, button]), typed)
    said = list(get_messages(client.get(page(row)).wsgi_request))[-1]
    return str(said), said.level_tag == "error"


def test_every_page_opens_and_many_rows_cost_as_much_as_one(boss):
    put_one_of_each()

    def costs():
        counts = {}
        for url in [url for model in OURS for url in pages(model)]:
            with CaptureQueriesContext(connection) as caught:
                assert boss.get(url).status_code == 200, url
            counts[url.split("/")[3] + ("/" if url.endswith("change/") else "")] = len(caught)
        return counts

    costs()
    one = costs()
    for _number in range(4):
        put_one_of_each()
    assert costs() == one


@pytest.mark.rule("I1.3")
def test_staff_work_off_the_queue_of_deliveries(boss):
    account = make_account()
    order = delivered(account, package(delivers_itself=False))
    queue = boss.get(f"{reverse('admin:invoicing_cloudorder_changelist')}?needs=delivering")
    assert str(order.order_id) in queue.text
    assert "Orders of the invoice cloud" in boss.get(reverse("admin:index"), headers={"Accept-Language": "en"}).text
    assert offered(boss, order) == ["deliver"]
    assert not press(boss, order, "deliver")[1]
    assert offered(boss, order) == ["resend"]


@pytest.mark.rule("I1.3")
def test_a_letter_is_sent_again_only_for_full_name_and_number(boss):
    account = make_account()
    order, other = delivered(account), delivered(account)
    name = account.enterprise.name
    for company, number in (("", ""), (name, ""), (name[:4], order.order_id), (name, other.order_id)):
        assert press(boss, order, "resend", company=company, number=number)[1]
    assert not press(boss, order, "resend", company=name, number=order.order_id)[1]
    event = Event.objects.get(kind="cloud_order.letter_resent")
    assert (event.subject_id, event.door) == (order.pk, "staff")


@pytest.mark.rule("I5.2")
def test_keys_are_blocked_and_let_in_again_and_no_page_shows_them(boss):
    credential, now = credential_of(assigned()), timezone.now()
    assert not press(boss, credential, "block")[1]
    assert offered(boss, credential) == ["unblock"]
    assert not press(boss, credential, "unblock")[1]
    secrets = [*secrets_at(credential, now), *encrypt_keys_at(credential, now), credential.secret]
    for url in [url for model in OURS for url in pages(model)]:
        text = boss.get(url).text
        assert not [secret for secret in secrets if secret in text], url


def test_a_package_is_added_for_a_prepaid_product_once(boss):
    product = prepaid()
    typed = {"product": product.pk, "service": "issuing", "quantity": "1000", "priority": "50"}
    boss.post(reverse("admin:invoicing_package_add"), typed)
    made = Package.objects.get()
    assert (made.quantity, made.priority, made.delivers_itself) == (1000, 50, False)
    boss.post(reverse("admin:invoicing_package_add"), typed)
    assert Package.objects.count() == 1
    assert not press(boss, made, "itself")[1]
    assert offered(boss, made) == ["staff", "priority"]
    assert press(boss, made, "priority", priority="x")[1]
    assert not press(boss, made, "priority", priority="7")[1]
    made.refresh_from_db()
    assert (made.priority, made.delivers_itself) == (7, True)


def test_staff_without_the_right_only_read():
    reader = staff_browser(make_staff("view_cloudorder", "view_credential"))
    order, credential = delivered(of=package(delivers_itself=False)), credential_of(assigned())
    assert offered(reader, order) == []
    assert offered(reader, credential) == []
    address = reverse("admin:invoicing_credential_press", args=[credential.pk, "block"])
    assert reader.post(address).status_code == 403
