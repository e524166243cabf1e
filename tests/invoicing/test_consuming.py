"""One use of an entitlement for each serial: from which, never twice, and given back."""

import pytest
from django.utils import timezone

from invoicing.models import EntitlementUse, Service
from invoicing.services.consuming import (
    EntitlementEnded,
    EntitlementUsedUp,
    NoEntitlement,
    NotBound,
    consume,
    give_back,
)
from tests.invoicing.opening import DAY, entitle, make_taxpayer
from tests.racing import race

pytestmark = pytest.mark.django_db


def use(taxpayer, serial: str = "S1", service: str = Service.ISSUING, **more):
    return consume(taxpayer=taxpayer, service=service, serial=serial, **more)


def back(taxpayer, serial: str = "S1", service: str = Service.ISSUING):
    return give_back(tax_number=taxpayer.tax_number, service=service, serial=serial)


def used(entitlement):
    entitlement.refresh_from_db()
    return entitlement.used


@pytest.mark.rule("I7.1")
def test_a_serial_is_counted_once():
    taxpayer = make_taxpayer()
    entitlement = entitle(taxpayer)
    first = use(taxpayer)
    again = use(taxpayer)
    assert (first.fresh, again.fresh, again.use) == (True, False, first.use)
    assert used(entitlement) == 1
    use(taxpayer, "S2")
    assert used(entitlement) == 2


@pytest.mark.rule("I7.1")
def test_each_tax_number_and_service_has_its_own():
    taxpayer, other = make_taxpayer(), make_taxpayer()
    issuing, checking = entitle(taxpayer, 1), entitle(taxpayer, 1, Service.CHECKING)
    others = entitle(other, 1)
    use(taxpayer)
    use(taxpayer, service=Service.CHECKING)
    assert (used(issuing), used(checking), used(others)) == (1, 1, 0)


def test_the_smallest_priority_comes_first_then_what_ends_first():
    taxpayer, now = make_taxpayer(), timezone.now()
    late = entitle(taxpayer, 1, expires_at=now + 20 * DAY)
    soon = entitle(taxpayer, 1, expires_at=now + 10 * DAY)
    preferred = entitle(taxpayer, 1, priority=10)
    chosen = [use(taxpayer, f"S{number}").use.entitlement for number in range(3)]
    assert chosen == [preferred, soon, late]


def test_why_nothing_can_be_used():
    taxpayer, now = make_taxpayer(), timezone.now()
    with pytest.raises(NoEntitlement) as none:
        use(taxpayer)
    assert none.value.code == "no_entitlement"
    entitle(taxpayer, 5, expires_at=now - DAY / 2)
    entitle(taxpayer, 5, starts_at=now + DAY)
    with pytest.raises(EntitlementEnded):
        use(taxpayer)
    entitle(taxpayer, 1)
    use(taxpayer)
    with pytest.raises(EntitlementUsedUp):
        use(taxpayer, "S2")
    assert use(taxpayer).fresh is False  # the known serial still has its answer
    assert EntitlementUse.objects.count() == 1


def test_an_enterprise_that_left_its_tenant_uses_nothing():
    taxpayer = make_taxpayer()
    entitlement = entitle(taxpayer)
    taxpayer.released_at = timezone.now()
    taxpayer.save(update_fields=["released_at"])
    with pytest.raises(NotBound):
        use(taxpayer)
    assert used(entitlement) == 0


def test_given_back_once_and_usable_again():
    taxpayer = make_taxpayer()
    entitlement = entitle(taxpayer, 1)
    use(taxpayer)
    assert back(taxpayer).given_back_at is not None
    assert back(taxpayer) is None
    assert used(entitlement) == 0
    assert use(taxpayer).fresh is True


def test_what_moved_on_gets_the_use_back():
    taxpayer, now = make_taxpayer(), timezone.now()
    entitlement = entitle(taxpayer, 5)
    use(taxpayer)
    entitlement.refresh_from_db()
    entitlement.ended_at = now
    entitlement.save(update_fields=["ended_at"])
    heir = entitle(make_taxpayer(taxpayer.tenant), 4, continues=entitlement)
    back(taxpayer)
    heir.refresh_from_db()
    assert (used(entitlement), heir.granted, heir.used) == (0, 5, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.1")
def test_the_last_one_goes_to_one_of_twenty():
    taxpayer = make_taxpayer()
    entitlement = entitle(taxpayer, 1)
    outcomes = race(20, lambda number: use(taxpayer, f"S{number}"))
    refused = [one for one in outcomes if isinstance(one, EntitlementUsedUp)]
    assert len(refused) == 19
    assert (used(entitlement), EntitlementUse.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.1")
def test_the_same_serial_twenty_times_at_once_is_one_use():
    taxpayer = make_taxpayer()
    first, second = entitle(taxpayer, 1), entitle(taxpayer, 5)
    outcomes = race(20, lambda _number: use(taxpayer))
    assert {one.use.pk for one in outcomes} == {EntitlementUse.objects.get().pk}
    assert sum(one.fresh for one in outcomes) == 1
    assert used(first) + used(second) == 1


@pytest.mark.django_db(transaction=True)
def test_using_and_giving_back_at_once_loses_nothing():
    taxpayer = make_taxpayer()
    entitlement = entitle(taxpayer, 50)
    for number in range(10):
        use(taxpayer, f"A{number}")
    outcomes = race(20, lambda n: back(taxpayer, f"A{n // 2}") if n % 2 else use(taxpayer, f"B{n}"))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert used(entitlement) == EntitlementUse.objects.filter(given_back_at=None).count() == 10
