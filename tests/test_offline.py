"""The operator's phone on a line that breaks: nothing is lost, nothing is double, and the person is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
from django.db.models import Count
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from kecamatan import duty
from kecamatan.models import Event, Kecamatan, Recording
from lib.months import add_months, local_day, month_of
from repairs.arrangements import start_arrangement
from repairs.counts import add_counts
from repairs.models import Outage, Ticket
from repairs.outages import end_outage
from reports import rollups
from tests.browser.faults import axe_faults
from tests.factories import make_dinas, make_kecamatan, make_set, make_user
from tests.line import Line, html_reply, line_to
from tests.repairs.outage_world import outage_over
from tests.threads import at_once

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "kunci-kantor-7"
CODE = "36.03.30"
HOME = "/"
SIZE = {"width": 360, "height": 740}
SOON = 20_000


@pytest.fixture
def place(transactional_db: None) -> None:
    """A kecamatan with one set, an outage and a guest, an operator, and a colleague who shares the phone."""
    kecamatan = make_kecamatan(CODE, "Kecamatan Sepatan Timur")
    make_dinas("36.03")
    make_set(kecamatan, at=timezone.now() - timedelta(days=70))
    guest, since = make_kecamatan("36.03.31", "Kecamatan Tamu"), timezone.now() - timedelta(days=70)
    start_arrangement(kecamatan=guest, kind="hosted", started_at=since, host=kecamatan, by=None)
    outage_over(kecamatan)
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


T = TypeVar("T")


def on_record(read: Callable[[], T]) -> T:
    """Read or write the database in another thread than the browser's."""
    return at_once(lambda _: read(), 1)[0]  # type: ignore[return-value]


def tickets() -> list[tuple[str, int]]:
    """Return the kinds of the tickets on record with the number of their photos, read in another thread."""
    rows = Ticket.objects.annotate(photos=Count("attachments")).values_list("device_kind__code", "photos")
    return on_record(lambda: sorted(rows))


def others() -> tuple[list[tuple[str, bool]], list[tuple[str, int]], int]:
    """Return the outages and whether they run, the counts, and how many times it was said that all is normal."""
    outages = sorted((outage.cause_statements.get().cause, outage.ended_at is None) for outage in Outage.objects.all())
    counts = sorted(Recording.objects.values_list("kecamatan__code", "recorded"))
    return outages, counts, Event.objects.filter(action=Event.ALL_NORMAL).count()


def report_outage(page: Page) -> None:
    page.get_by_role("link", name="Lapor gangguan").click()
    page.locator("input[name=cause][value=network]").check()
    page.locator("input[name=effect]").first.check()
    page.get_by_role("button", name="Kirim laporan").click()


def fill_count(page: Page) -> None:
    page.get_by_role("link", name="Isi perekaman").click()
    page.get_by_label("Rekam (orang)").first.fill("42")
    page.get_by_role("button", name="Simpan", exact=True).click()


def fill_guests(page: Page) -> None:
    page.get_by_role("link", name="Isi hitungan tamu").click()
    page.get_by_label("Rekam (orang)").first.fill("7")
    page.get_by_role("button", name="Simpan hitungan tamu").click()


def say_restored(page: Page) -> None:
    page.get_by_role("button", name="Sudah pulih").click()


