"""What people send again: after Back, in another tab, as two people at once. Nothing is lost, nothing stands twice."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from screens.pages import OPERATOR, STAFF, TECHNICIAN, Screen
from tests.browser.conftest import Visitors
from tests.browser.faults import DESK, IN_A_BROWSER, PLAIN

pytestmark = IN_A_BROWSER

TICKETS = Screen("tickets", "/repairs/", STAFF)
OUTAGE = re.compile(r"/outages/\d+/$")
SAVED_BEFORE = "Sudah tersimpan sebelumnya; tidak dicatat dua kali."


def open_first_ticket(page: Page) -> None:
    page.locator("main tbody th a").first.click()
    page.wait_for_url("**/repairs/TKT-*/")


def say(page: Page, text: str) -> None:
    page.get_by_label("Tambah komentar").fill(text)
    page.get_by_role("button", name="Kirim komentar").click()
    expect(page.locator("#isi").get_by_text(text, exact=True)).to_be_visible()


def test_a_comment_sent_again_after_back_stands_once(visitors: Visitors) -> None:
    with visitors[DESK].visit(TICKETS) as (page, said):
        open_first_ticket(page)
        say(page, "Kabelnya sudah saya periksa.")
        say(page, "Besok saya datang.")
        page.go_back()
        page.go_back()
        expect(page.get_by_label("Tambah komentar")).to_have_value("Kabelnya sudah saya periksa.")
        page.get_by_role("button", name="Kirim komentar").click()
        expect(page.get_by_text(SAVED_BEFORE)).to_be_visible()
        expect(page.locator("#isi").get_by_text("Kabelnya sudah saya periksa.", exact=True)).to_have_count(1)
        # Back, and something else said there, is something else.
        page.go_back()
        say(page, "Suku cadangnya ada.")
        expect(page.locator("#isi").get_by_text("Kabelnya sudah saya periksa.", exact=True)).to_have_count(1)
        assert said == []


def test_the_same_comment_of_two_tabs_stands_once(visitors: Visitors) -> None:
    """Also without a script, where Back leads to a page with another key."""
    with visitors[PLAIN].visit(TICKETS) as (page, _):
        open_first_ticket(page)
        other = page.context.new_page()
        other.goto(page.url)
        for tab in (page, other):
            say(tab, "Ditulis di dua tab.")
        expect(other.locator("#isi").get_by_text("Ditulis di dua tab.", exact=True)).to_have_count(1)
        other.close()


def test_a_report_sent_again_after_back_is_one_ticket(visitors: Visitors) -> None:
    """The page knows of the ticket by then, and leads to it."""
    with visitors[DESK].visit(Screen("home", "/", OPERATOR)) as (page, said):
        page.locator("a.tile.operational[href*=komponen]").first.click()
        page.locator(".seen label:visible").first.click()
        page.get_by_role("button", name="Kirim laporan").click()
        number = page.locator(".sent .fig-n").inner_text()
        page.go_back()
        expect(page.locator("#isi").get_by_role("link", name=f"tiket {number}").first).to_be_visible()
        page.get_by_role("button", name="Kirim laporan").click()
        expect(page.get_by_role("link", name="Pilih komponennya.")).to_be_visible()
        head, _, last = number.rpartition("-")
        page.goto(f"/repairs/?keadaan=semua&kata={head}-{int(last) + 1:06}")
        expect(page.locator("main tbody th a")).to_have_count(0)
        assert said == []


def test_an_outage_sent_again_after_back_is_one_outage(visitors: Visitors) -> None:
    with visitors[DESK].visit(Screen("outage", "/outages/report/?wilayah=75.01.04", STAFF)) as (page, said):
        page.get_by_label("Listrik padam").check()
        page.get_by_label("Tidak, berhenti").check()
        page.get_by_role("button", name="Kirim laporan").click()
        page.wait_for_url(OUTAGE)
        first = page.url
        page.go_back()
        expect(page.get_by_label("Listrik padam")).to_be_checked()
        page.get_by_role("button", name="Kirim laporan").click()
        page.wait_for_url(OUTAGE)
        expect(page.get_by_text(SAVED_BEFORE)).to_be_visible()
        assert (page.url, said) == (first, [])


def test_of_two_people_at_one_ticket_the_later_sees_what_the_other_did(visitors: Visitors) -> None:
    with (
        visitors[DESK].visit(TICKETS) as (page, _),
        visitors[DESK].visit(TICKETS._replace(user=TECHNICIAN)) as (other, _),
    ):
        page.goto("/repairs/?keadaan=belum")
        page.locator("main tbody tr", has_text="Dilaporkan").locator("th a").first.click()
        page.wait_for_url("**/repairs/TKT-*/")
        other.goto(page.url)
        page.get_by_role("button", name="Verifikasi").click()
        expect(page.locator(".title .tag").first).to_have_text("Diverifikasi")
        other.get_by_role("button", name="Verifikasi").click()
        expect(other.get_by_role("heading", level=1)).to_have_text("Tiket ini sudah berubah sejak Anda membukanya")
        mine, theirs = (
            other.get_by_role("region", name="Yang Anda lihat dan tulis"),
            other.locator("section.sheet").nth(1),
        )
        expect(mine).to_contain_text("Dilaporkan")
        expect(theirs).to_contain_text("Diverifikasi")
