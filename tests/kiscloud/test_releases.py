"""Releases of clients: uploaded by staff, found and downloaded by everybody (S2.9, S20.14, S25.1)."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actors import StaffOnly
from config.errors import DomainError, InputError
from kiscloud.models import Release
from kiscloud.services.releases import (
    add_release,
    latest_release,
    parsed,
    publish_release,
    withdraw_release,
)
from tests.factories import make_user
from tests.kiscloud.kis import person
from tests.kiscloud.seating import released
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
API = "/api/v1/client/releases/"
CONTENT = b"MZ the installer"


@pytest.mark.rule("S2.9")
def test_a_file_is_uploaded_published_and_downloaded_without_login():
    staff = make_staff("add_release", "change_release", "view_release")
    browser = staff_browser(staff)
    file = SimpleUploadedFile("kis-9.0.1.exe", CONTENT)
    said = {"platform": "windows", "channel": "stable", "version": "9.0.1", "file": file, "needs": "Windows 10"}
    said |= {"notes": "打印更快", "notes_en": "Prints faster"}
    assert browser.post("/admin/kiscloud/release/add/", said).status_code == 302
    row = Release.objects.get()
    assert (row.size, row.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    anybody = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"})
    assert "9.0.1" not in anybody.get("/downloads/").text
    assert anybody.get(f"/downloads/{row.pk}/").status_code == 404
    browser.post(f"/admin/kiscloud/release/{row.pk}/do/publish/")
    page = anybody.get("/downloads/").text
    assert row.sha256 in page
    for language, shown, other in (("zh-hans", "打印更快", "Prints faster"), ("en", "Prints faster", "打印更快")):
        wanted = {"Accept-Language": language}
        assert shown in (text := anybody.get("/downloads/", headers=wanted).text)
        assert other not in text
        assert anybody.get(API, headers=wanted).json()["data"][0]["notes"] == shown
    assert page.index("Windows") < page.index("iPhone")
    assert b"".join(anybody.get(f"/downloads/{row.pk}/").streaming_content) == CONTENT
    assert "/downloads/" in anybody.get("/login/").text
    browser.post(f"/admin/kiscloud/release/{row.pk}/do/withdraw/")
    assert anybody.get(f"/downloads/{row.pk}/").status_code == 404


@pytest.mark.rule("S20.14")
@pytest.mark.parametrize(
    ("channel", "has", "update", "latest"),
    [
        ("stable", "9.9.0", True, "9.10.0"),
        ("stable", "9.10.0", False, "9.10.0"),
        ("stable", "9.10", False, "9.10.0"),
        ("beta", "9.10.0", True, "10.0.0"),
        ("stable", "11.0.0", False, "9.10.0"),
    ],
)
def test_a_client_hears_of_what_is_newer_in_its_channel(channel, has, update, latest):
    for version in ("9.10.0", "9.9.0"):
        released(version, sha256="a" * 64, size=7)
    released("10.0.0", channel="beta")
    released("12.0.0", platform="mac")
    asked = {"platform": "windows", "channel": channel, "version": has}
    body = Client().get(f"{API}check/", asked).json()
    assert (body["update"], body["latest"]["version"]) == (update, latest)
    assert body["latest"]["url"].startswith("http://testserver/downloads/")


@pytest.mark.rule("S2.9", "S25.1")
def test_the_list_has_the_latest_of_each_platform():
    for version, platform in (("9.0.1", "windows"), ("9.0.2", "windows"), ("2.0", "mac"), ("1.0", "iphone")):
        released(version, platform=platform)
    rows = Client().get(API).json()["data"]
    assert [(row["platform"], row["version"]) for row in rows] == [
        ("windows", "9.0.2"),
        ("mac", "2.0"),
        ("iphone", "1.0"),
    ]
    assert Client().get(f"{API}check/", {"platform": "ipad", "version": "1.0"}).json() == {
        "update": False,
        "latest": None,
    }


def test_withdrawing_leads_back_to_the_one_before():
    actor = staff_actor_of(make_staff("change_release"))
    released("9.0.1")
    row = released("9.0.2")
    withdraw_release(actor=actor, release_id=row.pk)
    assert latest_release(platform="windows").version == "9.0.1"
    with pytest.raises(DomainError):
        withdraw_release(actor=actor, release_id=row.pk)
    publish_release(actor=actor, release_id=row.pk)
    assert latest_release(platform="windows").version == "9.0.2"
    with pytest.raises(DomainError):
        publish_release(actor=actor, release_id=row.pk)


def staff_actor_of(user):
    return type(person(user))(door="staff", user=user)


@pytest.mark.parametrize("version", ["9", "9.x", "", "9.0.1.2.3", "9..1", "9.0-beta", "٩.0"])
def test_a_version_is_made_of_numbers(version):
    with pytest.raises(InputError):
        parsed(version=version)


def test_only_staff_add_and_only_one_of_a_version():
    said = {"platform": "mac", "channel": "stable", "version": "2.0", "address": "https://example.com/app"}
    with pytest.raises(StaffOnly):
        add_release(actor=person(make_user()), **said)
    actor = staff_actor_of(make_staff("add_release"))
    add_release(actor=actor, **said)
    for wrong in (said, {**said, "platform": "web"}, {**said, "version": "2.1", "address": ""}):
        with pytest.raises(InputError):
            add_release(actor=actor, **wrong)
