"""The ways from a number to the rows behind it: addresses of lists with the filter that counts the same."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from repairs.filters import ALL, LASTING
from reports.regions import Region


def kecamatan_url(code: str, month: str, group: str = "", order: str = "", after: str = "") -> str:
    """Return the address of the kecamatan of a region in a month: of a group, in an order, from a code on.

    Groups and orders are those of ``reports.listing``.
    """
    return _address("reports:kecamatan-list", code, {"bulan": month, "keadaan": group, "urut": order, "sesudah": after})


def place_url(code: str, month: str) -> str:
    """Return the address of the page of a place in a month."""
    return _address("reports:kecamatan-detail", code, {"bulan": month})


def region_url(code: str, month: str) -> str:
    """Return the address of the dashboard of a region in a month."""
    return _address("reports:region-detail", code, {"bulan": month})


def devices_url(code: str, level: str, **filters: str) -> str:
    """Return the address of the devices of a region as they are now, narrowed by ``repairs.device_filters``."""
    where = {"kabupaten": code} if level == "kabupaten" else _where(code, level)
    return _address("repairs:device-list", "", {**where, **filters})


def tickets_url(code: str, level: str, **filters: str) -> str:
    """Return the address of the tickets of a region, narrowed by filters of ``repairs.filters``."""
    return _address("repairs:ticket-list", "", {**_where(code, level), **filters})


def open_tickets_url(code: str, level: str, month: str, *, is_current: bool, **filters: str) -> str:
    """Return the address of the faults that last now, or of a past month those that lasted at its end."""
    when = {"keadaan": LASTING} if is_current else {"keadaan": ALL, "akhir": month}
    return tickets_url(code, level, **when, **filters)


def rows_url(page: str, region: Region, **filters: str) -> str:
    """Return the address of a list of ``repairs`` narrowed to a region, and by its own filters."""
    return _address(f"repairs:{page}", "", {**_where(region.code, region.level), **filters})


def _where(code: str, level: str) -> dict[str, str]:
    return {"kecamatan": code} if level in ("kecamatan", "dinas") else {"wilayah": code} if level != "nation" else {}


def _address(name: str, code: str, query: dict[str, str]) -> str:
    address, given = reverse(name, args=[code] if code else []), {key: value for key, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address
