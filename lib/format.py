"""Numbers, days and moments as Indonesians read them. What is not known has a word, and is never 0."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lib.months import ZONE_ABBREVIATIONS

UNKNOWN = "belum diketahui"
DAYS_A_YEAR = 365.25
HOURS_TOLD_DAYS, MONTHS_TOLD_DAYS = 3, 90
"""Below how many days the hours are told with them, and from how many on months."""
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ABBREVIATIONS_BY_OFFSET = {7: "WIB", 8: "WITA", 9: "WIT"}


def number_id(value: int | None) -> str:
    """Return ``1.738``; a minus sign before a negative number."""
    if value is None:
        return UNKNOWN
    return f"{value:,}".replace(",", ".").replace("-", "−")


def percent_id(value: float | None, digits: int = 1) -> str:
    """Return ``88,5%``, never clamped."""
    if value is None:
        return UNKNOWN
    whole, _, rest = f"{value:,.{digits}f}".partition(".")
    text = whole.replace(",", ".").replace("-", "−")
    return f"{text},{rest}%" if rest else f"{text}%"


def exact_id(value: Decimal) -> str:
    """Return ``12,5``: no more decimals than there are."""
    return f"{value.normalize():f}".replace(".", ",")


def month_id(month: date) -> str:
    """Return ``April 2012``."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def day_id(day: date, *, weekday: bool = True) -> str:
    """Return ``Kamis, 28 Oktober 2021``, or without the day of the week."""
    text = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{DAYS[day.weekday()]}, {text}" if weekday else text


def clock_id(moment: datetime, zone: str) -> str:
    """Return ``pukul 09.05 WITA`` by the clock of a zone."""
    return f"pukul {moment.astimezone(ZoneInfo(zone)):%H.%M} {ZONE_ABBREVIATIONS[zone]}"


def moment_id(moment: datetime, zone: str) -> str:
    """Return ``Kamis, 28 Oktober 2021 pukul 09.05 WIB`` by the clock of a zone."""
    return f"{day_id(moment.astimezone(ZoneInfo(zone)).date())} {clock_id(moment, zone)}"


def month_end_id(end: datetime) -> str:
    """Return ``30 April 2012 pukul 24.00 WIB`` for the first moment after a month, given with its offset."""
    last = day_id((end - timedelta(days=1)).date(), weekday=False)
    return f"{last} pukul 24.00 {zone_abbreviation(end)}"


def zone_abbreviation(moment: datetime) -> str:
    """Return WIB, WITA or WIT for a moment by its offset from UTC."""
    hours = int((moment.utcoffset() or timedelta()).total_seconds() // 3600)
    return _ABBREVIATIONS_BY_OFFSET[hours]


def since_id(start: datetime, at: datetime, zone: str) -> str:
    """Return since which local day something lasts, and how long that is: ``3 Maret 2026 (15 hari)``."""
    day = day_id(start.astimezone(ZoneInfo(zone)).date(), weekday=False)
    return f"{day} ({span_id(start, at)})"


def span_id(start: datetime, end: datetime) -> str:
    """Return how long something lasts as people say it: ``32 menit``, ``1 hari 9 jam``, ``15 hari``, ``1 tahun``.

    Less than a unit is left out, never rounded up; months and years are those of the calendar.
    """
    minutes = int((end - start).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} menit"
    days, hours = divmod(minutes // 60, 24)
    if days < HOURS_TOLD_DAYS:
        return _two(days, "hari", hours, "jam")
    if days < MONTHS_TOLD_DAYS:
        return f"{days} hari"
    months = _whole_months(start, end)
    if months < 12:
        return _two(months, "bulan", (end - _months_later(start, months)).days, "hari")
    return _two(months // 12, "tahun", months % 12, "bulan")


def _two(many: int, unit: str, rest: int, smaller: str) -> str:
    """Return an amount in two neighbouring units, without the one of which there is none."""
    return " ".join(f"{number} {word}" for number, word in ((many, unit), (rest, smaller)) if number)


def _whole_months(start: datetime, end: datetime) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if _months_later(start, months) <= end else months - 1


def _months_later(moment: datetime, months: int) -> datetime:
    """Return a moment some months later; the last day of the month where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def lasting_id(minutes: int | float) -> str:
    """Return how long something lasts on average: ``45 menit``, ``5,5 jam``, ``12,4 hari``, ``3,2 tahun``."""
    if minutes < 60:
        return f"{round(minutes)} menit"
    hours = minutes / 60
    if hours < 24:
        return f"{decimal_id(hours)} jam"
    days = hours / 24
    return f"{decimal_id(days)} hari" if days < 730 else f"{decimal_id(days / DAYS_A_YEAR)} tahun"


def decimal_id(value: float, digits: int = 1) -> str:
    """Return ``1.234,5``."""
    return percent_id(value, digits).removesuffix("%")
