"""Enterprises of a tenant: one tenant each, compared with what is known before they are added."""

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from invoicing.look_alikes import Known, Source, Why, alike, marked
from invoicing.models import Taxpayer
from invoicing.services.taxpayers import BoundElsewhere, LooksAlike, Registration, add_taxpayer, meant_instead
from tests.factories import acting, credit_code, make_account, make_operator
from tests.finance.funds import mover
from tests.invoicing.clouding import activated
from tests.invoicing.opening import make_taxpayer, make_tenant
from tests.racing import race

pytestmark = pytest.mark.django_db
REGISTERED = ("晨曦冷链物流有限公司", "91440305MA9Y00100L")  # in the sample register


def add(tenant, name="新企业有限公司", tax_number="", **more):
    fields = {"actor": mover(tenant.account), "account": tenant.account, "tenant_id": tenant.pk} | more
    return add_taxpayer(name=name, tax_number=tax_number or credit_code(777_000), **fields)


@pytest.mark.rule("I3.1", "I3.2")
def test_an_enterprise_belongs_to_the_tenant_with_its_registration_data(manager):
    rest = Registration(legal_representative="周既明", address="深圳市南山区", bank="招商银行", bank_account="6225")
    taxpayer = add(make_tenant(manager), " 新企业 有限公司 ", credit_code(1).lower(), registration=rest)
    assert (taxpayer.name, taxpayer.tax_number, taxpayer.bank) == ("新企业 有限公司", credit_code(1), "招商银行")
    assert not taxpayer.from_registry


@pytest.mark.rule("I3.2")
def test_a_number_that_cannot_be_one_is_refused(manager):
    wrong = credit_code(1)[:-1] + ("0" if credit_code(1)[-1] != "0" else "1")
    with pytest.raises(InputError) as refused:
        add(make_tenant(manager), tax_number=wrong)
    assert refused.value.field == "tax_number"


@pytest.mark.rule("I3.3")
def test_what_agrees_with_the_register_is_marked_as_such(manager):
    assert add(make_tenant(manager), *REGISTERED).from_registry


@pytest.mark.rule("I3.4")
def test_an_enterprise_of_another_tenant_is_refused_naming_all_three(manager, stranger, english):
    there = make_taxpayer(make_tenant(stranger, name="苏州旧租户"), name="晨曦")
    with pytest.raises(BoundElsewhere) as refused:
        add(make_tenant(manager, name="新租户"), "晨曦", there.tax_number)
    words = f"{refused.value} {refused.value.hint}"
    assert all(name in words for name in ("晨曦", "苏州旧租户", "新租户", "after-sales"))


@pytest.mark.rule("I3.4")
def test_the_same_tenant_twice_is_refused_and_one_that_left_may_come_back(manager):
    tenant = make_tenant(manager)
    first = add(tenant)
    with pytest.raises(InputError):
        add(tenant)
    Taxpayer.objects.filter(pk=first.pk).update(released_at=first.created_at)
    assert add(make_tenant(manager)).pk != first.pk


@pytest.mark.rule("I3.4")
def test_the_database_itself_keeps_an_enterprise_in_one_tenant():
    taxpayer = make_taxpayer()
    with pytest.raises(IntegrityError, match="taxpayer_in_one_tenant"), transaction.atomic():
        make_taxpayer(tax_number=taxpayer.tax_number)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I3.4")
def test_two_tenants_at_once_and_one_gets_the_enterprise(manager, stranger):
    tenants = [make_tenant(manager), make_tenant(stranger)]
    results = race(2, lambda number: add(tenants[number]))
    assert {type(result) for result in results} == {Taxpayer, BoundElsewhere}


def test_who_may_add(manager, stranger):
    tenant = make_tenant(manager)
    with pytest.raises(NotAllowed):
        add(tenant, actor=acting(manager, make_operator(manager, Role.VIEWER)))
    with pytest.raises(NotFound):
        add(tenant, actor=acting(stranger), account=stranger)


@pytest.mark.rule("I1.2")
def test_what_is_known_otherwise_must_be_compared_first(manager):
    tenant = make_tenant(manager)
    with pytest.raises(LooksAlike) as doubted:
        add(tenant, REGISTERED[0], credit_code(5))
    [one] = doubted.value.found
    assert (one.why, one.known.tax_number) == (Why.NUMBER, REGISTERED[1])
    assert add(tenant, REGISTERED[0], credit_code(5), compared=True).name == REGISTERED[0]


def test_the_verified_company_of_the_account_is_known_and_others_are_not(manager):
    tenant = make_tenant(manager)
    with pytest.raises(LooksAlike):
        add(tenant, manager.enterprise.name, credit_code(6))
    with pytest.raises(LooksAlike):
        add(tenant, "别的名称", manager.enterprise.credit_code)
    foreign = make_account().enterprise
    assert add(tenant, foreign.name, credit_code(7))  # nobody learns who else is a customer


def test_a_company_that_ended_is_said_to_have_ended(manager):
    with pytest.raises(LooksAlike) as doubted:
        add(make_tenant(manager), "风从东来纺织有限公司", "91330683MA9Y00389P")
    assert [one.why for one in doubted.value.found] == [Why.GONE]


def test_a_number_with_a_slip_finds_what_was_meant():
    order = activated()
    known = make_taxpayer(order.tenant)
    right = known.tax_number
    slipped = right[:9] + ("8" if right[9] != "8" else "7") + right[10:]
    found = meant_instead(account=order.account, name="", tax_number=slipped)
    assert [(one.known.tax_number, one.why) for one in found] == [(right, Why.SLIP)]
    assert [sign.char for sign in found[0].known_signs if sign.differs] == [right[9]]


def test_differences_are_marked_place_by_place():
    assert [sign.differs for sign in marked("ABCD", "ABXD")] == [False, False, True, False]
    assert [sign.differs for sign in marked("ABCD", "AB")] == [False, False, True, True]


def test_each_known_enterprise_is_doubted_once():
    known = [Known("晨曦", "1", Source.REGISTER), Known("晨曦", "1", Source.TENANT)]
    assert len(alike("晨曦", "2", known)) == 1
    assert alike("晨曦", "1", known) == []
