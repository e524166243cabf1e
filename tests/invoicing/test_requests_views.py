"""Requesting invoices as pages: the steps, the list, one with its story, for members too."""

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import P1, P2, Role
from config.jobs import run_due
from invoicing.models import InvoiceRequest
from tests.factories import make_account, make_operator, make_relationship
from tests.finance.billing import JULY
from tests.finance.buying import buy, prepaid
from tests.finance.funds import D, top_up
from tests.finance.pages import queries, shows
from tests.invoicing.requesting import ask, controlled, open_items, request_row, spent, title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def at(name, *args):
    return reverse(f"invoicing:{name}", args=args)


@pytest.fixture
def console(browse, member):
    return browse(member)


def key_of(account, month="2025-06"):
    return f"m{month}.{account.number}"


def walk(console, keys, chosen, *link, **more):
    """From the choice to the page that the last step leads to."""
    prefix = "member-request" if link else "request"
    page = console.post(at(f"{prefix}-create", *link), {"item": keys})
    assert page.url == at(f"{prefix}-title", *link)
    facts = {"title": chosen.pk, "kind": "ordinary", "email": "", "remark": ""} | more
    page = console.post(page.url, facts)
    assert page.url == at(f"{prefix}-preview", *link)
    page = console.get(page.url)
    form = page.context["fresh"]
    sent = {"expected": form["expected"].value(), "key": form["key"].value()}
    return page, console.post(at(f"{prefix}-preview", *link), sent), sent


def test_three_steps_lead_to_an_invoice(console, member):
    own = title(member)
    spent(member, "60.00", "40.00")
    top_up(member, "60.00")
    order = buy(member, prepaid("60"))
    page = console.get(at("request-create"))
    assert all(shows(page, text) for text in ("160.00", f"#{order.pk}", "2 个产品"))
    keys = [one.key for one in page.context["choices"]]
    preview, done, sent = walk(console, keys, own, remark="合同 7 号")
    assert all(
        shows(preview, text)
        for text in ("As it will be printed", "150.94", "9.06", "合同 7 号", "invoices@example.com")
    )
    request = InvoiceRequest.objects.get()
    assert (done.url, request.amount, request.state) == (at("request-detail", request.pk), D("160.00"), "issuing")
    assert console.post(at("request-preview"), sent).url == done.url  # sent twice is sent once
    run_due()
    page = console.get(done.url)
    assert all(shows(page, text) for text in ("Issued", "150.94", "What happened", page.context["invoice"].number))


def test_a_month_without_anything_ticked_or_with_nonsense_is_said(console, member):
    open_items(member)
    for items in ([], ["x"], ["m2025-99.1"], ["o999999999999999999"]):
        page = console.post(at("request-create"), {"item": items})
        assert page.status_code == 422
        assert shows(page, "Tick at least one month or order.")


def test_the_choice_can_be_narrowed(console, member):
    other = make_account(name="研发账号")
    spent(member, "10.00")
    spent(member, "20.00", at=JULY, owner=other)
    product = open_items(member, "30.00", at=JULY.replace(month=8))[-1].product
    counts = {
        "": 3,
        "?month=2025-07": 1,
        "?account=研发": 1,
        f"?account={other.number}": 1,
        f"?product={product.pk}": 1,
        "?kind=orders": 0,
        "?month=x&product=y&kind=z": 3,
    }
    for query, count in counts.items():
        assert len(console.get(at("request-create") + query).context["choices"]) == count
    page = console.post(at("request-create") + f"?product={product.pk}", {"item": [key_of(member, "2025-08")]})
    assert page.status_code == 302


def test_a_special_invoice_to_an_incomplete_title_is_refused_at_the_kind(console, member):
    open_items(member)
    short = title(member, bank="")
    console.post(at("request-create"), {"item": [key_of(member)]})
    page = console.post(at("request-title"), {"title": short.pk, "kind": "special"})
    assert page.status_code == 422
    assert shows(page, "Complete the title, or ask for an ordinary invoice.")


def test_steps_out_of_order_lead_back_to_the_first(console, member):
    open_items(member)
    for name in ("request-title", "request-preview"):
        assert console.get(at(name)).url == at("request-create")
    console.post(at("request-create"), {"item": [key_of(member)]})
    assert shows(console.get(at("request-title")), "No invoice title yet")


