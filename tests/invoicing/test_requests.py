"""Requests for invoices: what they cover, what they refuse, who may ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import PointMissing
from accounts.models import Event
from accounts.permissions import P1, P2, Role
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from finance.services.ledger import KeyReused
from invoicing.models import Invoiceable, InvoiceRequest, IssueOrder, Title
from invoicing.services import request_reviews, requests, titles
from invoicing.services.request_drafts import NothingLeft, NotOpen
from invoicing.services.requests import AmountChanged, NoSpecialInvoice, NotPrintable, TitleIncomplete
from tests.factories import acting, make_account, make_operator, make_relationship
from tests.finance.billing import JULY, confirmed, make_line, make_refund
from tests.finance.bills import make_product
from tests.finance.funds import D, staff, top_up
from tests.invoicing.requesting import ask, buyer, open_items, spent, taxed, title

pytestmark = pytest.mark.django_db


def fresh(request):
    return InvoiceRequest.objects.get(pk=request.pk)


def lines(request):
    keys = ("class_code", "rate", "amount", "tax")
    return [tuple(line[key] for key in keys) for line in request.content["lines"]]


def open_sum(account):
    return Invoiceable.objects.open().filter(payer=account).total()


def test_amounts_are_split_at_the_rate_of_their_tax_item(member):
    machine = make_product()
    taxed(machine)
    spent(member, "60.00", "40.00", product=machine)
    open_items(member, "100.00", at=JULY)
    request = ask(member)
    assert lines(request) == [
        ("3040201010000000000", "0.060", "94.34", "5.66"),
        ("1090000000000000000", "0.130", "88.50", "11.50"),
    ]
    assert (request.amount, request.state, open_sum(member)) == (D("200.00"), "issuing", 0)
    order = IssueOrder.objects.get(request=request)
    assert (order.serial, order.email, order.face["buyer"]["name"]) == (
        str(request),
        "invoices@example.com",
        "云岭科技集团有限公司",
    )
    assert order.face["lines"] == request.content["lines"]


def test_what_it_covers_is_kept_by_month_and_account(member):
    other = make_account()
    spent(member, "10.00", at=JULY)
    spent(member, "20.00", "1.00", owner=other)
    open_items(member, "30.00", at=JULY.replace(month=8))
    assert [(one["month"], one["amount"]) for one in ask(member).content["covers"]] == [
        ("2025-08", "30.00"),
        ("2025-07", "10.00"),
        ("2025-06", "21.00"),
    ]


def test_everything_below_zero_of_the_same_tax_item_comes_along(member):
    machine = make_product()
    taxed(machine)
    spent(member, "50.00", at=JULY)
    top_up(member, "200.00")
    make_refund(member, "30.00")
    open_items(member, "100.00", "80.00", product=machine)
    chosen = Invoiceable.objects.get(amount="50.00")
    assert ask(member, [chosen]).amount == D("20.00")
    assert open_sum(member) == D("180.00")


def test_nothing_is_left_after_what_is_taken_off(member):
    spent(member, "50.00", at=JULY)
    top_up(member, "20.00")
    make_line(member, "20.00")
    make_refund(member, "70.00")
    confirmed(member)
    open_items(member, "1.00", at=JULY.replace(month=8))
    chosen = Invoiceable.objects.get(amount="50.00")
    with pytest.raises(NothingLeft, match="70"):
        ask(member, [chosen])
    assert open_sum(member) == D("1.00")


def test_money_is_asked_for_once_and_is_free_again_after_a_cancelling_or_a_rejection(member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("1.00"))
    items = open_items(member)
    first = ask(member, items)
    with pytest.raises(NotOpen):
        ask(member, items)
    requests.cancel_request(actor=acting(member), request_id=first.pk, account=member)
    second = ask(member, items)
    assert (fresh(first).state, second.state) == ("cancelled", "submitted")
    request_reviews.reject_request(actor=staff(), request_id=second.pk, reason="抬头有误")
    assert (fresh(second).state, fresh(second).reason, open_sum(member)) == ("rejected", "抬头有误", D("106.00"))
    assert fresh(second).content["lines"] != []
    assert ask(member, items).state == "submitted"


def test_amounts_of_others_and_unknown_ones_are_refused(member, stranger):
    theirs = open_items(stranger)
    title(member)
    with pytest.raises(NotOpen):
        ask(member, theirs)
    with pytest.raises(InputError):
        ask(member, [])


def test_large_requests_wait_for_staff(member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("106.00"))
    small = ask(member, open_items(member))
    large = ask(member, open_items(member, "106.01", at=JULY))
    assert (small.state, large.state, large.needs_review) == ("issuing", "submitted", True)
    assert list(InvoiceRequest.objects.to_review()) == [large]
    assert not IssueOrder.objects.filter(request=large).exists()
    request_reviews.approve_request(actor=staff(), request_id=large.pk)
    assert fresh(large).state == "issuing"
    assert IssueOrder.objects.filter(request=large).exists()
    with pytest.raises(MoveRefused):
        requests.cancel_request(actor=acting(member), request_id=large.pk, account=member)


def test_what_may_be_issued_cannot_be_rejected_what_failed_can(member):
    request = ask(member, open_items(member))
    with pytest.raises(request_reviews.MayBeIssued):
        request_reviews.reject_request(actor=staff(), request_id=request.pk, reason="x")
    order = IssueOrder.objects.get()
    order.fail(at=order.created_at, fault="duplicate", message="")
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    with pytest.raises(request_reviews.MayBeIssued):  # it stands at the platform, from whatever time
        request_reviews.reject_request(actor=staff(), request_id=request.pk, reason="x")
    IssueOrder.objects.update(fault="refused")
    request_reviews.reject_request(actor=staff(), request_id=request.pk, reason="税局拒绝")
    assert open_sum(member) == D("106.00")


def test_staff_decide_with_the_right_a_reason_and_about_others(member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("1.00"))
    request = ask(member, open_items(member))
    with pytest.raises(NotAllowed):
        request_reviews.approve_request(actor=acting(member), request_id=request.pk)
    with pytest.raises(InputError):
        request_reviews.reject_request(actor=staff(), request_id=request.pk, reason=" ")
    someone = staff()
    member.operators.create(user=someone.user, role=Role.VIEWER)
    for act in (request_reviews.approve_request, request_reviews.reject_request):
        with pytest.raises(request_reviews.OwnRequest):
            act(actor=someone, request_id=request.pk, **({"reason": "x"} if "reject" in act.__name__ else {}))


def test_the_title_is_a_copy(member):
    own = title(member)
    request = ask(member, open_items(member), title=own)
    titles.change_title(actor=acting(member), title_id=own.pk, buyer=buyer("改名有限公司", 9))
    assert fresh(request).title["name"] == "云岭科技集团有限公司"


def test_a_special_invoice_needs_a_full_title_and_taxed_items(member):
    items = open_items(member)
    short = title(member, bank="", phone="")
    with pytest.raises(TitleIncomplete, match=r"完整|full"):
        ask(member, items, title=short, kind="special")
    person = title(member, "白一帆", kind="person", tax_number="")
    with pytest.raises(TitleIncomplete):
        ask(member, items, title=person, kind="special")
    full = title(member, "完整抬头有限公司", 3)
    taxed(items[0].product, "0", zero_rate="1")
    with pytest.raises(NoSpecialInvoice):
        ask(member, items, title=full, kind="special")
    assert ask(member, items, title=person).state == "issuing"


def test_a_repeat_answers_the_same_request_and_another_under_its_key_is_refused(member):
    items = open_items(member)
    first = ask(member, items, key="once")
    assert ask(member, items, key="once") == first
    with pytest.raises(KeyReused):
        ask(member, items, key="once", kind="special")
    assert InvoiceRequest.objects.count() == 1


def test_nobody_gets_an_invoice_over_another_amount_than_was_shown(member):
    items = open_items(member)
    with pytest.raises(AmountChanged, match="106"):
        ask(member, items, expected=D("100.00"))
    assert ask(member, items, expected=D("106.00")).amount == D("106.00")


def test_who_may_not_manage_invoices_asks_for_none(member, stranger):
    items = open_items(member)
    title(member)
    with pytest.raises(NotAllowed):
        ask(member, items, actor=acting(member, make_operator(member, Role.VIEWER)))
    with pytest.raises(NotFound):
        ask(member, items, actor=acting(stranger))


@pytest.mark.rule("K7.6", "A3.5", "A4.5")
def test_a_manager_asks_for_a_member_with_the_members_title_only(manager, member):
    link = make_relationship(manager, member, points=P2)
    items = open_items(member)
    with pytest.raises(InputError):
        ask(member, items, by=link, title=title(manager))
    request = ask(member, items, by=link, title=title(member, "成员抬头有限公司", 8))
    assert (request.account, request.asked_by, request.relationship) == (member, manager, link)
    assert request.title["name"] == "成员抬头有限公司"
    event = Event.objects.get(kind="invoice_request.submitted")
    assert (event.account, event.counterpart) == (manager, member)


@pytest.mark.rule("K7.4", "K7.6")
def test_seeing_is_not_asking_and_what_is_dissolved_is_neither(manager, member):
    items = open_items(member)
    link = make_relationship(manager, member, points=P1)
    with pytest.raises(PointMissing):
        ask(member, items, by=link)
    other = make_relationship(manager, make_account(), points=P2)
    wish = requests.Wish([items[0].pk], Title.objects.get(account=member).pk)
    with pytest.raises(NotFound):
        requests.submit_request(actor=acting(manager), account=member, wish=wish, key="k", through=other.pk)


@pytest.mark.rule("A4.5")
def test_amounts_of_several_members_are_never_merged_by_a_manager_that_does_not_pay(manager, member):
    links = [make_relationship(manager, account, points=P2) for account in (member, make_account())]
    items = [one for link in links for one in open_items(link.member)]
    with pytest.raises(NotOpen):
        ask(member, items, by=links[0])
    title(manager)
    with pytest.raises(NotOpen):
        ask(manager, items)


@pytest.mark.rule("A2.7", "A4.5")
def test_what_a_manager_pays_for_many_is_one_invoice(manager, member):
    third = make_account()
    for month, (owner, amount) in enumerate(((manager, "10.00"), (member, "20.00"), (third, "30.00")), 6):
        items = open_items(manager, amount, at=JULY.replace(month=month), owner=owner)
    request = ask(manager, items)
    assert request.amount == D("60.00")
    assert {one["number"] for one in request.content["covers"]} == {one.number for one in (manager, member, third)}


def test_the_queries_of_a_request_do_not_grow(member):
    own, counts = title(member), []
    for month, amounts in ((6, ["10.00"]), (7, ["10.00"] * 12)):
        items = open_items(member, *amounts, at=JULY.replace(month=month))
        with CaptureQueriesContext(connection) as asked:
            ask(member, items, title=own)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_a_platform_would_refuse_is_not_sent(member):
    items = open_items(member)
    taxed(items[0].product, "0.170")
    with pytest.raises(NotPrintable):
        ask(member, items)
