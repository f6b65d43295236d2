"""What was done: the events that people read, the marks of what changed, the forms that were sent, what was voided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from kecamatan import channels
from kecamatan.scope import EventQuerySet
from lib.months import EARLIEST_DAY


class Voidable(models.Model):
    """A row that is never deleted: a wrong one is voided with a reason and counts nowhere."""

    voided_at = models.DateTimeField("dibatalkan pada", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dibatalkan oleh",
    )
    void_reason = models.CharField("alasan pembatalan", max_length=500, blank=True)

    class Meta:
        abstract = True


class ChangedMonth(models.Model):
    """A mark: the rollup row of this place and month must be computed anew. The marks are the queue.

    ``stamp`` is new with every mark, so that a drain that read an older one leaves the newer in place. ``failed_at`` is
    when a drain could not compute it: it is passed over until it is marked anew or tried again at night.
    """

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey("kecamatan.Kecamatan", models.CASCADE, related_name="changed_months", db_index=False)
    month = models.DateField("bulan")
    stamp = models.UUIDField()
    marked_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kecamatan", "month"], name="kecamatan_changedmonth_once"),
            models.CheckConstraint(condition=Q(month__gte=EARLIEST_DAY), name="kecamatan_changedmonth_since_2009"),
        ]
        indexes: ClassVar = [
            # A drain takes the newest months first, and every page counts the marks of its month.
            models.Index(fields=["-month", "kecamatan"], name="kecamatan_changedmonth_month"),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan_id} {self.month:%Y-%m}"


class Event(models.Model):
    """One change of anything: who, when, what, from where. Append-only; the history that people read.

    ``subject`` names the changed row as ``model:primary key`` ("ticket:12"). Whoever sees the kecamatan sees the event;
    what is about a kabupaten as a whole names that instead.
    """

    class Channel(models.TextChoices):
        PAGE = channels.PAGE, "Halaman"
        API = channels.API, "API"
        IMPORT = channels.IMPORT, "Impor berkas"
        ADMIN = channels.ADMIN, "Data acuan"
        SYSTEM = channels.SYSTEM, "Sistem"

    ALL_NORMAL: ClassVar[str] = "all_normal"  # An action that is read again: the one tap "hari ini normal".

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(
        "kecamatan.Kecamatan", models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    kabupaten = models.ForeignKey(
        "kecamatan.Kabupaten", models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    subject = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField()
    channel = models.CharField(max_length=6, choices=Channel.choices, default=channels.channel_now, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "peristiwa"
        verbose_name_plural = "peristiwa"
        indexes: ClassVar = [
            # The history of one row, oldest first.
            models.Index(fields=["subject", "at"], name="kecamatan_event_subject"),
            # What changed lately in a kecamatan.
            models.Index(fields=["kecamatan", "-at"], name="kecamatan_event_kecamatan"),
            # The few about a kabupaten as a whole, among all that are about a kecamatan.
            models.Index(
                fields=["kabupaten", "-at"], condition=Q(kabupaten__isnull=False), name="kecamatan_event_kabupaten"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.action}"


class Submission(models.Model):
    """A form that was sent: its key, the fingerprint of its body, and the address to which it led."""

    client_key = models.UUIDField(primary_key=True)
    payload_hash = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    answer = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.client_key} {self.answer}"
