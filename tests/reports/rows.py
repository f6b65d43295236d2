"""The stored rollup rows as plain values, to compare two states of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from kecamatan.models import Kecamatan
from reports.models import DeviceGroupMonth, Level, RegionMonth, RegionMonthKind


def snapshot() -> list[dict[str, Any]]:
    """Return every stored row in one order, without its key and the moment at which it was computed."""
    return [
        {name: value for name, value in row.items() if name not in {"id", "as_of"}}
        for table in (
            RegionMonth.objects.order_by("level", "region_id", "month"),
            RegionMonthKind.objects.order_by("level", "region_id", "month", "kind"),
        )
        for row in table.values()
    ]


# --- Sums, added up once more by plain means ---------------------------------------------------------------------


Sums = dict[tuple[object, ...], int]


def assert_parents_are_sums() -> None:
    """Assert that every stored integer of a parent's row is the sum of those below it, in every month and level."""
    parents = _parents()
    for model, key in ((RegionMonth, ()), (RegionMonthKind, ("kind_id",))):
        rows = list(model._default_manager.values())
        below: defaultdict[tuple[object, ...], int] = defaultdict(int)
        own: Sums = {}
        for row in rows:
            region = row["level"], row["region_id"]
            for name, number in _integers(model, row):
                what = (row["month"], *(row[part] for part in key), name)
                if region != (Level.NATION, 0):
                    below[*parents[region], *what] += number
                if row["level"] not in (Level.KECAMATAN, Level.DINAS):
                    own[*region, *what] = number
        assert {what: number for what, number in below.items() if number} == _without_zeros(own)


def assert_groups_are_sums() -> None:
    """Assert that the sums by model and by source are, level by level, those of the devices by kind."""
    names = ("service_minutes", "faults_begun", "repairs", "repair_minutes")
    by_kind = _totals(RegionMonthKind.objects.all(), names)
    for by in DeviceGroupMonth.By:
        by_group = _totals(DeviceGroupMonth.objects.filter(by=by), names)
        assert by_group == {what: number for what, number in by_kind.items() if what[0] in _ABOVE}


_ABOVE = (Level.KABUPATEN, Level.PROVINCE, Level.NATION)


def _totals(rows: QuerySet[Any], names: tuple[str, ...]) -> Sums:
    sums: defaultdict[tuple[object, ...], int] = defaultdict(int)
    for level, pk, month, *numbers in rows.values_list("level", "region_id", "month", *names):
        for name, number in zip(names, numbers, strict=True):
            sums[level, pk, month, name] += number
    return _without_zeros(sums)


def _without_zeros(sums: Sums) -> Sums:
    return {what: number for what, number in sums.items() if number}


def _integers(model: type[Model], row: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield every whole number that a row keeps, also those by cause and by route."""
    keys = {"id", "region_id", "parent_id"}
    for column in model._meta.fields:
        value = row[column.attname]
        if isinstance(value, dict):
            yield from ((f"{column.name} {code}", number) for code, number in value.items())
        elif isinstance(value, int) and not isinstance(value, bool) and column.attname not in keys | {"kind_id"}:
            yield column.name, value


def _parents() -> dict[tuple[str, int], tuple[str, int]]:
    """Return the region above each, by today's parents and not by those that a row keeps."""
    above: dict[tuple[str, int], tuple[str, int]] = {}
    for pk, kabupaten, province in Kecamatan.objects.values_list("pk", "kabupaten", "kabupaten__province"):
        above |= dict.fromkeys(((Level.KECAMATAN, pk), (Level.DINAS, pk)), (Level.KABUPATEN, kabupaten))
        above |= {
            (Level.KABUPATEN, kabupaten): (Level.PROVINCE, province),
            (Level.PROVINCE, province): (Level.NATION, 0),
        }
    return above
