"""The duty of a kecamatan: wajib KTP, targets, daily counts, office hours, and when a month is complete."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kecamatan.models.history import Voidable
from kecamatan.models.regions import Kabupaten, Kecamatan
from kecamatan.models.words import HINDRANCES
from kecamatan.scope import ScopedQuerySet, region_filter, scope_of


class Population(models.Model):
    """The DKB figures of a kecamatan for one semester; semester 1 closes on 30 June, semester 2 on 31 December."""

    scope_path: ClassVar[str] = "kecamatan"

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(
        Kecamatan, models.CASCADE, related_name="populations", db_index=False, verbose_name="kecamatan"
    )
    semester = models.CharField("semester", max_length=6, help_text="2012-1 atau 2012-2")
    holds_from = models.DateField("berlaku sejak bulan", help_text="Juli untuk semester 1, Januari untuk semester 2.")
    population = models.PositiveIntegerField("penduduk")
    eligible = models.PositiveIntegerField("wajib KTP")
    recorded_total = models.PositiveIntegerField("sudah rekam", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "penduduk"
        verbose_name_plural = "penduduk"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kecamatan", "holds_from"], name="kecamatan_population_semester"),
            models.CheckConstraint(
                condition=Q(eligible__lte=F("population")), name="kecamatan_population_eligible_within_population"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan_id} {self.semester}"


class TargetRuleQuerySet(models.QuerySet["TargetRule"]):
    """Target rules; those of a kabupaten are seen with each of its kecamatan, whose target they set."""

    def visible_to(self, user: object) -> Self:
        """Keep the rules that set the target of a kecamatan inside the user's assignments; none without one."""
        condition = region_filter(scope_of(user), "")
        if condition is None:
            return self.none()
        places = Kecamatan.objects.order_by().filter(condition)
        return self.filter(Q(kecamatan__in=places.values("pk")) | Q(kabupaten__in=places.values("kabupaten")))

    def counted(self) -> Self:
        """Keep the rules that were not voided."""
        return self.filter(voided_at=None)


