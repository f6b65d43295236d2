from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
import time_machine

from devices.models import Device, Placement, RecordingSet
from kecamatan.models import Kecamatan
from repairs.models import Ticket
from repairs.sets import withdraw_set
from repairs.workflow import transition
from tests.factories import make_dinas, make_kecamatan, moment
from tests.importing import imported, refused

HEADER = "kode;set;jenis;nomor_seri;dipasang;dilepas;status;sejak"
TODAY = moment("2026-11-19 17:00")
"""The midnight in Jakarta that began the frozen day."""

pytestmark = pytest.mark.usefixtures("kecamatan")


def standing() -> list[tuple[str, str, str, str, datetime, datetime | None]]:
    """Return who stands where: code of the place, set, kind, serial, and the span."""
    rows = Placement.objects.order_by("started_at", "pk")
    return [
        (
            row.recording_set.kecamatan.code,
            row.recording_set.label,
            row.device.kind.code,
            row.device.serial,
            row.started_at,
            row.ended_at,
        )
        for row in rows
    ]


def faults() -> list[tuple[str, str, str | None, datetime, datetime | None, str]]:
    """Return the faults: what, kind, serial, span, status."""
    return [
        (
            row.fault,
            row.device_kind.code,
            row.device.serial if row.device else None,
            row.failed_at,
            row.restored_at,
            row.status,
        )
        for row in Ticket.objects.order_by("failed_at", "pk")
    ]


def test_device_with_its_card() -> None:
    lines = (
        "kode;set;jenis;nomor_seri;merk;model;kode_barang;nomor_register;tahun;dipasang;asal_usul;"
        "diserahterimakan;harga;kondisi;status",
        "36.03.30;1;Pemindai Sidik Jari;SJ-1;Merk A;X1;3.10.02;0001;2011;2011-09-05;pusat;tidak;5000000,50;"
        "rusak ringan;berfungsi",
    )
    assert imported("devices", *lines) == (1, 0, 0)
    assert imported("devices", *lines) == (0, 0, 1)
    device = Device.objects.get()
    assert (device.kind.code, device.serial, device.brand, device.model) == (
        "fingerprint_scanner",
        "SJ-1",
        "Merk A",
        "X1",
    )
    assert (device.asset_code, device.register_number, device.acquired_year) == ("3.10.02", "0001", 2011)
    assert (device.source, device.handed_over, device.price) == ("centre", False, Decimal("5000000.50"))
    assert device.condition == "minor_damage"
    assert standing() == [("36.03.30", "1", "fingerprint_scanner", "SJ-1", moment("2011-09-04 17:00"), None)]
    assert faults() == []


def test_placement_begins_today_when_nothing_is_said() -> None:
    line = "36.03.30;Set 1;server;S-1;;;;"
    assert imported("devices", HEADER, line) == (1, 0, 0)
    assert standing() == [("36.03.30", "1", "server", "S-1", TODAY, None)]


def test_import_of_another_day_changes_nothing(frozen: time_machine.Traveller) -> None:
    lines = (HEADER, "36.03.30;1;server;S-1;;;rusak;", "36.03.30;1;tripod;;;;tidak_ada;")
    assert imported("devices", *lines) == (2, 0, 0)
    frozen.shift(10 * 86_400)
    assert imported("devices", *lines) == (0, 0, 2)
    assert faults() == [
        ("broken", "server", "S-1", TODAY, None, "reported"),
        ("missing", "tripod", None, TODAY, None, "reported"),
    ]


def test_devices_of_the_dinas() -> None:
    make_dinas("36.03")
    imported("devices", HEADER, "36.03;1;kamera;;2012-04-02;;;")
    assert standing() == [("36.03.00", "1", "camera", "", moment("2012-04-01 17:00"), None)]


def test_replacement_is_an_old_row_and_a_new_one() -> None:
    imported("devices", HEADER, "36.03.30;1;server;LAMA;2020-01-02;;;")
    lines = (HEADER, "36.03.30;1;server;BARU;2020-11-16;;;", "36.03.30;1;server;LAMA;2020-01-02;2020-11-16;;")
    assert imported("devices", *lines) == (1, 1, 0)
    assert imported("devices", *lines) == (0, 0, 2)
    changed_hands = moment("2020-11-15 17:00")
    assert standing() == [
        ("36.03.30", "1", "server", "LAMA", moment("2020-01-01 17:00"), changed_hands),
        ("36.03.30", "1", "server", "BARU", changed_hands, None),
    ]


