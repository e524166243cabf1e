"""People in sets: added, found, renamed, made administrators, disabled, taken out (S14, S19.5)."""

from typing import Any

import pytest

from accounts.models import Message
from config.errors import InputError, NotFound
from config.states import MoveRefused
from kiscloud import set_moments
from kiscloud.models import AccountSet, Seat, SetUser, Subscription
from kiscloud.services.seat_refusals import NotAdded
from kiscloud.services.seats import enter_inventory, enter_set
from kiscloud.services.set_users import (
    NameForbidden,
    SetNotReady,
    StillEnabled,
    add_users,
    delete_user,
    disable_user,
    enable_user,
    people_to_add,
    rename_user,
    set_administrator,
    users_of,
)
from kiscloud.services.workbench import cards_of
from kiscloud.set_moments import Moment, during
from kiscloud.set_users import ForbiddenName
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, make_device, person
from tests.kiscloud.sets import begin_set, colleague, created, in_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Subscription:
    return active(make_company(), users=1)


@pytest.fixture
def account_set(product: Subscription) -> AccountSet:
    return created(product)


@pytest.fixture
def acting(product: Subscription) -> dict[str, Any]:
    return {"actor": person(product.company.founder)}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Moment, Any]]:
    """What those who follow sets heard."""
    heard: list[tuple[Moment, Any]] = []
    monkeypatch.setattr(set_moments, "_acts", {moment: [] for moment in Moment})
    for moment in Moment:
        during(moment, lambda row, moment=moment: heard.append((moment, row)))  # type: ignore[misc]
    return heard


@pytest.mark.rule("S14.1", "S14.4", "S14.5", "S14.10")
def test_more_people_than_were_bought_are_added(product, account_set, acting, told):
    members = [colleague(product, name) for name in ("王芳", "李强", "赵敏")]
    ids = [member.pk for member in members]
    added = add_users(set_id=account_set.pk, member_ids=ids, **acting)
    assert [row.name for row in added] == ["李强", "王芳", "赵敏"]  # by the address book, not by the login
    assert account_set.users.count() == 4 > product.users_total
    assert Message.objects.filter(user=members[0].user).exists()
    assert [moment for moment, _row in told] == [Moment.USER_ADDED] * 3
    ticked = {member.pk: member.is_in for member in people_to_add(account_set=account_set)}
    assert all(ticked[pk] for pk in ids)
    again = colleague(product, "孙丽")
    assert len(add_users(set_id=account_set.pk, member_ids=[*ids, again.pk], **acting)) == 1
    with pytest.raises(InputError):
        add_users(set_id=account_set.pk, member_ids=ids, **acting)


@pytest.mark.rule("S14.1")
def test_only_people_of_the_company_are_added(product, account_set, acting):
    stranger = colleague(active(make_company(name="另一家")))
    left = colleague(product)
    left.left_at = left.joined_at
    left.save(update_fields=["left_at"])
    for member in (stranger, left):
        with pytest.raises(NotFound):
            add_users(set_id=account_set.pk, member_ids=[member.pk], **acting)
    begun = begin_set(product)
    with pytest.raises(SetNotReady):
        add_users(set_id=begun.pk, member_ids=[colleague(product).pk], **acting)


@pytest.mark.rule("S14.2")
def test_people_are_found_by_name_and_number(product, account_set):
    user = in_set(account_set, colleague(product, "王芳"))
    in_set(account_set, colleague(product, "李强"))
    for text in ("王", user.user.mobile, user.user.username, user.user.name):
        assert [row.pk for row in users_of(account_set=account_set, text=text)] == [user.pk]
    assert not users_of(account_set=account_set, text="1390000")  # no part of a number
    assert [member.name for member in people_to_add(account_set=account_set, text="王")] == ["王芳"]


@pytest.mark.rule("S14.6", "S14.7", "S14.8")
def test_a_new_name_is_carried_on(product, account_set, acting, told):
    user = in_set(account_set, colleague(product))
    rename_user(set_user_id=user.pk, name=" 王小芳 ", **acting)
    user.refresh_from_db()
    assert user.name == "王小芳"
    assert told == [(Moment.USER_RENAMED, user)]
    assert told[0][1].name == "王小芳"
    rename_user(set_user_id=user.pk, name="王小芳", **acting)
    assert len(told) == 1
    with pytest.raises(InputError):
        rename_user(set_user_id=user.pk, name="  ", **acting)


