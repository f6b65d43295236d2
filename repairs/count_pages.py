"""What the page of a month's counts shows, formatted: the forms, the calendar and the progress."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_enter_counts
from kecamatan.duty import office_calendar
from kecamatan.models import Kecamatan, Recording
from lib.format import DAYS, day_id, moment_id, number_id
from lib.month_choice import Month, choose_month
from lib.months import add_months, days_of, local_day, month_of
from lib.office import OfficeCalendar
from repairs.count_places import Where, day_url, export_url, month_url
from repairs.count_progress import progress_of
from repairs.count_words import figures_text, place_text
from repairs.counts import figures_of
from repairs.forms.counts import CountsForm

SHORT_DAYS = tuple(name[:3] for name in DAYS)


class Cell(NamedTuple):
    """A day of the month in the calendar; ``state`` is how it stands, ``said`` what it says aloud."""

    number: int
    state: str
    text: str
    said: str
    url: str


# --- The month --------------------------------------------------------------------------------------------------


def month_of_page(where: Where, asked: str | None) -> Month:
    """Return the month that the page of a place shows."""
    return choose_month(asked, month_of(_today(where.place)))


def _today(place: Kecamatan) -> date:
    return local_day(timezone.now(), place.time_zone)


def month_page(
    where: Where, month: Month, user: User, asked_day: str, sent: CountsForm | None = None
) -> dict[str, Any]:
    """Return all that the page of a month shows; ``sent`` is the form that was refused, with what was typed.

    ``asked_day`` is the day that the form for one day is about, where it is not today.
    """
    place, today = where.place, _today(where.place)
    calendar = office_calendar()
    counts = _counts_of(place, month)
    may_enter = may_enter_counts(user, place) and place.closed_on is None
    missing = _missing(calendar, month, counts, today, place)
    one, several = (
        _forms(where, month, missing, _chosen_day(asked_day, today, counts), sent) if may_enter else (None,) * 2
    )
    return {
        "place": place,
        "month": month,
        "may_enter": may_enter,
        "today": day_id(today),
        "as_of": moment_id(timezone.now(), place.time_zone),
        "today_counts": [_line(row) for row in counts.get(today, ())] if month.is_current else [],
        "today_url": day_url(place, today),
        "today_again_url": f"{month_url(place, hari=today.isoformat())}#isian",
        "one": one,
        "one_url": month_url(place, month.chosen, hari=one.rows[0].day.isoformat()) if one else "",
        "is_day_off": bool(one and not calendar.is_office_day(one.rows[0].day)),
        "several": several,
        "missing_number": len(missing),
        "weeks": _weeks(calendar, month, counts, today, place, _days_in(one, several)),
        "weekdays": SHORT_DAYS,
        "progress": None if place.is_dinas else progress_of(place, month, totals_of(counts), calendar, today),
        "before_url": month_url(place, month.before) if month.before else "",
        "after_url": month_url(place, month.after) if month.after else "",
        "here_url": month_url(place, month.chosen),
        "export_url": export_url(month.chosen, kecamatan=place.code) if counts else "",
    }


def _counts_of(place: Kecamatan, month: Month) -> dict[date, list[Recording]]:
    rows = Recording.objects.filter(
        kecamatan=place, day__gte=month.chosen, day__lt=add_months(month.chosen, 1)
    ).select_related("place")
    counts: defaultdict[date, list[Recording]] = defaultdict(list)
    for row in rows.order_by("day", "by_mobile_unit", "pk"):
        row.kecamatan = place
        counts[row.day].append(row)
    return dict(counts)


def totals_of(counts: Mapping[date, Sequence[Recording]]) -> dict[date, int]:
    """Return how many people were recorded on each day, wherever that was."""
    return {day: sum(row.recorded for row in rows) for day, rows in counts.items()}


def _missing(
    calendar: OfficeCalendar, month: Month, counts: dict[date, list[Recording]], today: date, place: Kecamatan
) -> list[date]:
    """Return the office days that are over and have no count, the newest first; a dinas is not expected to have any."""
    if place.is_dinas:
        return []
    return [day for day in reversed(calendar.days(month.chosen)) if day < today and day not in counts]


def _chosen_day(asked: str, today: date, counts: dict[date, list[Recording]]) -> date | None:
    """Return the day of the form for one day: the one asked for, else today while it has no count."""
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None if today in counts else today


def _forms(
    where: Where, month: Month, missing: Sequence[date], day: date | None, sent: CountsForm | None
) -> tuple[CountsForm | None, CountsForm | None]:
    """Return the form for one day and the one for the missing days, either of them as it was sent."""
    if day is not None and month_of(day) != month.chosen:
        day = None
    one = CountsForm(name="hari", days=[day], where=where) if day else None
    several = CountsForm(name="bulan", days=missing, where=where) if missing else None
    if sent is None:
        return one, several
    return (sent, several) if sent.name == "hari" else (one, sent)


def _days_in(*forms: CountsForm | None) -> set[date]:
    return {row.day for form in forms if form for row in form.rows}


def _line(row: Recording) -> dict[str, str]:
    return {"place": place_text(row), "text": figures_text(figures_of(row))}


def _weeks(
    calendar: OfficeCalendar,
    month: Month,
    counts: dict[date, list[Recording]],
    today: date,
    place: Kecamatan,
    fillable: set[date],
) -> list[list[Cell | None]]:
    """Return the month as weeks from Monday to Sunday; days of other months are empty."""
    cells: list[Cell | None] = [None] * month.chosen.weekday()
    for day in days_of(month.chosen):
        expected = calendar.is_office_day(day) and not place.is_dinas
        cells.append(_cell(day, counts.get(day, ()), expected, today, place, day in fillable))
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _cell(
    day: date, counts: Sequence[Recording], expected: bool, today: date, place: Kecamatan, can_fill: bool
) -> Cell:
    name = day_id(day)
    if counts:
        total = number_id(sum(row.recorded for row in counts))
        return Cell(day.day, "done", total, f"{name}: {total} orang direkam", day_url(place, day))
    if day > today:
        return Cell(day.day, "ahead", "", f"{name}: belum tiba", "")
    if not expected:
        return Cell(day.day, "off", "libur", f"{name}: bukan hari kerja", "")
    if day == today:
        return Cell(day.day, "gap", "kini", f"{name}: hari ini, belum diisi", "#isian" if can_fill else "")
    return Cell(day.day, "gap", "isi" if can_fill else "?", f"{name}: belum diisi", row_link(day) if can_fill else "")


def row_link(day: date) -> str:
    """Return the link to the first field of a day in the form of the missing days."""
    return f"#id_{day.isoformat()}-recorded"
