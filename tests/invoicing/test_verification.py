"""Verifying invoices: limits, entitlement, and what is kept of the answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor, Door
from accounts.models import Event
from invoicing.models import CheckDay, EntitlementUse, Service
from invoicing.services.consuming import NoEntitlement, NotBound
from invoicing.services.verification import (
    Asked,
    CheckedTooOften,
    CheckFailed,
    CheckTooFresh,
    CheckTooOld,
    verify_invoice,
    verify_received,
)
from invoicing.tax import TaxError, Verdict
from tests.factories import acting
from tests.invoicing.opening import entitle, make_taxpayer
from tests.invoicing.receiving import DAY_OF_ISSUE, Authority, receive, row_for
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
LONG = {"starts_at": datetime(2020, 1, 1, tzinfo=UTC), "expires_at": datetime(2040, 1, 1, tzinfo=UTC)}


@pytest.fixture
def authority(monkeypatch):
    """Says what it is told."""

    def answer(*verdicts):
        one = Authority(*verdicts)
        monkeypatch.setattr("invoicing.services.verification.tax_platform", one)
        return one

    return answer


@pytest.fixture
def taxpayer(db):
    return make_taxpayer()


@pytest.fixture
def right(taxpayer):
    return entitle(taxpayer, 10, Service.CHECKING, **LONG)


def asked(taxpayer, **more) -> Asked:
    row = row_for(taxpayer)
    return replace(Asked(taxpayer.tax_number, row.number, row.issued_on, row.total), **more)


def verify(taxpayer, one, now=NOW):
    actor = Actor(door=Door.API, account=taxpayer.tenant.account)
    return verify_invoice(actor=actor, tenant=taxpayer.tenant, asked=one, now=now)


def used(right):
    right.refresh_from_db()
    return right.used


def test_an_answer_is_one_use_a_day(taxpayer, right, authority):
    platform, one = authority(), asked(taxpayer)
    answers = [verify(taxpayer, one) for _turn in range(3)]
    assert [(answer.verdict, answer.left) for answer in answers] == [(Verdict.CONSISTENT, left) for left in (4, 3, 2)]
    assert used(right) == 1
    verify(taxpayer, one, now=NOW + timedelta(days=1))
    assert used(right) == 2
    assert platform.asked[0] == {"number": one.number, "issued_on": one.issued_on, "total": one.total, "code": ""}


def test_five_times_a_day_whoever_asks(taxpayer, right, authority):
    platform, one, other = authority(), asked(taxpayer), make_taxpayer()
    others = entitle(other, 10, Service.CHECKING, **LONG)
    for _turn in range(5):
        verify(taxpayer, one)
    with pytest.raises(CheckedTooOften):
        verify(other, replace(one, tax_number=other.tax_number))
    assert (len(platform.asked), used(others)) == (5, 0)
    verify(taxpayer, asked(taxpayer))
    verify(taxpayer, one, now=NOW + timedelta(days=1))
    assert len(platform.asked) == 7


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (DAY_OF_ISSUE.replace(day=10), CheckTooFresh),
        (DAY_OF_ISSUE.replace(day=11), CheckTooFresh),
        (DAY_OF_ISSUE.replace(day=9), None),
        (DAY_OF_ISSUE.replace(year=2021, day=10), None),
        (DAY_OF_ISSUE.replace(year=2021, day=9), CheckTooOld),
    ],
)
def test_not_today_and_not_after_five_years(taxpayer, right, authority, day, refusal):
    platform = authority()
    if refusal is None:
        assert verify(taxpayer, asked(taxpayer, issued_on=day)).verdict is Verdict.CONSISTENT
    else:
        with pytest.raises(refusal):
            verify(taxpayer, asked(taxpayer, issued_on=day))
        assert (platform.asked, used(right), CheckDay.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (TaxError("broken"), CheckFailed),
        (Verdict.FAILED, CheckFailed),
        (Verdict.QUOTA, CheckFailed),
        (Verdict.DAILY_LIMIT, CheckedTooOften),
        (Verdict.TOO_FRESH, CheckTooFresh),
        (Verdict.TOO_OLD, CheckTooOld),
    ],
)
def test_without_an_answer_nothing_is_counted(taxpayer, right, authority, said, refusal):
    authority(said, Verdict.CONSISTENT, said)
    one = asked(taxpayer)
    with pytest.raises(refusal):
        verify(taxpayer, one)
    assert used(right) == 0
    assert verify(taxpayer, one).verdict is Verdict.CONSISTENT
    with pytest.raises(refusal):
        verify(taxpayer, one)
    assert used(right) == 1  # the answer before it stays counted


@pytest.mark.rule("I7.1")
def test_foreign_tax_numbers_and_those_without_entitlement(taxpayer, authority):
    platform = authority()
    with pytest.raises(NotBound):
        verify(taxpayer, asked(make_taxpayer()))
    entitle(taxpayer, 5, Service.ISSUING, **LONG)
    with pytest.raises(NoEntitlement):
        verify(taxpayer, asked(taxpayer))
    assert (platform.asked, EntitlementUse.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (Verdict.CONSISTENT, "1"),
        (Verdict.MISMATCH, "2"),
        (Verdict.NOT_FOUND, "2"),
        (Verdict.REVERSED, "2"),
        (Verdict.FAILED, "3"),
    ],
)
def test_the_answer_is_kept_with_the_received_invoice(taxpayer, right, authority, said, state):
    authority(said)
    invoice = receive(taxpayer)
    account = taxpayer.tenant.account
    try:
        verify_received(actor=acting(account), account=account, invoice_id=invoice.pk, now=NOW)
    except CheckFailed:
        assert said is Verdict.FAILED
    invoice.refresh_from_db()
    assert (invoice.check_state, invoice.check_result, invoice.checked_at) == (state, said.value, NOW)
    assert Event.objects.filter(kind="received.checked").count() == (said is not Verdict.FAILED)


def test_what_others_say_of_an_invoice_is_not_kept(taxpayer, right, authority):
    authority(Verdict.MISMATCH)
    invoice = receive(taxpayer)
    verify(taxpayer, Asked(taxpayer.tax_number, invoice.number, invoice.issued_on, invoice.total + 1))
    invoice.refresh_from_db()
    assert invoice.check_state == "3"


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_five_are_answered(authority):
    taxpayer = make_taxpayer()
    right = entitle(taxpayer, 10, Service.CHECKING, **LONG)
    platform, one = authority(), asked(taxpayer)
    outcomes = race(20, lambda _turn: verify(taxpayer, one))
    assert sum(isinstance(one, CheckedTooOften) for one in outcomes) == 15
    assert (len(platform.asked), used(right)) == (5, 1)
