"""The operator's phone on a line that breaks: nothing is lost, nothing is double, and the person is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db.models import Count
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from repairs.models import Ticket
from reports import rollups
from tests.factories import make_dinas, make_kecamatan, make_set, make_user
from tests.line import Line, line_to
from tests.threads import at_once

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "kunci-kantor-7"
CODE = "36.03.30"
HOME = "/"
SIZE = {"width": 360, "height": 740}
SOON = 20_000


@pytest.fixture
def place(transactional_db: None) -> None:
    """A kecamatan with one set, an operator, and a colleague who shares the phone."""
    kecamatan = make_kecamatan(CODE, "Kecamatan Sepatan Timur")
    make_dinas("36.03")
    make_set(kecamatan, at=timezone.now() - timedelta(days=40))
    rollups.refresh()
    for name in ("siti", "budi"):
        user = make_user(Role.OPERATOR, kecamatan, name)
        user.set_password(PASSWORD)
        user.save()


@pytest.fixture
def line(live_server: LiveServer, place: None) -> Iterator[Line]:
    with line_to(live_server.thread.port) as line:
        yield line


@pytest.fixture
def playwright(line: Line) -> Iterator[Playwright]:
    """Started after the data is there: Django refuses the database to a thread with an event loop."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def phone(playwright: Playwright, line: Line, tmp_path: Path) -> Iterator[Callable[[], Page]]:
    """Return a function that opens the browser of the phone, closing it before where it is open."""
    opened: list[BrowserContext] = []

    def open_browser() -> Page:
        for context in opened:
            context.close()
        context = playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            base_url=line.url,
            viewport=SIZE,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        opened[:] = [context]
        return context.pages[0]

    yield open_browser
    for context in opened:
        context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.get_by_label("Nomor HP atau nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_label("Ini HP saya sendiri").check()
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator("h1").first).to_have_text("Kecamatan Sepatan Timur")


def is_kept(page: Page, path: str) -> None:
    """Wait until the worker has kept a page."""
    again = "await new Promise((on) => setTimeout(on, 50))"
    page.evaluate(f"async (path) => {{ while (!await caches.match(location.origin + path)) {again} }}", path)


def picture(name: str) -> FilePayload:
    """Return a photo as a phone takes it, too large for a slow line."""
    file = BytesIO()
    Image.effect_noise((1800, 1350), 30).convert("RGB").save(file, "JPEG", quality=80)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def report(page: Page, component: str, photos: int = 0) -> None:
    page.goto(f"/repairs/report/?kecamatan={CODE}")
    page.locator("fieldset label.choice").filter(has_text=re.compile(rf"^\s*{component}")).first.click()
    page.locator("fieldset.symptoms label.choice:visible").first.click()
    page.get_by_label("Foto").set_input_files([picture(f"{component}-{number}") for number in range(photos)])
    page.get_by_role("button", name="Kirim laporan").last.click()


def tickets() -> list[tuple[str, int]]:
    """Return the kinds of the tickets on record with the number of their photos, read in another thread."""
    rows = Ticket.objects.annotate(photos=Count("attachments")).values_list("device_kind__code", "photos")
    return at_once(lambda _: sorted(rows), 1)[0]  # type: ignore[return-value]


def box(page: Page):
    return page.locator("#kotak")


def test_three_reports_without_signal_outlive_the_browser_and_arrive_once(
    phone: Callable[[], Page], line: Line
) -> None:
    page = phone()
    sign_in(page, "siti")
    is_kept(page, f"/repairs/report/?kecamatan={CODE}")
    is_kept(page, "/outbox/")
    is_kept(page, HOME)
    line.lose_signal()
    for number, component in enumerate(("Server", "Kamera", "Pemindai iris"), 1):
        report(page, component, photos=number)
        expect(box(page)).to_contain_text(f"{number} laporan menunggu sinyal", timeout=SOON)
    page.goto(HOME)
    expect(page.locator("#tanpa-sinyal")).to_contain_text("Keadaan terakhir pukul")
    page.reload()
    expect(box(page)).to_contain_text("3 laporan menunggu sinyal")

    page = phone()
    page.goto("/outbox/")
    expect(page.locator("#daftar-kotak li")).to_have_count(3)
    assert tickets() == []
    line.get_signal()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page)).to_contain_text("3 laporan terkirim", timeout=SOON)
    expect(box(page)).to_contain_text("Tidak ada yang menunggu di HP ini.")
    expect(page.locator("#kotak-kosong")).to_be_visible()
    assert tickets() == [("camera", 2), ("iris_scanner", 3), ("server", 1)]


