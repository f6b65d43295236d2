"""A Wednesday in March, and a kabupaten of three kecamatan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from kecamatan.duty import (
    Count,
    PopulationFigures,
    enter_recordings,
    set_populations,
)
from kecamatan.models import Kabupaten
from kecamatan.targets import set_target
from reports import rollups
from tests.factories import (
    make_dinas,
    make_fault,
    make_kecamatan,
    make_set,
)
from tests.reports.region_world import MARCH, NOW, signed_in


@pytest.fixture
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def kabupaten(now: Any) -> Kabupaten:
    """Three kecamatan: one records well, one has a broken UPS, one has no set on record."""
    make_dinas("36.03")
    well, limited = make_kecamatan("36.03.30", "Kecamatan Baik"), make_kecamatan("36.03.31", "Kecamatan Cukup")
    make_kecamatan("36.03.32", "Kecamatan Diam")
    make_set(well)
    make_fault(
        make_set(limited, kinds=["server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad", "ups"]),
        "ups",
    )
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000, 900) for place in (well, limited)], by=None)
    set_target(well.kabupaten, starts_on=MARCH, percent=Decimal("10"), by=None)
    enter_recordings(
        [Count(well, date(2026, 3, 2), well, 1100), Count(limited, date(2026, 3, 17), limited, 50)], by=None
    )
    rollups.refresh()
    return well.kabupaten


@pytest.fixture
def staff(kabupaten: Kabupaten) -> Client:
    return signed_in(Role.STAFF, kabupaten)
