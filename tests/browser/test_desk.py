"""Every page on a desk: axe in the dark, by keyboard alone, zoomed, with large letters, and on paper."""

from __future__ import annotations

from itertools import takewhile

import pytest
from playwright.sync_api import Locator, Page, expect

from screens.pages import OPERATOR, STAFF, Screen
from tests.browser.conftest import Visitors
from tests.browser.faults import DESK, IN_A_BROWSER, faults, once_each, too_wide

pytestmark = IN_A_BROWSER

# Longer pages only repeat the same row.
MANY_STOPS = 150
# What the keyboard reaches, in the order of the page. A radio group is one stop.
STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled).length"""
# Notes each element that the focus comes to: asking after each key would take as long as all the rest.
FOLLOW = """() => {
    window.walked = [];
    const all = [...document.querySelectorAll('*')];
    document.addEventListener('focusin', ({target}) => {
        const box = target.getBoundingClientRect();
        const seen = box.width > 0 && box.height > 0;
        window.walked.push({at: all.indexOf(target), name: target.outerHTML.slice(0, 80), seen});
    });
}"""


@pytest.mark.parametrize("screen", once_each(), ids=lambda screen: screen.name)
def test_a_page_serves_on_a_desk(visitors: Visitors, screen: Screen) -> None:
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
    page.evaluate(FOLLOW)
    page.locator(".skip, .skip-to-content-link").focus()
    for _ in range(min(page.evaluate(STOPS), MANY_STOPS) - 1):
        page.keyboard.press("Tab")
    first, *others = page.evaluate("window.walked")
    walked = [first, *takewhile(lambda stop: stop["at"] != first["at"], others)]
    assert [stop["name"] for stop in walked if not stop["seen"]] == []
    assert [stop["at"] for stop in walked] == sorted(stop["at"] for stop in walked)
    assert len(walked) > 1


def go_to(page: Page, what: Locator) -> None:
    """Press the Tab key until the focus is on something."""
    for _ in range(MANY_STOPS):
        if what.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key does not lead to {what}")


def test_a_report_a_step_and_a_void_need_no_mouse(visitors: Visitors) -> None:
    """Tiles that are radio buttons, what is folded, a reason, and the confirmation."""
    with visitors[DESK].visit(Screen("report", "/repairs/report/", OPERATOR)) as (page, said):
        go_to(page, page.locator("input[name=component]").first)
        page.keyboard.press("Space")
        go_to(page, page.locator("input[name=symptom]:visible").first)
        page.keyboard.press("Space")
        go_to(page, page.locator("summary", has_text="Ubah rincian"))
        page.keyboard.press("Enter")
        go_to(page, page.get_by_label("Keterangan").first)
        page.keyboard.type("Tanpa tetikus.")
        go_to(page, page.get_by_role("button", name="Kirim laporan").last)
        page.keyboard.press("Enter")
        number = page.locator(".sent .fig-n").inner_text()
        assert said == []
    with visitors[DESK].visit(Screen("ticket", f"/repairs/{number}/", STAFF)) as (page, said):
        go_to(page, page.get_by_role("button", name="Verifikasi"))
        page.keyboard.press("Enter")
        expect(page.locator(".title .tag").first).to_have_text("Diverifikasi")
        go_to(page, page.locator("summary", has_text="Batalkan tiket"))
        page.keyboard.press("Enter")
        go_to(page, page.get_by_label("Alasan").locator("visible=true"))
        page.keyboard.type("Salah alat.")
        go_to(page, page.get_by_role("button", name="Batalkan tiket"))
        page.keyboard.press("Enter")
        expect(page.locator(".title .tag").first).to_have_text("Dibatalkan")
        assert said == []
