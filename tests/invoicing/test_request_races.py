"""Requests on connections of their own: the same money, asked for, freed and decided about at the same moment."""

import pytest

from accounts.permissions import P2
from invoicing.models import Invoiceable, InvoiceRequest, IssueOrder
from invoicing.services import request_reviews, requests
from invoicing.services.invoiceables import collect
from tests.factories import acting, make_account, make_relationship
from tests.finance.billing import JULY
from tests.finance.funds import staff
from tests.invoicing.requesting import ask, open_items, title
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def raised(results):
    return [one for one in results if isinstance(one, Exception)]


def unexpected(results):
    return [repr(one) for one in raised(results) if not hasattr(one, "code")]


def check_cover():
    """What live requests are over is what they cover; ended ones cover nothing."""
    for request in InvoiceRequest.objects.all():
        live = request.state in {"submitted", "issuing", "issued"}
        assert request.items.all().total() == (request.amount if live else 0)


def test_two_asking_for_the_same_money_get_one_invoice():
    manager, member = make_account(), make_account()
    link = make_relationship(manager, member, points=P2)
    items = open_items(member, "10.00", "20.00", "30.00")
    own = title(member)
    results = race(6, lambda n: ask(member, items[n % 2 :], title=own, by=link if n % 3 == 0 else None))
    assert unexpected(results) == []
    assert len(raised(results)) == 5
    assert (InvoiceRequest.objects.count(), IssueOrder.objects.count()) == (1, 1)
    check_cover()


def test_the_same_key_many_times_is_one_request():
    member = make_account()
    items, own = open_items(member), title(member)
    results = race(6, lambda _n: ask(member, items, title=own, key="once").pk)
    assert raised(results) == []
    assert len(set(results)) == 1


def test_overlapping_choices_while_finance_goes_on():
    member = make_account()
    items, own = open_items(member, "10.00", "20.00", "30.00"), title(member)
    more = open_items(member, "5.00", at=JULY)
    acts = [
        lambda: ask(member, items[:2], title=own),
        lambda: ask(member, items[1:], title=own),
        lambda: ask(member, more, title=own),
        lambda: collect(payer=member),
    ]
    results = race(8, lambda n: acts[n % 4]())
    assert unexpected(results) == []
    check_cover()
    assert Invoiceable.objects.count() == 4


def test_cancelling_approving_and_rejecting_at_once_end_in_one_way(monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", 1)
    member = make_account()
    request, someone = ask(member, open_items(member)), staff()
    acts = [
        lambda: requests.cancel_request(actor=acting(member), request_id=request.pk, account=member),
        lambda: request_reviews.approve_request(actor=someone, request_id=request.pk),
        lambda: request_reviews.reject_request(actor=someone, request_id=request.pk, reason="x"),
    ]
    results = race(6, lambda n: acts[n % 3]())
    assert unexpected(results) == []
    assert len(raised(results)) == 5
    check_cover()
    assert IssueOrder.objects.count() == (InvoiceRequest.objects.get().state == "issuing")