def test_move_keeps_both_places_in_any_order_of_rows() -> None:
    make_kecamatan("36.03.29")
    lines = (HEADER, "36.03.29;1;server;S-1;2020-06-01;;;", "36.03.30;1;server;S-1;2020-01-02;2020-06-01;;")
    assert imported("devices", *lines) == (1, 1, 0)
    moved = moment("2020-05-31 17:00")
    assert standing() == [
        ("36.03.30", "1", "server", "S-1", moment("2020-01-01 17:00"), moved),
        ("36.03.29", "1", "server", "S-1", moved, None),
    ]
    assert Device.objects.count() == 1


def test_known_row_updates_what_it_names() -> None:
    imported("devices", "kode;set;jenis;dipasang;merk;kondisi", "36.03.30;1;kamera;2020-01-02;A;baik")
    assert imported("devices", "kode;set;jenis;kondisi", "36.03.30;1;kamera;rusak berat") == (0, 1, 0)
    assert imported("devices", "kode;set;jenis;dipasang", "36.03.30;1;kamera;2020-01-05") == (0, 1, 0)
    device = Device.objects.get()
    assert (device.brand, device.condition) == ("A", "major_damage")
    assert standing() == [("36.03.30", "1", "camera", "", moment("2020-01-04 17:00"), None)]


def test_span_can_move_beyond_its_old_end() -> None:
    imported("devices", HEADER, "36.03.30;1;kamera;;2020-01-02;2020-02-01;;")
    assert imported("devices", HEADER, "36.03.30;1;kamera;;2020-03-01;2020-04-01;;") == (0, 1, 0)
    assert standing() == [("36.03.30", "1", "camera", "", moment("2020-02-29 17:00"), moment("2020-03-31 17:00"))]


def test_broken_device_opens_a_ticket_from_since() -> None:
    line = "36.03.30;1;server;S-1;2020-01-02;;rusak;2020-03-01 09.30"
    assert imported("devices", HEADER, line) == (1, 0, 0)
    assert imported("devices", HEADER, line) == (0, 0, 1)
    assert faults() == [("broken", "server", "S-1", moment("2020-03-01 02:30"), None, "reported")]


def test_device_is_known_since_the_import_and_its_fault_since_it_began() -> None:
    imported("devices", HEADER, "36.03.30;1;server;S-1;;;rusak;2020-03-01")
    assert standing() == [("36.03.30", "1", "server", "S-1", TODAY, None)]
    assert faults() == [("broken", "server", "S-1", moment("2020-02-29 17:00"), None, "reported")]


def test_beginning_of_a_lasting_fault_is_corrected() -> None:
    imported("devices", HEADER, "36.03.30;1;server;S-1;2020-01-02;;rusak;2020-03-01")
    assert imported("devices", HEADER, "36.03.30;1;server;S-1;;;rusak;2020-03-05") == (0, 1, 0)
    assert faults() == [("broken", "server", "S-1", moment("2020-03-04 17:00"), None, "reported")]


def test_repaired_device_is_not_broken_again_by_the_old_file() -> None:
    lines = (HEADER, "36.03.30;1;server;S-1;2020-01-02;;rusak;2020-03-01")
    imported("devices", *lines)
    ticket = Ticket.objects.get()
    for status in ("triaged", "in_progress", "resolved"):
        transition(ticket, status, version=ticket.version, by=None)
    assert imported("devices", *lines) == (0, 0, 1)
    assert [fault[-1] for fault in faults()] == ["resolved"]


def test_working_device_in_an_old_file_ends_no_fault() -> None:
    lines = (HEADER, "36.03.30;1;server;S-1;2020-01-02;;berfungsi;")
    imported("devices", *lines)
    imported("devices", HEADER, "36.03.30;1;server;S-1;;;rusak;2020-03-01")
    assert imported("devices", *lines) == (0, 0, 1)
    assert [fault[-1] for fault in faults()] == ["reported"]


def test_missing_component_places_nothing_and_puts_the_set_on_record() -> None:
    line = "36.03.30;2;tripod;;;;tidak ada;2011-11-07"
    assert imported("devices", HEADER, line) == (1, 0, 0)
    assert imported("devices", HEADER, line) == (0, 0, 1)
    assert (standing(), RecordingSet.objects.get().label) == ([], "2")
    assert faults() == [("missing", "tripod", None, moment("2011-11-06 17:00"), None, "reported")]


