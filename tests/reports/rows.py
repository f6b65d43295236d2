"""The stored rollup rows as plain values, to compare two states of them."""

from __future__ import annotations

from typing import Any

from reports.models import RegionMonth, RegionMonthKind


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
