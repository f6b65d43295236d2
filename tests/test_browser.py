"""Every page of ``screens/pages.py`` in a real browser: axe, width, zoom, keyboard, paper, console, without a script.

The site runs in processes of its own, on a copy of the sample; these tests only look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from screens.pages import OFFICIAL, SCREENS, STAFF, Screen
from screens.site import running_site
from screens.visit import Visitor, Window, browser

# The site has its own SQLite under either of CI's runs: once is enough.
pytestmark = [pytest.mark.chromium, pytest.mark.sqlite]

PHONE, DESK, PLAIN = Window(320, 800), Window(1280, 900), Window(1280, 900, script=False)
MANY_STOPS = 400
# What the keyboard reaches, in the order of the page. A radio group is one stop.
STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled).length"""
PLACE = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const box = one.getBoundingClientRect();
    const all = [...document.querySelectorAll('*')];
    return {at: all.indexOf(one), name: one.outerHTML.slice(0, 80), seen: box.width > 0 && box.height > 0};
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as address:
        yield address


@pytest.fixture(scope="module")
def program() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def visitors(site: str, program: Browser) -> Iterator[dict[Window, Visitor]]:
    made = {window: Visitor(program, site, window) for window in (PHONE, DESK, PLAIN)}
    yield made
    for visitor in made.values():
        visitor.close()


def axe_faults(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {node['target']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"][:3]
    ]


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


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_page_serves_on_a_phone(visitors: dict[Window, Visitor], screen: Screen) -> None:
    with visitors[PHONE].visit(screen) as (page, said):
        assert faults(page, said, "light") == {}


def once_each() -> list[Screen]:
    """Return the first screen of every page; its other states are looked at on the phone."""
    pages = {screen.shows or screen.path.partition("?")[0]: screen for screen in reversed(SCREENS)}
    return list(pages.values())


@pytest.mark.parametrize("screen", once_each(), ids=lambda screen: screen.name)
def test_a_page_serves_on_a_desk(visitors: dict[Window, Visitor], screen: Screen) -> None:
    """Also by keyboard alone, zoomed to twice its size, with letters twice as large, and on paper."""
    with visitors[DESK].visit(screen) as (page, said):
        assert faults(page, said, "dark") == {}
        walk(page)
        page.set_viewport_size({"width": DESK.width // 2, "height": DESK.height // 2})
        zoomed = too_wide(page)
        page.set_viewport_size({"width": DESK.width, "height": DESK.height})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        enlarged = too_wide(page)
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.emulate_media(media="print", color_scheme="light")
        page.set_viewport_size({"width": 688, "height": 1000})  # A4 without its margins, at 96 dpi.
        frame = page.locator(".top, .crumbs, .btn, .pager").locator("visible=true").count()
        assert {"zoomed": zoomed, "enlarged": enlarged, "printed": too_wide(page), "frame on paper": frame} == {
            "zoomed": 0,
            "enlarged": 0,
            "printed": 0,
            "frame on paper": 0,
        }


def walk(page: Page) -> None:
    """Go through a page with the Tab key: every stop can be seen, and comes after the one before it."""
    page.locator(".skip").focus()
    walked = [page.evaluate(PLACE)]
    for _ in range(min(page.evaluate(STOPS), MANY_STOPS)):
        page.keyboard.press("Tab")
        stop = page.evaluate(PLACE)
        if stop is None or stop["at"] == walked[0]["at"]:
            break
        walked.append(stop)
    assert [stop["name"] for stop in walked if not stop["seen"]] == []
    assert [stop["at"] for stop in walked] == sorted(stop["at"] for stop in walked)
    assert len(walked) > 1


@pytest.mark.parametrize("screen", once_each(), ids=lambda screen: screen.name)
def test_a_page_needs_no_script(visitors: dict[Window, Visitor], screen: Screen) -> None:
    with visitors[PLAIN].visit(screen) as (page, _):
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text().strip() != ""


def test_a_faulty_form_moves_the_focus_to_the_summary(visitors: dict[Window, Visitor]) -> None:
    with visitors[PHONE].visit(Screen("login", "/login/")) as (page, _):
        page.get_by_role("button", name="Masuk").click()
        expect(page.locator(".errs")).to_be_focused()
        page.get_by_role("link", name="Isi kata sandi.").click()
        expect(page.locator("#id_password")).to_be_focused()


@pytest.mark.parametrize("window", [DESK, PLAIN], ids=["script", "plain"])
def test_the_table_is_sorted_and_the_month_picked_with_and_without_a_script(
    visitors: dict[Window, Visitor], window: Window
) -> None:
    with visitors[window].visit(Screen("past", "/reports/75.01/?bulan=2026-01", OFFICIAL)) as (page, _):
        page.get_by_role("columnheader", name="Rekam bersih").get_by_role("link").click()
        page.wait_for_url("**/reports/75.01/?bulan=2026-01&urut=bersih")
        assert page.get_by_role("columnheader", name="Rekam bersih").get_attribute("aria-sort") == "ascending"
        page.get_by_label("Bulan", exact=True).select_option("2026-02")
        page.get_by_role("button", name="Tampilkan").click()
        page.wait_for_url("**/reports/75.01/?bulan=2026-02&urut=bersih")
        assert page.get_by_role("heading", level=1).inner_text() == "Kabupaten Gorontalo"


def test_regions_are_found_without_a_script(visitors: dict[Window, Visitor]) -> None:
    with visitors[PLAIN].visit(Screen("search", "/repairs/", STAFF)) as (page, _):
        page.get_by_label("Cari wilayah, nama atau kode").fill("limboto barat")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Kecamatan Limboto Barat").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Kecamatan Limboto Barat"
