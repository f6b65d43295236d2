"""Open pages follow what happens, in a real browser: without a reload, and without losing what the reader did."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from kecamatan.models import Kecamatan
from reports import rollups
from tests.factories import make_dinas, make_fault, make_kecamatan, make_set, make_user

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "kunci-kantor-7"
MILLISECONDS = 20_000
# What is read stays in its place in the window, also where a part above it grew.
WHERE = "Math.round(document.activeElement.getBoundingClientRect().top)"


@pytest.fixture
def region(transactional_db: None) -> None:
    """Two kecamatan that record, with one set each, and an admin of the nation."""
    place, other = (
        make_kecamatan("36.03.30", "Kecamatan Sepatan Timur"),
        make_kecamatan("36.03.29", "Kecamatan Sepatan"),
    )
    make_dinas("36.03")
    make_set(place), make_set(other)
    rollups.refresh()
    user = make_user(Role.ADMIN, None, "admin.pusat")
    user.set_password(PASSWORD)
    user.save()


@pytest.fixture
def browser(live_server: LiveServer, region: None) -> Iterator[Browser]:
    """A browser, started after the data is there: Django refuses the database to a thread with an event loop."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield program
        program.close()


def signed_in(browser: Browser, server: LiveServer, username: str, height: int = 900) -> BrowserContext:
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": height})
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Nomor HP atau nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.close()
    return context


def opened(context: BrowserContext, path: str, said: list[str]) -> Page:
    """Open a page that remembers that it was not loaded again, and writes down what the console says."""
    page = context.new_page()
    page.on("console", lambda message: said.append(f"{path}: {message.text}"))
    page.goto(path)
    page.evaluate("window.stayed = true")
    return page


def elsewhere(change: Callable[[], Any]) -> None:
    """Let somebody else change something, and a worker compute it, in another thread."""

    def work() -> None:
        change()
        rollups.refresh()
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def break_a_camera(code: str = "36.03.30") -> None:
    make_fault(Kecamatan.objects.get(code=code).recording_sets.get(), "camera")


def shows(page: Page, text: str) -> None:
    """Wait until the first figure or sentence of a page says something."""
    said = "[...document.querySelectorAll('#l-kepala .fig-n, #l-kini h2')].map((one) => one.textContent).join()"
    page.wait_for_function(f"(text) => {said} === text", arg=text, timeout=MILLISECONDS)


def test_what_the_reader_did_stays(browser: Browser, live_server: LiveServer) -> None:
    said: list[str] = []
    page = opened(signed_in(browser, live_server, "admin.pusat", height=400), "/reports/36.03/", said)
    page.get_by_role("columnheader", name="Rekam bersih").get_by_role("link").click()
    page.wait_for_url("**urut=bersih")
    page.get_by_text("Arti angka-angka ini").click()
    page.get_by_role("link", name="Sepatan Timur", exact=True).focus()
    before = page.evaluate(WHERE)
    elsewhere(break_a_camera)
    shows(page, "1")
    assert page.get_by_role("columnheader", name="Rekam bersih").get_attribute("aria-sort") == "ascending"
    assert page.locator("details[open]").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "Sepatan Timur"
    assert (page.evaluate(WHERE), page.evaluate("window.stayed")) == (before, True)
    # The next change is seen as well: the page asks with the stamp of what it shows now.
    elsewhere(lambda: break_a_camera("36.03.29"))
    shows(page, "0")
    assert said == []


@pytest.mark.parametrize("answered", [("bersih", "nama"), ("nama", "bersih")])
def test_of_two_orders_asked_for_the_last_one_stands(
    answered: tuple[str, str], browser: Browser, live_server: LiveServer
) -> None:
    said: list[str] = []
    page = opened(signed_in(browser, live_server, "admin.pusat"), "/reports/36.03/", said)
    held: dict[str, Route] = {}

    def hold(route: Route) -> None:
        order = route.request.url.partition("urut=")[2].strip("-")[:4]
        if held.setdefault(order, route) is not route:
            route.continue_()

    page.route(re.compile("urut="), hold)
    for column, order in (("Rekam bersih", "bers"), ("Kecamatan", "nama")):
        page.get_by_role("columnheader", name=column).get_by_role("link").click()
        for _ in range(MILLISECONDS // 50):
            if order in held:
                break
            page.wait_for_timeout(50)  # lets the messages of the browser in
        assert order in held
    for order in answered:
        with page.expect_response(re.compile(f"urut=-?{order}")):
            held[order[:4]].continue_()
    sorted_by = "(name) => document.querySelector('th[aria-sort]').textContent === name"
    page.wait_for_function(sorted_by, arg="Kecamatan", timeout=MILLISECONDS)
    assert ("nama" in page.url, said) == (True, [])


def test_a_page_of_somebody_who_signed_out_leads_to_the_sign_in(browser: Browser, live_server: LiveServer) -> None:
    context = signed_in(browser, live_server, "admin.pusat")
    page = opened(context, "/reports/36.03/", [])
    context.clear_cookies()
    page.wait_for_url("**/login/?next=/reports/36.03/", timeout=MILLISECONDS)


def test_a_closed_month_asks_nothing(browser: Browser, live_server: LiveServer) -> None:
    asked: list[str] = []
    page = opened(signed_in(browser, live_server, "admin.pusat"), "/reports/36.03/?bulan=2020-01", [])
    page.on("request", lambda request: asked.append(request.url) if "/reports/" in request.url else None)
    page.wait_for_timeout(2500)
    assert asked == []


def test_suggestions_appear_while_typing_and_the_arrows_lead_to_them(browser: Browser, live_server: LiveServer) -> None:
    said: list[str] = []
    page = opened(signed_in(browser, live_server, "admin.pusat"), "/reports/36.03/", said)
    page.get_by_label("Cari wilayah, nama atau kode").press_sequentially("sepatan")
    page.locator("#saran a").first.wait_for()
    assert [link.split("\n")[0] for link in page.locator("#saran a").all_inner_texts()] == [
        "Kecamatan Sepatan",
        "Kecamatan Sepatan Timur",
    ]
    assert page.locator("#saran-kabar").inner_text() == "2 wilayah."
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kecamatan/36.03.30/")
    assert said == []


def test_escape_closes_the_suggestions(browser: Browser, live_server: LiveServer) -> None:
    page = opened(signed_in(browser, live_server, "admin.pusat"), "/reports/36.03/", [])
    page.get_by_label("Cari wilayah, nama atau kode").press_sequentially("sepatan")
    page.locator("#saran a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator("#saran a").count() == 0
    assert page.evaluate("document.activeElement.id") == "cari"
