"""The regions and the people that an admin may name in a form: chosen from a list, typed where they are too many."""

from __future__ import annotations

from django.db.models import Q

from accounts.backends import normalise_sign_in
from accounts.models import User, admin_scope
from accounts.permissions import Region, may_manage_users
from accounts.regions import NATION_CODE
from kecamatan.models import Kabupaten, Kecamatan, Province
from kecamatan.scope import region_filter
from lib.errors import Refused

Choices = list[tuple[str, str]]


def are_typed(user: User) -> bool:
    """Say whether an admin types codes and names: above a kabupaten there are thousands of each."""
    scope = admin_scope(user)
    return scope.nation or bool(scope.provinces)


def region_choices(user: User) -> Choices:
    """Return the regions of an admin of kabupaten or kecamatan by code, the larger first."""
    scope = admin_scope(user)
    kabupaten = Kabupaten.objects.filter(pk__in=scope.kabupaten, closed_on=None).order_by("name")
    places = Kecamatan.objects.filter(region_filter(scope, "") or Q(pk=None)).running().order_by("name", "code")
    return [(row.code, row.name) for rows in (kabupaten, places) for row in rows]


def people_choices(user: User, *, without: User) -> Choices:
    """Return the active people whom an admin of kabupaten or kecamatan sees, by user name."""
    people = User.objects.visible_to(user).filter(is_active=True).exclude(pk=without.pk)
    return [(person.username, person.name) for person in people.order_by("name", "pk")]


def region_of(code: str, user: User) -> Region:
    """Return the region of a code where the user is an admin, ``None`` for the nation.

    Refuses every other code in the same words, whether there is such a region or not.
    """
    code = code.strip().upper()
    region = _region(code)
    if (region is None and code != NATION_CODE) or not may_manage_users(user, region):
        raise Refused(f"Tidak ada wilayah {code} di wilayah Anda. Periksa kodenya.", field="region")
    return region


def _region(code: str) -> Region:
    match len(code):
        case 2:
            return Province.objects.filter(code=code).first()
        case 5:
            return Kabupaten.objects.filter(code=code).select_related("province").first()
        case 8:
            return Kecamatan.objects.filter(code=code).with_zone().first()
    return None


def person_of(name: str, user: User) -> User:
    """Return the one person of a user name or telephone number whom an admin sees; anybody else is refused alike."""
    wanted = normalise_sign_in(name)
    person = User.objects.visible_to(user).filter(Q(username=wanted) | Q(phone=wanted)).first()
    if person is None:
        raise Refused(f"Tidak ada orang dengan nomor HP atau nama pengguna {name} di wilayah Anda.", field="deputy")
    return person
