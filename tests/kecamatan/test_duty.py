"""Population, targets, counts, priorities and the office calendar: what is written, marked and kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from kecamatan.duty import (
    Changes,
    Count,
    CountsRefused,
    PopulationFigures,
    days_of,
    enter_recordings,
    nation_marks_preview,
    office_calendar,
    population_bounds,
    remove_reference_day,
    save_day_off,
    save_office_hours,
    say_all_is_normal,
    semester_holds_from,
    set_populations,
)
from kecamatan.models import DayOff, Event, Kecamatan, OfficeHours, Population, Recording, TargetRule
from kecamatan.priorities import set_priorities
from kecamatan.targets import set_target
from lib.errors import Refused
from tests.factories import forget_marks, make_dinas, make_kecamatan, make_user, marks, moment
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        yield


@pytest.fixture
def place() -> Kecamatan:
    return make_kecamatan("36.03.30")


@pytest.mark.parametrize(
    ("semester", "month"), [("2012-1", date(2012, 7, 1)), ("2012-2", date(2013, 1, 1)), ("2025-2", date(2026, 1, 1))]
)
def test_a_semester_holds_from_the_month_after_it(semester, month):
    assert semester_holds_from(semester) == month


def test_an_unknown_semester_is_refused():
    with pytest.raises(Refused) as refusal:
        semester_holds_from("2012-3")
    assert refusal.value.message == "Semester “2012-3” tidak dikenal. Tulis misalnya 2012-1 atau 2012-2."


def test_a_semester_is_added_once_and_corrected_with_its_old_figures_kept(place):
    figures = PopulationFigures(place, "2025-2", 1000, 700, 650)
    assert set_populations([figures], by=None) == Changes(added=1)
    assert marks() == [("36.03.30", "2026-01"), ("36.03.30", "2026-02"), ("36.03.30", "2026-03")]
    forget_marks()
    assert set_populations([figures], by=None) == Changes(unchanged=1)
    assert marks() == []
    assert set_populations([PopulationFigures(place, "2025-2", 1000, 710)], by=None) == Changes(changed=1)
    assert Population.objects.values_list("eligible", "recorded_total").get() == (710, None)
    assert Event.objects.get().data == {"before": {"population": 1000, "eligible": 700, "recorded_total": 650}}
    assert population_bounds() == {place.pk: 1000}


def test_a_semester_that_holds_from_the_next_month_marks_the_current_one(place):
    with time_machine.travel(moment("2026-06-30 04:00"), tick=False):
        set_populations([PopulationFigures(place, "2026-1", 1000, 700)], by=None)
    assert marks() == [("36.03.30", "2026-06")]


def test_counts_are_told_apart_by_day_place_and_mobile_unit(place):
    dinas = make_dinas("36.03")
    day = date(2026, 3, 9)
    counts = [Count(place, day, place, 5), Count(place, day, dinas, 3), Count(place, day, place, 2, True)]
    assert enter_recordings(counts, by=None) == Changes(added=3)
    assert enter_recordings(counts, by=None) == Changes(unchanged=3)
    assert sorted(Recording.objects.values_list("recorded", flat=True)) == [2, 3, 5]


def test_a_corrected_count_keeps_the_old_value_and_who_changed_it(place):
    operator = make_user("operator", place)
    enter_recordings([Count(place, date(2026, 3, 9), place, 5, hindrance="network")], by=None)
    assert enter_recordings([Count(place, date(2026, 3, 9), place, 7)], by=operator) == Changes(changed=1)
    event = Event.objects.get()
    assert (event.by, event.action) == (operator, "correct")
    assert event.data == {"before": {"recorded": 5, "printed": None, "hindrance": "network"}}


def test_a_count_at_the_end_of_a_month_is_the_sign_of_life_of_the_next(place):
    enter_recordings([Count(place, date(2026, 2, 26), place, 5)], by=None)
    assert marks() == [("36.03.30", "2026-02"), ("36.03.30", "2026-03")]
    forget_marks()
    enter_recordings([Count(place, date(2026, 2, 9), place, 5)], by=None)
    assert marks() == [("36.03.30", "2026-02")]


def test_no_counts_change_nothing():
    assert enter_recordings([], by=None) == Changes()


def refusal_of(count: Count) -> tuple[str, str]:
    with pytest.raises(CountsRefused) as refusal:
        enter_recordings([count], by=None)
    assert list(refusal.value.problems) == [count.key]
    assert Recording.objects.count() == 0
    return refusal.value.field, refusal.value.message


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"day": date(2026, 3, 19)}, "day", "19/03/2026 belum tiba. Tulis hari yang sudah lewat."),
        ({"day": date(2008, 12, 31)}, "day", "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."),
        ({"recorded": -1}, "recorded", "-1 tidak boleh negatif. Tulis 0 atau lebih."),
        ({"recorded": 101}, "recorded", "101 melebihi penduduk Kecamatan 36.03.30 (100). Periksa angkanya."),
        ({"printed": -2}, "printed", "-2 tidak boleh negatif. Tulis 0 atau lebih."),
        ({"printed": 101}, "printed", "101 melebihi penduduk Kecamatan 36.03.30 (100). Periksa angkanya."),
        ({"hindrance": "rain"}, "hindrance", "Kendala “rain” tidak dikenal. Pilih satu dari daftar."),
    ],
)
def test_a_count_that_cannot_be_is_refused(place: Kecamatan, wrong: dict[str, Any], field: str, message: str) -> None:
    set_populations([PopulationFigures(place, "2025-2", 100, 70)], by=None)
    assert refusal_of(replace(Count(place, date(2026, 3, 18), place, 100), **wrong)) == (field, message)


def test_a_count_of_a_closed_kecamatan_or_at_a_closed_place_is_refused(place):
    closed = make_kecamatan("36.03.31")
    closed.closed_on = date(2026, 3, 1)
    day, sentence = date(2026, 2, 2), "Kecamatan 36.03.31 (36.03.31) ditutup pada 01/03/2026. Pakai kode penggantinya."
    assert refusal_of(Count(closed, day, closed, 1)) == ("kecamatan", sentence)
    assert refusal_of(Count(place, day, closed, 1)) == ("place", sentence)


def test_a_mobile_unit_records_in_the_kecamatan_itself(place):
    count = Count(place, date(2026, 3, 2), make_kecamatan("36.03.31"), 1, by_mobile_unit=True)
    assert refusal_of(count)[0] == "place"


def test_an_unknown_population_bounds_nothing_but_what_can_be_stored(place):
    assert refusal_of(Count(place, date(2026, 3, 2), place, 2_147_483_648)) == (
        "recorded",
        "2147483648 terlalu besar. Periksa angkanya.",
    )


def test_today_of_a_count_is_the_day_of_its_kecamatan(place):
    papua = make_kecamatan("91.03.01")
    with time_machine.travel(moment("2026-03-18 15:30"), tick=False):
        assert enter_recordings([Count(papua, date(2026, 3, 19), papua, 1)], by=None) == Changes(added=1)
        with pytest.raises(CountsRefused):
            enter_recordings([Count(place, date(2026, 3, 19), place, 1)], by=None)


def test_each_impossible_count_of_several_is_named_and_none_is_written(place):
    good, late, negative = (
        Count(place, date(2026, 3, 9), place, 5),
        Count(place, date(2026, 3, 19), place, 5),
        Count(place, date(2026, 3, 10), place, -5),
    )
    with pytest.raises(CountsRefused) as refusal:
        enter_recordings([good, late, negative], by=None)
    assert {key: problem.field for key, problem in refusal.value.problems.items()} == {
        late.key: "day",
        negative.key: "recorded",
    }
    assert Recording.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_who_enter_the_same_new_count_at_once_make_one(place):
    days = [date(2026, 3, 9), date(2026, 3, 10)]

    def enter(number: int) -> Changes:
        return enter_recordings([Count(place, day, place, 5) for day in days], by=None)

    results = at_once(enter, callers=8)
    assert sorted(results) == [*[Changes(unchanged=2)] * 7, Changes(added=2)]
    assert list(Recording.objects.order_by("day").values_list("day", "recorded")) == [(day, 5) for day in days]


def test_a_kabupatens_target_marks_all_its_kecamatan(place):
    make_kecamatan("36.03.31")
    make_dinas("36.03")
    assert set_target(place.kabupaten, starts_on=date(2026, 2, 1), percent=Decimal(15), by=None) == Changes(added=1)
    assert marks() == [(code, month) for code in ("36.03.30", "36.03.31") for month in ("2026-02", "2026-03")]
    forget_marks()
    again = set_target(place.kabupaten, starts_on=date(2026, 2, 1), percent=Decimal(15), by=None)
    assert (again, marks()) == (Changes(unchanged=1), [])
    with pytest.raises(Refused) as refusal:
        set_target(place.kabupaten, starts_on=date(2026, 2, 1), count=40, by=None)
    assert refusal.value.message == "Sudah ada aturan mulai Februari 2026. Betulkan yang itu."
    replaced = set_target(place.kabupaten, starts_on=date(2026, 2, 1), count=40, by=None, replaces=True)
    assert replaced == Changes(changed=1)
    assert TargetRule.objects.values_list("percent", "count", "version").get() == (None, 40, 2)


def test_a_target_is_a_percentage_or_a_count(place):
    with pytest.raises(Refused) as refusal:
        set_target(place, starts_on=date(2026, 2, 1), percent=Decimal(15), count=40, by=None)
    assert refusal.value.message == "Isi persen atau jumlah, jangan keduanya."


def test_priorities_stand_in_the_order_in_which_they_are_named(place):
    other, third = make_kecamatan("36.03.31"), make_kecamatan("36.03.32")
    set_priorities("36.03", [other.code, place.code], by=None)
    set_priorities("36.03", [third.code, other.code], by=None)
    ranks = dict(Kecamatan.objects.values_list("code", "priority_rank"))
    assert ranks == {"36.03.30": None, "36.03.31": 2, "36.03.32": 1}
    with pytest.raises(Refused) as refusal:
        set_priorities("36.03", ["36.03.99"], by=None)
    assert refusal.value.message == "Kecamatan 36.03.99 tidak ada di Kabupaten 36.03."


def test_hari_ini_normal_is_one_sign_a_day(place):
    for _ in range(2):
        say_all_is_normal(place, by=None)
    assert list(place.signs_of_life.values_list("day", flat=True)) == [date(2026, 3, 18)]
    assert Event.objects.count() == 1


def test_office_hours_and_days_off_enter_the_calendar_and_mark_the_nation(place):
    hours = OfficeHours(
        first_day=date(2026, 2, 16),
        last_day=date(2026, 3, 13),
        opens_at=time(8),
        closes_at=time(15),
        break_from=time(12),
        break_until=time(12, 30),
    )
    assert nation_marks_preview([days_of(hours)]) == 2
    assert save_office_hours(hours, by=None) == 2
    day_off = DayOff(day=date(2026, 3, 10), name="Pilkada")
    assert save_day_off(day_off, by=None) == 1
    calendar = office_calendar()
    assert calendar.windows(date(2026, 3, 9)) == ((time(8), time(12)), (time(12, 30), time(15)))
    assert calendar.windows(date(2026, 3, 10)) == ()
    forget_marks()
    assert remove_reference_day(day_off, by=None) == 1
    assert office_calendar().is_office_day(date(2026, 3, 10))
    assert marks() == [("36.03.30", "2026-03")]


def test_a_day_off_long_ago_is_read_by_its_month_and_the_next(place):
    day_off = DayOff(day=date(2024, 12, 30), name="Cuti bersama")
    forget_marks()
    assert nation_marks_preview([days_of(day_off)]) == save_day_off(day_off, by=None) == 2
    assert marks() == [("36.03.30", "2024-12"), ("36.03.30", "2025-01")]
    forget_marks()
    day_off.day = date(2026, 5, 4)
    assert save_day_off(day_off, by=None) == 3
    assert marks() == [("36.03.30", "2024-12"), ("36.03.30", "2025-01"), ("36.03.30", "2026-03")]
