"""When an office is open: seven days as they are stored, checked and read. What is not known is never "closed"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any, NamedTuple

from lib.errors import Refused
from lib.format import DAYS, UNKNOWN
from lib.office import REGULAR_WEEK
from lib.privacy import refuse_identity_numbers


class Day(NamedTuple):
    """The hours of one weekday by the local clock, and what the public reads beside them; all empty: not known."""

    opens: time | None = None
    closes: time | None = None
    is_closed: bool = False
    text: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether anything is known of the day."""
        return self != Day()


def field_of(weekday: int, part: str) -> str:
    """Return the name of the form field of a part of a weekday (0 is Monday), such as ``opens_0``."""
    return f"{part}_{weekday}"


def regular_week() -> list[Day]:
    """Return the ordinary office hours of Perpres 21/2023, which a form begins with, with their breaks as text."""
    return [_regular_day(windows) for windows in REGULAR_WEEK]


def _regular_day(windows: Sequence[tuple[time, time]]) -> Day:
    if not windows:
        return Day(is_closed=True)
    (opens, pause), (resumes, closes) = windows
    return Day(opens, closes, False, f"Istirahat {pause:%H.%M}–{resumes:%H.%M}")


def stored(week: Sequence[Day]) -> list[dict[str, Any]]:
    """Return a week as it is stored; an empty list where nothing is known of it."""
    if not any(day.is_known for day in week):
        return []
    return [
        {"opens": _clock(day.opens), "closes": _clock(day.closes), "is_closed": day.is_closed, "text": day.text}
        for day in week
    ]


def _clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


def read(week: Iterable[Mapping[str, Any]]) -> list[Day]:
    """Return a stored week; seven unknown days where nothing is stored."""
    days = [Day(_time(row["opens"]), _time(row["closes"]), row["is_closed"], row["text"]) for row in week]
    return days or [Day()] * 7


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def check(week: Sequence[Day]) -> None:
    """Refuse a day with one end only, with its ends reversed, or with hours although it is closed."""
    for weekday, day in enumerate(week):
        name, opens, closes = DAYS[weekday], field_of(weekday, "opens"), field_of(weekday, "closes")
        if day.is_closed and (day.opens or day.closes):
            raise Refused(f"{name} ditandai tutup, tetapi jamnya terisi. Pilih salah satu.", field=opens)
        if (day.opens is None) != (day.closes is None):
            raise Refused(
                f"Isi jam buka dan jam tutup hari {name}, atau kosongkan keduanya.",
                field=opens if day.opens is None else closes,
            )
        if day.opens and day.closes and day.opens >= day.closes:
            raise Refused(f"Hari {name}: jam tutup harus sesudah jam buka.", field=closes)
        refuse_identity_numbers(day.text, field_of(weekday, "text"))


def day_text(day: Day) -> str:
    """Return the hours of a day: ``07.30–16.00``, ``Tutup`` or ``belum diketahui``."""
    if day.is_closed:
        return "Tutup"
    return f"{day.opens:%H.%M}–{day.closes:%H.%M}" if day.opens and day.closes else UNKNOWN
