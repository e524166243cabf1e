"""The buttons of support staff for money, what waits on their first page, and what they are told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message, Operator, User
from config.models import Job
from finance import policy
from finance.models import (
    CreditLine,
    Reseller,
    TopUp,
    Withdrawal,
)
from finance.services.credit import grant_credit
from finance.services.staff_notices import JOB, WHAT_TO_DO, tell_staff
from finance.services.top_ups import cancel_top_up
from tests.factories import UserFactory, acting, make_account
from tests.finance.funds import funds, staff, top_up
from tests.finance.paying import announce, confirm, fresh
from tests.finance.paying_out import NUMBER, ask
from tests.finance.trusting import agree, make_pair
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
D = Decimal
ACCOUNT = "".join(sign for sign in NUMBER if sign.isdigit())


def page(row):
    return reverse(f"admin:finance_{row._meta.model_name}_change", args=[row.pk])


def address(row, button):
    return reverse(f"admin:finance_{row._meta.model_name}_press", args=[row.pk, button])


def press(client, row, button, **typed):
    """Presses it; the last sentence that staff are told, and whether it is a refusal."""
    answer = client.post(address(row, button), typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, page(row))
    said = list(get_messages(client.get(page(row)).wsgi_request))[-1]
    return str(said), said.level_tag == "error"


def test_a_reseller_is_marked_and_unmarked_and_its_history_stays():
    boss, account = staff_browser(make_staff(superuser=True, username="boss")), make_account()
    assert (
        boss.post(reverse("admin:finance_reseller_add"), {"number": account.number, "note": "渠道"}).status_code == 302
    )
    row = Reseller.objects.get()
    assert offered(boss, row) == ["unmark"]
    assert not press(boss, row, "unmark")[1]
    row.refresh_from_db()
    assert row.cleared_at is not None
    assert offered(boss, row) == []
    assert boss.post(reverse("admin:finance_reseller_add"), {"number": account.number}).status_code == 302
    assert Reseller.objects.filter(cleared_at=None).count() == 1
    assert list(Event.objects.filter(account=account).values_list("kind", flat=True).order_by("pk")) == [
        "reseller.marked",
        "reseller.unmarked",
        "reseller.marked",
    ]


@pytest.mark.rule("A2.19")
def test_an_account_that_pays_for_others_is_not_marked():
    boss, pair = staff_browser(make_staff(superuser=True, username="boss")), make_pair()
    agree(pair)
    refused = boss.post(reverse("admin:finance_reseller_add"), {"number": pair.manager.number, "note": "华东渠道"})
    assert not Reseller.objects.exists()
    form = refused.context["adminform"].form
    assert form["note"].value() == "华东渠道"  # what was typed stays
    assert form.non_field_errors()


def offered(client, row):
    return [button.name for button, _address in client.get(page(row)).context["buttons"]]


def last(kind):
    """Who did it, by which door."""
    event = Event.objects.filter(kind=kind).latest("pk")
    return event.actor.username, event.door


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True, username="boss"))


@pytest.fixture
def teller():
    return staff_browser(make_staff("view_topup", "change_topup", username="teller"))


@pytest.fixture
def payer():
    return staff_browser(make_staff("view_withdrawal", "change_withdrawal", username="payer"))


@pytest.fixture
def rich(manager):
    top_up(manager, "900000.00")
    return manager


def test_a_bank_transfer_is_confirmed_as_the_one_who_pressed(teller, manager):
    row = announce(manager, "100.00")
    assert offered(teller, row) == ["confirm", "close"]
    said, refused = press(teller, row, "confirm", arrived="99.00", bank_reference="BK-1000")
    assert refused, said
    assert press(teller, row, "confirm", arrived="viel", bank_reference="BK-1000")[1]
    assert press(teller, row, "confirm")[1]
    assert funds(manager).cash == 0
    said, refused = press(teller, row, "confirm", arrived="100.00", bank_reference="BK-1000")
    assert not refused, said
    assert funds(manager).cash == 100
    assert last("top_up.credited") == ("teller", "staff")
    assert offered(teller, row) == []
    assert page(fresh(row).transfer) in teller.get(page(row)).text


def test_a_large_one_takes_two_and_the_second_reads_the_number_from_the_bank(teller, boss, manager):
    row = announce(manager, policy.TOP_UP_FOUR_EYES_FROM)
    typed = {"arrived": str(policy.TOP_UP_FOUR_EYES_FROM), "bank_reference": "BK-2000"}
    assert not press(teller, row, "confirm", **typed)[1]
    assert press(teller, row, "confirm", **typed)[1]
    assert "BK-2000" not in boss.get(page(row)).text
    assert funds(manager).cash == 0
    assert not press(boss, row, "confirm", **typed)[1]
    assert (funds(manager).cash, last("top_up.credited")[0]) == (policy.TOP_UP_FOUR_EYES_FROM, "boss")
    assert "BK-2000" in boss.get(page(row)).text


def test_a_top_up_is_closed_with_a_reason_and_money_may_still_come(teller, manager):
    row = announce(manager)
    assert press(teller, row, "close", reason=" ")[1]
    assert not press(teller, row, "close", reason="没有到账")[1]
    assert (fresh(row).state, fresh(row).closed_reason) == ("closed", "没有到账")
    assert last("top_up.closed") == ("teller", "staff")
    assert offered(teller, row) == ["confirm"]


def test_a_trouble_is_settled_with_a_note(teller, manager):
    row = announce(manager)
    TopUp.objects.filter(pk=row.pk).update(trouble="amount_differs")
    assert "settle" in offered(teller, row)
    assert press(teller, row, "settle", note="")[1]
    assert not press(teller, row, "settle", note="已退款")[1]
    assert fresh(row).trouble == ""
    assert last("top_up.trouble_settled") == ("teller", "staff")


def test_whoever_may_only_look_has_no_buttons(manager):
    top_up(manager, "100.00")
    client = staff_browser(make_staff("view_topup", "view_withdrawal", "view_creditline"))
    line = grant_credit(actor=staff(), account=manager, limit=D(5))
    for row, name in (
        (announce(manager), "confirm"),
        (ask(manager), "pay"),
        (ask(manager), "account"),
        (line, "revoke"),
    ):
        assert offered(client, row) == []
        assert client.post(address(row, name), {"bank_reference": "BK-1"}).status_code == 403
        assert client.get(address(row, name)).status_code == 405
    assert client.get(reverse("admin:finance_creditline_add")).status_code == 403


def test_a_withdrawal_is_paid_and_the_bank_account_shown_is_written_down(payer, rich):
    row = ask(rich)
    assert offered(payer, row) == ["account", "approve", "pay", "return"]
    assert ACCOUNT not in payer.get(page(row)).text
    shown = payer.post(address(row, "account"))
    assert (shown.status_code, ACCOUNT in shown.text) == (200, True)
    assert "no-store" in shown.headers["Cache-Control"]
    assert last("withdrawal.account_shown") == ("payer", "staff")
    assert ACCOUNT not in payer.get(page(row)).text
    assert press(payer, row, "pay", bank_reference="")[1]
    assert not press(payer, row, "pay", bank_reference="OUT-1000")[1]
    row = Withdrawal.objects.get(pk=row.pk)
    assert (row.state, row.provider_id) == ("paid", "OUT-1000")
    assert last("withdrawal.paid") == ("payer", "staff")
    assert offered(payer, row) == []


def test_a_large_withdrawal_is_approved_by_one_and_paid_by_another(payer, boss, rich):
    row = ask(rich, policy.WITHDRAWAL_FOUR_EYES_FROM)
    assert offered(payer, row) == ["account", "approve", "return"]
    assert press(payer, row, "pay", bank_reference="OUT-2000")[1]
    assert not press(payer, row, "approve")[1]
    assert last("withdrawal.approved") == ("payer", "staff")
    assert press(payer, row, "pay", bank_reference="OUT-2000")[1]
    assert not press(boss, row, "pay", bank_reference="OUT-2000")[1]
    assert last("withdrawal.paid") == ("boss", "staff")


def test_a_withdrawal_is_given_back(payer, rich):
    before, row = funds(rich).cash, ask(rich)
    assert press(payer, row, "return", reason="")[1]
    assert not press(payer, row, "return", reason="户名不符")[1]
    assert funds(rich).cash == before
    assert last("withdrawal.returned") == ("payer", "staff")


def test_nobody_is_shown_the_bank_account_of_a_company_they_work_for(payer, rich):
    row = ask(rich)
    Operator.objects.create(account=rich, user=User.objects.get(username="payer"), role="viewer")
    said, refused = press(payer, row, "account")
    assert refused, said
    assert ACCOUNT not in said
    assert not Event.objects.filter(kind="withdrawal.account_shown").exists()


def test_credit_is_granted_by_the_form_and_revoked(manager):
    rights = ("view_creditline", "add_creditline", "change_creditline")
    client = staff_browser(make_staff(*rights, username="lender"))
    url = reverse("admin:finance_creditline_add")
    end = timezone.localtime(timezone.now() + timedelta(days=30))
    typed = {"number": manager.number, "limit": "500.00", "note": "年度授信"}
    typed |= {"expires_at_0": f"{end:%Y-%m-%d}", "expires_at_1": "12:00:00"}
    past = {**typed, "expires_at_0": "2020-01-01"}
    for wrong in ({**typed, "number": "1"}, {**typed, "limit": "0"}, {**typed, "limit": "1.001"}, past):
        refused = client.post(url, wrong)
        assert refused.status_code == 200
        assert refused.context["adminform"].form["note"].value() == "年度授信"
        assert not CreditLine.objects.exists()
    assert "expires_at" in refused.context["adminform"].form.errors
    assert client.post(url, typed).status_code == 302
    line = CreditLine.objects.get()
    assert (line.account, line.limit, line.note, line.granted_by.username) == (manager, 500, "年度授信", "lender")
    assert timezone.localtime(line.expires_at).date() == end.date()
    assert last("credit.granted") == ("lender", "staff")
    assert offered(client, line) == ["revoke"]
    assert not press(client, line, "revoke")[1]
    assert CreditLine.objects.get().revoked_at is not None
    assert last("credit.revoked") == ("lender", "staff")
    assert offered(client, line) == []


def test_the_first_page_counts_what_waits_and_leads_there_oldest_first(boss, rich):
    first, second, closed = announce(rich), announce(rich), announce(rich)
    cancel_top_up(actor=acting(rich), top_up_id=closed.pk)
    TopUp.objects.filter(pk=closed.pk).update(trouble="amount_differs")
    wanted = ask(rich)
    found = [entry for entry in boss.get("/admin/").context["waiting"] if "/finance/" in entry.url]
    assert [(entry.count, entry.tone) for entry in found] == [
        (2, "info"),
        (1, "info"),
        (1, "stop"),
        (0, "ok"),
        (0, "ok"),
        (0, "ok"),
    ]
    rows = [[row.pk for row in boss.get(entry.url).context["cl"].result_list] for entry in found]
    assert rows == [[first.pk, second.pk], [wanted.pk], [closed.pk], [], [], []]
    every = boss.get(reverse("admin:finance_topup_changelist")).context["cl"].result_list
    assert [row.pk for row in every] == [second.pk, first.pk, closed.pk]


def test_staff_who_confirm_top_ups_are_told_once_of_money_that_came_late(manager):
    teller, boss = make_staff("change_topup", device=False), make_staff(superuser=True, device=False)
    make_staff("view_topup", device=False)
    make_staff("change_topup", device=False, is_active=False)
    UserFactory(is_superuser=False)
    row = announce(manager)
    TopUp.objects.filter(pk=row.pk).update(created_at=timezone.now() - policy.TOP_UP_LIFE)
    confirm(fresh(row), actor := staff())
    event = Event.objects.get(kind="top_up.arrived_late")
    assert [job.payload for job in Job.objects.filter(kind=JOB)] == [{"event": event.pk}]
    for _time in range(2):
        assert tell_staff(event_id=event.pk) == 3
    told = Message.objects.filter(kind="personal", event=event)
    assert {message.user for message in told} == {teller, boss, actor.user}
    assert {message.link for message in told} == {page(row)}
    assert row.reference in told[0].title


def test_every_notice_to_staff_has_a_page_and_words(manager):
    boss = make_staff(superuser=True, device=False)
    for number, kind in enumerate(WHAT_TO_DO, start=1):
        event = Event.objects.create(
            kind=kind, account=None, door="system", subject_id=number, facts={"reference": "8"}
        )
        tell_staff(event_id=event.pk)
        message = Message.objects.get(event=event, user=boss)
        assert message.title
        assert message.body
        assert message.title != kind
        assert message.link.startswith("/admin/finance/")
