"""Where each person begins."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Assignment, User


def home_url(user: User) -> str:
    """Return the page of the user's highest assignment; without one it is ``/``, which says what to do."""
    if not user.running_assignments:
        return reverse("reports:home")
    return region_url(user.running_assignments[0])


def region_url(assignment: Assignment) -> str:
    """Return the page that an assignment opens on: a kecamatan's own page, or the report of a larger region."""
    page = "kecamatan-detail" if assignment.level == Assignment.Level.KECAMATAN else "region-detail"
    return reverse(f"reports:{page}", args=[assignment.region_code])
