"""Turns monthly reports into what their pages show, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_sign_reports
from accounts.regions import code_of
from documents.changes import by_region
from documents.files import size_text
from documents.history import signatures_of
from documents.models import NOT_BUILT, Document, DocumentFile, Format, Mailing, Subscription
from documents.requests import documents_of
from documents.since import changes_since
from kecamatan.scope import Scope
from lib.format import moment_id, month_id, number_id
from lib.month_choice import Month
from lib.pages import NotFound, key_of, page_of
from reports.crumbs import Crumb, crumbs
from reports.models import RegionMonth
from reports.months import Option, chosen_month, month_options
from reports.regions import Region, current_month, find_region

REPORT_LEVELS = ("nation", "province", "kabupaten")
NEWEST_FIRST = ("-requested_at", "-pk")
HEAVY = ("figures", "deeper", "changes")
"""What a list never reads."""

STATE_CSS = {
    Document.State.WAITING: "dial reported",
    Document.State.RUNNING: "dial in_progress",
    Document.State.DONE: "dial closed",
    Document.State.FAILED: "overdue",
    Document.State.CANCELLED: "dial rejected",
}
SHORT = {Format.PDF: "PDF", Format.XLSX: "XLSX", Format.CSV: "CSV"}
WITHDRAWN = "Tanda tangan dicabut"
SYSTEM_NAME = "Siap Rekam, untuk pelanggan"


class FileLink(NamedTuple):
    """A file to download."""

    word: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A report in the list."""

    month: str
    number: int
    url: str
    css: str
    word: str
    made: str
    files: list[FileLink]


def find_reported(code: str, user: User) -> Region:
    """Return a region that has monthly reports; raises :class:`NotFound` for a kecamatan, and outside the scope."""
    region = find_region(code, user)
    if region.level not in REPORT_LEVELS:
        raise NotFound("Laporan bulanan kecamatan termuat dalam laporan kabupatennya.")
    return region


def steps(region: Region, scope: Scope, *more: Crumb) -> list[Crumb]:
    """Return the way to a page of a region's reports; the last step has no address."""
    now = current_month(region)
    way = crumbs(region, scope, Month(now, now))
    return [*way[:-1], Crumb(region.name, reverse("reports:region-detail", args=[region.code])), *more]


def list_url(region: Region) -> str:
    """Return the address of a region's list."""
    return reverse("documents:list", args=[region.code])


def detail_url(document: Document) -> str:
    """Return the address of a report."""
    return reverse("documents:detail", args=[code_of(document.region), document.pk])


def months_of(region: Region, asked: str | None) -> list[Option]:
    """Return the months of which a report can be built; chosen is the one asked for, else the last that is over."""
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk)
    first = rows.order_by("month").values_list("month", flat=True).first()
    return month_options(chosen_month(region, asked), first)


# --- The list ---------------------------------------------------------------------------------------------------


def list_page(region: Region, user: User, after: str) -> dict[str, Any]:
    """Return what the list of a region's reports shows; ``after`` is the number of the report above the page."""
    own = region.kabupaten or region.province
    rows = documents_of(own).defer(*HEAVY).select_related("requested_by", "province", "kabupaten__province")
    found, more = page_of(rows, NEWEST_FIRST, rows.filter(pk=key).first() if (key := key_of(after)) else None)
    files = _files(found)
    return {
        "region": region,
        "crumbs": steps(region, user.scope, Crumb("Laporan bulanan", "")),
        "rows": [_row(document, files.get(document.pk, []), region.zone) for document in found],
        "next_url": f"?sesudah={found[-1].pk}" if more else "",
        "first_url": list_url(region) if after else "",
    }


def _files(documents: Sequence[Document]) -> dict[int, list[FileLink]]:
    """Return the links to the files of some reports, in one query that reads no contents."""
    codes = {document.pk: code_of(document.region) for document in documents}
    rows = DocumentFile.objects.filter(document__in=codes).values_list("document", "format", "size")
    found: dict[int, list[FileLink]] = {}
    for pk, format, size in sorted(rows, key=lambda row: Format.values.index(row[1])):
        found.setdefault(pk, []).append(_link(pk, codes[pk], format, size))
    return found