@pytest.mark.rule("S14.9")
@pytest.mark.parametrize(
    ("edition", "name", "good"),
    [
        ("professional", "Manager", False),
        ("trade", "MANAGER", False),
        ("trade", "ｍanager ", False),
        ("flagship", "administrator", False),
        ("flagship", "manager", True),
        ("trade", "Administrator", True),
        ("professional", "manager2", True),
    ],
)
def test_names_that_an_edition_keeps(acting, product, edition, name, good):
    Subscription.objects.filter(pk=product.pk).update(edition=edition)
    product.refresh_from_db()
    account_set = created(product)
    user, another = in_set(account_set, colleague(product)), colleague(product, name)
    if good:
        rename_user(set_user_id=user.pk, name=name, **acting)
        add_users(set_id=account_set.pk, member_ids=[another.pk], **acting)
        return
    with pytest.raises(ForbiddenName):
        rename_user(set_user_id=user.pk, name=name, **acting)
    with pytest.raises(NameForbidden):
        add_users(set_id=account_set.pk, member_ids=[another.pk], **acting)


@pytest.mark.rule("S14.11", "S14.12", "S19.6")
def test_administrators_come_and_go(product, account_set, acting, told):
    user = in_set(account_set, colleague(product))
    set_administrator(set_user_id=user.pk, admin=True, **acting)
    set_administrator(set_user_id=user.pk, admin=True, **acting)
    user.refresh_from_db()
    assert user.is_admin
    set_administrator(set_user_id=user.pk, admin=False, **acting)
    user.refresh_from_db()
    assert not user.is_admin
    assert [moment for moment, _row in told] == [Moment.ADMIN_CHANGED] * 2


@pytest.mark.rule("S14.13", "S14.14", "S14.15", "S14.16", "S19.5")
def test_disabled_then_deleted(product, account_set, acting, told):
    user = in_set(account_set, colleague(product))
    seat = enter_set(actor=person(user.user), set_id=account_set.pk, device=make_device(user.user))
    with pytest.raises(StillEnabled):
        delete_user(set_user_id=user.pk, **acting)
    assert [card.account_set for card in cards_of(user=user.user)] == [account_set]
    disable_user(set_user_id=user.pk, **acting)
    seat.refresh_from_db()
    assert seat.end == Seat.End.REVOKED
    assert cards_of(user=user.user) == []
    with pytest.raises(NotAdded):
        enter_set(actor=person(user.user), set_id=account_set.pk, device=make_device(user.user))
    with pytest.raises(MoveRefused):
        disable_user(set_user_id=user.pk, **acting)
    enable_user(set_user_id=user.pk, **acting)
    assert len(cards_of(user=user.user)) == 1
    disable_user(set_user_id=user.pk, **acting)
    delete_user(set_user_id=user.pk, **acting)
    assert cards_of(user=user.user) == []
    assert told[-1][0] == Moment.USER_REMOVED  # books keep their own user and hear that nobody is it now
    assert not SetUser.objects.filter(pk=user.pk).exists()
    assert user.user.__class__.objects.filter(pk=user.user_id).exists()


def test_others_change_nothing(product, account_set):
    user = in_set(account_set, colleague(product))
    outside = {"actor": person(make_user()), "set_user_id": user.pk}
    for act in (disable_user, enable_user, delete_user):
        with pytest.raises(NotFound):
            act(**outside)
    with pytest.raises(NotFound):
        rename_user(name="x", **outside)
    with pytest.raises(NotFound):
        set_administrator(admin=True, **outside)
    with pytest.raises(NotFound):
        add_users(actor=outside["actor"], set_id=account_set.pk, member_ids=[1])


@pytest.mark.rule("S14.16", "S12.5")
def test_with_the_last_set_the_inventory_app_closes_too(product, account_set, acting):
    Subscription.objects.filter(pk=product.pk).update(users_total=9)
    member, other = colleague(product), created(product, name="二号账套")
    users = [in_set(books, member) for books in (account_set, other)]
    seat = enter_inventory(actor=person(member.user), subscription_id=product.pk, device=make_device(member.user))
    founder = product.company.founder
    kept = enter_inventory(actor=person(founder), subscription_id=product.pk, device=make_device(founder))
    disable_user(set_user_id=users[0].pk, **acting)
    seat.refresh_from_db()
    assert seat.ended_at is None
    disable_user(set_user_id=users[1].pk, **acting)
    for row in (seat, kept):
        row.refresh_from_db()
    assert (seat.end, kept.ended_at) == (Seat.End.REVOKED, None)
