"""When a person said something, where that is not when it arrived: reports that a phone kept while it had no signal.

The phone names two moments by its own clock: when the form was sent, and now. Their distance is right even where the
clock is a year off, so the server counts back from its own. Both the phone's moment and the server's are kept, in the
event; what the domain takes for "now" is :func:`said_at`. Noted where the request enters, as ``kecamatan.channels``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from lib.errors import Refused
from lib.format import lasting_id, moment_id

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_KEPT = timedelta(days=31)
"""A report that waited longer than this counts from its arrival: the clock was changed in between, or nobody knows."""

SAID_EARLIER = timedelta(minutes=2)
"""From this on a history says when something was written on the phone."""


class Claim(NamedTuple):
    """When a phone claims that its form was sent: by its clock, and by ours; ``behind`` is how far its clock is off.

    One that cannot be is not ``used``: then ``at`` is when it arrived.
    """

    phone_at: datetime
    at: datetime
    behind: timedelta
    used: bool = True

    def told(self) -> dict[str, Any]:
        """Return what an event keeps: the phone's own moment, ours, and how many seconds its clock is behind."""
        off = {"clock_behind": round(self.behind.total_seconds())} if abs(self.behind) > CLOCK_TOLERANCE else {}
        unused = {} if self.used else {"unused": True}
        return {"phone_at": self.phone_at, "said_at": self.at, **off, **unused}


def claim_of(phone_at: datetime, phone_now: datetime) -> Claim:
    """Return the claim of a phone from two moments by its own clock: when the form was sent there, and now.

    By our clock it is now where it would lie ahead or too far back.
    """
    now = timezone.now()
    behind = now - phone_now
    at = phone_at + behind
    is_used = now - LONGEST_KEPT <= at <= now
    return Claim(phone_at, at if is_used else now, behind, is_used)


_claim: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def claiming(claim: Claim | None) -> Iterator[None]:
    """Note what a phone claims of the changes of a block; nothing where it claims nothing."""
    token = _claim.set(claim)
    try:
        yield
    finally:
        _claim.reset(token)


def said_at() -> datetime:
    """Return when the person said what is being written, UTC: now, unless it waited on a phone."""
    claim = _claim.get()
    return claim.at if claim else timezone.now()


def refuse_unknown_day() -> None:
    """Refuse what counts for the day on which it was said where a phone's claim of it cannot be."""
    claim = _claim.get()
    if claim and not claim.used:
        raise Refused(
            "Menurut HP ini, kiriman dibuat lebih dari 31 hari yang lalu atau pada waktu yang belum tiba, sehingga "
            "harinya tidak diketahui. Buang kiriman ini, lalu ketuk lagi bila hari ini normal."
        )


def told_by_phone() -> dict[str, Any]:
    """Return what every event of this change keeps of the phone's claim."""
    claim = _claim.get()
    return {"phone": claim.told()} if claim else {}


def arrived_text(at: datetime, data: Mapping[str, Any], zone: str) -> str:
    """Return when an event was written, by the clock of a zone, with what it keeps of a phone's claim.

    ``22 November 2026 pukul 14.20 WIB (ditulis di HP 22 November 2026 pukul 09.05 WIB)``; of a phone whose clock was
    off, also by how much; of a claim that could not be, what it was.
    """
    told = data.get("phone")
    if not told:
        return moment_id(at, zone)
    said, behind = datetime.fromisoformat(told["said_at"]), told.get("clock_behind", 0)
    shown = moment_id(datetime.fromisoformat(told["phone_at"]), zone)
    texts = [f"ditulis di HP {moment_id(said, zone)}"] if at - said > SAID_EARLIER else []
    if told.get("unused"):
        texts.append(f"HP menyebut {shown}, tidak dipakai")
    if behind:
        way = "terlambat" if behind > 0 else "terlalu cepat"
        texts.append(f"jam HP {way} {lasting_id(abs(behind) // 60)}, menunjukkan {shown}")
    return f"{moment_id(at, zone)} ({'; '.join(texts)})" if texts else moment_id(at, zone)
