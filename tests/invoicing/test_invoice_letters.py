"""The letter that brings an invoice."""

import pytest
from django.utils import translation

from accounts import letters
from accounts.actors import SYSTEM
from accounts.events import record
from accounts.letters import News
from accounts.models import Message
from config.jobs import run_due
from tests.factories import owner_of
from tests.invoicing.facing import D, make_invoice, take_back
from tests.invoicing.opening import make_tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def told(invoice, kind="invoice.issued", account=None):
    owner = account or invoice.account or invoice.tenant.account
    event = record(kind, actor=SYSTEM, account=owner, subject=invoice, number=invoice.number)
    run_due()
    return event


def test_it_goes_to_the_mailbox_that_was_named_and_the_owners_read_it_in_the_centre(member, mailoutbox):
    told(make_invoice(member, email="books@example.com"))

    assert [mail.to for mail in mailoutbox] == [["books@example.com"]]
    assert Message.objects.get().user == owner_of(member)


def test_without_a_mailbox_the_owners_get_it(member, mailoutbox):
    told(make_invoice(member))

    assert [mail.to for mail in mailoutbox] == [[owner_of(member).email]]


def test_what_business_systems_issue_is_mailed_only_where_they_named_a_mailbox(member, mailoutbox):
    tenant = make_tenant(member)
    told(make_invoice(tenant=tenant))
    assert mailoutbox == []
    told(make_invoice(tenant=tenant, email="buyer@example.com"))

    assert [mail.to for mail in mailoutbox] == [["buyer@example.com"]]
    assert not Message.objects.exists()


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "红字发票"), ("en", "red invoice")])
def test_a_red_one_says_what_it_takes_back(member, language, word):
    blue = make_invoice(member)
    red = take_back(blue, {1: D("40.00")})
    news = News.of(told(red, "invoice.reversed").pk)
    with translation.override(language):
        letter = letters.write("invoice_issued", news)

    assert word in letter.subject
    assert any(blue.number in fact.line for fact in letter.facts)


def test_the_link_is_drawn_only_when_the_mail_leaves(member, mailoutbox):
    invoice = make_invoice(member)
    told(invoice)

    assert f"/i/{invoice.pk}:" in mailoutbox[0].body
    assert "/i/" not in Message.objects.get().link
