"""Files that no row names go after a safe time; every other stays (C9)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from config.jobs import enqueue
from kiscloud import policy
from kiscloud.models import Archive, Backup, Subscription
from kiscloud.services import backups, expiry
from kiscloud.services.stray_files import remove_stray
from tests.kiscloud.kis import active, make_company, make_set, person

pytestmark = pytest.mark.django_db


def later() -> int:
    """The sweep of a night after the safe time."""
    return remove_stray(now=timezone.now() + policy.STRAY_AFTER + timedelta(minutes=1))


@pytest.fixture
def product() -> Subscription:
    """Its data would go now."""
    made = active(make_company())
    make_set(made)
    over = timezone.now() - policy.KEPT
    Subscription.objects.filter(pk=made.pk).update(starts_at=over - timedelta(days=365), expires_at=over)
    return made


def test_an_archive_whose_worker_died_goes_when_the_product_was_renewed(
    product: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_facts: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Archive.objects, "update_or_create", die)
        with pytest.raises(SystemExit):
            expiry.purge_product(subscription_id=product.pk)
    name = f"archives/{product.company_id}/{product.pk}.set"
    assert default_storage.exists(name)
    Subscription.objects.filter(pk=product.pk).update(expires_at=timezone.now() + timedelta(days=365))
    assert remove_stray() == 0  # it might be being stored just now
    job = enqueue(expiry.PURGE_JOB, key="another", product=0)
    assert later() == 0  # somebody may be writing it again
    job.delete()
    assert later() == 1
    assert not default_storage.exists(name)
    assert later() == 0


def test_what_a_row_names_stays(product: Subscription) -> None:
    account_set = product.sets.get()
    backup = backups.start_backup(actor=person(product.company.founder), set_id=account_set.pk)
    backups.make_backup(backup_id=backup.pk)
    expiry.purge_product(subscription_id=product.pk)
    kept = [Backup.objects.get().file.name, Archive.objects.get().file.name]
    other = default_storage.save("elsewhere/of-another-app.bin", ContentFile(b"x"))
    stray = [default_storage.save(name, ContentFile(b"x")) for name in ("drive/2026/01/a", "arrivals/1/2.set")]
    assert later() == len(stray)
    assert [default_storage.exists(name) for name in (*kept, other, *stray)] == [True, True, True, False, False]
