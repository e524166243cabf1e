"""What a company can do that should have been verified (S5.4, Q-7)."""

from datetime import timedelta

import pytest

from accounts.models import Event
from config.jobs import run_due
from kiscloud.models import Company
from kiscloud.services.account_sets import create_set
from kiscloud.services.backups import make_backup, start_backup
from kiscloud.services.limits import Act, VerifyFirst, require_verified_in_time, verification_of
from kiscloud.services.members import add_member
from kiscloud.services.restores import start_restore
from kiscloud.services.seats import enter_set
from kiscloud.services.set_users import add_users
from kiscloud.services.verification_notices import remind_unverified
from tests.factories import make_user
from tests.kiscloud.kis import DAY, NOW, active, make_company, make_device, make_set, person, verify
from tests.kiscloud.sets import PARAMETERS

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def founder():
    return make_user()


@pytest.fixture
def company(founder):
    """One whose first product was activated at NOW."""
    made = make_company(founder)
    Company.objects.filter(pk=made.pk).update(served_since=NOW)
    return Company.objects.select_related("account").get(pk=made.pk)


@pytest.mark.rule("S5.4")
@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (30 * DAY - TICK, set()),
        (30 * DAY, {Act.NEW_SET, Act.NEW_USER, Act.RESTORE}),
        (45 * DAY - TICK, {Act.NEW_SET, Act.NEW_USER, Act.RESTORE}),
        (45 * DAY, set(Act)),
    ],
)
def test_what_is_refused_from_which_moment(company, after, refused):
    standing = verification_of(company=company, now=NOW + after)
    assert {act for act in Act if standing.refuses(act)} == refused
    assert standing.days_left == (1 if after == 30 * DAY - TICK else 0)


@pytest.mark.rule("S5.4")
def test_a_verified_company_and_one_without_products_are_free(company, founder):
    late = NOW + 400 * DAY
    unused = make_company(founder, name="未用")
    assert not verification_of(company=unused, now=late).late
    assert not verification_of(company=verify(company), now=late).late


@pytest.mark.rule("S5.4")
def test_each_can_be_switched_off(company, settings):
    settings.KIS_UNVERIFIED_BLOCKS = ["new_sets"]
    late = NOW + 60 * DAY
    with pytest.raises(VerifyFirst):
        require_verified_in_time(company=company, act=Act.NEW_SET, now=late)
    for act in (Act.NEW_USER, Act.RESTORE, Act.OPEN):
        require_verified_in_time(company=company, act=act, now=late)


@pytest.mark.rule("S5.4")
def test_every_door_asks(company, founder):
    actor, late, closed = person(founder), NOW + 30 * DAY, NOW + 45 * DAY
    product = active(company, until=NOW + 300 * DAY)
    account_set = make_set(product, founder)
    backup = start_backup(actor=actor, set_id=account_set.pk, now=closed)  # always
    make_backup(backup_id=backup.pk, now=closed)
    refused = (
        lambda: create_set(actor=actor, subscription_id=product.pk, name="二号", parameters=PARAMETERS, now=late),
        lambda: add_member(actor=actor, company_id=company.pk, contact="13800138222", name="甲", now=late),
        lambda: add_users(
            actor=actor, set_id=account_set.pk, member_ids=[company.members.get(user=founder).pk], now=late
        ),
        lambda: start_restore(actor=actor, subscription_id=product.pk, backup_id=backup.pk, name="复", now=late),
        lambda: enter_set(actor=actor, set_id=account_set.pk, device=make_device(founder), now=closed),
    )
    for act in refused:
        with pytest.raises(VerifyFirst):
            act()
    enter_set(actor=actor, set_id=account_set.pk, device=make_device(founder), now=closed - TICK)


@pytest.mark.rule("S5.4")
def test_reminders_come_once_on_their_days(company):
    told = [remind_unverified(now=NOW + day * DAY) for day in (22, 23, 24, 30, 31, 44, 45, 90)]
    assert told == [0, 1, 0, 1, 0, 1, 0, 0]
    assert [event.facts["notice"] for event in Event.objects.filter(kind="company.verify_soon").order_by("pk")] == [
        -7,
        0,
        14,
    ]
    verify(company)
    assert remind_unverified(now=NOW + 44 * DAY) == 0


@pytest.mark.rule("S5.4")
def test_administrators_get_a_letter_that_a_verified_company_no_longer_needs(company, mailoutbox):
    remind_unverified(now=NOW + 30 * DAY)
    while run_due():
        pass
    [mail] = mailoutbox
    assert mail.to == [company.founder.email]
    assert company.name in mail.body
    assert "2026-04-24" in mail.body  # until then sets open
    remind_unverified(now=NOW + 44 * DAY)
    verify(company)
    while run_due():
        pass
    assert mailoutbox == [mail]
