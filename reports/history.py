"""How the figures of a region went on: against the month before and a year ago, over 24 months, and to the month's end.

The rows are read with the page's own, in one query by level, region and range of months; nothing is computed anew. What
has no row, or whose source had reported nothing, is not known and never 0. The formulas are in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from lib.format import month_id, number_id, percent_id
from lib.month_choice import Month
from lib.months import add_months, months_through
from reports.gaps import KNOWN_SERVICES
from reports.models import RegionMonth
from reports.regions import Region
from reports.selectors import percent

MONTHS_SHOWN = 24
NOT_STATED = "tidak disebut"
SPARK_WIDTH, SPARK_TOP, SPARK_BOTTOM = 120, 3, 21


class Measure(NamedTuple):
    """A figure that is followed: ``digits`` of a percentage, ``None`` of a count; ``grows`` all month long."""

    label: str
    unit: str
    value: Callable[[RegionMonth], float | None]
    digits: int | None = None
    grows: bool = False

    def text(self, value: float | None) -> str:
        """Return a value as people read it."""
        if value is None:
            return NOT_STATED
        return number_id(round(value)) if self.digits is None else percent_id(value, self.digits)


def is_heard(row: RegionMonth) -> bool:
    """Say whether any day was reported, or anything else is known of what was recorded."""
    return bool(row.days_reported or row.recorded or row.lost)


def able(row: RegionMonth) -> float | None:
    """Return how many kecamatan are able to record; unknown where the service of none is known."""
    known = any(getattr(row, f"kecamatan_{service}") for service in KNOWN_SERVICES)
    return row.kecamatan_serving + row.kecamatan_limited if known else None


def net_by_end(row: RegionMonth) -> float | None:
    """Return the net of a month, or what it will come to if the rest goes as its office days so far (the forecast)."""
    return _by_end(row, row.net) if is_heard(row) else None


def achievement_by_end(row: RegionMonth) -> float | None:
    """Return the achievement of a month in percent, or what it will come to."""
    net = _by_end(row, row.net_with_target) if is_heard(row) else None
    return round(100 * net / row.target, 2) if net is not None and row.target else None


def _by_end(row: RegionMonth, net: int) -> float | None:
    if row.closed:
        return net
    return net * row.days_in_month / row.days_expected if row.days_expected and row.days_in_month else None


MEASURES = (
    Measure("Dapat merekam", "kecamatan", able),
    Measure(
        "Memenuhi target",
        "kecamatan",
        lambda row: row.kecamatan_met if row.kecamatan_with_target else None,
        grows=True,
    ),
    Measure("Rekam bersih", "orang", net_by_end, grows=True),
    Measure("Capaian target", "", achievement_by_end, 1, grows=True),
    Measure("Cakupan wajib KTP", "", lambda row: percent(row.coverage_recorded, row.coverage_eligible), 2),
    Measure("Jam kerja tanpa alat", "", lambda row: percent(row.down_minutes, row.office_minutes), 1),
    Measure("Tiket terbuka", "tiket", lambda row: row.tickets_open),
)
PLACE_MEASURES, DINAS_MEASURES = MEASURES[2:], (MEASURES[2], MEASURES[6])
FORECAST = ("Rekam bersih", "Capaian target")


class Difference(NamedTuple):
    """A figure against an earlier one: an arrow, and the words that say the same."""

    arrow: str
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure over 24 months: now, against the month before and a year ago, and as a small line."""

    label: str
    note: str
    now: str
    before: Difference
    year_ago: Difference
    lines: list[str]
    dots: list[tuple[str, str]]
    alternative: str


class MonthRow(NamedTuple):
    """A month of the table behind the lines."""

    label: str
    url: str
    cells: list[str]


def read_history(region: Region, month: date) -> list[RegionMonth]:
    """Return the rows of a region in the 24 months up to one, itself included, in one query; the oldest first."""
    months = {"month__gte": first_month(month), "month__lte": month}
    return list(RegionMonth.objects.filter(level=region.level, region_id=region.pk, **months).order_by("month"))


def first_month(month: date) -> date:
    """Return the first of the months that are shown with one."""
    return add_months(month, 1 - MONTHS_SHOWN)


def history(rows: Iterable[RegionMonth], month: Month, measures: Sequence[Measure] = MEASURES) -> dict[str, Any]:
    """Return what a page shows of the months up to its own: comparisons, lines and the table behind them."""
    by_month = {row.month: row for row in rows}
    months = list(months_through(first_month(month.chosen), month.chosen))
    used = [month for month in months if month in by_month]
    if not used:
        return {"trends": [], "trend_months": [], "trend_heads": [], "trend_total": ""}
    return {
        "trend_total": net_text([by_month[one] for one in used]),
        "trends": [_trend(measure, by_month, months, month) for measure in measures],
        "trend_heads": [measure.label for measure in measures],
        "trend_months": [
            MonthRow(
                month_id(one),
                f"?bulan={one:%Y-%m}",
                [measure.text(measure.value(by_month[one])) for measure in measures],
            )
            for one in reversed(used)
        ],
    }


