"""No citizens' data: free text may not carry a NIK."""

from __future__ import annotations

from lib.errors import Refused
from lib.parsing import holds_nik


def refuse_identity_numbers(text: str, field: str) -> None:
    """Refuse a text with 16 digits in a row, even if set apart by spaces, dots or dashes."""
    if holds_nik(text):
        raise Refused(
            "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
            field=field,
        )
