"""The end of products: notices on fixed days, then the archive, then the deletion of the data (S10, C9).

Whether a product is over is judged wherever it matters; nothing here is waited for. An archive is complete and
committed before anything is deleted, and only what has not changed since is: a worker killed anywhere leaves a state
from which the next one goes on.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require_staff
from accounts.cleaning import cleaned
from accounts.names import clean_remark
from config.errors import InputError
from config.jobs import enqueue
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import AccountSet, Archive, ExpiryNotice, Subscription
from kiscloud.services.companies import locked_company
from kiscloud.services.seats import end_seats
from kiscloud.services.subscriptions import company_of, locked_product, note_product
from kiscloud.set_contents import purge_contents
from kiscloud.set_files.keeping import keep, scratch_file, write_kept

PURGE_JOB: Final = "kiscloud.purge"
PERMISSION: Final = "kiscloud.change_subscription"
BEHIND: Final = timedelta(days=2)  # a notice that is so late is not sent any more; the next one says it all


def send_notices(*, now: datetime | None = None) -> int:
    """Every notice whose day has come is on its way, each once for an end; answers how many (S10, C9).

    After a pause of the workers only the latest of several goes out. Each product commits by itself.
    """
    at = now or timezone.now()
    first, last = (timedelta(days=policy.NOTICE_DAYS[place]) for place in (0, -1))
    near = Subscription.objects.listed().filter(purged_at=None, expires_at__lte=at - first)
    found = near.filter(expires_at__gt=at - last - BEHIND).order_by("pk").values_list("pk", flat=True)
    return sum(_send_notice(pk, at) for pk in found)


@atomic
def _send_notice(pk: int, at: datetime) -> int:
    product = locked_product(subscription_id=pk)
    if product.expires_at is None or product.purged_at is not None:
        return 0
    end, begun = product.expires_at, product.starts_at or product.created_at
    due = [day for day in policy.NOTICE_DAYS if begun < end + timedelta(days=day) <= at]
    sent = set(product.notices.filter(expires_at=end).values_list("day", flat=True))
    fresh = [day for day in due if day not in sent]
    if not fresh:
        return 0
    ExpiryNotice.objects.bulk_create(
        [ExpiryNotice(subscription=product, expires_at=end, day=day, sent_at=at) for day in fresh],
        ignore_conflicts=True,
    )
    day = fresh[-1]
    if day != due[-1] or at >= end + timedelta(days=day) + BEHIND:
        return 0
    note_product(what="ending", actor=SYSTEM, product=product, at=at, day=day, until=str(end))
    return 1


def start_purges(*, now: datetime | None = None) -> int:
    """Products whose 30 days are over, and that are not held back, have a job for it; answers how many (S10.4)."""
    at = now or timezone.now()
    due = Subscription.objects.listed().filter(purged_at=None, held=False, expires_at__lte=at - policy.KEPT)
    found = list(due.order_by("pk").values_list("pk", flat=True))
    for pk in found:
        enqueue(PURGE_JOB, key=f"purge-{pk}-{at:%Y%m%d%H}", product=pk)
    return len(found)


def purge_product(*, subscription_id: int, now: datetime | None = None) -> bool:
    """Its sets are archived, then their data is deleted (S10.4); answers whether that is so now.

    Never before its day, never while it is held back, never without a complete archive; done twice it is done once.
    Call it outside of transactions.
    """
    at = now or timezone.now()
    product = Subscription.objects.select_related("company").filter(pk=subscription_id).first()
    if product is None or not is_due(product=product, at=at):
        return product is not None and product.purged_at is not None
    if sets := _with_data(product):
        _archive(product, sets, at)
    return _delete(subscription_id, at)


def is_due(*, product: Subscription, at: datetime) -> bool:
    """Whether its data goes now: 30 days after its end, if nothing holds it back."""
    if product.purged_at is not None or product.held or product.expires_at is None:
        return False
    return at >= product.expires_at + policy.KEPT


def _with_data(product: Subscription) -> list[AccountSet]:
    ready = AccountSet.objects.filter(subscription=product, state=AccountSet.State.READY)
    return list(ready.select_related("subscription").order_by("pk"))


def _archive(product: Subscription, sets: list[AccountSet], at: datetime) -> None:
    """One file of all its sets; one that was made since the data froze is kept."""
    assert product.expires_at is not None  # noqa: S101
    known = Archive.objects.filter(subscription=product).first()
    frozen = product.expires_at + policy.KEPT
    if known is not None and known.created_at >= frozen and _numbers(known) == {one.number for one in sets}:
        return
    name = f"archives/{product.company_id}/{product.pk}.set"
    with scratch_file() as file:
        manifest, digest, size = write_kept(sets, to=file)
        keep(name, file)
    facts = {"file": name, "size": size, "sha256": digest, "manifest": asdict(manifest), "created_at": at}
    Archive.objects.update_or_create(subscription=product, defaults=facts)


def _numbers(archive: Archive) -> set[str]:
    return {part["number"] for part in archive.manifest["sets"]}


@atomic
def _delete(subscription_id: int, at: datetime) -> bool:
    """Locks company and product, then its sets. A renewal or a hold that came meanwhile wins."""
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    product = locked_product(subscription_id=subscription_id)
    if not is_due(product=product, at=at):
        return product.purged_at is not None
    sets = list(AccountSet.objects.standing().filter(subscription=product).select_for_update().order_by("pk"))
    archive = Archive.objects.filter(subscription=product).first()
    archived = _numbers(archive) if archive is not None else set()
    if any(one.state == AccountSet.State.READY and one.number not in archived for one in sets):
        return False  # one came to life between: the next run archives it, too
    for account_set in sets:
        end_seats(account_set=account_set, now=at)
        purge_contents(account_set=account_set)
        if account_set.state in {AccountSet.State.READY, AccountSet.State.FAILED}:
            account_set.delete_for_good()
            account_set.size = 0
            account_set.save(update_fields=["state", "deleted_at", "size"])
    product.purged_at, product.company = at, company
    product.save(update_fields=["purged_at"])
    note_product(what="purged", actor=SYSTEM, product=product, at=at, sets=len(archived))
    return True


@atomic
def hold_product(*, actor: Actor, subscription_id: int, reason: str, now: datetime | None = None) -> Subscription:
    """Its data is not deleted, whatever its end, until staff let go of it. Locks the product. Raises StaffOnly,
    InputError without a reason."""
    return _hold(actor, subscription_id, True, reason, now or timezone.now())


@atomic
def release_product(*, actor: Actor, subscription_id: int, reason: str, now: datetime | None = None) -> Subscription:
    """Its data goes on its day again, or with the next run. Locks the product. Raises as `hold_product`."""
    return _hold(actor, subscription_id, False, reason, now or timezone.now())


def _hold(actor: Actor, subscription_id: int, held: bool, reason: str, at: datetime) -> Subscription:
    require_staff(actor, PERMISSION)
    if not (why := cleaned("reason", clean_remark, reason)):
        raise InputError("reason", _("Write a reason: it stays on record."))
    product = locked_product(subscription_id=subscription_id)
    if product.held != held:
        product.held = held
        product.save(update_fields=["held"])
        note_product(what="held" if held else "released", actor=actor, product=product, at=at, reason=why)
    return product
