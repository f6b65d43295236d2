"""What runs in a region now beside its figures: the outages, from the live records."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from lib.month_choice import Month
from repairs.running_outages import RunningNow, running_over
from reports.models import Level
from reports.regions import Region

PLACES_OF = {Level.PROVINCE: "kecamatan__kabupaten__province", Level.KABUPATEN: "kecamatan__kabupaten"}


def ongoing_outages(region: Region, month: Month) -> RunningNow | None:
    """Return the outages that run in a kabupaten or a province, in one query; ``None`` where a page shows none.

    A past month shows what was, and of the nation the few oldest would tell nothing.
    """
    path = PLACES_OF.get(Level(region.level))
    if path is None or not month.is_current:
        return None
    return running_over(Q(**{path: region.pk}), region.zone, timezone.now())
