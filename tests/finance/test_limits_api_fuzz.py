"""Every operation of limits, called with what fits it and what does not (`tests.fuzzing`)."""

import pytest
from django.utils import timezone

from accounts import policy
from finance import policy as finance_policy
from finance.models import BalanceAlert, Budget, PurchaseStop
from finance.services.purchase_stops import impose_stops
from finance.services.suspensions import review_payers
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.bills import make_product
from tests.finance.limiting import bill, budget
from tests.fuzzing import Fuzzer

TAGS = ("budgets", "alerts", "purchase-stops", "suspensions")


@pytest.mark.django_db
@pytest.mark.usefixtures("cheap_hashes")
def test_nothing_that_is_sent_breaks_it(manager, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (10**6, 60))
    monkeypatch.setattr(finance_policy, "BUDGETS_MAX", 10**6)
    links = [make_relationship(manager, make_account()) for _number in range(4)]
    product, now = make_product(), timezone.now()
    one = budget(manager, relationship_id=links[0].pk, now=now)
    impose_stops(budget=one, links=links[:3], ask=True, at=now)
    bill(manager, "5.00", product=product, at=now)
    review_payers()
    api = ApiClient(manager)
    assert api.post("alerts/", {"threshold": "5.00", "relationships": [links[0].pk]}).status_code == 200
    known = {
        "relationship": [link.pk for link in links],
        "relationships": [[link.pk for link in links], [links[0].pk, links[0].pk], []],
        "amount": ["0.01", "12.34", "999999.99", "-1.00", "１.00"],
        "threshold": ["0.01", "50", "0", "1e5"],
        "product": [product.code, "none", None],
        "folder": [None],
        "name": ["云资源", "", "a\u202eb"],
        "reason": ["", "预算已用完", "a\u202eb"],
        "actual": [[50, 100], [0], [501], []],
        "forecast": [[100], []],
    }
    ids = {
        "budgets": list(Budget.objects.values_list("pk", flat=True)),
        "alerts": list(BalanceAlert.objects.values_list("pk", flat=True)),
        "purchase-stops": list(PurchaseStop.objects.order_by("pk").values_list("pk", flat=True)),
    }
    seen = Fuzzer(api, known=known, ids=ids).run(TAGS)
    assert len(seen) == 14
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
