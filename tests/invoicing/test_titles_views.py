"""Titles and who requests invoices, as pages."""

import pytest
from django.urls import reverse

from accounts.permissions import P2
from invoicing.models import InvoiceControl, Title
from tests.factories import credit_code, make_relationship
from tests.finance.pages import shows
from tests.invoicing.requesting import common, propose, title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def at(name, *args):
    return reverse(f"invoicing:{name}", args=args)


@pytest.fixture
def console(browse, member):
    return browse(member)


def test_the_form_begins_with_the_verified_enterprise(console, member):
    assert shows(console.get(at("title-list")), member.enterprise.name)
    page = console.get(at("title-create"))
    assert shows(page, member.enterprise.credit_code)
    facts = {"kind": "enterprise", "name": member.enterprise.name, "tax_number": member.enterprise.credit_code}
    assert console.post(at("title-create"), facts).url == at("title-list")
    assert Title.objects.get().is_default
    page = console.get(at("title-list"))
    assert all(shows(page, text) for text in ("Used by default", "开具增值税专用发票还缺少"))


def test_a_name_finds_the_number(console):
    page = console.get(at("title-create") + "?look_up=云岭")
    assert len(page.context["companies"]) > 0
    assert shows(page, page.context["companies"][0].credit_code)
    assert shows(console.get(at("title-create") + "?look_up=x"), "Type at least two characters of the name.")
    assert shows(console.get(at("title-create") + "?look_up=查无此名之公司"), "没有查到与“查无此名之公司”相近的企业")
    chosen = console.get(at("title-create") + f"?name=某某有限公司&tax_number={credit_code(8)}")
    assert shows(chosen, credit_code(8))


def test_what_is_wrong_stands_at_its_field(console):
    page = console.post(at("title-create"), {"kind": "enterprise", "name": "某某有限公司", "tax_number": "123"})
    assert page.status_code == 422
    assert "tax_number" in page.context["form"].errors


def test_a_title_is_changed_made_default_and_put_away(console, member):
    first, second = title(member), title(member, "另一家有限公司", 2)
    facts = {"kind": "enterprise", "name": "另一家有限公司", "tax_number": credit_code(2), "phone": "010-1"}
    assert console.post(at("title-edit", second.pk), facts).url == at("title-list")
    console.post(at("title-default", second.pk))
    console.post(at("title-archive", first.pk))
    left = Title.objects.usable().get()
    assert (left.pk, left.phone, left.is_default) == (second.pk, "010-1", True)


@pytest.mark.rule("A3.4", "A3.5")
def test_a_control_is_proposed_answered_and_ended_in_the_consoles(browse, console, manager, member):
    link = make_relationship(manager, member, points=P2)
    boss = browse(manager)
    assert shows(boss.get(at("control-create", link.pk)), "No common title")
    shared = common(link)
    assert boss.post(at("control-create", link.pk), {"title": shared.pk}).url == at("member-detail", link.pk)
    assert shows(
        boss.get(at("member-detail", link.pk)), "Your proposal to request all of its invoices waits for its answer."
    )
    assert shows(console.get(at("overview")), "提议统一申请本账号的全部发票")
    control = InvoiceControl.objects.get()
    assert shows(console.get(at("control-list")), "Agree")
    console.post(at("control-agree", control.pk))
    assert InvoiceControl.objects.get().state == "in_force"
    console.post(at("control-end", control.pk))
    assert InvoiceControl.objects.get().state == "ended"


def test_a_refusal_in_the_console(console, manager, member):
    control = propose(make_relationship(manager, member, points=P2))
    console.post(at("control-refuse", control.pk))
    assert InvoiceControl.objects.get().state == "refused"
