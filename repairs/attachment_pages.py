"""What the page of a ticket shows of its photos and papers, and what may be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_comment
from kecamatan.changes import actor_of
from kecamatan.models import Event
from lib.format import day_id, moment_id, number_id
from lib.forms import DomainForm
from lib.months import local_day
from lib.pages import NotFound
from lib.photos import SMALL_SIDE
from repairs.attachments import may_open_voided, may_void
from repairs.forms.attachments import PhotosForm, VoidPhotoForm
from repairs.models import Attachment, Ticket


class Shown(NamedTuple):
    """A photo or paper; the sides are those of the small photo, in pixels, which a voided one does not show."""

    url: str
    small_url: str
    width: int
    height: int
    name: str
    detail: str
    voided: str
    is_download: bool
    void_url: str
    form: VoidPhotoForm | None
    is_open: bool


def find_attachment(key: UUID, user: User) -> Attachment:
    """Return a photo or paper that a person may open; raises :class:`NotFound`."""
    rows = Attachment.objects.visible_to(user).select_related("ticket__kecamatan__kabupaten")
    found = rows.filter(key=key).first()
    if found is None or (found.voided_at and not may_open_voided(user, found.ticket)):
        raise NotFound("Foto ini tidak ada.")
    return found


def part_of_ticket(ticket: Ticket, events: Sequence[Event], user: User, failed: DomainForm | None) -> dict[str, Any]:
    """Return the photos of a ticket, as its events (the newest first) tell of them, and the form that adds more.

    ``failed`` is the form that was refused, if any.
    """
    sent = [(event, file) for event in reversed(events) if event.action == "attach" for file in event.data["files"]]
    voids = {event.data["key"]: event for event in events if event.action == "void_attachment"}
    opens_voided = may_open_voided(user, ticket)
    adding = failed if isinstance(failed, PhotosForm) else PhotosForm()
    may_add = ticket.voided_at is None and may_comment(user, ticket.kecamatan)
    return {
        "photos": [
            _shown(ticket, file, at, event, voids.get(file["key"]), user, failed)
            for at, (event, file) in enumerate(sent, start=1)
            if opens_voided or file["key"] not in voids
        ],
        "photo_form": adding if may_add else None,
        "photo_form_is_open": adding.is_bound,
        "photo_url": reverse("repairs:photo-add", args=[ticket.number]),
    }


def _shown(
    ticket: Ticket, file: Any, at: int, event: Event, voided: Event | None, user: User, failed: DomainForm | None
) -> Shown:
    zone, key, is_photo = ticket.kecamatan.time_zone, UUID(file["key"]), file["kind"] == Attachment.Kind.PHOTO
    width, height = _small_size(file["width"], file["height"])
    form = failed if isinstance(failed, VoidPhotoForm) and failed.of == key else VoidPhotoForm(of=key)
    size = f"{number_id(max(1, round(file['size'] / 1000)))} KB"
    return Shown(
        url=reverse("repairs:photo", args=[key]),
        small_url=reverse("repairs:photo-small", args=[key]) if is_photo and not voided else "",
        width=width,
        height=height,
        name=f"Foto {at}" if is_photo else f"Berkas PDF {at} ({size})",
        detail=f"{actor_of(event)}, {day_id(local_day(event.at, zone), weekday=False)}",
        voided=f"Dibatalkan {actor_of(voided)}, {moment_id(voided.at, zone)}: {voided.data['reason']}"
        if voided
        else "",
        is_download=not is_photo,
        void_url=reverse("repairs:photo-void", args=[key]),
        form=form if not voided and may_void(user, ticket, event.by_id) else None,
        is_open=form.is_bound,
    )


def _small_size(width: int, height: int) -> tuple[int, int]:
    """Return the sides of a small photo, so that the page does not jump when it arrives."""
    scale = min(1.0, SMALL_SIDE / max(width, height, 1))
    return round(width * scale), round(height * scale)


def file_name(attachment: Attachment) -> str:
    """Return the name under which a file is saved: of its ticket, never the one that it came with."""
    ending = "jpg" if attachment.kind == Attachment.Kind.PHOTO else "pdf"
    return f"{attachment.ticket.number}-{attachment.pk}.{ending}"
