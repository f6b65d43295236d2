"""What the page shows on which a placement of a device is corrected, and what a loser sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import covers
from devices.models import Device, Placement
from lib.format import moment_id
from lib.pages import NotFound
from repairs.device_list import device_url
from repairs.device_moves import CHANGED, changes_since
from repairs.device_pages import device_page, newest_event, placements_of
from repairs.forms.devices import PlacementForm
from repairs.forms.spans import compared
from repairs.moves import Move
from repairs.sets import correct_placement
from repairs.span_pages import State

LABEL = "Betulkan waktu"
SENTENCE = "Laporan bulan yang kena dihitung ulang. Waktu lama tetap tercatat di riwayat."


def find_placement(device: Device, pk: int, user: User) -> Placement:
    """Return where a device stood, in a set that the person sees; raises :class:`NotFound`."""
    for placement in placements_of(device):
        if placement.pk == pk and covers(user.scope, placement.recording_set.kecamatan):
            return placement
    raise NotFound("Tidak ada penempatan ini.")


def form_of(placement: Placement, data: Any = None) -> PlacementForm:
    """Return the form of a correction, filled by what was sent, or by what is on record."""
    start = {
        "version": placement.device.version,
        "seen": newest_event(placement.device) if data is None else 0,
        "started_at": placement.started_at,
        "ended_at": placement.ended_at,
    }
    zone = placement.recording_set.kecamatan.time_zone
    return PlacementForm(data, initial=start, zone=zone, has_ended=placement.ended_at is not None)


def correct(placement: Placement, form: PlacementForm, by: User) -> None:
    """Correct a placement as its form says."""
    known = [at for row in placements_of(placement.device) for at in (row.started_at, row.ended_at) if at]
    said = form.said()
    correct_placement(
        placement,
        started_at=_known_or(said["started_at"], (placement.started_at, *known)),
        ended_at=_known_or(said["ended_at"], (placement.ended_at, *known)) if said.get("ended_at") else None,
        reason=said["reason"],
        version=form.seen_version,
        by=by,
    )


def _known_or(typed: datetime, known: Iterable[datetime | None]) -> datetime:
    """Return the moment on record that people read as what was typed: a form shows minutes, a record has seconds."""
    same = (at for at in known if at and at.replace(second=0, microsecond=0) == typed)
    return next(same, typed)


def headline(placement: Placement) -> dict[str, Any]:
    """Return what stands above the form, and the way back."""
    device, there = placement.device, placement.recording_set
    url = device_url(device)
    return {
        "heading": f"{LABEL} penempatan",
        "subject": f"{device} di {there}, {there.kecamatan.name}",
        "url": url,
        "crumbs": [
            {"label": "Alat", "url": reverse("repairs:device-list")},
            {"label": str(device), "url": url},
            {"label": f"{LABEL} penempatan", "url": ""},
        ],
    }


def both_versions(placement: Placement, user: User, form: PlacementForm) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again."""
    page, head = device_page(placement.device, user), headline(placement)
    zone = placement.recording_set.kecamatan.time_zone
    moments = {"started_at": placement.started_at, "ended_at": placement.ended_at}
    retry = form_of(placement, form.renewed(placement.device.version, page["last_event"]))
    url = reverse("repairs:device-placement", args=[placement.device.pk, placement.pk])
    return {
        **head,
        "heading": "Data alat ini baru saja diubah orang lain",
        "state": State(page["status"], page["word"]),
        "wanted": LABEL,
        "compared": compared(form, {name: moment_id(at, zone) for name, at in moments.items() if at}, zone),
        "changes": changes_since(page, form.seen_event),
        "move": Move("placement", LABEL, SENTENCE, url, retry, True, False),
        "crumbs": [*head["crumbs"][:-1], CHANGED],
    }
