"""A kabupaten of three kecamatan in March, and how the tests of pages read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from tests.factories import make_user, moment

NOW = moment("2026-03-18 04:00")  # Wednesday 11.00 WIB
MARCH = date(2026, 3, 1)


def signed_in(role: str, region: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, region))
    return client


def tiles(context: Any) -> dict[str, tuple[str, str, str, bool]]:
    shown = [
        tile for name in ("tiles", "target_tiles", "device_tiles", "repair_tiles") for tile in context.get(name, [])
    ]
    return {tile.label: (tile.value, tile.unit, tile.completeness, tile.at_least) for tile in shown}
