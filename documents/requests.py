"""What people do with monthly reports: ask for one, cancel it, try again, and note that it was signed.

Each is guarded, written only while the row is still as it was, and recorded. ``by`` is the person; ``None`` the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Region as Owner
from accounts.permissions import may_read, may_sign_reports
from accounts.regions import columns_of, zone_of
from documents.models import NOT_BUILT, Document, Format, Mailing
from kecamatan.changes import record_event
from kecamatan.models import Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from lib.format import day_id
from lib.guards import required_reason
from lib.months import local_day, local_month

UNFINISHED = (Document.State.WAITING, Document.State.RUNNING)
UNFINISHED_AT_MOST = 5
"""Reports that one person may have waiting at once."""


def documents_of(region: Owner) -> QuerySet[Document]:
    """Return the reports of a region, without the files' contents."""
    return Document.objects.filter(**columns_of(region))


@transaction.atomic
def request_document(
    region: Owner, month: date, *, formats: Sequence[str], by: User | None, for_subscribers: bool = False
) -> Document:
    """Ask for the report of a month; the same one that still waits or runs is returned instead of a second.

    Effects: the row, which is the job, and an event. Whoever calls this wakes a worker when it is committed.
    """
    _guard(by, region)
    chosen = [format for format in Format.values if format in formats]
    if not chosen:
        raise Refused("Pilih sekurangnya satu bentuk berkas.", field="formats")
    if month > local_month(timezone.now(), zone_of(region)):
        raise Refused("Bulan ini belum tiba.", field="month")
    waiting = documents_of(region).filter(state__in=UNFINISHED, month=month, requested_by=by)
    for same in waiting.filter(for_subscribers=for_subscribers):
        if same.formats == chosen:
            return same
    if by is not None and Document.objects.filter(requested_by=by, state__in=UNFINISHED).count() >= UNFINISHED_AT_MOST:
        raise Refused(f"{UNFINISHED_AT_MOST} laporan Anda masih dibuat. Tunggu sampai satu selesai.")
    document = Document(
        **columns_of(region),
        month=month,
        formats=chosen,
        requested_by=by,
        requested_at=timezone.now(),
        for_subscribers=for_subscribers,
    )
    document.save(force_insert=True)
    record_document_event(document, "request", by=by, month=f"{month:%Y-%m}", formats=chosen)
    return document


@transaction.atomic
def cancel_document(document: Document, *, by: User | None) -> None:
    """Give up a report that is not finished; the worker that builds it notices. Cancelled already is no change.

    Forbidden for the one that subscribers wait for: nobody of them asked to go without.
    """
    _guard(by, document.region)
    if document.for_subscribers:
        raise Forbidden("Laporan ini dibuat untuk pelanggan, jadi tidak dapat dibatalkan.")
    if document.state == Document.State.CANCELLED:
        return
    _move(document, UNFINISHED, state=Document.State.CANCELLED, lease_until=None, step="")
    record_document_event(document, "cancel", by=by)


@transaction.atomic
def retry_document(document: Document, *, by: User | None) -> None:
    """Let a report that failed or was cancelled be built after all; waiting again already is no change.

    Effects: the row, an event, and where a person asks, the mails that were given up for want of it wait for it again.
    """
    _guard(by, document.region)
    if document.is_unfinished:
        return
    _move(
        document,
        (Document.State.FAILED, Document.State.CANCELLED),
        state=Document.State.WAITING,
        # The number of the attempt goes on, so that a worker that was given up never finishes this one.
        attempts_left=Document.ATTEMPTS,
        progress=0,
        problem="",
    )
    if by is not None:
        given_up = document.mailings.filter(state=Mailing.State.FAILED, problem=NOT_BUILT)
        given_up.update(state=Mailing.State.WAITING, attempt=0, lease_until=None)
    record_document_event(document, "retry", by=by)


@transaction.atomic
def sign_document(document: Document, *, signed_on: date, by: User) -> None:
    """Note that the paper was signed on a day; from then on what changes is told against it.

    Refused: a day before it was built or after today, a report that is not finished. A report has one signature at a
    time; after it was withdrawn the paper may be signed again.
    """
    _guard_signing(by, document)
    zone = zone_of(document.region)
    if document.built_at is None:
        raise Refused("Laporan ini belum selesai dibuat.")
    first, last = local_day(document.built_at, zone), local_day(timezone.now(), zone)
    if not first <= signed_on <= last:
        raise Refused(
            f"Pilih tanggal antara {day_id(first, weekday=False)} dan {day_id(last, weekday=False)}.", field="signed_on"
        )
    if document.signed_on == signed_on:
        return
    values = {"signed_at": timezone.now(), "signed_on": signed_on, "signed_by": by, "signature_withdrawn_at": None}
    if not Document.objects.filter(pk=document.pk, state=Document.State.DONE, signed_at=None).update(**values):
        raise Conflict("Laporan ini sudah dicatat ditandatangani.")
    record_document_event(document, "sign", by=by, signed_on=signed_on)


@transaction.atomic
def withdraw_signature(document: Document, *, reason: str, by: User) -> None:
    """Take back that the paper was signed, with a reason; the report, its figures and its files stay as they are.

    Effects: what changes is no longer told against it, subscribers no longer get it as the signed one, and an event
    keeps the day, the reason and who. Withdrawn already is no change. Refused without a reason or a signature.
    """
    _guard_signing(by, document)
    reason = required_reason(reason, "Tulis mengapa tanda tangannya dicabut.")
    document.refresh_from_db()
    if document.signature_withdrawn_at is not None:
        return
    values = {"signed_at": None, "signed_on": None, "signed_by": None, "signature_withdrawn_at": timezone.now()}
    signed = Document.objects.filter(pk=document.pk, signed_at=document.signed_at, signed_at__isnull=False)
    if not signed.update(**values):
        raise Conflict("Laporan ini tidak sedang bertanda tangan.")
    said = {"signed_on": document.signed_on, "reason": reason}
    record_document_event(document, "withdraw_signature", by=by, **said)


def _guard_signing(by: User, document: Document) -> None:
    if not may_sign_reports(by, document.region):
        raise Forbidden("Hanya staf wilayah ini yang mencatat tanda tangan.")


def earlier_document(document: Document) -> Document | None:
    """Return with which report of the same month this one is compared: the last signed one, else the last built."""
    same = documents_of(document.region).filter(month=document.month, state=Document.State.DONE)
    others = same.exclude(pk=document.pk)
    newest = others.order_by("-built_at", "-pk")
    return newest.exclude(signed_at=None).first() or newest.first()


def record_document_event(document: Document, action: str, *, by: User | None, **data: Any) -> None:
    """Append to the history of a report."""
    record_event(document, action, by=by, **data)


def _guard(by: User | None, region: Owner) -> None:
    if isinstance(region, Kecamatan):
        raise Refused("Laporan bulanan dibuat untuk kabupaten/kota, provinsi atau Indonesia.")
    if by is not None and not may_read(by, region):
        raise Forbidden("Anda tidak bertugas di wilayah ini.")


def _move(document: Document, states: Sequence[str], **values: Any) -> None:
    """Write if the report is still in one of these states; raises :class:`Conflict` where it is not."""
    if not Document.objects.filter(pk=document.pk, state__in=states).update(**values):
        document.refresh_from_db()
        raise Conflict(f"Laporan ini sudah {document.get_state_display().lower()}.")
    document.refresh_from_db()
