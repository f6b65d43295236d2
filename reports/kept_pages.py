"""Keeps the sheets of a dashboard, written, in each process for as long as the rows behind them stand.

The key is all that they are made of: the region, the month, the order, the day, the scope of whoever looks, and
:class:`Surroundings` with the counts of this moment and the region's newest row. A change writes that row anew, so that
nothing older than the rows is ever shown; names and codes of regions, which no row knows, are at most
:data:`KEPT_SECONDS` old.
"""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import timezone

from kecamatan.scope import Scope
from lib.month_choice import Month
from lib.months import local_day
from reports import dashboard
from reports.live import stamp_of
from reports.page_rows import read_page
from reports.regions import Region
from reports.surroundings import Surroundings

KEPT_SECONDS = 60

# The parts of the page that a newer one replaces in an open window; each is an element of these templates.
PARTS = (
    "#l-judul,#l-pesan,#l-kepala,#l-lama,#l-gangguan,#l-perbaikan,#l-angka,#l-mengapa,#l-rinci,#l-tren,#l-tabel,"
    "#l-sumber,#l-peringkat"
)
SHEETS = {
    "headline": "reports/_headline.html",
    "longest": "reports/_longest.html",
    "rest": "reports/_region_rest.html",
}
AROUND_THE_SHEETS = (
    *("region", "month", "months", "crumbs", "subtitle", "provisional", "has_sample_data", "last_day"),
    *("is_empty", "nothing_yet", "pending", "parts"),
)


def page_of(
    scope: Scope, region: Region, month: Month, around: Surroundings, asked_order: str | None
) -> tuple[dict[str, Any], str]:
    """Return what the page of a region places, and the stamp of its figures."""
    today = local_day(timezone.now(), region.zone)
    made_of = (region.key, month, today, asked_order, _values(scope), around)
    key = blake2b(repr(made_of).encode()).hexdigest()
    pages = caches["dashboards"]
    kept: tuple[dict[str, Any], str] | None = pages.get(key)
    if kept is None:
        rows = read_page(region, month.chosen, around.by_kind)
        page = dashboard.page(scope, region, month, rows, around, asked_order) | {"parts": PARTS}
        kept = _written(page), stamp_of(rows.row, around.beside)
        pages.set(key, kept, KEPT_SECONDS)
    return kept


def _written(page: dict[str, Any]) -> dict[str, Any]:
    """Return what stands around the sheets of a page as it is, and the sheets as they are sent."""
    sheets = {name: render_to_string(template, page) for name, template in SHEETS.items()}
    return {name: page[name] for name in AROUND_THE_SHEETS} | {"sheets": sheets}


def _values(scope: Scope) -> list[object]:
    """Return a scope in one order, in whichever order its regions were read."""
    values = (getattr(scope, field.name) for field in fields(scope))
    return [sorted(value) if isinstance(value, frozenset) else value for value in values]
