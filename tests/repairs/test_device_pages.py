"""The pages of devices and sets as people get them: the list and its file, one device, one set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from devices.models import Device, RecordingSet
from devices.register import edit_device, register_device
from kecamatan.models import Kecamatan
from repairs.models import Ticket
from repairs.sets import correct_placement, install_device, move_device, remove_device, replace_device, withdraw_set
from tests.factories import (
    device_of,
    kind,
    make_device,
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    make_user,
    moment,
)
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

AT = moment("2026-11-10 03:00")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def device_url(device: Device, step: str = "") -> str:
    return f"/devices/{device.pk}/" + (f"{step}/" if step else "")


def set_url(recording_set: RecordingSet, step: str = "") -> str:
    return f"/devices/sets/{recording_set.pk}/" + (f"{step}/" if step else "")


# --- the list -------------------------------------------------------------------------------------------


def shown(answer: Any) -> list[str]:
    return [f"{row.name} {row.text}".strip() for row in answer.context["rows"]]


@pytest.fixture
def devices(recording_set: RecordingSet, kecamatan: Kecamatan) -> dict[str, Device]:
    """A working camera and a broken server of one place, what another has in store, and what it lacks."""
    far = make_set(make_kecamatan("36.03.31", "Kecamatan Kresek"), kinds=[])
    recording_set.placements.all().delete()
    Device.objects.all().delete()
    card = {"brand": "Suprema", "model": "BioMini", "asset_code": "3.10.01", "source": "apbd", "condition": "good"}
    rows = {
        "camera": register_device(kind=kind("camera"), kecamatan=kecamatan, by=None, serial="K-1", **card),
        "server": register_device(kind=kind("server"), kecamatan=kecamatan, by=None, serial="S-1"),
        "ups": register_device(
            kind=kind("ups"), kecamatan=far.kecamatan, by=None, serial="U-1", condition="major_damage"
        ),
    }
    for name in ("camera", "server"):
        install_device(device=rows[name], recording_set=recording_set, at=AT, by=None)
    make_fault(recording_set, "server")
    make_fault(far, "tripod", fault="missing", failed_at=AT)
    return rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Server S-1", "Kamera K-1 · Suprema BioMini", "UPS U-1"]),
        ("?urut=baru", ["UPS U-1", "Server S-1", "Kamera K-1 · Suprema BioMini"]),
        ("?kata=biomini+suprema", ["Kamera K-1 · Suprema BioMini"]),
        ("?kata=s-1", ["Server S-1"]),
        ("?kata=3.10", ["Kamera K-1 · Suprema BioMini"]),
        ("?jenis=ups", ["UPS U-1"]),
        ("?kondisi=major_damage", ["UPS U-1"]),
        ("?asal=apbd", ["Kamera K-1 · Suprema BioMini"]),
        ("?kecamatan=36.03.31", ["UPS U-1"]),
        ("?status=berfungsi", ["Kamera K-1 · Suprema BioMini"]),
        ("?status=rusak", ["Server S-1"]),
        ("?status=disimpan", ["UPS U-1"]),
        ("?status=dicuri", []),
        ("?status=tidak_ada", ["Tripod sejak 10 November 2026"]),
        ("?status=tidak_ada&kecamatan=36.03.30", []),
        ("?status=tidak_ada&jenis=tripod", ["Tripod sejak 10 November 2026"]),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    query: str, found: list[str], devices: dict[str, Device], staff: User
) -> None:
    assert shown(client_of(staff).get(f"/devices/{query}")) == found


def test_a_row_says_what_a_device_does_and_where_it_stands(devices: dict[str, Device], staff: User) -> None:
    rows = client_of(staff).get("/devices/").context["rows"]
    assert [(row.status, row.word, row.set_name, row.place) for row in rows] == [
        ("down", "Rusak", "Set 1", "Kecamatan Sepatan Timur"),
        ("operational", "Berfungsi", "Set 1", "Kecamatan Sepatan Timur"),
        ("off_record", "Disimpan", "", "Kecamatan Kresek"),
    ]


def test_filters_that_do_not_go_together_are_refused_and_nothing_is_left_out_in_silence(
    devices: dict[str, Device], staff: User
) -> None:
    answer = client_of(staff).get("/devices/?status=tidak_ada&kondisi=good")
    assert (shown(answer), answer.context["filters"].form.errors) == (
        [],
        {"kondisi": ["Komponen yang tidak ada belum punya keterangan ini. Kosongkan saringan ini."]},
    )


def test_an_operator_sees_and_chooses_only_their_own_kecamatan(devices: dict[str, Device], operator: User) -> None:
    client = client_of(operator)
    page = client.get("/devices/")
    assert shown(page) == ["Server S-1", "Kamera K-1 · Suprema BioMini"]
    choices = page.context["filters"].form.fields["kecamatan"].choices
    assert list(choices) == [("", "Semua"), ("36.03.30", "Kecamatan Sepatan Timur")]
    assert [shown(client.get(f"/devices/?{query}")) for query in ("kecamatan=36.03.31", "status=tidak_ada")] == [[], []]


def test_who_sees_more_than_a_kabupaten_narrows_by_kabupaten(devices: dict[str, Device]) -> None:
    make_set(make_kecamatan("36.71.01"), kinds=["ups"])
    province = client_of(make_user(Role.OFFICIAL, make_kecamatan("36.03.30").kabupaten.province))
    nation = client_of(make_user(Role.OFFICIAL, None))
    assert len(shown(province.get("/devices/"))) == 4
    for client in (province, nation):
        assert len(shown(client.get("/devices/?kabupaten=36.71"))) == 1
    assert shown(province.get("/devices/?kabupaten=53.01")) == []


@pytest.mark.parametrize("order", ["", "&urut=baru"])
def test_paging_keeps_the_filters_and_shows_every_device_once(
    order: str, devices: dict[str, Device], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 1)
    client, seen = client_of(staff), []
    url = f"/devices/?kecamatan=36.03.30{order}"
    while url:
        page = client.get(url)
        seen += shown(page)
        url = page.context["next_url"]
    assert sorted(seen) == ["Kamera K-1 · Suprema BioMini", "Server S-1"]
    assert "kecamatan=36.03.30" in page.context["first_url"]


@pytest.mark.parametrize("after", ["0", "x", "²", "9" * 40, "-1"])
def test_a_position_that_is_none_begins_at_the_top(after: str, devices: dict[str, Device], staff: User) -> None:
    assert len(shown(client_of(staff).get("/devices/", {"sesudah": after}))) == 3


@pytest.mark.parametrize("query", ["", "?kata=x"])
def test_an_empty_list_says_what_to_do(query: str, staff: User) -> None:
    text = client_of(staff).get(f"/devices/{query}").content.decode()
    assert ("Belum ada alat yang didata" in text, "Hapus saringan" in text) == (not query, bool(query))


# --- the file -------------------------------------------------------------------------------------------


def lines(answer: Any) -> list[str]:
    return b"".join(answer.streaming_content).decode().split("\r\n")


def test_the_file_holds_the_list_that_was_narrowed(devices: dict[str, Device], staff: User) -> None:
    answer = client_of(staff).get("/devices/export/?kecamatan=36.03.30")
    assert answer["Content-Disposition"] == 'attachment; filename="alat-2026-11-20.csv"'
    assert lines(answer) == [
        "\ufeffkode;kecamatan;kabupaten;set;jenis;nomor_seri;merk;model;kode_barang;nomor_register;tahun;dipasang;"
        "asal_usul;diserahterimakan;harga;kondisi;status;sejak",
        "36.03.30;Kecamatan Sepatan Timur;Kabupaten 36.03;1;Server;S-1;;;;;;2026-11-10 10:00;;;;;Rusak;"
        "2026-11-20 10:00",
        "36.03.30;Kecamatan Sepatan Timur;Kabupaten 36.03;1;Kamera;K-1;Suprema;BioMini;3.10.01;;;2026-11-10 10:00;"
        "APBD;;;Baik;Berfungsi;",
        "",
    ]
    missing = lines(client_of(staff).get("/devices/export/?status=tidak_ada"))
    assert missing[1] == "36.03.31;Kecamatan Kresek;Kabupaten 36.03;1;Tripod;;;;;;;;;;;;Tidak ada;2026-11-10 10:00"


def test_no_cell_of_the_file_runs_as_a_formula(devices: dict[str, Device], staff: User) -> None:
    camera = Device.objects.get(serial="K-1")
    edit_device(camera, version=camera.version, by=None, brand='=HYPERLINK("http://x";"y")', model="@sum")
    cells = lines(client_of(staff).get("/devices/export/?jenis=camera"))[1]
    assert """;"'=HYPERLINK(""http://x"";""y"")";'@sum;""" in cells


