"""The figures of one place in a month, from its rollup row, formatted."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lib.charts import Bar, bar
from lib.format import UNKNOWN, moment_id, month_end_id, number_id, percent_id
from lib.month_choice import Month
from lib.months import month_bounds
from reports.models import RegionMonth
from reports.regions import Region
from reports.sections import figures
from reports.selectors import percent
from reports.services import SERVICE_LABELS, SERVICES, SHOWN_LABELS, SILENT, shown_service
from reports.tiles import Tile, no_coverage_text
from reports.why import why_of_row
from reports.wording import FULL, HALF, NIL, last_reported, pending_text, semester_text


def month_figures(
    row: RegionMonth | None, region: Region, month: Month, pending: int, last_month: date | None
) -> dict[str, Any]:
    """Return the tiles of the month with the moment they hold for; no row means that nothing was reported."""
    tiles = _tiles(row, region, month) if row else []
    return {
        "pending": pending_text(pending),
        "as_of": _as_of(row, region, month),
        "tiles": tiles,
        "figures": figures(tiles),
        "achievement": _bar(row),
        "why": why_of_row(row, region, month),
        "achievement_text": percent_id(_achievement(row)) if row else "",
        "nothing_yet": {
            "title": f"Belum ada data {month.label}",
            "advice": "Pilih bulan lain. Angka muncul setelah alat, target atau perekaman bulan itu dilaporkan.",
            **last_reported(month, last_month),
        },
    }


def _as_of(row: RegionMonth | None, region: Region, month: Month) -> str:
    if row is None:
        return UNKNOWN
    if row.closed:
        return month_end_id(month_bounds(month.chosen, region.zone)[1].astimezone(ZoneInfo(region.zone)))
    return moment_id(row.as_of, region.zone)


def _bar(row: RegionMonth | None) -> Bar | None:
    return bar(_achievement(row)) if row else None


def _achievement(row: RegionMonth) -> float | None:
    return None if _has_no_count(row) else percent(row.net, row.target)


def _tiles(row: RegionMonth, region: Region, month: Month) -> list[Tile]:
    if region.level == "dinas":
        return [_net(row), _sets(row), _tickets(row, month)]
    # How it serves now stands above with its reasons; of a past month only the row knows.
    service = [] if month.is_current else [_service(row)]
    return [
        *service,
        _net(row),
        _target(row, month),
        _share(row),
        _coverage(row, month),
        _sets(row),
        _downtime(row),
        _tickets(row, month),
    ]


def _service(row: RegionMonth) -> Tile:
    service = next((code for code, *_ in SERVICES if getattr(row, f"kecamatan_{code}")), "no_report")
    shown, label = shown_service(service, is_silent=bool(row.kecamatan_silent)), SERVICE_LABELS[service]
    silent = "Tanpa kabar lebih dari dua hari kerja" if row.kecamatan_silent else "Ada kabar"
    said = f"{silent}; menurut catatan terakhir {label.lower()}" if shown == SILENT else silent
    known = row.sets_total > 0
    source = said if known else "Tidak ada set yang tercatat"
    return Tile("Layanan akhir bulan", SHOWN_LABELS[shown], source=source, completeness="" if known else NIL)


def _sets(row: RegionMonth) -> Tile:
    if not row.sets_total:
        return Tile("Set berfungsi", UNKNOWN, source="Tidak ada set yang tercatat", completeness=NIL)
    source = f"{number_id(row.sets_limited)} terkendala, {number_id(row.sets_down)} tidak berfungsi"
    return Tile("Set berfungsi", number_id(row.sets_operational), f"dari {number_id(row.sets_total)} set", source)


def _net(row: RegionMonth) -> Tile:
    days = _days(row)
    words = ((row.lost, "data hilang"), (row.lost_suspected, "diduga hilang"), (row.rerecorded, "direkam ulang"))
    losses = [f"{number_id(count)} {word}" for count, word in words if count]
    if not row.days_reported and not row.recorded and not row.lost:
        return Tile("Rekam bersih", UNKNOWN, source=days, completeness=NIL)
    complete = row.days_reported >= row.days_expected
    return Tile(
        "Rekam bersih",
        number_id(row.net),
        "orang",
        " · ".join([days, *losses]),
        FULL if complete else HALF,
        at_least=not complete,
    )


def _days(row: RegionMonth) -> str:
    """Return how many of the expected days were reported; a dinas is not expected to report any."""
    if not row.days_expected:
        return (
            f"{number_id(row.days_reported)} hari dilaporkan" if row.days_reported else "Belum ada hari yang dilaporkan"
        )
    return f"{number_id(row.days_reported)} dari {number_id(row.days_expected)} hari kerja dilaporkan"


def _is_partial(row: RegionMonth) -> bool:
    return row.days_reported < row.days_expected


def _has_no_count(row: RegionMonth) -> bool:
    return not row.days_reported and not row.net


def _target(row: RegionMonth, month: Month) -> Tile:
    if not row.target:
        return Tile("Capaian target", UNKNOWN, source=f"Belum ada target {month.label}", completeness=NIL)
    source = f"Target {number_id(row.target)} orang"
    if _has_no_count(row):
        return Tile("Capaian target", UNKNOWN, source=source, completeness=NIL)
    word = "tercapai" if row.kecamatan_met else "belum tercapai"
    return Tile("Capaian target", percent_id(percent(row.net, row.target)), word, source, at_least=_is_partial(row))


def _share(row: RegionMonth) -> Tile:
    if not row.eligible:
        return Tile("Bagian yang direkam", UNKNOWN, source="Jumlah wajib KTP belum dimuat", completeness=NIL)
    source = f"Rekam bersih dari {number_id(row.eligible)} wajib KTP"
    if _has_no_count(row):
        return Tile("Bagian yang direkam", UNKNOWN, source=source, completeness=NIL)
    share = percent_id(percent(row.net, row.eligible))
    return Tile("Bagian yang direkam", share, "wajib KTP", source, at_least=_is_partial(row))


def _coverage(row: RegionMonth, month: Month) -> Tile:
    share = percent(row.coverage_recorded, row.coverage_eligible)
    if share is None:
        return Tile("Cakupan wajib KTP", UNKNOWN, source=no_coverage_text(row.eligible, month.value), completeness=NIL)
    people = f"{number_id(row.coverage_recorded)} sudah rekam dari {number_id(row.coverage_eligible)} wajib KTP"
    source = f"{people}, {semester_text(month.value)}"
    return Tile("Cakupan wajib KTP", percent_id(share, 2), source=source)


def _downtime(row: RegionMonth) -> Tile:
    share = percent(row.down_minutes, row.office_minutes)
    if share is None:
        return Tile("Jam kerja tanpa alat", UNKNOWN, source="Tidak ada set yang tercatat", completeness=NIL)
    hours = f"{number_id(row.down_minutes // 60)} jam kerja"
    return Tile("Jam kerja tanpa alat", percent_id(share), hours, "Waktu tanpa satu pun set yang berfungsi")


def _tickets(row: RegionMonth, month: Month) -> Tile:
    source = (
        f"{number_id(row.tickets_overdue)} lewat tenggat · {month.label}: {number_id(row.tickets_opened)} dibuka, "
        f"{number_id(row.tickets_resolved)} selesai"
    )
    return Tile("Tiket terbuka", number_id(row.tickets_open), "tiket", source)
