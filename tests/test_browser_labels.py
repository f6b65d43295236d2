"""From a printed QR label to a sent report, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from lib.label_sheets import INSET, QUIET, STOCKS
from screens.pages import OPERATOR
from screens.site import running_site
from screens.visit import browser, sign_in
from tests.qr import read

pytestmark = [pytest.mark.chromium, pytest.mark.sqlite]

MM, SCALE = 72 / 25.4, 4
PLACE = "75.01.01"


@pytest.fixture(scope="module")
def phone() -> Iterator[BrowserContext]:
    with running_site() as address, browser() as program:
        context = program.new_context(base_url=address, viewport={"width": 360, "height": 740}, has_touch=True)
        sign_in(context, OPERATOR)
        yield context
        context.close()


def scan(sheet: bytes) -> str:
    """Return the address in the first label of a sheet of 21, as a camera reads it from the paper."""
    stock = STOCKS["21"]
    pixels = pypdfium2.PdfDocument(sheet)[0].render(scale=SCALE).to_pil().convert("L").load()
    side = min(stock.height * MM - 2 * INSET, stock.width * MM / 2)
    left, top = stock.left * MM + INSET, stock.top * MM + (stock.height * MM - side) / 2
    for version in (4, 5, 6):
        size = 17 + 4 * version
        spots = [(QUIET + index + 0.5) * side / (size + 2 * QUIET) for index in range(size)]
        rows = [[int(pixels[(left + x) * SCALE, (top + y) * SCALE] < 128) for x in spots] for y in spots]
        # The row of timing alternates only where the size is right (ISO/IEC 18004, 6.3.4).
        if rows[6][8 : size - 8] == [at % 2 ^ 1 for at in range(8, size - 8)]:
            return read(rows)
    raise AssertionError("no code on the sheet")


def photo(folder: Path) -> Path:
    out = folder / "foto.jpg"
    Image.radial_gradient("L").resize((2400, 1800)).save(out, "JPEG")
    return out


def printed(page: Page, mark: str) -> bytes:
    """Return the sheet with the label of a device or a set."""
    page.goto(f"/devices/labels/?kecamatan={PLACE}")
    token = page.locator("form.sheet input[name=csrfmiddlewaretoken]").get_attribute("value") or ""
    sheet = page.request.post(
        f"/devices/labels/?kecamatan={PLACE}",
        form={"csrfmiddlewaretoken": token, "stock": "21", "first": "1", "label": mark},
        headers={"referer": page.url},
    )
    assert sheet.ok, sheet.text()
    return sheet.body()


def tap(page: Page, *targets: str) -> None:
    """Tap the first of each in sight, and see the report sent."""
    for target in targets:
        page.locator(target).locator("visible=true").first.tap()
    page.wait_for_url("**/sent/")


def test_from_a_label_to_a_sent_report_with_a_photo_in_three_taps(phone: BrowserContext, tmp_path: Path) -> None:
    page = phone.new_page()
    page.goto(f"/repairs/report/?kecamatan={PLACE}")
    mark = page.locator("input[name=component]").first.get_attribute("value") or ""
    page.goto(scan(printed(page, mark)))
    assert parse_qs(urlsplit(page.url).query) == {"kecamatan": [PLACE], "komponen": [mark]}
    page.get_by_label("Foto (boleh dilewati)").set_input_files(photo(tmp_path))
    # The third tap of three opens the camera.
    tap(page, ".seen label", ".acts button")

    page.goto(urlsplit(page.url).path.removesuffix("sent/"))
    small = page.locator(".shots img")
    expect(small).to_have_count(1)
    small.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.shots img').naturalWidth === 320")
    kept = phone.request.get(page.locator(".shots a").get_attribute("href") or "")
    assert Image.open(BytesIO(kept.body())).size == (1600, 1200)
    page.close()


def test_from_the_label_of_a_set_to_a_sent_report_in_three_taps(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"/devices/labels/?kecamatan={PLACE}")
    mark = page.locator("input[name=label][value^=set-]").first.get_attribute("value") or ""
    page.goto(scan(printed(page, mark)))
    assert parse_qs(urlsplit(page.url).query) == {"kecamatan": [PLACE], "set": [mark.removeprefix("set-")]}
    tap(page, "label.choice[data-kind]", ".seen label", ".acts button")
    page.close()
