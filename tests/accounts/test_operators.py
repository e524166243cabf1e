"""Who acts in an account, through the service."""

import pytest

from accounts import policy
from accounts.actors import Actor, Door, require, rights_of
from accounts.models import Event, Operator, Relationship, User
from accounts.permissions import ConsoleRole, Right, Role
from accounts.services.operators import LastOwner, OwnersOnly, add_operator, change_role, remove_operator
from config.errors import DomainError, InputError, NotAllowed, NotFound
from tests.factories import acting, make_account, make_operator, make_relationship, make_user, owner_of

NUMBER = "13800138000"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def add(account, **fields):
    given = {"mobile": NUMBER, "name": "新人", "role": Role.FINANCE} | fields
    return add_operator(actor=given.pop("actor", None) or acting(account), account=account, **given)


@pytest.mark.rule("S2.7")
def test_somebody_unknown_gets_a_login_that_waits(manager):
    operator = add(manager, mobile="+86 138 0013 8000")
    user = operator.user
    assert (user.mobile, user.name, user.activated_at, user.has_usable_password()) == (NUMBER, "新人", None, False)
    assert Event.objects.get(kind="operator.added").facts == {"person": "新人", "role": "finance"}


def test_somebody_known_keeps_login_and_name(manager):
    ana = make_user(mobile=NUMBER, name="安娜")
    assert add(manager, name="别人起的名字").user == ana
    ana.refresh_from_db()
    assert ana.name == "安娜"


def test_the_same_person_twice_is_refused_at_the_number(manager):
    add(manager)
    with pytest.raises(InputError) as refused:
        add(manager)
    assert refused.value.field == "mobile"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"mobile": "12345"}, "mobile"), ({"name": "\u202e"}, "name"), ({"role": "king"}, "role"), ({"role": ""}, "role")],
)
def test_wrong_input_names_its_field_and_adds_nobody(manager, wrong, field):
    with pytest.raises(InputError) as refused:
        add(manager, **wrong)
    assert refused.value.field == field
    assert not User.objects.filter(mobile=NUMBER).exists()


def test_the_user_name_drawn_for_a_stranger_does_not_tell_the_number(manager):
    make_user(username=f"u{NUMBER}")
    assert NUMBER[3:] not in add(manager).user.username


def test_there_is_an_end_to_operators(manager, monkeypatch):
    monkeypatch.setattr(policy, "OPERATORS_MAX", 2)
    add(manager)
    with pytest.raises(DomainError) as refused:
        add(manager, mobile="13800138001")
    assert "2" in str(refused.value)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_only_owners_manage_operators(manager, role):
    actor = acting(manager, make_operator(manager, role))
    with pytest.raises(NotAllowed):
        add(manager, actor=actor)
    with pytest.raises(NotAllowed):
        change_role(actor=actor, operator_id=manager.operators.get(role=role).pk, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        remove_operator(actor=actor, operator_id=manager.operators.get(role=Role.OWNER).pk)


def test_an_owner_elsewhere_finds_nothing_here(manager, stranger):
    operator = add(manager)
    for act in (
        lambda: add(manager, mobile="13800138001", actor=acting(stranger)),
        lambda: change_role(actor=acting(stranger), operator_id=operator.pk, role=Role.OWNER),
        lambda: remove_operator(actor=acting(stranger), operator_id=operator.pk),
        lambda: remove_operator(actor=acting(manager), operator_id=0),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_last_owner_stays_one(manager):
    only = manager.operators.get()
    with pytest.raises(LastOwner):
        change_role(actor=acting(manager), operator_id=only.pk, role=Role.FINANCE)
    with pytest.raises(LastOwner):
        remove_operator(actor=acting(manager), operator_id=only.pk)
    add(manager, role=Role.OWNER)
    remove_operator(actor=acting(manager), operator_id=only.pk)
    assert [operator.user.mobile for operator in manager.operators.all()] == [NUMBER]


def test_a_role_holds_from_the_next_question_on(manager):
    operator = add(manager)
    actor = acting(manager, operator.user)
    assert Right.MOVE_FUNDS in rights_of(actor, manager)
    change_role(actor=acting(manager), operator_id=operator.pk, role=Role.VIEWER)
    assert Right.MOVE_FUNDS not in rights_of(actor, manager)
    remove_operator(actor=acting(manager), operator_id=operator.pk)
    with pytest.raises(NotFound):
        require(actor, Right.VIEW, manager)
    assert Event.objects.get(kind="operator.removed").facts["person"] == "新人"


def test_one_person_may_act_in_several_accounts(manager, member):
    person = add(manager).user
    add(member, role=Role.VIEWER)
    assert Operator.objects.filter(user=person).count() == 2
    assert owner_of(make_account()) != person


@pytest.fixture
def inside(manager, member):
    """The manager's owner in the member's console, as its system administrator."""
    link = make_relationship(manager, member)
    Relationship.objects.filter(pk=link.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    return Actor(door=Door.CONSOLE, user=owner_of(manager), account=member, through=link)


@pytest.mark.rule("K13.3", "K13.4")
@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_through_a_members_console_nobody_gets_a_say_in_its_finance(inside, member, role):
    with pytest.raises(OwnersOnly):
        add(member, actor=inside, role=role)
    viewer = add(member, actor=inside, role=Role.VIEWER)
    with pytest.raises(OwnersOnly):
        change_role(actor=inside, operator_id=viewer.pk, role=role)
    assert not User.objects.filter(operates__account=member, operates__role=Role.FINANCE).exists()
    remove_operator(actor=inside, operator_id=viewer.pk)
    assert member.operators.count() == 1


@pytest.mark.rule("K8.10", "K13.4")
def test_through_a_members_console_the_managers_people_get_no_role_that_outlasts_the_link(inside, manager, member):
    colleague = make_operator(manager, Role.VIEWER)
    for person in (owner_of(manager), colleague):
        with pytest.raises(OwnersOnly):
            add(member, actor=inside, mobile=person.mobile, role=Role.VIEWER)
    assert member.operators.count() == 1


@pytest.mark.rule("K13.4")
@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_through_a_members_console_its_owners_and_finance_people_are_out_of_reach(inside, member, role):
    add(member, mobile="13800138001", role=Role.OWNER)  # so that nobody is the last one
    operator = add(member, role=role)
    for act in (
        lambda: remove_operator(actor=inside, operator_id=operator.pk),
        lambda: change_role(actor=inside, operator_id=operator.pk, role=Role.VIEWER),
    ):
        with pytest.raises(OwnersOnly):
            act()
    assert Operator.objects.get(pk=operator.pk).role == role
