"""Counts by cause, route and kind as rows of a table, the largest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kecamatan.models import Cause
from lib.format import number_id, percent_id
from repairs.device_filters import BROKEN, MISSING, PLACED, WORKING
from repairs.filters import ALL, NOT_STATED, ROUTES
from reports.links import devices_url, tickets_url

# The width of a bar that is all of its whole, in units of its viewBox.
BAR_UNITS = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """A cause, a route or a kind with its number and its part of all."""

    label: str
    number: str
    width: str
    percent: str
    url: str = ""


def shares(
    counts: Mapping[str, int], labels: Mapping[str, str], url: Callable[[str], str] = lambda code: ""
) -> list[Share]:
    """Return counts by code as rows, the largest first; ``url`` leads from a code to what was counted."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], labels.get(item[0], item[0])))
    return [
        Share(
            labels.get(code, code),
            number_id(count),
            f"{BAR_UNITS * count / total:.1f}",
            percent_id(100 * count / total),
            url(code),
        )
        for code, count in ordered
        if count
    ]


def cause_shares(report: Mapping[str, Any]) -> list[Share]:
    """Return the causes of the faults that began in the month, each a link to their tickets."""
    return shares(report["tickets"]["by_cause"], dict(Cause.choices), partial(_tickets, report, "penyebab"))


def route_shares(report: Mapping[str, Any]) -> list[Share]:
    """Return the repair routes of the faults that began in the month; those of which none is stated too."""
    tickets = report["tickets"]
    silent = tickets["opened"] - sum(tickets["by_route"].values())
    counts, labels = {**tickets["by_route"], NOT_STATED: silent}, dict(ROUTES)
    return shares(counts, labels, partial(_tickets, report, "jalur"))


def _tickets(report: Mapping[str, Any], name: str, code: str) -> str:
    region = report["region"]
    return tickets_url(region["code"], region["level"], keadaan=ALL, mulai=report["month"], **{name: code})


KIND_LISTS = {"broken": BROKEN, "missing": MISSING, "working": WORKING, "total": PLACED}
"""What the list of devices calls those of a count."""


def kind_rows(report: Mapping[str, Any], names: Mapping[str, str], *, is_current: bool = False) -> list[dict[str, str]]:
    """Return the devices by kind, the most broken first; ``names`` in the order of the kinds.

    Of the month that runs each count leads to the list of its devices, from ``broken_url`` on.
    """
    by_kind, order = report["devices"]["by_kind"], list(names)
    codes = sorted(
        (code for code, counts in by_kind.items() if any(counts.values())),
        key=lambda code: (-by_kind[code]["broken"], -by_kind[code]["missing"], order.index(code)),
    )
    rows = []
    for code in codes:
        row = {"code": code, "name": names[code], **{name: number_id(by_kind[code][name]) for name in by_kind[code]}}
        region = report["region"] if is_current else None
        rows.append(row | (_kind_urls(region, code, by_kind[code]) if region else {}))
    return rows


def _kind_urls(region: Mapping[str, str], kind: str, counts: Mapping[str, int]) -> dict[str, str]:
    return {
        f"{name}_url": devices_url(region["code"], region["level"], jenis=kind, status=status)
        for name, status in KIND_LISTS.items()
        if counts[name]
    }
