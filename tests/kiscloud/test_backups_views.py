"""The pages of backups: three lists, making, fetching with the founder's code, ticking and deleting, restoring."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import OneTimeCode, User
from accounts.policy import CODE_INTERVAL
from kiscloud.models import AccountSet, Archive, Backup, Company, Subscription
from kiscloud.services import backups, expiry
from tests.factories import make_user
from tests.kiscloud.contents import Tables, fill
from tests.kiscloud.kis import DAY, active, make_company, make_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def founder() -> User:
    return make_user()


@pytest.fixture
def company(founder: User) -> Company:
    return make_company(founder)


@pytest.fixture
def product(company: Company) -> Subscription:
    return active(company)


@pytest.fixture
def account_set(product: Subscription, tables: Tables) -> AccountSet:
    made = make_set(product)
    fill(tables, made)
    return made


@pytest.fixture
def browser(browse: Any, founder: User) -> Any:
    return browse(founder)


def made(account_set: AccountSet, kind: str = Backup.Kind.MANUAL) -> Backup:
    day = timezone.localdate() if kind == Backup.Kind.AUTOMATIC else None
    backup = Backup.objects.create(kind=kind, day=day, **Backup.facts_of(account_set))
    backups.make_backup(backup_id=backup.pk)
    return backup


def with_code(browser: Any, answer: Any, sent: Callable[[], Sequence[Any]]) -> Any:
    """Through the page of the code, and on with what was typed."""
    address = answer["Location"]
    assert address.startswith("/account/code/?state=")
    browser.post(address.replace("/account/code/", "/account/code/send/"))
    page = browser.get(address)
    carried: dict[str, list[str]] = {}
    for name, value in page.context["kept"]:
        carried.setdefault(name, []).append(value)
    onward = browser.post(address, {"clearance-code": sent()[0].facts["code"], **carried})
    return browser.post(onward["Location"], carried)


@pytest.mark.rule("S16.1", "S16.4", "S16.5", "S16.6", "S16.7", "S16.10")
def test_three_lists_and_the_drive(browser: Any, account_set: AccountSet, product: Subscription) -> None:
    page = f"/manage/products/{product.pk}/backups/"
    assert browser.post(f"/manage/sets/{account_set.pk}/backup/")["Location"] == page
    assert "Being made" in browser.get(page).text
    other = active(product.company, edition="professional")
    made(make_set(other, name="别的账套"))
    made(account_set, Backup.Kind.AUTOMATIC)
    made(account_set, Backup.Kind.PRIVATE)
    manual = browser.get(page).text
    assert "别的账套" not in manual
    assert "3 of 100 files" in manual  # of the company: two by hand, one private
    for kind, count in (("manual", 1), ("automatic", 1), ("private", 1)):
        shown = browser.get(f"{page}?kind={kind}").text
        assert shown.count(account_set.number) == count
        assert ("of 100 files" in shown) is (kind != "automatic")


@pytest.mark.rule("S16.11", "S16.13", "S16.16")
def test_a_file_is_fetched_with_the_founders_code(
    browser: Any, account_set: AccountSet, product: Subscription, sent: Callable[[], Sequence[Any]], founder: User
) -> None:
    backup, automatic = made(account_set), made(account_set, Backup.Kind.AUTOMATIC)
    listed = browser.get(f"/manage/products/{product.pk}/backups/?kind=automatic").text
    assert "/download/" not in listed
    answer = with_code(browser, browser.post(f"/manage/backups/{backup.pk}/download/"), sent)
    assert sent()[0].to == founder.mobile
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        assert "manifest.json" in pack.namelist()
    assert browser.post(f"/manage/backups/{backup.pk}/download/").status_code == 302  # one code, one file
    OneTimeCode.objects.update(sent_at=timezone.now() - 2 * CODE_INTERVAL)
    refused = with_code(browser, browser.post(f"/manage/backups/{automatic.pk}/download/"), sent)
    assert refused.status_code == 409


@pytest.mark.rule("S16.17", "S16.18", "S16.19", "S16.20")
def test_ticked_ones_go_with_one_code(
    browser: Any, account_set: AccountSet, product: Subscription, sent: Callable[[], Sequence[Any]]
) -> None:
    several = [made(account_set), made(account_set), made(account_set)]
    page = f"/manage/products/{product.pk}/backups/"
    assert "Delete the ticked ones" in browser.get(page).text
    assert "Delete the ticked ones" not in browser.get(f"{page}?kind=private").text
    assert browser.post(f"{page}delete/", {})["Location"] == page
    before = len(sent())
    ticked = {"backup": [several[0].pk, several[2].pk], "kind": "manual"}
    done = with_code(browser, browser.post(f"{page}delete/", ticked), sent)
    assert done["Location"] == f"{page}?kind=manual"
    texts = [item for item in sent() if item.facts.get("code")]
    assert len(sent()) - before == 1
    assert account_set.name not in str(texts[0].facts)  # the text names no set
    assert list(Backup.objects.standing()) == [several[1]]


@pytest.mark.rule("S16.15")
def test_a_failed_one_goes_at_once(browser: Any, account_set: AccountSet, product: Subscription) -> None:
    failed = Backup.objects.create(kind=Backup.Kind.MANUAL, **Backup.facts_of(account_set))
    backups.give_up(backup_id=failed.pk, fault="x")
    browser.post(f"/manage/products/{product.pk}/backups/delete/", {"backup": failed.pk, "kind": "manual"})
    assert not Backup.objects.standing().exists()


@pytest.mark.rule("S17.1", "S17.2", "S17.3")
def test_a_set_is_restored_from_the_page(browser: Any, account_set: AccountSet, product: Subscription) -> None:
    same, trade = active(product.company), active(product.company, edition="trade")
    backup = made(account_set)
    for fitting, offered in ((product, True), (same, True), (trade, False)):
        page = browser.get(f"/manage/products/{fitting.pk}/restore/").text
        assert (f'value="{backup.pk}"' in page) is offered
    done = browser.post(f"/manage/products/{product.pk}/restore/", {"backup": backup.pk, "name": "新账套"})
    assert done.status_code == 302
    assert AccountSet.objects.get(name="新账套").state == "restoring"
    wrong = browser.post(f"/manage/products/{trade.pk}/restore/", {"backup": backup.pk})
    assert wrong.status_code == 422


def test_other_companies_backups_do_not_exist(browse: Any, account_set: AccountSet, product: Subscription) -> None:
    backup, stranger = made(account_set), browse(make_company().founder)
    for address in (f"/manage/products/{product.pk}/backups/", f"/manage/products/{product.pk}/restore/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/manage/backups/{backup.pk}/download/").status_code == 404
    own = active(make_company(stranger_of(stranger), name="另一家"))
    taken = stranger.post(f"/manage/products/{own.pk}/backups/delete/", {"backup": backup.pk})
    assert taken.status_code == 404


def stranger_of(client: Any) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_the_archive_is_fetched_after_the_purge(
    browser: Any, account_set: AccountSet, product: Subscription, sent: Callable[[], Sequence[Any]]
) -> None:
    page = f"/manage/products/{product.pk}/archive/"
    assert browser.get(page).status_code == 404
    long_ago = timezone.now() - 40 * DAY
    Subscription.objects.filter(pk=product.pk).update(starts_at=long_ago - DAY, expires_at=long_ago)
    expiry.purge_product(subscription_id=product.pk)
    assert account_set.name in browser.get(page).text
    assert f"{page}" in browser.get(f"/manage/products/{product.pk}/").text
    answer = with_code(browser, browser.post(f"{page}fetch/"), sent)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        assert pack.testzip() is None
    assert Archive.objects.count() == 1
