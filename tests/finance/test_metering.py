"""Taking usage in: every good record once, every other one with its reason, late ones for the next run."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Account
from finance import policy
from finance.cycles import ZONE
from finance.models import BillLine, LateUsage, Product, Usage
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.metering import Intake, take_csv, take_usage
from finance.services.partitions import ensure_coming_months, ensure_months, partition_of
from tests.finance.bills import make_product
from tests.finance.funds import D, top_up

NOON = datetime(2026, 3, 10, 12, tzinfo=ZONE)
NOW = NOON + timedelta(days=20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(db) -> Product:
    return make_product(code="cpu")


def row(owner: Account, source: str = "s1", **more) -> tuple[str, ...]:
    fields = {"account": owner.number, "product": "cpu", "instance": "i-1", "quantity": "2.5"}
    fields |= {"started_at": "2026-03-10T12:10:00+08:00", "ended_at": "2026-03-10T12:20:00+08:00", "corrects": ""}
    return (source, *(fields | more).values())


def take(*rows, now: datetime = NOW) -> Intake:
    return take_usage(rows=rows, now=now)


def only(intake: Intake) -> str:
    assert intake.kept == 0
    (refusal,) = intake.refused
    return refusal.reason


def bill():
    return bill_usage(shards=range(SHARDS), until=NOON + timedelta(hours=1), now=NOW)


def test_a_record_is_kept_with_its_cycle(manager, product):
    assert take(row(manager)) == Intake(kept=1, known=0, refused=[])
    kept = Usage.objects.get()
    assert (kept.owner_id, kept.product_id, kept.quantity, kept.shard) == (
        manager.pk,
        product.pk,
        D("2.5"),
        manager.pk % SHARDS,
    )
    assert (kept.cycle_start, kept.cycle_end) == (NOON, NOON + timedelta(hours=1))


def test_the_same_record_again_is_no_harm_and_its_number_with_other_content_is_refused(manager, product):
    take(row(manager))
    assert take(row(manager), row(manager, "s2"), row(manager, "s2")) == Intake(kept=1, known=2, refused=[])
    assert only(take(row(manager, quantity="3"))) == "source_id_reused"
    again = take(row(manager, "s3"), row(manager, "s3", quantity="9"))
    assert (again.kept, again.known, [one.line for one in again.refused]) == (1, 0, [2])
    assert Usage.objects.count() == 3


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"source": ""}, "source_id"),
        ({"source": "x" * 101}, "source_id"),
        ({"account": "0000000000"}, "unknown_account"),
        ({"account": "' OR 1=1 --"}, "unknown_account"),
        ({"product": "nothing"}, "unknown_product"),
        ({"product": "ahead"}, "product_not_metered"),
        ({"instance": ""}, "instance"),
        ({"instance": "x" * 101}, "instance"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "1234567890123456"}, "quantity"),
        ({"quantity": "0.123456789"}, "quantity"),
        ({"quantity": "１２"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"started_at": "yesterday"}, "time"),
        ({"started_at": "2026-02-30T00:00:00Z"}, "time"),
        ({"started_at": "2026-03-10T12:10:00"}, "time"),
        ({"started_at": "infinity"}, "time"),
        ({"ended_at": "2026-03-10T12:09:59+08:00"}, "ends_before_it_begins"),
        ({"ended_at": "2026-12-10T12:10:00+08:00"}, "in_the_future"),
        ({"started_at": "2024-01-01T00:00:00Z"}, "too_old"),
        ({"corrects": "s1"}, "corrects"),
        ({"corrects": "never seen"}, "corrects_unknown"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(manager, product, more, reason):
    make_product(code="ahead", pay_mode="prepaid")
    assert only(take(row(manager, **more))) == reason
    assert not Usage.objects.exists()


def test_what_runs_goes_on_being_metered_when_its_product_is_off_sale(manager):
    make_product(code="gone", active=False)
    assert take(row(manager, product="gone")).kept == 1


def test_good_records_are_kept_beside_refused_ones(manager, product):
    taken = take(row(manager, "s1"), row(manager, "s2", quantity="x"), row(manager, "s3"))
    assert (taken.kept, [(one.line, one.source_id) for one in taken.refused]) == (2, [(2, "s2")])


def test_records_of_two_months_go_into_their_partitions(manager, product):
    at = {"started_at": "2026-02-28T23:59:00+08:00", "ended_at": "2026-03-01T00:10:00+08:00"}
    assert take(row(manager, "s1"), row(manager, "s2", **at)).kept == 2
    assert set(Usage.objects.values_list("cycle_start__month", flat=True)) == {2, 3}


def test_what_comes_after_its_cycle_was_billed_is_billed_by_the_difference(manager, product):
    top_up(manager, "100.00")
    take(row(manager))
    assert bill().lines == 1
    assert not LateUsage.objects.exists()
    take(row(manager, "s2", quantity="1"))
    assert LateUsage.objects.count() == 1
    assert (bill().lines, bill().lines) == (1, 0)
    assert [line.payable for line in BillLine.objects.order_by("revision")] == [D("2.50"), D("1.00")]


def test_a_correction_states_the_right_quantity_and_the_difference_is_billed(manager, product):
    top_up(manager, "100.00")
    take(row(manager))
    bill()
    assert take(row(manager, "s2", quantity="1", corrects="s1")).kept == 1
    bill()
    assert (
        take(row(manager, "s3", quantity="4", corrects="s1"), row(manager, "s4", quantity="2", corrects="s1")).kept == 2
    )
    bill()
    assert [line.payable for line in BillLine.objects.order_by("revision")] == [D("2.50"), D("-1.50"), D("1.00")]
    assert sum(Usage.objects.values_list("quantity", flat=True)) == D("2")


def test_a_correction_comes_once_and_only_for_the_same_thing(manager, member, product):
    take(row(manager))
    correction = row(manager, "s2", quantity="1", corrects="s1")
    assert (take(correction).kept, take(correction).known) == (1, 1)
    assert only(take(row(manager, "s2", quantity="9", corrects="s1"))) == "source_id_reused"
    assert only(take(row(member, "s3", corrects="s1"))) == "corrects_another"
    assert only(take(row(manager, "s4", instance="i-2", corrects="s1"))) == "corrects_another"
    assert only(take(row(manager, "s5", corrects="s2"))) == "corrects_another"
    later = {"started_at": "2026-03-10T13:10:00+08:00", "ended_at": "2026-03-10T13:20:00+08:00"}
    assert only(take(row(manager, "s6", corrects="s1", **later))) == "corrects_another"


def test_an_original_and_its_correction_may_come_together(manager, product):
    assert take(row(manager), row(manager, "s2", quantity="0", corrects="s1")).kept == 2
    assert sum(Usage.objects.values_list("quantity", flat=True)) == 0


def test_lines_of_csv_are_taken_as_they_are(manager, product):
    lines = "\n".join(",".join(row(manager, f"s{number}")) for number in range(5))
    assert take_csv(piece=lines.encode(), lines=5, now=NOW).kept == 5
    assert take_csv(piece=f"{lines}\n".encode(), lines=5, now=NOW).known == 5


def test_months_are_made_ahead_and_once():
    for _time in range(2):
        ensure_coming_months(now=NOW)
        ensure_months(months=[NOW.date().replace(day=1)])
    assert partition_of(month=NOW.date()) == "finance_usage_202603"


def test_clocks_may_be_a_little_ahead(manager, product):
    ended = NOON + timedelta(minutes=20)
    assert take(row(manager), now=ended - policy.USAGE_AHEAD).kept == 1
