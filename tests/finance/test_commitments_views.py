"""The pages of commitments and discounts, down to the bill lines that a cycle covered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from finance.models import BillLine, CommitmentUse
from tests.finance.billing import make_line
from tests.finance.billing_runs import commit
from tests.finance.buying import promotion, voucher
from tests.finance.pages import at, money, queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def covered(commitment, owner):
    """One use of it, on a line of its own."""
    line = make_line(commitment.account, "1.00", owner=owner)
    BillLine.objects.filter(pk=line.pk).update(gross=3, covered=2)
    return CommitmentUse.objects.create(
        commitment=commitment, line=line, consumer=owner, cycle_start=line.cycle_start, amount=2
    )


@pytest.mark.rule("A2.2")
def test_from_a_commitment_to_a_cycle_to_who_used_it_to_the_bill_line_and_back(browse, manager, member):
    found, console = commit(manager, kind="savings"), browse(manager)
    use, address = covered(found, member), at("commitment-detail", found.pk)
    assert "cycle=2025-06-10T08%3A00%3A00%2B08%3A00" in console.get(address).text
    address += "?cycle=2025-06-10T08%3A00%3A00%2B08%3A00"
    few, text = queries(console, address), console.get(address).text
    assert (member.name in text, at("bill-detail", use.line_id) in text) == (True, True)
    assert at("commitment-detail", found.pk) in console.get(at("bill-detail", use.line_id)).text
    for _number in range(4):
        covered(found, member)
    assert queries(console, address) == few


@pytest.mark.parametrize("cycle", ["x", "2025-13-01T00:00:00Z", "2025-06-10T08:00:00", ""])
def test_a_cycle_that_makes_no_sense_shows_all_of_them(browse, manager, cycle):
    found = commit(manager, kind="savings")
    page = browse(manager).get(at("commitment-detail", found.pk), {"cycle": cycle})
    assert (page.status_code, "capacity" in page.context) == (200, True)


def test_a_bill_line_names_the_vouchers_that_paid_it(browse, manager):
    paid = voucher(manager, "5.00")
    line = make_line(manager, "9.00")
    text = browse(manager).get(at("bill-detail", line.pk)).text
    assert (at("voucher-detail", paid.pk) in text, money("¥5.00") in text) == (True, True)


def test_promotions_of_now_stand_beside_contract_discounts(browse, manager):
    promotion("0.9", name="三月特惠")
    promotion("0.8", name="过期", valid_until=timezone.now() - timedelta(days=1))
    page = browse(manager).get(at("discount-list"))
    assert [row[0].name for row in page.context["promotions"]] == ["三月特惠"]
    assert "三月特惠" in page.text