def test_the_file_is_read_in_batches(devices: dict[str, Device], staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.pages.BATCH_SIZE", 1)
    for query in ("", "?urut=baru"):
        assert len(lines(client_of(staff).get(f"/devices/export/{query}"))) == 1 + 3 + 1


def test_a_filter_that_cannot_be_read_makes_no_file(devices: dict[str, Device], staff: User) -> None:
    assert client_of(staff).get("/devices/export/?kondisi=x").status_code == 400


# --- one device -----------------------------------------------------------------------------------------


def test_a_replacement_keeps_both_histories(recording_set: RecordingSet, kecamatan: Kecamatan, staff: User) -> None:
    old, new = device_of(recording_set, "server"), make_spare(kecamatan, "server", serial="SRV-2")
    fault = make_fault(recording_set, "server", failed_at=moment("2026-11-01 03:00"))
    replace_device(device=old, replacement=new, at=AT, by=staff)
    client = client_of(staff)
    before, after = (client.get(device_url(device)).context for device in (old, new))
    assert (before["word"], before["where"]) == ("Disimpan", "Disimpan, terakhir di Kecamatan Sepatan Timur")
    assert [(stay.since, stay.until, stay.links) for stay in before["stays"]] == [
        (
            "Senin, 5 Januari 2026 pukul 09.00 WIB",
            "Selasa, 10 November 2026 pukul 10.00 WIB",
            [{"label": "Digantikan oleh", "name": "Server SRV-2", "url": device_url(new)}],
        )
    ]
    assert [row.number for row in before["tickets"]] == [fault.number]
    assert (after["word"], after["where"]) == ("Berfungsi", "Set 1, Kecamatan Sepatan Timur")
    assert after["stays"][0].links == [{"label": "Menggantikan", "name": str(old), "url": device_url(old)}]
    assert [(entry.who, entry.what) for entry in after["history"]] == [
        (str(staff), "memasang alat ini sejak Selasa, 10 November 2026 pukul 10.00 WIB"),
        ("Sistem", "mendata alat ini"),
    ]


def test_condition_and_operation_are_two_facts_and_the_cost_says_how_complete_it_is(
    recording_set: RecordingSet, staff: User
) -> None:
    server = device_of(recording_set, "server")
    edit_device(server, version=server.version, by=staff, condition="major_damage", price=12_500_000, source="centre")
    client = client_of(staff)
    page = client.get(device_url(server)).context
    assert (page["word"], page["device"].get_condition_display(), page["cost"]) == ("Berfungsi", "Rusak berat", "")
    assert page["card"] == [
        ("Kode barang", ""),
        ("Jenis", "Server"),
        ("Nomor register", ""),
        ("Merk/tipe", ""),
        ("Nomor seri", server.serial),
        ("Asal usul", "Pusat"),
        ("Serah terima", ""),
        ("Harga", "Rp12.500.000"),
    ]
    assert page["history"][0].what == (
        "mengubah asal usul dari belum ada menjadi Pusat, harga dari belum ada menjadi Rp12.500.000, "
        "kondisi dari belum ada menjadi Rusak berat"
    )
    paid = make_fault(recording_set, "server", by=staff, failed_at=AT, cost=1_250_000)
    Ticket.objects.filter(pk=paid.pk).update(restored_at=NOW, status="resolved")
    make_fault(recording_set, "server", by=staff)
    page = client.get(device_url(server)).context
    assert (page["word"], page["fault"]) == ("Rusak", "Rusak sejak Jumat, 20 November 2026 pukul 10.00 WIB (0 menit)")
    assert page["cost"] == "Sedikitnya Rp1.250.000, dicatat pada 1 dari 2 perbaikan"


def test_what_happened_in_another_region_is_not_told(recording_set: RecordingSet, staff: User) -> None:
    elsewhere = make_set(make_kecamatan("36.71.01"), kinds=[])
    camera = device_of(recording_set, "camera")
    paid = make_fault(recording_set, "camera", by=staff, failed_at=moment("2026-10-01 03:00"), cost=1_250_000)
    Ticket.objects.filter(pk=paid.pk).update(restored_at=moment("2026-10-05 03:00"), status="closed")
    make_fault(recording_set, "camera", failed_at=AT)
    stay = camera.placements.get()
    since = moment("2026-09-01 03:00")
    correct_placement(stay, started_at=since, ended_at=None, reason="Dipasang Budi", version=camera.version, by=staff)
    move_device(device=camera, recording_set=elsewhere, at=NOW - timedelta(days=1), by=None)
    assert client_of(staff).get(device_url(camera)).status_code == 404
    stranger = client_of(make_user(Role.STAFF, elsewhere.kecamatan.kabupaten))
    page = stranger.get(device_url(camera)).context
    assert [stay.where for stay in page["stays"]] == ["Set 1, Kecamatan 36.71.01"]
    assert (page["word"], page["tickets"], page["cost"]) == ("Rusak", [], "")
    assert [(entry.who, entry.what, entry.quote) for entry in page["history"]] == [
        ("Sistem", "memasang alat ini sejak Kamis, 19 November 2026 pukul 10.00 WIB", ""),
        ("Wilayah lain", "melepas alat ini pada Kamis, 19 November 2026 pukul 10.00 WIB", ""),
        (
            "Wilayah lain",
            "membetulkan waktu alat ini: terpasang sejak Selasa, 1 September 2026 pukul 10.00 WIB "
            "(semula Senin, 5 Januari 2026 pukul 09.00 WIB)",
            "",
        ),
        ("Wilayah lain", "memasang alat ini sejak Senin, 5 Januari 2026 pukul 09.00 WIB", ""),
        ("Wilayah lain", "mendata alat ini", ""),
    ]
    text = stranger.get(device_url(camera)).content.decode()
    assert [word for word in ("Sepatan", "1.250.000", "Budi", str(staff)) if word in text] == []


# --- one set --------------------------------------------------------------------------------------------


def test_a_set_says_what_it_can_do_and_why(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    page = client.get(set_url(recording_set)).context
    assert (page["status"], page["reasons"]) == (
        "operational",
        ["Semua komponen wajib terpasang dan tidak ada kerusakan yang dilaporkan."],
    )
    make_device(recording_set, "ups")
    make_fault(recording_set, "ups", effect="limited", failed_at=AT)
    gone = make_fault(recording_set, "tripod", fault="missing", failed_at=AT)
    page = client.get(set_url(recording_set)).context
    assert (page["status"], page["reasons"]) == (
        "limited",
        [
            "UPS rusak sejak Selasa, 10 November 2026 pukul 10.00 WIB (10 hari): masih bisa dipakai, terbatas.",
            "Tripod tidak ada: set ini terkendala.",
        ],
    )
    camera = device_of(recording_set, "camera")
    remove_device(device=camera, at=NOW, by=None)
    page = client.get(set_url(recording_set)).context
    assert (page["word"], page["reasons"][-1]) == (
        "Tidak berfungsi",
        "Tripod tidak ada: set ini terkendala.",
    )
    assert "Kamera tidak ada: komponen wajib, jadi set ini berhenti." in page["reasons"]
    gaps = [(part.name, part.text, part.ticket) for part in page["parts"] if part.status == "missing"]
    assert gaps == [
        ("Kamera", "belum dicatat", ""),
        ("Tripod", "sejak 10 November 2026", gone.number),
    ]
    assert [(row.name, row.text) for row in page["past"]] == [(str(camera), "5 Januari 2026 sampai 20 November 2026")]


def test_a_set_that_was_withdrawn_or_has_nothing_yet_says_so(recording_set: RecordingSet, staff: User) -> None:
    empty = make_set(recording_set.kecamatan, "2", kinds=[])
    withdraw_set(recording_set=recording_set, at=AT, by=staff)
    client = client_of(staff)
    pages = [client.get(set_url(row)).context for row in (recording_set, empty)]
    assert [(page["word"], page["reasons"]) for page in pages] == [
        ("Ditarik", ["Ditarik Selasa, 10 November 2026 pukul 10.00 WIB; tidak dihitung lagi."]),
        ("Belum tercatat", ["Set ini mulai dihitung sejak komponen pertamanya dipasang."]),
    ]
    assert pages[0]["history"][0].what == "menarik set ini pada Selasa, 10 November 2026 pukul 10.00 WIB"


# --- how many queries -----------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
        assert answer.status_code == 200
        if answer.streaming:
            lines(answer)
    return len(captured)


def test_the_pages_ask_a_fixed_number_of_queries(recording_set: RecordingSet, staff: User) -> None:
    clients = [client_of(staff), client_of(make_user(Role.STAFF, recording_set.kecamatan.kabupaten.province))]
    server = device_of(recording_set, "server")
    make_fault(recording_set, "server", by=staff)
    after = f"?kata=s&status=rusak&kecamatan=36.03.30&sesudah={server.pk}"
    urls = ["/devices/", f"/devices/{after}", "/devices/?status=tidak_ada", "/devices/export/"]
    urls += [device_url(server), set_url(recording_set)]

    def counts() -> list[list[int]]:
        return [[queries(client, url) for url in urls] for client in clients]

    before = counts()
    for number in range(2, 12):
        other = make_set(recording_set.kecamatan, str(number))
        make_fault(other, "tripod", fault="missing", by=staff)
        move_device(device=server, recording_set=other, at=AT + timedelta(hours=number), by=staff)
        make_device(recording_set, "ups")
    assert counts() == before
    assert before == [[5, 6, 5, 6, 7, 7], [6, 7, 6, 7, 7, 7]]
