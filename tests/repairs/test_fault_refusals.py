"""What a report of a fault may not say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from devices.models import DeviceSymptom, RecordingSet
from repairs.faults import record_past_fault
from repairs.models import Ticket
from repairs.sets import move_device, withdraw_set
from repairs.tickets import (
    void_ticket,
)
from tests.factories import (
    device_of,
    kind,
    make_device,
    make_fault,
    make_kecamatan,
    make_set,
    moment,
)
from tests.repairs.fault_world import refused


def test_what_staff_log_must_name_the_reporter_and_come_after_the_fault(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, channel="phone")) == (
        "reporter_name",
        "Tulis siapa yang melaporkan.",
    )
    early: dict[str, Any] = {"reported_at": moment("2026-11-19 02:00"), "failed_at": moment("2026-11-19 03:00")}
    assert refused(lambda: make_fault(recording_set, **early)) == (
        "reported_at",
        "Laporan tidak bisa masuk sebelum alatnya rusak. Periksa kedua waktunya.",
    )
    for field in ("note", "message", "reporter_name"):
        assert refused(lambda field=field: make_fault(recording_set, **{field: "3603301234567890"}))[0] == field


def test_a_symptom_belongs_to_its_kind(recording_set: RecordingSet) -> None:
    blurred = DeviceSymptom.objects.get(code="bad_picture")
    assert refused(lambda: make_fault(recording_set, "server", symptom=blurred)) == (
        "symptom",
        "Gejala ini bukan untuk Server. Pilih gejala lain.",
    )
    assert make_fault(recording_set, "camera", symptom=blurred).symptom == blurred


def test_moments_that_cannot_be_are_refused(recording_set: RecordingSet) -> None:
    future, early = moment("2026-11-20 03:01"), moment("2008-12-31 16:59")
    not_yet = "Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."
    assert refused(lambda: make_fault(recording_set, failed_at=future)) == ("failed_at", not_yet)
    assert refused(lambda: make_fault(recording_set, reported_at=future)) == ("reported_at", not_yet)
    assert refused(lambda: make_fault(recording_set, failed_at=early)) == (
        "failed_at",
        "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
    )


def test_component_that_the_set_does_not_have_is_refused(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, "generator")) == (
        "device_kind",
        "Set 1 Kecamatan Sepatan Timur tidak punya Genset pada waktu itu.",
    )
    before = moment("2026-01-05 01:59")
    assert refused(lambda: make_fault(recording_set, failed_at=before))[0] == "device_kind"


def test_component_that_was_lent_away_then_is_refused(recording_set: RecordingSet) -> None:
    device = device_of(recording_set, "camera")
    borrower = make_set(make_kecamatan("36.03.01"), kinds=[])
    move_device(device=device, recording_set=borrower, at=moment("2026-10-10 03:00"), by=None)
    assert refused(lambda: make_fault(recording_set, "camera", device=device)) == (
        "device",
        f"{device} tidak terpasang di Set 1 saat itu. Periksa alat dan waktunya.",
    )


def test_one_of_several_must_be_named(recording_set: RecordingSet) -> None:
    second = make_device(recording_set, "camera")
    assert refused(lambda: make_fault(recording_set, "camera")) == (
        "device",
        "Set 1 Kecamatan Sepatan Timur punya 2 Kamera pada waktu itu. Sebutkan nomor serinya.",
    )
    assert make_fault(recording_set, "camera", device=second).device == second


def test_device_of_another_kind_is_refused(recording_set: RecordingSet) -> None:
    camera = device_of(recording_set, "camera")
    assert refused(lambda: make_fault(recording_set, "server", device=camera)) == (
        "device_kind",
        f"{camera} bukan Server. Periksa jenisnya.",
    )


def test_second_fault_of_a_device_names_the_first(recording_set: RecordingSet) -> None:
    first = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))
    assert refused(lambda: make_fault(recording_set)) == (
        "failed_at",
        f"{first.device} sudah tercatat rusak atau tidak ada saat itu: tiket {first.number}.",
    )
    void_ticket(first, version=1, by=None, reason="salah set")
    assert make_fault(recording_set).status == "reported"


def test_faults_of_a_device_may_touch_but_not_overlap(recording_set: RecordingSet) -> None:
    def past(start: str, end: str) -> Ticket:
        return record_past_fault(
            client_key=uuid4(),
            recording_set=recording_set,
            device_kind=kind("server"),
            failed_at=moment(start),
            restored_at=moment(end),
            by=None,
        )

    past("2026-10-05 03:00", "2026-10-07 03:00")
    past("2026-10-07 03:00", "2026-10-08 03:00")
    past("2026-10-04 03:00", "2026-10-05 03:00")
    assert refused(lambda: past("2026-10-01 03:00", "2026-10-04 03:01"))[0] == "failed_at"
    assert refused(lambda: past("2026-10-09 03:00", "2026-10-09 03:00")) == (
        "restored_at",
        "Waktu pulih harus sesudah waktu rusak.",
    )
    assert Ticket.objects.count() == 3


def test_component_that_stands_there_is_not_missing(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, fault="missing")) == (
        "device_kind",
        "Server terpasang di Set 1 pada waktu itu, jadi tidak bisa dicatat tidak ada.",
    )
    device = device_of(recording_set)
    assert refused(lambda: make_fault(recording_set, fault="missing", device=device)) == (
        "device",
        "Komponen yang tidak ada tidak punya nomor seri. Kosongkan alatnya.",
    )


def test_component_is_missing_once_at_a_time(recording_set: RecordingSet) -> None:
    first = make_fault(recording_set, "tripod", fault="missing")
    assert refused(lambda: make_fault(recording_set, "tripod", fault="missing")) == (
        "failed_at",
        f"Tripod sudah tercatat rusak atau tidak ada saat itu: tiket {first.number}.",
    )


def test_nothing_is_missing_in_a_withdrawn_set(recording_set: RecordingSet) -> None:
    withdraw_set(recording_set=recording_set, at=moment("2026-11-01 03:00"), by=None)
    recording_set.refresh_from_db()
    assert refused(lambda: make_fault(recording_set, "tripod", fault="missing")) == (
        "recording_set",
        "Set 1 sudah ditarik pada waktu itu.",
    )


@pytest.mark.parametrize("field", ["note", "reporter_name"])
@pytest.mark.parametrize("text", ["NIK 3603301708450001", "3603 3017 0845 0001", "3603.3017-0845.0001 rusak"])
def test_citizens_number_in_text_is_refused(recording_set: RecordingSet, field: str, text: str) -> None:
    assert refused(lambda: make_fault(recording_set, **{field: text})) == (
        field,
        "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
    )


def test_cost_below_zero_is_refused(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, cost=Decimal("-1"))) == (
        "cost",
        "Biaya tidak boleh negatif.",
    )
