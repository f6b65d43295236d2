"""The duty of a kecamatan: whom it must record, how many it did, and on which days it opens.

Each function owns one change: it guards, writes, records an event where an old value is replaced, and marks the months
whose rollup rows read it, in one transaction. ``by`` is the person who asks, ``None`` for imports and the system.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import F, Max, PositiveSmallIntegerField, Q, TimeField, Value
from django.utils import timezone

from kecamatan.changes import mark_from, mark_months, record_event, subject_key
from kecamatan.claims import refuse_unknown_day, said_at
from kecamatan.models import (
    HINDRANCES,
    DayOff,
    Event,
    Kabupaten,
    Kecamatan,
    OfficeHours,
    Population,
    Province,
    Recording,
    SignOfLife,
)
from kecamatan.replacing import Changes, Sheet, replace_rows
from lib.errors import Refused
from lib.format import number_id
from lib.guards import refuse_day, refuse_too_early
from lib.months import EARLIEST_DAY, add_months, local_day, local_month, month_of, months_through
from lib.office import HoursException, OfficeCalendar, Window

Days = tuple[date, date | None]
"""A first day and the last one; none where it goes on."""

# A semester holds for six months; while the next one is late, for six more. Then the figures are unknown, not old.
SEMESTER_HOLDS_MONTHS = 12
SEMESTER = re.compile(r"(20\d\d)-([12])")
MOST_COUNTED = 2_147_483_647  # What the database holds; where the population is not known, nothing else bounds a count.
KNOWN_HINDRANCES = frozenset(code for code, _ in HINDRANCES)


CountKey = tuple[int, date, int, bool]
"""What tells one count from another: kecamatan, day, place of recording, by a mobile unit."""


@dataclass(frozen=True, slots=True)
class PopulationFigures:
    """The DKB figures of one kecamatan and semester; ``recorded_total`` is ``None`` where it is not known."""

    kecamatan: Kecamatan
    semester: str
    population: int
    eligible: int
    recorded_total: int | None = None


class CountsRefused(Refused):
    """Some of several counts cannot be, so none was written; ``problems`` says by key what is wrong with each."""

    def __init__(self, problems: Mapping[CountKey, Refused]) -> None:
        first = next(iter(problems.values()))
        super().__init__(first.message, field=first.field)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Count:
    """What was recorded of a kecamatan's people on a local day at one place; see :class:`Recording`."""

    kecamatan: Kecamatan
    day: date
    place: Kecamatan
    recorded: int
    by_mobile_unit: bool = False
    printed: int | None = None
    hindrance: str = ""

    @property
    def key(self) -> CountKey:
        """Return what tells this count from every other."""
        return self.kecamatan.pk, self.day, self.place.pk, self.by_mobile_unit


def semester_holds_from(semester: str) -> date:
    """Return the first month in which a DKB semester holds: July for ``2012-1``, January 2013 for ``2012-2``."""
    match = SEMESTER.fullmatch(semester)
    if not match:
        raise Refused(f"Semester “{semester}” tidak dikenal. Tulis misalnya 2012-1 atau 2012-2.", field="semester")
    year = int(match[1])
    return date(year, 7, 1) if match[2] == "1" else date(year + 1, 1, 1)


POPULATIONS = Sheet(
    Population, ("kecamatan_id", "holds_from", "semester"), ("population", "eligible", "recorded_total")
)


@transaction.atomic
def set_populations(rows: Sequence[PopulationFigures], *, by: Any, unnamed_stay: bool = False) -> Changes:
    """Add or replace the DKB figures of kecamatan; marks every month that may read them.

    With ``unnamed_stay`` a recorded total that is not named stays as it is known.
    """
    wanted = {
        (row.kecamatan.pk, semester_holds_from(row.semester), row.semester): (
            row.population,
            row.eligible,
            row.recorded_total,
        )
        for row in rows
    }
    among = Q(kecamatan__in={pk for pk, *_ in wanted}, holds_from__in={month for _, month, _ in wanted})
    written, changes = replace_rows(POPULATIONS, wanted, among, by=by, unnamed_stay=unnamed_stay)
    places = {row.kecamatan.pk: row.kecamatan for row in rows}
    mark_months((pk, month) for pk, first, _ in written for month in _months_held(places[pk], first))
    return changes


def _months_held(kecamatan: Kecamatan, holds_from: date) -> Iterable[date]:
    """Return the months that may read a semester; the current one waits for one that only holds from the next."""
    current = _current_month(kecamatan)
    last = min(add_months(holds_from, SEMESTER_HOLDS_MONTHS - 1), current)
    return months_through(min(holds_from, current), last)


def refuse_closed(region: Province | Kabupaten | Kecamatan, field: str) -> None:
    """Refuse what is entered for a region that is closed."""
    if region.closed_on:
        raise Refused(
            f"{region.name} ({region.code}) ditutup pada {region.closed_on:%d/%m/%Y}. Pakai kode penggantinya.",
            field=field,
        )


