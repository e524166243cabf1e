"""Many at once: choose, amounts, confirm, result (K10.4)."""

import pytest
from django.urls import reverse

from accounts.permissions import Role
from finance import policy
from finance.models import Allotment, Batch
from finance.services.allotments import AboveAllottable, AboveRecallable, NothingAllotted
from finance.services.batches import forget_batches, send_batch, start_batch
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship
from tests.finance.funds import D, allot, books_sum, funds, mover, recall, spend, top_up
from tests.finance.pages import WRONG_AMOUNTS, at, passed_code, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def links(manager):
    """Three members and 1,000.00 yuan of own cash."""
    top_up(manager, "1000.00")
    names = ("anna", "ben", "cleo")
    return [make_relationship(manager, make_account(username=name), kind="partner") for name in names]


def begin(console, links, direction="allot", **more):
    answer = console.post(at("batch-start"), {"direction": direction, "member": [one.pk for one in links], **more})
    assert answer.status_code == 302
    return Batch.objects.latest("pk")


def amounts(links, *typed, **more):
    return {f"amount-{one.pk}": text for one, text in zip(links, typed, strict=True)} | more


def test_ticked_members_go_to_the_amounts_in_their_order(console, links):
    batch = begin(console, links[:2])
    assert [line["relationship"] for line in batch.lines] == [links[0].pk, links[1].pk]
    page = console.get(at("batch-check", batch.pk))
    assert page.status_code == 200
    assert not shows(page, "Enter an amount.")


@pytest.mark.parametrize("data", [{}, {"direction": "allot"}, {"direction": "x", "member": ["1"]}])
def test_nothing_ticked_leads_back(console, links, data):
    answer = console.post(at("batch-start"), data)
    assert answer.headers["Location"].startswith(at("member-list"))
    assert not Batch.objects.exists()


@pytest.mark.parametrize("member", ["x", "-1", "9" * 30, "1.5", "\x00"])
def test_a_tick_that_is_no_number_chooses_nobody(console, links, member):
    console.post(at("batch-start"), {"direction": "allot", "member": [member]})
    assert not Batch.objects.exists()


def test_other_peoples_members_cannot_be_ticked(console, links, member, stranger):
    foreign = make_relationship(stranger, member)
    answer = console.post(at("batch-start"), {"direction": "allot", "member": [links[0].pk, foreign.pk]})
    assert answer.status_code == 404
    batch = begin(console, links)
    answer = console.post(at("batch-check", batch.pk), {f"amount-{foreign.pk}": "5", "act": "next"})
    assert answer.status_code == 404
    assert not Allotment.objects.exists()


def test_all_that_fit_the_filter_can_be_taken_at_once(console, links):
    batch = begin(console, [], asked="kind=partner&q=n", all="1")
    assert {line["relationship"] for line in batch.lines} == {links[0].pk, links[1].pk}


@pytest.mark.rule("K10.4")
def test_one_amount_for_all_and_another_for_one(console, links):
    batch = begin(console, links)
    console.post(at("batch-check", batch.pk), amounts(links, "", "", "", each="50", act="apply"))
    batch.refresh_from_db()
    assert [line["amount"] for line in batch.lines] == ["50", "50", "50"]
    console.post(at("batch-check", batch.pk), amounts(links, "50", "70.5", "50", act="save"))
    page = console.get(at("batch-check", batch.pk))
    assert page.context["review"].total == D("170.50")
    console.post(at("batch-check", batch.pk), amounts(links, "50", "70.5", "50", remove=str(links[1].pk)))
    batch.refresh_from_db()
    assert [line["relationship"] for line in batch.lines] == [links[0].pk, links[2].pk]


@pytest.mark.rule("K10.6")
@pytest.mark.parametrize(("typed", "sentence"), [*WRONG_AMOUNTS.items(), ("0.01", None)])
def test_what_is_wrong_stands_at_its_row_before_anything_is_sent(console, links, typed, sentence):
    batch = begin(console, links)
    page = console.post(at("batch-check", batch.pk), amounts(links, "5", typed, "5", act="next"))
    assert page.status_code == 422
    assert [row.problem is not None for row in page.context["review"].rows] == [False, True, False]
    if sentence is not None:
        assert shows(page, sentence)
    assert console.post(at("batch-confirm", batch.pk)).headers["Location"] == at("batch-check", batch.pk)
    assert not Allotment.objects.exists()


@pytest.mark.rule("K10.6")
def test_the_sum_must_be_there(console, links):
    batch = begin(console, links)
    page = console.post(at("batch-check", batch.pk), amounts(links, "400", "400", "400", act="next"))
    assert page.status_code == 422
    assert shows(page, AboveAllottable.sentence, available="1,000.00", amount="1,200.00")


@pytest.mark.rule("K10.4", "K10.2")
def test_confirmed_it_is_sent_once_with_a_result_for_each(console, links, manager):
    batch = begin(console, links)
    answer = console.post(at("batch-check", batch.pk), amounts(links, "100", "200", "300", act="next"))
    assert answer.headers["Location"] == at("batch-confirm", batch.pk)
    assert console.get(at("batch-confirm", batch.pk)).context["review"].total == 600
    for _time in range(2):
        assert console.post(at("batch-confirm", batch.pk)).headers["Location"] == at("batch-result", batch.pk)
    page = console.get(at("batch-result", batch.pk))
    assert (page.context["done"], page.context["refused"], page.context["total"]) == (3, 0, 600)
    assert funds(manager).cash == 400
    assert [funds(one.member).allotted for one in links] == [100, 200, 300]
    assert console.get(at("batch-check", batch.pk)).headers["Location"] == at("batch-result", batch.pk)
    assert console.post(at("batch-check", batch.pk), amounts(links, "1", "1", "1")).status_code == 302
    assert books_sum() == 0


