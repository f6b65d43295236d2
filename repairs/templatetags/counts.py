"""The one-tap "hari ini normal", for every page of a kecamatan that offers it."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils import timezone

from accounts.permissions import may_enter_counts
from kecamatan.duty import ALL_NORMAL
from kecamatan.models import Event, Kecamatan
from lib.format import clock_id
from lib.months import local_day, midnight

register = template.Library()


@register.inclusion_tag("repairs/_normal.html", takes_context=True)
def normal_today(context: Context, place: Kecamatan | None, coming_from: str) -> dict[str, object]:
    """Offer the tap to whoever may make it, or say when it was made today; ``coming_from`` is where it leads back."""
    user = context.get("user")
    if place is None or place.is_dinas or place.closed_on or not may_enter_counts(user, place):
        return {"place": None}
    now, zone = timezone.now(), place.time_zone
    since = midnight(local_day(now, zone), zone)
    said = Event.objects.filter(kecamatan=place, action=ALL_NORMAL, at__gte=since).select_related("by").first()
    return {
        "place": place,
        "coming_from": coming_from,
        "said_at": clock_id(said.at, zone) if said else "",
        "said_by": said.by if said else None,
        "csrf_token": context.get("csrf_token"),
    }
