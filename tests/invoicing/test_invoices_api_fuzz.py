"""Every operation of issued invoices, called with what fits it and what does not (`tests.fuzzing`)."""

import pytest

from accounts import policy
from accounts.permissions import P1
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.fuzzing import Fuzzer
from tests.invoicing.facing import D, make_invoice, take_back


@pytest.mark.django_db
def test_nothing_that_is_sent_breaks_it(manager, member, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (10**6, 60))
    make_relationship(manager, member, points=P1)
    invoices = [make_invoice(manager), make_invoice(member), make_invoice(make_account())]
    invoices.append(take_back(invoices[0], {1: D("40.00")}))
    known = {
        "of": ["own", "members", "systems"],
        "month": ["2026-11", "0001-01", "9999-12", "x"],
        "state": ["normal", "partly", "wholly", "red"],
        "text": [invoices[0].number, "海桐", "\x00", "%"],
        "member": [member.number, "1"],
    }
    ids = {"invoices": [one.pk for one in invoices]}
    seen = Fuzzer(ApiClient(manager), known=known, ids=ids, examples=25).run(["invoices"])

    assert {"invoices_list", "invoices_read", "invoices_pdf", "invoices_xml"} <= set(seen)
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
