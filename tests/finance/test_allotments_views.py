"""Allotting and recalling as pages (K10)."""

import pytest
from django.urls import reverse

from accounts.permissions import Point, Role
from finance.models import Allotment
from finance.services.allotments import AboveAllottable, AboveRecallable, MemberShort, NothingAllotted
from finance.services.credit import allot_credit, grant_credit
from tests.accounts.linking import dissolve, enter
from tests.factories import make_account, make_operator, make_relationship, owner_of
from tests.finance.funds import D, allot, books_sum, funds, mover, spend, staff, top_up
from tests.finance.pages import WRONG_AMOUNTS, at, money, passed_code, send, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def linked(manager, member):
    """A group relationship whose manager has 1,000.00 yuan of its own."""
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.mark.rule("K10.1", "K10.2", "K10.6")
def test_the_limit_stands_there_before_anything_is_typed(console, linked):
    page = console.get(at("allotment-create", linked.pk))
    assert money("¥1,000.00") in page.text
    assert "?amount=1000.00" in page.text
    assert console.get(at("allotment-create", linked.pk), {"amount": "1000.00"}).context["form"]["amount"].value()


@pytest.mark.rule("K10.2", "K1.4")
def test_an_allotment_leads_to_its_result_and_receipt(console, linked, manager, member):
    answer = send(console, at("allotment-create", linked.pk), amount="1,00.5", note="")
    assert answer.status_code == 422
    answer = send(console, at("allotment-create", linked.pk), amount="¥300.5", note="三月预算")
    done = Allotment.objects.get()
    assert answer.headers["Location"] == at("allotment-result", done.pk)
    result = console.get(at("allotment-result", done.pk))
    assert money("¥300.50") in result.text
    assert at("receipt", done.transfer_id) in result.text
    assert (funds(manager).cash, funds(member).allotted, done.note) == (D("699.50"), D("300.50"), "三月预算")


@pytest.mark.rule("K10.2")
def test_a_form_sent_twice_moves_once_and_shows_the_same_result(console, linked, member):
    address = at("allotment-create", linked.pk)
    key = console.get(address).context["form"]["key"].value()
    first, second = (console.post(address, {"key": key, "amount": "900"}) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert funds(member).balance == 900
    other = console.post(address, {"key": key, "amount": "5"})
    assert other.status_code == 409
    assert funds(member).balance == 900


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space in it", "\x00" * 10])
def test_a_form_without_its_own_key_moves_nothing(console, linked, key):
    answer = console.post(at("allotment-create", linked.pk), {"key": key, "amount": "5"})
    assert answer.status_code == 422
    assert shows(answer, "Please start again from the form.")
    assert not Allotment.objects.exists()


@pytest.mark.rule("K10.6")
@pytest.mark.parametrize(("typed", "sentence"), WRONG_AMOUNTS.items())
@pytest.mark.parametrize("act", ["allotment-create", "recall-create"])
def test_what_is_no_amount_gets_a_sentence_at_the_field(console, linked, act, typed, sentence):
    allot(linked, "100.00")
    answer = send(console, at(act, linked.pk), amount=typed)
    assert answer.status_code == 422
    assert shows(answer, sentence)
    assert answer.context["form"].errors.keys() == {"amount"}
    assert Allotment.objects.count() == 1
    assert books_sum() == 0


@pytest.mark.rule("K10.6")
@pytest.mark.parametrize(("amount", "status"), [("0", 422), ("0.01", 422), ("0.02", 302)])
def test_an_allotment_is_more_than_one_fen(console, linked, amount, status):
    answer = send(console, at("allotment-create", linked.pk), amount=amount)
    assert answer.status_code == status
    if status == 422:
        assert shows(answer, "An allotment must be more than %(least)s yuan.", least="0.01")
        assert answer.context["form"].errors.keys() == {"amount"}


@pytest.mark.rule("K10.6")
def test_more_than_the_own_cash_is_refused_with_the_numbers_at_the_field(console, linked, member):
    answer = send(console, at("allotment-create", linked.pk), amount="1000.01")
    assert answer.status_code == 409
    assert answer.context["form"].errors.keys() == {"amount"}
    assert shows(answer, AboveAllottable.sentence, available="1,000.00", amount="1,000.01")
    assert funds(member).balance == 0


@pytest.mark.rule("K10.3", "K10.8")
def test_a_recall_offers_what_can_be_recalled(console, linked, manager, member):
    allot(linked, "300.00")
    spend(member, "50.00")
    page = console.get(at("recall-create", linked.pk))
    assert "?amount=250.00" in page.text
    answer = send(console, at("recall-create", linked.pk), amount="250")
    assert answer.status_code == 302
    assert funds(manager).cash == D("950.00")


@pytest.mark.rule("K10.7", "K10.8", "K10.9")
def test_recalls_are_refused_whole_and_with_the_numbers(console, linked, manager, member):
    answer = send(console, at("recall-create", linked.pk), amount="1")
    assert shows(answer, NothingAllotted.sentence)
    allot(linked, "100.00")
    answer = send(console, at("recall-create", linked.pk), amount="100.01")
    assert shows(answer, AboveRecallable.sentence, recallable="100.00", amount="100.01")
    grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("500.00"))
    spend(member, "130.00")
    allot(linked, "100.00")
    answer = send(console, at("recall-create", linked.pk), amount="100")
    assert answer.status_code == 409
    assert shows(answer, MemberShort.sentence, free="70.00", amount="100.00")
    assert funds(member).allotted == 100


