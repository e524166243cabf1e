"""What every page request passes through: policy, request id, health, refusals, error pages, the choice of a part."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils.timezone import now

from config import health
from config.models import WorkerBeat
from config.web import new_reference

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.look_urls")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_every_answer_carries_the_policy(visitor):
    for path in ("/shown/", "/wrong/refused/", "/wrong/broken/", "/nowhere/", "/static/nothing.css"):
        policy = visitor.get(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in policy


def test_a_view_may_name_another_policy(visitor):
    assert visitor.get("/policy/").headers["Content-Security-Policy"] == "default-src 'self'"


def test_an_answer_names_its_request(visitor):
    first, second = visitor.get("/shown/"), visitor.get("/shown/")
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert first.headers["X-Request-ID"] in first.text


def test_a_client_cannot_choose_the_request_id_but_our_proxy_can(visitor, settings):
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert visitor.get("/shown/", headers=given).headers["X-Request-ID"] != "from-the-proxy-1"
    settings.TRUSTED_PROXIES = 1
    assert visitor.get("/shown/", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    forged = {"X-Request-ID": "two\nlines of it"}
    assert "\n" not in visitor.get("/shown/", headers=forged).headers["X-Request-ID"]


def test_references_are_short_and_different():
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    assert {len(reference) for reference in made} == {14}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "<script>", "0.0.0.0"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(visitor, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert visitor.get("/address/", headers={"X-Forwarded-For": forwarded}).text == expected


def test_alive_needs_neither_database_nor_host(visitor, django_assert_num_queries):
    with override_settings(SECURE_SSL_REDIRECT=True), django_assert_num_queries(0):
        answer = visitor.get("/healthz", headers={"host": "10.0.0.5:8000"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_a_worker_was_seen_lately(visitor):
    WorkerBeat.objects.create(name="one", seen_at=now() - timedelta(minutes=2))
    with override_settings(SECURE_SSL_REDIRECT=True):
        answer = visitor.get("/readyz", headers={"host": "10.0.0.5"})
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "worker": "ok"}


def test_not_ready_when_the_worker_is_silent(visitor):
    WorkerBeat.objects.create(name="one", seen_at=now() - timedelta(minutes=4))
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "silent"


def test_not_ready_when_migrations_wait(visitor, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    MigrationRecorder(connection).migration_qs.filter(app="auth").delete()
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "pending", "worker": "unknown"}


def test_a_refusal_is_a_page_with_sentence_hint_and_rule(visitor):
    answer = visitor.get("/wrong/refused/")
    assert answer.status_code == 409
    for words in ("The invitation has expired.", "Ask for a new one.", "K4.8"):
        assert words in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("how", "status"), [("input", 422), ("outside", 404), ("many", 429)])
def test_a_refusal_has_its_own_status(visitor, how, status):
    assert visitor.get(f"/wrong/{how}/").status_code == status


def test_too_many_says_when_to_come_back(visitor):
    answer = visitor.get("/wrong/many/")
    assert answer.headers["Retry-After"] == "42"
    assert "42" in answer.text


def test_htmx_gets_the_refusal_as_a_notice(visitor):
    answer = visitor.get("/wrong/refused/", headers=HTMX)
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert "The invitation has expired." in answer.text


def test_the_api_is_left_to_its_own_handler(visitor):
    answer = visitor.get("/api/wrong/refused/")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 500
    assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize(("how", "status"), [("forbidden", 403), ("broken", 500)])
def test_an_error_page_stands_alone_and_keeps_the_reason_to_itself(
    visitor, how, status, django_assert_num_queries, settings
):
    with django_assert_num_queries(0):
        answer = visitor.get(f"/wrong/{how}/")
    assert answer.status_code == status
    assert "secret reason" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_an_error_comes_to_htmx_as_a_notice(visitor):
    answer = visitor.get("/wrong/broken/", headers=HTMX)
    assert answer.status_code == 500
    assert "<html" not in answer.text


def test_a_form_without_its_token_is_told_what_to_do(settings):
    answer = Client(enforce_csrf_checks=True).post("/dev/look/form/")
    assert answer.status_code == 403
    assert "data-back" in answer.text


def test_htmx_gets_the_part_and_people_the_page(visitor):
    assert "<html" in visitor.get("/shown/").text
    part = visitor.get("/shown/", headers=HTMX)
    assert "<html" not in part.text
    assert "skeleton" in part.text
    assert "HX-Request" in part.headers["Vary"]
    assert "no-store" in part.headers["Cache-Control"]


def test_going_back_in_the_browser_gets_the_page(visitor):
    for name in ("HX-Boosted", "HX-History-Restore-Request"):
        assert "<html" in visitor.get("/shown/", headers={**HTMX, name: "true"}).text


def test_a_whole_page_that_htmx_was_led_to_is_opened_as_one(visitor):
    answer = visitor.get("/whole/?next=/x/", headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/whole/?next=/x/"
    assert not answer.content


def test_messages_ride_along_with_a_part(visitor):
    assert visitor.get("/dev/look/refusal/?said=1", headers=HTMX).status_code == 409
    part = visitor.get("/shown/", headers=HTMX)
    assert 'id="messages" aria-live="polite" hx-swap-oob="true"' in part.text
    assert "宁波海曙" in part.text
    assert "宁波海曙" not in visitor.get("/shown/", headers=HTMX).text


@pytest.mark.parametrize("theme", ["light", "dark", "auto", "nonsense"])
def test_the_chosen_theme_is_drawn_by_the_server(visitor, theme):
    visitor.cookies["theme"] = theme
    text = visitor.get("/shown/").text
    assert ("css/dark" in text) is (theme != "light")
    assert ("prefers-color-scheme" in text) is (theme in {"auto", "nonsense"})


def test_choosing_a_theme_leads_back_and_nowhere_else(visitor):
    answer = visitor.post("/preferences/theme/", {"theme": "dark", "next": "/shown/?a=1"})
    assert (answer.status_code, answer.url, answer.cookies["theme"].value) == (302, "/shown/?a=1", "dark")
    for elsewhere in ("https://evil.example/", "//evil.example/", "shown", "-1"):
        answer = visitor.post("/preferences/theme/", {"theme": "pink", "next": elsewhere})
        assert answer.url == "/"
    assert "theme" not in answer.cookies
    assert visitor.get("/preferences/theme/").status_code == 405
