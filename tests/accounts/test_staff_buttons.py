"""The buttons of support staff: each by its service, written down, refused with a sentence and never an error page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from accounts.admin.certifications import look_alikes
from accounts.models import Account, ApiKey, Certification, Delivery, Event, Message, Session, User, WithheldPoint
from accounts.registry import registry
from accounts.services.certifications import submit_enterprise, submit_individual
from accounts.services.logins import handle_of
from accounts.services.second_factor import device_of
from tests.accounts.api_client import make_key
from tests.factories import EnterpriseFactory, UserFactory, acting, credit_code, make_account, make_invitation
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def page(row):
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def press(client, row, button, **typed):
    """Presses it; the last sentence that staff are told, and whether it is a refusal."""
    answer = client.post(reverse(f"admin:accounts_{row._meta.model_name}_press", args=[row.pk, button]), typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, page(row))
    said = list(get_messages(client.get(page(row)).wsgi_request))[-1]
    return str(said), said.level_tag == "error"


def offered(client, row):
    return [button.name for button, _address in client.get(page(row)).context["buttons"]]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True, username="boss"))


@pytest.fixture
def reviewer():
    return staff_browser(make_staff("view_certification", "change_certification", username="reviewer"))


@pytest.fixture
def application():
    account = make_account(username="newcomer", certified="no")
    entry = registry().search("科技")[0]
    facts = {"name": entry.name, "credit_code": entry.credit_code, "legal_representative": "别人"}
    return submit_enterprise(actor=acting(account), account=account, **facts)


@pytest.mark.rule("S5.7")
def test_a_certification_is_approved(reviewer, application):
    assert offered(reviewer, application) == ["approve", "reject"]
    said, refused = press(reviewer, application, "approve")
    account = Account.objects.get(username="newcomer")
    assert not refused, said
    assert (account.certified, account.enterprise.credit_code) == ("enterprise", application.credit_code)
    event = Event.objects.get(kind="certification.approved")
    assert (event.door, event.actor.username, event.address) == ("staff", "reviewer", "127.0.0.1")
    assert event.request_id
    assert offered(reviewer, application) == []
    again, refused = press(reviewer, application, "reject", reason="太晚了")
    assert refused, again


def test_a_certification_is_rejected_with_its_reason(reviewer, application):
    said, refused = press(reviewer, application, "reject", reason="  ")
    assert refused, said
    press(reviewer, application, "reject", reason="法定代表人不一致")
    application = Certification.objects.get()
    assert (application.state, application.reason) == ("rejected", "法定代表人不一致")
    assert "法定代表人不一致" in reviewer.get(page(application)).text


def test_the_register_stands_beside_the_application(reviewer, application):
    found = reviewer.get(page(application)).context["panels"][0]
    verdicts = [str(row[3]) for row in found.rows]
    assert ["status-ok" in verdict for verdict in verdicts[:3]] == [True, True, False]
    assert "status-stop" in verdicts[2]


def test_a_register_that_does_not_answer_stops_nobody(reviewer, application, settings):
    settings.REGISTRY_BACKEND = "accounts.registry.HttpRegistry"
    settings.REGISTRY_OPTIONS = {"endpoint": "http://127.0.0.1:9/", "api_key": "x", "timeout": "1"}
    found = reviewer.get(page(application)).context["panels"][0]
    assert (list(found.rows), bool(found.empty)) == ([], True)


@pytest.mark.parametrize(
    "slip",
    [
        lambda code: f"{code[:10]}{'A' if code[10] != 'A' else 'B'}{code[11:]}",
        lambda code: f"{code[:8]}{code[9]}{code[8]}{code[10:]}",
        lambda code: f"{'X' if code[0] != 'X' else 'W'}{code[1:]}",
        lambda code: f"{code[:16]}{code[17]}{code[16]}",
    ],
)
def test_a_code_that_looks_like_another_is_found(slip):
    known = EnterpriseFactory(credit_code=credit_code(123_456))
    EnterpriseFactory(credit_code=credit_code(999_999))
    assert look_alikes(slip(known.credit_code)) == [known]
    assert look_alikes(known.credit_code) == []


def test_a_reviewer_is_warned(reviewer, application):
    alike = EnterpriseFactory(credit_code=_neighbour(application.credit_code), name="像它")
    other = EnterpriseFactory(credit_code=application.credit_code, name="别的名字")
    text = reviewer.get(page(application)).text
    assert alike.credit_code in text
    said, refused = press(reviewer, application, "approve")
    assert refused
    assert other.name in said
    assert Certification.objects.get().state == "submitted"


def _neighbour(code):
    """The same code with one other character in its middle; that it is wrong does not matter to the database."""
    return f"{code[:9]}{'7' if code[9] != '7' else '8'}{code[10:]}"


def test_a_person_is_certified_without_register_and_codes(reviewer):
    account = make_account(certified="no")
    row = submit_individual(actor=acting(account), account=account, name="白一帆", citizen_id="110101199003070011")
    assert reviewer.get(page(row)).context["notices"] == []
    assert not press(reviewer, row, "approve")[1]
    assert "19900307" not in reviewer.get(page(row)).text


def test_looking_is_not_pressing(application):
    watcher = staff_browser(make_staff("view_certification"))
    assert offered(watcher, application) == []
    url = reverse("admin:accounts_certification_press", args=[application.pk, "approve"])
    assert watcher.post(url).status_code == 403
    assert staff_browser(make_staff()).post(url).status_code == 403


def test_a_press_is_a_post_on_something_that_is_there(reviewer, application):
    url = reverse("admin:accounts_certification_press", args=[application.pk, "approve"])
    assert reviewer.get(url).status_code == 405
    assert reviewer.post(url.replace("approve", "dance")).status_code == 404
    assert reviewer.post(reverse("admin:accounts_certification_press", args=[999, "approve"])).status_code == 404
    assert Certification.objects.get().state == "submitted"


def test_a_login_is_disabled_and_enabled(boss):
    person = UserFactory()
    Session.objects.create(
        session_key="k" * 32, session_data="x", expire_date=timezone.now() + timedelta(1), user=person
    )
    assert offered(boss, person) == ["end-sessions", "grant-staff", "disable"]
    press(boss, person, "disable")
    assert not User.objects.get(pk=person.pk).is_active
    assert not person.sessions.exists()
    assert offered(boss, person) == ["enable"]
    press(boss, person, "enable")
    assert User.objects.get(pk=person.pk).is_active
    boss_row = User.objects.get(username="boss")
    assert press(boss, boss_row, "disable")[1]


def test_logins_are_ended_one_by_one_or_all(boss):
    person = UserFactory()
    for key in ("a" * 32, "b" * 32, "c" * 32):
        Session.objects.create(
            session_key=key, session_data="x", expire_date=timezone.now() + timedelta(1), user=person
        )
    assert not press(boss, person, "end-session", handle=handle_of(session_key="b" * 32))[1]
    assert set(person.sessions.values_list("session_key", flat=True)) == {"a" * 32, "c" * 32}
    assert press(boss, person, "end-session", handle=handle_of(session_key="b" * 32))[1]
    assert press(boss, person, "end-session", handle="a" * 32)[1]
    said, _refused = press(boss, person, "end-sessions")
    assert "2" in said
    assert not person.sessions.exists()


def test_a_lost_second_factor_is_removed_by_a_colleague(boss):
    colleague = make_staff(username="colleague")
    other = staff_browser(colleague)
    press(boss, colleague, "remove-second-factor")
    assert device_of(user=colleague) is None
    assert other.get("/admin/").status_code == 302
    assert press(boss, User.objects.get(username="boss"), "remove-second-factor")[1]


def test_staff_rights_are_given_and_taken_by_superusers_only(boss):
    person, helper = UserFactory(), staff_browser(make_staff("view_user", "change_user"))
    url = reverse("admin:accounts_user_press", args=[person.pk, "grant-staff"])
    assert helper.post(url).status_code == 403
    assert not press(boss, person, "grant-staff")[1]
    group, right = Group.objects.create(name="审核"), Permission.objects.get(codename="view_account")
    boss.post(page(person), {"groups": [group.pk], "user_permissions": [right.pk], "is_superuser": "on", "name": "x"})
    row = User.objects.get(pk=person.pk)
    assert (row.name, row.is_superuser, list(row.groups.all())) == (person.name, False, [group])
    assert row.has_perm("accounts.view_account")
    assert Event.objects.filter(kind="staff.rights_set", subject_id=person.pk).count() == 1
    assert helper.post(page(person), {"groups": []}).status_code == 403
    press(boss, person, "revoke-staff")
    row = User.objects.get(pk=person.pk)
    assert (row.is_staff, row.groups.count(), row.user_permissions.count()) == (False, 0, 0)
    assert press(boss, User.objects.get(username="boss"), "revoke-staff")[1]


def test_a_key_is_revoked(boss, manager):
    key = make_key(manager)
    press(boss, key, "revoke")
    assert not ApiKey.objects.usable().exists()
    assert Event.objects.get(kind="api_key.revoked").account == manager
    assert offered(boss, key) == []


def test_a_letter_is_sent_again(boss, manager, member):
    invitation = make_invitation(manager, member)
    event = Event.objects.get(kind="invitation.sent")
    facts = {"event": event, "letter": "invitation", "channel": "mail", "target": "m***@example.com"}
    row = Delivery.objects.create(**facts, user=None, account=member)
    assert offered(boss, row) == []
    row.fail(problem="refused_now 450")
    row.save(update_fields=["state", "problem"])
    assert "450" in boss.get(page(row)).text
    assert not press(boss, row, "resend")[1]
    assert Delivery.objects.get().state == "queued"
    assert press(boss, row, "resend")[1]
    assert invitation.pk == event.subject_id


def test_a_message_is_published_once_and_for_all(boss):
    typed = {"title": "停机维护", "body": "周日凌晨", "published_at_0": "", "published_at_1": ""}
    until = {"valid_until_0": "2099-01-01", "valid_until_1": "00:00"}
    wrong = boss.post(
        "/admin/accounts/message/add/", {**typed, "valid_until_0": "2001-01-01", "valid_until_1": "00:00"}
    )
    assert "valid_until" in wrong.context["adminform"].form.errors
    assert boss.post("/admin/accounts/message/add/", {**typed, **until}).status_code == 302
    message = Message.objects.get()
    assert (message.kind, message.title, message.user) == ("system", "停机维护", None)
    assert message.published_at <= timezone.now()
    assert Event.objects.get(kind="message.published").actor.username == "boss"
    assert boss.post(page(message), {**typed, "title": "别的"}).status_code == 403


def test_a_permission_is_withheld_and_offered_again(boss):
    add = "/admin/accounts/withheldpoint/add/"
    assert boss.post(add, {"kind": "partner", "point": "request_invoice"}).status_code == 302
    row = WithheldPoint.objects.get()
    again = boss.post(add, {"kind": "partner", "point": "request_invoice"})
    assert (again.status_code, WithheldPoint.objects.count()) == (200, 1)
    boss.post(reverse("admin:accounts_withheldpoint_delete", args=[row.pk]), {"post": "yes"})
    assert not WithheldPoint.objects.exists()
    assert list(Event.objects.filter(kind__startswith="point.").order_by("pk").values_list("kind", "door")) == [
        ("point.withheld", "staff"),
        ("point.offered", "staff"),
    ]
