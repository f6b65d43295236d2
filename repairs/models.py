"""What stops recording and what people do about it: faults, outages, arrangements, lost records."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from devices.models import Device, DeviceKind, DeviceSymptom, RecordingSet
from kecamatan.models import Cause, Certainty, Effect, Event, Kecamatan, Voidable
from kecamatan.scope import ScopedQuerySet, region_filter, scope_of
from lib.months import WIB, local_day

CONFIRM = "confirm"
"""The action of the event by which somebody says that an outage still lasts."""
WITHDRAW = "withdraw"
"""The action of the event by which whoever reported a fault takes the report back."""


def overlapping(begins: str, ends: str, start: datetime, end: datetime | None) -> Q:
    """Return the filter that keeps the half-open spans which share a moment with [start, end)."""
    condition = Q(**{ends: None}) | Q(**{f"{ends}__gt": start})
    return condition if end is None else condition & Q(**{f"{begins}__lt": end})


def running_at(moment: datetime) -> Q:
    """Return the filter that keeps the spans which cover a moment."""
    return Q(started_at__lte=moment) & (Q(ended_at=None) | Q(ended_at__gt=moment))


OPEN = Q(
    voided_at=None,
    status__in=(
        "reported",
        "triaged",
        "in_progress",
        "waiting_parts",
        "waiting_centre",
        "resolved",
        "reopened",
    ),
)
"""The tickets with which somebody has something left to do, as the indexes of their lists know them."""


def number_of(pk: int, reported_at: datetime) -> str:
    """Return the number of a ticket by its key and the moment at which it was reported."""
    return f"TKT-{local_day(reported_at, WIB).year}-{pk:06d}"


class TicketQuerySet(ScopedQuerySet):
    """Faults with their tickets."""

    def open(self) -> Self:
        """Keep the tickets with which somebody has something left to do, if only to confirm a repair."""
        return self.filter(OPEN)

    def counted(self) -> Self:
        """Keep the faults that count: neither voided nor rejected."""
        return self.filter(voided_at=None).exclude(status=Ticket.Status.REJECTED)

    def with_withdrawal(self) -> Self:
        """Add ``is_withdrawn``: whether whoever reported it took it back, which a rejected ticket alone is asked."""
        subject = Concat(Value("ticket:"), Cast(OuterRef("pk"), models.CharField()))
        withdrawn = Exists(Event.objects.filter(subject=subject, action=WITHDRAW))
        return self.annotate(is_withdrawn=Case(When(status="rejected", then=withdrawn), default=Value(value=False)))

    def overlapping(self, start: datetime, end: datetime | None) -> Self:
        """Keep the faults that share a moment with [start, end)."""
        return self.filter(overlapping("failed_at", "restored_at", start, end))


class OutageQuerySet(models.QuerySet["Outage"]):
    """Outages; seen by whoever may see one of their places."""

    def visible_to(self, user: object) -> Self:
        """Keep the outages with a place inside the user's assignments; none at all without one."""
        condition = region_filter(scope_of(user), "kecamatan")
        if condition is None:
            return self.none()
        return self.filter(pk__in=Outage.places.through.objects.filter(condition).values("outage"))

    def counted(self) -> Self:
        """Keep the outages that were not voided."""
        return self.filter(voided_at=None)

    def running(self, at: datetime) -> Self:
        """Keep the outages that count and cover a moment."""
        return self.counted().filter(running_at(at))

    def with_confirmation(self, condition: Q) -> Self:
        """Add ``confirmed_at``: when it was last said that the outage lasts, in an event that meets ``condition``."""
        subject = Concat(Value("outage:"), Cast(OuterRef("pk"), models.CharField()))
        said = Event.objects.filter(condition, subject=subject, action=CONFIRM).order_by("-at", "-pk")
        return self.annotate(confirmed_at=Subquery(said.values("at")[:1]))


class ArrangementQuerySet(ScopedQuerySet):
    """Arrangements of kecamatan."""

    def counted(self) -> Self:
        """Keep the arrangements that were not voided."""
        return self.filter(voided_at=None)

    def overlapping(self, start: datetime, end: datetime | None) -> Self:
        """Keep the arrangements that share a moment with [start, end)."""
        return self.filter(overlapping("started_at", "ended_at", start, end))


