"""Private servers send backups: each once, whole or not at all, and only what a backup made (S16.5, S17.12)."""

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import Event, User
from config.jobs import run_due
from config.models import Job
from kiscloud import policy
from kiscloud.models import AccountSet, Backup, Subscription
from kiscloud.services import backups, restores, sent_backups
from kiscloud.services.private_servers import register_server, revoke_server
from kiscloud.set_files import write_file
from kiscloud.set_files.keeping import open_kept
from tests.factories import make_user
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, make_company, make_set, person
from tests.kiscloud.test_set_files import changed, lie

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
URL = "/api/v1/client/private-servers/backups/"
Change = Callable[[dict[str, bytes], dict[str, Any]], None]


class Server:
    """A private server, as this system sees one."""

    def __init__(self, admin: User, product: Subscription) -> None:
        self.server, self.code = register_server(actor=person(admin), subscription_id=product.pk, reach="cloud")
        self.client, self.headers = Client(), self.named(self.code)

    def named(self, code: str) -> dict[str, str]:
        """By HTTP Basic."""
        pair = base64.b64encode(f"{self.server.cloud_id}:{code}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def send(self, content: bytes, *, sha256: str = "", code: str = "", **more: Any) -> Any:
        query = {"sha256": sha256 or hashlib.sha256(content).hexdigest()}
        headers = self.named(code or self.code)
        kind = "application/octet-stream"
        return Client().generic("POST", URL, content, content_type=kind, headers=headers, query_params=query, **more)

    def ask(self, content: bytes) -> Any:
        return Client().get(f"{URL}{hashlib.sha256(content).hexdigest()}/", headers=self.headers)


@pytest.fixture
def admin() -> User:
    return make_user()


@pytest.fixture
def product(admin: User) -> Subscription:
    return active(make_company(admin))


@pytest.fixture
def server(admin: User, product: Subscription) -> Server:
    return Server(admin, product)


@pytest.fixture
def elsewhere(tables: Tables) -> AccountSet:
    """A set of the same edition that lives on a server of its own."""
    made = make_set(active(make_company()), name="私有云账套")
    fill(tables, made)
    return made


@pytest.fixture
def file(elsewhere: AccountSet) -> bytes:
    out = io.BytesIO()
    write_file(account_sets=[elsewhere], to=out)
    return out.getvalue()


def with_people(file: bytes, *people: dict[str, str]) -> bytes:
    def change(_entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest["sets"][0]["people"] = people

    return changed(io.BytesIO(file), change).getvalue()


def nothing_is_left() -> bool:
    folders = default_storage.listdir(".")[0] if default_storage.exists(".") else []
    return not Backup.objects.standing().exists() and "backups" not in folders


@pytest.mark.rule("S16.5", "S16.11", "S17.2")
def test_it_is_kept_listed_fetched_and_restored(
    server: Server, product: Subscription, file: bytes, elsewhere: AccountSet, tables: Tables
) -> None:
    answer = server.send(file)
    assert (answer.status_code, answer.json()["state"]) == (202, "creating"), answer.text
    sent_backups.examine_sent(backup_id=answer.json()["id"])
    sent_backups.examine_sent(backup_id=answer.json()["id"])  # the job ran twice
    backup = Backup.objects.get()
    assert (backup.kind, backup.state, backup.subscription) == ("private", "success", product)
    said = server.ask(file).json()
    assert (said["set_name"], said["version"], said["hindrances"]) == ("私有云账套", "16.0", [])
    assert said["sha256"] == backup.sha256 == hashlib.sha256(file).hexdigest()
    with default_storage.open(backup.file.name) as kept:
        assert b"PK" not in kept.read(4)  # sealed as it is kept
    assert open_kept(backup.file.name).read() == file
    run_due()
    backup.refresh_from_db()
    assert backup.verified_at is not None
    into = {"subscription_id": product.pk, "backup_id": backup.pk, "name": "上云"}
    back = restores.start_restore(actor=person(product.company.founder), **into)  # type: ignore[arg-type]
    run_due()
    assert [row[:4] for row in contents(tables, back)] == [row[:4] for row in contents(tables, elsewhere)]
    assert Event.objects.get(kind="backup.sent").facts["sender"] == server.server.cloud_id
    assert Event.objects.filter(kind="backup.made", subject_id=backup.pk).count() == 1


@pytest.mark.rule("S16.5")
def test_the_same_file_is_one_backup(server: Server, file: bytes, product: Subscription) -> None:
    first, again = server.send(file), server.send(file)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    other = Server(product.company.founder, active(product.company))
    assert other.ask(file).status_code == 404
    assert other.send(file).json()["id"] != first.json()["id"]  # of another product it is another one
    run_due()
    assert server.send(file).status_code == 200
    backups.drop(backup_id=first.json()["id"], at=timezone.now())
    assert server.send(file).status_code == 202  # deleted, then wanted again


@pytest.mark.rule("S16.3")
def test_it_counts_in_the_drive(server: Server, file: bytes, elsewhere: AccountSet, product: Subscription) -> None:
    facts = {**Backup.facts_of(elsewhere), "company_id": product.company_id}
    Backup.objects.bulk_create([Backup(kind=Backup.Kind.MANUAL, **facts) for _number in range(policy.BACKUPS_MAX - 1)])
    assert server.send(file).status_code == 202
    refused = server.send(with_people(file))
    assert (refused.status_code, refused.json()["code"]) == (409, "backup_drive_full")


@pytest.mark.rule("S17.12")
def test_people_without_mobile_are_named_and_keep_it_from_being_restored(
    server: Server, file: bytes, product: Subscription
) -> None:
    people = [{"name": "王芳", "employee": "王芳", "mobile": "13800000001"}]
    people += [{"name": "李雷", "employee": "", "mobile": ""}, {"name": "赵敏", "employee": "赵敏", "mobile": ""}]
    sent = with_people(file, *people)
    assert server.send(sent).json()["without_mobile"] == []
    sent_backups.examine_sent(backup_id=Backup.objects.get().pk)
    said = server.ask(sent).json()
    assert said["without_mobile"] == ["李雷", "赵敏"]
    assert "李雷" in said["hindrances"][0]
    asked = {"subscription_id": product.pk, "backup_id": said["id"], "name": "x"}
    with pytest.raises(restores.RestoreRefused) as refused:
        restores.start_restore(actor=person(product.company.founder), **asked)
    assert refused.value.rule == "S17.12"


def of_set(**changes: Any) -> Change:
    return lambda _entries, manifest: manifest["sets"][0].update(changes)


WRONG: dict[str, tuple[Change, str]] = {
    "another program's": (lambda _entries, manifest: manifest.update(format="other"), "unfit_file"),
    "newer": (lambda _entries, manifest: manifest.update(format_version=2), "unfit_file"),
    "of another product": (of_set(edition="trade"), "other_product"),
    "of no product": (of_set(edition="x"), "unfit_file"),
    "more than is taken": (lie("bytes", policy.SENT_UNPACKED), "file_too_large"),
    "a number that leads elsewhere": (of_set(number="../x"), "unfit_file"),
    "a name that no table takes": (of_set(name="a\x00"), "unfit_file"),
    "half a sign": (of_set(name="\ud800"), "unfit_file"),
    "a version that is too long": (of_set(version="1" * 20), "unfit_file"),
}


@pytest.mark.parametrize(("wrong", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_leaves_nothing(server: Server, file: bytes, wrong: Change, code: str) -> None:
    answer = server.send(changed(io.BytesIO(file), wrong).getvalue())
    assert (answer.json()["code"], answer.status_code in {413, 422}) == (code, True)
    assert answer.json()["detail"]
    assert nothing_is_left()


LIES = {
    "more bytes than said": lie("bytes", 10),
    "fewer bytes than said": lie("bytes", 10_000),
    "another hash": lie("sha256", "0" * 64),
    "another count": lie("rows", 5),
}


@pytest.mark.parametrize("wrong", LIES.values(), ids=LIES.keys())
def test_rows_that_are_not_as_said_fail_it_and_leave_no_file(server: Server, file: bytes, wrong: Change) -> None:
    content = changed(io.BytesIO(file), wrong).getvalue()
    first = server.send(content)
    assert first.status_code == 202
    run_due()
    said = server.ask(content).json()
    assert (said["state"], bool(said["fault"]), said["hindrances"]) == ("failed", True, [])
    backups.remove_files()
    assert not default_storage.exists(Backup.objects.get().file_name)
    assert server.send(content).json()["id"] != said["id"]  # it gave way
    assert Backup.objects.standing().count() == 1


def test_a_job_that_dies_too_often_fails_it(server: Server, file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    server.send(file)
    monkeypatch.setattr(sent_backups, "open_file", lambda *_args: 1 / 0)
    Job.objects.filter(kind=backups.EXAMINE_JOB).update(attempts=Job.ATTEMPTS_MAX - 1)
    run_due()
    assert Backup.objects.get().state == "failed"


def test_damage_and_loss_on_the_way_leave_nothing(server: Server, file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.send(file[:-1], sha256=hashlib.sha256(file).hexdigest()).json()["code"] == "file_garbled"
    for content in (b"", b"no zip", file[: len(file) // 2]):
        assert server.send(content).status_code == 422
    monkeypatch.setattr(policy, "SENT_FILE", len(file) - 1)
    assert server.send(file).json()["code"] == "file_too_large"
    assert server.send(file, CONTENT_LENGTH=str(len(file))).status_code == 413
    assert nothing_is_left()


def test_only_the_server_itself_sends(server: Server, file: bytes, admin: User, product: Subscription) -> None:
    assert Client().post(URL).status_code == 401
    assert Client().get(f"{URL}{'0' * 64}/").status_code == 401
    assert server.send(file, code="WRONG").json()["code"] == "wrong_server_code"
    assert server.send(file, sha256="x").status_code == 422
    Subscription.objects.filter(pk=product.pk).update(purged_at=timezone.now())
    assert server.send(file).json()["code"] == "product_purged"
    revoke_server(actor=person(admin), subscription_id=product.pk)
    assert server.send(file).status_code == 403
    assert nothing_is_left()


def test_a_store_that_breaks_leaves_nothing(
    server: Server, file: bytes, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(sent_backups, "keep_plain", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True):
        server.send(file)
    assert nothing_is_left()
    assert not Backup.objects.exclude(file="").exists()


def test_one_broken_off_by_a_kill_is_forgotten_or_sent_again(
    server: Server, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # killed after the file was there
        patch.setattr(sent_backups, "_arrive", lambda *_args: (_ for _ in ()).throw(SystemExit))
        patch.setattr(sent_backups, "_forget", lambda *_args: 0)
        with pytest.raises(SystemExit):
            server.send(file)
    left = Backup.objects.get()
    assert (left.state, default_storage.exists(left.file_name)) == ("creating", True)
    assert server.send(file).json()["code"] == "backup_under_way"
    assert sent_backups.forget_broken_off() == 0
    later = timezone.now() + policy.SENDING + timedelta(seconds=1)
    Backup.objects.update(created_at=timezone.now() - policy.SENDING)
    assert server.send(file).status_code == 202
    assert backups.remove_files() == 1
    assert (Backup.objects.standing().count(), default_storage.exists(left.file_name)) == (1, False)
    assert sent_backups.forget_broken_off(now=later) == 0


def test_the_file_is_never_wholly_in_memory(server: Server, file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """No read asks for more than a piece."""
    sizes = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sizes.append(size)
            return super().read(min(size or -1, 100))

    sent = sent_backups.receive_backup(
        server=server.server, content=Slow(file), sha256=hashlib.sha256(file).hexdigest()
    )
    assert sent.fresh
    assert set(sizes) == {sent_backups.PIECE}
