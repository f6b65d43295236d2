"""How many taps a report takes on a phone, with and without a script.

The site runs in processes of its own, on a copy of the sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from screens.pages import OF_SEVERAL, Screen
from screens.site import running_site
from screens.visit import Visitor, Window, browser

# The site has its own SQLite under either of CI's runs: once is enough.
pytestmark = [pytest.mark.chromium, pytest.mark.sqlite]

HOST = "/?kecamatan=75.01.17"
REPORT = "/repairs/report/?kecamatan=75.01.17"
PHONE, PLAIN = Window(360, 740), Window(360, 740, script=False)


class Finger:
    """Taps, and counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, what: Locator) -> None:
        what.locator("visible=true").first.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def see_number(self) -> str:
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Laporan terkirim")
        return self.page.locator(".sent .fig-n").inner_text()


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
    made = {window: Visitor(program, site, window) for window in (PHONE, PLAIN)}
    yield made
    for visitor in made.values():
        visitor.close()


def tile(page: Page) -> Locator:
    return page.locator("a.tile.operational[href*=komponen]")


def symptom(page: Page) -> Locator:
    return page.locator(".seen label")


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="Kirim laporan")


def from_tile(finger: Finger) -> None:
    finger.tap(tile(finger.page))


def from_button(finger: Finger) -> None:
    finger.tap(finger.page.get_by_role("link", name="Lapor kerusakan"))
    finger.tap(finger.page.locator("label.choice[data-kind]"))


@pytest.mark.parametrize(
    ("window", "begin", "taps"), [(PHONE, from_button, 4), (PLAIN, from_tile, 3)], ids=["script", "plain"]
)
def test_a_report_from_the_home_page_takes_at_most_four_taps(
    visitors: dict[Window, Visitor], window: Window, begin: Callable[[Finger], None], taps: int
) -> None:
    with visitors[window].visit(Screen("home", HOST, OF_SEVERAL)) as (page, _):
        finger = Finger(page)
        begin(finger)
        finger.tap(symptom(page))
        finger.tap(send(page))
        number = finger.see_number()
        assert finger.taps == taps
        share = page.get_by_role("link", name="Bagikan ke WhatsApp").get_attribute("href") or ""
        assert re.match(rf"https://wa\.me/\?text=Lapor\+{number}%3A\+.*Kecamatan\+Limboto\+Barat.*{number}%2F$", share)


def test_a_report_from_a_label_takes_at_most_three_taps(visitors: dict[Window, Visitor]) -> None:
    with visitors[PHONE].visit(Screen("home", HOST, OF_SEVERAL)) as (page, _):
        device = tile(page).first.get_attribute("href") or ""
        page.goto(device)
        of_device = Finger(page)
        of_device.tap(symptom(page))
        of_device.tap(send(page))
        of_device.see_number()
        page.goto(f"{REPORT}&set=1")
        of_set = Finger(page)
        of_set.tap(page.locator("label.choice[data-kind]"))
        of_set.tap(symptom(page))
        of_set.tap(send(page))
        of_set.see_number()
        assert (of_device.taps, of_set.taps) == (2, 3)


def test_what_a_check_put_right_is_not_reported(visitors: dict[Window, Visitor]) -> None:
    with visitors[PHONE].visit(Screen("home", HOST, OF_SEVERAL)) as (page, _):
        finger = Finger(page)
        from_tile(finger)
        finger.tap(symptom(page))
        finger.tap(page.get_by_role("button", name="Sudah pulih, tidak jadi lapor"))
        expect(page.locator(".toast")).to_contain_text("tiket yang terhindar")
        assert (page.url.endswith(HOST), finger.taps) == (True, 3)
