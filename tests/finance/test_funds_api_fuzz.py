"""Every operation of finance, called with what fits it and what does not (`tests.fuzzing`)."""

import pytest

from accounts import policy
from finance import policy as finance_policy
from finance.models import Allotment, Entry, TopUp
from finance.services.credit import allot_credit, grant_credit
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, books_sum, mover, staff, top_up
from tests.fuzzing import Fuzzer

TAGS = ("balances", "funds", "flows", "top-ups", "credit")


@pytest.mark.django_db
@pytest.mark.usefixtures("cheap_hashes")
def test_nothing_that_is_sent_breaks_it(manager, stranger, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (10**6, 60))
    monkeypatch.setattr(finance_policy, "TOP_UPS_WAITING_MAX", 10**6)
    for account in (manager, stranger):
        top_up(account, "100000.00")
        grant_credit(actor=staff(), account=account, limit=D("100000.00"))
    links = [make_relationship(manager, make_account(), kind=kind) for kind in ("group", "partner", "group")]
    for link in links:
        allot(link, "5000.00")
    allot_credit(actor=mover(manager), relationship_id=links[0].pk, amount=D("5000.00"))
    allot(make_relationship(stranger, manager, kind="partner"), "10.00")
    api = ApiClient(manager)
    for amount in ("5.00", "6.00", "7.00"):
        assert api.post("topups/", {"amount": amount}).status_code == 201
    ids = {
        "flows": list(Allotment.objects.values_list("pk", flat=True)),
        "receipts": list(Entry.objects.filter(book__account=manager).values_list("transfer_id", flat=True)),
        "topups": list(TopUp.objects.values_list("pk", flat=True)),
    }
    known = {
        "relationship": [link.pk for link in links],
        "amount": ["0.01", "0.02", "1", "12.34", "999999.99", "-1.00", "１.00"],
        "note": ["", "三月预算", "a\u202eb"],
        "member": [links[0].member.number, stranger.number],
        "since": ["2026-01-01", "0001-01-01"],
        "until": ["2199-12-31", "9999-12-31"],
    }
    seen = Fuzzer(api, known=known, ids=ids).run(TAGS)
    assert len(seen) == 16
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
    assert books_sum() == 0