def net_text(rows: Iterable[RegionMonth]) -> str:
    """Return what was recorded in all of some months together; nothing where none of them was reported."""
    heard = [row for row in rows if is_heard(row)]
    if not heard:
        return ""
    total = number_id(sum(row.net for row in heard))
    return f"Rekam bersih {len(heard)} bulan yang dilaporkan bersama-sama: {total} orang."


def _trend(measure: Measure, rows: Mapping[date, RegionMonth], months: Sequence[date], month: Month) -> Trend:
    values = [measure.value(rows[one]) if one in rows else None for one in months]
    now, is_open = values[-1], month.chosen in rows and not rows[month.chosen].closed
    note = "perkiraan akhir bulan" if is_open and measure.label in FORECAST else ""
    if is_open and measure.grows and not note:
        note = "bulan masih berjalan"
    lines, dots = _drawn(values)
    return Trend(
        label=measure.label,
        note=note,
        now=f"{measure.text(now)} {measure.unit}".strip() if now is not None else NOT_STATED,
        before=difference(measure, now, values[-2]),
        year_ago=difference(measure, now, values[-13]),
        lines=lines,
        dots=dots,
        alternative=_alternative(measure, values, months),
    )


def difference(measure: Measure, now: float | None, then: float | None) -> Difference:
    """Return a figure against an earlier one, in words; not stated where either is not known."""
    if now is None or then is None:
        return Difference("", NOT_STATED)
    step = round(now - then, measure.digits or 0)
    if not step:
        return Difference("=", "sama")
    if measure.digits is None:
        words = f"{number_id(abs(round(step)))} lebih {'banyak' if step > 0 else 'sedikit'}"
    else:
        points = percent_id(abs(step), measure.digits).removesuffix("%")
        words = f"{points} poin lebih {'tinggi' if step > 0 else 'rendah'}"
    return Difference("▲" if step > 0 else "▼", words)


def _drawn(values: Sequence[float | None]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the line of some values in a viewBox of 120 x 24, broken where a month is not known, and its dots.

    A dot marks the last value, and every value that stands alone.
    """
    known = [value for value in values if value is not None]
    if not known:
        return [], []
    low, high = min(known), max(known)
    scale = (SPARK_BOTTOM - SPARK_TOP) / (high - low) if high > low else 0
    step = (SPARK_WIDTH - 6) / max(len(values) - 1, 1)
    middle = (SPARK_TOP + SPARK_BOTTOM) / 2
    runs: list[list[tuple[str, str]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            height = SPARK_BOTTOM - (value - low) * scale if scale else middle
            runs[-1].append((f"{3 + at * step:.1f}", f"{height:.1f}"))
    runs = [run for run in runs if run]
    dots = [run[0] for run in runs if len(run) == 1]
    last = runs[-1][-1]
    return [" ".join(map(",".join, run)) for run in runs if len(run) > 1], dots if last in dots else [*dots, last]


def _alternative(measure: Measure, values: Sequence[float | None], months: Sequence[date]) -> str:
    known = [(value, one) for value, one in zip(values, months, strict=True) if value is not None]
    if not known:
        return f"{measure.label}: {NOT_STATED}"
    first, last = known[0], known[-1]
    low, high = min(known), max(known)
    missing = len(values) - len(known)
    parts = [
        f"{measure.label}, {month_id(first[1])} sampai {month_id(last[1])}: "
        f"dari {measure.text(first[0])} menjadi {measure.text(last[0])} {measure.unit}".strip(),
        f"terendah {measure.text(low[0])} ({month_id(low[1])})",
        f"tertinggi {measure.text(high[0])} ({month_id(high[1])})",
    ]
    if missing:
        parts.append(f"{missing} bulan {NOT_STATED}")
    return ", ".join(parts)


def forecast_text(row: RegionMonth | None) -> str:
    """Return what a running month will come to if it goes on so; nothing where it is over or nothing was heard."""
    if row is None or row.closed:
        return ""
    net = net_by_end(row)
    if net is None:
        return ""
    share = achievement_by_end(row)
    target = f", {percent_id(share)} dari target" if share is not None else ""
    over, total = (round(days / max(row.kecamatan_total, 1)) for days in (row.days_expected, row.days_in_month))
    return (
        f"Bila sisanya seperti {number_id(over)} dari {number_id(total)} hari kerja yang sudah lewat, "
        f"akhir bulan sekitar {number_id(round(net))} orang{target}."
    )
