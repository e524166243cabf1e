"""Backups are taken home and deleted with a code from the founder's phone, and records say who did it."""

import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import policy
from accounts.models import OneTimeCode, User
from accounts.services.codes import CodeNeeded, confirm_code, send_code
from config.errors import InputError, NotFound
from kiscloud.models import AccountSet, Backup, Company, Deletion
from kiscloud.services import backup_files, backups
from tests.factories import make_user
from tests.kiscloud.contents import Tables, fill
from tests.kiscloud.kis import active, add_admin, make_company, make_set, person

pytestmark = pytest.mark.django_db
Purpose = OneTimeCode.Purpose
Pass = Callable[..., None]


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def account_set(company: Company, tables: Tables) -> AccountSet:
    made = make_set(active(company))
    fill(tables, made)
    return made


@pytest.fixture
def passed(company: Company, sent: Callable[[], Sequence[Any]]) -> Pass:
    """Somebody asked for a code, and typed what came to the founder's phone."""

    def code(purpose: str, user: User, *ids: int) -> None:
        OneTimeCode.objects.update(sent_at=timezone.now() - 2 * policy.CODE_INTERVAL)
        facts: dict[str, Any] = {"purpose": purpose, "mobile": company.founder.mobile}
        binding = backup_files.bound_to(ids=ids, user=user)
        send_code(**facts, binding=binding, user=user)
        confirm_code(**facts, binding=binding, code=sent()[0].facts["code"])

    return code


def made(account_set: AccountSet) -> Backup:
    founder = account_set.subscription.company.founder
    backup = backups.start_backup(actor=person(founder), set_id=account_set.pk)
    backups.make_backup(backup_id=backup.pk)
    return Backup.objects.get(pk=backup.pk)


def failed(account_set: AccountSet) -> Backup:
    backup = Backup.objects.create(kind=Backup.Kind.MANUAL, **Backup.facts_of(account_set))
    backups.give_up(backup_id=backup.pk, fault="x")
    return backup


def automatic(account_set: AccountSet) -> Backup:
    return Backup.objects.create(kind=Backup.Kind.AUTOMATIC, day=timezone.localdate(), **Backup.facts_of(account_set))


@pytest.mark.rule("S16.11", "S16.13")
def test_it_is_taken_home_as_a_plain_zip(account_set: AccountSet, company: Company, passed: Pass) -> None:
    backup, other = made(account_set), add_admin(company, make_user()).user
    with pytest.raises(CodeNeeded):
        backup_files.open_backup(actor=person(other), backup_id=backup.pk)
    passed(Purpose.DELETE_BACKUP, other, backup.pk)  # good for something else
    with pytest.raises(CodeNeeded):
        backup_files.open_backup(actor=person(other), backup_id=backup.pk)
    passed(Purpose.DOWNLOAD_BACKUP, other, backup.pk)
    with pytest.raises(CodeNeeded):
        backup_files.open_backup(actor=person(company.founder), backup_id=backup.pk)
    _backup, file = backup_files.open_backup(actor=person(other), backup_id=backup.pk)
    with zipfile.ZipFile(file) as pack:
        assert pack.testzip() is None
        assert "manifest.json" in pack.namelist()
    with pytest.raises(CodeNeeded):
        backup_files.open_backup(actor=person(other), backup_id=backup.pk)


@pytest.mark.rule("S16.12", "S16.14", "S16.17", "S16.19", "S15.6")
def test_several_go_with_one_code(
    account_set: AccountSet, company: Company, passed: Pass, django_capture_on_commit_callbacks: Any
) -> None:
    several = [made(account_set), made(account_set)]
    ids = [backup.pk for backup in several]
    actor = person(company.founder)
    passed(Purpose.DELETE_BACKUP, company.founder, ids[0])
    with pytest.raises(CodeNeeded):
        backup_files.delete_backups(actor=actor, backup_ids=ids)
    passed(Purpose.DELETE_BACKUP, company.founder, *ids)
    with django_capture_on_commit_callbacks(execute=True):
        assert backup_files.delete_backups(actor=actor, backup_ids=ids) == 2
    assert not Backup.objects.standing().exists()
    assert not any(default_storage.exists(backup.file.name) for backup in several)
    record = Deletion.objects.filter(kind="backup").first()
    assert record is not None
    assert (record.number, record.deleted_by) == (account_set.number, company.founder)
    assert record.holder == company.founder.name
    assert str(company.founder.mobile)[-4:] in record.mobile
    assert record.mobile != company.founder.mobile
    assert record.server_address
    with pytest.raises(NotFound):
        backup_files.delete_backups(actor=actor, backup_ids=ids)


@pytest.mark.rule("S16.15")
def test_a_failed_one_goes_without_a_code(account_set: AccountSet, company: Company) -> None:
    ids = [failed(account_set).pk, failed(account_set).pk]
    assert backup_files.delete_backups(actor=person(company.founder), backup_ids=ids) == 2
    assert Deletion.objects.first().mobile == ""  # type: ignore[union-attr]


@pytest.mark.rule("S16.16")
def test_automatic_ones_are_kept_for_restores(account_set: AccountSet, company: Company) -> None:
    backup = automatic(account_set)
    backups.make_backup(backup_id=backup.pk)
    for act in (
        lambda: backup_files.open_backup(actor=person(company.founder), backup_id=backup.pk),
        lambda: backup_files.delete_backups(actor=person(company.founder), backup_ids=[backup.pk]),
    ):
        with pytest.raises(backup_files.KeptForRestores):
            act()


@pytest.mark.rule("S16.17")
def test_private_ones_go_one_by_one(account_set: AccountSet, company: Company, passed: Pass) -> None:
    pair = [failed(account_set), failed(account_set)]
    Backup.objects.update(kind=Backup.Kind.PRIVATE)
    with pytest.raises(InputError):
        backup_files.delete_backups(actor=person(company.founder), backup_ids=[row.pk for row in pair])
    assert backup_files.delete_backups(actor=person(company.founder), backup_ids=[pair[0].pk]) == 1


def test_others_see_nothing_of_it(account_set: AccountSet, company: Company) -> None:
    backup, own = made(account_set), failed(make_set(active(make_company(company.founder, name="另一家"))))
    with pytest.raises(NotFound):
        backup_files.open_backup(actor=person(make_user()), backup_id=backup.pk)
    with pytest.raises(NotFound):
        backup_files.delete_backups(actor=person(make_user()), backup_ids=[backup.pk])
    with pytest.raises(NotFound):  # of two companies
        backup_files.delete_backups(actor=person(company.founder), backup_ids=[backup.pk, own.pk])
    with pytest.raises(NotFound):
        backup_files.delete_backups(actor=person(company.founder), backup_ids=[])
