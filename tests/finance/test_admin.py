"""The pages of support staff for money: who may open them, that nothing is writable, and what each button does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message, Operator, User
from config.csp import build_policy
from config.models import Job
from finance import policy
from finance.models import (
    Allotment,
    Batch,
    Book,
    CreditAllotment,
    CreditLine,
    Entry,
    Export,
    FundSettings,
    GatewayCallback,
    TopUp,
    Transfer,
    Withdrawal,
)
from finance.services.credit import allot_credit, grant_credit
from finance.services.staff_notices import JOB, WHAT_TO_DO, tell_staff
from finance.services.top_ups import cancel_top_up
from tests.factories import UserFactory, acting, make_account, make_relationship
from tests.finance.funds import allot, funds, mover, staff, top_up
from tests.finance.paying import announce, confirm, fresh
from tests.finance.paying_out import NUMBER, ask
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
D = Decimal
OURS = [
    Allotment,
    Batch,
    Book,
    CreditAllotment,
    CreditLine,
    Entry,
    Export,
    GatewayCallback,
    TopUp,
    Transfer,
    Withdrawal,
]
ACCOUNT = "".join(sign for sign in NUMBER if sign.isdigit())


def put_one_of_each(number=1):
    """A row of every kind."""
    manager = make_account()
    group = make_relationship(manager, make_account())
    top_up(manager, "1000.00")
    allotment = allot(group, "10.00")
    grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    allot_credit(actor=mover(manager), relationship_id=group.pk, amount=D("5.00"))
    ask(manager)
    paid = announce(manager)
    confirm(paid)
    announce(manager)
    Batch.objects.create(
        account=manager,
        direction="allot",
        lines=[{"relationship": group.pk, "amount": "1", "note": ""}],
        refused={"0": {"sentence": "余额不足", "rule": "A4.1"}},
    )
    Export.objects.create(account=manager, format="csv", language="en")
    GatewayCallback.objects.create(
        nonce=f"n{number}",
        digest=b"x" * 32,
        reference=paid.reference,
        provider_id=f"gw-{number}",
        amount=D(7),
        status="paid",
        verdict="amount_differs",
        top_up=paid,
        answer_status=409,
        answer={},
    )
    return allotment


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


def test_every_table_but_the_accounts_own_choices_has_a_page():
    assert {model for model in apps.get_app_config("finance").get_models() if admin.site.is_registered(model)} == {
        *OURS
    }
    assert not admin.site.is_registered(FundSettings)


def test_every_page_opens_for_staff_and_for_nobody_else(boss, settings):
    put_one_of_each()
    none = staff_browser(make_staff())
    for url in [url for model in OURS for url in pages(model)]:
        answer = boss.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["Content-Security-Policy"] == build_policy(settings.SECURE_CSP), url
        assert none.get(url).status_code == 403, url
    assert boss.get(reverse("admin:finance_creditline_add")).status_code == 200
    assert none.get(reverse("admin:finance_creditline_add")).status_code == 403


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_writable(boss, model):
    put_one_of_each()
    row = model.objects.order_by("pk").first()
    name, before = f"admin:finance_{model._meta.model_name}", model.objects.filter(pk=row.pk).values().get()
    typed = {"amount": "1", "balance": "1", "state": "credited", "limit": "1", "post": "yes"}
    for url in (reverse(f"{name}_change", args=[row.pk]), reverse(f"{name}_delete", args=[row.pk])):
        assert boss.post(url, typed).status_code == 403, url
    if model is not CreditLine:
        assert boss.post(reverse(f"{name}_add"), typed).status_code == 403
    boss.post(reverse(f"{name}_changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_thirty_rows_cost_as_much_as_one(boss):
    urls = [reverse(f"admin:finance_{model._meta.model_name}_changelist") for model in OURS]

    def queries():
        counts = {}
        for url in urls:
            with CaptureQueriesContext(connection) as caught:
                assert boss.get(url).status_code == 200
            counts[url] = len(caught)
        return counts

    put_one_of_each()
    queries()
    one = queries()
    for number in range(2, 8):
        put_one_of_each(number)
    assert queries() == one


@pytest.mark.parametrize("text", ["总部", "5182874627", "９", "²", "'; --", "\x00", "统" * 400, "9" * 30])
def test_searching_for_anything_answers_a_list(boss, text):
    put_one_of_each()
    for model in OURS:
        url = reverse(f"admin:finance_{model._meta.model_name}_changelist")
        assert boss.get(url, {"q": text}).status_code in {200, 302}, url


def test_money_is_traced_from_the_book_to_everything_that_moved_with_it(boss):
    allotment = put_one_of_each()
    book = Book.objects.get(account=allotment.member, kind="allotted")
    entry = Entry.objects.get(book=book)
    shown = boss.get(page(book)).text
    assert page(entry) in shown
    assert page(allotment.transfer) in shown
    assert reverse("admin:accounts_account_change", args=[allotment.member_id]) in shown
    listed = boss.get(reverse("admin:finance_entry_changelist"), {"book__id__exact": book.pk})
    assert [row.pk for row in listed.context["cl"].result_list] == [entry.pk]
    shown = boss.get(page(allotment.transfer)).text
    for each in Entry.objects.filter(transfer=allotment.transfer):
        assert page(each) in shown
        assert page(each.book) in shown
    assert page(allotment) in shown
    assert '<span class="money">¥0.00</span>' in shown
    for typed in (str(allotment.transfer_id), allotment.transfer.key):
        found = boss.get(reverse("admin:finance_transfer_changelist"), {"q": typed}).context["cl"].result_list
        assert [row.pk for row in found] == [allotment.transfer_id]
    found = boss.get(reverse("admin:finance_entry_changelist"), {"q": str(allotment.transfer_id)}).context["cl"]
    assert found.result_count == 2


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
        assert client.post(url, wrong).status_code in {200, 302}
        assert not CreditLine.objects.exists()
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
    assert [(entry.count, entry.tone) for entry in found] == [(2, "info"), (1, "info"), (1, "stop")]
    rows = [[row.pk for row in boss.get(entry.url).context["cl"].result_list] for entry in found]
    assert rows == [[first.pk, second.pk], [wanted.pk], [closed.pk]]
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
