"""What must be true when everything has come to its end, each question with what speaks against it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import Event
from config.models import Job
from kiscloud import policy
from kiscloud.books.models import Balance, Line, Voucher
from kiscloud.models import AccountSet, Archive, Backup, Subscription
from kiscloud.set_contents import parts
from kiscloud.set_files import open_file
from kiscloud.set_files.keeping import open_kept
from tests.set_chaos.play import KINDS

READY = AccountSet.State.READY
MOVING = (AccountSet.State.CREATING, AccountSet.State.RESTORING)


def judge() -> dict[str, list[str]]:
    """Each question, with what is against it."""
    return {
        "every job ended": _names(Job.objects.filter(kind__in=KINDS, state__in=Job.OPEN)),
        "every backup and every set ended": _names(Backup.objects.filter(state="creating"))
        + _names(AccountSet.objects.filter(state__in=MOVING)),
        "the files are those that are known": sorted(_files_there() ^ _files_known()),
        "every file is what its row says": [name for name, digest in _digests() if _digest(name) != digest],
        "no scratch file is left": [str(path) for path in (settings.VAR_DIR / "scratch").glob("*")],
        "no row belongs to a set that is not in use": _half_sets(),
        "restored books are those that were backed up": _different_books(),
        "vouchers balance": _unbalanced(),
        "quotas hold": _over_quota(),
        "purged products have a whole archive and no data": _badly_purged(),
        "automatic backups were tried, and seven of each set are left": _badly_kept(),
        "everything is recorded once": _badly_recorded(),
    }


def _names(rows: Iterable[Any]) -> list[str]:
    return [f"{row!r} {row.state}" for row in rows]


def _files_there() -> set[str]:
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    return {str(path.relative_to(root)) for kind in ("backups", "archives") for path in (root / kind).rglob("*.*")}


def _digests() -> list[tuple[str, str]]:
    kept = Backup.objects.filter(state=Backup.State.SUCCESS).values_list("file", "sha256")
    return [*kept, *Archive.objects.values_list("file", "sha256")]


def _files_known() -> set[str]:
    return {name for name, _digest in _digests()}


def _digest(name: str) -> str:
    with default_storage.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest()


def _half_sets() -> list[str]:
    found = []
    for model in parts():
        rows = model.objects.exclude(account_set__state=READY)  # type: ignore[attr-defined]
        found += [f"{model._meta.db_table} of {pk}" for pk in rows.values_list("account_set", flat=True).distinct()]
    return found


def _books(account_set: AccountSet) -> Any:
    balances = Balance.objects.filter(account_set=account_set).order_by("month", "subject__code")
    figures = balances.values_list("month", "subject__code", "opening", "debit", "credit")
    lines = Line.objects.filter(account_set=account_set).aggregate(Count("pk"), Sum("debit"), Sum("credit"))
    return list(figures), lines, Voucher.objects.filter(account_set=account_set).count()


def _different_books() -> list[str]:
    restored = AccountSet.objects.filter(state=READY, restored_from__isnull=False)
    found = []
    for product in restored.values_list("subscription", flat=True).distinct():
        first = AccountSet.objects.get(subscription=product, restored_from=None)
        right = _books(first)
        found += [str(one) for one in restored.filter(subscription=product) if _books(one) != right]
    return found


def _unbalanced() -> list[str]:
    sums = Line.objects.values("voucher").annotate(debit=Sum("debit"), credit=Sum("credit"))
    return [str(row) for row in sums if row["debit"] != row["credit"]]


def _over_quota() -> list[str]:
    products = Subscription.objects.all()
    sets = Counter(AccountSet.objects.standing().values_list("subscription", flat=True))
    over = [f"{product} has {sets[product.pk]}" for product in products if sets[product.pk] > product.sets_total]
    full = [one.company for one in products if Backup.objects.in_drive(one.company).count() > policy.BACKUPS_MAX]
    return [*over, *map(str, full)]


def _badly_purged() -> list[str]:
    found = []
    for product in Subscription.objects.filter(expires_at__lte=timezone.now() - policy.KEPT):
        archive = Archive.objects.filter(subscription=product).first()
        if archive is None:
            found.append(f"{product} has no archive")
            continue
        with open_kept(archive.file.name) as file, open_file(file) as opened:
            rows = [sum(1 for _piece in opened.table(one)) for part in opened.manifest.sets for one in part.tables]
        standing = AccountSet.objects.standing().filter(subscription=product).exists()
        if product.purged_at is None or standing or not rows:
            found.append(str(product))
    return found


def _badly_kept() -> list[str]:
    kept = Backup.objects.filter(kind=Backup.Kind.AUTOMATIC, state=Backup.State.SUCCESS)
    untried = {f"{row} was not tried" for row in kept.filter(verified_at=None)}
    given_up = Job.objects.filter(kind="kiscloud.try_backup", state=Job.State.PARKED)
    untried -= {f"{Backup.objects.get(pk=job.payload['backup'])} was not tried" for job in given_up}
    many = Counter(kept.values_list("account_set", flat=True))
    return [*untried, *(f"{pk} has {count}" for pk, count in many.items() if count > policy.AUTOMATIC_KEPT)]


def _badly_recorded() -> list[str]:
    said = Counter(Event.objects.filter(kind="backup.made").values_list("subject_id", flat=True))
    made = set(Backup.objects.filter(finished_at__isnull=False).values_list("pk", flat=True))
    back = Counter(Event.objects.filter(kind="account_set.restored").values_list("subject_id", flat=True))
    alive = AccountSet.objects.filter(state=READY, restored_from__isnull=False).values_list("pk", flat=True)
    wrong = [f"backup {pk}: {said[pk]}" for pk in {*made, *said} if said[pk] != 1 or pk not in made]
    return [*wrong, *(f"set {pk}: {back[pk]}" for pk in {*alive, *back} if back[pk] != 1)]
