"""Sets that have no good automatic backup: found by the dates of their backups, and told once (C9, C15).

Who looks (`troubled`) needs no job: it is judged on read, so a day on which no worker lived shows like any failure.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import User
from accounts.services.messages import send_message
from config.one_by_one import one_by_one
from config.transactions import atomic
from kiscloud.models import AccountSet, Backup, BackupAlarm, Subscription
from kiscloud.models.backup_alarm import BackupTrouble as Trouble
from kiscloud.services.backups import in_public_cloud

log = logging.getLogger(__name__)
DAY: Final = timedelta(days=1)  # a backup has so long to be made and tried
_NEVER: Final = date(1, 1, 1)


def troubled(*, now: datetime | None = None, product: Subscription | None = None) -> QuerySet[AccountSet]:
    """The sets of the public cloud, or of one product, whose backups do not keep what they promise.

    In trouble is a set whose latest settled backup failed or could not be restored, at once; and one that is older
    than a day and has no backup of yesterday or today that was restored for a test. Says when the last good one was
    made (`good_day`), and gives what `trouble_of` needs.
    """
    at = now or timezone.now()
    automatic = Backup.objects.standing().filter(account_set=OuterRef("pk"), kind=Backup.Kind.AUTOMATIC)
    complete = automatic.filter(state=Backup.State.SUCCESS)
    bad = automatic.filter(Q(state=Backup.State.FAILED) | ~Q(unfit="")).order_by("-day")
    rows = in_public_cloud() if product is None else in_public_cloud().filter(subscription=product)
    rows = rows.annotate(
        good_day=_day(complete.filter(verified_at__isnull=False, unfit="")),
        made_day=_day(complete),
        bad_day=_day(bad),
        bad_state=Subquery(bad.values("state")[:1]),
        bad_words=Subquery(bad.values(words=Concat("fault", "unfit"))[:1]),
        expected_day=Value(timezone.localdate(at) - DAY, DateField()),
    )
    return rows.filter(Q(bad_day__gt=F("good_day")) | Q(created_at__lte=at - DAY, good_day__lt=F("expected_day")))


def _day(backups: QuerySet[Backup]) -> Coalesce:
    return Coalesce(Subquery(backups.order_by("-day").values("day")[:1]), Value(_NEVER, DateField()))


def trouble_of(*, account_set: AccountSet) -> Trouble:
    """What is wrong with a set that `troubled` found."""
    found = vars(account_set)
    if found["bad_day"] > found["good_day"]:
        return Trouble.FAILED if found["bad_state"] == Backup.State.FAILED else Trouble.UNFIT
    return Trouble.UNTRIED if found["made_day"] >= found["expected_day"] else Trouble.MISSING


def sentence_of(*, account_set: AccountSet) -> str:
    """The same in words, with what the backup itself says and the day of the last good one."""
    found = vars(account_set)
    words = {
        "trouble": trouble_of(account_set=account_set).label,
        "why": found["bad_words"] or "—",
        "day": found["good_day"],
    }
    told = _FAULTY if trouble_of(account_set=account_set) in {Trouble.FAILED, Trouble.UNFIT} else _LATE
    since = _SINCE if found["good_day"] != _NEVER else _NONE_YET
    return " ".join([gettext(told) % words, gettext(since) % words])


def watch_backups(*, now: datetime | None = None) -> tuple[int, int]:
    """Administrators and staff were told of every set that came into trouble, and of every one that is well again.

    Answers how many were told of. Each set commits by itself, so that one hinders no other.
    """
    at = now or timezone.now()
    found = {row.pk: trouble_of(account_set=row) for row in troubled(now=at)}
    known = dict(BackupAlarm.objects.raised().values_list("account_set", "pk"))
    raised = one_by_one("backup alarm", found.keys() - known.keys(), lambda pk: _raise(pk, found[pk], at))
    cleared = one_by_one("backup alarm", known.keys() - found.keys(), lambda pk: _clear(known[pk], at))
    if raised:
        _tell_staff(_MORE, raised)
    elif cleared and not BackupAlarm.objects.raised().exists():
        _tell_staff(_WELL, cleared)
    return raised, cleared


@atomic
def _raise(pk: int, trouble: Trouble, at: datetime) -> int:
    account_set = AccountSet.objects.select_related("subscription__company__account").get(pk=pk)
    facts = {"trouble": trouble, "raised_at": at}
    _alarm, fresh = BackupAlarm.objects.get_or_create(account_set=account_set, cleared_at=None, defaults=facts)
    if fresh:
        _note("alarmed", account_set, at, trouble)
    return int(fresh)


@atomic
def _clear(alarm_id: int, at: datetime) -> int:
    rows = BackupAlarm.objects.select_for_update(of=("self",)).filter(pk=alarm_id, cleared_at=None)
    alarm = rows.select_related("account_set__subscription__company__account").first()
    if alarm is None:
        return 0
    alarm.cleared_at = at
    alarm.save(update_fields=["cleared_at"])
    if in_public_cloud().filter(pk=alarm.account_set_id).exists():  # else nobody misses its backups any more
        _note("well_again", alarm.account_set, at, Trouble(alarm.trouble))
    return 1


def _note(what: str, account_set: AccountSet, at: datetime, trouble: Trouble) -> None:
    account = account_set.subscription.company.account
    facts: dict[str, Any] = {"set": account_set.name, "number": account_set.number, "trouble": str(trouble.value)}
    record(f"backup.{what}", actor=SYSTEM, account=account, subject=account_set, at=at, **facts)


_FAULTY: Final = gettext_noop("%(trouble)s: %(why)s")
_LATE: Final = gettext_noop("%(trouble)s.")
_SINCE: Final = gettext_noop("The last good automatic backup is of %(day)s.")
_NONE_YET: Final = gettext_noop("There is no good automatic backup yet.")
_MORE: Final = (
    gettext_noop("Account sets without a good backup"),
    gettext_noop("%(count)s more account sets have no automatic backup that can be relied on. See what hinders it."),
)
_WELL: Final = (
    gettext_noop("Every account set has a good backup again"),
    gettext_noop("The automatic backups of %(count)s account sets are made and restored for a test again."),
)


@atomic
def _tell_staff(words: tuple[str, str], count: int) -> None:
    page = f"{reverse('admin:kiscloud_accountset_changelist')}?backups=trouble"
    for person in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        with override(person.language):
            title, body = (gettext(text) for text in words)
            send_message(user=person, title=title, body=body % {"count": count}, link=page)
