"""The personal drive: nobody else's, sealed, with an end (S20.15, S20.16)."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from config.errors import InputError, NotFound
from kiscloud import policy
from kiscloud.models import DriveFile
from kiscloud.services.drive import DriveFull, TooLarge, clean_file_name, open_file, store_file, used_by
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import add_admin, make_company, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def user():
    return make_user()


def store(user, name="账.xlsx", content=b"figures"):
    return store_file(actor=person(user), name=name, content=io.BytesIO(content))


@pytest.mark.rule("S20.15", "S20.16")
def test_a_client_stores_lists_reads_and_deletes(user):
    client, content = KisClient(user), bytes(range(256)) * 1000
    answer = client.upload("凭证 3.xlsx", content)
    assert (answer.status_code, answer.json()["size"]) == (201, len(content))
    pk = answer.json()["id"]
    assert [row["name"] for row in client.get("drive/").json()["data"]] == ["凭证 3.xlsx"]
    read = client.get(f"drive/{pk}/")
    assert b"".join(read.streaming_content) == content
    assert "attachment" in read.headers["Content-Disposition"]
    assert client.get("drive/room/").json() == {"used": len(content), "most": policy.PERSONAL_DRIVE}
    assert client.send("delete", f"drive/{pk}/").status_code == 204
    assert client.get("drive/").json()["data"] == []


@pytest.mark.rule("S20.15")
def test_nobody_else_sees_a_file_administrators_neither(client, user):
    stored, admin = store(user), make_user()
    add_admin(make_company(user), admin)
    assert KisClient(admin).get("drive/").json()["data"] == []
    client.force_login(admin)
    for method, path in (("get", ""), ("post", "delete/")):
        assert getattr(client, method)(f"/workbench/drive/{stored.pk}/{path}").status_code == 404
        assert KisClient(admin).get(f"drive/{stored.pk}/").status_code == 404
    with pytest.raises(NotFound):
        open_file(actor=person(admin), file_id=stored.pk)
    with default_storage.open(stored.file.name) as raw:
        assert b"figures" not in raw.read()


def test_the_same_name_is_the_same_file(user, django_capture_on_commit_callbacks):
    old = store(user).file.name
    with django_capture_on_commit_callbacks(execute=True):
        store(user, content=b"newer")
    [row] = DriveFile.objects.all()
    assert (row.size, default_storage.exists(old)) == (5, False)
    assert open_file(actor=person(user), file_id=row.pk)[1].read() == b"newer"


def test_a_drive_has_an_end(user, monkeypatch):
    monkeypatch.setattr(policy, "PERSONAL_DRIVE", 10)
    store(user, "a", b"123456")
    with pytest.raises(DriveFull):
        store(user, "b", b"12345")
    store(user, "a", b"1234567890")  # the room of the old one counts
    assert used_by(user=user) == 10
    monkeypatch.setattr(policy, "DRIVE_FILE", 4)
    with pytest.raises(TooLarge):
        store(user, "a", b"12345")
    assert KisClient(user).upload("a", b"12345").status_code == 413
    kept = [
        name for folder in default_storage.listdir("drive")[0] for name in default_storage.listdir(f"drive/{folder}")[1]
    ]
    assert len(kept) <= 2  # what was refused left nothing; the replaced one goes with the commit


@pytest.mark.parametrize("name", ["", "  ", "..", "a/b", "a\\b", "a\x00b", "a:b", "x" * 201, "a\nb", "\u202egpj.exe"])
def test_names_that_some_client_could_not_give(name):
    with pytest.raises(InputError):
        clean_file_name(name=name)


def test_the_page(client, user):
    client.force_login(user)
    sent = client.post("/workbench/drive/", {"file": SimpleUploadedFile("a<b>.txt", b"x")})
    assert sent.status_code == 422
    assert client.post("/workbench/drive/", {"file": SimpleUploadedFile("单.txt", b"x")}).status_code == 302
    page = client.get("/workbench/drive/")
    assert "单.txt" in page.text
    pk = DriveFile.objects.get().pk
    assert b"".join(client.get(f"/workbench/drive/{pk}/").streaming_content) == b"x"
    assert client.post(f"/workbench/drive/{pk}/delete/").status_code == 302
    assert not DriveFile.objects.exists()