@pytest.mark.rule("K1.2", "K10.9")
def test_the_members_free_balance_is_shown_only_where_it_was_granted(browse, manager, stranger):
    seen = make_relationship(manager, make_account(username="open"))
    hidden = make_relationship(manager, stranger, kind="partner", points=[Point.VIEW_ORDERS])
    top_up(hidden.member, "77.77")
    top_up(seen.member, "55.55")
    console = browse(manager)
    assert money("¥55.55") in console.get(at("recall-create", seen.pk)).text
    page = console.get(at("recall-create", hidden.pk)).text
    assert money("¥77.77") not in page


def test_above_the_limit_a_code_is_asked_for_and_what_was_typed_goes_along(console, linked, manager, member):
    top_up(manager, "100000.00")
    address = at("allotment-create", linked.pk)
    form = {"key": console.get(address).context["form"]["key"].value(), "amount": "60000.00", "note": "大额"}
    answer = console.post(address, form)
    assert answer.headers["Location"].startswith(reverse("accounts:code"))
    assert "60000.00" in console.session["kept_form"]["typed"]
    assert funds(member).balance == 0
    assert console.get(answer.headers["Location"]).status_code == 200
    passed_code(manager)
    assert console.post(address, form).status_code == 302
    assert funds(member).balance == 60_000
    again = console.post(address, form)  # the code is spent, and nobody is asked for another
    assert again.headers["Location"] == at("allotment-result", Allotment.objects.get().pk)


def test_nobody_is_asked_for_a_code_that_could_not_help(console, linked):
    answer = send(console, at("allotment-create", linked.pk), amount="60000")
    assert answer.status_code == 409
    assert answer.context["form"].errors.keys() == {"amount"}


def test_while_it_is_typed_both_sides_are_worked_out(console, linked, member):
    allot(linked, "100.00")
    part = console.get(at("allotment-preview", linked.pk), {"amount": "250.5"}, headers={"HX-Request": "true"})
    assert money("¥649.50") in part.text
    assert money("¥350.50") in part.text
    assert money("¥900.00") in console.get(at("allotment-preview", linked.pk), {"amount": "901"}).text
    assert money("¥60.00") in console.get(at("recall-preview", linked.pk), {"amount": "40"}).text
    for nonsense in ("", "x", "NaN", "-1", "1e9", "\x00"):
        assert money("") not in console.get(at("recall-preview", linked.pk), {"amount": nonsense}).text
    assert funds(member).balance == 100


@pytest.mark.rule("K10.1")
def test_after_dissolving_no_form_opens(console, linked):
    dissolve(linked)
    for act in ("allotment-create", "recall-create", "allotment-preview"):
        refused = console.get(at(act, linked.pk))
        assert refused.status_code == 409
        assert "K10.1" in refused.text
    assert console.post(at("allotment-create", linked.pk), {"key": "x" * 10, "amount": "5"}).status_code == 409


def test_other_peoples_members_are_not_there(browse, linked, member, stranger):
    done = allot(linked, "10.00")
    for account in (stranger, member):
        console = browse(account)
        for act in ("allotment-create", "recall-create", "allotment-preview", "recall-preview"):
            assert console.get(at(act, linked.pk)).status_code == 404
            assert console.post(at(act, linked.pk), {"key": "k" * 10, "amount": "1"}).status_code in {404, 405}
    assert browse(stranger).get(at("allotment-result", done.pk)).status_code == 404
    assert browse(member).get(at("allotment-result", done.pk)).status_code == 200
    assert funds(member).balance == 10


def test_a_viewer_looks_and_moves_nothing(browse, linked, manager, member):
    done = allot(linked, "10.00")
    console = browse(make_operator(manager, Role.VIEWER))
    for act in ("allotment-create", "recall-create"):
        assert console.get(at(act, linked.pk)).status_code == 403
        assert console.post(at(act, linked.pk), {"key": "k" * 10, "amount": "1"}).status_code == 403
    assert at("allotment-create", linked.pk) not in console.get(at("member-list")).text
    assert console.get(at("allotment-result", done.pk)).status_code == 200
    assert funds(member).balance == 10


@pytest.mark.rule("K13.4", "K12.4")
def test_in_a_members_console_every_page_about_money_refuses(browse, manager, member):
    console = browse(manager)
    enter(console, manager, member)
    for name in ("overview", "member-list", "flow-list", "book-list", "credit", "top-up-list", "settings"):
        refused = console.get(at(name))
        assert refused.status_code == 403
        assert "K13.4" in refused.text


def test_the_names_of_the_people_stay_on_their_own_side(browse, linked, manager, member):
    done = allot(linked, "10.00")
    name = str(owner_of(manager))
    assert name in browse(manager).get(at("receipt", done.transfer_id)).text
    assert name not in browse(member).get(at("receipt", done.transfer_id)).text
