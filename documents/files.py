"""What the files of a report are called, and of which kind they are."""

from __future__ import annotations

from django.utils.text import slugify

from accounts.regions import code_of
from documents.models import Document, Format

CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
}


def file_name(document: Document, format: str) -> str:
    """Return ``laporan-36.03-kabupaten-tangerang-2026-10-nomor-12.pdf``: plain letters for every mail program."""
    name = slugify(str(document.region or "Indonesia"))
    return f"laporan-{code_of(document.region)}-{name}-{document.month:%Y-%m}-nomor-{document.pk}.{format}"


def content_type(format: str) -> str:
    """Return the media type of a format."""
    return CONTENT_TYPES[Format(format)]


def size_text(size: int) -> str:
    """Return a size as people read it: ``12 kB``, ``1,4 MB``."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
