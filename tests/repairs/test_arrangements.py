"""Arrangements: who is served where, what is refused, what is marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from devices.readiness import Service
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from repairs.arrangements import (
    correct_arrangement,
    end_arrangement,
    start_arrangement,
    void_arrangement,
    warnings,
)
from repairs.models import Arrangement
from tests.factories import forget_marks, make_dinas, make_kecamatan, marks, moment
from tests.repairs.conftest import NOW
from tests.threads import at_once

STARTED_AT = moment("2026-10-10 01:00")


@pytest.fixture
def host(kecamatan: Kecamatan) -> Kecamatan:
    return make_kecamatan("36.03.01", "Kecamatan Sukamulya")


def hosted(guest: Kecamatan, host: Kecamatan | None, **values: Any) -> Arrangement:
    return start_arrangement(
        kecamatan=guest, host=host, **{"kind": "hosted", "started_at": STARTED_AT, "by": None, **values}
    )


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message


def test_hosting_is_on_record_and_marks_guest_and_host(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    arrangement = hosted(kecamatan, host, by=staff)
    assert (arrangement.kind, arrangement.host, arrangement.ended_at) == ("hosted", host, None)
    assert marks() == [
        ("36.03.01", "2026-10"),
        ("36.03.01", "2026-11"),
        ("36.03.30", "2026-10"),
        ("36.03.30", "2026-11"),
    ]
    event = Event.objects.get(action="start")
    assert (event.kecamatan, event.by, event.data) == (
        kecamatan,
        staff,
        {"kind": "hosted", "host": "36.03.01"},
    )


def test_planned_mobile_unit_marks_the_current_month(kecamatan: Kecamatan) -> None:
    start_arrangement(
        kecamatan=kecamatan,
        kind="mobile_unit",
        started_at=moment("2027-02-01 01:00"),
        ended_at=moment("2027-02-03 01:00"),
        by=None,
    )
    assert marks() == [("36.03.30", "2026-11")]


def test_what_cannot_be_is_refused(kecamatan: Kecamatan, host: Kecamatan) -> None:
    assert refused(lambda: hosted(kecamatan, kecamatan)) == (
        "host",
        "Kecamatan tidak bisa menumpang di kecamatannya sendiri. Pilih tuan rumah lain.",
    )
    assert refused(lambda: hosted(kecamatan, None)) == ("host", "Sebutkan kecamatan tuan rumahnya.")
    assert refused(lambda: hosted(kecamatan, host, ended_at=STARTED_AT)) == (
        "ended_at",
        "Waktu selesai harus sesudah waktu mulai.",
    )
    assert refused(lambda: hosted(kecamatan, host, started_at=moment("2001-01-01 00:00"))) == (
        "started_at",
        "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
    )
    assert Arrangement.objects.count() == 0


def test_only_staff_arranges(kecamatan: Kecamatan, host: Kecamatan, operator: User, official: User) -> None:
    for user in (operator, official):
        with pytest.raises(Forbidden):
            hosted(kecamatan, host, by=user)
    assert Arrangement.objects.count() == 0


@pytest.mark.parametrize(
    ("started_at", "ended_at"),
    [
        ("2026-10-15 01:00", None),
        ("2026-10-01 01:00", None),
        ("2026-10-01 01:00", "2026-10-10 01:01"),
        ("2026-10-19 00:59", "2026-10-25 01:00"),
    ],
)
def test_second_hosting_at_the_same_time_is_refused(
    kecamatan: Kecamatan, host: Kecamatan, started_at: str, ended_at: str | None
) -> None:
    hosted(kecamatan, host, ended_at=moment("2026-10-19 01:00"))
    other = make_kecamatan("36.03.02")
    end: datetime | None = moment(ended_at) if ended_at else None
    assert refused(lambda: hosted(kecamatan, other, started_at=moment(started_at), ended_at=end)) == (
        "started_at",
        "Kecamatan Sepatan Timur sudah menumpang di Kecamatan Sukamulya pada waktu itu. Akhiri dulu yang lama.",
    )


def test_hostings_may_touch_and_other_kinds_may_overlap(kecamatan: Kecamatan, host: Kecamatan) -> None:
    first = hosted(kecamatan, host, ended_at=moment("2026-10-19 01:00"))
    hosted(kecamatan, host, started_at=moment("2026-10-19 01:00"))
    hosted(host, kecamatan)
    start_arrangement(kecamatan=kecamatan, kind="diverted", started_at=STARTED_AT, host=make_dinas("36.03"), by=None)
    void_arrangement(first, version=1, by=None, reason="tidak jadi")
    hosted(kecamatan, host, ended_at=moment("2026-10-19 01:00"))
    assert Arrangement.objects.counted().count() == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_hostings_at_once_make_one() -> None:
    guest, host = make_kecamatan("36.03.30"), make_kecamatan("36.03.01")
    results = at_once(lambda _: hosted(guest, host).pk)
    assert [result for result in results if not isinstance(result, Refused)] == [Arrangement.objects.get().pk]


def test_end_marks_old_and_new_months(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    arrangement = start_arrangement(
        kecamatan=kecamatan, kind="mobile_unit", started_at=moment("2026-08-10 01:00"), by=None
    )
    forget_marks()
    end_arrangement(arrangement, version=1, by=staff, ended_at=moment("2026-09-10 01:00"))
    assert (arrangement.ended_at, arrangement.version) == (moment("2026-09-10 01:00"), 2)
    assert marks() == [("36.03.30", f"2026-{month}") for month in ("08", "09", "10", "11")]
    with pytest.raises(Conflict):
        end_arrangement(arrangement, version=1, by=staff)


def test_end_is_now_unless_said_otherwise(kecamatan: Kecamatan, host: Kecamatan) -> None:
    arrangement = hosted(kecamatan, host)
    end_arrangement(arrangement, version=1, by=None)
    assert arrangement.ended_at == NOW


def test_correction_marks_old_and_new_hosts_and_months(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    arrangement = hosted(kecamatan, host, started_at=moment("2026-03-10 01:00"), ended_at=moment("2026-03-12 01:00"))
    forget_marks()
    correct_arrangement(
        arrangement,
        version=1,
        by=staff,
        reason="salah tuan rumah",
        host=make_kecamatan("36.03.02", "Kecamatan Kresek"),
        started_at=moment("2026-02-10 01:00"),
    )
    assert (arrangement.host.name, arrangement.version) == ("Kecamatan Kresek", 2)
    assert marks() == [
        ("36.03.01", "2026-03"),
        ("36.03.02", "2026-02"),
        ("36.03.02", "2026-03"),
        ("36.03.30", "2026-02"),
        ("36.03.30", "2026-03"),
    ]
    assert Event.objects.get(action="correct").data == {
        "before": {"host": "Kecamatan Sukamulya", "started_at": "2026-03-10 01:00:00+00:00"},
        "reason": "salah tuan rumah",
    }


def test_refused_correction_leaves_the_row_as_it_was(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    arrangement = hosted(kecamatan, host)
    assert (
        refused(lambda: correct_arrangement(arrangement, version=1, by=staff, reason="salah", host=kecamatan))[0]
        == "host"
    )
    assert arrangement.host == host
    arrangement.refresh_from_db()
    assert (arrangement.host, arrangement.version) == (host, 1)


def test_voided_arrangement_counts_nowhere(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    arrangement = hosted(kecamatan, host, started_at=moment("2026-11-10 01:00"))
    forget_marks()
    void_arrangement(arrangement, version=1, by=staff, reason="tidak jadi")
    assert (arrangement.voided_at, arrangement.void_reason) == (NOW, "tidak jadi")
    assert list(Arrangement.objects.counted()) == []
    assert marks() == [("36.03.01", "2026-11"), ("36.03.30", "2026-11")]


def test_able_guest_and_unable_host_are_warnings(kecamatan: Kecamatan, host: Kecamatan) -> None:
    arrangement = hosted(kecamatan, host)
    assert warnings(arrangement, guest=Service.HOSTED, host=Service.LIMITED) == []
    assert warnings(arrangement, guest=Service.LIMITED, host=Service.STOPPED) == [
        "Kecamatan Sepatan Timur bisa merekam sendiri. Apakah layanan pengganti masih perlu?",
        "Kecamatan Sukamulya sendiri tidak bisa merekam. Pilih tuan rumah lain.",
    ]
    unit = start_arrangement(kecamatan=host, kind="mobile_unit", started_at=STARTED_AT, by=None)
    assert warnings(unit, guest=Service.MOBILE) == []
