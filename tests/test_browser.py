"""The pages in a real browser: axe finds nothing, nothing is wider than a small phone, and no script is needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations, set_target
from reports import rollups
from tests.factories import make_dinas, make_fault, make_kecamatan, make_set, make_user

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "kunci-kantor-7"
PATHS = ("/reports/ID/", "/reports/36.03/", "/reports/36.03/?bulan=2020-01", "/kecamatan/36.03.30/", "/password/")
VIEWS = [(320, "light"), (1280, "dark")]


@pytest.fixture
def region(transactional_db: None) -> None:
    place = make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")
    make_dinas("36.03")
    make_fault(make_set(place), "camera")
    set_populations([PopulationFigures(place, "2011-2", 90_000, 60_000, 55_000)], by=None)
    set_target(place, starts_on=date(2020, 1, 1), percent=Decimal("15"), by=None)
    enter_recordings([Count(place, date(2020, 1, 2), place, 1738)], by=None)
    rollups.refresh()
    admin = make_user(Role.ADMIN, None, "admin.pusat")
    admin.set_password(PASSWORD)
    admin.save()


@pytest.fixture
def browser(live_server: LiveServer, region: None) -> Iterator[Browser]:
    """A browser, started after the data is there: Django refuses the database to a thread with an event loop."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield program
        program.close()


def open_page(browser: Browser, server: LiveServer, width: int, scheme: str, *, script: bool = True) -> Page:
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    return context.new_page()


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("Nomor HP atau nama pengguna").fill("admin.pusat")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def problems(page: Page) -> list[str]:
    """Return what axe finds, and by how much the page is wider than the window."""
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + [f"{wider} px too wide"] * bool(wider)


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_every_page_is_accessible_and_fits(browser: Browser, live_server: LiveServer, width: int, scheme: str) -> None:
    page = open_page(browser, live_server, width, scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/login/")
    found = {"/login/": problems(page)}
    sign_in(page)
    for path in PATHS:
        page.goto(path)
        found[path] = problems(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert said == []


def test_a_faulty_form_moves_the_focus_to_the_summary(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, live_server, 360, "light")
    page.goto("/login/")
    page.get_by_role("button", name="Masuk").click()
    assert page.evaluate("document.activeElement.className") == "errs"
    page.get_by_role("link", name="Isi kata sandi.").click()
    assert page.evaluate("document.activeElement.id") == "id_password"


@pytest.mark.parametrize("script", [True, False])
def test_the_table_is_sorted_and_the_month_picked_with_and_without_a_script(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    page = open_page(browser, live_server, 1280, "light", script=script)
    sign_in(page)
    page.goto("/reports/36.03/?bulan=2020-01")
    page.get_by_role("link", name="Rekam bersih").click()
    page.wait_for_url("**/reports/36.03/?bulan=2020-01&urut=bersih")
    assert page.get_by_role("columnheader", name="Rekam bersih").get_attribute("aria-sort") == "ascending"
    page.get_by_label("Bulan", exact=True).select_option("2020-02")
    page.get_by_role("button", name="Tampilkan").click()
    assert page.url.endswith("/reports/36.03/?bulan=2020-02")
    assert page.get_by_role("heading", level=1).inner_text() == "Kabupaten 36.03"
