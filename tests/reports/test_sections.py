"""The sections of a dashboard on real rows: who is down longest and why, repairs, bands, ranking, links that count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import Kabupaten
from kecamatan.targets import set_target
from repairs.models import Ticket
from repairs.outages import report_outage
from repairs.tickets import promise
from reports import rollups
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment("2026-03-10 04:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def client(clock: time_machine.Coordinates) -> Client:
    """Four kecamatan: a server struck by lightning since 3 March, an outage since 5 March, and two that work."""
    broken, dark, first, second = (make_kecamatan(f"36.03.3{number}", f"Kecamatan {number}") for number in range(4))
    ticket = make_fault(make_set(broken), failed_at=moment("2026-03-03 02:00"), cause="lightning")
    promise(ticket, promised_on=date(2026, 3, 12), version=ticket.version, by=None)
    for place in (dark, first, second):
        make_set(place)
    started = {"started_at": moment("2026-03-05 02:00"), "effect": "stopped", "cause": "power_outage"}
    report_outage(client_key=uuid4(), places=[dark], certainty="certain", by=None, **started)
    set_populations(
        [PopulationFigures(place, "2025-2", 2000, 1000, 900) for place in (broken, dark, first, second)], by=None
    )
    set_target(first.kabupaten, starts_on=MARCH, count=100, by=None)
    enter_recordings(
        [
            Count(place, date(2026, 3, 9), place, number)
            for place, number in {broken: 10, first: 120, second: 80}.items()
        ],
        by=None,
    )
    clock.move_to(moment("2026-03-18 04:00"))
    rollups.refresh()
    made = Client()
    made.force_login(make_user(Role.OFFICIAL, None))
    return made


@pytest.mark.parametrize("code", ["36.03", "36", "ID"])
def test_the_longest_stopped_stand_with_since_when_and_why(client: Client, code: str) -> None:
    lines = client.get(f"/reports/{code}/").context["longest"]
    assert [(one.name, one.since, one.why, one.service_label, one.url) for one in lines] == [
        (
            "Kecamatan 0",
            "3 Maret 2026 (15 hari)",
            "Server rusak (petir, diduga)",
            "Berhenti",
            "/kecamatan/36.03.30/?bulan=2026-03",
        ),
        (
            "Kecamatan 1",
            "5 Maret 2026 (13 hari)",
            "Gangguan: listrik padam",
            "Berhenti",
            "/kecamatan/36.03.31/?bulan=2026-03",
        ),
    ]


@pytest.mark.parametrize("code", ["36.03", "36", "ID"])
def test_each_count_of_tickets_leads_to_as_many_of_them(client: Client, code: str) -> None:
    context = client.get(f"/reports/{code}/").context
    tiles = {tile.label: tile for tile in context["repair_tiles"]}
    assert {label: tile.value for label, tile in tiles.items()} == {
        "Belum dikerjakan": "1",
        "Janji terlewat": "1",
        "Lewat tenggat": "0",
        "Tiket terbuka": "1",
    }
    shares = [*context["causes"], *context["routes"]]
    assert [(share.label, share.number) for share in shares] == [("Petir", "1"), ("Tidak disebut", "1")]
    for number, url in [(tile.value, tile.url) for tile in tiles.values()] + [(one.number, one.url) for one in shares]:
        assert (url, str(len(client.get(url).context["rows"]))) == (url, number)


def test_the_coverage_bands_and_the_tiles_lead_to_their_kecamatan(client: Client) -> None:
    context = client.get("/reports/36.03/").context
    assert [(band.label, band.number) for band in context["bands"]] == [
        ("100% atau lebih", "0"),
        ("80–99,99%", "4"),
        ("60–79,99%", "0"),
        ("di bawah 60%", "0"),
    ]
    assert len(client.get(context["bands"][1].url).context["rows"]) == 4
    met = next(tile for tile in context["target_tiles"] if tile.label == "Memenuhi target")
    assert (met.value, len(client.get(met.url).context["rows"])) == ("1", 1)


def test_the_ranking_goes_both_ways_and_names_nobody_twice(client: Client) -> None:
    ranking = client.get("/reports/36.03/").context["ranking"]
    assert [(one.name, one.achievement) for one in ranking["best"]] == [("2", "120,0%")]
    assert [(one.name, one.achievement) for one in ranking["worst"]] == [("0", "10,0%")]


def test_every_number_tells_its_source_unit_moment_and_certainty(client: Client) -> None:
    context = client.get("/reports/36.03/").context
    figures = {row.label: tuple(row[1:]) for row in context["figures"]}
    targets = "Aturan target, jumlah rekam harian dan catatan data hilang"
    assert figures["Memenuhi target"] == ("1", "kecamatan", targets, "lengkap")
    assert figures["Cakupan wajib KTP"] == ("90,00%", "persen", "DKB semester II 2025", "lengkap")
    assert figures["Cakupan 80–99,99%"] == ("4", "kecamatan", "DKB semester II 2025", "lengkap")
    assert figures["Komponen rusak"][3] == "tidak disebut"
    service = "Alat, tiket, gangguan dan layanan pengganti yang tercatat"
    assert figures["Dapat merekam"] == ("2 dari 4", "kecamatan", service, "menurut yang tercatat")
    assert figures["Berhenti"][:3] == ("2", "kecamatan", service)
    assert figures["Ada kabar"][2] == "Jumlah rekam, laporan, konfirmasi dan “hari ini normal”"
    assert figures["Penyebab: Petir"] == ("1", "tiket", "Tiket kerusakan", "menurut yang tercatat")
    assert figures["Jalur: Tidak disebut"][0] == "1"
    assert figures["Perkiraan akhir bulan"][3] == "perkiraan"
    assert all(all(figure) for figure in figures.values())
    page = client.get("/reports/36.03/").content.decode()
    assert "<caption>Keadaan Rabu, 18 Maret 2026 pukul 11.00 WIB</caption>" in page


def test_the_sections_stand_in_the_order_in_which_officials_ask(client: Client) -> None:
    page = client.get("/reports/36.03/").content.decode()
    ids = re.findall(r'<h2 id="(h-[a-z]+)"', page)
    asked = ["h-kepala", "h-lama", "h-perbaikan", "h-angka", "h-sebab", "h-tabel"]
    assert [one for one in ids if one in asked] == asked


def test_the_devices_of_a_month_that_runs_lead_to_as_many_in_every_region(client: Client) -> None:
    for code in ("36.03", "36", "ID"):
        context = client.get(f"/reports/{code}/").context
        (server,) = [kind for kind in context["kinds"] if kind["code"] == "server"]
        assert (server["total"], server["broken"], server["working"]) == ("4", "1", "3")
        for name in ("total", "broken", "working"):
            url = server[f"{name}_url"]
            assert (url, str(len(client.get(url).context["rows"]))) == (url, server[name])
        broken = next(tile for tile in context["device_tiles"] if tile.label == "Komponen rusak")
        assert (broken.value, len(client.get(broken.url).context["rows"])) == ("1", 1)
        sets = next(tile for tile in context["device_tiles"] if tile.label == "Set tidak berfungsi")
        assert [(row.name, row.note) for row in client.get(sets.url).context["rows"]] == [
            ("Kecamatan 0", "1 dari 1 set tidak berfungsi, 81 jam kerja tanpa alat")
        ]


def test_the_cells_of_the_regions_below_lead_to_their_kecamatan(client: Client) -> None:
    (row,) = client.get("/reports/36/").context["children"]
    assert (row.able, len(client.get(row.able_url).context["rows"])) == ("2 / 4", 2)
    assert [client.get(url).status_code for url in (row.net_url, row.target_url, row.achievement_url)] == [200] * 3
    place = client.get("/reports/36.03/").context["children"][0]
    assert [client.get(url).status_code for url in (place.net_url, place.target_url)] == [200] * 2
    assert (place.able_url, place.achievement_url) == ("", "")


def test_the_sections_of_a_kecamatan_stand_in_the_same_order(client: Client) -> None:
    page = client.get("/kecamatan/36.03.30/")
    ids = re.findall(r'<h[23][^>]* id="(h-[a-z]+)"', page.content.decode())
    asked = ["h-kini", "h-tiket", "h-perbaikan", "h-bulan", "h-sebab", "h-kerusakan"]
    assert [one for one in ids if one in asked] == asked
    tiles = {tile.label: tile for tile in (*page.context["repair_tiles"], *page.context["tiles"])}
    assert {label: tiles[label].value for label in ("Belum dikerjakan", "Janji terlewat", "Lewat tenggat")} == {
        "Belum dikerjakan": "1",
        "Janji terlewat": "1",
        "Lewat tenggat": "0",
    }
    for label in ("Belum dikerjakan", "Janji terlewat", "Lewat tenggat", "Tiket terbuka"):
        assert (label, str(len(client.get(tiles[label].url).context["rows"]))) == (label, tiles[label].value)
    assert [client.get(tiles[label].url).status_code for label in ("Rekam bersih", "Capaian target")] == [200] * 2
    (fault,) = page.context["faults"]
    assert fault.text == "15 hari: sejak 3 Maret 2026, belum pulih · Petir (diduga) · jalur tidak disebut"
    assert client.get(fault.url).status_code == 200
    (event,) = client.get("/kecamatan/36.03.31/").context["events"]
    assert client.get(event.url).status_code == 200


def test_a_past_month_does_not_claim_to_know_what_nobody_had_touched_then(client: Client, clock: Any) -> None:
    clock.move_to(moment("2026-04-02 04:00"))
    client.force_login(User.objects.get())
    rollups.refresh()
    page = client.get("/reports/36.03/?bulan=2026-03")
    (tile,) = page.context["repair_tiles"]
    assert tile.label == "Tiket terbuka"
    assert "Maret 2026 tidak disebut" in page.content.decode()
    # What was repaired since was broken then; the devices of then no list shows.
    Ticket.objects.update(restored_at=moment("2026-04-01 05:00"))
    page = client.get("/reports/36.03/?bulan=2026-03")
    (tile,) = page.context["repair_tiles"]
    assert (tile.value, len(client.get(tile.url).context["rows"])) == ("1", 1)
    assert [one.url for one in page.context["device_tiles"][1:3]] == ["", ""]
    assert "broken_url" not in page.context["kinds"][0]


def test_a_month_is_provisional_until_the_kabupaten_declares_it(client: Client, clock: Any) -> None:
    assert client.get("/reports/36.03/").context["provisional"].text == "Sementara: bulan masih berjalan."
    clock.move_to(moment("2026-04-02 04:00"))
    client.force_login(User.objects.get())
    rollups.refresh()
    staff = Client()
    staff.force_login(make_user(Role.STAFF, Kabupaten.objects.get(), "Sri"))

    def said(code: str, page: str = "reports") -> str:
        text: str = client.get(f"/{page}/{code}/?bulan=2026-03").context["provisional"].text
        return text

    assert said("36.03") == "Sementara: belum dinyatakan lengkap oleh kabupaten/kota."
    assert said("36") == "Sementara: 0 dari 1 kabupaten/kota menyatakan lengkap."
    url = "/reports/36.03/months/2026-03/"
    assert staff.post(url, {"client_key": str(uuid4())}).status_code == 302
    assert said("36.03") == "Dinyatakan lengkap oleh Sri, Kamis, 2 April 2026 pukul 11.00 WIB."
    assert said("36.03.30", "kecamatan") == said("36.03")
    assert said("36") == said("ID") == "1 dari 1 kabupaten/kota menyatakan lengkap."
    declaration = staff.get(url).context["form"]["declaration"].value()
    refused = staff.post(url, {"client_key": str(uuid4()), "declaration": declaration})
    assert refused.context["form"].errors == {"reason": ["Tulis alasannya."]}
    said_why = {"declaration": declaration, "reason": "Dua hari belum masuk"}
    assert staff.post(url, {"client_key": str(uuid4()), **said_why}).status_code == 302
    assert said("36.03") == "Sementara: belum dinyatakan lengkap oleh kabupaten/kota."
    assert "Dicabut oleh Sri" in staff.get(url).content.decode()