def refuse_number(value: int | None, bound: int | None, name: str, field: str) -> None:
    """Refuse a negative number of people of a place called ``name``, and one above its largest known population."""
    if value is None or 0 <= value <= (MOST_COUNTED if bound is None else bound):
        return
    if value < 0:
        raise Refused(f"{value} tidak boleh negatif. Tulis 0 atau lebih.", field=field)
    if bound is None:
        raise Refused(f"{value} terlalu besar. Periksa angkanya.", field=field)
    people, most = number_id(value), number_id(bound)
    raise Refused(f"{people} melebihi penduduk {name} ({most}). Periksa angkanya.", field=field)


def refuse_impossible_count(count: Count, *, today: date, bound: int | None) -> None:
    """Refuse a count that cannot be: the one rule of pages, API and imports. Pure, for hundreds of thousands of rows.

    ``today`` is the local day of its kecamatan, ``bound`` the largest known population there. Refused are closed
    regions, days to come or before 2009, negative numbers, numbers above the population and unknown hindrances.
    """
    home = count.kecamatan
    if home.closed_on or count.place.closed_on:
        refuse_closed(home, "kecamatan")
        refuse_closed(count.place, "place")
    if count.by_mobile_unit and count.place.pk != home.pk:
        raise Refused("Unit keliling dihitung di kecamatannya sendiri. Pilih salah satu tempat.", field="place")
    refuse_day(count.day, today, "day")
    refuse_number(count.recorded, bound, home.name, "recorded")
    refuse_number(count.printed, bound, home.name, "printed")
    if count.hindrance and count.hindrance not in KNOWN_HINDRANCES:
        raise Refused(f"Kendala “{count.hindrance}” tidak dikenal. Pilih satu dari daftar.", field="hindrance")


def refuse_impossible_counts(rows: Iterable[Count], bounds: Mapping[int, int]) -> None:
    """Raise :class:`CountsRefused` where any of these counts cannot be; ``bounds`` as :func:`population_bounds`."""
    now, days, problems = timezone.now(), dict[str, date](), dict[CountKey, Refused]()
    for row in rows:
        zone = row.kecamatan.time_zone
        if zone not in days:
            days[zone] = local_day(now, zone)
        try:
            refuse_impossible_count(row, today=days[zone], bound=bounds.get(row.kecamatan.pk))
        except Refused as refused:
            problems[row.key] = refused
    if problems:
        raise CountsRefused(problems)


RECORDINGS = Sheet(
    Recording, ("kecamatan_id", "day", "place_id", "by_mobile_unit"), ("recorded", "printed", "hindrance")
)


@transaction.atomic
def enter_recordings(
    rows: Sequence[Count], *, by: Any, bounds: Mapping[int, int] | None = None, unnamed_stay: bool = False
) -> Changes:
    """Add or correct counts; the newest wins, and a correction keeps the old value in an event.

    ``bounds`` are those of :func:`population_bounds`, where the caller has read them already. With ``unnamed_stay``
    what a count does not name (printed, hindrance) stays as it is known. Raises :class:`CountsRefused` for counts that
    cannot be. Marks the month of each count, and the later ones in which it is still the sign of life that counts.
    """
    if not rows:
        return Changes()
    refuse_impossible_counts(rows, population_bounds({row.kecamatan.pk for row in rows}) if bounds is None else bounds)
    counts = {row.key: row for row in rows}
    wanted = {key: (row.recorded, row.printed, row.hindrance) for key, row in counts.items()}
    days = [row.day for row in rows]
    among = Q(kecamatan__in={row.kecamatan.pk for row in rows}, day__range=(min(days), max(days)))
    written, changes = replace_rows(RECORDINGS, wanted, among, by=by, unnamed_stay=unnamed_stay)
    mark_months(months_that_read(counts[key] for key in written))
    return changes


def months_that_read(counts: Iterable[Count | Recording]) -> set[tuple[int, date]]:
    """Return the (kecamatan, month) pairs whose rollup rows read these counts, up to the current month."""
    calendar, now = office_calendar(), timezone.now()
    last_read: dict[date, date] = {}
    current: dict[str, date] = {}
    marks: set[tuple[int, date]] = set()
    for count in counts:
        day, zone = count.day, count.kecamatan.time_zone
        if day not in last_read:
            last_read[day] = month_of(calendar.silent_from(day))
        if zone not in current:
            current[zone] = local_month(now, zone)
        marks.update((count.kecamatan.pk, month) for month in months_through(day, min(last_read[day], current[zone])))
    return marks


def _current_month(kecamatan: Kecamatan) -> date:
    return local_month(timezone.now(), kecamatan.time_zone)


