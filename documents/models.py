"""Monthly reports that are kept, with the figures that they were built from, and who gets them by e-mail.

Nothing here can be derived again: a report that was signed stays as it was, also when ``reports/`` is dropped and
rebuilt. So it is an app of its own, above ``reports``.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from kecamatan.models import Kabupaten, Province
from kecamatan.scope import scope_of


class Format(models.TextChoices):
    """A kind of file in which a report is written."""

    PDF = "pdf", "PDF untuk dicetak dan ditandatangani"
    XLSX = "xlsx", "XLSX untuk dihitung lagi (Excel)"
    CSV = "csv", "CSV untuk program lain"


class Level(models.TextChoices):
    """The level of a region that has reports; a kecamatan stands in that of its kabupaten."""

    NATION = "nation", "Indonesia"
    PROVINCE = "province", "Provinsi"
    KABUPATEN = "kabupaten", "Kabupaten/kota"


EXACTLY_ONE_REGION = (
    Q(level="nation", province=None, kabupaten=None)
    | Q(level="province", province__isnull=False, kabupaten=None)
    | Q(level="kabupaten", province=None, kabupaten__isnull=False)
)
"""Holds where a row names the region of its level and no other; the nation is no row."""


class OfRegionQuerySet(models.QuerySet[Any]):
    """Rows that belong to a region as a whole: seen by whoever sees the whole region."""

    def visible_to(self, user: object) -> Self:
        """Keep the rows of regions that an assignment covers; none at all without one."""
        scope = scope_of(user)
        if scope.nation:
            return self.all()
        inside = Q(kabupaten__in=scope.kabupaten) | Q(kabupaten__province__in=scope.provinces)
        return self.filter(Q(province__in=scope.provinces) | inside)

    def with_region(self) -> Self:
        """Load the region, and with it the time zone, in the same query."""
        return self.select_related("province", "kabupaten__province")


class OfRegion(models.Model):
    """A row that belongs to the nation, to a province or to a kabupaten."""

    level = models.CharField("tingkat", max_length=9, choices=Level.choices)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    kabupaten = models.ForeignKey(Kabupaten, models.PROTECT, null=True, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def region(self) -> Province | Kabupaten | None:
        """Return the region; nothing stands for the nation."""
        return self.province or self.kabupaten


class Document(OfRegion):
    """A monthly report of a region: asked for, built by a worker, kept with its figures, and signed on paper.

    The row is the job: beat finds it again when a worker dies. ``attempt`` tells the worker that may finish it from
    one that was given up; ``lease_until`` is when it is given up. ``figures`` is what it says
    (:attr:`documents.contents.Contents.kept`), ``deeper`` what it says of the regions two levels below and more
    (:func:`documents.deeper.kept_places`), ``changes`` what differs from ``compared_with``, an earlier one of the
    same month.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        RUNNING = "running", "Sedang dibuat"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"
        CANCELLED = "cancelled", "Dibatalkan"

    ATTEMPTS: ClassVar[int] = 3

    month = models.DateField("bulan")
    formats = models.JSONField("bentuk", default=list)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    requested_at = models.DateTimeField("diminta pada")
    for_subscribers = models.BooleanField("untuk pelanggan", default=False)

    state = models.CharField("keadaan", max_length=9, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField("percobaan", default=0)
    attempts_left = models.PositiveSmallIntegerField("sisa percobaan", default=3)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField("persen selesai", default=0)
    step = models.CharField("langkah", max_length=80, blank=True)
    problem = models.CharField("sebab gagal", max_length=300, blank=True)

    built_at = models.DateTimeField("dibuat pada", null=True, blank=True)
    figures = models.JSONField("angka", null=True, blank=True, encoder=DjangoJSONEncoder)
    # Of the nation a megabyte, so it is read only where something has changed.
    deeper = models.JSONField("angka wilayah di bawahnya", null=True, blank=True)
    compared_with = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    changes = models.JSONField("perubahan", default=list, blank=True)

    signed_at = models.DateTimeField("dicatat ditandatangani pada", null=True, blank=True)
    signed_on = models.DateField("ditandatangani tanggal", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # While the last signature is withdrawn; who, when and why each was is in the events.
    signature_withdrawn_at = models.DateTimeField("tanda tangan dicabut pada", null=True, blank=True)

    objects = OfRegionQuerySet.as_manager()

    class Meta:
        verbose_name = "laporan bulanan"
        verbose_name_plural = "laporan bulanan"
        constraints: ClassVar = [
            models.CheckConstraint(condition=EXACTLY_ONE_REGION, name="documents_document_exactly_one_level"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(built_at__isnull=False, figures__isnull=False),
                name="documents_document_done_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, signed_on=None)
                | Q(state="done", signed_at__isnull=False, signed_by__isnull=False, signed_on__isnull=False),
                name="documents_document_signed_is_done",
            ),
            models.CheckConstraint(
                condition=Q(signature_withdrawn_at=None) | Q(signed_at=None),
                name="documents_document_signed_or_withdrawn",
            ),
            # The subscribers of a region share one report of a month, whichever worker makes it first.
            *(
                models.UniqueConstraint(
                    fields=[*([level] if level != "nation" else []), "month"],
                    condition=Q(for_subscribers=True, level=level),
                    name=f"documents_document_one_for_subscribers_{level}",
                )
                for level in Level.values
            ),
        ]
        indexes: ClassVar = [
            # The jobs that wait or run, the oldest first.
            models.Index(
                fields=["requested_at"], condition=Q(state__in=["waiting", "running"]), name="documents_document_jobs"
            ),
            # The reports of the nation; those of a province or a kabupaten are found by their foreign keys.
            models.Index(fields=["level", "-requested_at"], name="documents_document_newest"),
        ]

    def __str__(self) -> str:
        return f"Laporan {self.region or 'Indonesia'} {self.month:%Y-%m}"

    @property
    def is_unfinished(self) -> bool:
        """Say whether a worker still has to build it."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class DocumentFile(models.Model):
    """One file of a report. The content lies in the database: a report and its files are there together or not at all,
    in every back-up and for every machine that serves pages.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    format = models.CharField("bentuk", max_length=4, choices=Format.choices)
    size = models.PositiveIntegerField("besar (byte)")
    content = models.BinaryField("isi")

    class Meta:
        verbose_name = "berkas laporan"
        verbose_name_plural = "berkas laporan"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "format"], name="documents_documentfile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.format}"


class Subscription(OfRegion):
    """Somebody gets the report of the month before by e-mail, on a day of each month, until they end it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions")
    email = models.EmailField("alamat e-mail", max_length=200)
    day = models.PositiveSmallIntegerField("tanggal kirim")
    format = models.CharField("bentuk", max_length=4, choices=Format.choices, default=Format.PDF)
    # From when on it holds as it is: a day that had passed by then brings no mail any more.
    since = models.DateTimeField("sejak")
    ended_at = models.DateTimeField("berakhir pada", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfRegionQuerySet.as_manager()

    class Meta:
        verbose_name = "langganan"
        verbose_name_plural = "langganan"
        constraints: ClassVar = [
            models.CheckConstraint(condition=EXACTLY_ONE_REGION, name="documents_subscription_exactly_one_level"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=28), name="documents_subscription_day"),
            *(
                models.UniqueConstraint(
                    fields=["user", *([level] if level != "nation" else [])],
                    condition=Q(ended_at=None, level=level),
                    name=f"documents_subscription_once_{level}",
                )
                for level in Level.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.region or 'Indonesia'}, tanggal {self.day}"


NOT_BUILT = "Laporannya gagal dibuat."
"""Why a mail waits longer, or was given up: it is sent after all once somebody has the report built."""


class Mailing(models.Model):
    """The report of one month for one subscription: made once, whichever worker is first, and sent once."""

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        SENT = "sent", "Terkirim"
        REFUSED = "refused", "Tidak dikirim"
        FAILED = "failed", "Gagal"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="mailings")
    month = models.DateField("bulan laporan")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="mailings")
    state = models.CharField("keadaan", max_length=8, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField("percobaan", default=0)
    # Nobody else tries before this moment.
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField("terkirim pada", null=True, blank=True)
    problem = models.CharField("sebab", max_length=300, blank=True)

    class Meta:
        verbose_name = "kiriman"
        verbose_name_plural = "kiriman"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "month"], name="documents_mailing_once"),
        ]
        indexes: ClassVar = [
            # What is still to be sent.
            models.Index(fields=["lease_until"], condition=Q(state="waiting"), name="documents_mailing_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.month:%Y-%m}"
