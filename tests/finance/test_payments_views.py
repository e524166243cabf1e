"""Money in and out, as pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, OneTimeCode
from accounts.permissions import Role
from finance.models import TopUp, Withdrawal
from finance.services.credit import grant_credit
from finance.services.top_ups import confirm_top_up
from finance.services.withdrawals import give_back_withdrawal, pay_withdrawal
from tests.factories import make_account, make_operator
from tests.finance.funds import D, books_sum, funds, spend, staff, top_up
from tests.finance.pages import WRONG_AMOUNTS, at, money, passed_code, queries, send, shows
from tests.finance.paying import announce_online

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
BANK = {"bank_name": "招商银行北京分行", "bank_account": "6225 8801-2345 6789"}
NUMBER = "6225880123456789"


@pytest.fixture
def console(browse, manager):
    return browse(manager)


def announce(console, amount="1234.50"):
    answer = send(console, at("top-up-create"), amount=amount, channel="bank")
    assert answer.status_code == 302, answer.text
    return TopUp.objects.latest("pk")


def test_an_announced_top_up_says_what_to_write_into_the_transfer(console, settings):
    settings.PAYMENT_OPTIONS = {"payee": "统账科技", "bank": "招商银行", "bank_account": "110907654321001"}
    top = announce(console, "¥1,234.50")
    page = console.get(at("top-up-detail", top.pk))
    for text in ("统账科技", "招商银行", "110907654321001", top.reference, money("¥1,234.50")):
        assert text in page.text


def test_without_a_bank_account_nobody_is_led_to_an_invented_one(console, settings):
    settings.PAYMENT_OPTIONS = {}
    page = console.get(at("top-up-detail", announce(console).pk))
    assert settings.SUPPORT_CONTACT in page.text
    assert page.context["bank"] is None


def test_a_form_sent_twice_announces_once(console):
    key = console.get(at("top-up-create")).context["form"]["key"].value()
    form = {"key": key, "amount": "5", "channel": "bank"}
    first, second = (console.post(at("top-up-create"), form) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert TopUp.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"), [*WRONG_AMOUNTS.items(), ("0", "The amount must be greater than zero.")]
)
def test_what_is_no_amount_announces_nothing(console, typed, sentence):
    answer = send(console, at("top-up-create"), amount=typed, channel="bank")
    assert answer.status_code == 422
    assert shows(answer, sentence)
    assert not TopUp.objects.exists()


@pytest.mark.parametrize("channel", ["gateway", "x", ""])
def test_a_way_that_is_not_offered_is_refused(console, channel):
    assert send(console, at("top-up-create"), amount="5", channel=channel).status_code == 422


def test_what_became_of_each_stands_in_the_list(console, manager):
    paid, waiting, overdue = announce(console, "5"), announce(console, "6"), announce(console, "7")
    confirm_top_up(actor=staff(), top_up_id=paid.pk, arrived=D("5.00"), bank_reference="CMB0001")
    TopUp.objects.filter(pk=overdue.pk).update(created_at=timezone.now() - timedelta(days=8))
    states = {top.pk: str(state) for top, state in console.get(at("top-up-list")).context["rows"]}
    assert states == {paid.pk: "credited", waiting.pk: "waiting", overdue.pk: "closed"}
    paid.refresh_from_db()
    assert at("receipt", paid.transfer_id) in console.get(at("top-up-list")).text
    assert console.get(at("receipt", paid.transfer_id)).context["receipt"].matches
    assert funds(manager).cash == 5


def test_one_that_is_not_going_to_be_paid_is_closed(console):
    top = announce(console)
    console.post(at("top-up-cancel", top.pk))
    top.refresh_from_db()
    assert (top.state, top.end) == ("closed", "cancelled")
    assert at("top-up-cancel", top.pk) not in console.get(at("top-up-detail", top.pk)).text


def test_a_bank_transfer_is_not_paid_online(console):
    top = announce(console)
    answer = console.post(at("top-up-pay", top.pk), follow=True)
    assert answer.redirect_chain == [(at("top-up-detail", top.pk), 302)]
    assert shows(answer, "This top-up is not waiting for an online payment.")


def test_top_ups_are_the_accounts_own(browse, console, manager, stranger):
    top = announce(console)
    for name in ("top-up-detail", "top-up-pay", "top-up-cancel"):
        answer = getattr(browse(stranger), "get" if name == "top-up-detail" else "post")(at(name, top.pk))
        assert answer.status_code == 404
    viewer = browse(make_operator(manager, Role.VIEWER))
    assert viewer.get(at("top-up-detail", top.pk)).status_code == 200
    assert viewer.get(at("top-up-create")).status_code == 403
    assert viewer.post(at("top-up-cancel", top.pk)).status_code == 403


def test_a_withdrawal_asks_for_a_code_and_sets_the_money_aside(console, manager):
    top_up(manager, "100.00")
    form = {"amount": "60", **BANK, "key": console.get(at("withdrawal-create")).context["form"]["key"].value()}
    answer = console.post(at("withdrawal-create"), form)
    assert answer.headers["Location"].startswith(reverse("accounts:code"))
    assert funds(manager).cash == 100
    passed_code(manager, OneTimeCode.Purpose.WITHDRAW)
    answers = [console.post(at("withdrawal-create"), form) for _time in range(2)]
    wanted = Withdrawal.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {at("withdrawal-detail", wanted.pk)}
    assert funds(manager).cash == 40
    page = console.get(at("withdrawal-detail", wanted.pk)).text + console.get(at("withdrawal-list")).text
    assert NUMBER not in page
    assert NUMBER[-4:] in page
    assert manager.enterprise.name in page
    assert books_sum() == 0


def test_what_became_of_a_withdrawal_is_said(console, manager):
    top_up(manager, "100.00")
    for amount in ("10", "20"):
        passed_code(manager, OneTimeCode.Purpose.WITHDRAW)
        send(console, at("withdrawal-create"), amount=amount, **BANK)
    first, second = Withdrawal.objects.order_by("pk")
    pay_withdrawal(actor=staff(), withdrawal_id=first.pk, bank_reference="PAY0001")
    give_back_withdrawal(actor=staff(), withdrawal_id=second.pk, reason="户名不符")
    assert "户名不符" in console.get(at("withdrawal-detail", second.pk)).text
    assert shows(console.get(at("withdrawal-detail", first.pk)), "Paid out")
    assert funds(manager).cash == 90
    few = queries(console, at("withdrawal-list"))
    passed_code(manager, OneTimeCode.Purpose.WITHDRAW)
    send(console, at("withdrawal-create"), amount="5", **BANK)
    assert queries(console, at("withdrawal-list")) == few


@pytest.mark.parametrize(("typed", "sentence"), WRONG_AMOUNTS.items())
def test_what_is_no_amount_withdraws_nothing(console, manager, typed, sentence):
    top_up(manager, "100.00")
    answer = send(console, at("withdrawal-create"), amount=typed, **BANK)
    assert answer.status_code == 422
    assert shows(answer, sentence)


@pytest.mark.parametrize("number", ["", "123", "abc", "1" * 31, "6225/88011"])
def test_what_is_no_bank_account_withdraws_nothing(console, manager, number):
    top_up(manager, "100.00")
    answer = send(console, at("withdrawal-create"), amount="5", bank_name="招商银行", bank_account=number)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"bank_account"}
    assert not Withdrawal.objects.exists()


def test_only_own_cash_leaves_and_no_code_is_asked_for_more(console, manager):
    top_up(manager, "100.00")
    grant_credit(actor=staff(), account=manager, limit=D("50.00"))
    answer = send(console, at("withdrawal-create"), amount="100.01", **BANK)
    assert answer.status_code == 409
    assert answer.context["form"].errors.keys() == {"amount"}
    spend(manager, "120.00")
    top_up(manager, "30.00")
    assert console.get(at("withdrawal-create")).context["most"] == 10


def test_an_account_that_is_not_verified_is_told_what_is_missing(browse):
    console = browse(make_account(certified=Account.Certified.NO))
    assert reverse("accounts:certification") in console.get(at("withdrawal-create")).text


def test_withdrawals_are_the_accounts_own(browse, console, manager, stranger):
    top_up(manager, "100.00")
    passed_code(manager, OneTimeCode.Purpose.WITHDRAW)
    send(console, at("withdrawal-create"), amount="5", **BANK)
    wanted = Withdrawal.objects.get()
    assert browse(stranger).get(at("withdrawal-detail", wanted.pk)).status_code == 404
    viewer = browse(make_operator(manager, Role.VIEWER))
    assert viewer.get(at("withdrawal-detail", wanted.pk)).status_code == 200
    assert viewer.get(at("withdrawal-create")).status_code == 403


def test_the_page_leads_to_the_payment_provider_by_a_link(there, console, manager):
    top = announce_online(manager)
    page = at("top-up-detail", top.pk)
    assert at("top-up-pay", top.pk) in console.get(page).text
    for _time in range(2):
        assert console.post(at("top-up-pay", top.pk)).headers["Location"] == page
    shown = console.get(page).text
    assert f'href="{there.url}/pay/{top.reference}"' in shown
    assert at("top-up-pay", top.pk) not in shown
    assert len(there.orders) == 1
