"""People of companies: added, made administrators, removed."""

from functools import partial

import pytest

from accounts.actors import Actor, Door, StaffOnly
from accounts.models import Event, Message, Operator, User
from config.errors import InputError, NotFound
from kiscloud.models import Company, CompanyMember, Seat, SetUser
from kiscloud.services.companies import AdministratorsOnly, company_for
from kiscloud.services.members import (
    FounderStays,
    LastAdministrator,
    add_member,
    end_administrator,
    hand_over_company,
    make_administrator,
    remove_member,
    rename_member,
)
from kiscloud.services.seats import enter_set
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, make_device, make_set, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder():
    return make_user()


def add(company, founder, contact, **more):
    return add_member(actor=person(founder), company_id=company.pk, contact=contact, name="李会计", **more)


@pytest.mark.rule("S2.7")
def test_a_stranger_gets_a_login_that_waits_for_its_password(founder):
    company = make_company(founder)
    added = add(company, founder, "138 0013 8111")
    assert added.is_new
    assert added.member.user.mobile == "13800138111"
    assert added.member.user.activated_at is None
    assert not added.member.user.has_usable_password()
    with pytest.raises(InputError):  # is there already
        add(company, founder, "13800138111")


def test_an_e_mail_finds_who_has_it_and_makes_nobody(founder):
    company, known = make_company(founder), make_user()
    User.objects.filter(pk=known.pk).update(email="li@example.com")
    assert add(company, founder, "LI@example.com").member.user == known
    with pytest.raises(InputError):
        add(company, founder, "nobody@example.com")


@pytest.mark.rule("S2.3")
def test_administrators_own_the_account_and_members_manage_nothing(founder):
    company, other = make_company(founder), make_user()
    member = add(company, founder, other.mobile).member
    with pytest.raises(AdministratorsOnly):
        company_for(user=other, company_id=company.pk)
    with pytest.raises(AdministratorsOnly):
        add(company, other, "13800138112")
    make_administrator(actor=person(founder), member_id=member.pk)
    assert company_for(user=other, company_id=company.pk) == company
    assert Operator.objects.get(account=company.account, user=other).role == "owner"
    assert Message.objects.filter(user=other).count() == 1
    end_administrator(actor=person(founder), member_id=member.pk)
    assert not Operator.objects.filter(account=company.account, user=other).exists()
    assert list(Company.objects.added_by(other)) == []


def test_the_founder_stays_and_never_the_last_administrator_goes(founder):
    company = make_company(founder)
    own = company.members.get(user=founder)
    for act in (end_administrator, remove_member):
        with pytest.raises(FounderStays):
            act(actor=person(founder), member_id=own.pk)
    other = add(company, founder, make_user().mobile, is_admin=True).member
    CompanyMember.objects.filter(pk=own.pk).update(is_admin=False)
    for act in (end_administrator, remove_member):
        with pytest.raises(LastAdministrator):
            act(actor=person(other.user), member_id=other.pk)


@pytest.mark.rule("S19.5")
def test_who_is_removed_is_out_of_every_set_at_once(founder):
    company, other = make_company(founder), make_user()
    member = add(company, founder, other.mobile, is_admin=True).member
    account_set = make_set(active(company), other)
    seat = enter_set(actor=person(other), set_id=account_set.pk, device=make_device(other))
    remove_member(actor=person(founder), member_id=member.pk)
    assert SetUser.objects.get(user=other).state == SetUser.State.DISABLED
    assert Seat.objects.get(pk=seat.pk).ended_at is not None
    assert not Operator.objects.filter(account=company.account, user=other).exists()
    with pytest.raises(NotFound):
        company_for(user=other, company_id=company.pk)
    assert Event.objects.filter(kind="company_member.removed", account=company.account).exists()
    assert add(company, founder, other.mobile).member.pk != member.pk  # and may come back


@pytest.mark.rule("S14.5")
def test_the_address_book_has_a_name_of_its_own(founder):
    company, other = make_company(founder), make_user()
    member = add(company, founder, other.mobile).member
    assert rename_member(actor=person(founder), member_id=member.pk, name=" 李 出纳 ").name == "李 出纳"
    assert User.objects.get(pk=other.pk).name == other.name
    with pytest.raises(NotFound):
        rename_member(actor=person(make_user()), member_id=member.pk, name="x")


def test_support_hands_a_company_over_to_another_administrator(founder):
    company, other = make_company(founder), make_user()
    add(company, founder, other.mobile)
    staff = Actor(door=Door.STAFF, user=make_user(is_staff=True, is_superuser=True))
    hand = partial(hand_over_company, company_id=company.pk, mobile=other.mobile, reason="创建人离职")
    with pytest.raises(StaffOnly):
        hand(actor=person(founder))
    with pytest.raises(InputError):  # only a member
        hand(actor=staff)
    make_administrator(actor=person(founder), member_id=company.members.get(user=other).pk)
    hand(actor=staff)
    company.refresh_from_db()
    assert company.founder == other
    remove_member(actor=person(other), member_id=company.members.get(user=founder).pk)
    assert Event.objects.filter(kind="company.handed_over", subject_id=company.pk).exists()
