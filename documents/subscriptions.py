"""Who gets the report of a region by e-mail on which day of the month: each person for themselves."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Region as Owner
from accounts.permissions import may_read
from accounts.regions import columns_of
from documents.models import Format, Subscription
from kecamatan.changes import compare_and_set, record_event
from kecamatan.models import Kecamatan
from lib.errors import Conflict, Forbidden, Refused

FIRST_DAY, LAST_DAY = 1, 28
CHANGED = "Langganan ini baru saja diubah di tempat lain. Periksa isinya, lalu simpan lagi."


def subscription_of(region: Owner, user: User) -> Subscription | None:
    """Return somebody's running subscription to a region."""
    running: Subscription | None = Subscription.objects.filter(**columns_of(region), user=user, ended_at=None).first()
    return running


@transaction.atomic
def subscribe(region: Owner, *, email: str, day: int, format: str, version: int, by: User) -> Subscription:
    """Send somebody the report of a region on a day of each month, or change how.

    ``version`` is 0 where there was no subscription yet. A day that has passed this month brings its first mail in the
    next one. Sent twice, it changes nothing.
    """
    _guard(region, by)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused("Pilih tanggal 1 sampai 28: setiap bulan punya tanggal itu.", field="day")
    values: dict[str, Any] = {"email": email, "day": day, "format": Format(format)}
    running = subscription_of(region, by)
    if running is None:
        return _start(region, by, values)
    changed = {name: value for name, value in values.items() if getattr(running, name) != value}
    if changed:
        if version != running.version:
            raise Conflict(CHANGED)
        compare_and_set(running, version, since=timezone.now(), **changed)
        record_event(running, "change", by=by, after=changed)
    return running


def _start(region: Owner, by: User, values: dict[str, Any]) -> Subscription:
    subscription = Subscription(**columns_of(region), user=by, since=timezone.now(), **values)
    try:
        with transaction.atomic():
            subscription.save(force_insert=True)
    except IntegrityError:
        raise Conflict(CHANGED) from None
    record_event(subscription, "subscribe", by=by, after=values)
    return subscription


@transaction.atomic
def unsubscribe(region: Owner, *, by: User) -> None:
    """End somebody's subscription to a region; ended already is no change."""
    running = subscription_of(region, by)
    if running is not None:
        compare_and_set(running, running.version, ended_at=timezone.now())
        record_event(running, "unsubscribe", by=by)


def _guard(region: Owner, by: User) -> None:
    if isinstance(region, Kecamatan):
        raise Refused("Laporan bulanan dibuat untuk kabupaten/kota, provinsi atau Indonesia.")
    if not may_read(by, region):
        raise Forbidden("Anda tidak bertugas di wilayah ini.")
