"""Deleting sets: the founder's code and its limits, none for failed ones, what goes, what stays (S15, Q-12, Q-13)."""

from datetime import datetime, timedelta

import pytest

from accounts import policy
from accounts.actors import Actor, Door
from accounts.models import Message, OneTimeCode, User
from accounts.services.codes import CodeNeeded, CodesUsedUp, CodeTooSoon, NoMobile, confirm_code, send_code
from config.errors import InputError, NotFound
from kiscloud.models import AccountSet, Deletion, Seat, Subscription
from kiscloud.services import set_deletion
from kiscloud.services.account_sets import give_up
from kiscloud.services.seats import enter_set
from kiscloud.services.set_deletion import CodeByPhone, StillMade, bound_to, delete_set, purge_set
from kiscloud.services.workbench import cards_of
from tests.factories import clear, make_user
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, add_admin, make_company, make_device, make_set, person
from tests.kiscloud.sets import begin_set, created

pytestmark = pytest.mark.django_db
State = AccountSet.State
PURPOSE = OneTimeCode.Purpose.DELETE_SET
NOON = datetime.fromisoformat("2026-03-10T12:00:00+08:00")


@pytest.fixture
def product() -> Subscription:
    return active(make_company())


@pytest.fixture
def founder(product: Subscription) -> User:
    return product.company.founder


@pytest.mark.rule("S15.1", "S15.2")
def test_only_the_founders_code_for_this_set_and_person_helps(product, founder):
    admin = add_admin(product.company, make_user()).user
    account_set, other = created(product), created(product)
    wrong = [
        (admin, bound_to(set_id=account_set.pk, user=admin)),  # the administrator's own phone
        (founder, bound_to(set_id=other.pk, user=admin)),
        (founder, bound_to(set_id=account_set.pk, user=founder)),  # asked for by somebody else
        (founder, ""),
    ]
    for whose, binding in wrong:
        clear(whose, PURPOSE, binding)
        with pytest.raises(CodeNeeded):
            delete_set(actor=person(admin), set_id=account_set.pk)
    clear(founder, OneTimeCode.Purpose.DELETE_BACKUP, bound_to(set_id=account_set.pk, user=admin))
    with pytest.raises(CodeNeeded):
        delete_set(actor=person(admin), set_id=account_set.pk)
    clear(founder, PURPOSE, bound_to(set_id=account_set.pk, user=admin))
    assert delete_set(actor=person(admin), set_id=account_set.pk).state == State.DELETED
    with pytest.raises(NotFound):
        delete_set(actor=person(admin), set_id=account_set.pk)
    assert account_set.name in Message.objects.get(user=founder).title


@pytest.mark.rule("S15.2")
def test_a_founder_without_a_number_is_said(product, founder):
    account_set = created(product)
    User.objects.filter(pk=founder.pk).update(mobile=None)
    with pytest.raises(NoMobile):
        delete_set(actor=person(founder), set_id=account_set.pk)


@pytest.mark.rule("S15.3", "S15.4")
def test_sixty_seconds_and_six_a_day(founder):
    facts = {"purpose": PURPOSE, "mobile": founder.mobile, "binding": "set:1:by:1"}
    for number in range(6):
        at = NOON + number * timedelta(seconds=60)
        send_code(**facts, now=at)
        if number < 5:
            with pytest.raises(CodeTooSoon):
                send_code(**facts, now=at + timedelta(seconds=59))
    later = NOON + timedelta(hours=1)
    with pytest.raises(CodesUsedUp):
        send_code(**facts, now=later)
    with pytest.raises(CodesUsedUp):  # another set is the same purpose and number
        send_code(**{**facts, "binding": "set:2:by:1"}, now=later)
    send_code(**{**facts, "purpose": OneTimeCode.Purpose.DELETE_BACKUP}, now=later)
    midnight = datetime.fromisoformat("2026-03-11T00:00:00+08:00")
    with pytest.raises(CodesUsedUp):
        send_code(**facts, now=midnight - timedelta(seconds=1))
    send_code(**facts, now=midnight)


