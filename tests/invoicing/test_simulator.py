"""The simulated tax platform: numbers, serials, its bad days, its credit limit and what it says of invoices."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from invoicing.models import NumberSeries, SimulatedIssue
from invoicing.tax import Busy, Fault, NotTaken, Outcome, Unclear, Verdict, tax_platform
from invoicing.tax.simulator import SimulatedPlatform
from tests.invoicing.facing import SELLER, make_face, make_line
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def platform(at=NOW, /, **options):
    return SimulatedPlatform({name: str(value) for name, value in options.items()}, clock=lambda: at)


def issued(serial="S1", face=None, there=None):
    there, face = there or platform(), face or make_face()
    there.issue(serial=serial, face=face)
    return there.query(serial=serial, seller_tax_number=face.seller.tax_number)


def red(number, total="-106.00"):
    return replace(make_face(make_line(total)), reverses=number, red_letter="1", red_reason="03")


def test_it_is_the_platform_where_none_is_set():
    assert isinstance(tax_platform(), SimulatedPlatform)


def test_an_invoice_has_the_next_number_of_its_year_and_region():
    first, second = issued("S1"), issued("S2")
    year = timezone.localdate(NOW).year % 100
    assert (first.number, second.number) == (f"{year}112{1:015d}", f"{year}112{2:015d}")
    assert (first.issued_at, first.total, first.fault) == (NOW, Decimal("106.00"), None)
    assert NumberSeries.objects.get().last == 2


def test_a_serial_is_one_invoice_and_with_another_content_it_is_refused():
    assert issued("S1") == issued("S1")
    with pytest.raises(NotTaken) as refused:
        platform().issue(serial="S1", face=make_face(make_line("107.00")))
    assert refused.value.fault is Fault.DUPLICATE
    another = replace(SELLER, tax_number="91440300MA5DA1234X")
    assert issued("S1", make_face(seller=another)).number[2:4] == "95"
    assert platform().query(serial="S9", seller_tax_number=SELLER.tax_number) is None


def test_it_takes_its_time_and_the_number_is_drawn_when_it_is_done():
    platform(delay=60).issue(serial="S1", face=make_face())
    platform().issue(serial="S2", face=make_face())
    assert platform(delay=60).query(serial="S1", seller_tax_number=SELLER.tax_number) == Outcome()
    assert not NumberSeries.objects.exists()
    assert issued("S2").number.endswith("1")
    assert platform(NOW + MINUTE).query(serial="S1", seller_tax_number=SELLER.tax_number).number.endswith("2")


def test_its_bad_days():
    with pytest.raises(Busy):
        issued(there=platform(busy=100))
    assert not SimulatedIssue.objects.exists()
    with pytest.raises(Unclear):
        issued("S1", there=platform(unclear=100))
    assert issued("S1").number
    assert issued("S2", there=platform(slow=100)) == Outcome()
    refused = issued("S3", there=platform(failing=100))
    assert (refused.number, refused.fault, bool(refused.message)) == ("", Fault.REFUSED, True)


def test_what_befalls_a_serial_befalls_it_again():
    there = platform(failing=40)
    faults = [issued(f"S{n}", there=there).fault for n in range(30)]
    assert 0 < sum(fault is not None for fault in faults) < 30
    SimulatedIssue.objects.all().delete()
    assert [issued(f"S{n}", there=there).fault for n in range(30)] == faults


def test_what_was_refused_may_be_sent_anew_with_another_content():
    assert issued("S1", there=platform(failing=100)).fault
    done = issued("S1", make_face(make_line("107.00")))
    assert (done.total, done.fault) == (Decimal("107.00"), None)
    assert NumberSeries.objects.get().last == 1


def test_a_month_has_a_credit_limit_that_red_invoices_give_back():
    there = platform(credit_limit=250)
    blue = issued("S1", there=there)
    assert issued("S2", there=there).fault is None
    refused = issued("S3", there=there)
    assert (refused.fault, "50.00" in refused.message) == (Fault.LIMIT, True)
    assert issued("S4", red(blue.number), there).number
    assert issued("S3", there=there).number
    assert there.credit_left(seller_tax_number=SELLER.tax_number) == 50
    next_month = platform((NOW.replace(day=1) + timedelta(days=40)), credit_limit=250)
    assert next_month.credit_left(seller_tax_number=SELLER.tax_number) == 250


def test_a_red_invoice_takes_no_more_than_what_is_left():
    blue = issued("S1")
    assert issued("S2", red(blue.number, "-100.00")).number
    assert issued("S3", red(blue.number, "-6.01")).fault is Fault.REFUSED
    assert issued("S4", red(blue.number, "-6.00")).number


def test_a_seller_without_region_is_refused_at_once():
    with pytest.raises(NotTaken) as refused:
        issued("S1", make_face(seller=replace(SELLER, tax_number="000000000000000")))
    assert refused.value.fault is Fault.INVALID


def test_what_it_says_of_invoices():
    blue, today, total = issued("S1"), timezone.localdate(NOW), Decimal("106.00")

    def say(at=NOW, number=blue.number, day=today, sum_=total, code="", **options):
        return platform(at, **options).verify(number=number, issued_on=day, total=sum_, code=code)

    assert say() == Verdict.CONSISTENT
    assert say(same_day="refuse") == Verdict.TOO_FRESH
    assert say(day=today - timedelta(days=1)) == say(sum_=Decimal("105.99")) == Verdict.MISMATCH
    assert say(number="26112000000000009999") == say(code="011001900111") == say(number="") == Verdict.NOT_FOUND
    assert say(day=today.replace(year=today.year - 6)) == Verdict.TOO_OLD
    issued("S2", red(blue.number, "-6.00"))
    assert say() == Verdict.CONSISTENT
    issued("S3", red(blue.number, "-100.00"))
    assert say() == Verdict.REVERSED
    for verdict in Verdict:
        assert say(verdict=verdict) == verdict


def test_it_has_no_files():
    assert not platform().forms
    assert platform().download(serial="S1", seller_tax_number="", form="pdf") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("delay", "soon"), ("busy", "101"), ("failing", "-1"), ("credit_limit", "NaN"), ("verdict", "fine")],
)
def test_a_setting_without_sense_is_named(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"TAX_{name.upper()}"):
        platform(**{name: value})


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_fifty_numbers_without_gap():
    done = race(50, lambda n: issued(f"S{n}"))
    numbers = sorted(int(one.number[5:]) for one in done)
    assert numbers == list(range(1, 51))


@pytest.mark.django_db(transaction=True)
def test_one_serial_twenty_times_at_once_is_one_number():
    assert len(set(race(20, lambda _n: issued("S1")))) == 1
    assert NumberSeries.objects.get().last == 1
