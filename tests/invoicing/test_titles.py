"""Titles: what is kept of a buyer, and which one is used."""

import pytest

from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from invoicing.models import Title
from invoicing.services import titles
from invoicing.services.titles import Buyer, CommonTitle, TitleExists, TooManyTitles
from tests.factories import acting, credit_code, make_account, make_operator, make_relationship
from tests.invoicing.requesting import buyer, propose, title

pytestmark = pytest.mark.django_db


def default_of(account):
    return Title.objects.usable().get(account=account, is_default=True)


def test_the_first_title_is_used_unless_another_is_chosen(member):
    first, second = title(member), title(member, "另一家有限公司", 2)
    assert (default_of(member), second.is_default) == (first, False)
    titles.make_default(actor=acting(member), title_id=second.pk)
    assert default_of(member) == second
    titles.archive_title(actor=acting(member), title_id=second.pk)
    assert default_of(member) == first


def test_a_number_is_kept_in_one_form_whatever_was_typed(member):
    code = credit_code(5)
    added = title(member, tax_number=f" {code[:6].lower()} {code[6:]}", name="  云岭　科技  ", address="一号\n路")
    assert (added.tax_number, added.name, added.address) == (code, "云岭 科技", "一号 路")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"tax_number": ""}, "tax_number"),
        ({"tax_number": credit_code(5)[:-1] + "0"}, "tax_number"),
        ({"kind": "bank"}, "kind"),
        ({"phone": "1" * 21}, "phone"),
        ({"email": "x"}, "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(member, changed, field):
    with pytest.raises(InputError) as refused:
        title(member, **changed)
    assert refused.value.field == field


def test_a_person_needs_no_number_and_has_no_bank(member):
    added = titles.add_title(actor=acting(member), account=member, buyer=Buyer("person", "白一帆", bank="招商银行"))
    assert (added.tax_number, added.bank) == ("", "")


def test_twice_the_same_is_refused_until_one_is_put_away(member):
    first = title(member)
    with pytest.raises(TitleExists):
        title(member)
    titles.archive_title(actor=acting(member), title_id=first.pk)
    assert title(member).is_default
    with pytest.raises(NotFound):
        titles.change_title(actor=acting(member), title_id=first.pk, buyer=buyer())


def test_there_is_an_end_to_titles(member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.TITLES_MAX", 1)
    title(member)
    with pytest.raises(TooManyTitles):
        title(member, "另一家有限公司", 2)


def test_the_verified_enterprise_is_offered_first(member):
    offer = titles.offered(account=member)
    assert (offer.name, offer.tax_number) == (member.enterprise.name, member.enterprise.credit_code)
    title(member)
    assert titles.offered(account=member) is None
    assert titles.offered(account=make_account(certified="no")) is None


def test_who_may_not_manage_invoices_changes_no_title(member, stranger):
    own = title(member)
    viewer = acting(member, make_operator(member, Role.VIEWER))
    for act in (titles.archive_title, titles.make_default):
        with pytest.raises(NotAllowed):
            act(actor=viewer, title_id=own.pk)
        with pytest.raises(NotFound):
            act(actor=acting(stranger), title_id=own.pk)


@pytest.mark.rule("A3.4")
def test_a_common_title_cannot_be_taken_away_from_under_a_control(manager, member):
    control = propose(make_relationship(manager, member, points=["request_invoice"]))
    for side in (manager, member):
        own = Title.objects.get(account=side)
        for act in (
            lambda actor, pk: titles.archive_title(actor=actor, title_id=pk),
            lambda actor, pk: titles.change_title(actor=actor, title_id=pk, buyer=buyer("新名字有限公司", 77)),
        ):
            with pytest.raises(CommonTitle):
                act(acting(side), own.pk)
    kept = titles.change_title(
        actor=acting(member), title_id=own.pk, buyer=buyer(control.title_name, 77, phone="010-1")
    )
    assert kept.phone == "010-1"
