"""Short ways to red letters."""

from typing import Any

from accounts.actors import SYSTEM, Actor
from invoicing.models import Invoice, InvoiceUse, RedLetter
from invoicing.services.red_answers import answer_red_letter, void_red_letter, withdraw_red_letter
from invoicing.services.red_letters import begin_red_letter
from tests.factories import acting
from tests.staff import make_staff


def clerk() -> Actor:
    """A member of staff who works with red letters and issue orders."""
    return Actor(door="staff", user=make_staff("change_redletter", "change_issueorder"))  # type: ignore[arg-type]


def buyer(invoice: Invoice) -> Actor:
    """The owner of the account that the invoice is for."""
    assert invoice.account is not None
    return acting(invoice.account)


def begin(invoice: Invoice, reason: str = "03", actor: Actor = SYSTEM, **more: Any) -> RedLetter:
    """By the seller unless told otherwise, over all that is left."""
    return begin_red_letter(actor=actor, invoice_id=invoice.pk, reason=reason, **more)


def use(invoice: Invoice) -> None:
    """The buyer has deducted its tax."""
    InvoiceUse.objects.create(invoice=invoice, use="deducted")


def answer(letter: RedLetter, actor: Actor, agrees: bool = True, **more: Any) -> RedLetter:
    """The other side agrees, or does not."""
    return answer_red_letter(actor=actor, letter_id=letter.pk, agrees=agrees, **more)


def withdraw(letter: RedLetter, actor: Actor, **more: Any) -> RedLetter:
    """Taken back."""
    return withdraw_red_letter(actor=actor, letter_id=letter.pk, **more)


def void(letter: RedLetter, actor: Actor | None = None, **more: Any) -> RedLetter:
    """Ended by staff."""
    return void_red_letter(actor=actor or clerk(), letter_id=letter.pk, reason="税局不予开具", **more)


def again(letter: RedLetter) -> RedLetter:
    """As it stands now."""
    return RedLetter.objects.get(pk=letter.pk)
