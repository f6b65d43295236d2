"""What people do, seen by others: real browsers, a real worker, and pages that stand open elsewhere."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from kecamatan.duty import PopulationFigures, say_all_is_normal, set_populations
from kecamatan.targets import set_target
from lib.months import WIB, add_months, local_day, local_month
from reports import rollups
from tests.conftest import WORKER_SECONDS
from tests.factories import make_dinas, make_kabupaten, make_kecamatan, make_set, make_user

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "kunci-kantor-7"
CODES = ("36.03.30", "36.03.31", "36.03.32", "36.03.33")
DASHBOARDS = ("/reports/36.03/", "/reports/36/", "/reports/ID/")
# The worker drains at once and an open page asks each second; a busy machine gets more time.
SOON = WORKER_SECONDS * 1000


@pytest.fixture
def region(transactional_db: None) -> None:
    """Four kecamatan of which it is known that they record with one set each, a target, and somebody of each role."""
    places = [make_kecamatan(code, f"Kecamatan {code}") for code in CODES]
    make_dinas("36.03")
    for place in places:
        make_set(place, at=timezone.now() - timedelta(days=40))
        say_all_is_normal(place, by=None)
    month = local_month(timezone.now(), WIB)
    semester = f"{month.year}-1" if month.month > 6 else f"{month.year - 1}-2"
    set_populations([PopulationFigures(place, semester, 2_000, 1_000) for place in places], by=None)
    set_target(make_kabupaten("36.03"), starts_on=add_months(month, -1), percent=Decimal(10), by=None)
    rollups.refresh()
    for role, where in (
        (Role.OPERATOR, places[0]),
        (Role.TECHNICIAN, make_kabupaten("36.03")),
        (Role.STAFF, make_kabupaten("36.03")),
        (Role.OFFICIAL, None),
    ):
        user = make_user(role, where, str(role))
        user.set_password(PASSWORD)
        user.save()


@pytest.fixture
def browser(live_server: LiveServer, region: None) -> Iterator[Browser]:
    """A browser, started after the data is there: Django refuses the database to a thread with an event loop."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield program
        program.close()


@pytest.fixture
def someone(browser: Browser, live_server: LiveServer) -> Callable[[Role], Page]:
    """Return a function that signs somebody in, in a browser of their own."""

    def sign_in(role: Role) -> Page:
        page = browser.new_context(base_url=live_server.url).new_page()
        page.goto("/login/")
        page.get_by_label("Nomor HP atau nama pengguna").fill(str(role))
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        return page

    return sign_in


@pytest.fixture
def windows(start_worker: Callable[..., object], someone: Callable[[Role], Page]) -> dict[str, Page]:
    """Windows of an official that stay open: the kecamatan, its kabupaten, its province, the nation."""
    start_worker()
    first = someone(Role.OFFICIAL)
    opened = {path: first.context.new_page() for path in (f"/kecamatan/{CODES[0]}/", *DASHBOARDS)}
    for path, page in opened.items():
        page.goto(path)
        page.evaluate("window.neverLoadedAgain = true")
    return opened


def expect_everywhere(windows: dict[str, Page], able: int, sentence: str) -> None:
    """Wait until all windows say how many are able to record, and what the kecamatan can do; none was loaded again."""
    for path in DASHBOARDS:
        expect(windows[path].locator("#l-kepala .fig-n").first).to_have_text(str(able), timeout=SOON)
    expect(windows[f"/kecamatan/{CODES[0]}/"].locator("#h-kini")).to_have_text(sentence, timeout=SOON)
    assert [page.evaluate("window.neverLoadedAgain") for page in windows.values()] == [True] * len(windows)


def expect_progress(window: Page, *, net: str, target: str, achieved: str) -> None:
    """Wait until a dashboard tells the net of the month, and how much of its target that is."""
    part = window.locator("#l-angka")
    told = (("Rekam bersih", ".fig-n", net), ("Memenuhi target", ".src", f"Target bersama {target} orang"))
    for label, kind, text in told:
        tile = part.locator(".figs > div").filter(has=window.get_by_text(label, exact=True))
        expect(tile.locator(kind)).to_have_text(text, timeout=SOON)
    expect(part.locator("figcaption b")).to_have_text(achieved, timeout=SOON)


def test_a_fault_is_seen_everywhere_until_the_operator_confirms_its_repair(
    someone: Callable[[Role], Page], windows: dict[str, Page]
) -> None:
    expect_everywhere(windows, 4, "Bisa merekam")
    operator = someone(Role.OPERATOR)
    operator.goto("/repairs/report/")
    operator.get_by_text("Server", exact=True).click()
    operator.locator("fieldset.symptoms label.choice:visible").first.click()
    operator.get_by_role("button", name="Kirim laporan").click()
    operator.get_by_role("link", name="Buka tiket ini").click()
    expect(operator).to_have_url(re.compile(r"/repairs/TKT-[^/]*/$"))
    expect_everywhere(windows, 3, "Tidak bisa merekam")

    technician = someone(Role.TECHNICIAN)
    technician.goto(operator.url)
    technician.get_by_role("button", name="Verifikasi").click()
    technician.get_by_role("button", name="Mulai kerjakan").click()
    technician.locator("summary", has_text="Selesai diperbaiki").click()
    technician.get_by_role("button", name="Selesai diperbaiki").click()
    expect_everywhere(windows, 4, "Bisa merekam")

    operator.reload()
    operator.get_by_role("button", name="Ya, sudah bekerja").click()
    expect(operator.locator(".title .tag")).to_have_text("Ditutup")
    expect_everywhere(windows, 4, "Bisa merekam")


def test_an_outage_of_three_kecamatan_is_seen_everywhere_until_staff_end_it(
    someone: Callable[[Role], Page], windows: dict[str, Page]
) -> None:
    staff = someone(Role.STAFF)
    staff.goto("/outages/report/?wilayah=36.03")
    for code in CODES[:3]:
        staff.get_by_label(code, exact=True).check()
    staff.get_by_label("Listrik padam").check()
    staff.get_by_label("Tidak, berhenti").check()
    staff.get_by_role("button", name="Kirim laporan").click()
    expect(staff).to_have_url(re.compile(r"/outages/\d+/"))
    expect_everywhere(windows, 1, "Tidak bisa merekam")

    staff.locator("summary", has_text="Nyatakan selesai").click()
    staff.get_by_role("button", name="Nyatakan selesai").click()
    expect(staff.locator(".title .tag").first).to_have_text("Selesai")
    expect_everywhere(windows, 4, "Bisa merekam")


def test_a_count_and_its_correction_move_the_progress(
    someone: Callable[[Role], Page], windows: dict[str, Page]
) -> None:
    operator, today = someone(Role.OPERATOR), local_day(timezone.now(), WIB)
    operator.goto(f"/recordings/?hari={today}")
    operator.get_by_label("Rekam (orang)").first.fill("70")
    operator.get_by_role("button", name="Simpan", exact=True).click()
    expect_progress(windows["/reports/36.03/"], net="70", target="400", achieved="17,5%")

    operator.goto(f"/recordings/{CODES[0]}/{today}/")
    operator.locator("summary", has_text="Koreksi angka ini").click()
    operator.get_by_label("Rekam (orang)").fill("90")
    operator.get_by_label("Alasan", exact=True).fill("Salah ketik")
    operator.get_by_role("button", name="Simpan koreksi").click()
    expect_progress(windows["/reports/36.03/"], net="90", target="400", achieved="22,5%")
    expect_progress(windows["/reports/ID/"], net="90", target="400", achieved="22,5%")
    expect(operator.locator("#isi")).to_contain_text("90")
