"""Where a person may report an outage: their one kecamatan, the places of a kabupaten, or a whole region at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.permissions import REPORTERS, covers, guard, holds_role, may_report, reports_somewhere
from kecamatan.models import Kabupaten, Kecamatan, Province
from kecamatan.scope import region_filter
from lib.errors import Forbidden
from lib.pages import NotFound

CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2})?)?")
PROVINCE, KABUPATEN = len("36"), len("36.03")


@dataclass(frozen=True, slots=True)
class Area:
    """What one report may be about: single places to tick, and all of it at once, where that is the person's.

    A province is reported as a whole: its kecamatan are too many to tick.
    """

    code: str
    name: str
    choices: Sequence[Kecamatan]
    whole: Sequence[Kecamatan]
    ticked: Sequence[str] = ()

    @property
    def is_one(self) -> bool:
        """Say whether there is nothing to choose: an operator's own kecamatan."""
        return len(self.whole) == 1 and list(self.choices) == list(self.whole)

    @property
    def places(self) -> Sequence[Kecamatan]:
        """Return every place of the area."""
        return self.whole or self.choices

    @property
    def zone(self) -> str:
        """Return the time zone of the area; a province has one."""
        return self.places[0].time_zone

    @property
    def whole_label(self) -> str:
        """Return how all of it is called, with what that is: ``Seluruh Kabupaten X: 29 kecamatan dan dinas``."""
        dinas = sum(place.is_dinas for place in self.whole)
        offices = "" if not dinas else " dan kantor dinas" if dinas == 1 else f" dan {dinas} kantor dinas"
        return f"Seluruh {self.name}: {len(self.whole) - dinas} kecamatan{offices}"


def area_to_report(user: User, code: str) -> Area | None:
    """Return the area of a code, or the only one of the person; ``None`` where they must choose first.

    Raises :class:`NotFound` outside the person's regions, and ``Forbidden`` where they may only read.
    """
    if not reports_somewhere(user):
        raise Forbidden("Anda tidak berwenang melaporkan gangguan.")
    if not code:
        return _only_area(user)
    if not CODE.fullmatch(code):
        raise NotFound("Bukan kode wilayah.")
    if len(code) == PROVINCE:
        return _province(user, code)
    if len(code) == KABUPATEN:
        return _kabupaten(user, code)
    return area_around(user, code)


def may_choose(user: User) -> bool:
    """Say whether a person reports for more than one region, and so picks one first."""
    scope = user.scope_as(*REPORTERS)
    return scope.nation or bool(scope.provinces) or len(scope.kabupaten) + len(scope.kecamatan) > 1


def _only_area(user: User) -> Area | None:
    scope = user.scope_as(*REPORTERS)
    if scope.nation or scope.provinces:
        return None
    condition = region_filter(scope, "")
    places = [] if condition is None else list(_running().filter(condition).with_zone())
    kabupaten = {place.kabupaten for place in places}
    return _of_places(kabupaten.pop(), places, user) if len(kabupaten) == 1 else None


def _running() -> Any:
    return Kecamatan.objects.running().order_by("-kind", "name", "code")


def _of_places(kabupaten: Kabupaten, places: Sequence[Kecamatan], user: User, ticked: Sequence[str] = ()) -> Area:
    """Return the area of these places of a kabupaten; all of it only where the person reports for all of it.

    Its code leads back to it: the kabupaten's would be out of scope for whoever reports for a part.
    """
    if len(places) == 1:
        return Area(places[0].code, places[0].name, places, places)
    if covers(user.scope_as(*REPORTERS), kabupaten):
        return Area(kabupaten.code, kabupaten.name, places, places, ticked)
    return Area(places[0].code, kabupaten.name, places, (), ticked)


def _province(user: User, code: str) -> Area:
    province = Province.objects.visible_to(user).filter(code=code, closed_on=None).first()
    return _whole(user, province, Q(kabupaten__province=province), code)


def _kabupaten(user: User, code: str) -> Area:
    kabupaten = Kabupaten.objects.visible_to(user).filter(code=code, closed_on=None).first()
    area = _whole(user, kabupaten, Q(kabupaten=kabupaten), code)
    return Area(code, area.name, area.whole, area.whole)


def _whole(user: User, region: Province | Kabupaten | None, inside: Q, code: str) -> Area:
    if region is None:
        raise NotFound(f"Tidak ada wilayah {code}.")
    if not holds_role(user, region, *REPORTERS):
        raise Forbidden(f"Anda tidak berwenang melaporkan gangguan di {region.name}.")
    places = list(_running().filter(inside).with_zone())
    if not places:
        raise NotFound(f"Tidak ada kecamatan di {region.name}.")
    return Area(code, region.name, (), places)


def area_around(user: User, code: str) -> Area:
    """Return the places of the kabupaten of a kecamatan for which the person reports, that one ticked."""
    place = Kecamatan.objects.visible_to(user).running().with_zone().filter(code=code).first()
    if place is None:
        raise NotFound(f"Tidak ada kecamatan {code}.")
    guard(user, [place], may_report)
    condition = region_filter(user.scope_as(*REPORTERS), "") or Q()
    places = list(_running().filter(condition, kabupaten=place.kabupaten_id).with_zone())
    return _of_places(place.kabupaten, places, user, [code])


def choice_of_areas(user: User) -> dict[str, Any]:
    """Return the regions among which a person picks first; of the nation too many, so the code is typed."""
    scope = user.scope_as(*REPORTERS)
    if scope.nation:
        return {"choices": []}
    provinces = Province.objects.filter(pk__in=scope.provinces, closed_on=None)
    inside = Q(province__in=scope.provinces) | Q(pk__in=scope.kabupaten)
    kabupaten = Kabupaten.objects.filter(inside, closed_on=None).order_by("code")
    own = Kecamatan.objects.filter(pk__in=scope.kecamatan).running().exclude(kabupaten__in=kabupaten)
    return {
        "choices": [
            *((province.code, f"Seluruh {province.name}") for province in provinces),
            *kabupaten.values_list("code", "name"),
            *own.order_by("code").values_list("code", "name"),
        ]
    }
