"""Issued invoices as pages: lists, one of them, its files, sending and marking."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delivery, Event
from accounts.permissions import P1, Role
from config.jobs import run_due
from invoicing import policy
from invoicing.invoice_links import draw_link
from invoicing.models import InvoiceUse, RedLetter
from invoicing.services.invoice_files import keep_file
from tests.accounts.linking import queries, shows
from tests.factories import make_account, make_operator, make_relationship
from tests.invoicing.facing import D, make_face, make_invoice, make_letter, make_line, take_back
from tests.invoicing.opening import make_tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def at(name: str, *args: object) -> str:
    return reverse(f"invoicing:{name}", args=args)


@pytest.fixture
def console(browse, member):
    return browse(member)


def test_the_list_shows_what_was_issued_and_how_it_stands(console, member):
    june = make_invoice(member, at=timezone.now() - timedelta(days=70))
    whole = make_invoice(member, face=make_face(make_line("212"), kind="special"))
    make_invoice(member)
    make_invoice(make_account())
    take_back(june, {1: D("40.00")})
    take_back(whole, {1: D("200.00")})

    page = console.get(at("invoice-list"))
    figures = page.context["figures"]
    assert (figures.count, figures.issued, figures.taken_back, figures.left) == (5, 424, D("254.40"), D("169.60"))
    month = timezone.localdate(june.issued_at).strftime("%Y-%m")
    for query, count in {
        "": 5,
        f"?month={month}": 1,
        "?state=normal": 1,
        "?state=partly": 1,
        "?state=wholly": 1,
        "?state=red": 2,
        "?kind=special": 2,
        f"?text={june.number}": 1,
        "?text=海桐": 5,
        "?text=nobody": 0,
    }.items():
        shown = console.get(at("invoice-list") + query)
        assert (query, len(shown.context["page"])) == (query, count)
        assert shown.context["figures"].count == count
    for nonsense in ("?month=13", "?state=x", "?month=9999-01", "?after=%00", "?kind=x"):
        assert len(console.get(at("invoice-list") + nonsense).context["page"]) == 5
    assert shows(console.get(at("invoice-list") + "?text=nobody"), "No invoice fits this search")


def test_empty_lists_say_what_to_do(browse, stranger):
    console = browse(stranger)
    assert shows(console.get(at("invoice-list")), "No invoices yet")
    assert shows(console.get(at("member-invoice-list")), "No invoices of members yet")
    assert shows(console.get(at("system-invoice-list")), "No invoices from business systems yet")


@pytest.mark.parametrize("name", ["invoice-list", "member-invoice-list"])
def test_a_long_list_costs_no_more_queries(browse, manager, member, name):
    make_relationship(manager, member, points=P1)
    whose, console = (member, browse(member)) if name == "invoice-list" else (member, browse(manager))
    make_invoice(whose)
    one = queries(console, at(name))
    for _more in range(29):
        make_invoice(whose)
    assert queries(console, at(name)) == one


@pytest.mark.rule("K7.4")
def test_a_manager_sees_a_members_invoices_where_it_may_and_the_member_sees_that_it_looked(browse, manager, member):
    make_relationship(manager, member, points=P1)
    hidden = make_relationship(manager, make_account(), points=["view_balance"])
    type(hidden).objects.filter(pk=hidden.pk).update(points=["view_balance"])
    seen, unseen = make_invoice(member), make_invoice(hidden.member)
    console = browse(manager)

    rows = console.get(at("member-invoice-list")).context["rows"]
    assert [row.invoice for row in rows] == [seen]
    assert len(console.get(at("member-invoice-list") + f"?member={member.number}").context["rows"]) == 1
    assert len(console.get(at("member-invoice-list") + "?member=nobody").context["rows"]) == 0
    for name in ("invoice-detail", "invoice-pdf", "invoice-xml"):
        assert console.get(at(name, seen.pk)).status_code == 200
        assert console.get(at(name, unseen.pk)).status_code == 403
    assert Event.objects.filter(kind="member.viewed", facts__page="invoices").count() == 1
    assert console.get(at("invoice-send", seen.pk)).status_code == 404
    assert console.post(at("invoice-use", seen.pk), {"use": "booked"}).status_code == 404


def test_strangers_find_nothing(browse, stranger, member):
    invoice = make_invoice(member)
    console = browse(stranger)
    for name in ("invoice-detail", "invoice-preview", "invoice-pdf", "invoice-xml", "invoice-send"):
        address = at(name, invoice.pk)
        answer = console.get(address, headers={"HX-Request": "true"} if name == "invoice-preview" else {})
        assert answer.status_code == 404


def test_a_viewer_sees_and_does_nothing(browse, member):
    invoice = make_invoice(member)
    console = browse(make_operator(member, Role.VIEWER))
    page = console.get(at("invoice-detail", invoice.pk))
    assert (page.status_code, page.context["may_send"], page.context["may_use"]) == (200, False, False)
    assert console.post(at("invoice-use", invoice.pk), {"use": "booked"}).status_code == 403
    assert console.post(at("invoice-send", invoice.pk), {"email": "a@example.com"}).status_code == 403


def test_the_face_and_what_was_taken_back_stand_on_its_page(console, member):
    invoice = make_invoice(member, face=make_face(make_line("106"), remark="合同 7 <b>"))
    red = take_back(invoice, {1: D("40.00")})
    page = console.get(at("invoice-detail", invoice.pk))

    for text in (
        "电子发票（普通发票）",
        "壹佰零陆圆整",
        "*信息技术服务*软件服务",
        "合同 7 <b>",
        red.number,
        "Partly reversed",
    ):
        assert shows(page, text)
    assert shows(console.get(at("invoice-detail", red.pk)), invoice.number)
    part = console.get(at("invoice-preview", invoice.pk), headers={"HX-Request": "true"})
    assert shows(part, "壹佰零陆圆整")
    assert "<html" not in part.content.decode()
    assert console.get(at("invoice-preview", invoice.pk)).status_code == 302


def test_a_long_face_is_cut_on_the_page_but_its_sums_are_not(console, member):
    invoice = make_invoice(member, face=make_face(*[make_line()] * (policy.LINES_SHOWN + 5)))
    page = console.get(at("invoice-detail", invoice.pk))

    assert (len(page.context["lines"]), page.context["more"]) == (policy.LINES_SHOWN, 5)
    assert shows(page, f"¥{invoice.amount}")


def test_invoices_of_business_systems_stand_with_their_tenant(browse, member, stranger):
    invoice = make_invoice(tenant=make_tenant(member))
    console = browse(member)

    assert [row.invoice for row in console.get(at("system-invoice-list")).context["rows"]] == [invoice]
    assert len(console.get(at("invoice-list")).context["rows"]) == 0
    page = console.get(at("invoice-detail", invoice.pk))
    assert (page.status_code, page.context["may_send"], page.context["may_use"]) == (200, True, False)
    assert browse(stranger).get(at("invoice-detail", invoice.pk)).status_code == 404


def test_files_are_drawn_or_the_kept_ones(console, member):
    invoice = make_invoice(member)
    pdf = console.get(at("invoice-pdf", invoice.pk))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="dzfp_{invoice.number}.pdf"'
    assert invoice.number in console.get(at("invoice-xml", invoice.pk)).content.decode()

    keep_file(invoice_id=invoice.pk, form="pdf", content=b"%PDF-kept")
    assert console.get(at("invoice-pdf", invoice.pk)).content == b"%PDF-kept"
    assert Client().get(f"{draw_link(invoice)}pdf/").content == b"%PDF-kept"


def test_an_invoice_is_sent_to_any_mailbox_with_a_link_that_opens_it(console, member, mailoutbox):
    invoice = make_invoice(member)
    assert console.post(at("invoice-send", invoice.pk), {"email": "no address"}).status_code == 422
    assert console.post(at("invoice-send", invoice.pk), {"email": "books@example.com"}).status_code == 302
    run_due()

    (mail,) = mailoutbox
    assert mail.to == ["books@example.com"]
    (link,) = re.findall(r"/i/\S+", mail.body)
    page = Client().get(link)
    assert shows(page, invoice.number)
    assert shows(page, "壹佰零陆圆整")
    assert Delivery.objects.get().target != "books@example.com"


def test_letters_asked_for_are_limited(console, member, monkeypatch):
    monkeypatch.setattr(policy, "SENDS_PER_ACCOUNT", (1, 3600))
    invoice = make_invoice(member)
    for status in (302, 429):
        assert console.post(at("invoice-send", invoice.pk), {"email": "books@example.com"}).status_code == status


def test_an_invoice_is_marked_once_as_used_and_the_mark_removed(console, member):
    invoice = make_invoice(member)
    address = at("invoice-use", invoice.pk)
    console.post(address, {"use": "deducted"})
    console.post(address, {"use": "booked"})
    assert InvoiceUse.objects.get().use == "deducted"
    assert shows(console.get(at("invoice-detail", invoice.pk)), "Remove the mark")

    make_letter(invoice, {1: D("10.00")}, state=RedLetter.State.WAITS_FOR_BUYER)
    console.post(address, {"use": ""})
    assert InvoiceUse.objects.exists()
    RedLetter.objects.update(state=RedLetter.State.REFUSED_BY_BUYER)
    console.post(address, {"use": ""})
    assert not InvoiceUse.objects.exists()
    assert console.post(address, {"use": ""}).status_code == 302
    assert console.post(address, {"use": "eaten"}).status_code == 302


def test_a_letter_that_nobody_answered_in_time_is_shown_as_over(console, member):
    invoice = make_invoice(member)
    begun = timezone.now() - policy.RED_LETTER_LIFE
    letter = make_letter(invoice, {1: D("10.00")}, state=RedLetter.State.WAITS_FOR_BUYER, created_at=begun)

    (row,) = console.get(at("invoice-detail", invoice.pk)).context["letters"]
    assert row == (letter, RedLetter.State.LAPSED)


def test_what_was_wholly_taken_back_and_red_ones_are_not_marked(console, member):
    invoice = make_invoice(member)
    red = take_back(invoice, {1: D("100.00")})
    for one in (invoice, red):
        console.post(at("invoice-use", one.pk), {"use": "booked"})
        assert console.get(at("invoice-detail", one.pk)).context["may_use"] is False
    assert not InvoiceUse.objects.exists()


def test_a_link_needs_no_log_in_and_gives_the_files(member):
    path, anybody = draw_link(make_invoice(member)), Client()

    page = anybody.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert anybody.get(f"{path}pdf/").content.startswith(b"%PDF-")
    assert anybody.get(f"{path}xml/").content.startswith(b"<?xml")
    assert anybody.post(path).status_code == 405


def test_a_link_that_was_changed_or_is_over_leads_nowhere(member, time_machine):
    path, anybody = draw_link(make_invoice(member)), Client()
    other = draw_link(make_invoice(member))
    number, _colon, rest = other.removeprefix("/i/").partition(":")

    for wrong in (f"{path[:-2]}x/", "/i/1/", f"/i/{int(number) - 1}:{rest}", "/i/%00:a:b/"):
        assert anybody.get(wrong).status_code == 404
    time_machine.move_to(timezone.now() + policy.LINK_LIFE - timedelta(minutes=1))
    assert anybody.get(path).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert anybody.get(path).status_code == 404


def test_links_are_limited(member, monkeypatch):
    monkeypatch.setattr(policy, "LINK_OPENS_PER_ADDRESS", (2, 3600))
    path, anybody = draw_link(make_invoice(member)), Client()
    assert [anybody.get(path).status_code for _time in range(3)] == [200, 200, 429]
