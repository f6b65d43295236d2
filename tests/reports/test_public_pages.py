"""What citizens read of a kecamatan, sentence by sentence, at a frozen moment: Friday, 20 November 2026, 10.00 WIB."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.contacts import add_contact
from accounts.models import Role
from accounts.offices import describe_office, office_of, publish_status
from kecamatan.duty import say_all_is_normal
from kecamatan.models import DayOff, Kabupaten, Kecamatan
from lib.packed import pack
from repairs.arrangements import start_arrangement
from repairs.models import Ticket
from repairs.outages import end_outage, report_outage
from repairs.tickets import promise
from reports import maps, rollups
from reports.models import RegionMap, RegionMonth
from tests.factories import make_dinas, make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-20 03:00")
HERE, NEAR, FAR, OTHER = "36.03.30", "36.03.29", "36.03.06", "36.71.01"
PLACES = {
    HERE: ("Kecamatan Sepatan Timur", -6.12, 106.60),
    NEAR: ("Kecamatan Sepatan", -6.12, 106.63),
    FAR: ("Kecamatan Kresek", -6.12, 106.80),
    OTHER: ("Kecamatan Ma'rang", -6.12, 106.70),
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    caches["public"].clear()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    caches["public"].clear()


@pytest.fixture(autouse=True)
def places() -> dict[str, Kecamatan]:
    """A kecamatan with one set, from which somebody was heard today, and the rows of three others that record."""
    for code, (name, latitude, longitude) in PLACES.items():
        place = make_kecamatan(code, name)
        Kecamatan.objects.filter(pk=place.pk).update(latitude=latitude, longitude=longitude)
    make_dinas("36.03")
    found = Kecamatan.objects.with_zone().in_bulk(field_name="code")
    make_set(found[HERE])
    say_all_is_normal(found[HERE], by=None)
    RegionMonth.objects.bulk_create(serving_row(found[code]) for code in (NEAR, FAR, OTHER))
    rollups.refresh()
    return {code: found[code] for code in PLACES}


def serving_row(place: Kecamatan) -> RegionMonth:
    """Return the row of a kecamatan that records, which time does not overtake during a test."""
    figures = {"kecamatan_total": 1, "kecamatan_serving": 1, "kecamatan_confirmed": 1}
    span = {"month": date(2026, 11, 1), "as_of": NOW, "closed": False, "valid_until": moment("2026-12-01 00:00")}
    return RegionMonth(level="kecamatan", region_id=place.pk, parent_id=place.kabupaten_id, **span, **figures)


def words(content: bytes) -> str:
    """Return what stands in the main part of a page, as one line."""
    main = re.search(r"<main.*</main>", content.decode(), re.DOTALL)
    assert main
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0])).split())
    return re.sub(r" ([,.])", r"\1", text)


def read(code: str = HERE) -> str:
    rollups.refresh()
    caches["public"].clear()
    answer = Client().get(f"/status/{code}/")
    assert answer.status_code == 200
    return words(answer.content)


def mark(code: str = HERE) -> str:
    found = re.search(r'<section class="now (\w+)', Client().get(f"/status/{code}/").content.decode())
    assert found
    return found[1]


def heading(code: str = HERE) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", Client().get(f"/status/{code}/").content.decode(), re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def data(code: str = HERE) -> dict[str, Any]:
    return dict(json.loads(Client().get(f"/status/{code}.json").content))


def stop(place: Kecamatan, **values: Any) -> Ticket:
    """Let the server of the only set of a place be broken since 12 November."""
    return make_fault(place.recording_sets.first() or make_set(place), failed_at=moment("2026-11-12 01:00"), **values)


# --- the answer -----------------------------------------------------------------------------------------------------


def test_a_kecamatan_that_serves_says_yes_and_sends_nobody_elsewhere() -> None:
    page = read()
    assert "Ya, hari ini melayani perekaman Kecamatan Sepatan Timur, Kabupaten 36.03, Provinsi 36." in page
    assert "Kabar terakhir hari ini. Hari ini buka pukul 07.30–16.30." in page
    assert "Terdekat" not in page
    assert mark() == "serving"


def test_a_stop_says_since_when_until_when_and_who_records_nearby(places: dict[str, Kecamatan]) -> None:
    ticket = stop(places[HERE])
    describe(places[NEAR], public_phone="021 5990 123")
    page = read()
    assert "Tidak, hari ini tidak melayani perekaman" in page
    assert "Perekaman di kantor ini berhenti sejak Kamis, 12 November 2026." in page
    assert "Belum ada tanggal pulih yang dijanjikan." in page
    near = "Kecamatan Sepatan Melayani perekaman 3,3 km garis lurus Telepon Kecamatan Sepatan: 021-5990-123"
    other = "Kecamatan Ma'rang Melayani perekaman 11 km garis lurus · Kabupaten 36.71"
    far = "Kecamatan Kresek Melayani perekaman 22 km garis lurus"
    assert f"Terdekat yang melayani perekaman {near} {other} {far}" in page
    assert mark() == "stopped"
    promise(ticket, promised_on=date(2026, 11, 24), version=ticket.version, by=None)
    assert "Dijanjikan pulih Selasa, 24 November 2026." in read()


def test_a_promise_that_has_passed_is_said_to_have_passed(places: dict[str, Kecamatan], clock: Any) -> None:
    ticket = stop(places[HERE])
    promise(ticket, promised_on=date(2026, 11, 23), version=ticket.version, by=None)
    clock.move_to(moment("2026-11-24 03:00"))
    assert "Dijanjikan pulih Senin, 23 November 2026, tetapi belum juga pulih." in read()


def test_an_outage_of_today_is_told_by_the_clock(places: dict[str, Kecamatan]) -> None:
    outage = report_outage(
        client_key=uuid4(),
        places=[places[HERE]],
        started_at=moment("2026-11-20 01:10"),
        promised_at=moment("2026-11-20 07:00"),
        effect="stopped",
        cause="power_outage",
        by=None,
    )
    page = read()
    assert "berhenti sejak hari ini pukul 08.10 WIB. Dijanjikan pulih hari ini pukul 14.00 WIB." in page
    assert data()["promised_at"] == "2026-11-20T14:00:00+07:00"
    end_outage(outage, version=outage.version, by=None)
    assert "Ya, hari ini melayani perekaman" in read()


def test_a_limited_kecamatan_says_so_and_names_the_nearest_too(places: dict[str, Kecamatan]) -> None:
    make_fault(places[HERE].recording_sets.get(), "camera", effect="limited")
    page = read()
    assert "Ya, hari ini melayani perekaman, tetapi terbatas" in page
    assert "Sebagian alat tidak bekerja: antrean bisa lebih lama." in page
    assert "Kecamatan Sepatan Melayani perekaman" in page


def test_people_are_sent_to_the_host_while_it_records_itself(places: dict[str, Kecamatan]) -> None:
    stop(places[HERE])
    make_set(places[NEAR])
    say_all_is_normal(places[NEAR], by=None)
    values = {"started_at": moment("2026-11-16 02:00"), "by": None}
    start_arrangement(kecamatan=places[HERE], kind="hosted", host=places[NEAR], **values)
    page = read()
    assert heading() == "Tidak di sini: perekaman dialihkan ke Kecamatan Sepatan"
    assert "Perekaman di kantor ini berhenti sejak Kamis, 12 November 2026." in page
    when = "perekaman dialihkan ke sini sejak Senin, 16 November 2026"
    host = f"Kecamatan Sepatan Melayani perekaman 3,3 km garis lurus · {when}"
    assert f"Sementara ini merekam di {host}" in page
    assert page.count("Kecamatan Sepatan Melayani") == 1
    assert "Kecamatan Ma'rang Melayani perekaman" in page
    stop(places[NEAR])
    assert "Kecamatan Sepatan Tidak melayani perekaman: telepon dulu" in read()
    # The answer itself names no host that has stopped.
    assert heading() == "Tidak di sini: perekaman dialihkan"


@pytest.mark.parametrize(
    ("kind", "answer", "more"),
    [
        (
            "mobile_unit",
            "Tidak di kantor: unit keliling yang melayani",
            "Unit keliling Melayani di kecamatan ini sejak Senin, 16 November 2026 sampai Jumat, 27 November 2026. "
            "Tanyakan jadwal dan tempatnya.",
        ),
        (
            "diverted",
            "Tidak di sini: perekaman dialihkan ke Disdukcapil Kabupaten 36.03",
            "Disdukcapil Kabupaten 36.03 Perekaman dialihkan ke sini sejak Senin, 16 November 2026 sampai Jumat, "
            "27 November 2026 Telepon Disdukcapil Kabupaten 36.03: 021-5551-234",
        ),
    ],
)
def test_other_ways_to_be_recorded_are_told(places: dict[str, Kecamatan], kind: str, answer: str, more: str) -> None:
    stop(places[HERE])
    describe(places[HERE].kabupaten, agency_name="Disdukcapil", public_phone="021 5551 234")
    span = {"started_at": moment("2026-11-16 02:00"), "ended_at": moment("2026-11-27 09:00")}
    start_arrangement(kecamatan=places[HERE], kind=kind, **span, by=None)
    page = read()
    assert answer in page
    assert more in page


def test_silence_is_never_shown_as_working(places: dict[str, Kecamatan], clock: Any) -> None:
    clock.move_to(moment("2026-11-26 03:00"))
    RegionMonth.objects.filter(region_id=places[OTHER].pk).update(kecamatan_confirmed=0, kecamatan_silent=1)
    page = read()
    assert "Belum pasti: belum ada kabar sejak Jumat, 20 November 2026" in page
    assert "Telepon dulu sebelum berangkat." in page
    assert "Belum ada kabar sejak Jumat, 20 November 2026." in page
    assert "Kecamatan Ma'rang" not in page
    assert mark() == "silent"
    assert "Kecamatan Ma'rang Belum ada kabar" in read("36.71")
    assert (data()["status"], data()["records"], data()["service"]) == ("silent", False, "serving")


def test_a_row_that_time_has_overtaken_tells_what_was_known(clock: Any) -> None:
    """No worker has come by since midnight: two minutes later nothing is shown as working any more."""
    clock.move_to(moment("2026-11-23 01:00"))
    RegionMonth.objects.filter(level="kecamatan").update(valid_until=moment("2026-11-20 17:00"))
    page = words(Client().get(f"/status/{HERE}/").content)
    assert "Belum pasti: status terakhir Jumat, 20 November 2026 pukul 10.00 WIB" in page
    assert data(HERE)["current"] is False
    assert "Tidak ada kecamatan di sekitar sini yang diketahui melayani perekaman." in page


def test_a_kecamatan_without_any_set_is_not_known(places: dict[str, Kecamatan]) -> None:
    make_kecamatan("36.03.31", "Kecamatan Baru")
    page = read("36.03.31")
    assert "Belum diketahui: belum ada alat yang tercatat di sini" in page
    assert "Belum pernah ada kabar dari kecamatan ini." in page


# --- closed offices ---------------------------------------------------------------------------------------------------


def test_on_a_sunday_the_office_is_closed_whatever_its_sets_can_do(places: dict[str, Kecamatan], clock: Any) -> None:
    stop(places[HERE])
    clock.move_to(moment("2026-11-22 03:00"))
    page = read()
    assert "Hari ini kantor tutup; buka lagi Senin pukul 07.30" in page
    assert "Keadaan alatnya: Tidak melayani perekaman" in page
    assert mark() == "shut"
    office = data()["office"]
    assert (office["open_today"], office["opens_next"]) == (False, "2026-11-23T07:30:00+07:00")
    assert "Hari ini kantor tutup; buka lagi Senin pukul 07.30." in read("36.03")


def test_a_day_off_and_the_end_of_the_day_close_it_too(clock: Any) -> None:
    DayOff.objects.create(day=date(2026, 11, 20), name="Pilkada")
    assert "Hari ini kantor tutup; buka lagi Senin pukul 07.30" in read()
    DayOff.objects.all().delete()
    clock.move_to(moment("2026-11-20 09:30"))
    assert "Kantor sudah tutup; buka lagi Senin pukul 07.30 Kecamatan" in read()


# --- what is not told -------------------------------------------------------------------------------------------------


def test_nothing_but_the_public_status_leaves(places: dict[str, Kecamatan]) -> None:
    """No number of a ticket, no serial, no person, no free text: in pages and in data, of all levels."""
    operator = make_user(Role.OPERATOR, places[HERE], name="rahasia-operator")
    add_contact(places[HERE], role="Operator", name="Rahasia Kontak", phone="081280001204", by=None)
    ticket = stop(places[HERE], note="Rahasia catatan", by=operator)
    report_outage(
        client_key=uuid4(),
        places=[places[HERE]],
        started_at=moment("2026-11-20 01:10"),
        effect="stopped",
        cause="theft",
        note="Rahasia gangguan",
        by=operator,
    )
    rollups.refresh()
    caches["public"].clear()
    addresses = [f"/status/{code}{end}" for code in (HERE, NEAR, "36.03", "36") for end in ("/", ".json")]
    said = "".join(Client().get(address).content.decode() for address in addresses).lower()
    for secret in (ticket.number, "rahasia", "sn-", "server", "8128", "theft", "pencurian", "tkt-"):
        assert secret.lower() not in said


def test_a_kabupaten_that_is_not_public_names_whom_to_ask_and_nobody_is_sent_there(
    places: dict[str, Kecamatan],
) -> None:
    kota = Kabupaten.objects.get(code="36.71")
    describe(kota, address="Jalan Satria 1", public_phone="021 5551 234")
    publish_status(kota, is_public=False, continuing=[], version=office_of(kota).version, by=None)
    for code in ("36.71", OTHER):
        page = read(code)
        assert "Status perekaman Kabupaten 36.71 tidak dibuka untuk umum." in page
        assert "Dinas Kabupaten 36.71 Telepon Dinas Kabupaten 36.71: 021-5551-234 Jalan Satria 1" in page
        assert "Ya, hari ini" not in page
    assert data(OTHER) == {
        "code": OTHER,
        "name": "Kecamatan Ma'rang",
        "public": False,
        "agency": {"name": "Dinas Kabupaten 36.71", "phone": "+62215551234", "address": "Jalan Satria 1"},
    }
    stop(places[HERE])
    assert "Ma'rang" not in read()
    assert "Kabupaten 36.71 Statusnya tidak dibuka untuk umum" in read("36")


def test_what_goes_on_is_told_where_the_agency_said_so_and_the_office_has_power(places: dict[str, Kecamatan]) -> None:
    kabupaten = places[HERE].kabupaten
    services = ["family_card", "birth_certificate"]
    publish_status(kabupaten, is_public=True, continuing=services, version=office_of(kabupaten).version, by=None)
    assert "Yang tetap dilayani" not in read()
    stop(places[HERE])
    assert "Yang tetap dilayani Kartu Keluarga Akta kelahiran" in read()
    report_outage(
        client_key=uuid4(),
        places=[places[HERE]],
        started_at=moment("2026-11-20 01:10"),
        effect="stopped",
        cause="power_outage",
        by=None,
    )
    assert "Yang tetap dilayani" not in read()


# --- larger regions ---------------------------------------------------------------------------------------------------


def test_an_answer_draws_no_map_but_sends_the_newest_with_its_moment(places: dict[str, Kecamatan], clock: Any) -> None:
    before = Client().get("/status/36.03/").content.decode()
    assert ('<svg class="map' in before, "Kecamatan Sepatan Timur" in before) == (False, True)
    maps.draw_waiting()
    caches["public"].clear()
    drawn = RegionMap.objects.filter(level="kabupaten", region_id=places[HERE].kabupaten_id)
    drawn.update(public=pack("<svg>sudah</svg>"))
    assert "<svg>sudah</svg>" in Client().get("/status/36.03/").content.decode()
    # Two days on, nobody knows how these serve: the list says so, and the map of when it is.
    clock.move_to(moment("2026-11-25 03:00"))
    later = words(Client().get("/status/36.03/").content)
    assert "sudah Peta: keadaan Jumat, 20 November 2026 pukul 10.00 WIB" in later
    assert "Kecamatan Sepatan Timur Belum ada kabar" in later


def test_the_map_for_citizens_shows_nobody_who_is_silent_as_working(places: dict[str, Kecamatan]) -> None:
    stop(places[FAR])
    rollups.refresh()
    RegionMonth.objects.filter(region_id=places[NEAR].pk).update(kecamatan_silent=1)
    maps.draw_waiting()
    page = Client().get("/status/36.03/").content.decode()
    titles = re.findall(r'<title>(Kecamatan [^<]+)</title><path class="m-(\w)', page)
    assert sorted(titles) == [
        ("Kecamatan Kresek: Tidak melayani perekaman", "x"),
        ("Kecamatan Sepatan Timur: Melayani perekaman", "s"),
        ("Kecamatan Sepatan: Belum ada kabar", "t"),
    ]


def test_a_kabupaten_lists_its_kecamatan_and_a_province_counts_them(places: dict[str, Kecamatan]) -> None:
    stop(places[FAR])
    page = read("36.03")
    assert "Perekaman KTP-el di Kabupaten 36.03 2 dari 3 kecamatan melayani perekaman." in page
    listed = "Kecamatan Kresek Tidak melayani perekaman Kecamatan Sepatan Melayani perekaman"
    assert f"{listed} Kecamatan Sepatan Timur Melayani perekaman" in page
    province = read("36")
    assert "Kabupaten 36.03 2 dari 3 kecamatan melayani" in province
    assert "Kabupaten 36.71 1 dari 1 kecamatan melayani" in province
    found = data("36.03")
    assert (found["total"], found["recording"]) == (3, 2)
    assert [(one["code"], one["status"]) for one in found["kecamatan"]] == [
        (FAR, "stopped"),
        (NEAR, "serving"),
        (HERE, "serving"),
    ]
    assert data("36")["kabupaten"][0] == {
        "code": "36.03",
        "name": "Kabupaten 36.03",
        "public": True,
        "total": 3,
        "recording": 2,
    }


def test_the_data_of_a_stop(places: dict[str, Kecamatan]) -> None:
    ticket = stop(places[HERE])
    promise(ticket, promised_on=date(2026, 11, 24), version=ticket.version, by=None)
    rollups.refresh()
    found = data()
    assert found["nearest"][0] == {
        "code": NEAR,
        "name": "Kecamatan Sepatan",
        "service": "serving",
        "straight_line_km": 3.3,
        "phone": None,
    }
    assert {key: found[key] for key in ("status", "records", "stopped_since", "promised_on", "last_heard_on")} == {
        "status": "stopped",
        "records": False,
        "stopped_since": "2026-11-12T08:00:00+07:00",
        "promised_on": "2026-11-24",
        "last_heard_on": "2026-11-20",
    }


def test_an_unknown_code_leads_on_and_a_dinas_to_its_kabupaten() -> None:
    for code in ("36.03.99", "99", "x" * 300, "36.03.30.1", "ID"):
        answer = Client().get(f"/status/{code}/")
        assert (answer.status_code, "Kecamatan ini tidak ditemukan" in answer.content.decode()) == (404, True)
        assert Client().get(f"/status/{code}.json").status_code == 404
    moved = Client().get("/status/36.03.00/")
    assert (moved.status_code, moved["Location"]) == (302, "/status/36.03/")


def test_a_closed_kecamatan_is_no_longer_found() -> None:
    Kecamatan.objects.filter(code=HERE).update(closed_on=date(2026, 1, 1))
    assert Client().get(f"/status/{HERE}/").status_code == 404
    assert "Sepatan Timur" not in read("36.03")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("sepatan", "Hasil pencarian Kecamatan Sepatan Kabupaten 36.03, Provinsi 36 Kecamatan Sepatan Timur"),
        ("ma’rang", "Hasil pencarian Kecamatan Ma'rang Kabupaten 36.71, Provinsi 36"),
        ("ma'r", "Kecamatan Ma'rang"),
        ("36.71.01", "Kecamatan Ma'rang"),
        ("s", "Tulis sedikitnya 2 huruf."),
        ("entah", "Tidak ada wilayah bernama “entah”. Periksa ejaannya, atau pilih provinsinya."),
        ("<b>", "Tidak ada wilayah bernama “<b>”."),
    ],
)
def test_a_name_finds_its_kecamatan(question: str, said: str) -> None:
    answer = Client().get("/status/", {"q": question})
    assert answer.status_code == 200
    assert said in words(answer.content)
    assert "Dinas" not in words(answer.content)


def test_a_search_shows_twenty_at_most() -> None:
    for number in range(40, 65):
        make_kecamatan(f"36.03.{number}", f"Kecamatan Serupa {number}")
    page = Client().get("/status/", {"q": "serupa"}).content.decode()
    assert page.count('href="/status/36.03.') == 20
    assert "20 yang paling cocok. Tulis nama kabupatennya juga." in page


def test_the_way_down_works_from_province_to_kecamatan() -> None:
    links = re.compile(r'href="(/status/[\d.]+/)"')
    steps = [f"/status/{code}/" for code in ("36", "36.03", HERE)]
    for page, link in zip(["/status/", *steps[:2]], steps, strict=True):
        assert link in links.findall(Client().get(page).content.decode())


def test_the_sign_in_page_shows_citizens_their_way(client: Client) -> None:
    assert 'href="/status/"' in client.get("/login/").content.decode()
    assert "Allow: /status/\n" in client.get("/robots.txt").content.decode()


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_a_page_asks_at_most_eight_times_and_no_more_for_more_places(places: dict[str, Kecamatan]) -> None:
    calm = queries(f"/status/{NEAR}/")
    values = {"started_at": moment("2026-11-16 02:00"), "by": None}
    start_arrangement(kecamatan=places[HERE], kind="hosted", host=places[NEAR], **values)
    stop(places[HERE])
    rollups.refresh()
    stopped, listed, province = (queries(f"/status/{code}/") for code in (HERE, "36.03", "36"))
    assert (calm, stopped, listed, province) == (4, 7, 6, 3)
    for number in range(40, 50):
        place = make_kecamatan(f"36.03.{number}")
        Kecamatan.objects.filter(pk=place.pk).update(latitude=-6.1, longitude=106.6)
        serving_row(place).save()
    assert [queries(f"/status/{code}/") for code in (HERE, "36.03", "36")] == [stopped, listed, province]


def queries(address: str) -> int:
    caches["public"].clear()
    with CaptureQueriesContext(connection) as captured:
        Client().get(address)
    return len(captured)


def describe(region: Any, **values: Any) -> None:
    said = {"address": "", "public_phone": "", "version": office_of(region).version, "by": None}
    describe_office(region, **{**said, **values})
