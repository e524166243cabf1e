"""Issuing: sent once, asked about until known, written once, whatever dies in between."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import StaffOnly
from accounts.models import Event
from config.jobs import run_due
from config.models import Job
from config.states import MoveRefused
from invoicing import policy
from invoicing.faces import Face
from invoicing.models import EntitlementUse, Invoice, InvoiceLine
from invoicing.services.consuming import consume
from invoicing.services.issuing import NotWanted, SerialUsed, try_again
from invoicing.services.sending import advance, follow_orders
from invoicing.tax import Busy, Fault, NotTaken, Outcome, Unclear
from tests.factories import acting
from tests.invoicing.facing import SELLER, counted_line, make_face, make_line
from tests.invoicing.issuing import SCRIPTED, Script, failing, fresh, make_request, ordered, script
from tests.invoicing.opening import entitle, make_client, make_taxpayer
from tests.racing import race
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
MINUTE = timedelta(minutes=1)
NUMBER = "26112000000000000077"


@pytest.fixture
def told(settings) -> Script:
    """A platform that does as it is told."""
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    return script


def boss():
    return acting(None, make_staff("change_issueorder"), "staff")


def kinds(order):
    rows = Event.objects.filter(kind__startswith="invoice.").order_by("pk")
    return [event.kind for event in rows if event.facts.get("serial", order.serial) == order.serial]


def test_an_order_becomes_an_invoice_with_its_lines(manager):
    request = make_request(manager)
    face = make_face(counted_line("3", "33.333333"), make_line("9.54"), remark="备注")
    order = ordered(face, request=request)
    run_due()
    invoice = Invoice.objects.get()
    assert (invoice.issue_order, invoice.account, invoice.tenant, invoice.reverses) == (order, manager, None, None)
    assert (invoice.amount, invoice.tax, invoice.total) == (face.amount, face.tax, face.total)
    assert (invoice.buyer_name, invoice.seller_tax_number, invoice.remark) == (
        face.buyer.name,
        SELLER.tax_number,
        "备注",
    )
    first = invoice.lines.get(seq=1)
    assert (first.quantity, first.price, first.amount) == (3, Decimal("33.333333"), Decimal("100.00"))
    request.refresh_from_db()
    assert (fresh(order).state, request.state, kinds(order)) == ("issued", "issued", ["invoice.issued"])
    event = Event.objects.get(kind="invoice.issued")
    assert (event.account, event.facts["number"], event.facts["total"]) == (manager, invoice.number, str(face.total))


def test_all_lines_come_in_one_statement(settings):
    settings.TAX_OPTIONS = {}
    order = ordered(make_face(*(make_line(f"{n}.06") for n in range(1, policy.LINES_MAX + 1))))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        advance(order_id=order.pk)
    inserts = [one for one in asked.captured_queries if 'INSERT INTO "invoicing_invoiceline"' in one["sql"]]
    assert (len(inserts), InvoiceLine.objects.count()) == (1, policy.LINES_MAX)


def test_a_serial_of_a_seller_is_one_order(told):
    order = ordered(serial="S1")
    assert ordered(serial="S1") == order
    for other in ({"face": make_face(make_line("1.06"))}, {"client": make_client()}):
        with pytest.raises(SerialUsed):
            ordered(serial="S1", **other)
    run_due()
    assert told.sent == ["S1"]
    another = make_face(seller=replace(SELLER, tax_number="91440300MA5DA1234X"))
    assert ordered(another, serial="S1") != order


def test_what_is_unclear_is_asked_about_and_never_sent_again(told):
    told.issue, told.query = failing(Unclear("no answer")), failing(Unclear("no answer"))
    order = ordered(now=NOW)
    assert advance(order_id=order.pk, now=NOW).state == "unclear"
    for minutes in (1, 3, 6, 20, 60):
        follow_orders(now=NOW + minutes * MINUTE)
    told.query = lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    assert follow_orders(now=NOW + timedelta(hours=3)) == 1
    assert (fresh(order).state, fresh(order).invoice.number, len(told.sent)) == ("issued", NUMBER, 1)
    assert follow_orders(now=NOW + timedelta(hours=9)) == 0


def test_what_the_platform_does_not_know_long_afterwards_is_sent_under_the_same_serial(told):
    told.issue, told.query = failing(Unclear("no answer")), lambda _serial: None
    order = ordered(now=NOW)
    advance(order_id=order.pk, now=NOW)
    follow_orders(now=NOW + policy.LOST_AFTER - MINUTE)
    assert (fresh(order).state, len(told.sent)) == ("unclear", 1)
    told.issue = lambda _serial: None
    follow_orders(now=NOW + policy.LOST_AFTER + 5 * MINUTE)
    follow_orders(now=NOW + policy.LOST_AFTER + 6 * MINUTE)
    assert (fresh(order).state, told.sent) == ("accepted", [order.serial] * 2)


def test_what_was_accepted_is_never_sent_again_though_the_platform_forgets_it(told):
    told.query = lambda _serial: None
    order = ordered(now=NOW)
    advance(order_id=order.pk, now=NOW)
    for hours in range(1, 30):
        follow_orders(now=NOW + timedelta(hours=hours))
    assert (fresh(order).state, len(told.sent)) == ("accepted", 1)


def test_a_platform_that_is_busy_for_long_leaves_no_parked_job(told):
    told.issue = failing(Busy("later"))
    order = ordered(now=NOW)
    run_due()
    for hours in range(1, 12):
        follow_orders(now=timezone.now() + timedelta(hours=hours))
    assert fresh(order).state == "waiting"
    assert not Job.objects.filter(kind="invoicing.issue").exclude(state="done").exists()
    told.issue = lambda _serial: None
    follow_orders(now=timezone.now() + timedelta(hours=12))
    assert fresh(order).state == "accepted"


def test_an_order_whose_job_was_lost_is_found(told):
    order = ordered(now=NOW)
    Job.objects.all().delete()
    follow_orders(now=NOW)
    assert told.sent == []
    follow_orders(now=NOW + policy.ASK_AFTER_DEATH)
    assert told.sent == [order.serial]


class Killed(BaseException):
    """As a worker ends that is killed."""


def killed_after_taking(serial):
    raise Killed


def test_killed_while_sending_it_is_asked_about(told):
    told.issue, told.query = killed_after_taking, lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    order = ordered(now=NOW)
    with pytest.raises(Killed):
        advance(order_id=order.pk, now=NOW)
    advance(order_id=order.pk, now=NOW + MINUTE)
    assert (fresh(order).state, told.asked) == ("sending", [])
    follow_orders(now=NOW + policy.ASK_AFTER_DEATH)
    assert (fresh(order).state, len(told.sent), Invoice.objects.count()) == ("issued", 1, 1)


def test_killed_after_the_answer_it_is_asked_about(told, monkeypatch):
    order = ordered(now=NOW)
    monkeypatch.setattr("invoicing.services.sending._end", killed_after_taking_two)
    told.query = lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    with pytest.raises(Killed):
        advance(order_id=order.pk, now=NOW)
    monkeypatch.undo()
    follow_orders(now=NOW + MINUTE)
    assert (fresh(order).state, len(told.sent), Invoice.objects.count()) == ("issued", 1, 1)


def killed_after_taking_two(*_args):
    raise Killed


def test_what_is_refused_fails_and_staff_try_again(told, manager):
    told.issue = failing(NotTaken(Fault.LOGIN, "未登录电子税务局"))
    request = make_request(manager)
    order = ordered(request=request, now=NOW)
    advance(order_id=order.pk, now=NOW)
    failed = fresh(order)
    assert (failed.state, failed.fault, failed.message) == ("failed", "login", "未登录电子税务局")
    assert Event.objects.get(kind="invoice.failed").account == manager
    for actor in (acting(manager), acting(None, make_staff("view_issueorder"), "staff")):
        with pytest.raises(StaffOnly):
            try_again(actor=actor, order_id=order.pk)
    told.issue, told.query = (lambda _serial: None), lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    who = boss()
    try_again(actor=who, order_id=order.pk)
    with pytest.raises(MoveRefused):
        try_again(actor=who, order_id=order.pk)
    run_due()
    done = fresh(order)
    assert (done.state, done.fault, done.message, len(told.sent)) == ("issued", "", "", 2)


def test_what_nobody_waits_for_any_more_is_not_tried_again(told):
    told.issue = failing(NotTaken(Fault.INVALID, ""))
    request = make_request()
    order = ordered(request=request)
    advance(order_id=order.pk)
    request.reject(at=NOW, reason="x")
    request.save(update_fields=["state", "ended_at", "reason"])
    with pytest.raises(NotWanted):
        try_again(actor=boss(), order_id=order.pk)


def test_an_invoice_that_exists_is_written_though_its_request_has_ended(told):
    request = make_request()
    order = ordered(request=request)
    advance(order_id=order.pk)
    request.reject(at=NOW, reason="x")
    request.save(update_fields=["state", "ended_at", "reason"])
    told.query = lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    advance(order_id=order.pk)
    assert (fresh(order).state, Invoice.objects.get().number) == ("issued", NUMBER)


@pytest.mark.rule("I7.1")
def test_a_failed_order_of_a_business_system_gives_its_use_back_and_takes_it_again(told):
    taxpayer = make_taxpayer()
    entitlement, client = entitle(taxpayer, granted=1), make_client(taxpayer.tenant)
    face = make_face(seller=replace(SELLER, tax_number=taxpayer.tax_number, name=taxpayer.name))

    def used():
        entitlement.refresh_from_db()
        return entitlement.used

    consume(taxpayer=taxpayer, service="issuing", serial="S1")
    told.issue = failing(NotTaken(Fault.LIMIT, ""))
    order = ordered(face, serial="S1", client=client)
    advance(order_id=order.pk)
    assert (fresh(order).state, used()) == ("failed", 0)
    try_again(actor=boss(), order_id=order.pk)
    assert (fresh(order).state, used()) == ("waiting", 1)
    told.issue, told.query = (lambda _serial: None), lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    invoice = Invoice.objects.get(issue_order=advance(order_id=order.pk))
    assert (invoice.tenant, invoice.account, used()) == (taxpayer.tenant, None, 1)
    assert EntitlementUse.objects.filter(given_back_at=None).count() == 1


def test_a_failed_order_is_ordered_anew_with_its_serial_and_other_content(told):
    told.issue = failing(NotTaken(Fault.INVALID, ""))
    order = ordered(serial="S1")
    advance(order_id=order.pk)
    better = make_face(make_line("212.00"))
    assert ordered(better, serial="S1") == order
    assert (fresh(order).state, Face.read(fresh(order).face)) == ("waiting", better)


@pytest.mark.parametrize("outcome", [Outcome(number=NUMBER, total=Decimal("1.06")), None])
def test_a_number_that_cannot_be_this_orders_is_none(told, outcome):
    if outcome is None:
        told.query = lambda _serial: Outcome(number=NUMBER)
        advance(order_id=ordered().pk)
    told.query = lambda _serial: outcome or Outcome(number=NUMBER)
    order = ordered()
    advance(order_id=order.pk)
    assert (fresh(order).state, fresh(order).fault) == ("failed", "duplicate")
    assert NUMBER in fresh(order).message


def test_a_silent_platform_is_left_alone_until_the_next_run(told):
    told.query = failing(Unclear("no answer"))
    for _ in range(6):
        advance(order_id=ordered(now=NOW).pk, now=NOW)
    told.asked.clear()
    follow_orders(now=NOW + MINUTE)
    assert len(told.asked) == policy.SILENCES_PER_RUN
    told.query = lambda _serial: Outcome()
    follow_orders(now=NOW + MINUTE)
    assert len(told.asked) == 6


def test_ten_workers_at_one_order_send_it_once_and_write_one_invoice(told):
    told.query = lambda _serial: Outcome(number=NUMBER, issued_at=NOW)
    order = ordered()
    assert not [one for one in race(10, lambda _n: advance(order_id=order.pk)) if isinstance(one, Exception)]
    assert (told.sent, Invoice.objects.count(), fresh(order).state) == ([order.serial], 1, "issued")


def test_one_serial_twenty_times_at_once_is_one_order_and_one_invoice():
    face = make_face()
    orders = race(20, lambda _n: ordered(face, serial="S1").pk)
    assert len(set(orders)) == 1
    run_due()
    assert Invoice.objects.count() == 1
