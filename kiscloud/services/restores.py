"""Restores: a new set from a backup, after everything that speaks against it was said (S17)."""

from datetime import datetime
from typing import BinaryIO, Final, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from config.errors import DomainError, NotFound
from config.jobs import abandoned, enqueue
from config.transactions import atomic
from kiscloud import policy
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import AccountSet, Backup, SetUser, Subscription
from kiscloud.services.companies import locked_company, require_admin
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.subscriptions import company_of, locked_product, require_place
from kiscloud.set_files import Unfit, open_file
from kiscloud.set_files.loading import load_set
from kiscloud.set_files.manifest import Person
from kiscloud.set_moments import Moment, tell

JOB: Final = "kiscloud.restore"


class RestoreRefused(DomainError):
    """This backup does not come into this product; the sentence says why."""

    code = "restore_refused"


_OTHER_EDITION: Final = _("The backup is of %(of)s, this product is %(product)s. Only the same product takes it.")
_OTHER_VERSION: Final = _("The backup has version %(of)s, this product needs exactly %(version)s.")
_TOO_LARGE: Final = _(
    "The set is %(size)s unpacked; the public cloud takes at most %(most)s. Use a private cloud for it."
)
_NOT_PUBLIC: Final = _("%(product)s is used in a private cloud. Switch it to the public cloud to restore here.")
_PEOPLE: Final = _(
    "In the backup these users have no employee or their employee has no mobile number: %(names)s."
    " Add both in the private environment, then back up again."
)


