"""A buyer books an invoice at the moment at which its seller takes it back."""

import pytest

from accounts.actors import SYSTEM
from invoicing.models import InvoiceUse, RedLetter
from invoicing.services.invoices import NothingToUse, mark_use
from invoicing.services.red_letters import begin_red_letter
from tests.factories import acting, make_account
from tests.invoicing.facing import make_invoice
from tests.racing import race


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(3))
def test_it_is_never_booked_and_taken_back_without_a_question(_turn):
    account = make_account()
    invoice, actor = make_invoice(account), acting(account)

    def act(number: int) -> object:
        if number:
            return begin_red_letter(actor=SYSTEM, invoice_id=invoice.pk, reason="02")
        return mark_use(actor=actor, account=account, invoice_id=invoice.pk, use="booked")

    marked, letter = race(2, act)

    assert isinstance(letter, RedLetter)
    if InvoiceUse.objects.exists():
        assert letter.state == RedLetter.State.WAITS_FOR_BUYER
    else:
        assert isinstance(marked, NothingToUse)
        assert letter.state == RedLetter.State.NOT_NEEDED
