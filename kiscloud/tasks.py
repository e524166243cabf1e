"""What this app does outside requests."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from config.errors import DomainError
from config.jobs import job
from config.models import Job
from kiscloud.services import (
    account_sets,
    activation,
    backup_alarms,
    backups,
    changes,
    companies,
    demo_sets,
    expiry,
    peaks,
    restores,
    seats,
    sent_backups,
    set_deletion,
    stray_files,
    subscriptions,
    tickets,
    upgrades,
    verification_notices,
)

log = logging.getLogger(__name__)
LONG = timedelta(hours=1)  # millions of entries, on a slow disk


# Outside, though they call nobody: each step commits on its own, and a row says how far it came.
@job(backups.JOB, outside=True, within=LONG)
def back_up(work: Job) -> None:
    """The backup is complete, or failed for good and says so."""
    try:
        backups.make_backup(backup_id=work.payload["backup"])
    except Exception:
        if work.is_last_attempt:
            backups.give_up(backup_id=work.payload["backup"], fault=_("The file could not be written."))
        raise


@job(restores.JOB, outside=True, within=LONG)
def restore(work: Job) -> None:
    """The set is restored, or failed for good and says so."""
    try:
        restores.restore_set(set_id=work.payload["set"])
    except Exception:
        if work.is_last_attempt:
            restores.give_up(set_id=work.payload["set"], fault=_("The file could not be read."))
        raise


@job(backups.EXAMINE_JOB, outside=True, within=LONG)
def examine_backup(work: Job) -> None:
    """The backup that a private server sent is complete, or failed for good and says so."""
    _examined(work, sent_backups.examine_sent)


@job(backups.CONVERT_JOB, outside=True, within=LONG)
def convert_backup(work: Job) -> None:
    """The set of an earlier product is a backup of the present form, or failed for good and says so."""
    _examined(work, upgrades.convert_set)


def _examined(work: Job, service: Callable[..., None]) -> None:
    try:
        service(backup_id=work.payload["backup"])
    except Exception:
        if work.is_last_attempt:
            backups.give_up(backup_id=work.payload["backup"], fault=_("The file could not be read."))
        raise


@job("kiscloud.daily_backups", outside=True, every=timedelta(hours=1), within=LONG)
def daily_backups(_work: Job) -> None:
    """Every set has a backup of today, and no more old ones than are kept; files of killed workers are gone."""
    backups.start_daily()
    backups.remove_old()
    sent_backups.forget_broken_off()
    backups.remove_files()


@job("kiscloud.stray_files", outside=True, every=timedelta(days=1), within=LONG)
def remove_stray_files(_work: Job) -> None:
    """No file is left that nobody knows of."""
    stray_files.remove_stray()


# Outside, though it calls nobody: each set commits on its own.
@job("kiscloud.watch_backups", outside=True, every=timedelta(hours=1), within=LONG)
def watch_backups(_work: Job) -> None:
    """People were told of sets without a good backup, and of those that are well again."""
    backup_alarms.watch_backups()


@job(backups.TRY_JOB, outside=True, within=LONG)
def try_backup(work: Job) -> None:
    """The backup was restored for a test."""
    restores.try_backup(backup_id=work.payload["backup"])


@job(companies.NAME_JOB)
def take_verified_name(work: Job) -> None:
    """A company that was just verified is called as on its licence."""
    companies.take_verified_name(event_id=work.payload["event"])


@job(activation.MAKE_JOB)
def make_key(work: Job) -> None:
    """The paid order has its key."""
    activation.make_key(event_id=work.payload["event"])


@job(activation.REVOKE_JOB)
def revoke_key(work: Job) -> None:
    """The key of an order that was given back opens nothing."""
    activation.revoke_key(event_id=work.payload["event"])


# Outside, though it calls nobody: each product commits on its own.
@job("kiscloud.ends", outside=True, every=timedelta(hours=1))
def ends(_work: Job) -> None:
    """Ends are written down, notices are on their way, and what is due is purged."""
    subscriptions.write_expired()
    expiry.send_notices()
    expiry.start_purges()


@job(expiry.PURGE_JOB, outside=True, within=LONG)
def purge(work: Job) -> None:
    """The product's data is archived and deleted."""
    expiry.purge_product(subscription_id=work.payload["product"])


@job(account_sets.JOB, outside=True)
def make_set(work: Job) -> None:
    """The set is ready, or failed and says why, before somebody who waits for it gives up."""
    set_id = work.payload["set"]
    try:
        account_sets.make_set(set_id=set_id)
    except DomainError as error:
        account_sets.give_up(set_id=set_id, fault=str(error))
    except Exception:
        if work.attempts < account_sets.TRIES:
            raise
        log.exception("account set could not be created", extra={"set": set_id})
        account_sets.give_up(set_id=set_id, fault=_("Something went wrong while it was created."))


@job("kiscloud.announce_changes", every=timedelta(hours=1))
def announce_changes(_work: Job) -> None:
    """Everybody is told of a release that came with this version of the site."""
    changes.announce_changes()


@job("kiscloud.abandoned_sets", every=timedelta(minutes=10))
def abandoned_sets(_work: Job) -> None:
    """Sets and backups whose jobs died too often say that they failed."""
    account_sets.fail_abandoned()
    restores.fail_abandoned()
    backups.fail_abandoned()


@job(set_deletion.JOB, outside=True, within=LONG)
def purge_set(work: Job) -> None:
    """Nothing of what was in the deleted set is there any more."""
    set_deletion.purge_set(set_id=work.payload["set"])


@job("kiscloud.seats", outside=True, every=timedelta(minutes=5))
def tidy_seats(_work: Job) -> None:
    """Seats that are over say so, each hour knows how full it was, and old tickets are gone."""
    seats.close_silent()
    peaks.note_peaks()
    tickets.forget_tickets()


# Outside, though it calls nobody: each reminder commits on its own.
@job("kiscloud.remind_unverified", outside=True, every=timedelta(hours=1))
def remind_unverified(_work: Job) -> None:
    """Companies that have to be verified were reminded on their fixed days."""
    verification_notices.remind_unverified()


@job(demo_sets.FILL_JOB)
def fill_demo_set(work: Job) -> None:
    """A demo set has something to look at."""
    demo_sets.fill_demo_set(set_id=work.payload["set"])


# Outside, though it calls nobody: each set commits on its own.
@job("kiscloud.put_back_demo_sets", outside=True, every=timedelta(minutes=10))
def put_back_demo_sets(_work: Job) -> None:
    """What visitors did to demo sets is gone every morning."""
    for set_id in demo_sets.put_back_due():
        demo_sets.put_back_demo_set(set_id=set_id)


@job("kiscloud.open_demo_sets", every=timedelta(minutes=10))
def open_demo_sets(_work: Job) -> None:
    """The trial environment has its demo sets."""
    demo_sets.open_demo_sets()
