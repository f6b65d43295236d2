"""Lost records and re-recordings: what is written, refused and marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from accounts.models import User
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from repairs.losses import correct_loss, record_loss, standing, void_loss
from repairs.models import LostRecords, Rerecording
from repairs.rerecordings import record_rerecording, void_rerecording
from reports import rollups
from reports.models import RegionMonth
from reports.verification import verify
from tests.factories import forget_marks, make_kecamatan, marks, moment
from tests.repairs.conftest import NOW
from tests.threads import at_once

DAY = date(2026, 9, 14)


def lost(kecamatan: Kecamatan, **values: Any) -> LostRecords:
    return record_loss(kecamatan=kecamatan, **{"day": DAY, "count": 1738, "by": None, **values})


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message


def test_loss_marks_the_month_of_its_day(kecamatan: Kecamatan, operator: User) -> None:
    loss = lost(kecamatan, cause="human_error", note=" kata sandi diganti ", by=operator)
    loss.refresh_from_db()
    assert (loss.count, loss.cause, loss.certainty) == (1738, "human_error", "suspected")
    assert (loss.rerecorded, loss.rerecorded_on, loss.note) == (0, None, "kata sandi diganti")
    assert marks() == [("36.03.30", "2026-09")]
    assert Event.objects.get(action="record").data == {"count": 1738, "certainty": "suspected"}


def test_each_rerecording_is_a_row_that_marks_its_own_month(kecamatan: Kecamatan, operator: User) -> None:
    loss = lost(kecamatan, rerecorded=100, rerecorded_on=date(2026, 10, 1))
    assert marks() == [("36.03.30", "2026-09"), ("36.03.30", "2026-10")]
    forget_marks()
    record_rerecording(loss, number=1100, day=date(2026, 11, 20), version=1, by=operator)
    assert (loss.rerecorded, loss.rerecorded_on, loss.version) == (1200, date(2026, 11, 20), 2)
    assert marks() == [("36.03.30", "2026-11")]
    assert rows(loss) == [(date(2026, 10, 1), 100, None), (date(2026, 11, 20), 1100, operator.pk)]
    assert Event.objects.get(action="rerecord").data == {"number": 1100, "day": "2026-11-20"}
    with pytest.raises(Conflict):
        record_rerecording(loss, number=1, day=DAY, version=1, by=operator)


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"number": 0}, "number", "Isi sekurangnya 1 orang."),
        ({"number": 8}, "number", "Rekam ulang (11) melebihi data yang hilang (10). Periksa keduanya."),
        ({"day": date(2026, 9, 13)}, "day", "Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya."),
        ({"day": date(2026, 11, 21)}, "day", "21/11/2026 belum tiba. Tulis hari yang sudah lewat."),
    ],
)
def test_impossible_rerecording_is_refused(
    kecamatan: Kecamatan, values: dict[str, Any], field: str, message: str
) -> None:
    loss = lost(kecamatan, count=10, rerecorded=3)
    told = {"number": 1, "day": DAY, "version": 1, "by": None} | values
    assert refused(lambda: record_rerecording(loss, **told)) == (field, message)
    assert rows(loss) == [(None, 3, None)]


def test_voided_rerecording_leaves_the_total_and_marks_its_month(kecamatan: Kecamatan, operator: User) -> None:
    loss = lost(kecamatan)
    row = record_rerecording(loss, number=500, day=date(2026, 10, 1), version=1, by=operator)
    record_rerecording(loss, number=400, day=date(2026, 11, 2), version=2, by=operator)
    forget_marks()
    void_rerecording(loss, row=row, version=3, by=operator, reason="Salah ketik")
    assert (loss.rerecorded, loss.rerecorded_on, loss.version) == (400, date(2026, 11, 2), 4)
    assert marks() == [("36.03.30", "2026-10")]
    assert (row.voided_at, row.voided_by, row.void_reason) == (NOW, operator, "Salah ketik")
    assert refused(lambda: void_rerecording(loss, row=row, version=4, by=operator, reason="Lagi")) == (
        "row",
        "Rekam ulang itu sudah dibatalkan. Pilih yang lain.",
    )


def test_a_loss_is_not_moved_behind_its_rerecordings(kecamatan: Kecamatan, staff: User) -> None:
    loss = lost(kecamatan, rerecorded=1, rerecorded_on=date(2026, 9, 20))
    record_rerecording(loss, number=1, day=date(2026, 11, 2), version=1, by=staff)
    wrong = refused(lambda: correct_loss(loss, version=2, by=staff, reason="salah", day=date(2026, 10, 1)))
    assert wrong == ("day", "Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya.")


def test_the_net_of_each_month_keeps_what_was_recorded_again_in_it(kecamatan: Kecamatan) -> None:
    """500 in September and 400 more in October: the first stay where they are; a suspected loss gives nothing."""
    loss = lost(kecamatan, certainty="confirmed", rerecorded=500)
    record_rerecording(loss, number=400, day=date(2026, 10, 5), version=1, by=None)
    lost(kecamatan, day=date(2026, 9, 15), count=9, rerecorded=9)
    rollups.refresh()
    assert nets(kecamatan) == {9: (1738, 9, 500, -1238), 10: (0, 0, 400, 400)}
    void_rerecording(loss, row=Rerecording.objects.earliest("pk"), version=2, by=None, reason="Salah")
    rollups.refresh()
    assert nets(kecamatan) == {9: (1738, 9, 0, -1738), 10: (0, 0, 400, 400)}
    assert verify().differences == []


def rows(loss: LostRecords) -> list[tuple[date | None, int, int | None]]:
    return list(standing(loss).values_list("day", "number", "recorded_by"))


def nets(place: Kecamatan) -> dict[int, tuple[int, ...]]:
    found = RegionMonth.objects.filter(level="kecamatan", region_id=place.pk).order_by("month")
    return {row.month.month: (row.lost, row.lost_suspected, row.rerecorded, row.net) for row in found}


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"count": 0}, "count", "Jumlah data hilang sekurangnya 1."),
        ({"count": -5}, "count", "Jumlah data hilang sekurangnya 1."),
        ({"day": date(2026, 11, 21)}, "day", "21/11/2026 belum tiba. Tulis hari yang sudah lewat."),
        (
            {"day": date(2008, 12, 31)},
            "day",
            "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
        ),
        ({"rerecorded": -1}, "rerecorded", "Jumlah rekam ulang tidak boleh negatif."),
        (
            {"rerecorded": 1739},
            "rerecorded",
            "Rekam ulang (1739) melebihi data yang hilang (1738). Periksa keduanya.",
        ),
        (
            {"rerecorded_on": date(2026, 9, 13)},
            "rerecorded_on",
            "Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya.",
        ),
        (
            {"rerecorded_on": date(2026, 11, 21)},
            "rerecorded_on",
            "21/11/2026 belum tiba. Tulis hari yang sudah lewat.",
        ),
        (
            {"note": "3603 3017 0845 0001"},
            "note",
            "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
        ),
    ],
)
def test_what_cannot_be_is_refused(kecamatan: Kecamatan, values: dict[str, Any], field: str, message: str) -> None:
    assert refused(lambda: lost(kecamatan, **values)) == (field, message)
    assert LostRecords.objects.count() == 0


def test_today_is_the_places_own_day(kecamatan: Kecamatan, frozen: time_machine.Traveller) -> None:
    """At 15.30 UTC it is the next day in Jayapura only."""
    frozen.move_to(moment("2026-11-20 15:30"))
    tomorrow = date(2026, 11, 21)
    assert lost(make_kecamatan("91.03.01"), day=tomorrow).day == tomorrow
    for code in ("36.03.01", "53.01.01"):
        assert refused(lambda code=code: lost(make_kecamatan(code), day=tomorrow))[0] == "day"


def test_one_loss_for_each_day(kecamatan: Kecamatan, staff: User) -> None:
    first = lost(kecamatan)
    message = "Data hilang Kecamatan Sepatan Timur pada 14/09/2026 sudah tercatat. Koreksi catatan itu."
    assert refused(lambda: lost(kecamatan, count=5)) == ("day", message)
    second = lost(kecamatan, day=date(2026, 9, 15))
    assert refused(lambda: correct_loss(second, version=1, by=staff, reason="salah hari", day=DAY)) == ("day", message)
    void_loss(first, version=1, by=staff, reason="ganda")
    correct_loss(second, version=1, by=staff, reason="salah hari", day=DAY)
    assert second.day == DAY


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_losses_of_one_day_make_one() -> None:
    kecamatan = make_kecamatan("36.03.30")
    results = at_once(lambda _: lost(kecamatan).pk)
    assert [result for result in results if not isinstance(result, Refused)] == [LostRecords.objects.get().pk]


def test_confirming_is_a_correction(kecamatan: Kecamatan, staff: User, operator: User) -> None:
    loss = lost(kecamatan)
    with pytest.raises(Forbidden):
        correct_loss(loss, version=1, by=operator, reason="pasti", certainty="confirmed")
    forget_marks()
    correct_loss(loss, version=1, by=staff, reason="dicek ke pusat", certainty="confirmed", day=date(2026, 8, 31))
    assert (loss.certainty, loss.day, loss.count) == ("confirmed", date(2026, 8, 31), 1738)
    assert marks() == [("36.03.30", "2026-08"), ("36.03.30", "2026-09")]
    assert Event.objects.get(action="correct").data == {
        "before": {"certainty": "suspected", "day": "2026-09-14"},
        "reason": "dicek ke pusat",
    }


def test_only_operator_and_staff_record(kecamatan: Kecamatan, technician: User, official: User) -> None:
    for user in (technician, official):
        with pytest.raises(Forbidden):
            lost(kecamatan, by=user)
    assert LostRecords.objects.count() == 0


def test_voided_loss_stays(kecamatan: Kecamatan, staff: User) -> None:
    loss = lost(kecamatan, rerecorded=1, rerecorded_on=date(2026, 10, 1))
    forget_marks()
    void_loss(loss, version=1, by=staff, reason="data ditemukan")
    assert (loss.voided_at, loss.voided_by, loss.void_reason) == (NOW, staff, "data ditemukan")
    assert marks() == [("36.03.30", "2026-09"), ("36.03.30", "2026-10")]
    assert refused(lambda: correct_loss(loss, version=2, by=staff, reason="lagi", count=1)) == (
        "",
        "Catatan ini sudah dibatalkan, sehingga tidak dapat diubah lagi.",
    )