def population_bounds(kecamatan_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Return the largest known population of each kecamatan: no count of one day may exceed it."""
    rows = Population.objects.all()
    if kecamatan_ids is not None:
        rows = rows.filter(kecamatan__in=kecamatan_ids)
    return dict(rows.order_by().values_list("kecamatan").annotate(Max("population")))


@transaction.atomic
def say_all_is_normal(kecamatan: Kecamatan, *, by: Any) -> bool:
    """Note the one-tap "hari ini normal" of a kecamatan as its sign of life of the day; a second tap changes nothing.

    The day is the one on which it was tapped, also where a phone without signal sends it later; refused where that day
    is not known.

    Returns whether this was the first tap of the day; a report or a confirmation of today is not one.
    """
    refuse_unknown_day()
    today = local_day(said_at(), kecamatan.time_zone)
    sign, is_new = SignOfLife.objects.get_or_create(kecamatan=kecamatan, day=today)
    SignOfLife.objects.select_for_update().get(pk=sign.pk)
    if Event.objects.filter(subject=subject_key(sign), action=Event.ALL_NORMAL).exists():
        return False
    record_event(sign, Event.ALL_NORMAL, by=by, kecamatan_id=kecamatan.pk)
    if is_new:
        mark_from([kecamatan], month_of(today))
    return True


def office_calendar() -> OfficeCalendar:
    """Return the office days and hours of the nation with its dated exceptions, as they are on record now.

    One query: pages ask for it too.
    """
    fields = ("weekday", "first_day", "pk", "last_day", "opens_at", "closes_at", "break_from", "break_until")
    no_hours = {name: Value(None, TimeField()) for name in fields[4:]}
    days_off = DayOff.objects.order_by().annotate(
        weekday=Value(None, PositiveSmallIntegerField()), first_day=F("day"), last_day=F("day"), **no_hours
    )
    rows = list(OfficeHours.objects.order_by().values_list(*fields).union(days_off.values_list(*fields), all=True))
    # A day of its own before every day, the newest first, so that the narrower row is read first.
    hours = sorted((row for row in rows if row[4]), key=lambda row: (row[0] is None, -row[1].toordinal(), row[2]))
    return OfficeCalendar(
        days_off=[row[1] for row in rows if row[4] is None],
        exceptions=[
            HoursException(first, last, weekday, _windows(opens, closes, pause, resume))
            for weekday, first, _, last, opens, closes, pause, resume in hours
        ],
    )


def _windows(opens: time, closes: time, pause: time | None, resume: time | None) -> tuple[Window, ...]:
    if pause and resume:
        return (opens, pause), (resume, closes)
    return ((opens, closes),)


@transaction.atomic
def save_office_hours(hours: OfficeHours, *, by: Any) -> int:
    """Save dated office hours and mark every place for the months that read them; return the number of marks.

    A row that held between other days before is marked for these too.
    """
    refuse_too_early(hours.first_day, "first_day")
    before = OfficeHours.objects.filter(pk=hours.pk).first()
    hours.save()
    record_event(hours, "save_office_hours", by=by)
    return _mark_nation([days_of(row) for row in (hours, before) if row])


@transaction.atomic
def save_day_off(day_off: DayOff, *, by: Any) -> int:
    """Save an extra day off and mark every place for the months that read it; return the number of marks."""
    refuse_too_early(day_off.day, "day")
    before = DayOff.objects.filter(pk=day_off.pk).first()
    day_off.save()
    record_event(day_off, "save_day_off", by=by)
    return _mark_nation([days_of(row) for row in (day_off, before) if row])


@transaction.atomic
def remove_reference_day(row: OfficeHours | DayOff, *, by: Any) -> int:
    """Take back dated hours or a day off; the event keeps what it said. Return the number of marks."""
    record_event(row, "remove", by=by, said=str(row))
    row.delete()
    return _mark_nation([days_of(row)])


def days_of(row: OfficeHours | DayOff) -> Days:
    """Return the first and the last day that a row of the office calendar rules."""
    return (row.first_day, row.last_day) if isinstance(row, OfficeHours) else (row.day, row.day)


def _mark_nation(spans: Iterable[Days]) -> int:
    """Mark every place for the months that read any of these days of the office calendar."""
    spans, now = list(spans), timezone.now()
    months = {zone: _months_reading(spans, local_month(now, zone)) for zone in _time_zones()}
    places = Kecamatan.objects.with_zone()
    return mark_months((place.pk, month) for place in places for month in months[place.time_zone])


def nation_marks_preview(spans: Iterable[Days]) -> int:
    """Return how many rows a change of what rules these days for the whole nation would compute anew."""
    spans, now = list(spans), timezone.now()
    return sum(number * len(_months_reading(spans, local_month(now, zone))) for zone, number in _time_zones().items())


def _time_zones() -> Counter[str]:
    return Counter(Kecamatan.objects.order_by().values_list("kabupaten__province__time_zone", flat=True))


def _months_reading(spans: Iterable[Days], current: date) -> set[date]:
    """Return the months, up to the current one, whose rows read days of the office calendar.

    The month after reads them too, by the sign of life; days ahead are read by the current month, which says until
    when its row holds.
    """
    months: set[date] = set()
    for first, last in spans:
        begin = min(max(month_of(first), EARLIEST_DAY), current)
        end = current if last is None else min(add_months(month_of(last), 1), current)
        months.update(months_through(begin, max(begin, end)))
    return months
