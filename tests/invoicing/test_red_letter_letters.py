"""Who is told about red letters: the buyer who must answer, the buyer who asked, and nobody else."""

import pytest

from accounts.models import Delivery, Message
from accounts.notifications import owners_of
from config.jobs import run_due
from invoicing.policy import RED_LETTER_LIFE
from invoicing.services.red_answers import lapse_red_letters
from tests.invoicing.issuing import issued
from tests.invoicing.opening import make_client
from tests.invoicing.reddening import answer, begin, buyer, clerk, use, void, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blue(manager):
    return issued(account=manager)


def letters():
    while run_due():
        pass
    return sorted(
        Delivery.objects.filter(letter__startswith="red_letter", channel="mail").values_list("letter", flat=True)
    )


def test_the_buyer_who_must_answer_is_told_until_when(blue, mailoutbox):
    use(blue)
    letter = begin(blue, actor=clerk())
    assert letters() == ["red_letter_asked"]
    mail = next(mail for mail in mailoutbox if letter.number in mail.body)
    assert f"{letter.expires_at:%Y-%m}" in mail.subject
    answer(letter, buyer(blue))
    assert letters() == ["red_letter_asked"]


@pytest.mark.parametrize("agrees", [True, False])
def test_the_buyer_who_asked_is_told_the_answer(blue, agrees):
    answer(begin(blue, actor=buyer(blue)), clerk(), agrees=agrees)
    assert letters() == ["red_letter_ended"]


def test_what_lapsed_or_is_void_is_told(blue):
    first = begin(blue, actor=buyer(blue))
    lapse_red_letters(now=first.created_at + RED_LETTER_LIFE)
    void(begin(blue, actor=buyer(blue)))
    assert letters() == ["red_letter_ended", "red_letter_ended"]


def test_what_needs_no_answer_is_not_told_of(blue):
    begin(blue)
    begin(issued(client=make_client()))
    assert letters() == []


def test_who_was_asked_reads_that_no_answer_is_needed_any_more(blue):
    use(blue)
    letter = begin(blue, actor=clerk())
    letters()
    withdraw(letter, clerk())
    assert letters() == ["red_letter_asked"]  # no further mail
    assert Message.objects.filter(user__in=owners_of(blue.account), title__contains="无需您再确认").count() == 1
