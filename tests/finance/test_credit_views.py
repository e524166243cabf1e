"""Credit as pages, and from when on allotments ask for a code."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from finance.services.allotments import code_limit
from finance.services.credit import CreditInUse, CreditShort, GroupOnly, credit_held, grant_credit, revoke_credit
from finance.services.drawing import AccountShort
from finance.services.ledger import KeyReused
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_operator, make_relationship
from tests.finance.funds import D, books_sum, funds, spend, staff, top_up
from tests.finance.pages import WRONG_AMOUNTS, at, passed_code, queries, send, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    """A group relationship whose manager has a line of 500.00 yuan."""
    grant_credit(actor=staff(), account=manager, limit=D("500.00"), note="年度授信")
    return make_relationship(manager, member)


def test_lines_show_their_end_and_state(console, manager):
    soon = timezone.now() + timedelta(days=3)
    grant_credit(actor=staff(), account=manager, limit=D("50.00"), expires_at=soon)
    grant_credit(actor=staff(), account=manager, limit=D("70.00"))
    revoke_credit(actor=staff(), line_id=manager.credit_lines.get(limit=70).pk)
    page = console.get(at("credit"))
    assert page.context["have"].credit_limit == 50
    assert shows(page, "Withdrawn")
    manager.credit_lines.filter(limit=50).update(expires_at=timezone.now())
    assert shows(console.get(at("credit")), "Expired")


@pytest.mark.rule("A4.1", "K1.4")
def test_credit_is_given_to_a_member_and_taken_back(browse, console, linked, manager, member):
    answer = send(console, at("credit-give", linked.pk), amount="200")
    assert answer.headers["Location"] == at("member-detail", linked.pk)
    assert credit_held(relationship=linked) == 200
    assert browse(member).get(at("credit")).context["have"].credit_limit == 200
    assert manager.name in browse(member).get(at("credit")).text
    send(console, at("credit-take", linked.pk), amount="50.50")
    assert credit_held(relationship=linked) == D("149.50")


def test_a_form_sent_twice_gives_once(console, linked):
    address = at("credit-give", linked.pk)
    form = {"key": console.get(address).context["form"]["key"].value(), "amount": "200"}
    for _time in range(2):
        assert console.post(address, form).status_code == 302
    assert credit_held(relationship=linked) == 200
    other = console.post(address, form | {"amount": "300"})
    assert other.status_code == 409
    assert shows(other, KeyReused.sentence)


@pytest.mark.rule("A4.1", "K8.6")
def test_what_is_not_there_or_in_use_is_refused_with_the_numbers(console, linked, member):
    answer = send(console, at("credit-give", linked.pk), amount="500.01")
    assert answer.status_code == 409
    assert shows(answer, CreditShort.sentence, available="500.00", amount="500.01")
    assert answer.context["form"].errors.keys() == {"amount"}
    send(console, at("credit-give", linked.pk), amount="100")
    spend(member, "30.00")
    answer = send(console, at("credit-take", linked.pk), amount="100")
    assert shows(answer, CreditInUse.sentence, used="30.00", free="70.00")


@pytest.mark.parametrize(("typed", "sentence"), WRONG_AMOUNTS.items())
@pytest.mark.parametrize("act", ["credit-give", "credit-take"])
def test_what_is_no_amount_gets_a_sentence(console, linked, act, typed, sentence):
    answer = send(console, at(act, linked.pk), amount=typed)
    assert answer.status_code == 422
    assert shows(answer, sentence)
    assert credit_held(relationship=linked) == 0


def test_partners_dissolved_and_foreign_members_get_no_credit(browse, console, linked, manager, stranger):
    partner = make_relationship(manager, stranger, kind="partner")
    refused = console.get(at("credit-give", partner.pk))
    assert refused.status_code == 409
    assert shows(refused, GroupOnly.sentence)
    assert browse(stranger).get(at("credit-give", linked.pk)).status_code == 404
    assert browse(make_operator(manager, Role.VIEWER)).get(at("credit-give", linked.pk)).status_code == 403
    dissolve(linked)
    assert console.get(at("credit-give", linked.pk)).status_code == 409


@pytest.mark.rule("K8.6")
def test_credit_in_use_is_paid_back_from_cash(browse, linked, manager, member):
    console = browse(manager)
    spend(manager, "80.00")
    answer = send(console, at("credit-settle"), amount="50")
    assert shows(answer, AccountShort.sentence, available="0.00", amount="50.00")
    top_up(manager, "60.00")
    assert console.get(at("credit-settle")).context["most"] == 60
    address = at("credit-settle")
    form = {"key": console.get(address).context["form"]["key"].value(), "amount": "60"}
    for _time in range(2):
        assert console.post(address, form).headers["Location"] == at("credit")
    assert (funds(manager).cash, funds(manager).credit_used) == (0, 20)
    answer = send(console, at("credit-settle"), amount="20.01")
    assert answer.status_code == 422
    assert shows(answer, "Only %(owed)s yuan of credit are in use.", owed="20.00")
    assert books_sum() == 0


def test_nothing_owed_is_nothing_to_pay(console, manager):
    top_up(manager, "60.00")
    answer = send(console, at("credit-settle"), amount="1")
    assert shows(answer, "No credit is in use, so there is nothing to pay back.")


def test_as_many_queries_for_many_members_as_for_one(console, linked, manager):
    few = queries(console, at("credit"))
    for _number in range(4):
        make_relationship(manager, make_account())
    assert queries(console, at("credit")) == few


def test_the_limit_for_codes_is_chosen_with_a_code(console, manager):
    answer = console.post(at("settings"), {"amount": "1000"})
    assert answer.headers["Location"].startswith(reverse("accounts:code"))
    passed_code(manager)
    assert console.post(at("settings"), {"amount": "1000"}).headers["Location"] == at("settings")
    assert code_limit(account=manager) == 1000
    passed_code(manager)
    assert console.post(at("settings"), {"amount": "0"}).status_code == 302
    assert code_limit(account=manager) == 0


@pytest.mark.parametrize(("typed", "sentence"), WRONG_AMOUNTS.items())
def test_a_limit_is_an_amount(console, manager, typed, sentence):
    before = code_limit(account=manager)
    answer = console.post(at("settings"), {"amount": typed})
    assert answer.status_code == 422
    assert shows(answer, sentence)
    assert code_limit(account=manager) == before


def test_a_viewer_sees_the_limit_and_cannot_choose_it(browse, manager):
    console = browse(make_operator(manager, Role.VIEWER))
    assert console.get(at("settings")).status_code == 200
    assert console.post(at("settings"), {"amount": "5"}).status_code == 403
