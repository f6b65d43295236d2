"""What the domain functions of every app refuse, each as a sentence for the person who asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from lib.errors import Conflict, Refused
from lib.format import day_id
from lib.months import EARLIEST_DAY, add_months, local_day, local_month, month_of
from lib.privacy import refuse_identity_numbers

TOO_EARLY = "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."
LONGEST_REASON = 500
MONTHS_AHEAD = 60
"""What is planned for later than this is a slip of the hand."""


def refuse_too_early(day: date, field: str) -> None:
    """Refuse a local day from before the programme: it is a slip of the hand, and no month reads it."""
    if day < EARLIEST_DAY:
        raise Refused(TOO_EARLY, field=field)


def refuse_day(day: date, today: date, field: str) -> None:
    """Refuse a local day that has not come where it is ``today``, or from before the programme."""
    if day > today:
        raise Refused(f"{day:%d/%m/%Y} belum tiba. Tulis hari yang sudah lewat.", field=field)
    refuse_too_early(day, field)


def refuse_moment(at: datetime, zone: str, field: str, *, planned: bool = False) -> None:
    """Refuse a moment (UTC) before 2009 by the local calendar, one far ahead and, unless ``planned``, any to come."""
    day = local_day(at, zone)
    refuse_too_early(day, field)
    if planned and month_of(day) > add_months(local_month(timezone.now(), zone), MONTHS_AHEAD):
        raise Refused(f"{day_id(day, weekday=False)} masih terlalu jauh. Periksa tahunnya.", field=field)
    if not planned and at > timezone.now():
        raise Refused("Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya.", field=field)


def required_text(text: str, field: str, sentence: str) -> str:
    """Return a text without the space around it; refuse an empty one, and one with a NIK."""
    text = text.strip()
    if not text:
        raise Refused(sentence, field=field)
    refuse_identity_numbers(text, field)
    return text


def required_reason(reason: str, sentence: str = "Tulis alasannya.") -> str:
    """Return why something on record is changed; refuse none, one that is too long, and one with a NIK."""
    reason = required_text(reason, "reason", sentence)
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Alasan paling panjang {LONGEST_REASON} huruf. Ringkaskan.", field="reason")
    return reason


def refuse_unchanged(changes: object) -> None:
    """Refuse a correction that changes nothing: its event would say nothing."""
    if not changes:
        raise Refused("Belum ada yang diubah: semuanya masih sama dengan yang tercatat.")


def refuse_stale(row: Any, version: int) -> None:
    """Raise :class:`Conflict` where a person decided on an older version than the one at hand."""
    if row.version != version:
        raise Conflict
