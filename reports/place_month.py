"""The figures of one place in a month, from its rollup row, formatted."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from lib.format import UNKNOWN, moment_id, month_end_id, number_id, percent_id
from lib.months import month_bounds
from reports.dashboard import FULL, HALF, NIL, Bar, Tile, bar, pending_text, semester_text
from reports.models import RegionMonth
from reports.months import Month
from reports.selectors import Region, percent


def month_figures(row: RegionMonth | None, region: Region, month: Month, pending: int) -> dict[str, Any]:
    """Return the tiles of the month with the moment they hold for; no row means that nothing was reported."""
    return {
        "pending": pending_text(pending),
        "as_of": _as_of(row, region, month),
        "tiles": _tiles(row, region, month) if row else [],
        "achievement": _bar(row),
        "nothing_yet": {
            "title": f"Belum ada data {month.label}",
            "advice": "Pilih bulan lain. Angka muncul setelah alat, target atau perekaman bulan itu dilaporkan.",
        },
    }


def _as_of(row: RegionMonth | None, region: Region, month: Month) -> str:
    if row is None:
        return UNKNOWN
    if row.closed:
        return month_end_id(month_bounds(month.chosen, region.zone)[1].astimezone(ZoneInfo(region.zone)))
    return moment_id(row.as_of, region.zone)


def _bar(row: RegionMonth | None) -> Bar | None:
    return bar(percent(row.net, row.target)) if row else None


def _tiles(row: RegionMonth, region: Region, month: Month) -> list[Tile]:
    shared = [_net(row), _tickets(row)]
    if region.level == "dinas":
        return shared
    return [shared[0], _target(row), _share(row), _coverage(row, month), _downtime(row), shared[1]]


def _net(row: RegionMonth) -> Tile:
    days = f"{number_id(row.days_reported)} dari {number_id(row.days_expected)} hari kerja dilaporkan"
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


def _target(row: RegionMonth) -> Tile:
    if not row.target:
        return Tile("Capaian target", UNKNOWN, source="Belum ada target bulan ini", completeness=NIL)
    word = "tercapai" if row.kecamatan_met else "belum tercapai"
    source = f"Target {number_id(row.target)} orang"
    return Tile("Capaian target", percent_id(percent(row.net, row.target)), word, source)


def _share(row: RegionMonth) -> Tile:
    if not row.eligible:
        return Tile("Direkam bulan ini", UNKNOWN, source="Jumlah wajib KTP belum dimuat", completeness=NIL)
    source = f"Dari {number_id(row.eligible)} wajib KTP"
    return Tile("Direkam bulan ini", percent_id(percent(row.net, row.eligible)), "wajib KTP", source)


def _coverage(row: RegionMonth, month: Month) -> Tile:
    share = percent(row.coverage_recorded, row.coverage_eligible)
    if share is None:
        return Tile("Cakupan wajib KTP", UNKNOWN, source="Data DKB semester ini belum dimuat", completeness=NIL)
    source = f"{number_id(row.coverage_recorded)} sudah rekam, {semester_text(month.value)}"
    return Tile("Cakupan wajib KTP", percent_id(share, 2), source=source)


def _downtime(row: RegionMonth) -> Tile:
    share = percent(row.down_minutes, row.office_minutes)
    if share is None:
        return Tile("Jam kerja tanpa alat", UNKNOWN, source="Belum ada set yang tercatat", completeness=NIL)
    return Tile("Jam kerja tanpa alat", percent_id(share), f"{number_id(row.down_minutes // 60)} jam", "Bulan ini")


def _tickets(row: RegionMonth) -> Tile:
    source = (
        f"{number_id(row.tickets_overdue)} lewat tenggat · bulan ini {number_id(row.tickets_opened)} dibuka, "
        f"{number_id(row.tickets_resolved)} selesai"
    )
    return Tile("Tiket terbuka", number_id(row.tickets_open), source=source)
