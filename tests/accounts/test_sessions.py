"""Log-ins that their person sees and ends."""

import pytest
from django.conf import settings

from accounts.actors import Actor, Door
from accounts.agents import in_words
from accounts.models import Session, User
from accounts.services.logins import disable_login, enable_login, end_other_sessions, end_session, open_sessions
from config.errors import DomainError, NotAllowed, NotFound
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def ana():
    return make_user()


@pytest.fixture
def staff():
    """Support staff with every right."""
    return Actor(door=Door.STAFF, user=make_user(is_staff=True, is_superuser=True))


def key_of(client):
    return client.session.session_key


def test_this_browser_stands_first_and_no_key_is_on_the_page(browse, ana):
    older, here = browse(ana), browse(ana)
    page = here.get("/account/sessions/")
    rows = page.context["rows"]
    assert [row["open"].current for row in rows] == [True, False]
    assert key_of(here) not in page.text
    assert key_of(older) not in page.text


@pytest.mark.parametrize(
    "cookie", ['"\\000aaaaaaaaaa"', '"\\377\\377\\377\\377\\377\\377\\377\\377"', "a b c d e f", "x" * 5000]
)
def test_a_cookie_that_cannot_be_ours_is_no_log_in(client, cookie):
    client.cookies.load(f"{settings.SESSION_COOKIE_NAME}={cookie}")
    assert client.get("/account/")["Location"] == "/login/?next=/account/"


def test_ending_one_ends_that_one(browse, ana):
    here, elsewhere = browse(ana), browse(ana)
    handle = next(s.handle for s in open_sessions(user=ana, current_key=key_of(here)) if not s.current)
    assert here.post(f"/account/sessions/{handle}/end/")["Location"] == "/account/sessions/"
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_ending_all_others_leaves_this_one(browse, ana):
    here, *others = (browse(ana) for _ in range(4))
    here.post("/account/sessions/others/end/")
    assert here.get("/account/").status_code == 200
    assert all(other.get("/account/").status_code == 302 for other in others)


def test_nobody_ends_the_log_in_of_somebody_else(browse, ana):
    browse(ana)
    theirs = open_sessions(user=ana, current_key=None)[0].handle
    stranger = browse(make_user())
    assert stranger.post(f"/account/sessions/{theirs}/end/").status_code == 404
    with pytest.raises(NotFound):
        end_session(actor=Actor(door=Door.CONSOLE, user=make_user()), handle=theirs)
    stranger.post("/account/sessions/others/end/")
    assert Session.objects.filter(user=ana).exists()


def test_the_key_itself_is_no_handle(browse, ana):
    here, elsewhere = browse(ana), browse(ana)
    assert here.post(f"/account/sessions/{key_of(elsewhere)}/end/").status_code == 404


def test_ending_is_a_post(browse, ana):
    assert browse(ana).get("/account/sessions/others/end/").status_code == 405


def test_a_disabled_person_is_out_at_once_everywhere(browse, ana, staff):
    browsers = [browse(ana), browse(ana)]
    disable_login(actor=staff, user_id=ana.pk)
    assert all(browser.get("/account/").status_code == 302 for browser in browsers)
    assert not Session.objects.filter(user=ana).exists()
    enable_login(actor=staff, user_id=ana.pk)
    assert User.objects.get(pk=ana.pk).is_active


def test_disabling_by_hand_in_the_database_closes_the_door_too(browse, ana):
    own = browse(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert own.get("/account/").status_code == 302


def test_only_staff_disables_and_not_itself(ana, staff):
    with pytest.raises(NotAllowed):
        disable_login(actor=Actor(door=Door.CONSOLE, user=staff.user), user_id=ana.pk)
    with pytest.raises(DomainError):
        disable_login(actor=staff, user_id=staff.user.pk)
    with pytest.raises(NotFound):
        disable_login(actor=staff, user_id=0)


def test_ending_none_records_nothing(browse, ana):
    here = browse(ana)
    assert end_other_sessions(actor=Actor(door=Door.CONSOLE, user=ana), keep=key_of(here)) == 0


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/155.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/155.0 Safari/537.36 Edg/155.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/155.0 Mobile MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Gecko/20100101 Firefox/145.0", "Firefox · macOS"),
    ],
)
def test_browsers_in_words(agent, words):
    assert in_words(agent) == words


def test_an_unknown_browser_is_called_so_and_shown_as_text(browse, ana):
    assert in_words("")
    own = browse(ana)
    Session.objects.update(agent="<script>alert(1)</script>")
    assert "<script>alert(1)" not in own.get("/account/sessions/").text
