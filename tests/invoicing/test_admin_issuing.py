"""What staff do about invoices on their way, issued ones and red letters; and what waits on their first page."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.admin_index import waiting_for
from config.jobs import run_due
from invoicing.models import Invoice, IssueOrder, RedLetter
from invoicing.services.sending import advance
from invoicing.tax import Fault, NotTaken
from tests.invoicing.issuing import SCRIPTED, failing, fresh, issued, make_request, ordered, script
from tests.invoicing.opening import make_client
from tests.invoicing.reddening import again, begin, buyer, use
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cheap_hashes", "english")]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True, username="boss"))


def page(row):
    return reverse(f"admin:invoicing_{row._meta.model_name}_change", args=[row.pk])


def press(client, row, button, **typed):
    """Presses it; the last sentence that staff are told, and whether it is a refusal."""
    client.post(reverse(f"admin:invoicing_{row._meta.model_name}_press", args=[row.pk, button]), typed)
    said = list(get_messages(client.get(page(row)).wsgi_request))[-1]
    return str(said), said.level_tag == "error"


def offered(client, row):
    return [button.name for button, _url in client.get(page(row)).context["buttons"]]


def waits(client, words):
    """How many of these the first page counts, and the page that they are listed on."""
    request = client.get(reverse("admin:index")).wsgi_request
    shown = next(one for one in waiting_for(request) if words in str(one.label))
    return shown.count, client.get(shown.url)


@pytest.fixture
def failed(settings, manager):
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    script.issue = failing(NotTaken(Fault.LOGIN, "未登录电子税务局"))
    order = ordered(request=make_request(manager))
    advance(order_id=order.pk)
    settings.TAX_BACKEND = "invoicing.tax.simulator.SimulatedPlatform"
    return fresh(order)


def test_what_failed_waits_for_staff_who_try_it_again(boss, failed):
    count, listed = waits(boss, "tax platform refused")
    assert (count, listed.context["cl"].result_count) == (1, 1)
    shown = boss.get(page(failed)).content.decode()
    assert ("未登录电子税务局" in shown, "log in at the electronic tax bureau" in shown) == (True, True)
    assert offered(boss, failed) == ["again"]
    assert not press(boss, failed, "again")[1]
    run_due()
    assert (fresh(failed).state, offered(boss, failed), waits(boss, "tax platform refused")[0]) == ("issued", [], 0)


def test_what_is_under_way_is_asked_about_at_once(boss, settings):
    settings.TAX_OPTIONS = {"delay": "3600"}
    order = ordered(request=make_request())
    advance(order_id=order.pk)
    assert (fresh(order).state, offered(boss, order)) == ("accepted", ["ask"])
    settings.TAX_OPTIONS = {}
    IssueOrder.objects.filter(pk=order.pk).update(created_at="2026-01-01T00:00Z")
    assert waits(boss, "for too long")[0] == 1
    assert not press(boss, order, "ask")[1]
    assert waits(boss, "for too long")[1].status_code == 200


@pytest.mark.parametrize(
    ("button", "typed", "total"),
    [("reverse-01", {}, -106), ("reverse-03", {"parts": "1=40.00"}, -40), ("reverse-04", {"parts": ""}, -106)],
)
def test_staff_take_an_invoice_back(boss, manager, button, typed, total):
    blue = issued(account=manager)
    assert len(offered(boss, blue)) == 4
    assert not press(boss, blue, button, **typed)[1]
    run_due()
    assert Invoice.objects.get(reverses=blue).total == total
    assert len(offered(boss, blue)) == (4 if total == -40 else 0)
    assert offered(boss, Invoice.objects.get(reverses=blue)) == []


@pytest.mark.parametrize("parts", ["40", "1=much", "1=106.01", "2=1.00", "1=1.00,1=1.00"])
def test_what_is_no_part_is_refused(boss, manager, parts):
    blue = issued(account=manager)
    assert press(boss, blue, "reverse-03", parts=parts)[1]
    assert not RedLetter.objects.exists()


def test_what_buyers_ask_for_is_answered_by_staff(boss, manager):
    blue = issued(account=manager)
    first = begin(blue, actor=buyer(blue))
    assert waits(boss, "buyers ask for")[0] == 1
    assert waits(boss, "buyers ask for")[1].context["cl"].result_count == 1
    assert offered(boss, first) == ["confirm", "refuse", "void"]
    assert not press(boss, first, "refuse")[1]
    second = begin(blue, actor=buyer(blue))
    assert not press(boss, second, "confirm")[1]
    run_due()
    assert (again(first).state, again(second).state, Invoice.objects.filter(reverses=blue).count()) == ("06", "04", 1)
    assert (waits(boss, "buyers ask for")[0], offered(boss, second)) == (0, [])


def test_what_staff_began_they_withdraw_and_what_a_buyer_elsewhere_said_they_write_down(boss, manager):
    blue = issued(account=manager)
    use(blue)
    letter = begin(blue)
    assert offered(boss, letter) == ["withdraw", "void"]
    assert not press(boss, letter, "withdraw")[1]
    theirs = issued(client=make_client())
    use(theirs)
    assert offered(boss, begin(theirs)) == ["confirm", "refuse", "withdraw", "void"]


def test_void_needs_a_reason_that_the_account_reads(boss, manager):
    blue = issued(account=manager)
    letter = begin(blue, actor=buyer(blue))
    assert press(boss, letter, "void", reason="")[1]
    assert not press(boss, letter, "void", reason="凭证异常")[1]
    assert again(letter).state == "10"


def test_staff_without_the_right_see_and_press_nothing(failed):
    reader = staff_browser(make_staff("view_issueorder", username="reader"))
    assert offered(reader, failed) == []
    assert reader.post(reverse("admin:invoicing_issueorder_press", args=[failed.pk, "again"])).status_code == 403
    assert fresh(failed).state == "failed"


@pytest.mark.parametrize("model", [IssueOrder, Invoice, RedLetter])
def test_every_page_opens(boss, manager, model):
    begin(issued(account=manager))
    run_due()
    for address in pages(model):
        assert boss.get(address).status_code == 200