def test_what_was_taken_meanwhile_is_said_at_the_start(console, member):
    own, items = title(member), open_items(member)
    console.post(at("request-create"), {"item": [key_of(member)]})
    console.post(at("request-title"), {"title": own.pk, "kind": "ordinary"})
    ask(member, items)
    page = console.get(at("request-preview"), follow=True)
    assert page.redirect_chain[0][0] == at("request-create")
    assert shows(page, "Nothing can be invoiced now")


@pytest.mark.rule("K7.6", "A4.5")
def test_a_manager_walks_the_same_steps_for_a_member(browse, manager, member):
    link = make_relationship(manager, member, points=P2)
    title(manager, "管理方抬头有限公司", 4)
    own = title(member)
    open_items(member)
    console = browse(manager)
    _preview, done, _sent = walk(console, [key_of(member)], own, link.pk)
    request = InvoiceRequest.objects.get()
    assert (request.account, request.asked_by, request.title["name"]) == (member, manager, own.name)
    assert shows(console.get(done.url), member.name)
    assert shows(browse(member).get(done.url), manager.name)
    assert Event.objects.filter(kind="member.viewed", facts__page="invoices").exists()


@pytest.mark.rule("K7.4")
def test_members_are_listed_where_they_show_invoices(browse, manager, member):
    make_relationship(manager, member, points=P1)
    hidden = make_relationship(manager, make_account(), points=P1)
    type(hidden).objects.filter(pk=hidden.pk).update(points=["view_balance"])
    open_items(member)
    console = browse(manager)
    page = console.get(at("member-list"))
    assert [(row.link.member, row.open) for row in page.context["rows"]] == [(member, D("106.00"))]
    page = console.get(at("member-detail", page.context["rows"][0].link.pk))
    assert shows(page, "106.00")
    assert not shows(page, "Request an invoice")
    assert console.get(at("member-detail", hidden.pk)).status_code == 403
    request = request_row(hidden.member)
    assert console.get(at("request-detail", request.pk)).status_code == 403


@pytest.mark.rule("A3.4")
def test_a_member_that_left_it_to_its_manager_reads_whom_to_ask(browse, manager, member):
    link = make_relationship(manager, member, points=P2)
    open_items(member)
    controlled(link)
    console = browse(member)
    assert shows(console.get(at("request-create")), "本账号的发票由总部统一申请")
    assert shows(console.get(at("overview")), "本账号的发票由总部统一申请")
    assert shows(browse(manager).get(at("member-detail", link.pk)), "该账号的发票由您统一申请")


def test_the_overview_shows_figures_a_picture_and_says_what_to_do(browse, console, member, stranger):
    open_items(member, "60.00")
    ask(member)
    page = console.get(at("overview"))
    assert all(shows(page, text) for text in ("开票中", "60.00", "Latest requests"))
    assert shows(browse(stranger).get(at("overview")), "Nothing to invoice yet")


def test_a_request_that_waits_can_be_cancelled(console, member):
    request = request_row(member)
    assert shows(console.get(at("request-detail", request.pk)), "Cancel the request")
    assert console.post(at("request-cancel", request.pk)).url == at("request-detail", request.pk)
    page = console.get(at("request-detail", request.pk))
    assert shows(page, "Cancelled")
    assert not shows(page, "Cancel the request")


def test_a_viewer_sees_and_cannot_ask(browse, member):
    open_items(member)
    request = request_row(member)
    client = browse(make_operator(member, Role.VIEWER))
    assert shows(client.get(at("request-list")), str(request))
    assert client.get(at("request-create")).status_code == 403
    assert not shows(client.get(at("overview")), "Request an invoice")


def test_lists_ask_as_much_for_many_as_for_one(browse, manager, member):
    link = make_relationship(manager, member, points=P2)
    request_row(manager)
    console, first = browse(manager), None
    for _ in range(2):
        counts = [queries(console, at(name)) for name in ("request-list", "member-list", "control-list", "overview")]
        first = first or counts
        for _n in range(4):
            request_row(manager)
            make_relationship(manager, make_account(), points=P2)
    assert counts == first
    assert link


def test_the_list_can_be_narrowed(console, member):
    one = request_row(member)
    request_row(member, state="rejected", reason="x", title={"name": "海桐文化传媒有限公司"})
    for query, count in {
        "": 2,
        "?state=under_way": 1,
        "?state=rejected": 1,
        "?q=海桐": 1,
        f"?q={one}": 1,
        "?q=nobody": 0,
        "?state=x": 2,
    }.items():
        assert len(console.get(at("request-list") + query).context["page"]) == count