def test_an_upload_that_is_cut_and_a_reply_that_is_lost_make_one_ticket_each(
    phone: Callable[[], Page], line: Line
) -> None:
    page = phone()
    sign_in(page, "siti")
    line.cuts_upload_to = b"POST /repairs/report/"
    report(page, "Server", photos=2)
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    assert (line.cut > 0, tickets()) == (True, [])
    line.cuts_upload_to = b""
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page)).to_contain_text("1 laporan terkirim", timeout=SOON)

    line.drops_reply_to = b"POST /repairs/report/"
    report(page, "Kamera", photos=1)
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    assert tickets() == [("camera", 1), ("server", 2)]
    line.drops_reply_to = b""
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page)).to_contain_text("1 laporan terkirim", timeout=SOON)
    assert tickets() == [("camera", 1), ("server", 2)]


def test_a_phone_a_year_off_on_a_slow_line_gets_its_number(phone: Callable[[], Page]) -> None:
    page = phone()
    sign_in(page, "siti")
    page.clock.install(time=timezone.now() - timedelta(days=365))
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    report(page, "Server", photos=1)
    page.wait_for_url("**/repairs/TKT-*/sent/", timeout=SOON)
    number = at_once(lambda _: Ticket.objects.get().number, 1)[0]
    expect(page.locator("main")).to_contain_text(str(number))
    expect(page.get_by_role("link", name="Bagikan ke WhatsApp")).to_have_attribute("href", re.compile("wa.me.*TKT"))
    page.goto(f"/repairs/{number}/")
    expect(page.locator(".tl")).to_contain_text("jam HP terlambat 365,0 hari")


def test_on_a_shared_phone_nobody_sends_for_another_and_a_refusal_is_mended(
    phone: Callable[[], Page], line: Line
) -> None:
    page = phone()
    sign_in(page, "siti")
    is_kept(page, f"/repairs/report/?kecamatan={CODE}")
    line.lose_signal()
    report(page, "Server")
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    page.context.clear_cookies()
    line.get_signal()
    sign_in(page, "budi")
    expect(box(page)).to_contain_text("1 laporan pengguna lain menunggu ia masuk di HP ini.")
    assert (tickets(), page.evaluate("caches.has('halaman-1')")) == ([], False)
    report(page, "Server")
    page.wait_for_url("**/repairs/TKT-*/sent/")
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Keluar").click()
    page.goto("/login/")
    expect(box(page)).to_contain_text("1 laporan menunggu di HP ini.")

    sign_in(page, "siti")
    expect(box(page)).to_contain_text("1 laporan ditolak", timeout=SOON)
    page.goto("/outbox/")
    expect(page.locator("#daftar-kotak .err").first).to_contain_text("sudah tercatat rusak")
    page.get_by_role("link", name="Perbaiki").click()
    expect(page.locator(".errs")).to_contain_text("sudah tercatat rusak")
    page.locator("fieldset label.choice").filter(has_text="Kamera").first.click()
    page.locator("fieldset.symptoms label.choice:visible").first.click()
    page.get_by_role("button", name="Kirim laporan").last.click()
    page.wait_for_url("**/repairs/TKT-*/sent/")
    expect(page.locator("#kotak")).to_be_hidden()
    assert tickets() == [("camera", 0), ("server", 0)]
