"""The pages of support staff for money: who may open them, that nothing is writable, and what they trace."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.csp import build_policy
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
    Inheritance,
    LedgerAlarm,
    LedgerSeal,
    Reseller,
    TopUp,
    Transfer,
    Trust,
    Withdrawal,
)
from finance.services.credit import allot_credit, grant_credit
from finance.services.proof import clear_alarm, raise_alarm
from finance.services.resellers import mark_reseller
from finance.verification import Flaw
from tests.factories import make_account, make_relationship
from tests.finance.funds import allot, mover, staff, top_up
from tests.finance.paying import announce, confirm
from tests.finance.paying_out import ask
from tests.finance.test_admin_catalogue import OURS as CATALOGUE
from tests.finance.trusting import START, trust_row
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
    Inheritance,
    LedgerAlarm,
    LedgerSeal,
    Reseller,
    TopUp,
    Transfer,
    Trust,
    Withdrawal,
]


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
    LedgerSeal.objects.create(
        day=date(2026, 1, 1) + timedelta(days=number), books=1, entries=2, heads=b"h" * 32, digest=b"d" * 32
    )
    raise_alarm(flaws=[Flaw("wrong_balance", book=allotment.pk, sequence=number, transfer=allotment.transfer_id)])
    clear_alarm(actor=staff(), alarm_id=LedgerAlarm.objects.raised().get().pk, note="对账后已更正")
    put_payers(group)
    return allotment


def put_payers(group):
    """A trusteeship, an inheritance, a reseller."""
    sides = {"relationship": group, "manager": group.manager, "member": group.member}
    trust_row(group)
    Inheritance.objects.create(**sides, starts_at=START)
    mark_reseller(actor=staff(), account=make_account(), note="华东渠道")


def page(row):
    return reverse(f"admin:finance_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True, username="boss"))


def test_every_table_but_the_accounts_own_choices_has_a_page():
    tables = apps.get_app_config("finance").get_models()
    assert {model for model in tables if admin.site.is_registered(model)} >= {*OURS, *CATALOGUE}
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
    if model not in {CreditLine, Reseller}:
        assert boss.post(reverse(f"{name}_add"), typed).status_code == 403
    boss.post(reverse(f"{name}_changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_many_rows_cost_as_much_as_one(boss):
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
    for number in range(2, 6):
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