def with_sizes(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Read with each report how large its files are, in the same query."""
    sizes = DocumentFile.objects.filter(document=OuterRef("pk")).values("size")
    return documents.annotate(
        **{f"size_{format}": Subquery(sizes.filter(format=format)[:1]) for format in Format.values}
    )


def files_of(document: Document) -> list[FileLink]:
    """Return the links to the files of a report that was read :func:`with_sizes`."""
    sizes = ((format, getattr(document, f"size_{format}")) for format in Format.values)
    return [_link(document.pk, code_of(document.region), format, size) for format, size in sizes if size is not None]


def _link(pk: int, code: str, format: str, size: int) -> FileLink:
    return FileLink(SHORT[Format(format)], size_text(size), reverse("documents:download", args=[code, pk, format]))


def _row(document: Document, files: list[FileLink], zone: str) -> Row:
    css, word = state_of(document)
    return Row(month_id(document.month), document.pk, detail_url(document), css, word, made_text(document, zone), files)


def state_of(document: Document) -> tuple[str, str]:
    """Return how a report stands: the class of its mark, and the word."""
    if document.signed_at is not None:
        return "dial resolved", "Ditandatangani"
    if document.signature_withdrawn_at is not None:
        return "dial reopened", WITHDRAWN
    word = document.get_state_display()
    if document.state == Document.State.RUNNING:
        word = f"{word}, {document.progress}%"
    return STATE_CSS[Document.State(document.state)], word


def made_text(document: Document, zone: str) -> str:
    """Return by whom a report was asked for, and when it was built or asked for."""
    who = str(document.requested_by) if document.requested_by else SYSTEM_NAME
    at: datetime = document.built_at or document.requested_at
    return f"{who}, {moment_id(at, zone)}"


def mailing_text(subscription: Subscription | None, zone: str) -> str:
    """Return what became of the newest mail of a subscription; empty before the first."""
    rows = (
        Mailing.objects.filter(subscription=subscription).defer("document") if subscription else Mailing.objects.none()
    )
    mailing = rows.order_by("-month").first()
    if mailing is None:
        return ""
    what = f"Laporan {month_id(mailing.month)}"
    match mailing.state:
        case Mailing.State.SENT if mailing.sent_at is not None:
            return f"{what}: terkirim {moment_id(mailing.sent_at, zone)}."
        case Mailing.State.WAITING if not mailing.problem:
            return f"{what}: sedang disiapkan untuk dikirim."
        case Mailing.State.WAITING:
            return f"{what}: belum terkirim, dicoba lagi. {mailing.problem}"
        case Mailing.State.FAILED if mailing.problem == NOT_BUILT:
            return f"{what}: tidak terkirim. {mailing.problem} Buka laporannya dan pilih “Buat lagi”."
    return f"{what}: tidak terkirim. {mailing.problem}"


def subscription_text(subscription: Subscription | None) -> str:
    """Return what somebody gets by e-mail; empty where nothing."""
    if subscription is None:
        return ""
    word = SHORT[Format(subscription.format)]
    return f"{word} laporan bulan sebelumnya ke {subscription.email}, setiap tanggal {subscription.day}."


# --- One report -------------------------------------------------------------------------------------------------


def detail_page(document: Document, region: Region, user: User) -> dict[str, Any]:
    """Return what the page of a report shows; of a finished one also what has changed since, figure by figure."""
    css, word = state_of(document)
    title = f"Laporan {month_id(document.month)}"
    return {
        "region": region,
        "document": document,
        "title": title,
        "crumbs": steps(region, user.scope, Crumb("Laporan bulanan", list_url(region)), Crumb(title, "")),
        "css": css,
        "word": word,
        "made": made_text(document, region.zone),
        "files": files_of(document),
        "formats": ", ".join(SHORT[Format(format)] for format in document.formats),
        "signatures": signatures_of(document, region.zone),
        "is_signed": document.signed_at is not None,
        "may_sign": may_sign_reports(user, document.region),
        **_since(document, region),
    }


def _since(document: Document, region: Region) -> dict[str, Any]:
    """Return what differs now from a finished report, and since when."""
    if document.state != Document.State.DONE or document.figures is None or document.built_at is None:
        return {}
    changes, is_whole = changes_since(document, region)
    since = "ditandatangani" if document.signed_on else f"dibuat {moment_id(document.built_at, region.zone)}"
    return {
        "since": f"Sejak laporan ini {since}",
        "is_whole": is_whole,
        "change_count": number_id(len(changes)) if changes else "",
        "changes": [(name, [change.sentence for change in group]) for name, group in by_region(changes)],
    }