@pytest.mark.rule("K10.4", "K10.8")
def test_what_is_refused_meanwhile_does_not_hold_up_the_others(console, links, manager):
    for one in links:
        allot(one, "100.00")
    batch = start_batch(
        actor=acting(manager),
        account=manager,
        direction="recall",
        lines=[{"relationship": one.pk, "amount": "100"} for one in links],
    )
    spend(links[1].member, "30.00")
    page = console.get(at("batch-check", batch.pk))
    assert shows(page, AboveRecallable.sentence, recallable="70.00", amount="100.00")
    recall(links[0], "100.00")
    Batch.objects.filter(pk=batch.pk).update(
        lines=[{"relationship": one.pk, "amount": "70.00", "note": ""} for one in links[1:]]
    )
    dissolve(links[2])
    assert console.post(at("batch-confirm", batch.pk)).headers["Location"] == at("batch-check", batch.pk)


def test_a_refusal_stands_in_the_result_with_its_rule(console, links, manager):
    batch = begin(console, links[:2])
    console.post(at("batch-check", batch.pk), amounts(links[:2], "10", "20", act="next"))
    send_batch(actor=mover(manager), batch_id=batch.pk)
    gone = Allotment.objects.get(relationship=links[1])
    Batch.objects.filter(pk=batch.pk).update(
        lines=[*Batch.objects.get(pk=batch.pk).lines, {"relationship": links[2].pk, "amount": "5.00", "note": ""}],
        refused={"2": {"sentence": "Not today.", "rule": "K10.9"}},
    )
    page = console.get(at("batch-result", batch.pk))
    assert (page.context["done"], page.context["refused"]) == (2, 1)
    assert page.context["outcomes"][0].reason == "Not today."
    assert at("receipt", gone.transfer_id) in page.text


@pytest.mark.rule("K10.7", "K10.8")
def test_a_recall_offers_what_can_be_recalled_from_each(console, links):
    allot(links[0], "100.00")
    allot(links[1], "50.00")
    spend(links[1].member, "20.00")
    batch = begin(console, links, direction="recall")
    console.post(at("batch-check", batch.pk), amounts(links, "", "", "", act="recallable"))
    batch.refresh_from_db()
    assert [line["amount"] for line in batch.lines] == ["100.00", "30.00"]
    batch = begin(console, links, direction="recall")
    page = console.post(at("batch-check", batch.pk), amounts(links, "1", "1", "1", act="next"))
    assert shows(page, NothingAllotted.sentence)


def test_above_the_limit_the_sum_needs_a_code_and_nothing_is_lost(console, links, manager):
    top_up(manager, "100000.00")
    batch = begin(console, links)
    console.post(at("batch-check", batch.pk), amounts(links, "30000", "30000", "1", act="next"))
    answer = console.post(at("batch-confirm", batch.pk))
    assert answer.headers["Location"].startswith(reverse("accounts:code"))
    assert not Allotment.objects.exists()
    passed_code(manager)
    assert console.post(at("batch-confirm", batch.pk)).headers["Location"] == at("batch-result", batch.pk)
    assert Allotment.objects.count() == 3


def test_a_note_that_cannot_be_shown_is_refused_at_its_row(console, links):
    batch = begin(console, links[:1])
    page = console.post(
        at("batch-check", batch.pk), amounts(links[:1], "5", act="next") | {f"note-{links[0].pk}": "x" * 201}
    )
    assert page.status_code == 422
    page = console.post(
        at("batch-check", batch.pk), amounts(links[:1], "5", act="next") | {f"note-{links[0].pk}": "a\x00b"}
    )
    assert page.status_code == 302


def test_a_batch_is_its_accounts_own(browse, links, manager, stranger):
    batch = begin(browse(manager), links)
    for name in ("batch-check", "batch-confirm", "batch-result"):
        assert browse(stranger).get(at(name, batch.pk)).status_code == 404
    viewer = browse(make_operator(manager, Role.VIEWER))
    assert viewer.get(at("batch-check", batch.pk)).status_code == 403
    assert viewer.post(at("batch-confirm", batch.pk)).status_code == 403
    assert viewer.post(at("batch-start"), {"direction": "allot", "member": [links[0].pk]}).status_code == 403


def test_as_many_queries_for_many_rows_as_for_one(console, manager):
    top_up(manager, "1000.00")

    def batch_of(count):
        links = [make_relationship(manager, make_account(), kind="partner") for _number in range(count)]
        batch = begin(console, links)
        console.post(at("batch-check", batch.pk), amounts(links, *["1"] * count, act="next"))
        return batch

    one, many = batch_of(1), batch_of(4)
    for name in ("batch-check", "batch-confirm"):
        assert queries(console, at(name, one.pk)) == queries(console, at(name, many.pk))
    for batch in (one, many):
        console.post(at("batch-confirm", batch.pk))
    assert queries(console, at("batch-result", one.pk)) == queries(console, at("batch-result", many.pk))


def test_what_was_never_sent_is_forgotten(console, links):
    batch, sent = begin(console, links), begin(console, links[:1])
    console.post(at("batch-check", sent.pk), amounts(links[:1], "5", act="next"))
    console.post(at("batch-confirm", sent.pk))
    assert forget_batches() == 0
    assert forget_batches(now=batch.created_at + policy.BATCHES_OPEN_KEPT * 2) == 1
    assert Batch.objects.get() == sent
