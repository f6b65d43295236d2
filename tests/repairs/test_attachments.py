"""Photos and papers of a ticket: bound to it once, with it or not at all, voided with a reason."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import transaction
from pytest_django import Settings

from accounts.models import Role, User
from devices.models import RecordingSet
from kecamatan.models import Event
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from lib.photos import BROKEN, Upload
from repairs import attachments
from repairs.attachments import attach, path_of, remove_orphans, void_attachment, written
from repairs.models import Attachment, Ticket
from repairs.tickets import void_ticket
from tests.factories import make_fault, make_kecamatan, make_user
from tests.pictures import PDF, photo, upload
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def ticket(recording_set: RecordingSet) -> Ticket:
    return make_fault(recording_set)


def files(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def add(ticket: Ticket, *contents: bytes, by: User | None = None) -> int:
    uploads = [upload(content) for content in contents]
    with written(uploads) as kept:
        return attach(ticket, kept, by=by)


def said(ticket: Ticket) -> list[tuple[str, dict[str, object]]]:
    rows = Event.objects.filter(subject=f"ticket:{ticket.pk}").exclude(action="report").order_by("pk")
    return [(row.action, row.data) for row in rows]


def test_photos_and_papers_are_kept_under_names_of_ours(ticket: Ticket, operator: User, media: Path) -> None:
    assert add(ticket, photo((3200, 1600)), PDF, by=operator) == 2
    first, second = Attachment.objects.order_by("pk")
    assert (first.kind, first.width, first.height, first.added_by) == ("photo", 1600, 800, operator)
    assert (second.kind, second.size, second.added_at) == ("pdf", len(PDF), NOW)
    paths = [path_of(first.key, "photo"), path_of(first.key, "photo", small=True), path_of(second.key, "pdf")]
    assert files(media) == sorted(paths)
    assert (media / path_of(second.key, "pdf")).read_bytes() == PDF
    assert (media / path_of(first.key, "photo")).stat().st_size == first.size
    told = [
        {"key": str(row.key), "kind": row.kind, "size": row.size, "width": row.width, "height": row.height}
        for row in (first, second)
    ]
    assert said(ticket) == [("attach", {"files": told})]


def test_what_is_sent_again_adds_nothing(ticket: Ticket, operator: User, media: Path) -> None:
    add(ticket, photo(), by=operator)
    before = files(media)
    assert add(ticket, photo(), photo(), by=operator) == 0
    assert (files(media), len(said(ticket))) == (before, 1)


def test_a_report_and_its_photos_are_one(recording_set: RecordingSet, operator: User, media: Path) -> None:
    key = uuid4()
    photos = [upload(photo(colour=colour)) for colour in ("red", "blue")]

    def report(photos: Sequence[Upload]) -> Ticket:
        return make_fault(recording_set, client_key=key, by=operator, photos=photos)

    ticket = report(photos)
    assert (ticket.attachments.count(), len(files(media))) == (2, 4)
    assert report(photos) == ticket
    assert (Attachment.objects.count(), len(files(media))) == (2, 4)
    for others in (photos[:1], photos[::-1], []):
        with pytest.raises(KeyReused):
            report(others)
    assert (Ticket.objects.count(), Attachment.objects.count(), len(files(media))) == (1, 2, 4)


def test_a_report_that_is_refused_leaves_no_files(ticket: Ticket, recording_set: RecordingSet, media: Path) -> None:
    with pytest.raises(Refused):
        make_fault(recording_set, photos=[upload(photo())])
    assert (Attachment.objects.count(), files(media)) == (0, [])


def test_of_a_broken_photo_neither_report_nor_files_are_left(recording_set: RecordingSet, media: Path) -> None:
    with pytest.raises(Refused) as refusal:
        make_fault(recording_set, photos=[upload(photo()), upload(photo((400, 400))[:-200])])
    assert (refusal.value.message, refusal.value.field) == (BROKEN, "photos")
    assert (Ticket.objects.count(), files(media)) == (0, [])


def test_a_ticket_holds_so_many_and_a_voided_one_takes_none(
    ticket: Ticket, staff: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST", 1)
    add(ticket, photo())
    with pytest.raises(Refused):
        add(ticket, photo(colour="blue"))
    void_ticket(ticket, version=ticket.version, by=staff, reason="Salah tempat")
    with pytest.raises(Refused):
        add(ticket, PDF)
    assert (Attachment.objects.count(), len(files(media))) == (1, 2)


@pytest.mark.parametrize("who", ["official", "stranger"])
def test_whoever_only_reads_adds_nothing(ticket: Ticket, who: str, official: User, media: Path) -> None:
    stranger = make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten)
    with pytest.raises(Forbidden):
        add(ticket, photo(), by={"official": official, "stranger": stranger}[who])
    assert files(media) == []


def test_a_photo_is_voided_once_by_whoever_sent_it_or_by_staff(
    ticket: Ticket, operator: User, technician: User, staff: User
) -> None:
    add(ticket, photo(), photo(colour="blue"), by=operator)
    first, second = Attachment.objects.order_by("pk")
    for somebody in (technician, make_user(Role.OPERATOR, ticket.kecamatan)):
        with pytest.raises(Forbidden):
            void_attachment(first, by=somebody, reason="Kabur")
    with pytest.raises(Refused):
        void_attachment(first, by=operator, reason=" ")
    void_attachment(first, by=operator, reason="Wajah warga terlihat")
    void_attachment(second, by=staff, reason="Kabur")
    with pytest.raises(Conflict):
        void_attachment(first, by=staff, reason="Kabur")
    assert (first.voided_by, first.voided_at, first.void_reason) == (operator, NOW, "Wajah warga terlihat")
    assert said(ticket)[1:] == [
        ("void_attachment", {"key": str(first.key), "kind": "photo", "reason": "Wajah warga terlihat"}),
        ("void_attachment", {"key": str(second.key), "kind": "photo", "reason": "Kabur"}),
    ]
    assert add(ticket, photo(), by=operator) == 1


# --- the night ------------------------------------------------------------------------------------------


def test_the_night_removes_what_no_ticket_holds(ticket: Ticket, media: Path, frozen: time_machine.Traveller) -> None:
    add(ticket, photo(), PDF)
    with pytest.raises(KeyboardInterrupt), written([upload(photo())]), transaction.atomic():
        raise KeyboardInterrupt
    held = files(media)
    assert len(held) == 3
    lost = [path_of(uuid4(), "photo"), path_of(uuid4(), "pdf"), f"photos/{uuid4().hex[:2]}/catatan.txt"]
    for path in lost:
        (media / path).parent.mkdir(exist_ok=True)
        (media / path).write_bytes(b"x")
    for path in files(media):
        os.utime(media / path, (NOW.timestamp(), NOW.timestamp()))
    assert remove_orphans() == 0
    frozen.shift(86_401)
    assert (remove_orphans(), files(media), remove_orphans()) == (3, held, 0)


def test_a_night_without_any_photo_removes_nothing() -> None:
    assert (default_storage.exists("photos"), remove_orphans()) == (False, 0)


def test_an_error_after_the_commit_takes_no_file_of_a_ticket(ticket: Ticket, staff: User, media: Path) -> None:
    with pytest.raises(ConnectionError), written([upload(photo())]) as files:
        attach(ticket, files, by=staff)
        raise ConnectionError("The answer was lost.")
    kept = ticket.attachments.get()
    assert default_storage.exists(path_of(kept.key, kept.kind))
