"""The pages of an upgrade: what was found, what hinders, and on to the restore."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.jobs import run_due
from kiscloud import policy
from kiscloud.models import AccountSet, Backup, Subscription
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.earlier import old_file
from tests.kiscloud.kis import active, make_company
from tests.kiscloud.test_set_files import changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def office() -> Office:
    office = Office(product=active(make_company(), edition="trade"))
    office.open(s1002="5000", s3001="5000").write(("1002", "7", ""), ("3001", "", "7"))
    return office


def send(browser: Any, office: Office, file: bytes) -> Any:
    sent = SimpleUploadedFile("old.zip", file, content_type="application/zip")
    return browser.post(f"/manage/products/{office.product.pk}/upgrade/", {"file": sent})


@pytest.mark.rule("S26.2", "S17.12")
def test_from_the_file_to_the_restored_set(browse: Any, office: Office) -> None:
    browser, product = browse(office.product.company.founder), office.product
    assert f"/manage/products/{product.pk}/upgrade/" in browser.get(f"/manage/products/{product.pk}/backups/").text
    assert browser.post(f"/manage/products/{product.pk}/upgrade/").status_code == 422
    done = send(browser, office, old_file(office.set))
    backup = Backup.objects.get()
    assert done["Location"] == f"/manage/backups/{backup.pk}/"
    page = browser.get(done["Location"]).text
    assert "being looked through" in page
    assert "every 3s" in page
    run_due()
    page = browser.get(done["Location"]).text
    assert "every 3s" not in page
    assert "converted from 8.0" in page
    assert "Nothing speaks against" in page
    assert "138****0001" in page
    assert f"/restore/?backup={backup.pk}" in page
    browser.post(f"/manage/products/{product.pk}/restore/", {"backup": backup.pk, "name": "新账套"})
    assert AccountSet.objects.get(name="新账套").restored_from == backup
    assert office.set.name in browser.get(f"/manage/products/{product.pk}/backups/?kind=private").text
    Subscription.objects.filter(pk=product.pk).update(sets_total=2)  # the restored one took the last place
    page = browser.get(done["Location"]).text
    assert "Nothing speaks against" not in page
    assert "It cannot be restored into this product now" in page


@pytest.mark.rule("S26.2")
def test_what_was_found_stands_above_what_hinders(browse: Any, office: Office) -> None:
    browser = browse(office.product.company.founder)
    nobody = [{"name": "李雷", "employee": "", "mobile": ""}]
    refused = send(browser, office, old_file(office.set, people=nobody))
    assert refused.status_code == 422
    assert "What is in the file" in refused.text
    assert "no mobile number: 李雷" in refused.text

    def newer(_entries: Any, manifest: Any) -> None:
        manifest["sets"][0]["version"] = "8.5"

    refused = send(browser, office, changed(io.BytesIO(old_file(office.set)), newer).getvalue())
    assert "8.0 and below" in refused.text
    assert "damaged" in send(browser, office, b"nothing").text
    assert not Backup.objects.exists()


def test_a_company_uploads_so_many_an_hour(browse: Any, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "UPGRADES", (1, 3600))
    browser = browse(office.product.company.founder)
    assert [send(browser, office, b"x").status_code for _turn in range(2)] == [422, 429]


def test_where_there_is_no_path_there_is_no_form(browse: Any) -> None:
    product = active(make_company(), edition="flagship")
    page = browse(product.company.founder).get(f"/manage/products/{product.pk}/upgrade/").text
    assert "Ask support" in page
    assert 'type="file"' not in page
