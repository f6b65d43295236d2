"""Words that several pages of figures share: moments, months, and how complete a source is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.signatories import shown_nip
from lib.format import moment_id, month_end_id, month_id, number_id
from lib.month_choice import Month

FULL, HALF, NIL = "full", "half", "nil"


def as_of_text(report: Mapping[str, Any], zone: str) -> str:
    """Return the moment of the figures: a month's end is its last day at 24.00, never the next day's midnight."""
    moment = datetime.fromisoformat(report["as_of"])
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    if midnight and f"{moment:%Y-%m}" != report["month"]:
        return month_end_id(moment)
    return moment_id(moment, zone)


def last_reported(month: Month, last: date | None) -> dict[str, str]:
    """Return the way from an empty month to the last one of which anything was reported, where there is another."""
    if last is None or last == month.chosen:
        return {}
    return {"url": f"?bulan={last:%Y-%m}", "action": f"Buka {month_id(last)}, bulan terakhir yang ada laporannya"}


def pending_text(pending: int) -> str:
    """Return how many changes wait to be computed, or nothing."""
    return f"{number_id(pending)} perubahan belum dihitung" if pending else ""


def month_text(report: Mapping[str, Any]) -> str:
    """Return the month of a report: "bulan ini" would be the one that runs now."""
    return month_id(date.fromisoformat(f"{report['month']}-01"))


def semester_text(month: str) -> str:
    """Return the DKB semester whose figures hold in a month (``YYYY-MM``)."""
    year, number = int(month[:4]), int(month[5:])
    return f"DKB semester I {year}" if number >= 7 else f"DKB semester II {year - 1}"


def completeness_of(completeness: Mapping[str, int]) -> str:
    """Return whether all kabupaten, some or none have listed their devices."""
    if not completeness["kabupaten_inventoried"]:
        return NIL
    return FULL if completeness["kabupaten_inventoried"] == completeness["kabupaten_total"] else HALF


def inventoried_text(completeness: Mapping[str, int], level: str) -> str:
    """Return how many kabupaten have listed their devices, or whether this one has."""
    done, total = completeness["kabupaten_inventoried"], completeness["kabupaten_total"]
    if level in ("nation", "province"):
        return f"{number_id(done)} dari {number_id(total)} kabupaten/kota selesai mendata alat"
    return (
        "Alat selesai didata dalam 12 bulan terakhir" if done else "Alat belum selesai didata dalam 12 bulan terakhir"
    )


def signatory_text(person: str | None) -> str:
    """Return who signs the report of a month, as below a signature; empty where it is not known."""
    if person is None:
        return ""
    name, title, nip = person.split("\n")
    return f"{name}, {title}" + (f", NIP {shown_nip(nip)}" if nip else "")
