"""The way from the nation down to a region."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from accounts.permissions import covers
from kecamatan.scope import Scope
from lib.month_choice import Month
from reports.regions import NATION_CODE, NATION_NAME, Region


class Crumb(NamedTuple):
    """A step; without an address where the person may not look, and for the page itself."""

    label: str
    url: str


def crumbs(region: Region, scope: Scope, month: Month, *, is_last: bool = True) -> list[Crumb]:
    """Return the steps down to a region, linked where the scope covers them; the region too where a page follows."""
    query = urlencode({"bulan": month.value})
    steps = [Crumb(NATION_NAME, _link(NATION_CODE, query) if scope.nation else "")]
    for above in (region.province, region.kabupaten):
        if above is not None:
            steps.append(Crumb(above.name, _link(above.code, query) if covers(scope, above) else ""))
    if region.kecamatan is not None:
        steps.append(Crumb(region.name, ""))
    if not is_last:
        return [*steps[:-1], Crumb(region.name, _link(region.code, query))]
    return [*steps[:-1], Crumb(region.name, "")]


def _link(code: str, query: str) -> str:
    return f"{reverse('reports:region-detail', args=[code])}?{query}"
