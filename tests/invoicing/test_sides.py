"""Who stands behind the two sides of an invoice between tenants, also after their enterprises moved."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Message
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from invoicing.invoice_reports import seen_invoice
from invoicing.models import Invoice, RedLetter, Taxpayer, Tenant
from invoicing.red_reports import seen_letter, to_answer
from invoicing.services.invoices import send_invoice
from invoicing.services.received import set_usage
from invoicing.sides import buyer_account, seller_account, side_at
from tests.factories import acting, make_account, owner_of
from tests.invoicing.facing import make_face, make_invoice
from tests.invoicing.opening import make_taxpayer, make_tenant
from tests.invoicing.receiving import receive
from tests.invoicing.reddening import again, answer, begin, clerk, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


class Sale:
    """An invoice of one tenant's enterprise to another's, which has booked it."""

    def __init__(self, *, booked: bool = True) -> None:
        self.seller, self.buyer = make_taxpayer(), make_taxpayer()
        face = make_face()
        face = replace(
            face,
            seller=replace(face.seller, name=self.seller.name, tax_number=self.seller.tax_number),
            buyer=replace(face.buyer, name=self.buyer.name, tax_number=self.buyer.tax_number),
        )
        self.invoice = make_invoice(tenant=self.seller.tenant, face=face)
        self.selling, self.buying = self.seller.tenant.account, self.buyer.tenant.account
        if booked:
            self.collect()

    def collect(self) -> None:
        one = self.invoice
        copy = receive(
            self.buyer,
            number=one.number,
            seller_tax_number=one.seller_tax_number,
            amount=one.amount,
            tax=one.tax,
        )
        for usage in ("60", "65"):
            set_usage(actor=acting(self.buying), account=self.buying, ids=[copy.pk], usage=usage)

    def move(self, taxpayer: Taxpayer, to: Tenant) -> None:
        """As an approved change does it."""
        Taxpayer.objects.filter(pk=taxpayer.pk).update(released_at=timezone.now())
        fresh = Taxpayer.objects.create(tenant=to, tax_number=taxpayer.tax_number, name=taxpayer.name)
        taxpayer.received.update(tenant=to, taxpayer=fresh)


def titles(account: Any) -> list[str]:
    return list(Message.objects.filter(user=owner_of(account)).values_list("kind", flat=True))


def test_the_tenant_that_booked_it_is_asked_and_answers() -> None:
    sale = Sale()
    letter = begin(sale.invoice, actor=acting(sale.selling))
    run_due()
    assert letter.state == RedLetter.State.WAITS_FOR_BUYER
    assert (to_answer(sale.buying), to_answer(sale.selling)) == (1, 0)
    assert seen_letter(sale.buying, letter.pk).is_asked
    assert not seen_letter(sale.selling, letter.pk).is_asked
    assert len(titles(sale.buying)) == 1
    assert not titles(sale.selling)
    assert not RedLetter.objects.to_answer(at=timezone.now()).exists()
    for wrong in (acting(sale.selling), clerk()):
        with pytest.raises(NotAllowed):
            answer(letter, wrong)
    with pytest.raises(NotFound):
        answer(letter, acting(make_account()))
    answer(letter, acting(sale.buying))
    assert again(letter).state == RedLetter.State.CONFIRMED
    run_due()
    assert len(titles(sale.selling)) == 1  # whoever began it reads what came of it


def test_the_buyer_begins_one_and_the_seller_answers() -> None:
    sale = Sale()
    letter = begin(sale.invoice, actor=acting(sale.buying))
    run_due()
    assert (letter.side, letter.state) == (RedLetter.Side.BUYER, RedLetter.State.WAITS_FOR_SELLER)
    assert (to_answer(sale.buying), to_answer(sale.selling)) == (0, 1)
    assert len(titles(sale.selling)) == 1
    with pytest.raises(NotAllowed):
        withdraw(letter, acting(sale.selling))
    answer(letter, acting(sale.selling), agrees=False)
    assert again(letter).state == RedLetter.State.REFUSED_BY_SELLER


def test_a_buyer_whom_nobody_knows_is_answered_for_by_staff() -> None:
    sale = Sale()
    letter = begin(sale.invoice)
    sale.buyer.received.all().delete()
    assert buyer_account(sale.invoice) is None
    assert list(RedLetter.objects.to_answer(at=timezone.now())) == [letter]
    answer(letter, clerk())
    assert again(letter).state == RedLetter.State.CONFIRMED


def test_after_a_move_the_new_account_acts_and_the_old_one_reads() -> None:
    sale, to = Sale(), make_tenant()
    sale.move(sale.seller, to)
    assert seller_account(sale.invoice) == to.account
    assert (side_at(sale.invoice, to.account), side_at(sale.invoice, sale.selling)) == ("0", "")
    letter = begin(sale.invoice, actor=acting(to.account))
    assert seen_letter(to.account, letter.pk).is_own
    assert seen_letter(sale.selling, letter.pk).letter == letter
    with pytest.raises(NotFound):
        withdraw(letter, acting(sale.selling))
    withdraw(letter, acting(to.account))
    send_invoice(actor=acting(to.account), account=to.account, invoice_id=sale.invoice.pk, email="a@example.com")


def test_a_buyer_that_moved_answers_where_it_is_now() -> None:
    sale, to = Sale(), make_tenant()
    letter = begin(sale.invoice)
    sale.move(sale.buyer, to)
    assert buyer_account(sale.invoice) == to.account
    assert to_answer(to.account) == 1
    answer(letter, acting(to.account))


def test_a_merged_tenant_stands_where_it_went() -> None:
    sale, into = Sale(), make_tenant()
    Taxpayer.objects.filter(pk=sale.seller.pk).update(released_at=timezone.now())
    Tenant.objects.filter(pk=sale.seller.tenant.pk).update(merged_into=into, merged_at=timezone.now())
    fresh = Invoice.objects.select_related("tenant").get(pk=sale.invoice.pk)
    assert seller_account(fresh) == into.account
    assert seen_invoice(into.account, fresh.pk).link is None


def test_only_what_was_collected_is_seen_by_the_buyer() -> None:
    sale = Sale(booked=False)
    with pytest.raises(NotFound):
        seen_invoice(sale.buying, sale.invoice.pk)
    sale.collect()
    assert seen_invoice(sale.buying, sale.invoice.pk).link is None
    with pytest.raises(NotFound):
        seen_invoice(make_account(), sale.invoice.pk)
    with pytest.raises(NotFound):  # to send it is the seller's affair
        send_invoice(actor=acting(sale.buying), account=sale.buying, invoice_id=sale.invoice.pk, email="a@example.com")


def test_the_log_keeps_no_mailbox() -> None:
    sale = Sale()
    send_invoice(
        actor=acting(sale.selling), account=sale.selling, invoice_id=sale.invoice.pk, email="books@example.com"
    )
    event = sale.selling.events.latest("pk")
    assert "books@example.com" not in str(event.facts)


def test_pages_of_both_sides(browse: Any) -> None:
    sale = Sale()
    letter = begin(sale.invoice)
    page = f"/invoices/red-letters/{letter.pk}/"
    for account in (sale.selling, sale.buying):
        assert browse(account).get(page).status_code == 200
        assert letter.number in browse(account).get("/invoices/red-letters/").text
        assert browse(account).get(f"/invoices/issued/{sale.invoice.pk}/").status_code == 200
    assert browse(sale.buying).post(f"{page}confirm/").status_code == 302
    assert again(letter).state == RedLetter.State.CONFIRMED
