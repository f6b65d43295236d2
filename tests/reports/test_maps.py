"""The stored maps: drawn when their rows change and only then, apart by region and month, and served as they are."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from kecamatan.changes import mark_waiting, record_sign_of_life
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import ChangedMonth, Kecamatan, SignOfLife
from kecamatan.targets import set_target
from lib.packed import unpack
from reports import maps, rollups
from reports.map_marks import MARKS, Colour
from reports.models import Level, RegionMap, RegionMonth
from reports.tasks import draw_maps
from tests.factories import make_fault, make_kabupaten, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
POINTS = {
    "36.03.30": (-6.10, 106.60),
    "36.03.31": (-6.20, 106.50),
    "36.03.32": (-6.25, 106.70),
    "36.71.01": (-6.17, 106.63),
    "53.01.01": (-10.10, 123.60),
}


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def places() -> dict[str, Kecamatan]:
    """Five kecamatan of three kabupaten in two provinces; the first works, the second is stopped, the third is mute."""
    found = {}
    for code, (latitude, longitude) in POINTS.items():
        found[code] = make_kecamatan(code)
        Kecamatan.objects.filter(code=code).update(latitude=latitude, longitude=longitude)
    for code in ("36.03.30", "36.03.31", "53.01.01"):
        make_set(found[code], at=NOW - timedelta(days=3))
    make_fault(found["36.03.31"].recording_sets.get(), failed_at=NOW - timedelta(days=1))
    for code in ("36.03.30", "53.01.01"):
        record_sign_of_life(found[code], NOW)
    return found


def settle(**how: Any) -> int:
    rollups.refresh()
    return maps.draw_waiting(**how)


def stored(code: str, month: date = MARCH) -> RegionMap:
    region = {"ID": (Level.NATION, 0)}.get(code)
    if region is None:
        row = make_kabupaten(code) if len(code) == 5 else make_kabupaten(f"{code}.03").province
        region = (Level.KABUPATEN if len(code) == 5 else Level.PROVINCE, row.pk)
    return RegionMap.objects.get(level=region[0], region_id=region[1], month=month)


def picture(code: str, month: date = MARCH) -> str:
    return unpack(bytes(stored(code, month).by_service))


def links(svg: str) -> list[tuple[str, str, str]]:
    """Return the address, the title and the symbols of each link of a picture."""
    return [
        (url, title, "".join(re.findall(r'class="m-(\w)"', rest)))
        for url, title, rest in re.findall(r'<a href="([^"]+)"[^>]*><title>([^<]+)</title>(.*?)</a>', svg)
    ]


def reader(region: Any = None, role: str = Role.OFFICIAL) -> Client:
    client = Client()
    client.force_login(make_user(role, region))
    return client


def test_each_kecamatan_of_a_kabupaten_is_a_link_with_its_mark_and_name(places):
    settle()
    svg = picture("36.03")
    assert links(svg) == [
        ("/kecamatan/36.03.30/?bulan=2026-03", "Kecamatan 36.03.30: Melayani", "s"),
        ("/kecamatan/36.03.31/?bulan=2026-03", "Kecamatan 36.03.31: Berhenti", "x"),
        ("/kecamatan/36.03.32/?bulan=2026-03", "Kecamatan 36.03.32: Belum lapor", "n"),
    ]
    assert re.findall(r'class="n-w[^"]*"[^>]*>([^<]+)<', svg) == ["36.03.30", "36.03.31", "36.03.32"]
    assert 'aria-label="Peta titik 3 kecamatan, 1 dari 3 dapat merekam, 1 berhenti, 1 belum lapor;' in svg


def test_each_kabupaten_of_the_nation_and_of_a_province_is_one_link(places):
    settle()
    tangerang = (
        "/reports/36.03/?bulan=2026-03",
        "Kabupaten 36.03: 1 dari 3 dapat merekam, 1 berhenti, 1 belum lapor",
        "snx",
    )
    town = ("/reports/36.71/?bulan=2026-03", "Kabupaten 36.71: belum lapor", "n")
    kupang = ("/reports/53.01/?bulan=2026-03", "Kabupaten 53.01: 1 dari 1 dapat merekam", "s")
    assert links(picture("36")) == [tangerang, town]
    assert links(picture("ID")) == [tangerang, town, kupang]
    west, east = picture("ID").split("</svg>")[:2]
    assert (len(links(west)), len(links(east))) == (2, 1)


def test_who_works_by_the_records_and_was_not_heard_from_is_dotted_and_never_drawn_as_working(places):
    SignOfLife.objects.all().delete()
    settle()
    assert [(title, symbols) for _, title, symbols in links(picture("36.03"))] == [
        ("Kecamatan 36.03.30: Tanpa kabar", "t"),
        ("Kecamatan 36.03.31: Berhenti", "x"),
        ("Kecamatan 36.03.32: Belum lapor", "n"),
    ]
    assert links(picture("53")) == [
        ("/reports/53.01/?bulan=2026-03", "Kabupaten 53.01: 1 dari 1 dapat merekam, 1 tanpa kabar", "t")
    ]
    assert [(stored(code).counts["layanan"]["s"], stored(code).counts["layanan"]["t"]) for code in ("36", "ID")] == [
        (0, 1),
        (0, 2),
    ]
    assert '<span class="tag silent">Tanpa kabar</span>' in page(reader(), "/reports/36.03/map/")
    # A map that was drawn before there was this mark is shown until it is drawn anew.
    old = stored("36.03")
    for colour in Colour:
        old.counts[colour.value].pop("t", None)
    old.children = {colour: [[*row[:2], row[2][:6]] for row in rows] for colour, rows in old.children.items()}
    old.children["layanan"][0][2][0] = 1
    old.save()
    assert '<span class="tag serving">Melayani</span>' in page(reader(), "/reports/36.03/map/")


def test_maps_hold_the_counts_of_their_own_region(places):
    settle()
    counts = {code: stored(code).counts["layanan"] for code in ("36.03", "53.01", "36", "53", "ID")}
    assert {code: (sum(own.values()), own["s"], own["x"], own["n"]) for code, own in counts.items()} == {
        "36.03": (3, 1, 1, 1),
        "53.01": (1, 1, 0, 0),
        "36": (4, 1, 1, 2),
        "53": (1, 1, 0, 0),
        "ID": (5, 2, 1, 2),
    }


def test_the_bands_of_the_target_are_drawn_beside_the_service(places):
    home = places["36.03.30"]
    set_populations([PopulationFigures(home, "2025-2", 2000, 1000, 900)], by=None)
    set_target(home, starts_on=MARCH, percent=Decimal("10"), by=None)
    enter_recordings([Count(home, date(2026, 3, 16), home, 85)], by=None)
    settle()
    found = links(unpack(bytes(stored("36.03").by_target)))
    assert [title for _, title, _ in found] == [
        "Kecamatan 36.03.30: 80–99,99% dari target",
        "Kecamatan 36.03.31: Tanpa target",
        "Kecamatan 36.03.32: Tanpa target",
    ]
    assert stored("36.03").counts["target"] == {"s": 0, "h": 1, "l": 0, "x": 0, "q": 2, "n": 0}


def test_a_kecamatan_without_coordinates_is_counted_and_not_drawn(places):
    Kecamatan.objects.filter(code="36.03.32").update(latitude=None)
    settle()
    assert len(links(picture("36.03"))) == 2
    assert (stored("36.03").undrawn, sum(stored("36.03").counts["layanan"].values())) == (1, 3)


# --- When it is drawn -------------------------------------------------------------------------------------------


def test_a_map_is_drawn_when_its_row_changes_and_only_then(places, now):
    assert settle() > 0
    assert settle() == 0
    before = {code: bytes(stored(code).by_service) for code in ("36.03", "53.01", "36", "ID")}
    now.shift(60)
    make_fault(places["36.03.30"].recording_sets.get(), "camera", effect="limited")
    # The kabupaten, its province and the nation.
    assert settle() == 3
    after = {code: bytes(stored(code).by_service) for code in before}
    assert {code: before[code] == after[code] for code in before} == {
        "36.03": False,
        "53.01": True,
        "36": False,
        "ID": False,
    }
    assert "Kecamatan 36.03.30: Terbatas" in picture("36.03")
    assert settle() == 0


def test_what_looks_the_same_is_not_drawn_again_but_is_as_of_now(places, now):
    settle()
    drawn = stored("36.03")
    RegionMap.objects.filter(pk=drawn.pk).update(by_service=b"untouched")
    now.shift(60)
    mark_waiting([(places["36.03.30"].pk, MARCH), (places["36.03.31"].pk, MARCH)])
    assert settle() == 3
    same = stored("36.03")
    assert (bytes(same.by_service), same.digest) == (b"untouched", drawn.digest)
    assert same.row != drawn.row
    assert same.row == RegionMonth.objects.get(level=Level.KABUPATEN, region_id=same.region_id, month=MARCH).pk


def test_a_burst_of_reports_draws_the_nation_once_and_its_end_once_more(places, now):
    settle()
    now.shift(60)
    codes = ("36.03.30", "53.01.01")
    looked = []
    for code in codes:
        now.shift(2)
        make_fault(places[code].recording_sets.get(), "camera", effect="limited")
        looked.append(settle(newest_only=True))
    assert looked == [3, 2]
    now.shift(maps.NATION_PAUSE)
    assert settle(newest_only=True) == 1
    assert stored("ID").counts["layanan"]["l"] == 2


def test_past_months_are_drawn_last_and_once_no_mark_waits(places, now):
    now.move_to(moment("2026-04-18 04:00"))
    rollups.refresh()
    assert {row.month for row in RegionMonth.objects.all()} == {MARCH, date(2026, 4, 1)}
    mark_waiting([(places["36.03.30"].pk, MARCH)])
    maps.draw_waiting()
    assert {one.month for one in RegionMap.objects.all()} == {date(2026, 4, 1)}
    ChangedMonth.objects.all().delete()
    maps.draw_waiting(newest_only=True)
    assert {one.month for one in RegionMap.objects.all()} == {date(2026, 4, 1)}
    maps.draw_waiting()
    assert {one.month for one in RegionMap.objects.all()} == {MARCH, date(2026, 4, 1)}


def test_a_run_without_time_stops_after_one_region_and_the_next_goes_on(places):
    rollups.refresh()
    rows = RegionMonth.objects.filter(level__in=maps.LEVELS).count()
    assert [maps.draw_waiting(seconds=-1) for _ in range(rows + 1)] == [1] * rows + [0]


def test_the_task_of_beat_finds_what_a_killed_worker_has_left(places):
    rollups.refresh()
    assert RegionMap.objects.count() == 0
    draw_maps()
    assert RegionMap.objects.count() == RegionMonth.objects.filter(level__in=maps.LEVELS).count() == 5


def test_another_edition_of_the_drawing_draws_all_again(places):
    drawn = settle()
    RegionMap.objects.update(edition=0, by_service=b"old")
    assert maps.draw_waiting(at_once=True) == drawn
    assert picture("36.03").startswith('<svg class="map kabupaten"')


def test_the_rollup_command_draws_the_current_month(places, capsys):
    call_command("rollup")
    assert RegionMap.objects.filter(month=MARCH).count() == 5
    assert "5 peta bulan ini digambar." in capsys.readouterr().out


def test_rebuilding_drops_no_picture_that_still_holds(places):
    settle()
    before = picture("36.03")
    call_command("rollup", "--rebuild")
    assert picture("36.03") == before
    assert maps.draw_waiting() == 0


def test_a_document_draws_the_same_picture_as_values(places):
    settle()
    (drawing,) = maps.drawings((Level.KABUPATEN, make_kabupaten("36.03").pk), MARCH, Colour.SERVICE)
    assert [(figure.title, figure.dots[0].symbol) for figure in drawing.figures] == [
        (title, symbol) for _, title, symbol in links(picture("36.03"))
    ]
    assert len(maps.drawings((Level.NATION, 0), MARCH, Colour.TARGET)) == 2


# --- The page ---------------------------------------------------------------------------------------------------


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_a_request_sends_the_stored_bytes_and_draws_nothing(places):
    settle()
    packed = bytes(stored("ID").by_service)
    client = reader()
    response = client.get("/reports/ID/map/", headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert packed in response.content
    assert unpack(packed) in gzip.decompress(response.content).decode()
    # Even what the rows would not say any more.
    make_fault(places["53.01.01"].recording_sets.get())
    rollups.refresh()
    with CaptureQueriesContext(connection) as captured:
        assert packed in client.get("/reports/ID/map/", headers={"accept-encoding": "gzip"}).content
    assert [query["sql"] for query in captured.captured_queries if not query["sql"].startswith("SELECT")] == []


@pytest.mark.parametrize(
    ("path", "total"),
    [("ID", 5), ("36", 4), ("53", 1), ("36.03", 3), ("53.01", 1), ("ID/map/?warna=target", 5)],
)
def test_every_region_shows_its_own_map_with_legend_and_table(places, path, total):
    settle()
    colour = Colour.TARGET if "target" in path else Colour.SERVICE
    text = page(reader(), f"/reports/{path}" if "map" in path else f"/reports/{path}/map/")
    legend = re.search(r'<ul class="legend sect".*?</ul>', text, re.DOTALL)
    assert legend is not None
    assert sum(map(int, re.findall(r"<b>(\d+)</b>", legend[0]))) == total
    # Every dot is a subpath of the path of its class.
    dots = Counter[str]()
    for symbol, shapes in re.findall(r'<path class="m-(\w)" d="([^"]*)"', text):
        dots[symbol] += shapes.count("M")
    words = re.findall(r'<span class="mk (\w+)">[^<]*</span> <b>(\d+)</b>', legend[0])
    assert {css: int(number) for css, number in words} == {mark.css: dots[mark.symbol] for mark in MARKS[colour]}
    assert "<!--peta-->" not in text


def test_the_table_says_what_the_picture_shows(places):
    settle()
    text = page(reader(), "/reports/ID/map/?warna=layanan")
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a></th>(.*?)</tr>', text, re.DOTALL)
    assert [(url, re.findall(r">(\d+)<", cells)) for url, _, cells in rows] == [
        ("/reports/36/map/?bulan=2026-03&amp;warna=layanan", ["1", "0", "0", "0", "1", "2", "0"]),
        ("/reports/53/map/?bulan=2026-03&amp;warna=layanan", ["1", "0", "0", "0", "0", "0", "0"]),
    ]
    text = page(reader(), "/reports/36.03/map/")
    assert re.findall(r'<span class="tag (\w+)">([^<]+)</span>', text) == [
        ("serving", "Melayani"),
        ("stopped", "Berhenti"),
        ("no_report", "Belum lapor"),
    ]


def test_a_map_that_is_not_drawn_yet_says_so(places):
    rollups.refresh()
    text = page(reader(), "/reports/36.03/map/")
    assert "Peta Maret 2026 sedang digambar" in text
    assert '<svg class="map' not in text


def test_a_month_without_data_has_no_map(places):
    settle()
    assert "Belum ada data Februari 2026" in page(reader(), "/reports/36.03/map/?bulan=2026-02")


def test_a_map_whose_row_has_gone_is_not_shown(places):
    settle()
    RegionMonth.objects.filter(level=Level.KABUPATEN).delete()
    assert "Belum ada data Maret 2026" in page(reader(), "/reports/36.03/map/")


def test_an_unknown_colour_is_the_service_and_the_month_form_keeps_the_colour(places):
    settle()
    assert "Layanan per kecamatan" in page(reader(), "/reports/36.03/map/?warna=entah")
    assert '<input type="hidden" name="warna" value="target" form="pilih-bulan">' in page(
        reader(), "/reports/36.03/map/?warna=target"
    )


def test_a_kecamatan_leads_to_its_own_page(places):
    client = reader(places["36.03.30"], Role.OPERATOR)
    response = client.get("/reports/36.03.30/map/?bulan=2026-03")
    assert response.headers["Location"] == "/kecamatan/36.03.30/?bulan=2026-03"


def test_an_open_map_asks_in_few_queries_and_gets_it_anew_when_it_was_drawn_anew(places, now):
    settle()
    client = reader()
    asked = re.search(r'hx-get="\?([^"]+)"', page(client, "/reports/36.03/map/"))
    assert asked is not None
    path, live = f"/reports/36.03/map/?{asked[1].replace('&amp;', '&')}", {"HX-Request": "true"}
    assert client.get(path, headers=live).status_code == 204
    now.shift(60)
    make_fault(places["36.03.30"].recording_sets.get(), "camera", effect="limited")
    rollups.refresh()
    assert client.get(path, headers=live).status_code == 204
    maps.draw_waiting()
    response = client.get(path, headers=live)
    assert (response.status_code, "Kecamatan 36.03.30: Terbatas" in response.content.decode()) == (200, True)


def test_a_map_needs_few_queries_however_many_kecamatan_it_shows(places):
    settle()
    client = reader()
    numbers = []
    for _ in range(2):
        client.get("/reports/ID/map/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/reports/ID/map/")
        numbers.append(len(captured.captured_queries))
        for number in range(1, 40):
            make_kecamatan(f"36.04.{number:02}")
        mark_waiting([(places["36.03.30"].pk, MARCH)])
        settle(at_once=True)
    assert numbers[0] == numbers[1] <= 8
