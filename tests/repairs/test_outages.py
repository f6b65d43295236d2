"""Outages over one place and many: what is written, refused and marked, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Role, User
from kecamatan.models import Event, Kecamatan, SignOfLife
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from repairs.causes import state_cause
from repairs.models import CauseStatement, Outage
from repairs.outages import confirm_outage, correct_outage, end_outage, end_outage_for, report_outage, void_outage
from tests.factories import forget_marks, make_kecamatan, make_user, marks, moment
from tests.repairs.conftest import NOW
from tests.threads import CALLERS, at_once

KEY = UUID("00000000-0000-4000-8000-000000000002")
STARTED_AT = moment("2026-10-31 17:30")
"""In November already in Jakarta."""


@pytest.fixture
def neighbour(kecamatan: Kecamatan) -> Kecamatan:
    return make_kecamatan("36.03.01", "Kecamatan Balaraja")


def power_cut(*places: Kecamatan, **values: Any) -> Outage:
    defaults: dict[str, Any] = {
        "client_key": uuid4(),
        "started_at": STARTED_AT,
        "effect": "stopped",
        "cause": "power_outage",
        "by": None,
    }
    return report_outage(places=places, **{**defaults, **values})


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message


def test_outage_over_two_places(kecamatan: Kecamatan, neighbour: Kecamatan, staff: User) -> None:
    forget_marks()
    outage = power_cut(kecamatan, neighbour, kecamatan, by=staff, certainty="certain", note=" gardu ")
    outage.refresh_from_db()
    assert list(outage.places.order_by("code")) == [neighbour, kecamatan]
    assert (outage.started_at, outage.ended_at, outage.effect) == (STARTED_AT, None, "stopped")
    assert (outage.cause, outage.certainty, outage.note) == ("power_outage", "certain", "gardu")
    assert (outage.reported_by, outage.reported_at, outage.version) == (staff, NOW, 1)
    assert marks() == [("36.03.01", "2026-11"), ("36.03.30", "2026-11")]
    events = Event.objects.filter(subject=f"outage:{outage.pk}", action="report")
    assert sorted(event.kecamatan.code for event in events) == ["36.03.01", "36.03.30"]


def test_every_place_reads_what_is_said_of_the_cause(kecamatan: Kecamatan, neighbour: Kecamatan) -> None:
    outage = power_cut(kecamatan, neighbour)
    state_cause(outage, cause="network", certainty="certain", by=None)
    told = Event.objects.filter(subject=f"outage:{outage.pk}", action="state_cause").order_by("pk")
    assert [(event.kecamatan, event.data["cause"]) for event in told] == [
        (neighbour, "power_outage"),
        (kecamatan, "power_outage"),
        (neighbour, "network"),
        (kecamatan, "network"),
    ]


def test_announced_power_cut_marks_the_current_month(kecamatan: Kecamatan) -> None:
    power_cut(kecamatan, started_at=moment("2026-12-24 02:00"), ended_at=moment("2026-12-24 08:00"))
    assert marks() == [("36.03.30", "2026-11")]


def test_outage_that_is_over_marks_its_months_only(kecamatan: Kecamatan) -> None:
    power_cut(kecamatan, started_at=moment("2026-03-31 16:00"), ended_at=moment("2026-03-31 18:00"))
    assert marks() == [("36.03.30", "2026-03"), ("36.03.30", "2026-04")]


def test_sign_of_life_is_the_reporting_operators_own(
    kecamatan: Kecamatan, neighbour: Kecamatan, staff: User, operator: User
) -> None:
    power_cut(kecamatan, neighbour, by=staff)
    power_cut(neighbour, by=None)
    assert SignOfLife.objects.count() == 0
    power_cut(kecamatan, by=operator)
    assert [sign.kecamatan for sign in SignOfLife.objects.all()] == [kecamatan]


def test_places_of_one_time_zone_only(kecamatan: Kecamatan) -> None:
    assert refused(lambda: power_cut(kecamatan, make_kecamatan("53.01.01"))) == (
        "places",
        "Kecamatan yang dipilih ada di zona waktu yang berbeda. Catat satu gangguan untuk setiap zona.",
    )
    assert refused(power_cut) == ("places", "Pilih sekurangnya satu kecamatan.")


def test_moments_that_cannot_be_are_refused(kecamatan: Kecamatan) -> None:
    assert refused(lambda: power_cut(kecamatan, ended_at=STARTED_AT)) == (
        "ended_at",
        "Waktu selesai harus sesudah waktu mulai.",
    )
    assert refused(lambda: power_cut(kecamatan, promised_at=STARTED_AT))[0] == "promised_at"
    assert refused(lambda: power_cut(kecamatan, started_at=moment("2008-06-01 00:00"))) == (
        "started_at",
        "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
    )
    assert refused(lambda: power_cut(kecamatan, note="3603301708450001"))[0] == "note"
    assert Outage.objects.count() == 0


def test_every_place_must_be_the_reporters(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, official: User
) -> None:
    for by, places in ((operator, [kecamatan, neighbour]), (official, [kecamatan])):
        with pytest.raises(Forbidden):
            power_cut(*places, by=by)
    assert Outage.objects.count() == 0


def test_same_submission_again_is_the_same_outage(kecamatan: Kecamatan, neighbour: Kecamatan) -> None:
    first = power_cut(kecamatan, neighbour, client_key=KEY)
    assert power_cut(neighbour, kecamatan, client_key=KEY) == first
    with pytest.raises(KeyReused):
        power_cut(kecamatan, client_key=KEY)
    assert Outage.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_reports_with_one_key_make_one_outage() -> None:
    places = [make_kecamatan("36.03.01"), make_kecamatan("36.03.02")]
    results = at_once(lambda _: power_cut(*places, client_key=KEY).pk)
    assert results == [Outage.objects.get().pk] * CALLERS
    assert Event.objects.filter(action="report").count() == 2
    assert CauseStatement.objects.count() == 1


def test_ending_marks_old_and_new_months(kecamatan: Kecamatan, operator: User) -> None:
    outage = power_cut(kecamatan, started_at=moment("2026-08-10 03:00"))
    forget_marks()
    end_outage(outage, version=1, by=operator, ended_at=moment("2026-09-10 03:00"))
    assert (outage.ended_at, outage.version) == (moment("2026-09-10 03:00"), 2)
    assert marks() == [("36.03.30", f"2026-{month}") for month in ("08", "09", "10", "11")]


def test_end_is_now_and_never_to_come(kecamatan: Kecamatan) -> None:
    outage = power_cut(kecamatan)
    later = moment("2026-11-20 03:01")
    assert refused(lambda: end_outage(outage, version=1, by=None, ended_at=later))[0] == "ended_at"
    assert refused(lambda: end_outage(outage, version=1, by=None, ended_at=STARTED_AT)) == (
        "ended_at",
        "Waktu selesai harus sesudah waktu mulai.",
    )
    end_outage(outage, version=1, by=None)
    assert outage.ended_at == NOW
    with pytest.raises(Conflict):
        end_outage(outage, version=1, by=None)


def test_operator_does_not_end_a_neighbours_outage(kecamatan: Kecamatan, neighbour: Kecamatan, operator: User) -> None:
    outage = power_cut(kecamatan, neighbour)
    with pytest.raises(Forbidden):
        end_outage(outage, version=1, by=operator)


def test_a_place_that_is_over_before_the_others_becomes_an_outage_of_its_own(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, staff: User
) -> None:
    outage = power_cut(kecamatan, neighbour, by=staff, note="gardu", promised_at=moment("2026-11-20 05:00"))
    state_cause(outage, cause="weak_power", certainty="certain", by=staff)
    forget_marks()
    part = end_outage_for(outage, places=[kecamatan], by=operator, ended_at=moment("2026-11-20 02:00"))
    outage.refresh_from_db()
    assert (list(outage.places.all()), outage.ended_at, outage.version) == ([neighbour], None, 2)
    assert (list(part.places.all()), part.ended_at, part.split_from) == (
        [kecamatan],
        moment("2026-11-20 02:00"),
        outage,
    )
    kept = ("started_at", "effect", "note", "promised_at", "cause", "certainty", "reported_by", "reported_at")
    assert [getattr(part, name) for name in kept] == [getattr(outage, name) for name in kept]
    assert [row.cause for row in part.cause_statements.order_by("stated_at", "pk")] == ["power_outage", "weak_power"]
    assert marks() == [("36.03.30", "2026-11")]
    told = Event.objects.filter(action__in=["end_for", "split"]).order_by("pk")
    assert [(event.subject, event.kecamatan, event.by) for event in told] == [
        (f"outage:{outage.pk}", kecamatan, operator),
        (f"outage:{part.pk}", kecamatan, operator),
    ]


def test_all_places_together_end_the_outage_itself(kecamatan: Kecamatan, neighbour: Kecamatan, staff: User) -> None:
    outage = power_cut(kecamatan, neighbour)
    assert end_outage_for(outage, places=[neighbour, kecamatan], by=staff, version=1) == outage
    assert (Outage.objects.get().ended_at, Outage.objects.get().version) == (NOW, 2)


def test_what_is_not_or_no_longer_there_cannot_be_ended(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, staff: User
) -> None:
    outage = power_cut(kecamatan, neighbour)
    with pytest.raises(Forbidden):
        end_outage_for(outage, places=[neighbour], by=operator)
    with pytest.raises(Conflict):
        end_outage_for(outage, places=[neighbour], by=staff, version=2)
    assert refused(lambda: end_outage_for(outage, places=[], by=staff))[0] == "places"
    assert (
        refused(lambda: end_outage_for(outage, places=[kecamatan], by=operator, ended_at=STARTED_AT))[0] == "ended_at"
    )
    end_outage_for(outage, places=[kecamatan], by=operator)
    assert refused(lambda: end_outage_for(outage, places=[kecamatan], by=operator)) == (
        "places",
        "Kecamatan Sepatan Timur sudah tidak termasuk gangguan ini. Muat ulang halamannya.",
    )
    planned = power_cut(kecamatan, started_at=moment("2026-11-21 02:00"))
    assert refused(lambda: end_outage_for(planned, places=[kecamatan], by=operator)) == (
        "",
        "Gangguan ini baru direncanakan dan belum mulai. Bila batal, minta dinas membatalkannya.",
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_kecamatan_say_at_once_that_it_is_over_and_none_is_lost() -> None:
    places = [make_kecamatan(f"36.03.{number:02}") for number in range(1, CALLERS + 1)]
    outage = power_cut(*places)
    at_once(lambda number: end_outage_for(outage, places=[places[number]], by=None).pk)
    assert Outage.objects.filter(ended_at=None).count() == 0
    ended = Outage.places.through.objects.values_list("kecamatan__code", flat=True)
    assert sorted(ended) == [place.code for place in places]


def test_confirming_is_a_sign_of_life_of_the_operators_own_kecamatan(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, staff: User
) -> None:
    outage = power_cut(kecamatan, neighbour)
    confirm_outage(outage, places=[kecamatan], by=operator)
    confirm_outage(outage, places=[kecamatan, neighbour], by=staff)
    assert [sign.kecamatan for sign in SignOfLife.objects.all()] == [kecamatan]
    told = Event.objects.filter(action="confirm").order_by("pk")
    assert [(event.kecamatan, event.by) for event in told] == [
        (kecamatan, operator),
        (neighbour, staff),
        (kecamatan, staff),
    ]
    with pytest.raises(Forbidden):
        confirm_outage(outage, places=[neighbour], by=operator)
    end_outage(outage, version=1, by=staff)
    assert refused(lambda: confirm_outage(outage, places=[kecamatan], by=operator)) == (
        "",
        "Gangguan ini sudah tercatat selesai. Bila terjadi lagi, laporkan sebagai gangguan baru.",
    )


def test_saying_that_it_is_over_is_a_sign_of_life_of_the_operators_own_kecamatan(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, staff: User
) -> None:
    end_outage(power_cut(kecamatan, neighbour), version=1, by=staff)
    end_outage_for(power_cut(kecamatan, neighbour), places=[kecamatan], by=staff)
    end_outage(power_cut(kecamatan), version=1, by=None)
    assert SignOfLife.objects.count() == 0
    end_outage_for(power_cut(kecamatan, neighbour), places=[kecamatan], by=operator)
    assert [(sign.kecamatan, sign.day) for sign in SignOfLife.objects.all()] == [(kecamatan, date(2026, 11, 20))]
    SignOfLife.objects.all().delete()
    end_outage(power_cut(kecamatan), version=1, by=operator)
    assert [sign.kecamatan for sign in SignOfLife.objects.all()] == [kecamatan]


def test_correction_marks_old_and_new_places_and_months(
    kecamatan: Kecamatan, neighbour: Kecamatan, staff: User
) -> None:
    outage = power_cut(kecamatan, started_at=moment("2026-03-10 03:00"), ended_at=moment("2026-03-11 03:00"))
    forget_marks()
    correct_outage(
        outage,
        version=1,
        by=staff,
        reason="salah bulan dan tempat",
        places=[neighbour],
        started_at=moment("2026-04-10 03:00"),
        ended_at=moment("2026-04-11 03:00"),
    )
    assert list(outage.places.all()) == [neighbour]
    assert (outage.started_at, outage.effect) == (moment("2026-04-10 03:00"), "stopped")
    assert marks() == [("36.03.01", "2026-04"), ("36.03.30", "2026-03")]
    event = Event.objects.filter(action="correct").order_by("kecamatan__code")
    assert [row.kecamatan for row in event] == [neighbour, kecamatan]
    assert event[0].data == {
        "reason": "salah bulan dan tempat",
        "before": {"started_at": "2026-03-10 03:00:00+00:00", "ended_at": "2026-03-11 03:00:00+00:00"},
        "places_before": ["36.03.30"],
    }


def test_correction_obeys_the_rules_of_a_report(kecamatan: Kecamatan, operator: User, staff: User) -> None:
    outage = power_cut(kecamatan)
    with pytest.raises(Forbidden):
        correct_outage(outage, version=1, by=operator, reason="salah", effect="limited")
    assert refused(lambda: correct_outage(outage, version=1, by=staff, reason="salah", ended_at=STARTED_AT)) == (
        "ended_at",
        "Waktu selesai harus sesudah waktu mulai.",
    )
    assert refused(lambda: correct_outage(outage, version=1, by=staff, reason="", effect="limited")) == (
        "reason",
        "Tulis alasannya.",
    )
    correct_outage(outage, version=1, by=staff, reason="masih bisa merekam", effect="limited")
    assert (outage.effect, outage.started_at) == ("limited", STARTED_AT)


def test_voided_outage_counts_nowhere_and_stays(kecamatan: Kecamatan, staff: User) -> None:
    outage = power_cut(kecamatan)
    forget_marks()
    void_outage(outage, version=1, by=staff, reason="tidak padam")
    assert (outage.voided_at, outage.voided_by, outage.void_reason) == (NOW, staff, "tidak padam")
    assert (Outage.objects.count(), Outage.objects.counted().count()) == (1, 0)
    assert marks() == [("36.03.30", "2026-11")]
    assert refused(lambda: end_outage(outage, version=2, by=staff)) == (
        "",
        "Catatan ini sudah dibatalkan, sehingga tidak dapat diubah lagi.",
    )


def test_two_people_name_different_causes(
    kecamatan: Kecamatan, neighbour: Kecamatan, staff: User, operator: User
) -> None:
    outage = power_cut(kecamatan, neighbour, cause="unknown")
    assert (outage.cause, CauseStatement.objects.count()) == ("unknown", 0)
    state_cause(outage, cause="power_outage", by=operator, source="operator")
    assert outage.cause == "power_outage"
    forget_marks()
    state_cause(outage, cause="central_server", by=staff, source="kepala dinas")
    state_cause(outage, cause="power_outage", by=operator)
    outage.refresh_from_db()
    assert (outage.cause, outage.certainty) == ("central_server", "suspected")
    assert marks() == [("36.03.01", "2026-11"), ("36.03.30", "2026-11")]
    stranger = make_user(Role.STAFF, make_kecamatan("36.71.01").kabupaten)
    with pytest.raises(Forbidden):
        state_cause(outage, cause="network", by=stranger)


def test_outage_is_seen_from_each_of_its_places(
    kecamatan: Kecamatan, neighbour: Kecamatan, operator: User, staff: User
) -> None:
    both, far = power_cut(kecamatan, neighbour), power_cut(neighbour)
    nobody = User.objects.create_user(username="tanpa-tugas")
    assert list(Outage.objects.visible_to(operator)) == [both]
    assert list(Outage.objects.visible_to(staff).order_by("pk")) == [both, far]
    assert list(Outage.objects.visible_to(nobody)) == []
