"""Provinces, kabupaten, and the places in them: kecamatan and the offices of the dinas."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from kecamatan.models.history import Event
from kecamatan.scope import KabupatenQuerySet, ProvinceQuerySet, ScopedQuerySet
from lib.months import WIB, WIT, WITA


def open_on(day: date) -> Q:
    """Choose the regions of any level that were not closed yet on a day: on ``closed_on`` itself they are."""
    return Q(closed_on=None) | Q(closed_on__gt=day)


class Province(models.Model):
    """A province; every place in it lives by its time zone."""

    class Zone(models.TextChoices):
        WIB = WIB, "WIB"
        WITA = WITA, "WITA"
        WIT = WIT, "WIT"

    code = models.CharField("kode", max_length=2, unique=True)
    name = models.CharField("nama", max_length=80)
    time_zone = models.CharField("zona waktu", max_length=20, choices=Zone.choices)
    closed_on = models.DateField("ditutup pada", null=True, blank=True)

    objects = ProvinceQuerySet.as_manager()

    class Meta:
        verbose_name = "provinsi"
        verbose_name_plural = "provinsi"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Kabupaten(models.Model):
    """A kabupaten or kota, whose civil-registry agency owns or borrows the recording sets."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="kabupaten", verbose_name="provinsi")
    code = models.CharField("kode", max_length=5, unique=True)
    name = models.CharField("nama", max_length=80)
    agency_name = models.CharField("nama dinas", max_length=30, blank=True, help_text="Disalin dari profilnya.")
    has_sample_data = models.BooleanField("berisi data contoh", default=False)
    closed_on = models.DateField("ditutup pada", null=True, blank=True)

    objects = KabupatenQuerySet.as_manager()

    class Meta:
        verbose_name = "kabupaten/kota"
        verbose_name_plural = "kabupaten/kota"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class KecamatanQuerySet(ScopedQuerySet):
    """Places: the kecamatan, and the offices of the dinas beside them."""

    def with_zone(self) -> KecamatanQuerySet:
        """Load the kabupaten and the province, and with them the time zone, in the same query."""
        return self.select_related("kabupaten__province")

    def with_newest_normal(self) -> KecamatanQuerySet:
        """Add when, and by whom, a place last said "hari ini normal": ``normal_at`` (UTC) and ``normal_by``."""
        said = Event.objects.filter(kecamatan=OuterRef("pk"), action=Event.ALL_NORMAL).order_by("-at")
        return self.annotate(normal_at=Subquery(said.values("at")[:1]), normal_by=Subquery(said.values("by__name")[:1]))

    def running(self) -> KecamatanQuerySet:
        """Keep the places that have not been closed."""
        return self.filter(closed_on=None)


class Kecamatan(models.Model):
    """A kecamatan (distrik in Papua), or the office of the dinas of a kabupaten, which holds sets of its own."""

    class Kind(models.TextChoices):
        KECAMATAN = "kecamatan", "kecamatan"
        DINAS = "dinas", "dinas"

    scope_path: ClassVar[str] = ""

    kabupaten = models.ForeignKey(Kabupaten, models.PROTECT, related_name="kecamatan", verbose_name="kabupaten/kota")
    code = models.CharField("kode", max_length=8, unique=True)
    name = models.CharField("nama", max_length=80)
    kind = models.CharField("jenis", max_length=9, choices=Kind.choices, default=Kind.KECAMATAN)
    latitude = models.FloatField("lintang", null=True, blank=True)
    longitude = models.FloatField("bujur", null=True, blank=True)
    priority_rank = models.PositiveSmallIntegerField(
        "urutan prioritas", null=True, blank=True, help_text="Disebut kepala dinas; 1 yang pertama."
    )
    closed_on = models.DateField("ditutup pada", null=True, blank=True)

    objects = KecamatanQuerySet.as_manager()

    class Meta:
        verbose_name = "kecamatan"
        verbose_name_plural = "kecamatan"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kabupaten"], condition=Q(kind="dinas", closed_on=None), name="kecamatan_kecamatan_one_dinas"
            ),
        ]
        indexes: ClassVar = [
            # The places around a point, within a box of degrees.
            models.Index(fields=["latitude", "longitude"], name="kecamatan_kecamatan_around"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_dinas(self) -> bool:
        """Say whether this is the office of a dinas, which never counts as a kecamatan."""
        return self.kind == self.Kind.DINAS

    @property
    def time_zone(self) -> str:
        """Return the IANA zone by which the place lives; load with ``with_zone()`` where many are read."""
        return self.kabupaten.province.time_zone
