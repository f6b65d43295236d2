"""Keeps the sheets of a dashboard, written, in each process for as long as the rows behind them stand.

The key is all that they are made of: the region, the month, the day, :class:`Surroundings` with the counts of this
moment and the region's newest row, and of a larger region the order and the scope of whoever looks. A change writes
that row anew, so that nothing older than the rows is ever shown; names and codes of regions, which no row knows, are
at most :data:`KEPT_SECONDS` old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from reports.history import DINAS_MEASURES, PLACE_MEASURES, forecast_text, history, read_history
from reports.live import stamp_of
from reports.models import Level
from reports.page_rows import read_page
from reports.place_month import month_figures
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

SHEETS_OF_PLACE = {"figures": "kecamatan/_place_figures.html", "trends": "reports/_trends.html"}
AROUND_THE_SHEETS_OF_PLACE = ("as_of", "has_figures", "nothing_yet", "pending")

Kept = tuple[dict[str, Any], str]


def page_of(scope: Scope, region: Region, month: Month, around: Surroundings, asked_order: str | None) -> Kept:
    """Return what the page of a region places, and the stamp of its figures."""

    def make() -> Kept:
        rows = read_page(region, month.chosen, around.by_kind)
        page = dashboard.page(scope, region, month, rows, around, asked_order) | {"parts": PARTS}
        return _written(page, SHEETS, AROUND_THE_SHEETS), stamp_of(rows.row, around.beside)

    return _kept(region, (month, asked_order, _values(scope), around), make)


def figures_of(region: Region, month: Month, around: Surroundings) -> Kept:
    """Return the figures of a place in a month and how they went on, and their stamp."""

    def make() -> Kept:
        rows = read_history(region, month.chosen)
        row = rows[-1] if rows and rows[-1].month == month.chosen else None
        measures = DINAS_MEASURES if region.level == Level.DINAS else PLACE_MEASURES
        page = month_figures(row, region, month, around.pending, around.last_month) | history(rows, month, measures)
        page |= {"month": month, "forecast": forecast_text(row), "has_figures": row is not None}
        return _written(page, SHEETS_OF_PLACE, AROUND_THE_SHEETS_OF_PLACE), stamp_of(row, around.beside)

    return _kept(region, (month, around), make)


def _kept(region: Region, made_of: tuple[object, ...], make: Callable[[], Kept]) -> Kept:
    """Return what this process keeps of a region today, or make it and keep it."""
    today = local_day(timezone.now(), region.zone)
    key = blake2b(repr((region.key, today, *made_of)).encode()).hexdigest()
    pages = caches["dashboards"]
    kept: Kept | None = pages.get(key)
    if kept is None:
        kept = make()
        pages.set(key, kept, KEPT_SECONDS)
    return kept


def _written(page: Mapping[str, Any], templates: Mapping[str, str], around: tuple[str, ...]) -> dict[str, Any]:
    """Return what stands around the sheets of a page as it is, and the sheets as they are sent."""
    sheets = {name: render_to_string(template, dict(page)) for name, template in templates.items()}
    return {name: page[name] for name in around} | {"sheets": sheets}


def _values(scope: Scope) -> list[object]:
    """Return a scope in one order, in whichever order its regions were read."""
    values = (getattr(scope, field.name) for field in fields(scope))
    return [sorted(value) if isinstance(value, frozenset) else value for value in values]
