"""Recording sets, the devices in them, where each device has been, and when a register was confirmed complete."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from kecamatan.models import Kabupaten, Kecamatan, Voidable
from kecamatan.scope import ScopedQuerySet, WholeKabupatenQuerySet
from lib.months import EARLIEST_DAY

FIRST_AID_STEPS, STEP_LENGTH = 3, 120


def short_list(text: str) -> None:
    """Refuse more steps than somebody tries before reporting, and steps too long for a phone."""
    steps = text.splitlines()
    if len(steps) > FIRST_AID_STEPS or any(len(step) > STEP_LENGTH for step in steps):
        raise ValidationError(
            f"Paling banyak {FIRST_AID_STEPS} baris, masing-masing paling panjang {STEP_LENGTH} huruf."
        )


class DeviceKind(models.Model):
    """A component of a recording set: reference data, there after ``migrate`` alone."""

    code = models.SlugField("kode", max_length=20, unique=True)
    name = models.CharField("nama", max_length=40)
    rank = models.PositiveSmallIntegerField("urutan")

    class Meta:
        verbose_name = "jenis alat"
        verbose_name_plural = "jenis alat"
        ordering: ClassVar = ["rank"]

    def __str__(self) -> str:
        return self.name


class DeviceSymptom(models.Model):
    """What people see when a component is broken (gejala): reference data, there after ``migrate`` alone."""

    code = models.SlugField("kode", max_length=20, unique=True)
    name = models.CharField("gejala", max_length=60)
    rank = models.PositiveSmallIntegerField("urutan")
    kinds = models.ManyToManyField(DeviceKind, related_name="symptoms", verbose_name="jenis alat")
    first_aid = models.TextField(
        "pemeriksaan pertama",
        blank=True,
        validators=[short_list],
        help_text="Yang bisa dicoba operator sebelum melapor: satu langkah tiap baris, paling banyak tiga.",
    )

    class Meta:
        verbose_name = "gejala"
        verbose_name_plural = "gejala"
        ordering: ClassVar = ["rank"]

    def __str__(self) -> str:
        return self.name


class KindRequirement(models.Model):
    """The span of months in which a set cannot record without a device of this kind.

    A change ends one row and begins another, so that earlier months keep the rule they were judged by.
    """

    kind = models.ForeignKey(DeviceKind, models.PROTECT, related_name="requirements", verbose_name="jenis alat")
    from_month = models.DateField("wajib sejak bulan")
    until_month = models.DateField("sampai sebelum bulan", null=True, blank=True)

    class Meta:
        verbose_name = "komponen wajib"
        verbose_name_plural = "komponen wajib"
        ordering: ClassVar = ["kind__rank", "from_month"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_month=None) | Q(until_month__gt=F("from_month")),
                name="devices_kindrequirement_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} sejak {self.from_month:%Y-%m}"


class RecordingSet(models.Model):
    """A set of devices that records together, in one kecamatan or at the dinas.

    It is on record from its first placement or missing record until it is withdrawn.
    """

    scope_path: ClassVar[str] = "kecamatan"

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="recording_sets", verbose_name="kecamatan")
    label = models.CharField("set", max_length=20)
    withdrawn_at = models.DateTimeField("ditarik pada", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "set alat"
        verbose_name_plural = "set alat"
        ordering: ClassVar = ["kecamatan__code", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kecamatan", "label"], name="devices_recordingset_label"),
        ]

    def __str__(self) -> str:
        return f"Set {self.label}"


class Device(models.Model):
    """One component with the fields of its asset card (KIB B).

    ``kecamatan`` is where it was placed last and ``whereabouts`` whether it stands there now; the register keeps both
    from the placements, so that lists and the scope need no history.
    """

    class Condition(models.TextChoices):
        GOOD = "good", "Baik"
        MINOR_DAMAGE = "minor_damage", "Rusak ringan"
        MAJOR_DAMAGE = "major_damage", "Rusak berat"

    class Source(models.TextChoices):
        CENTRE = "centre", "Pusat"
        APBD = "apbd", "APBD"
        GRANT = "grant", "Hibah"
        OTHER = "other", "Lain"

    class Whereabouts(models.TextChoices):
        IN_SET = "in_set", "Terpasang"
        STORED = "stored", "Disimpan"
        STOLEN = "stolen", "Dicuri"
        WRITTEN_OFF = "written_off", "Dihapuskan"

    scope_path: ClassVar[str] = "kecamatan"

    kind = models.ForeignKey(DeviceKind, models.PROTECT, related_name="devices", verbose_name="jenis")
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="devices", verbose_name="kecamatan")
    serial = models.CharField("nomor seri", max_length=60, blank=True)
    brand = models.CharField("merk", max_length=60, blank=True)
    model = models.CharField("model", max_length=60, blank=True)
    asset_code = models.CharField("kode barang", max_length=40, blank=True)
    register_number = models.CharField("nomor register", max_length=40, blank=True)
    acquired_year = models.PositiveSmallIntegerField("tahun perolehan", null=True, blank=True)
    source = models.CharField("asal usul", max_length=6, choices=Source.choices, blank=True)
    handed_over = models.BooleanField("sudah diserahterimakan", null=True, blank=True)
    price = models.DecimalField("harga (Rp)", max_digits=14, decimal_places=2, null=True, blank=True)
    condition = models.CharField("kondisi", max_length=12, choices=Condition.choices, blank=True)
    whereabouts = models.CharField("keberadaan", max_length=11, choices=Whereabouts.choices, default=Whereabouts.STORED)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "alat"
        verbose_name_plural = "alat"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "serial"], condition=~Q(serial=""), name="devices_device_serial_per_kind"
            ),
        ]
        indexes: ClassVar = [
            # The list of devices: place by place, there by kind.
            models.Index(fields=["kecamatan", "kind", "id"], name="devices_device_list"),
            # The same list of one condition, or of one source.
            models.Index(fields=["condition", "kecamatan", "kind", "id"], name="devices_device_condition"),
            models.Index(fields=["source", "kecamatan", "kind", "id"], name="devices_device_source"),
            # The few devices that stand in no set.
            models.Index(
                fields=["whereabouts", "kecamatan", "kind", "id"],
                condition=~Q(whereabouts="in_set"),
                name="devices_device_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.serial}".strip()

    @property
    def is_gone(self) -> bool:
        """Say whether the device was stolen or written off."""
        return self.whereabouts in (self.Whereabouts.STOLEN, self.Whereabouts.WRITTEN_OFF)


class Placement(models.Model):
    """The span that a device spends in a set; a move or a replacement keeps both histories."""

    scope_path: ClassVar[str] = "recording_set__kecamatan"

    device = models.ForeignKey(Device, models.PROTECT, related_name="placements", verbose_name="alat")
    recording_set = models.ForeignKey(RecordingSet, models.PROTECT, related_name="placements", verbose_name="set")
    started_at = models.DateTimeField("dipasang pada")
    ended_at = models.DateTimeField("dilepas pada", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "penempatan"
        verbose_name_plural = "penempatan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="devices_placement_span"
            ),
            models.UniqueConstraint(
                fields=["device"], condition=Q(ended_at=None), name="devices_placement_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} di {self.recording_set_id}"


class Label(models.Model):
    """The QR label of a device or a set; ``devices.labels`` makes and renews its token."""

    token = models.CharField(max_length=22, unique=True)
    device = models.OneToOneField(Device, models.CASCADE, null=True, blank=True, related_name="qr_label")
    recording_set = models.OneToOneField(RecordingSet, models.CASCADE, null=True, blank=True, related_name="qr_label")
    made_at = models.DateTimeField("dibuat pada")

    class Meta:
        verbose_name = "label QR"
        verbose_name_plural = "label QR"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(device=None, recording_set__isnull=False) | Q(device__isnull=False, recording_set=None),
                name="devices_label_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"Label {self.device or self.recording_set}"


class InventoryCheck(Voidable):
    """A day on which a kabupaten confirmed that its register of devices is complete."""

    scope_path: ClassVar[str] = "kabupaten"

    kabupaten = models.ForeignKey(Kabupaten, models.CASCADE, related_name="inventory_checks", verbose_name="kabupaten")
    day = models.DateField("tanggal")

    objects = WholeKabupatenQuerySet.as_manager()

    class Meta:
        verbose_name = "pendataan"
        verbose_name_plural = "pendataan"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kabupaten", "day"], condition=Q(voided_at=None), name="devices_inventorycheck_day"
            ),
            models.CheckConstraint(condition=Q(day__gte=EARLIEST_DAY), name="devices_inventorycheck_since_2009"),
        ]

    def __str__(self) -> str:
        return f"{self.kabupaten_id} {self.day}"
