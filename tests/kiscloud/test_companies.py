"""Companies: registered, added, removed, deleted (S4)."""

import pytest

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import Event, Operator
from accounts.services.codes import CodeNeeded
from config.errors import InputError, NotFound
from config.jobs import run_due
from kiscloud.models import Company
from kiscloud.services.companies import (
    FounderOnly,
    HasProducts,
    Landing,
    NameIsVerified,
    NotEmpty,
    StillListed,
    add_companies,
    company_for,
    delete_company,
    landing_of,
    register_company,
    remove_company,
    rename_company,
)
from kiscloud.services.subscriptions import add_product, delete_product
from tests.factories import clear, make_user
from tests.finance.buying import order, prepaid
from tests.finance.funds import mover
from tests.kiscloud.kis import add_admin, make_company, person, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder():
    return make_user()


@pytest.mark.rule("S4.1", "S4.2", "S4.4", "S4.5")
def test_where_the_management_centre_begins(founder):
    assert landing_of(user=founder) == Landing.EMPTY
    company = make_company(founder)
    assert landing_of(user=founder) == Landing.CHOOSE
    assert [(one, one.added) for one in Company.objects.to_add_by(founder)] == [(company, False)]
    assert add_companies(actor=person(founder), company_ids=[company.pk]) == 1
    assert landing_of(user=founder) == Landing.LISTED
    assert list(Company.objects.added_by(founder)) == [company]


def test_a_company_has_an_account_that_its_founder_owns(founder):
    company = make_company(founder, name="  示例　商贸 ")
    assert company.name == company.account.name == "示例 商贸"
    assert Operator.objects.get(account=company.account).user == founder
    assert Event.objects.get(kind="company.registered").account == company.account
    with pytest.raises(InputError):
        register_company(actor=person(founder), name="示例 商贸")


@pytest.mark.rule("S4.3", "S4.6")
def test_only_ticked_ones_are_added_and_added_ones_stay(founder):
    one, two = make_company(founder, name="甲"), make_company(founder, name="乙")
    actor = person(founder)
    add_companies(actor=actor, company_ids=[one.pk])
    assert list(Company.objects.added_by(founder)) == [one]
    assert add_companies(actor=actor, company_ids=[one.pk, two.pk]) == 1
    assert {listed.added for listed in Company.objects.to_add_by(founder)} == {True}
    with pytest.raises(InputError):
        add_companies(actor=actor, company_ids=[])
    with pytest.raises(NotFound):
        add_companies(actor=actor, company_ids=[make_company(name="丙").pk])


@pytest.mark.rule("S4.7", "S4.8")
def test_removing_is_not_deleting(founder):
    company, actor = make_company(founder), person(founder)
    add_companies(actor=actor, company_ids=[company.pk])
    product = add_product(actor=actor, company_id=company.pk, edition="trade")
    with pytest.raises(HasProducts):
        remove_company(actor=actor, company_id=company.pk)
    delete_product(actor=actor, subscription_id=product.pk)
    with pytest.raises(StillListed):
        delete_company(actor=actor, company_id=company.pk)
    remove_company(actor=actor, company_id=company.pk)
    assert list(Company.objects.added_by(founder)) == []
    assert list(Company.objects.to_add_by(founder)) == [company]
    with pytest.raises(CodeNeeded):
        delete_company(actor=actor, company_id=company.pk)
    clear(founder, "delete_company", f"company:{company.pk}")
    delete_company(actor=actor, company_id=company.pk)
    assert list(Company.objects.to_add_by(founder)) == []
    assert Company.objects.get(pk=company.pk).deleted_at is not None
    with pytest.raises(NotFound):
        delete_company(actor=actor, company_id=company.pk)


@pytest.mark.rule("S4.7")
def test_only_the_founder_deletes_and_only_what_is_empty(founder):
    company, second = make_company(founder), make_user()
    add_admin(company, second)
    with pytest.raises(FounderOnly):
        delete_company(actor=person(second), company_id=company.pk)
    order(company.account, prepaid(), actor=mover(company.account))
    with pytest.raises(NotEmpty):
        delete_company(actor=person(founder), company_id=company.pk)


def test_others_do_not_see_it(founder):
    company = make_company(founder)
    with pytest.raises(NotFound):
        company_for(user=make_user(), company_id=company.pk)
    with pytest.raises(NotFound):
        remove_company(actor=person(make_user()), company_id=company.pk)
    assert company_for(user=founder, company_id=company.pk) == company


@pytest.mark.rule("S4.2", "S5.1")
def test_a_company_is_called_as_its_people_say_until_it_is_verified(founder):
    company, other = make_company(founder, name="甲"), make_company(founder, name="乙")
    rename_company(actor=person(founder), company_id=company.pk, name=" 甲商贸 ")
    company.refresh_from_db()
    assert (company.name, company.account.name) == ("甲商贸", "甲商贸")
    with pytest.raises(InputError):
        rename_company(actor=person(founder), company_id=other.pk, name="甲商贸")
    with pytest.raises(NotFound):
        rename_company(actor=person(make_user()), company_id=company.pk, name="丙")
    verify(company)
    record("certification.approved", actor=SYSTEM, account=company.account, subject=company.account, kind="enterprise")
    run_due()
    run_due()
    company.refresh_from_db()
    assert company.name == company.account.name == company.account.enterprise.name
    assert Event.objects.filter(kind="company.renamed").count() == 2
    with pytest.raises(NameIsVerified):
        rename_company(actor=person(founder), company_id=company.pk, name="丙")
