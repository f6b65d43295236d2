"""A month is provisional until its kabupaten declares it complete: who said so and when, and why it was withdrawn."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_declare_month
from kecamatan.changes import record_kabupaten_event
from kecamatan.models import Kabupaten, MonthDeclaration
from lib.errors import Conflict, Forbidden, Refused
from lib.format import month_id
from lib.guards import required_reason
from lib.months import EARLIEST_DAY, local_month, month_of


@transaction.atomic
def declare_complete(kabupaten: Kabupaten, *, month: date, by: User | None) -> MonthDeclaration:
    """Declare the figures of a month (its first day) complete; what is declared already stays as it is.

    Only a month that is over by the kabupaten's clock. Effects: a declaration, an event. No figure depends on it.
    """
    _guard(kabupaten, by)
    month, current = month_of(month), local_month(timezone.now(), kabupaten.province.time_zone)
    if month >= current:
        raise Refused(f"{month_id(month)} belum selesai. Bulan bisa dinyatakan lengkap mulai tanggal 1 berikutnya.")
    if month < EARLIEST_DAY:
        raise Refused("Sebelum 2009 belum ada alat perekaman.")
    declaration = MonthDeclaration(kabupaten=kabupaten, month=month, declared_at=timezone.now(), declared_by=by)
    try:
        with transaction.atomic():
            declaration.save(force_insert=True)
    except IntegrityError:
        # Somebody was first, perhaps just now.
        return holding(kabupaten, month) or declaration
    record_kabupaten_event(declaration, "declare_complete", by=by, kabupaten_id=kabupaten.pk, month=month)
    return declaration


@transaction.atomic
def withdraw_declaration(kabupaten: Kabupaten, *, month: date, reason: str, by: User | None, seen: str = "") -> None:
    """Withdraw a declaration, with a reason: the month is provisional again. Effects: the declaration, an event.

    ``seen`` is the key of the one that the person decided on. Raises :class:`Conflict` where that one, or any, holds
    no longer.
    """
    _guard(kabupaten, by)
    reason = required_reason(reason)
    declaration = holding(kabupaten, month_of(month))
    if declaration is not None and seen not in ("", str(declaration.pk)):
        declaration = None
    changed = declaration and MonthDeclaration.objects.filter(pk=declaration.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by=by, reason=reason
    )
    if declaration is None or changed != 1:
        raise Conflict("Pernyataan ini sudah dicabut. Di bawah ini keadaannya sekarang.")
    said = {"month": declaration.month, "reason": reason}
    record_kabupaten_event(declaration, "withdraw_declaration", by=by, kabupaten_id=kabupaten.pk, **said)


def holding(kabupaten: Kabupaten, month: date) -> MonthDeclaration | None:
    """Return the declaration of a month that holds, if there is one."""
    rows = MonthDeclaration.objects.filter(kabupaten=kabupaten, month=month, withdrawn_at=None)
    return rows.select_related("declared_by").first()


def _guard(kabupaten: Kabupaten, by: User | None) -> None:
    if by is not None and not may_declare_month(by, kabupaten):
        raise Forbidden(f"Anda tidak berwenang menyatakan bulan {kabupaten.name} lengkap.")
