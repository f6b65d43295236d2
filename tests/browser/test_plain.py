"""Every page with JavaScript off, and what a script only makes quicker."""

from __future__ import annotations

import pytest
from django.utils.html import strip_tags
from playwright.sync_api import expect

from screens.pages import OFFICIAL, OPERATOR, STAFF, Screen
from screens.visit import Window
from tests.browser.conftest import Visitors
from tests.browser.faults import DESK, IN_A_BROWSER, PLAIN, once_each

pytestmark = IN_A_BROWSER


def is_plain(screen: Screen) -> bool:
    """Say whether a screen is what one address answers: then its HTML tells all that is there without a script."""
    return not screen.steps and screen.status == 200


@pytest.mark.parametrize("screen", once_each(), ids=lambda screen: screen.name)
def test_a_page_needs_no_script(visitors: Visitors, screen: Screen) -> None:
    if is_plain(screen):
        html = visitors[PLAIN].fetch(screen.path, screen.user).decode()
        main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
        assert (html.count("<h1"), bool(strip_tags(main).strip())) == (1, True)
        return
    with visitors[PLAIN].visit(screen) as (page, _):
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text().strip() != ""


@pytest.mark.parametrize("window", [DESK, PLAIN], ids=["script", "plain"])
def test_the_table_is_sorted_and_the_month_picked_with_and_without_a_script(visitors: Visitors, window: Window) -> None:
    with visitors[window].visit(Screen("past", "/reports/75.01/?bulan=2026-01", OFFICIAL)) as (page, _):
        page.get_by_role("columnheader", name="Rekam bersih").get_by_role("link").click()
        page.wait_for_url("**/reports/75.01/?bulan=2026-01&urut=bersih")
        assert page.get_by_role("columnheader", name="Rekam bersih").get_attribute("aria-sort") == "ascending"
        page.get_by_label("Bulan", exact=True).select_option("2026-02")
        page.get_by_role("button", name="Tampilkan").click()
        page.wait_for_url("**/reports/75.01/?bulan=2026-02&urut=bersih")
        assert page.get_by_role("heading", level=1).inner_text() == "Kabupaten Gorontalo"


def test_regions_are_found_without_a_script(visitors: Visitors) -> None:
    with visitors[PLAIN].visit(Screen("search", "/repairs/", STAFF)) as (page, _):
        page.get_by_label("Cari wilayah, nama atau kode").fill("limboto barat")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Kecamatan Limboto Barat").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Kecamatan Limboto Barat"


def test_what_people_send_arrives_without_a_script(visitors: Visitors) -> None:
    """A fault, an outage and a count by the operator; then staff take the ticket on."""
    with visitors[PLAIN].visit(Screen("home", "/", OPERATOR)) as (page, _):
        page.locator("a.tile.operational[href*=komponen]").first.click()
        page.locator(".seen input").first.check()
        page.get_by_role("button", name="Kirim laporan").click()
        number = page.locator(".sent .fig-n").inner_text()
        page.goto("/outages/report/")
        page.get_by_label("Jaringan", exact=True).check()
        page.get_by_label("Tidak, berhenti").check()
        page.get_by_role("button", name="Kirim laporan").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Jaringan, diduga")
        page.goto("/recordings/")
        page.get_by_label("Rekam (orang)").first.fill("23")
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.locator("#isian")).to_contain_text("23 orang")
    with visitors[PLAIN].visit(Screen("ticket", f"/repairs/{number}/", STAFF)) as (page, _):
        page.get_by_role("button", name="Verifikasi").click()
        expect(page.locator(".title .tag").first).to_have_text("Diverifikasi")