class StatedCause(models.Model):
    """The cause that counts for a fault or an outage; kept by ``repairs.causes`` from what people stated."""

    cause = models.CharField("penyebab", max_length=14, choices=Cause.choices, default=Cause.UNKNOWN)
    certainty = models.CharField("kepastian", max_length=9, choices=Certainty.choices, default=Certainty.SUSPECTED)

    class Meta:
        abstract = True


class Ticket(StatedCause, Voidable):
    """One fault: a device that is broken, or a component that a set lacks.

    The span of the fault (``failed_at`` to ``restored_at``) is apart from when people reported, worked and closed.
    ``repairs.workflow`` is the only writer of ``status``.
    """

    class Status(models.TextChoices):
        REPORTED = "reported", "Dilaporkan"
        TRIAGED = "triaged", "Diverifikasi"
        IN_PROGRESS = "in_progress", "Dikerjakan"
        WAITING_PARTS = "waiting_parts", "Menunggu suku cadang"
        WAITING_CENTRE = "waiting_centre", "Menunggu pusat"
        RESOLVED = "resolved", "Selesai"
        CLOSED = "closed", "Ditutup"
        REJECTED = "rejected", "Ditolak"
        REOPENED = "reopened", "Dibuka lagi"

    class Fault(models.TextChoices):
        BROKEN = "broken", "Rusak"
        MISSING = "missing", "Tidak ada"

    class Priority(models.TextChoices):
        URGENT = "urgent", "Mendesak"
        HIGH = "high", "Tinggi"
        NORMAL = "normal", "Normal"
        LOW = "low", "Rendah"

    class Route(models.TextChoices):
        LOCAL = "local", "Lokal"
        VENDOR = "vendor", "Penyedia"
        PROVINCIAL_TEAM = "provincial_team", "Teknisi provinsi"
        CENTRE_TEAM = "centre_team", "Teknisi pusat"
        SENT_TO_CENTRE = "sent_to_centre", "Dikirim ke pusat"
        CANNIBALIZE = "cannibalize", "Kanibal"
        REPLACEMENT = "replacement", "Penggantian"

    class Channel(models.TextChoices):
        APP = "app", "Aplikasi"
        PHONE = "phone", "Telepon"
        WHATSAPP = "whatsapp", "WhatsApp"
        LETTER = "letter", "Surat"
        IN_PERSON = "in_person", "Datang langsung"
        IMPORT = "import", "Impor berkas"

    scope_path: ClassVar[str] = "kecamatan"

    fault = models.CharField("gangguan", max_length=7, choices=Fault.choices)
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="tickets", db_index=False, verbose_name="kecamatan saat dibuka"
    )
    recording_set = models.ForeignKey(RecordingSet, models.PROTECT, related_name="tickets", verbose_name="set")
    device_kind = models.ForeignKey(DeviceKind, models.PROTECT, related_name="tickets", verbose_name="komponen")
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name="alat"
    )
    symptom = models.ForeignKey(
        DeviceSymptom, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="gejala"
    )
    effect = models.CharField("dampak", max_length=7, choices=Effect.choices)
    failed_at = models.DateTimeField("rusak sejak")
    restored_at = models.DateTimeField("pulih pada", null=True, blank=True)
    note = models.TextField("keterangan", blank=True)

    status = models.CharField("keadaan", max_length=14, choices=Status.choices, default=Status.REPORTED)
    version = models.PositiveIntegerField(default=1)
    priority = models.CharField("prioritas", max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    route = models.CharField("jalur", max_length=15, choices=Route.choices, blank=True)
    cost = models.DecimalField("biaya (Rp)", max_digits=14, decimal_places=2, null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assigned_tickets"
    )
    promised_on = models.DateField("dijanjikan pada", null=True, blank=True)
    due_at = models.DateTimeField("tenggat", null=True, blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="lanjutan dari"
    )

    client_key = models.UUIDField(unique=True)
    payload_hash = models.CharField(max_length=64)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reported_tickets"
    )
    reporter_name = models.CharField("pelapor", max_length=120, blank=True)
    channel = models.CharField("lewat", max_length=9, choices=Channel.choices, default=Channel.APP)
    message = models.TextField("pesan asli", blank=True)
    reported_at = models.DateTimeField("dilaporkan pada")
    triaged_at = models.DateTimeField("diverifikasi pada", null=True, blank=True)
    resolved_at = models.DateTimeField("diselesaikan pada", null=True, blank=True)
    closed_at = models.DateTimeField("ditutup pada", null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    # As :meth:`TicketQuerySet.with_withdrawal` adds it; tickets that are open were not withdrawn.
    is_withdrawn: bool = False

    class Meta:
        verbose_name = "tiket"
        verbose_name_plural = "tiket"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(fault="broken", device__isnull=False) | Q(fault="missing", device=None),
                name="repairs_ticket_device_when_broken",
            ),
            models.CheckConstraint(
                condition=Q(restored_at=None) | Q(restored_at__gt=F("failed_at")), name="repairs_ticket_span"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["resolved", "closed"]) | Q(restored_at__isnull=False),
                name="repairs_ticket_resolved_is_restored",
            ),
        ]
        indexes: ClassVar = [
            # The faults of a place, in the order of the list.
            models.Index(fields=["kecamatan", "failed_at"], name="repairs_ticket_place"),
            # The list of tickets: the open ones, everything, and the voided ones, by when the fault began.
            models.Index(fields=["failed_at", "id"], condition=OPEN, name="repairs_ticket_open"),
            models.Index(fields=["failed_at", "id"], name="repairs_ticket_order"),
            models.Index(fields=["failed_at", "id"], condition=~Q(voided_at=None), name="repairs_ticket_voided"),
            # The same list of one cause, which may be rare.
            models.Index(fields=["cause", "failed_at", "id"], name="repairs_ticket_cause"),
            # The counts beside that list, and the open tickets of a place; the index alone answers both.
            models.Index(
                fields=["kecamatan", "status", "due_at", "assignee"], condition=OPEN, name="repairs_ticket_desk"
            ),
            # What is due first, for the desk: most open tickets may be late, and only the first few are shown.
            models.Index(fields=["due_at", "id"], condition=OPEN, name="repairs_ticket_due"),
            # The faults that last, by device: among all tickets they are few, and every list of devices asks.
            models.Index(
                fields=["device", "failed_at"],
                condition=Q(voided_at=None, restored_at=None) & ~Q(status="rejected"),
                name="repairs_ticket_lasting",
            ),
            # The few promises that are open, for those that have passed.
            models.Index(
                fields=["promised_on"],
                condition=OPEN & Q(restored_at=None, promised_on__isnull=False),
                name="repairs_ticket_promised",
            ),
            # For a rollup row: the faults of a place that reach into its month, and whatever was ever missing there.
            models.Index(fields=["kecamatan", "restored_at"], name="repairs_ticket_spans"),
            models.Index(fields=["kecamatan"], condition=Q(fault="missing"), name="repairs_ticket_missing"),
            # The repairs that nobody has confirmed yet, for closing them after some days.
            models.Index(fields=["resolved_at"], condition=Q(status="resolved"), name="repairs_ticket_unconfirmed"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number that people use, such as ``TKT-2026-001482``; the year is Jakarta's everywhere."""
        return number_of(self.pk, self.reported_at)

    @property
    def counts(self) -> bool:
        """Say whether the fault counts anywhere: neither voided nor rejected."""
        return self.voided_at is None and self.status != self.Status.REJECTED


class AvoidedTicket(models.Model):
    """A fault that a first check put right before it was reported: append-only, and no fault of any span."""

    scope_path: ClassVar[str] = "kecamatan"

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="avoided_tickets", db_index=False, verbose_name="kecamatan"
    )
    recording_set = models.ForeignKey(RecordingSet, models.PROTECT, related_name="+", verbose_name="set")
    device = models.ForeignKey(Device, models.PROTECT, related_name="avoided_tickets", verbose_name="alat")
    symptom = models.ForeignKey(DeviceSymptom, models.PROTECT, related_name="+", db_index=False, verbose_name="gejala")
    at = models.DateTimeField("pulih pada")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "tiket terhindar"
        verbose_name_plural = "tiket terhindar"
        indexes: ClassVar = [
            # Those of a place in a month.
            models.Index(fields=["kecamatan", "at"], name="repairs_avoidedticket_place"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.at}"


class Outage(StatedCause, Voidable):
    """A span in which one or many kecamatan cannot record, or less, for a reason outside their devices."""

    places = models.ManyToManyField(Kecamatan, related_name="outages", verbose_name="kecamatan")
    started_at = models.DateTimeField("mulai")
    ended_at = models.DateTimeField("selesai", null=True, blank=True)
    effect = models.CharField("dampak", max_length=7, choices=Effect.choices)
    promised_at = models.DateTimeField("dijanjikan pulih", null=True, blank=True)
    note = models.TextField("keterangan", blank=True)
    # What goes on meanwhile; nothing is "nobody said", not "none".
    computers = models.PositiveSmallIntegerField("komputer yang masih bisa dipakai", null=True, blank=True)
    services = models.CharField(
        "yang tetap dilayani", max_length=120, blank=True, default="", db_default="", help_text="Kode dari Continuing."
    )
    version = models.PositiveIntegerField(default=1)
    client_key = models.UUIDField(unique=True)
    payload_hash = models.CharField(max_length=64)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reported_outages"
    )
    # Who told the dinas, and how, where staff log it for them; as with tickets.
    reporter_name = models.CharField("pelapor", max_length=120, blank=True, default="", db_default="")
    channel = models.CharField(
        "lewat", max_length=9, choices=Ticket.Channel.choices, default=Ticket.Channel.APP, db_default="app"
    )
    message = models.TextField("pesan asli", blank=True, default="", db_default="")
    reported_at = models.DateTimeField("dilaporkan pada")
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="dipisah dari"
    )

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = "gangguan"
        verbose_name_plural = "gangguan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="repairs_outage_span"
            ),
        ]
        indexes: ClassVar = [
            # The list of those that are over, of all, newest first.
            models.Index(fields=["started_at", "id"], name="repairs_outage_started"),
            # The few that last or are planned, among all that are over.
            models.Index(fields=["ended_at"], condition=Q(voided_at=None), name="repairs_outage_lasting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} sejak {self.started_at}"


class CauseStatementQuerySet(models.QuerySet["CauseStatement"]):
    """What was said of causes; seen by whoever may see the ticket or the outage."""

    def visible_to(self, user: object) -> Self:
        """Keep what was said of tickets and outages that the user sees."""
        tickets, outages = Ticket.objects.visible_to(user), Outage.objects.visible_to(user)
        return self.filter(Q(ticket__in=tickets.values("pk")) | Q(outage__in=outages.values("pk")))


class CauseStatement(models.Model):
    """What one person said of the cause of a fault or an outage. Two people may name different causes."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="cause_statements")
    outage = models.ForeignKey(Outage, models.CASCADE, null=True, blank=True, related_name="cause_statements")
    cause = models.CharField("penyebab", max_length=14, choices=Cause.choices)
    certainty = models.CharField("kepastian", max_length=9, choices=Certainty.choices)
    by_staff = models.BooleanField("dinyatakan dinas", default=False)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cause_statements"
    )
    source = models.CharField("menurut", max_length=120, blank=True)
    stated_at = models.DateTimeField("dinyatakan pada")

    objects = CauseStatementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ticket=None, outage__isnull=False) | Q(ticket__isnull=False, outage=None),
                name="repairs_causestatement_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} ({self.get_certainty_display()})"


class Arrangement(Voidable):
    """A span in which people of a kecamatan are served another way while its own sets are down."""

    class Kind(models.TextChoices):
        HOSTED = "hosted", "Menumpang"
        MOBILE_UNIT = "mobile_unit", "Unit keliling"
        EQUIPMENT_LOAN = "equipment_loan", "Pinjam alat"
        DIVERTED = "diverted", "Dialihkan"

    scope_path: ClassVar[str] = "kecamatan"

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="arrangements", verbose_name="kecamatan")
    kind = models.CharField("jenis", max_length=14, choices=Kind.choices)
    started_at = models.DateTimeField("mulai")
    ended_at = models.DateTimeField("selesai", null=True, blank=True)
    host = models.ForeignKey(
        Kecamatan, models.PROTECT, null=True, blank=True, related_name="guest_arrangements", verbose_name="tuan rumah"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        verbose_name = "pengaturan layanan"
        verbose_name_plural = "pengaturan layanan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="repairs_arrangement_span"
            ),
            models.CheckConstraint(
                condition=~Q(kind="hosted") | Q(host__isnull=False), name="repairs_arrangement_host_of_hosted"
            ),
            models.CheckConstraint(
                condition=Q(host=None) | ~Q(host=F("kecamatan")), name="repairs_arrangement_host_is_another"
            ),
        ]
        indexes: ClassVar = [
            # The list of those that are over, of all, newest first.
            models.Index(fields=["started_at", "id"], name="repairs_arrangement_started"),
            # The few that last or are planned, among all that are over.
            models.Index(fields=["ended_at"], condition=Q(voided_at=None), name="repairs_arrangement_lasting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.kecamatan_id}"


class LostRecords(Voidable):
    """Recordings of a kecamatan that were lost, and how many of these people were recorded again.

    ``rerecorded`` is the sum of its :class:`Rerecording` rows that count, and ``rerecorded_on`` their newest day; both
    are kept by the functions that write these rows, for lists and for the rule that no more are recorded again than
    were lost.
    """

    class Certainty(models.TextChoices):
        SUSPECTED = "suspected", "Diduga"
        CONFIRMED = "confirmed", "Terkonfirmasi"

    scope_path: ClassVar[str] = "kecamatan"

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="lost_records", verbose_name="kecamatan")
    day = models.DateField("tanggal")
    count = models.PositiveIntegerField("jumlah")
    cause = models.CharField("penyebab", max_length=14, choices=Cause.choices, default=Cause.UNKNOWN)
    certainty = models.CharField("kepastian", max_length=9, choices=Certainty.choices, default=Certainty.SUSPECTED)
    rerecorded = models.PositiveIntegerField("direkam ulang", default=0)
    rerecorded_on = models.DateField("direkam ulang pada", null=True, blank=True)
    note = models.TextField("keterangan", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "data hilang"
        verbose_name_plural = "data hilang"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kecamatan", "day"], condition=Q(voided_at=None), name="repairs_lostrecords_day"
            ),
            models.CheckConstraint(
                condition=Q(rerecorded__lte=F("count")), name="repairs_lostrecords_rerecorded_within_count"
            ),
        ]
        indexes: ClassVar = [
            # The list, the newest first.
            models.Index(fields=["-day", "-id"], name="repairs_lostrecords_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.count} data hilang {self.day}"


class Rerecording(Voidable):
    """How many people whose recordings were lost were recorded again on a day, over and above the other rows.

    Without a day it counts on that of the loss. It has no version of its own: it changes with the version of its loss.
    """

    scope_path: ClassVar[str] = "loss__kecamatan"

    loss = models.ForeignKey(LostRecords, models.PROTECT, related_name="rerecordings", verbose_name="data hilang")
    day = models.DateField("tanggal", null=True, blank=True)
    number = models.PositiveIntegerField("direkam ulang")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="dicatat oleh"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "rekam ulang"
        verbose_name_plural = "rekam ulang"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gt=0), name="repairs_rerecording_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.number} direkam ulang {self.day or ''}".strip()


class Attachment(Voidable):
    """A photo or a scanned paper of a ticket: ``key`` names its file, ``digest`` is the SHA-256 of what was sent."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "Foto"
        PAPER = "pdf", "Berkas PDF"

    scope_path: ClassVar[str] = "ticket__kecamatan"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="attachments", verbose_name="tiket")
    key = models.UUIDField(unique=True)
    kind = models.CharField("jenis", max_length=5, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField("ukuran (byte)")
    width = models.PositiveSmallIntegerField("lebar (piksel)")
    height = models.PositiveSmallIntegerField("tinggi (piksel)")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="dikirim oleh"
    )
    added_at = models.DateTimeField("dikirim pada")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "foto atau berkas"
        verbose_name_plural = "foto dan berkas"
        constraints: ClassVar = [
            # What is sent again is there already, unless it was voided.
            models.UniqueConstraint(
                fields=["ticket", "digest"], condition=Q(voided_at=None), name="repairs_attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
