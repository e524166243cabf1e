"""Every template: nothing inline that the policy forbids, short, and each form that writes guards its account."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

LINES_MAX = 120
ROOT = Path(settings.BASE_DIR) / "templates"
# Letters are read in mail programs, which know no stylesheet of ours and no policy.
PAGES = sorted(path for path in ROOT.rglob("*.html") if "emails" not in path.parts)
EVERY = sorted(path for path in ROOT.rglob("*.*") if path.suffix in {".html", ".txt"})
FORBIDDEN = {
    "a script with a body": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "an address that leads nowhere": re.compile(r"""href=["']#["']"""),
    "an asset of another host": re.compile(r"""(?:src|<link[^>]+href)=["'](?:https?:)?//""", re.I),
    "a comment over several lines, which Django prints": re.compile(r"\{#(?:(?!#\}).)*$", re.M),
}
POST_FORM = re.compile(r"""<form\b[^>]*method=["']post["'].*?</form>""", re.I | re.S)
# These act for the person or change the account itself, so they must work whatever account the page was drawn for.
FOR_THE_PERSON = {
    "ui/account_switch.html",
    "ui/acting.html",
    "ui/language.html",
    "ui/theme.html",
    "ui/user_menu.html",
    "admin/base_site.html",
    "admin/login.html",
    "admin/object/buttons.html",
    "admin/second_factor.html",
    "accounts/home/_doors.html",
    "accounts/home/workbench.html",
    "accounts/messages/_reminder.html",
    "kiscloud/workbench/_sets.html",
    "kiscloud/sets/_enter.html",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_has_nothing_that_the_policy_forbids(path):
    text = path.read_text(encoding="utf-8")
    assert not [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", EVERY, ids=named)
def test_a_template_is_short_and_can_be_read_by_the_engine(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX
    engines["django"].get_template(named(path))


def test_a_form_that_writes_says_for_which_account_it_was_made():
    careless = [
        named(path)
        for path in PAGES
        for form in POST_FORM.findall(path.read_text(encoding="utf-8"))
        if not re.search(r"\{%\s*form_guard\s*%\}", form)
        and not (named(path) in FOR_THE_PERSON and re.search(r"\{%\s*csrf_token\s*%\}", form))
    ]
    assert not careless


def test_stylesheets_name_colours_only_in_the_tokens():
    sheets = sorted((Path(settings.BASE_DIR) / "static" / "css").rglob("*.css"))
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)")
    loose = [s.name for s in sheets if s.name not in {"tokens.css", "dark.css"} and colour.search(s.read_text())]
    assert not loose
    assert not [sheet.name for sheet in sheets if len(sheet.read_text().splitlines()) > 100]


def test_scripts_are_small_and_each_page_script_exists():
    folder = Path(settings.BASE_DIR) / "static" / "js"
    assert not [script.name for script in folder.glob("*.js") if len(script.read_text().splitlines()) > 100]
    linked = {name for path in EVERY for name in re.findall(r"'js/([\w-]+\.js)'", path.read_text(encoding="utf-8"))}
    assert sorted(linked) == sorted(script.name for script in folder.glob("*.js"))
