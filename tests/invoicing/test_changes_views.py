"""The pages of change requests: which form, what would move, whose answer, and what is seen by whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from invoicing.models import ChangeRequest
from tests.factories import make_account, make_operator, owner_of
from tests.invoicing.changing import RIGHT, approve, ask, ask_to_merge, ask_to_move, fee, fresh, receive
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant

pytestmark = pytest.mark.django_db
ADD = reverse("invoicing:change-add")
WRONG = {"why": "wrong", "new_tax_number": RIGHT, "reason": "看错一位"}


def enter(client, account, user=None):
    client.force_login(user or owner_of(account))
    return client


def text_of(response):
    return response.content.decode()


@pytest.mark.rule("I1.2", "I7.3")
def test_the_four_forms_are_offered_in_plain_words_with_the_cost(client):
    fee("300")
    shown = text_of(enter(client, make_account()).get(ADD, {"taxpayer": RIGHT}))
    assert "300.00" in shown
    for kind in ChangeRequest.Kind.values:
        assert f"?kind={kind}&amp;taxpayer={RIGHT}" in shown


@pytest.mark.rule("I7.3")
def test_a_form_shows_what_will_move_and_sends_to_the_request(client):
    fee("300")
    taxpayer = make_taxpayer()
    entitle(taxpayer, 88)
    enter(client, taxpayer.tenant.account)
    assert taxpayer.tax_number in text_of(client.get(ADD, {"kind": "issuing"}))
    url = f"{ADD}?kind=issuing&taxpayer={taxpayer.tax_number}"
    shown = text_of(client.get(url))
    assert ("88" in shown, "300.00" in shown) == (True, True)
    sent = client.post(url, WRONG)
    change = ChangeRequest.objects.get()
    assert sent.url == reverse("invoicing:change-detail", args=[change.pk])
    detail = text_of(client.get(sent.url))
    assert reverse("finance:order-detail", args=[change.fee_order_id]) in detail
    client.post(reverse("invoicing:change-withdraw", args=[change.pk]))
    assert fresh(change).state == "withdrawn"


def test_what_looks_alike_is_compared_first(client):
    taxpayer = make_taxpayer()
    other = make_taxpayer(taxpayer.tenant, tax_number=RIGHT)
    enter(client, taxpayer.tenant.account)
    url = f"{ADD}?kind=receiving&taxpayer={taxpayer.tax_number}"
    shown = client.post(url, WRONG)
    assert (shown.status_code, other.name in text_of(shown)) == (409, True)
    assert 'type="checkbox" name="compared"' in text_of(shown)
    assert client.post(url, {**WRONG, "compared": "on"}).status_code == 302


@pytest.mark.rule("I3.4", "I7.4")
def test_contact_after_sales_leads_to_a_filled_in_form_without_the_others_counts(client):
    taxpayer, tenant = make_taxpayer(), make_tenant()
    entitle(taxpayer, 4711)
    enter(client, tenant.account)
    url = f"{ADD}?kind=move&tax_number={taxpayer.tax_number}&to={tenant.pk}"
    shown = text_of(client.get(url))
    assert taxpayer.tax_number in shown
    assert tenant.number in shown
    assert "4711" not in shown
    client.post(url, {"tax_number": taxpayer.tax_number, "to_tenant": tenant.number, "reason": "归属填错"})
    change = ChangeRequest.objects.get()
    detail = text_of(client.get(reverse("invoicing:change-detail", args=[change.pk])))
    assert (change.state, taxpayer.tenant.name in detail, "4711" in detail) == ("to_agree", False, False)


@pytest.mark.rule("I7.4")
def test_the_other_side_sees_what_would_move_and_answers(client):
    taxpayer = make_taxpayer()
    entitle(taxpayer, 4711)
    change = ask_to_move(taxpayer, make_tenant())
    enter(client, taxpayer.tenant.account)
    page = reverse("invoicing:change-detail", args=[change.pk])
    assert page in text_of(client.get(reverse("invoicing:change-list")))
    assert "4711" in text_of(client.get(page))
    client.post(reverse("invoicing:change-agree", args=[change.pk]))
    assert fresh(change).state == "in_review"


def test_declining_asks_why(client):
    change = ask_to_move(make_taxpayer(), make_tenant())
    enter(client, change.other_account)
    url = reverse("invoicing:change-decline", args=[change.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"answer": ""}).status_code == 422
    client.post(url, {"answer": "不是贵司的企业"})
    assert fresh(change).answer == "不是贵司的企业"


def test_a_merger_begins_at_the_tenant_and_ends_with_what_was_moved(client):
    account = make_account()
    ends, stays = make_tenant(account), make_tenant(account)
    taxpayer = make_taxpayer(ends)
    entitle(taxpayer, 4711)
    receive(taxpayer, "1")
    enter(client, account)
    shown = text_of(client.get(ADD, {"kind": "merge", "tenant": ends.number}))
    assert ("4711" in shown, stays.number in shown) == (True, True)
    change = approve(ask_to_merge(ends, stays))
    assert "4711" in text_of(client.get(reverse("invoicing:change-detail", args=[change.pk])))


def test_nonsense_in_the_address_asks_for_nothing(client):
    enter(client, make_account())
    for query in ({"kind": "x"}, {"kind": "issuing", "taxpayer": "' or 1"}, {"kind": "move", "to": "9" * 30}):
        assert client.get(ADD, query).status_code == 200


def test_viewers_read_and_strangers_see_nothing(client):
    change = ask(make_taxpayer())
    page = reverse("invoicing:change-detail", args=[change.pk])
    enter(client, change.account, make_operator(change.account, Role.VIEWER))
    assert client.get(page).status_code == 200
    assert client.get(ADD).status_code == 403
    enter(client, make_account())
    assert client.get(page).status_code == 404


def test_the_list_asks_the_same_for_one_and_for_many(client):
    tenant = make_tenant()
    enter(client, tenant.account)

    def counts():
        found = []
        for url in (reverse("invoicing:change-list"), f"{ADD}?kind=issuing"):
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            found.append(len(asked))
        return found

    def fill(count):
        for _number in range(count):
            ask(make_taxpayer(tenant), "", new_device="UKey", why="renamed")

    fill(1)
    counts()
    before = counts()
    fill(4)
    assert counts() == before


def test_help_is_there(client):
    assert enter(client, make_account()).get(reverse("invoicing:cloud-help")).status_code == 200
