"""Where each person begins."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Assignment, Role, User
from accounts.permissions import REPORTERS
from kecamatan.models import Kecamatan


def is_own_kecamatan(user: User, place: Kecamatan) -> bool:
    """Say whether somebody who works in a kecamatan, and nowhere above one, begins on the page of this one."""
    return begins_in_a_kecamatan(user) and place.pk in user.scope_as(*REPORTERS).kecamatan


def begins_in_a_kecamatan(user: User) -> bool:
    """Say whether a person reports for one kecamatan or several, and has no role above one."""
    return (
        bool(user.running_assignments)
        and user.running_assignments[0].level == Assignment.Level.KECAMATAN
        and bool(user.scope_as(*REPORTERS).kecamatan)
    )


def place_url(user: User, place: Kecamatan) -> str:
    """Return where a person goes on with a place: the own first page, or the page that all others see of it."""
    if is_own_kecamatan(user, place) and not place.is_dinas:
        return f"{reverse('reports:home')}?kecamatan={place.code}"
    return reverse("reports:kecamatan-detail", args=[place.code])


def desk_of(user: User) -> Assignment | None:
    """Return the highest assignment of a technician or of staff above a kecamatan: they begin at a desk."""
    above = (row for row in user.running_assignments if row.level != Assignment.Level.KECAMATAN)
    return next((row for row in above if row.role in (Role.TECHNICIAN, Role.STAFF)), None)


def home_url(user: User) -> str:
    """Return where a person begins: ``/`` for desks, operators and people without a role, else the highest region's."""
    if not user.running_assignments or desk_of(user) or begins_in_a_kecamatan(user):
        return reverse("reports:home")
    return region_url(user.running_assignments[0])


def region_url(assignment: Assignment) -> str:
    """Return the page that an assignment opens on: a kecamatan's own page, or the report of a larger region."""
    page = "kecamatan-detail" if assignment.level == Assignment.Level.KECAMATAN else "region-detail"
    return reverse(f"reports:{page}", args=[assignment.region_code])
