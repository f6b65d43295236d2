"""Photos and scanned papers of tickets: their files, how they come to a ticket, how a wrong one is voided.

A file is drawn and written before the transaction that binds it to its ticket, so that no writer waits for a picture.
What is bound to no ticket in the end is taken away at once, or, after a crash, by a task of the night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_comment, may_correct_repairs
from kecamatan.changes import record_event
from lib.errors import Conflict, Forbidden, Refused
from lib.guards import required_reason
from lib.photos import PAPER, Drawn, Upload
from repairs.guards import refuse_voided
from repairs.models import Attachment, Ticket

FOLDER = "photos"
MOST = 40
"""How many photos and papers a ticket may have."""
UNFINISHED = timedelta(days=1)
"""For how long a file without a ticket may belong to a transaction that has not ended."""


class Written(NamedTuple):
    """A file that lies in the storage and is not bound to a ticket yet."""

    key: UUID
    kind: str
    digest: str
    drawn: Drawn


def path_of(key: UUID, kind: str, *, small: bool = False) -> str:
    """Return where a file lies in the storage of uploads; a paper has no small one."""
    ending = "pdf" if kind == PAPER else "small.jpg" if small else "jpg"
    return f"{FOLDER}/{key.hex[:2]}/{key}.{ending}"


@contextmanager
def written(uploads: Sequence[Upload]) -> Iterator[list[Written]]:
    """Write the files of uploads for a block that binds them to a ticket; those that it leaves unbound are removed.

    Raises :class:`Refused` for one that cannot be decoded.
    """
    files: list[Written] = []
    try:
        for upload in uploads:
            file = Written(uuid4(), upload.kind, upload.digest, _drawn(upload))
            files.append(file)
            default_storage.save(path_of(file.key, file.kind), ContentFile(file.drawn.content))
            if file.drawn.small:
                default_storage.save(path_of(file.key, file.kind, small=True), ContentFile(file.drawn.small))
        yield files
    finally:
        # Also after an error: one that comes once the rows are committed must not take their files.
        with suppress(DatabaseError):
            _remove_unbound({file.key for file in files})


def _remove_unbound(keys: set[UUID]) -> None:
    """Remove the files of those keys that no ticket holds; where that cannot be asked, the night removes them."""
    if keys:
        _remove(keys - set(Attachment.objects.filter(key__in=keys).values_list("key", flat=True)))


def _drawn(upload: Upload) -> Drawn:
    try:
        return upload.draw()
    except Refused as refused:
        raise Refused(refused.message, field="photos") from None


def _remove(keys: set[UUID]) -> None:
    for key in keys:
        for path in (path_of(key, PAPER), path_of(key, ""), path_of(key, "", small=True)):
            default_storage.delete(path)


@transaction.atomic
def attach(ticket: Ticket, files: Sequence[Written], *, by: User | None) -> int:
    """Bind files to a ticket; what was sent to it before is left out. Returns how many are new.

    Effects: the rows, and one event where any is new; it says enough of each for the page of the ticket, which reads
    its events anyway.
    """
    guard(by, [ticket.kecamatan], may_comment)
    # One writer at a time decides what is new to a ticket; on SQLite the transaction itself sees to that.
    ticket.refresh_from_db(fields=["voided_at"], from_queryset=Ticket.objects.select_for_update(no_key=True))
    refuse_voided(ticket)
    there = set(ticket.attachments.filter(voided_at=None).values_list("digest", flat=True))
    new = {file.digest: file for file in files if file.digest not in there}
    if len(there) + len(new) > MOST:
        raise Refused(f"Satu tiket paling banyak memuat {MOST} foto dan berkas.", field="photos")
    now = timezone.now()
    rows = [
        Attachment(
            ticket=ticket,
            key=file.key,
            kind=file.kind,
            digest=digest,
            size=len(file.drawn.content),
            width=file.drawn.width,
            height=file.drawn.height,
            added_by=by,
            added_at=now,
        )
        for digest, file in new.items()
    ]
    Attachment.objects.bulk_create(rows)
    if rows:
        names = ("key", "kind", "size", "width", "height")
        _record(ticket, "attach", by, files=[{name: getattr(row, name) for name in names} for row in rows])
    return len(rows)


def may_void(user: User | None, ticket: Ticket, sender: int | None) -> bool:
    """Say whether somebody may void a photo of a ticket: the staff of its place, and whoever sent it (``sender``)."""
    if user is None or may_correct_repairs(user, ticket.kecamatan):
        return True
    return sender == user.pk and may_comment(user, ticket.kecamatan)


def may_open_voided(user: User, ticket: Ticket) -> bool:
    """Say whether somebody may still open the voided photos of a ticket that they see."""
    return may_correct_repairs(user, ticket.kecamatan)


@transaction.atomic
def void_attachment(attachment: Attachment, *, by: User | None, reason: str) -> None:
    """Void a photo or paper that is wrong, or shows what it must not: only staff can open it from then on.

    Effects: ``voided_*``, an event of its ticket. Raises :class:`Conflict` where it was voided before.
    """
    if not may_void(by, attachment.ticket, attachment.added_by_id):
        raise Forbidden("Anda tidak berwenang membatalkan foto ini.")
    reason = required_reason(reason)
    rows = Attachment.objects.filter(pk=attachment.pk, voided_at=None)
    if rows.update(voided_at=timezone.now(), voided_by=by, void_reason=reason) != 1:
        raise Conflict("Foto ini sudah dibatalkan.")
    attachment.refresh_from_db()
    _record(attachment.ticket, "void_attachment", by, key=attachment.key, kind=attachment.kind, reason=reason)


def _record(ticket: Ticket, action: str, by: User | None, **data: object) -> None:
    record_event(ticket, action, by=by, kecamatan_id=ticket.kecamatan_id, **data)


# --- The night ----------------------------------------------------------------------------------------------------


def remove_orphans() -> int:
    """Remove the files of uploads that no ticket holds, a day after they were written; returns how many.

    They are left where a process dies between writing a file and the end of its transaction. Safe to run twice.
    """
    if not default_storage.exists(FOLDER):
        return 0
    found = 0
    for folder in default_storage.listdir(FOLDER)[0]:
        paths = [f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
        held = _held(paths)
        for path in paths:
            if path not in held and timezone.now() - default_storage.get_modified_time(path) > UNFINISHED:
                default_storage.delete(path)
                found += 1
    return found


def _held(paths: Sequence[str]) -> set[str]:
    """Return the files of tickets among these."""
    keys = {key for path in paths if (key := _key(path))}
    rows = Attachment.objects.filter(key__in=keys).values_list("key", "kind")
    return {path_of(key, kind, small=small) for key, kind in rows for small in (False, True)}


def _key(path: str) -> UUID | None:
    try:
        return UUID(path.rpartition("/")[2].partition(".")[0])
    except ValueError:
        return None
