"""The one-tap "hari ini normal", for every page of a kecamatan that offers it."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils import timezone

from accounts.permissions import may_enter_counts
from kecamatan.models import Kecamatan
from lib.format import clock_id
from lib.months import local_day

register = template.Library()


@register.inclusion_tag("repairs/_normal.html", takes_context=True)
def normal_today(context: Context, place: Kecamatan | None, coming_from: str) -> dict[str, object]:
    """Offer the tap to whoever may make it, or say when it was made today; ``coming_from`` is where it leads back."""
    user = context.get("user")
    if place is None or place.is_dinas or place.closed_on or not may_enter_counts(user, place):
        return {"place": None}
    # A page that loaded the place with this needs no query more.
    newest = place if hasattr(place, "normal_at") else Kecamatan.objects.with_newest_normal().get(pk=place.pk)
    zone, said_at = place.time_zone, getattr(newest, "normal_at")  # noqa: B009
    is_today = said_at is not None and local_day(said_at, zone) == local_day(timezone.now(), zone)
    return {
        "place": place,
        "coming_from": coming_from,
        "said_at": clock_id(said_at, zone) if is_today else "",
        "said_by": getattr(newest, "normal_by"),  # noqa: B009
        "csrf_token": context.get("csrf_token"),
    }
