"""Deputies: a colleague who holds an absent person's roles for some days. It ends by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Assignment, User
from accounts.people import assign
from accounts.regions import zone_of
from kecamatan.changes import record_event
from lib.errors import Forbidden, Refused
from lib.format import day_id
from lib.months import local_day, midnight


class Span(NamedTuple):
    """A half-open span of moments (UTC)."""

    start: datetime
    end: datetime


@transaction.atomic
def deputise(absent: User, *, deputy: User, first_day: date, last_day: date, by: User | None) -> list[Assignment]:
    """Give a colleague the roles of an absent person for some days, both included, local to each role's region.

    Effects: an assignment for each role, also for one that the deputy holds anyway, since it says whose tickets are the
    deputy's now; events for both. A role in which the deputy stands in throughout already is left. An admin passes on
    only roles of the own regions, to people seen there. Refused: oneself, a disabled deputy, days that passed, a span
    longer than a role, and where nothing is left to pass on.
    """
    _guard(absent, deputy, first_day, last_day, by)
    roles = absent.assignments.all() if by is None else absent.assignments.visible_to(by)
    roles = (
        roles.not_over()
        .filter(deputises=None)
        .select_related("user", "province", "kabupaten__province", "kecamatan__kabupaten__province")
    )
    made = [given for role in roles if (given := _stand_in(role, deputy, first_day, last_day, by))]
    if not made:
        raise Refused(
            f"Tidak ada peran {absent} yang bisa diteruskan pada hari-hari itu, atau {deputy} sudah menggantikannya.",
            field="deputy",
        )
    return made


def _stand_in(role: Assignment, deputy: User, first_day: date, last_day: date, by: User | None) -> Assignment | None:
    """Pass on one role, where it holds in the span and the deputy does not stand in for it throughout."""
    span = _span(role, first_day, last_day)
    if span.end <= timezone.now():
        raise Refused("Hari terakhir sudah lewat. Isi hari ini atau sesudahnya.", field="last_day")
    if span.end <= span.start or _stands_in_throughout(deputy, role, span):
        return None
    if role.ends_at is not None and span.end > role.ends_at:
        last = day_id(local_day(role.ends_at - timedelta(seconds=1), zone_of(role.region)), weekday=False)
        raise Refused(f"{role} dipegang {role.user} hanya sampai {last}. Majukan hari terakhirnya.", field="last_day")
    given = assign(
        deputy, role=role.role, region=role.region, starts_at=span.start, ends_at=span.end, deputises=role, by=by
    )
    record_event(
        role.user,
        "get_deputy",
        by=by,
        kecamatan_id=role.kecamatan_id,
        role=role.role,
        region=role.region_code,
        deputy=str(deputy),
        starts_at=span.start,
        ends_at=span.end,
    )
    return given


def _span(role: Assignment, first_day: date, last_day: date) -> Span:
    zone = zone_of(role.region)
    earliest = max(timezone.now(), role.starts_at) if role.starts_at else timezone.now()
    return Span(max(midnight(first_day, zone), earliest), midnight(last_day + timedelta(days=1), zone))


def _stands_in_throughout(deputy: User, role: Assignment, span: Span) -> bool:
    held = deputy.assignments.filter(deputises=role).overlapping(span.start, span.end)
    return any(
        (row.starts_at is None or row.starts_at <= span.start) and (row.ends_at is None or row.ends_at >= span.end)
        for row in held
    )


def _guard(absent: User, deputy: User, first_day: date, last_day: date, by: User | None) -> None:
    if by is not None and not User.objects.visible_to(by).filter(pk=deputy.pk).exists():
        raise Forbidden(f"{deputy} tidak bertugas di wilayah Anda.")
    if deputy.pk == absent.pk:
        raise Refused("Orang tidak bisa menggantikan dirinya sendiri. Pilih orang lain.", field="deputy")
    if not deputy.is_active:
        raise Refused(f"Akun {deputy} nonaktif. Pilih orang lain.", field="deputy")
    if last_day < first_day:
        raise Refused("Hari terakhir lebih awal daripada hari pertama.", field="last_day")
