"""Photos and scanned papers of tickets: sent, shown to whom may see the ticket, voided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import guard, may_comment
from accounts.requests import SignedInRequest
from lib.errors import Conflict, Forbidden, Refused
from lib.pages import NotFound, answers_problems
from repairs.attachment_pages import file_name, find_attachment
from repairs.attachments import Written, attach, may_void, path_of, void_attachment, written
from repairs.forms.attachments import PhotosForm, VoidPhotoForm
from repairs.models import Attachment, Ticket
from repairs.pages import ticket_url
from repairs.places import find_ticket
from repairs.views.sending import answers_resends, send, status_of
from repairs.views.tickets import show_ticket


@login_required
@require_POST
@answers_problems
@answers_resends
def add(request: SignedInRequest, number: str) -> HttpResponse:
    """Add photos to a ticket; one that cannot be taken is named beside the field, and none is kept."""
    ticket = find_ticket(number, request.user)
    guard(request.user, [ticket.kecamatan], may_comment)
    form = PhotosForm(request.POST, request.FILES)
    try:
        uploads = form.cleaned_data["photos"] if form.is_valid() else []
        with written(uploads) as files:
            answer = send(request, form, partial(_attach, ticket, files, request), "Foto tersimpan di tiket ini.")
    except (Conflict, Forbidden):
        raise
    except Refused as refused:
        form.refuse(refused)
        answer = None
    return answer or show_ticket(request, ticket, form, status=status_of(form))


def _attach(ticket: Ticket, files: Sequence[Written], request: SignedInRequest) -> str:
    attach(ticket, files, by=request.user)
    return f"{ticket_url(ticket)}#foto"


@login_required
@require_POST
@answers_problems
@answers_resends
def void(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Void a photo or paper of a ticket, with a reason."""
    found = find_attachment(key, request.user)
    if not may_void(request.user, found.ticket, found.added_by_id):
        raise Forbidden("Anda tidak berwenang membatalkan foto ini.")
    form = VoidPhotoForm(request.POST, of=key)

    def write() -> str:
        void_attachment(found, by=request.user, reason=form.cleaned_data["reason"])
        return f"{ticket_url(found.ticket)}#foto"

    try:
        answer = send(request, form, write, "Foto dibatalkan; hanya staf yang masih bisa membukanya.")
    except Conflict as conflict:
        form.refuse(conflict)
        ticket = find_ticket(found.ticket.number, request.user)
        return show_ticket(request, ticket, form, status=409)
    return answer or show_ticket(request, find_ticket(found.ticket.number, request.user), form, status=status_of(form))


# --- The files ----------------------------------------------------------------------------------------------------


@login_required
@require_safe
@answers_problems
def photo(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Send a photo, to look at, or a paper, to save: a PDF is the only file here that was not drawn anew."""
    return _send_file(request, find_attachment(key, request.user))


@login_required
@require_safe
@answers_problems
def small_photo(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Send the small version of a photo."""
    found = find_attachment(key, request.user)
    if found.kind != Attachment.Kind.PHOTO:
        raise NotFound("Berkas ini bukan foto.")
    return _send_file(request, found, small=True)


def _send_file(request: SignedInRequest, found: Attachment, *, small: bool = False) -> HttpResponse:
    """Send a file, or say that the browser has it: what an address names never changes."""
    tag = quote_etag(f"{found.key}{'-small' if small else ''}")
    if unchanged := get_conditional_response(request, etag=tag):
        return _asked_again(unchanged, tag)
    try:
        with default_storage.open(path_of(found.key, found.kind, small=small)) as file:
            content = file.read()
    except FileNotFoundError:
        raise NotFound("Berkas foto ini tidak ada.") from None
    is_photo = found.kind == Attachment.Kind.PHOTO
    response = HttpResponse(
        content,
        content_type="image/jpeg" if is_photo else "application/pdf",
        headers={
            "Content-Disposition": str(content_disposition_header(not is_photo, file_name(found))),
            "X-Content-Type-Options": "nosniff",
            # Neither kind gets shorter by packing.
            "Content-Encoding": "identity",
        },
    )
    return _asked_again(response, tag)


def _asked_again(response: HttpResponse, tag: str) -> HttpResponse:
    """Let a browser keep a file but ask each time: on a shared phone the next person may not see it."""
    patch_cache_control(response, private=True, no_cache=True)
    response["ETag"] = tag
    return response
