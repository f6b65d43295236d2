"""A kabupaten with three kecamatan in October 2026, seen on 22 November, and a second one that has reported nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from accounts.signatories import name_signatory
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import Kabupaten
from kecamatan.targets import set_target
from reports import rollups
from tests.factories import forget_marks, make_dinas, make_fault, make_kabupaten, make_kecamatan, make_set, moment

NOW = "2026-11-22 03:00:00+00:00"
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tangerang(db: None, now: object) -> Kabupaten:
    """Balaraja met its target, Jayanti has a broken server and reported less, Kresek said nothing."""
    balaraja = make_kecamatan("36.03.01", "Kecamatan Balaraja")
    jayanti = make_kecamatan("36.03.02", "Kecamatan Jayanti")
    make_kecamatan("36.03.03", "Kecamatan =Kresek")
    make_dinas("36.03")
    make_kecamatan("36.04.01", "Kecamatan Anyar")
    make_set(balaraja)
    make_fault(make_set(jayanti), failed_at=moment("2026-10-14 01:00"), cause="lightning", certainty="certain")
    figures = [PopulationFigures(balaraja, "2026-1", 2000, 1000, 1020), PopulationFigures(jayanti, "2026-1", 1500, 800)]
    set_populations(figures, by=None)
    kabupaten = make_kabupaten("36.03")
    set_target(kabupaten, starts_on=date(2026, 1, 1), percent=Decimal(15), by=None)
    counts = [Count(balaraja, date(2026, 10, day), balaraja, 50) for day in (1, 2, 5)]
    enter_recordings([*counts, Count(jayanti, date(2026, 10, 1), jayanti, 60)], by=None)
    nip = "196805121993031004"
    name_signatory(kabupaten, name="Siti Aminah", nip=nip, title="Kepala Dinas", starts_on=date(2026, 1, 1), by=None)
    name_signatory(kabupaten, name="Budi Utomo", nip="", title="Plt. Kepala", starts_on=date(2026, 11, 1), by=None)
    rollups.refresh()
    forget_marks()
    return kabupaten
