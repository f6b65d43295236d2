"""Building a report in the background: the row is the job, so that none is lost and each is finished exactly once.

A worker takes a job with a lease and renews it with each step. Beat asks again and again for jobs that wait and for
those whose lease is over, because their worker died. Whoever finishes must still hold the attempt that it took.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from documents.changes import Change
from documents.contents import Contents, read_contents, region_of
from documents.csvs import csv_file
from documents.models import Document, DocumentFile, Format
from documents.pdf import pdf_file
from documents.requests import earlier_document, record_document_event
from documents.wording import compared_text
from documents.xlsx import xlsx_file
from kecamatan.changes import send_quietly

logger = logging.getLogger(__name__)

BUILD_TASK = "documents.build_documents"
LEASE = timedelta(minutes=2)
SYSTEM_NAME = "Siap Rekam"
GAVE_UP = "Pembuatannya terputus tiga kali. Coba lagi; bila tetap gagal, hubungi admin."
BROKE = "Ada galat saat membuat berkasnya. Coba lagi; bila tetap gagal, hubungi admin."
WORDS = {Format.PDF: "Menyusun halaman PDF", Format.XLSX: "Menulis tabel XLSX", Format.CSV: "Menulis CSV"}


class Lost(Exception):
    """The job was cancelled, or given to another worker: what was made is thrown away."""


def wake_builder() -> None:
    """Ask a worker to build what waits. A dead broker only delays it: beat finds the row again."""
    send_quietly(BUILD_TASK)


def build_waiting() -> int:
    """Build every report that waits, one after the other, and return how many this worker finished."""
    finished = 0
    give_up()
    while document := claim(timezone.now()):
        finished += build(document)
    return finished


def give_up() -> int:
    """Say of jobs that were broken off too often that they failed; return how many."""
    stale = Document.objects.filter(state=Document.State.RUNNING, attempts_left=0, lease_until__lt=timezone.now())
    return stale.update(state=Document.State.FAILED, problem=GAVE_UP, lease_until=None)


def claim(now: datetime) -> Document | None:
    """Take the oldest job that waits or was broken off, unless another is being built: one leaves workers for the rest.

    Two workers that ask at once get different jobs, or one of them none.
    """
    running = Q(state=Document.State.RUNNING)
    if Document.objects.filter(running, lease_until__gte=now).exists():
        return None
    free = Q(state=Document.State.WAITING) | Q(running, lease_until__lt=now, attempts_left__gt=0)
    found = Document.objects.filter(free).order_by("requested_at", "pk").values_list("pk", "attempt").first()
    if found is None:
        return None
    pk, attempt = found
    taken = Document.objects.filter(free, pk=pk, attempt=attempt).update(
        state=Document.State.RUNNING,
        attempt=F("attempt") + 1,
        attempts_left=F("attempts_left") - 1,
        lease_until=now + LEASE,
        progress=0,
        step="Membaca angka",
        problem="",
    )
    return Document.objects.with_region().select_related("requested_by").get(pk=pk) if taken else None


def build(document: Document) -> bool:
    """Build a report that this worker has taken; return whether it was finished here."""
    try:
        earlier = earlier_document(document)
        contents = _read(document, earlier)
        files = _files(document, contents)
        _finish(document, contents, files, earlier)
    except Lost:
        return False
    except Exception:
        logger.exception("Report %s could not be built", document.pk)
        # What went wrong may pass: it waits for another attempt as long as there is one.
        is_last = document.attempts_left < 1
        values = {"state": Document.State.FAILED, "problem": BROKE} if is_last else {"state": Document.State.WAITING}
        _held(document).update(**values, lease_until=None)
        return False
    return True


def _held(document: Document) -> Any:
    """Return the row, while it is still this worker's."""
    return Document.objects.filter(pk=document.pk, attempt=document.attempt, state=Document.State.RUNNING)


def _step(document: Document, progress: int, words: str) -> None:
    """Say how far it is, and keep the job for another while; raises :class:`Lost` where it is no longer ours."""
    if not _held(document).update(progress=progress, step=words, lease_until=timezone.now() + LEASE):
        raise Lost


def _read(document: Document, earlier: Document | None) -> Contents:
    region = region_of(document.region)
    name = str(document.requested_by) if document.requested_by else SYSTEM_NAME
    return read_contents(
        region,
        document.month,
        made_by=name,
        earlier={**(earlier.figures or {}), "deeper": earlier.deeper} if earlier else None,
        compared=compared_text(earlier, region.zone) if earlier else "",
    )


def _files(document: Document, contents: Contents) -> dict[str, bytes]:
    makers = {
        Format.PDF: lambda: pdf_file(contents, document.pk),
        Format.XLSX: lambda: xlsx_file(contents),
        Format.CSV: lambda: csv_file(contents),
    }
    files = {}
    for number, format in enumerate(document.formats):
        _step(document, 20 + 70 * number // len(document.formats), WORDS[format])
        files[format] = makers[format]()
    _step(document, 90, "Menyimpan")
    return files


@transaction.atomic
def _finish(document: Document, contents: Contents, files: dict[str, bytes], earlier: Document | None) -> None:
    """Keep the figures and the files, in the one transaction that ends the job."""
    finished = _held(document).update(
        state=Document.State.DONE,
        progress=100,
        step="",
        lease_until=None,
        built_at=contents.made_at,
        figures=contents.kept,
        deeper=contents.kept_deeper,
        compared_with=earlier,
        changes=[_plain(change) for change in contents.changes],
    )
    if not finished:
        raise Lost
    DocumentFile.objects.bulk_create(
        DocumentFile(document=document, format=format, size=len(content), content=content)
        for format, content in files.items()
    )
    record_document_event(document, "build", by=None, formats=document.formats)


def _plain(change: Change) -> dict[str, str]:
    return {"region": change.region, "sentence": change.sentence}
