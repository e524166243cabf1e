"""A real Chromium against a real server.

With SCREENS=<directory> pictures of the pages are kept there, to be looked at; drawing them takes long.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from config import outbox
from config.jobs import run_due
from tests.factories import PASSWORD

SCREENS = os.environ.get("SCREENS", "")
SILENT = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all; the ORM may be used beside Playwright's loop."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SILENT))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a screen of their own; keeps what the browser complained about."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens an address of the site, or an absolute one."""
        self.page.goto(path if path.startswith("http") else self.base + path)

    def log_in(self, user: User) -> None:
        """With the form, as everybody does."""
        self.go("/login/")
        self.page.fill("input[name=identifier]", user.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def pass_code(self, user: User) -> None:
        """Asks for the code, reads it from the phone, types it."""
        self.page.wait_for_url("**/account/code/**")
        with self.page.expect_navigation():
            self.page.locator("form[action*='/account/code/send/'] button").first.click()
        self.page.locator("input[autocomplete=one-time-code]").fill(code_sent_to(user))
        self.page.locator("main form button.button-primary").click()
        self.page.wait_for_url(lambda url: "/account/code/" not in url)

    def submit(self) -> None:
        """Presses the page's main button."""
        self.page.locator("main form button.button-primary").first.click()
        self.page.wait_for_load_state()

    def keep(self, name: str) -> None:
        """The page fits a phone; a picture of it, wide and as on a phone, where pictures are asked for."""
        self._draw(name)
        self.page.set_viewport_size({"width": 360, "height": 780})
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self._draw(f"{name}-phone")
        self.page.set_viewport_size({"width": 1280, "height": 860})
        assert overflow <= 0, f"{name} is {overflow} px wider than a phone"

    def _draw(self, name: str) -> None:
        if SCREENS:
            self.page.screenshot(path=Path(SCREENS) / f"{name}.png", full_page=True)


def code_sent_to(user: User) -> str:
    """The six digits of the newest text to this number."""
    item = next(item for item in outbox.items() if item.channel == "sms" and item.to == user.mobile)
    found = re.search(r"\d{6}", item.text)
    assert found
    return found[0]


def link_sent_to(address: str) -> str:
    """The short link in the newest letter to this address."""
    while run_due():
        pass
    item = next(item for item in outbox.items() if item.channel == "mail" and address in item.to)
    found = re.search(r"https?://\S+/s/\w+/", item.text)
    assert found
    return found[0]


@pytest.fixture
def person(
    chromium: Browser, live_server: LiveServer, settings: Settings, own_outbox: None
) -> Iterator[Callable[..., Person]]:
    """Opens screens; at the end, none may have complained: no error in the console, nothing against the policy."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "config.outbox.EmailBackend"
    people: list[Person] = []

    def sit_down(width: int = 1280, *, scripts: bool = True) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 860}, locale="zh-CN", java_script_enabled=scripts
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        somebody = Person(context, page, live_server.url)
        page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
        page.on("console", lambda message: _listen(somebody, message.type, message.text))
        people.append(somebody)
        return somebody

    yield sit_down
    complaints = [complaint for somebody in people for complaint in somebody.complaints]
    for somebody in people:
        somebody.context.close()
    assert not complaints, complaints


def _listen(somebody: Person, kind: str, text: str) -> None:
    refused_on_purpose = re.search(r"status of 4\d\d", text)
    if kind == "error" and not refused_on_purpose:
        somebody.complaints.append(text)
