"""Turns a report into what a page shows: every number with its unit, its moment and its completeness, as text.

Formatting happens once, here and in the modules of the parts, so that templates only place strings (design.md, section
7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from kecamatan.scope import Scope
from lib.charts import bar
from lib.format import UNKNOWN, number_id, percent_id
from lib.month_choice import Month
from lib.months import local_day
from lib.pages import written
from reports.children import child_rows, child_word, columns, honest_children, order_of, order_words, step_words
from reports.crumbs import crumbs
from reports.figures import (
    figures,
    figures_of_bands,
    figures_of_forecast,
    figures_of_services,
    figures_of_shares,
    figures_of_why,
)
from reports.history import forecast_text, history
from reports.links import kecamatan_url
from reports.listing import BEST, LONGEST, WORST
from reports.longest import stopped_longest
from reports.months import month_options
from reports.page_rows import PageRows
from reports.provisional import provisional
from reports.regions import Region
from reports.sections import coverage_bands, ranking, repair_tiles
from reports.services import headline
from reports.shares import cause_shares, kind_rows, route_shares
from reports.surroundings import Surroundings
from reports.tiles import achievement_of, device_tiles, target_tiles, tickets_tile
from reports.why import why_of_report
from reports.wording import as_of_text, last_reported, pending_text, signatory_text


def page(
    scope: Scope,
    region: Region,
    month: Month,
    rows: PageRows,
    around: Surroundings,
    asked_order: str | None,
) -> dict[str, Any]:
    """Return everything that the page of a region places, formatted."""
    report, level = rows.figures, region.level
    children = honest_children(report["children"])
    order = order_of(asked_order, children)
    is_asked = order.name == (asked_order or "").removeprefix("-")
    has_target = any(child["target"] for child in children)
    return {
        "region": region,
        "month": month,
        "months": month_options(month, around.first_month),
        "crumbs": crumbs(region, scope, month),
        "subtitle": subtitle(report, level),
        "has_sample_data": around.has_sample_data,
        "as_of": UNKNOWN if is_empty(report) else as_of_text(report, region.zone),
        "pending": pending_text(around.pending),
        "is_empty": is_empty(report),
        "nothing_yet": nothing_yet(level, month, around.last_month),
        "last_day": f"{local_day(timezone.now(), region.zone)}",
        "provisional": provisional(region, month, around, report["completeness"]["kabupaten_total"]),
        **_sections(region, month, rows, around),
        **history(rows.months, month),
        "ranking": ranking(children, month),
        "best_url": kecamatan_url(region.code, month.value, order=BEST),
        "worst_url": kecamatan_url(region.code, month.value, order=WORST),
        "achievement": bar(achievement_of(report)),
        "achievement_text": percent_id(achievement_of(report)),
        "kinds": kind_rows(report, around.kind_names, is_current=month.is_current),
        "columns": columns(level, order, month, child_word(level, children), has_target=has_target),
        "children": child_rows(children, order, month, rows.steps),
        "step_words": step_words(rows.steps.values(), month),
        "children_title": child_word(level, children),
        "asked_order": asked_order if is_asked else "",
        "sorted_by": order_words(level, order),
        "by_kecamatan": level == "kabupaten",
        "has_target": has_target,
        "signatory": signatory_text(around.signatory),
    }


def _sections(region: Region, month: Month, rows: PageRows, around: Surroundings) -> dict[str, Any]:
    """Return the figures under the headline, by the sections that they stand in."""
    report = rows.figures
    target, devices = target_tiles(report), device_tiles(report, is_current=month.is_current)
    repairs = [*repair_tiles(report, around, month), tickets_tile(report, is_current=month.is_current)]
    lead, bands = headline(report, region.level), coverage_bands(report)
    causes, routes = cause_shares(report), route_shares(report)
    why = None if is_empty(report) else why_of_report(report, region, month)
    return {
        "headline": lead,
        "causes": causes,
        "routes": routes,
        "why": why,
        "longest": stopped_longest(rows.longest, region, month.value),
        "longest_url": kecamatan_url(region.code, month.value, "down", LONGEST),
        "repair_tiles": repairs,
        "target_tiles": target,
        "device_tiles": devices,
        "forecast": forecast_text(rows.row),
        "bands": bands,
        "figures": written(
            [
                *figures_of_services(lead),
                *figures([*repairs, *target]),
                *figures_of_forecast(rows.row),
                *figures_of_bands(bands, report),
                *figures_of_why(why),
                *figures_of_shares(causes, routes),
                *figures(devices),
            ]
        ),
    }


def subtitle(report: Mapping[str, Any], level: str) -> str:
    """Return what lies in a region, in the words of its level."""
    sizes = [
        f"{number_id(report['kecamatan']['total'])} kecamatan",
        f"{number_id(report['sets']['total'])} set tercatat",
    ]
    if level in ("nation", "province"):
        sizes.insert(0, f"{number_id(report['completeness']['kabupaten_total'])} kabupaten/kota")
    code = [] if level == "nation" else [f"Kode {report['region']['code']}"]
    return " · ".join(code + sizes)


def is_empty(report: Mapping[str, Any]) -> bool:
    """Say whether nothing at all is on record of the region in the month."""
    return not report["has_rows"]


def nothing_yet(level: str, month: Month, last: date | None) -> dict[str, str]:
    """Return what to do about a month of which nothing is known, with the way to the last one that was reported."""
    advice = {
        "nation": "Pilih bulan lain, atau buka provinsi di bawah ini.",
        "province": "Pilih bulan lain, atau minta dinas kabupaten/kota memuat data alat dan perekamannya.",
        "kabupaten": "Pilih bulan lain, atau muat berkas alat, target dan perekaman dari dinas.",
    }
    return {
        "title": f"Belum ada data {month.label}",
        "advice": advice[level],
        **last_reported(month, last),
    }