class TargetRule(Voidable):
    """The monthly target of a kabupaten or, as an exception, of one kecamatan, from a month until the next rule.

    A percentage is of wajib KTP; a count applies to each kecamatan. A rule with neither ends the one before it.
    """

    kabupaten = models.ForeignKey(Kabupaten, models.CASCADE, null=True, blank=True, related_name="target_rules")
    kecamatan = models.ForeignKey(Kecamatan, models.CASCADE, null=True, blank=True, related_name="target_rules")
    starts_on = models.DateField("mulai bulan")
    percent = models.DecimalField("persen wajib KTP", max_digits=6, decimal_places=3, null=True, blank=True)
    count = models.PositiveIntegerField("jumlah orang", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TargetRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "aturan target"
        verbose_name_plural = "aturan target"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kabupaten=None, kecamatan__isnull=False) | Q(kabupaten__isnull=False, kecamatan=None),
                name="kecamatan_targetrule_one_region",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(count=None), name="kecamatan_targetrule_percent_or_count"
            ),
            models.UniqueConstraint(
                fields=["kabupaten", "starts_on"],
                condition=Q(kecamatan=None, voided_at=None),
                name="kecamatan_targetrule_kabupaten",
            ),
            models.UniqueConstraint(
                fields=["kecamatan", "starts_on"],
                condition=Q(kabupaten=None, voided_at=None),
                name="kecamatan_targetrule_kecamatan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kabupaten_id or self.kecamatan_id} {self.starts_on:%Y-%m}"


class Recording(models.Model):
    """How many people of a kecamatan were recorded on one local day at one place. No row is no report, never zero.

    ``place`` is where it happened: the kecamatan itself, a host, or the dinas; ``by_mobile_unit`` sets apart what a
    mobile unit did in the kecamatan.
    """

    scope_path: ClassVar[str] = "kecamatan"

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(
        Kecamatan, models.CASCADE, related_name="recordings", db_index=False, verbose_name="kecamatan"
    )
    day = models.DateField("tanggal")
    place = models.ForeignKey(Kecamatan, models.PROTECT, related_name="hosted_recordings", verbose_name="tempat")
    by_mobile_unit = models.BooleanField("unit keliling", default=False)
    recorded = models.PositiveIntegerField("rekam")
    printed = models.PositiveIntegerField("cetak", null=True, blank=True)
    hindrance = models.CharField("kendala", max_length=14, choices=HINDRANCES, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "perekaman"
        verbose_name_plural = "perekaman"
        constraints: ClassVar = [
            # Also the index by which a month of a kecamatan is read.
            models.UniqueConstraint(
                fields=["kecamatan", "day", "place", "by_mobile_unit"], name="kecamatan_recording_day_and_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan_id} {self.day}: {self.recorded}"


class VoidedRecording(Voidable):
    """A count that was taken off the record, because its day or its place was wrong; it counts nowhere.

    It moves here, so that whatever reads counts reads only those that stand, and another count may take its place.
    ``number`` is the key that it had, under which its history is kept.
    """

    scope_path: ClassVar[str] = "kecamatan"

    number = models.PositiveBigIntegerField("nomor", unique=True)
    kecamatan = models.ForeignKey(
        Kecamatan, models.CASCADE, related_name="voided_recordings", db_index=False, verbose_name="kecamatan"
    )
    day = models.DateField("tanggal")
    place = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+", db_index=False, verbose_name="tempat")
    by_mobile_unit = models.BooleanField("unit keliling", default=False)
    recorded = models.PositiveIntegerField("rekam")
    printed = models.PositiveIntegerField("cetak", null=True, blank=True)
    hindrance = models.CharField("kendala", max_length=14, choices=HINDRANCES, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "perekaman yang dibatalkan"
        verbose_name_plural = "perekaman yang dibatalkan"
        indexes: ClassVar = [
            # Those of a kecamatan and day, which its page shows.
            models.Index(fields=["kecamatan", "day"], name="kecamatan_voidedrecording_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan_id} {self.day}: {self.recorded}"


class SignOfLife(models.Model):
    """A local day on which a kecamatan reported, confirmed, or said that all is normal. A count is a sign by itself."""

    scope_path: ClassVar[str] = "kecamatan"

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(Kecamatan, models.CASCADE, related_name="signs_of_life", db_index=False)
    day = models.DateField("tanggal")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kecamatan", "day"], name="kecamatan_signoflife_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan_id} {self.day}"


class OfficeHours(models.Model):
    """Office hours that replace the ordinary week of Perpres 21/2023 for a while (Ramadan), for the whole nation."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Senin"
        TUESDAY = 1, "Selasa"
        WEDNESDAY = 2, "Rabu"
        THURSDAY = 3, "Kamis"
        FRIDAY = 4, "Jumat"

    first_day = models.DateField("hari pertama")
    last_day = models.DateField("hari terakhir")
    weekday = models.PositiveSmallIntegerField(
        "hari", choices=Weekday.choices, null=True, blank=True, help_text="Kosong: Senin sampai Jumat."
    )
    opens_at = models.TimeField("buka pukul")
    closes_at = models.TimeField("tutup pukul")
    break_from = models.TimeField("istirahat mulai", null=True, blank=True)
    break_until = models.TimeField("istirahat selesai", null=True, blank=True)

    class Meta:
        verbose_name = "jam kerja khusus"
        verbose_name_plural = "jam kerja khusus"
        # A day of its own before every day, so that the narrower row is read first.
        ordering: ClassVar = [F("weekday").desc(nulls_last=True), "-first_day", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="kecamatan_officehours_days"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="kecamatan_officehours_hours"),
            models.CheckConstraint(
                condition=Q(break_from=None, break_until=None)
                | Q(break_from__gt=F("opens_at"), break_until__lt=F("closes_at"), break_from__lt=F("break_until")),
                name="kecamatan_officehours_break",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} sampai {self.last_day}"


class DayOff(models.Model):
    """A day on which the offices stay closed, besides the public holidays and cuti bersama that are known already."""

    day = models.DateField("tanggal", unique=True)
    name = models.CharField("nama", max_length=80)

    class Meta:
        verbose_name = "hari libur tambahan"
        verbose_name_plural = "hari libur tambahan"
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class MonthDeclaration(models.Model):
    """A kabupaten said that its figures of a month are complete; before, and once withdrawn, they are provisional."""

    kabupaten = models.ForeignKey(Kabupaten, models.PROTECT, related_name="declarations", verbose_name="kabupaten/kota")
    month = models.DateField("bulan")
    declared_at = models.DateTimeField("dinyatakan lengkap pada")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("dicabut pada", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("alasan pencabutan", max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            # Also the index by which a page counts the kabupaten that have declared its month.
            models.UniqueConstraint(
                fields=["month", "kabupaten"],
                condition=Q(withdrawn_at=None),
                name="kecamatan_monthdeclaration_one_holds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kabupaten_id} {self.month:%Y-%m}"
