"""What is looked at on every page of ``screens/pages.py``, in a real browser.

The files beside this one stand apart so that they run at the same time. The site has its own SQLite under either of
CI's runs: once is enough.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from screens.pages import Screen
from screens.rare import EVERY
from screens.visit import Window

IN_A_BROWSER = [pytest.mark.chromium, pytest.mark.sqlite]
PHONE, DESK, PLAIN = Window(320, 800), Window(1280, 900), Window(1280, 900, script=False)
# What a finger must hit: all but links inside a sentence, and what is only read aloud. Seven days of a week share the
# 320 px of the narrowest phone.
TOO_SMALL = """() => [...document.querySelectorAll('main :is(a, button, summary, label.choice, select, input.in)')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.matches('.vh, .field a, p:not(.alone) a'))
    .filter((one) => !one.closest('.crumbs, .foot, .hint'))
    .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect(), one.matches('.cal a') ? 38 : 44])
    .filter(([, box, wide]) => box.width < wide || box.height < 43.9)
    .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""


def once_each() -> list[Screen]:
    """Return the first screen of every page; its other states are looked at on the phone."""
    pages = {screen.shows or screen.path.partition("?")[0]: screen for screen in reversed(EVERY)}
    return list(pages.values())


def axe_faults(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {node['target']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"][:3]
    ]


def too_small(page: Page) -> list[str]:
    """Return what a finger would miss on a page."""
    found: list[str] = page.evaluate(TOO_SMALL)
    return found


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def faults(page: Page, said: list[str], scheme: str) -> dict[str, Any]:
    """Return what is wrong with a page in a colour scheme; nothing where all is well."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, Any] = {scheme: axe_faults(page)}
    found["px too wide"] = too_wide(page)
    found["console"] = said
    found["h1"] = page.locator("h1").count() - 1
    found["filled buttons"] = max(page.locator(".btn.go:visible").count() - 1, 0)
    return {name: fault for name, fault in found.items() if fault}