@atomic
def start_restore(
    *, actor: Actor, subscription_id: int, backup_id: int, name: str, now: datetime | None = None
) -> AccountSet:
    """A set of this name is being restored from the backup, beside those that are there; a job does it.

    Nothing that exists is touched. Locks company and product. Raises NotFound, RestoreRefused with the reason
    (S17.3, S17.4, S17.7, S17.12), ProductOver (S17.6), NoSetLeft (S17.5), VerifyFirst (Q-7).
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    user = require_admin(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    backup = Backup.objects.filter(pk=backup_id, company=company, state=Backup.State.SUCCESS).first()
    if backup is None:
        raise NotFound()
    if refused := reason_against(backup=backup, product=product):
        raise refused
    require_verified_in_time(company=company, act=Act.RESTORE, now=at)
    require_place(product=product, at=at)
    account_set = AccountSet(
        subscription=product,
        name=name.strip()[:80] or backup.set_name,
        version=backup.set_version,
        restored_from=backup,
        created_by=user,
        created_at=at,
    )
    account_set.restore()
    account_set.save(force_insert=True)
    enqueue(JOB, key=f"restore-{account_set.pk}", set=account_set.pk)
    _note("restore_started", actor, account_set, at)
    return account_set


def reason_against(*, backup: Backup, product: Subscription) -> RestoreRefused | None:
    """The first of what speaks against restoring the backup into the product; None where nothing does."""
    return next(iter(reasons_against(backup=backup, product=product)), None)


def reasons_against(*, backup: Backup, product: Subscription) -> list[RestoreRefused]:
    """Everything of the backup itself that speaks against restoring it into the product."""
    version, name = EDITIONS[product.edition].version, product.get_edition_display()
    found: list[RestoreRefused] = []
    if backup.edition != product.edition:
        of = Edition(backup.edition).label if backup.edition in Edition.values else backup.edition
        found.append(_refused(_OTHER_EDITION, "S17.3", of=of, product=name))
    if backup.set_version != version:
        found.append(_refused(_OTHER_VERSION, "S17.4", of=backup.set_version, version=version))
    if backup.unpacked > policy.UNPACKED_MAX:
        size, most = filesizeformat(backup.unpacked), filesizeformat(policy.UNPACKED_MAX)
        found.append(_refused(_TOO_LARGE, "S17.7", size=size, most=most))
    if product.mode == Subscription.Mode.PRIVATE:
        found.append(_refused(_NOT_PUBLIC, "S17.6", product=name))
    if backup.kind == Backup.Kind.PRIVATE and (names := without_mobile(backup=backup)):
        found.append(_refused(_PEOPLE, "S17.12", names="、".join(names[:10])))
    return found


def restore_set(*, set_id: int) -> None:
    """The set has what was in the backup and is ready, or failed and says why; done twice it is done once.

    All in one transaction, so that a killed worker leaves a set that is still being restored and the next attempt
    begins anew. Locks the set.
    """
    try:
        with transaction.atomic():
            account_set = _restoring(set_id)
            if account_set is None or account_set.restored_from is None:
                return
            with _file_of(account_set.restored_from) as file, open_file(file) as opened:
                load_set(opened=opened, part=opened.only_set(), account_set=account_set)
            account_set.size = account_set.restored_from.unpacked
            account_set.open()
            account_set.save(update_fields=["state", "size"])
            tell(Moment.RESTORED, account_set)
            _add_restorer(account_set)
            _note("restored", SYSTEM, account_set, timezone.now())
    except (Unfit, FileNotFoundError) as error:
        give_up(set_id=set_id, fault=str(error) if isinstance(error, Unfit) else str(_("The file is gone.")))


@atomic
def give_up(*, set_id: int, fault: str, now: datetime | None = None) -> None:
    """The restore failed, and the set says why; one that is ready stays as it is. Locks it."""
    account_set = _restoring(set_id)
    if account_set is not None:
        account_set.fail(fault=fault)
        account_set.save(update_fields=["state", "fault"])
        _note("restore_failed", SYSTEM, account_set, now or timezone.now())


def fail_abandoned(*, now: datetime | None = None) -> int:
    """Sets whose restore died too often do not stay “being restored” for ever; answers how many failed so."""
    left = AccountSet.objects.filter(state=AccountSet.State.RESTORING, pk__in=abandoned(JOB, of="set"))
    found = list(left.values_list("pk", flat=True))
    for pk in found:
        give_up(set_id=pk, fault=str(_("It was interrupted too often.")), now=now)
    return len(found)


def try_backup(*, backup_id: int, now: datetime | None = None) -> bool:
    """The backup was restored into a set that never was, and its row says when, or what is wrong with it (C9).

    Everything that the database demands of real sets was asked of it. Answers whether it is fit.
    """
    backup = Backup.objects.select_related("subscription").get(pk=backup_id)
    if backup.state != Backup.State.SUCCESS:
        return False
    fault = ""
    try:
        with _file_of(backup) as file:
            try_file(file=file, product=backup.subscription)
    except (Unfit, FileNotFoundError) as error:
        fault = str(error) if isinstance(error, Unfit) else str(_("The file is gone."))
    at = now or timezone.now()
    Backup.objects.filter(pk=backup.pk).update(verified_at=None if fault else at, unfit=fault[:300])
    return not fault


def try_file(*, file: BinaryIO, product: Subscription) -> None:
    """The file was restored into a set of the product that never was; nothing of it stays. Raises Unfit."""
    with transaction.atomic(), open_file(file) as opened:
        part = opened.only_set()
        scratch = AccountSet.objects.create(subscription=product, name="-", version=part.version)
        load_set(opened=opened, part=part, account_set=scratch)
        transaction.set_rollback(True)


def _restoring(set_id: int) -> AccountSet | None:
    rows = AccountSet.objects.select_for_update(of=("self",)).select_related(
        "subscription__company__account", "restored_from"
    )
    return rows.filter(pk=set_id, state=AccountSet.State.RESTORING).first()


def _add_restorer(account_set: AccountSet) -> None:
    """Whoever restores is administrator of the restored set (S17.9)."""
    user = account_set.created_by
    if user is not None:
        set_user, fresh = SetUser.objects.get_or_create(
            account_set=account_set, user=user, defaults={"name": user.name, "is_admin": True}
        )
        if fresh:
            tell(Moment.USER_ADDED, set_user)


def without_mobile(*, backup: Backup) -> list[str]:
    """Who in it has no employee, or an employee without a mobile number (S17.12)."""
    people = [Person(**one) for part in (backup.manifest or {}).get("sets", []) for one in part.get("people", [])]
    return [person.name for person in people if not person.is_known]


def _refused(sentence: "str | Promise", rule: str, **facts: object) -> RestoreRefused:
    refusal = RestoreRefused(sentence, **facts)
    refusal.rule = rule
    return refusal


def _file_of(backup: Backup) -> BinaryIO:
    return cast(BinaryIO, default_storage.open(backup.file.name))


def _note(what: str, actor: Actor, account_set: AccountSet, at: datetime) -> None:
    account = account_set.subscription.company.account
    record(f"account_set.{what}", actor=actor, account=account, subject=account_set, at=at, set=account_set.name)