def say_normal(page: Page) -> None:
    page.get_by_role("button", name="Hari ini normal").click()


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
    page.goto("/d/AAAAAAAAAAAAAAAAAAAAAA/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lapor kerusakan")
    for number, fill_in in enumerate((report_outage, fill_count, fill_guests, say_restored, say_normal), 4):
        page.goto(HOME)
        expect(page.locator("#tanpa-sinyal")).to_contain_text("Keadaan terakhir pukul")
        fill_in(page)
        expect(box(page)).to_contain_text(f"{number} laporan menunggu sinyal", timeout=SOON)
    page.reload()
    expect(box(page)).to_contain_text("8 laporan menunggu sinyal")
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Keluar").click()
    expect(box(page)).to_contain_text("8 laporan Anda belum terkirim.")
    expect(box(page).get_by_role("button", name="Tetap keluar")).to_be_visible()

    page = phone()
    page.goto("/outbox/")
    expect(page.locator("#daftar-kotak li")).to_have_count(8)
    page.locator("summary", has_text="Isinya").first.click()
    expect(page.locator("#daftar-kotak dd").filter(has_text="Server")).to_be_visible()
    expect(page.locator("#daftar-kotak li", has_text="Gangguan sudah pulih")).to_contain_text("Listrik padam")
    assert (axe_faults(page), tickets()) == ([], [])
    line.get_signal()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page)).to_contain_text("8 laporan terkirim", timeout=SOON)
    expect(box(page)).to_contain_text("Tidak ada yang menunggu di HP ini.")
    expect(page.locator("#kotak-kosong")).to_be_visible()
    assert tickets() == [("camera", 2), ("iris_scanner", 3), ("server", 1)]
    assert on_record(others) == ([("network", True), ("power_outage", False)], [("36.03.30", 42), ("36.03.31", 7)], 1)

    # A new version keeps the files of the one before until the pages that name them are fetched anew.
    page.evaluate("caches.open('kerangka-lama')")
    page.goto(HOME)
    page.wait_for_function("async () => !(await caches.has('kerangka-lama'))")
    line.answers_itself[b"GET / "] = html_reply("502 Bad Gateway", "Bad Gateway")
    page.goto(HOME)
    expect(page.locator("#tanpa-sinyal")).to_contain_text("server sedang terganggu")


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


def test_a_full_phone_and_a_foreign_answer_lose_nothing(phone: Callable[[], Page], line: Line) -> None:
    page = phone()
    sign_in(page, "siti")
    # A captive portal answers for the server.
    line.answers_itself[b"GET /outbox/session/"] = html_reply("200 OK", "<h1>Masuk ke WiFi</h1>")
    report(page, "Server")
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    line.answers_itself.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page)).to_contain_text("1 laporan terkirim", timeout=SOON)

    # What the server would refuse is refused here.
    page.add_init_script("IDBObjectStore.prototype.add = () => { throw new DOMException('', 'QuotaExceededError') }")
    report(page, "Kamera", photos=5)
    expect(page.locator(".errs")).to_contain_text("Sekali kirim paling banyak 4 berkas.")
    moving = {"name": "gerak.gif", "mimeType": "image/gif", "buffer": b"GIF89a"}
    page.get_by_label("Foto").set_input_files([moving])
    page.get_by_role("button", name="Kirim laporan").last.click()
    expect(page.locator(".errs")).to_contain_text("gerak.gif: bukan foto JPEG, PNG atau WebP.")

    # A phone that can keep nothing sends at once, or leaves the form as it is.
    page.get_by_label("Foto").set_input_files([picture("kamera")])
    line.lose_signal()
    page.get_by_role("button", name="Kirim laporan").last.click()
    expect(page.locator(".errs")).to_contain_text("Memori HP penuh")
    line.get_signal()
    page.get_by_role("button", name="Kirim laporan").last.click()
    page.wait_for_url("**/repairs/TKT-*/sent/", timeout=SOON)
    assert tickets() == [("camera", 1), ("server", 0)]


def test_a_phone_a_year_off_on_a_slow_line_gets_its_number(phone: Callable[[], Page]) -> None:
    page = phone()
    sign_in(page, "siti")
    page.clock.install(time=timezone.now() - timedelta(days=365))
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    report(page, "Server", photos=1)
    page.wait_for_url("**/repairs/TKT-*/sent/", timeout=SOON)
    number = on_record(lambda: Ticket.objects.get().number)
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
    page.goto("/repairs/")
    expect(box(page)).to_contain_text("1 laporan menunggu di HP ini.")
    page.wait_for_function("async () => !(await caches.keys()).some((name) => name.startsWith('halaman-'))")
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
    twin = page.context.new_page()
    for tab in (twin, page):
        tab.goto("/outbox/")
        expect(tab.locator("#daftar-kotak .err").first).to_contain_text("sudah tercatat rusak")
        tab.get_by_role("link", name="Perbaiki").click()
        expect(tab.locator(".errs")).to_contain_text("sudah tercatat rusak")
    page.locator("fieldset label.choice").filter(has_text="Kamera").first.click()
    page.locator("fieldset.symptoms label.choice:visible").first.click()
    page.get_by_role("button", name="Kirim laporan").last.click()
    page.wait_for_url("**/repairs/TKT-*/sent/")
    expect(page.locator("#kotak")).to_be_hidden()
    twin.get_by_role("button", name="Kirim laporan").last.click()
    expect(twin.locator(".errs")).to_contain_text("sudah dikirim ulang atau dibuang di halaman lain")
    assert tickets() == [("camera", 0), ("server", 0)]

    # Two pages send the same entry: one does, and both learn of it.
    line.lose_signal()
    report(page, "Pemindai iris")
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    key = page.evaluate("async () => (await Outbox.all()).find((entry) => !entry.receipt).key")
    line.get_signal()
    send = "async (key) => { self.sent = Outbox.sendOne(key); return key }"
    states = [tab.evaluate(send, key) and tab.evaluate("async () => (await sent).state") for tab in (twin, page)]
    assert (states, tickets()[1]) == (["sent", "sent"], ("iris_scanner", 0))