def test_placing_the_kind_ends_its_missing_fault() -> None:
    lines = (HEADER, "36.03.30;2;tripod;;;;tidak_ada;2011-11-07")
    imported("devices", *lines)
    imported("devices", HEADER, "36.03.30;2;tripod;T-1;2012-01-02;;;")
    assert imported("devices", *lines) == (0, 0, 1)
    assert faults() == [("missing", "tripod", None, moment("2011-11-06 17:00"), moment("2012-01-01 17:00"), "closed")]


def test_device_that_is_gone_leaves_its_set() -> None:
    imported("devices", HEADER, "36.03.30;1;tripod;;2011-01-03;;;")
    imported("devices", HEADER, "36.03.30;1;tripod;;;;tidak_ada;2011-11-07")
    gone = moment("2011-11-06 17:00")
    assert standing() == [("36.03.30", "1", "tripod", "", moment("2011-01-02 17:00"), gone)]
    assert faults() == [("missing", "tripod", None, gone, None, "reported")]


def test_file_of_a_withdrawn_set_changes_nothing() -> None:
    lines = (HEADER, "36.03.30;1;server;;2011-01-03;;;", "36.03.30;1;tripod;;;;tidak_ada;2011-11-07")
    imported("devices", *lines)
    withdraw_set(recording_set=RecordingSet.objects.get(), at=moment("2012-02-01 00:00"), by=None)
    assert imported("devices", *lines) == (0, 0, 2)
    assert standing() == [("36.03.30", "1", "server", "", moment("2011-01-02 17:00"), moment("2012-02-01 00:00"))]


def test_fault_in_a_place_of_another_zone_begins_at_its_midnight() -> None:
    make_kecamatan("71.10.01")
    imported("devices", HEADER, "71.10.01;1;server;S-1;2018-01-02;;rusak;2018-03-12")
    assert faults() == [("broken", "server", "S-1", moment("2018-03-11 16:00"), None, "reported")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("36.03.30;1;telepon;;;;;", "kolom jenis: “telepon” tidak dikenal. Pilih salah satu: "),
        (
            "36.03.30;1;server;;2026-11-21;;;",
            "kolom dipasang: 21/11/2026 00.00 belum tiba. Tulis waktu yang sudah lewat.",
        ),
        (
            "36.03.30;1;server;;2020-01-02;2020-01-02;;",
            "kolom dilepas: Tanggal dilepas harus sesudah tanggal dipasang.",
        ),
        (
            "36.03.30;1;server;;2020-01-02;;rusak;2020-01-01",
            "kolom sejak: Alat ini dipasang sesudah tanggal itu. Periksa keduanya.",
        ),
        (
            "36.03.30;1;server;;;2020-01-02;;",
            "kolom dipasang: Alat ini sudah dilepas: isi juga sejak kapan ia terpasang.",
        ),
        (
            "36.03.30;1;server;;;;mati;",
            "kolom status: “mati” tidak dikenal. Pilih salah satu: berfungsi, rusak, tidak ada.",
        ),
        ("36.03.30;;server;;;;;", "kolom set: Wajib diisi."),
    ],
)
def test_impossible_device_is_refused(row: str, reason: str) -> None:
    (sentence,) = refused("devices", HEADER, row)
    assert sentence[: len(f"Baris 2, {reason}")] == f"Baris 2, {reason}"
    assert (RecordingSet.objects.count(), Device.objects.count()) == (0, 0)


def test_device_that_stands_elsewhere_is_refused() -> None:
    make_kecamatan("36.03.29")
    imported("devices", HEADER, "36.03.30;1;server;S-1;2020-01-02;;;")
    assert refused("devices", HEADER, "36.03.29;1;server;S-2;2020-01-02;;;", "36.03.29;1;server;S-1;2020-06-01;;;") == [
        "Baris 3, kolom dipasang: Server S-1 masih terpasang di Set 1, Kecamatan Sepatan Timur. "
        "Isi dulu tanggal dilepas dari sana."
    ]
    assert Device.objects.count() == 1


def test_card_of_another_year_is_refused(kecamatan: Kecamatan) -> None:
    header = "kode;set;jenis;tahun"
    assert refused("devices", header, f"{kecamatan.code};1;server;2027") == [
        "Baris 2, kolom tahun: Tahun 2027 belum tiba. Periksa tahunnya."
    ]
