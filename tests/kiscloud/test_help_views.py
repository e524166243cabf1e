"""The pages of the help centre, with and without log-in."""

import pytest
from django.template import Context, Template
from django.urls import reverse

from kiscloud.handbook.chapters import CHAPTERS
from kiscloud.handbook.markup import parts_of
from kiscloud.handbook.pages import pages_of
from tests.scene import every_address

pytestmark = pytest.mark.usefixtures("cheap_hashes")
HOME, SEARCH, CHANGES = "/help/", "/help/search/", "/help/changes/"


@pytest.fixture
def anybody(client, db):
    return client


def test_everybody_reads_the_handbook_in_the_language_of_the_browser(anybody):
    for language, word in (("zh-hans", "新手教程"), ("en", "First steps")):
        page = anybody.get("/help/first-steps/", headers={"Accept-Language": language})
        assert page.status_code == 200
        assert f"<h1>{word}</h1>" in page.text
        assert "Content-Security-Policy" in page.headers
        assert " style=" not in page.text


@pytest.mark.rule("S23.4")
def test_the_contents_lead_to_every_page(anybody):
    page = anybody.get(HOME)
    assert [slug for slug in pages_of("en") if reverse("kiscloud:help-page", args=[slug]) not in page.text] == []


def test_a_page_names_its_neighbours_and_what_is_on_it(anybody):
    page = anybody.get("/help/trials/").text
    assert '<a rel="prev" href="/help/products/"' in page
    assert 'rel="next" href="/help/activation/"' in page
    assert '<a href="#limits">' in page
    assert 'id="limits"' in page


@pytest.mark.parametrize("slug", ["nothing", "changes-1", "FIRST-STEPS"])
def test_other_names_lead_nowhere(anybody, slug):
    assert anybody.get(f"/help/{slug}/").status_code == 404


def test_the_search_marks_what_was_asked_and_shows_the_query_as_text(anybody):
    page = anybody.get(SEARCH, {"q": "续费"})
    assert "<mark>续费</mark>" in page.text
    evil = anybody.get(SEARCH, {"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in evil.text
    assert anybody.get(SEARCH, {"q": "续" * 5000}).status_code == 200


def test_htmx_gets_the_hits_alone(anybody):
    part = anybody.get(SEARCH, {"q": "试用"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<mark>试用</mark>" in part


@pytest.mark.rule("S23.2")
def test_the_change_log_is_for_people_who_are_logged_in(anybody, browse, manager):
    assert CHANGES not in anybody.get(HOME).text
    assert anybody.get(CHANGES).url.startswith("/login/")
    assert anybody.get(f"{CHANGES}1.0/").url.startswith("/login/")
    console = browse(manager)
    assert CHANGES in console.get(HOME).text
    assert f'href="{CHANGES}1.0/"' in console.get(CHANGES).text
    assert "<article" in console.get(f"{CHANGES}1.0/").text
    assert console.get(f"{CHANGES}0.0/").status_code == 404


@pytest.mark.rule("S23.3")
def test_the_forum_of_the_settings_is_linked(anybody, settings):
    settings.HELP_ADDRESSES = {**settings.HELP_ADDRESSES, "forum": "https://forum.example.com/kis"}
    assert 'href="https://forum.example.com/kis"' in anybody.get(HOME).text
    assert "论坛" in anybody.get("/help/questions/").text


@pytest.mark.rule("S23.5")
def test_the_log_in_page_offers_help_and_the_browser_for_both_kinds_of_system(anybody, settings):
    page = anybody.get("/login/").text
    assert f'href="{HOME}"' in page
    for kind in ("chrome64", "chrome32"):
        assert f'href="{settings.HELP_ADDRESSES[kind]}"' in page
        assert f'href="{settings.HELP_ADDRESSES[kind]}"' in anybody.get("/help/browsers/").text


def test_each_console_leads_to_help(browse, manager):
    console = browse(manager)
    for path in ("/finance/", "/workbench/", "/messages/"):
        assert f'href="{HOME}"' in console.get(path, follow=True).text


def test_search_engines_may_read_pages_and_get_their_addresses(anybody, browse, manager):
    listed = anybody.get("/help/sitemap.xml").text
    assert all(f"/help/{slug}/</loc>" in listed for slug in pages_of("en"))
    assert CHANGES not in listed
    assert 'name="robots" content="index, follow"' in anybody.get("/help/trials/").text
    assert 'name="robots" content="noindex"' in browse(manager).get(CHANGES).text


def test_a_question_mark_says_where_it_leads():
    mark = Template('{% load handbook %}{% help_mark "trials#limits" %}').render(Context())
    assert 'href="/help/trials/#limits"' in mark
    assert 'aria-label="帮助：免费试用"' in mark


def test_the_question_mark_in_the_bar_leads_to_the_chapter_of_the_page(browse, manager):
    console = browse(manager)
    for path, chapter in (("/messages/", "/help/messages/"), ("/manage/companies/to-add/", "/help/companies/#add")):
        assert f'<a class="bar-button help-button" href="{chapter}"' in console.get(path).text
    assert f'help-button" href="{HOME}"' in console.get("/directory/").text


def test_every_page_that_has_a_chapter_is_there_and_so_is_the_chapter():
    names = [name for name in every_address() if name]
    assert [start for start in CHAPTERS if not any(name.startswith(start) for name in names)] == []
    for target in CHAPTERS.values():
        slug, _hash, anchor = target.partition("#")
        assert not anchor or anchor in [part.anchor for part in parts_of(pages_of("en")[slug])]