def test_refused_counts_are_mended_with_all_their_days(phone: Callable[[], Page], line: Line) -> None:
    page = phone()
    sign_in(page, "siti")
    today = local_day(timezone.now(), "Asia/Jakarta")
    month = add_months(month_of(today), -1)
    kecamatan = on_record(lambda: Kecamatan.objects.with_zone().get(code=CODE))
    page.get_by_role("link", name="Lihat bulan ini").click()
    page.get_by_label("Rekam (orang)").first.fill("99")
    many = page.context.new_page()
    many.goto(f"/recordings/?kecamatan={CODE}&bulan={month:%Y-%m}")
    fields = many.locator("section[aria-labelledby=h-kosong] input[inputmode=numeric][name$=recorded]")
    names = [fields.nth(number).get_attribute("name") or "" for number in range(3)]
    for number, name in enumerate(names, 11):
        many.locator(f"[name='{name}']").fill(str(number))
    line.lose_signal()
    page.get_by_role("button", name="Simpan", exact=True).click()
    many.get_by_role("button", name="Simpan yang terisi").click()
    expect(box(many)).to_contain_text("2 laporan menunggu sinyal", timeout=SOON)

    # A colleague enters today and one of the days meanwhile.
    taken = [today, date.fromisoformat(names[1].removesuffix("-recorded"))]
    counts = [duty.Count(kecamatan, day, kecamatan, 30, False, None, "") for day in taken]
    on_record(lambda: add_counts(counts, by=None))
    line.get_signal()
    page.goto("/outbox/")
    expect(page.locator("#daftar-kotak .err")).to_have_count(4, timeout=SOON)
    expect(page.locator("#daftar-kotak")).to_contain_text("tercatat 30")
    assert axe_faults(page) == []
    page.get_by_role("link", name="Perbaiki").last.click()
    expect(page.locator(".errs dd")).to_have_text(["12"])
    page.get_by_role("button", name="Simpan yang terisi").click()
    expect(page.get_by_text("Tersimpan.")).to_be_visible()
    page.goto("/outbox/")
    page.get_by_role("link", name="Perbaiki").click()
    expect(page.get_by_label("Rekam (orang)").first).to_have_value("99")
    assert on_record(lambda: sorted(Recording.objects.values_list("recorded", flat=True))) == [11, 13, 30, 30]


def test_what_has_no_form_any_more_says_so_and_is_thrown_away(phone: Callable[[], Page], line: Line) -> None:
    page = phone()
    sign_in(page, "siti")
    is_kept(page, HOME)
    line.lose_signal()
    page.goto(HOME)
    page.get_by_role("button", name="Sudah pulih").click()
    expect(box(page)).to_contain_text("1 laporan menunggu sinyal", timeout=SOON)
    on_record(lambda: end_outage(Outage.objects.get(), version=Outage.objects.get().version, by=None))
    line.get_signal()
    page.goto("/outbox/")
    page.get_by_role("link", name="Perbaiki").click(timeout=SOON)
    expect(page.locator(".errs")).to_contain_text("Formulirnya tidak ada di halaman ini.")
    page.get_by_role("link", name="Ke kotak keluar").click()
    page.locator("summary", has_text="Buang").click()
    page.get_by_role("button", name="Ya, buang").click()
    expect(page.locator("#kotak-kosong")).to_be_visible()
