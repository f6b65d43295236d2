"""What stands in the head of every page for the person who is signed in."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.urls import reverse

from accounts.home import desk_of, home_url, region_url
from accounts.models import User
from accounts.permissions import (
    manages_people,
    manages_targets,
    may_arrange_service,
    may_manage_reference_data,
    may_report,
    reports_somewhere,
)
from kecamatan.models import Kecamatan

register = template.Library()

NATION = "Indonesia"
WIDE = 7
"""As many links as stand beside the brand on one line; the others are in the menu."""


@register.inclusion_tag("_header.html", takes_context=True)
def page_header(context: Context) -> dict[str, object]:
    """Return the links of the head; only what the person may open."""
    user, request = context.get("user"), context.get("request")
    if not isinstance(user, User):
        return {"person": None}
    return {
        "person": user,
        "assignments": user.running_assignments,
        "links": _links(user, request.path if request else ""),
        "search_url": reverse("reports:search"),
        "searched": context.get("searched", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def may_report_here(user: object, place: Kecamatan | None) -> bool:
    """Say whether a person may report a fault of a place, for a page that offers it."""
    return place is not None and may_report(user, place)


@register.simple_tag
def may_arrange_here(user: object, place: Kecamatan | None) -> bool:
    """Say whether a person may send the people of a kecamatan elsewhere, for a page that offers it."""
    return place is not None and not place.is_dinas and may_arrange_service(user, place)


def _links(user: User, path: str) -> list[dict[str, object]]:
    home, at_desk = home_url(user), desk_of(user)
    links = [("Beranda", home)]
    if at_desk:
        links.append(("Dasbor", region_url(at_desk)))
    if user.running_assignments:
        links.append(("Tiket", reverse("repairs:ticket-list")))
        links.append(("Gangguan", reverse("repairs:outage-list")))
        links.append(("Alat", reverse("repairs:device-list")))
        links.append(("Perekaman", reverse("repairs:recording-month")))
    if manages_targets(user):
        links.append(("Target", reverse("repairs:target-list")))
    if manages_people(user):
        links.append(("Pengguna", reverse("accounts:user-list")))
    if reports_somewhere(user):
        links.append(("Lapor kerusakan", reverse("repairs:report")))
    # A deputy may hold two roles in one region: its page stands here once.
    others = dict.fromkeys((str(row.region or NATION), region_url(row)) for row in user.running_assignments)
    links += [link for link in others if link[1] not in [url for _, url in links]]
    if may_manage_reference_data(user):
        links.append(("Data acuan", reverse("admin:index")))
    return [
        {"label": label, "url": url, "current": url == path, "is_wide": place < WIDE}
        for place, (label, url) in enumerate(links)
    ]
