"""The pages of support staff for the seals and alarms of the ledger."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from finance.models import LedgerAlarm, LedgerSeal
from finance.services import proof
from finance.verification import Flaw
from tests.finance.ledger_rows import five_entries, no_guards
from tests.finance.test_admin_buttons import address, offered, page, press
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def keeper():
    return staff_browser(make_staff("view_ledgeralarm", "change_ledgeralarm", username="keeper"))


@pytest.fixture
def alarm():
    book = five_entries()
    return proof.raise_alarm(flaws=[Flaw("wrong_balance", book=book.pk, sequence=3), Flaw("wrong_total")])


def test_an_alarm_is_cleared_with_what_was_done_as_the_one_who_pressed(keeper, alarm):
    assert offered(keeper, alarm) == ["clear"]
    for nothing in ("", "  ", "\u200b", "x" * 201):
        said, refused = press(keeper, alarm, "clear", note=nothing)
        assert refused, said
    assert LedgerAlarm.objects.raised().exists()
    assert not press(keeper, alarm, "clear", note="从备份恢复")[1]
    alarm.refresh_from_db()
    assert (alarm.cleared_by.username, alarm.note) == ("keeper", "从备份恢复")
    assert Event.objects.get(kind="ledger.alarm_cleared").actor.username == "keeper"
    assert offered(keeper, alarm) == []


def test_clearing_one_of_two_says_that_money_is_still_halted(keeper, alarm):
    other = proof.raise_alarm(flaws=[Flaw("wrong_total")])
    first, _refused = press(keeper, alarm, "clear", note="done")
    last, _refused = press(keeper, other, "clear", note="done")
    assert first != last
    assert "other" in first or "其他" in first


def test_an_alarm_tells_everything_that_was_found_and_leads_to_it(keeper, alarm):
    shown = keeper.get(page(alarm)).content.decode()
    book = reverse("admin:finance_book_change", args=[alarm.flaws[0]["book"]])
    assert book in shown
    assert all(Flaw(**facts).sentence for facts in alarm.flaws)
    message = Message.objects.get(event__kind="ledger.broken", user__username="keeper")
    assert message.link == page(alarm)


def test_nobody_clears_without_the_permission(alarm):
    reader = staff_browser(make_staff("view_ledgeralarm"))
    assert offered(reader, alarm) == []
    assert reader.post(address(alarm, "clear"), {"note": "x"}).status_code == 403
    assert LedgerAlarm.objects.raised().get() == alarm


def test_the_first_page_counts_alarms_that_halt_money(keeper, alarm):
    (waiting,) = keeper.get(reverse("admin:index")).context["waiting"]
    assert (waiting.count, waiting.tone) == (1, "stop")
    assert [row.pk for row in keeper.get(waiting.url).context["cl"].result_list] == [alarm.pk]
    LedgerAlarm.objects.update(cleared_at=timezone.now())
    assert not keeper.get(waiting.url).context["cl"].result_list


def test_a_seal_that_was_changed_says_so():
    five_entries()
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_transfer SET at = %s", [datetime(2026, 3, 10, 4, 0, tzinfo=UTC)])
    proof.seal_days(now=datetime(2026, 3, 13, 4, 0, tzinfo=UTC))
    reader = staff_browser(make_staff("view_ledgerseal"))
    first, second, *_ = LedgerSeal.objects.order_by("day")

    def state(seal):
        return str(reader.get(page(seal)).context["state"])

    assert "status-ok" in state(first)
    assert "status-ok" in state(second)
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_ledgerseal SET entries = 9 WHERE id = %s", [first.pk])
    assert "status-stop" in state(first)