@pytest.mark.rule("S15.1")
def test_a_code_lasts_five_minutes_and_five_tries(founder, sent):
    facts = {"purpose": PURPOSE, "mobile": founder.mobile, "binding": "set:1:by:1"}
    send_code(**facts, now=NOON)
    digits = sent()[0].facts["code"]
    with pytest.raises(InputError):
        confirm_code(**facts, code=digits, now=NOON + policy.CODE_LIFE)
    send_code(**facts, now=NOON + policy.CODE_LIFE)
    digits = sent()[0].facts["code"]
    for _ in range(5):
        with pytest.raises(InputError):
            confirm_code(**facts, code="x" * 6, now=NOON + policy.CODE_LIFE)
    with pytest.raises(InputError):
        confirm_code(**facts, code=digits, now=NOON + policy.CODE_LIFE)


@pytest.mark.rule("S15.5")
def test_failed_sets_need_no_code_whether_created_or_restored(product, founder):
    failed = begin_set(product)
    give_up(set_id=failed.pk, fault="x")
    restoring = AccountSet(subscription=product, name="恢复", version="16.0", number="R1")
    restoring.restore()
    restoring.fail(fault="x")
    restoring.save(force_insert=True)
    for account_set in (failed, restoring):
        delete_set(actor=person(founder), set_id=account_set.pk)
    records = list(Deletion.objects.order_by("pk"))
    assert [record.number for record in records] == [failed.number, "R1"]
    assert {record.mobile for record in records} == {""}


@pytest.mark.rule("S15.5")
def test_what_is_being_made_is_waited_for(product, founder):
    with pytest.raises(StillMade):
        delete_set(actor=person(founder), set_id=begin_set(product).pk)


@pytest.mark.rule("S15.6")
def test_the_record_says_who_when_what_and_where(product, founder, settings):
    settings.SERVER_ADDRESS = "10.9.8.7"
    set_deletion.note_deletion.__globals__["server_address"].cache_clear()
    account_set = created(product)
    clear(founder, PURPOSE, bound_to(set_id=account_set.pk, user=founder))
    delete_set(actor=person(founder), set_id=account_set.pk)
    set_deletion.note_deletion.__globals__["server_address"].cache_clear()
    record = Deletion.objects.get()
    assert (record.kind, record.number, record.name) == ("set", account_set.number, account_set.name)
    assert (record.deleted_by, record.holder, record.server_address) == (founder, founder.name, "10.9.8.7")
    assert record.mobile == f"{founder.mobile[:3]}****{founder.mobile[-4:]}"
    account_set.refresh_from_db()
    assert record.deleted_at == account_set.deleted_at


@pytest.mark.rule("S15.1", "S19.5")
def test_what_was_in_it_goes_and_nothing_else(product, founder, tables: Tables):
    account_set, kept = make_set(product, founder), make_set(product, founder)
    fill(tables, account_set)
    fill(tables, kept)
    seat = enter_set(actor=person(founder), set_id=account_set.pk, device=make_device(founder))
    clear(founder, PURPOSE, bound_to(set_id=account_set.pk, user=founder))
    delete_set(actor=person(founder), set_id=account_set.pk)
    assert [card.account_set for card in cards_of(user=founder)] == [kept]
    seat.refresh_from_db()
    assert seat.end == Seat.End.REVOKED
    for _ in range(2):  # a killed job is done again
        purge_set(set_id=account_set.pk)
    purge_set(set_id=kept.pk)  # never one that stands
    assert (len(contents(tables, account_set)), len(contents(tables, kept))) == (0, 4)


def test_outsiders_and_programs_delete_nothing(product, founder):
    account_set = created(product)
    with pytest.raises(NotFound):
        delete_set(actor=person(make_user()), set_id=account_set.pk)
    key = Actor(door=Door.API, account=product.company.account)
    with pytest.raises(CodeByPhone):
        delete_set(actor=key, set_id=account_set.pk)
    elsewhere = Actor(door=Door.API, account=make_company(founder, name="另一家").account)
    with pytest.raises(NotFound):
        delete_set(actor=elsewhere, set_id=account_set.pk)
