"""The figures of one place in a month, from its rollup row, formatted."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from lib.charts import Bar, bar
from lib.format import UNKNOWN, moment_id, month_end_id, number_id, percent_id
from lib.month_choice import Month
from lib.months import month_bounds
from lib.pages import written
from reports.figures import SERVICE, figures, figures_of_forecast, figures_of_shares, figures_of_why
from reports.links import open_tickets_url, rows_url
from reports.models import RegionMonth
from reports.regions import Region
from reports.selectors import percent
from reports.services import SERVICE_LABELS, SERVICES, SHOWN_LABELS, SILENT, shown_service
from reports.shares import Share, cause_shares, route_shares
from reports.tiles import COUNTS, HOURS, REGISTER, TARGETS, TICKETS, Tile, no_coverage_text
from reports.why import counts_url, why_of_row
from reports.wording import FULL, HALF, NIL, last_reported, pending_text, semester_text


def month_figures(
    row: RegionMonth | None, region: Region, month: Month, pending: int, last_month: date | None
) -> dict[str, Any]:
    """Return the tiles of the month with the moment they hold for; no row means that nothing was reported."""
    tiles = _tiles(row, region, month) if row else []
    why = why_of_row(row, region, month)
    causes, routes = _shares(row, region, month)
    sources = [
        *figures(tiles),
        *figures_of_forecast(row),
        *figures_of_why(why),
        *figures_of_shares(causes, routes),
    ]
    return {
        "pending": pending_text(pending),
        "as_of": _as_of(row, region, month),
        "tiles": tiles,
        "figures": written(sources),
        "causes": causes,
        "routes": routes,
        "achievement": _bar(row),
        "why": why,
        "achievement_text": percent_id(_achievement(row)) if row else "",
        "nothing_yet": {
            "title": f"Belum ada data {month.label}",
            "advice": "Pilih bulan lain. Angka muncul setelah alat, target atau perekaman bulan itu dilaporkan.",
            **last_reported(month, last_month),
        },
    }


def _shares(row: RegionMonth | None, region: Region, month: Month) -> tuple[list[Share], list[Share]]:
    """Return the causes and the repair routes of the faults that began in the month."""
    if row is None:
        return [], []
    tickets = {"opened": row.tickets_opened, "by_cause": row.opened_by_cause, "by_route": row.opened_by_route}
    begun = {"region": {"code": region.code, "level": region.level}, "month": month.value, "tickets": tickets}
    return cause_shares(begun), route_shares(begun)


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
        return [_net(row, region, month), _sets(row, month), _tickets(row, region, month)]
    # How it serves now stands above with its reasons; of a past month only the row knows.
    service = [] if month.is_current else [_service(row)]
    return [
        *service,
        _net(row, region, month),
        *_losses(row, region, month),
        _target(row, region, month),
        _share(row),
        _coverage(row, month),
        _sets(row, month),
        _downtime(row, region, month),
        _tickets(row, region, month),
    ]


def _service(row: RegionMonth) -> Tile:
    service = next((code for code, *_ in SERVICES if getattr(row, f"kecamatan_{code}")), "no_report")
    shown, label = shown_service(service, is_silent=bool(row.kecamatan_silent)), SERVICE_LABELS[service]
    silent = "Tanpa kabar lebih dari dua hari kerja" if row.kecamatan_silent else "Ada kabar"
    said = f"{silent}; menurut catatan terakhir {label.lower()}" if shown == SILENT else silent
    known = row.sets_total > 0
    source = said if known else "Tidak ada set yang tercatat"
    value, completeness = SHOWN_LABELS[shown], "" if known else NIL
    return Tile("Layanan akhir bulan", value, "", source, completeness, measure="layanan", origin=SERVICE)


def _sets(row: RegionMonth, month: Month) -> Tile:
    if not row.sets_total:
        said = "Tidak ada set yang tercatat"
        return Tile("Set berfungsi", UNKNOWN, "", said, NIL, measure="set", origin=REGISTER)
    source = f"{number_id(row.sets_limited)} terkendala, {number_id(row.sets_down)} tidak berfungsi"
    number, of = number_id(row.sets_operational), f"dari {number_id(row.sets_total)} set"
    # The sets of this moment stand on the same page.
    url = "#l-alat" if month.is_current else ""
    return Tile("Set berfungsi", number, of, source, url=url, measure="set", origin=REGISTER)


def _net(row: RegionMonth, region: Region, month: Month) -> Tile:
    days, url = _days(row), counts_url(region, month)
    if not row.days_reported and not row.recorded and not row.lost:
        return Tile("Rekam bersih", UNKNOWN, "", days, NIL, url=url, measure="orang", origin=COUNTS)
    complete = row.days_reported >= row.days_expected
    return Tile(
        "Rekam bersih",
        number_id(row.net),
        "orang",
        days,
        FULL if complete else HALF,
        at_least=not complete,
        url=url,
        measure="orang",
        origin=COUNTS,
    )


def _losses(row: RegionMonth, region: Region, month: Month) -> list[Tile]:
    """Return what was lost of the recordings, where anything was, was suspected to be, or was recorded again."""
    words = ((row.lost_suspected, "diduga hilang"), (row.rerecorded, "direkam ulang"))
    more = [f"{number_id(count)} {word}" for count, word in words if count]
    if not row.lost and not more:
        return []
    url = rows_url("loss-list", region, bulan=month.value)
    return [
        Tile(
            "Data hilang",
            number_id(row.lost),
            "orang",
            " · ".join(more) or "Dikurangkan dari rekam bersih",
            url=url,
            measure="orang",
            origin="Catatan data hilang",
        )
    ]


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


def _target(row: RegionMonth, region: Region, month: Month) -> Tile:
    more: dict[str, Any] = {"measure": "persen target", "origin": TARGETS}
    more["url"] = reverse("repairs:target-region", args=[region.code])
    if not row.target:
        return Tile("Capaian target", UNKNOWN, "", f"Belum ada target {month.label}", NIL, **more)
    source = f"Target {number_id(row.target)} orang"
    if _has_no_count(row):
        return Tile("Capaian target", UNKNOWN, "", source, NIL, **more)
    word, share = "tercapai" if row.kecamatan_met else "belum tercapai", percent_id(percent(row.net, row.target))
    return Tile("Capaian target", share, word, source, at_least=_is_partial(row), **more)


def _share(row: RegionMonth) -> Tile:
    more: dict[str, Any] = {"measure": "persen wajib KTP", "origin": f"{COUNTS}; wajib KTP menurut DKB"}
    if not row.eligible:
        return Tile("Bagian yang direkam", UNKNOWN, "", "Jumlah wajib KTP belum dimuat", NIL, **more)
    source = f"Rekam bersih dari {number_id(row.eligible)} wajib KTP"
    if _has_no_count(row):
        return Tile("Bagian yang direkam", UNKNOWN, "", source, NIL, **more)
    share = percent_id(percent(row.net, row.eligible))
    return Tile("Bagian yang direkam", share, "wajib KTP", source, at_least=_is_partial(row), **more)


def _coverage(row: RegionMonth, month: Month) -> Tile:
    share = percent(row.coverage_recorded, row.coverage_eligible)
    more: dict[str, Any] = {"measure": "persen", "origin": semester_text(month.value)}
    if share is None:
        return Tile("Cakupan wajib KTP", UNKNOWN, "", no_coverage_text(row.eligible, month.value), NIL, **more)
    people = f"{number_id(row.coverage_recorded)} sudah rekam dari {number_id(row.coverage_eligible)} wajib KTP"
    source = f"{people}, {semester_text(month.value)}"
    return Tile("Cakupan wajib KTP", percent_id(share, 2), "", source, **more)


def _downtime(row: RegionMonth, region: Region, month: Month) -> Tile:
    share = percent(row.down_minutes, row.office_minutes)
    more: dict[str, Any] = {"measure": "persen jam kerja", "origin": HOURS}
    if share is None:
        return Tile("Jam kerja tanpa alat", UNKNOWN, "", "Tidak ada set yang tercatat", NIL, **more)
    hours = f"{number_id(row.down_minutes // 60)} jam kerja"
    more["url"] = rows_url("outage-list" if row.outage_minutes else "ticket-list", region, **_of_month(month))
    return Tile("Jam kerja tanpa alat", percent_id(share), hours, "Waktu tanpa satu pun set yang berfungsi", **more)


def _of_month(month: Month) -> dict[str, str]:
    """Return the filter that keeps what lasted at some moment of a month, in the lists of tickets and of outages."""
    return {"keadaan": "semua", "bulan": month.value}


def _tickets(row: RegionMonth, region: Region, month: Month) -> Tile:
    source = (
        f"{number_id(row.tickets_overdue)} lewat tenggat · {month.label}: {number_id(row.tickets_opened)} dibuka, "
        f"{number_id(row.tickets_resolved)} selesai"
    )
    url = open_tickets_url(region.code, region.level, month.value, is_current=month.is_current)
    return Tile("Tiket terbuka", number_id(row.tickets_open), "tiket", source, url=url, measure="tiket", origin=TICKETS)
