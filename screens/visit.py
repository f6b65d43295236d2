"""Goes to a screen as its user would: signs in once, follows the steps, and tells what the page answered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import Role
from reports.sample_users import DemoUser
from screens.pages import Screen


class Window(NamedTuple):
    """A size of window; without ``script`` the browser runs no JavaScript."""

    width: int
    height: int
    script: bool = True


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium, the installed one if there is one, and end it."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield program
        program.close()


class Visitor:
    """Visits screens in one window size; each user signs in once."""

    def __init__(self, program: Browser, address: str, window: Window) -> None:
        self.program, self.address, self.window = program, address, window
        self.contexts: dict[str, BrowserContext] = {}

    @contextmanager
    def visit(self, screen: Screen) -> Iterator[tuple[Page, list[str]]]:
        """Yield the page of a screen, and what the console has said; fails where it answers with another status."""
        page = self._context(screen.user).new_page()
        said: list[str] = []
        # A page that is not there, or refuses, is also a message in the console.
        refusal = screen.status != 200 or screen.ends != 200
        page.on("console", lambda message: None if refusal else said.append(message.text))
        statuses: list[int] = []
        page.on("response", lambda got: statuses.append(got.status) if got.request.is_navigation_request() else None)
        answer = page.goto(screen.path)
        for step in screen.steps:
            step(page)
            page.wait_for_load_state()
        assert answer is not None and answer.status == screen.status, f"{screen.name} answered {answer}"
        assert screen.ends in (200, statuses[-1]), f"{screen.name} ended with {statuses[-1]}"
        if screen.shows:
            # A form that goes by the outbox of a phone leads on once its receipt is there.
            page.wait_for_url(lambda url: resolve(urlsplit(url).path).view_name == screen.shows)
        yield page, said
        page.close()

    def fetch(self, path: str, user: str) -> bytes:
        """Return a file as its user gets it."""
        answer = self._context(user).request.get(path)
        assert answer.ok, f"{path} answered {answer.status}"
        return answer.body()

    def close(self) -> None:
        """Close all windows."""
        for context in self.contexts.values():
            context.close()

    def _context(self, user: str) -> BrowserContext:
        if user not in self.contexts:
            self.contexts[user] = self._new_context()
            if user:
                sign_in(self.contexts[user], user)
        return self.contexts[user]

    def _new_context(self) -> BrowserContext:
        return self.program.new_context(
            base_url=self.address,
            viewport={"width": self.window.width, "height": self.window.height},
            reduced_motion="reduce",
            java_script_enabled=self.window.script,
        )


def sign_in(context: BrowserContext, user: str) -> None:
    """Sign a demo user in through the sign-in page."""
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Nomor HP atau nama pengguna").fill(user)
    page.get_by_label("Kata sandi").fill(DemoUser(user, "", Role.STAFF, "").password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.close()
