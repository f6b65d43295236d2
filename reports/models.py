"""Derived figures only: everything here can be dropped and rebuilt from the other apps, equal to the last integer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from devices.models import DeviceKind


class Level(models.TextChoices):
    """The level of a row. A dinas stands beside the kecamatan of its kabupaten and is summed with them."""

    KECAMATAN = "kecamatan", "Kecamatan"
    DINAS = "dinas", "Dinas"
    KABUPATEN = "kabupaten", "Kabupaten/kota"
    PROVINCE = "province", "Provinsi"
    NATION = "nation", "Indonesia"


def figure() -> models.IntegerField:
    """Return a column for a sum: an integer, 0 without rows."""
    return models.IntegerField(default=0)


class RegionRow(models.Model):
    """One region and month. ``region_id`` is the key in the table of its level, 0 for the nation.

    ``parent_id`` is the key of the region that it is summed into: a kabupaten's, a province's, 0 for the nation.
    """

    level = models.CharField(max_length=9, choices=Level.choices)
    region_id = models.PositiveBigIntegerField()
    parent_id = models.PositiveBigIntegerField()
    month = models.DateField()

    class Meta:
        abstract = True


class RegionMonth(RegionRow):
    """The operational counts and the progress of one region in one month; no percentages, no clamping.

    A place without any fact in a month has no row; ``reports.selectors`` counts it as not on record. ``as_of`` is the
    moment of judgement: the local month end once ``closed``, the moment of computing before.
    """

    as_of = models.DateTimeField()
    closed = models.BooleanField()
    # The moment at which the passing of time alone makes a place's open row wrong; empty for closed rows and parents.
    valid_until = models.DateTimeField(null=True)

    # Since when what still lasts brings a kecamatan's own capacity down; empty where it is up, or nobody said when.
    down_since = models.DateTimeField(null=True)

    kecamatan_total = figure()
    kecamatan_serving = figure()
    kecamatan_limited = figure()
    kecamatan_hosted = figure()
    kecamatan_mobile = figure()
    kecamatan_stopped = figure()
    kecamatan_no_report = figure()
    kecamatan_confirmed = figure()
    kecamatan_silent = figure()

    sets_total = figure()
    sets_operational = figure()
    sets_limited = figure()
    sets_down = figure()

    devices_total = figure()
    devices_working = figure()
    devices_broken = figure()
    devices_missing = figure()

    tickets_opened = figure()
    tickets_resolved = figure()
    tickets_open = figure()
    tickets_overdue = figure()
    opened_by_cause = models.JSONField(default=dict)
    opened_by_route = models.JSONField(default=dict)

    office_minutes = figure()
    down_minutes = figure()
    outage_minutes = figure()
    repair_minutes = figure()

    population = figure()
    eligible = figure()
    coverage_recorded = figure()
    # Wajib KTP of the kecamatan whose recorded total is known: the denominator of the coverage.
    coverage_eligible = figure()
    # The kecamatan by the published band of their coverage, where it is known.
    coverage_full = figure()
    coverage_high = figure()
    coverage_middle = figure()
    coverage_low = figure()

    target = figure()
    recorded = figure()
    lost = figure()
    lost_suspected = figure()
    rerecorded = figure()
    net = figure()
    # Net of the kecamatan that have the denominator, for the two percentages.
    net_with_eligible = figure()
    net_with_target = figure()
    kecamatan_met = figure()
    kecamatan_with_target = figure()

    days_expected = figure()
    # Kecamatan x office days of the whole month, for the forecast.
    days_in_month = figure()
    days_reported = figure()
    kabupaten_inventoried = figure()

    # Why the target was missed, in people (reports.shortfall): the parts sum to the shortfall.
    shortfall = figure()
    shortfall_central_server = figure()
    shortfall_network = figure()
    shortfall_power = figure()
    shortfall_staff = figure()
    shortfall_devices = figure()
    shortfall_lost = figure()
    shortfall_unreported = figure()
    shortfall_ahead = figure()
    shortfall_other = figure()
    # By how many reported days it is told: those of the kecamatan with a target.
    days_expected_with_target = figure()
    days_reported_with_target = figure()
    # Those of the down minutes in which people could go to a host or to the dinas.
    hosted_minutes = figure()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "region_id", "month"], name="reports_regionmonth_once"),
        ]
        indexes: ClassVar = [
            # The children of a region, to sum up.
            models.Index(fields=["month", "level", "parent_id"], name="reports_regionmonth_children"),
            # The open rows that time has overtaken.
            models.Index(
                fields=["valid_until"], condition=models.Q(valid_until__isnull=False), name="reports_regionmonth_stale"
            ),
            # The few kecamatan that cannot record, the longest first.
            models.Index(
                fields=["month", "down_since"],
                condition=models.Q(down_since__isnull=False),
                name="reports_regionmonth_down",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.region_id} {self.month:%Y-%m}"


class RegionMonthKind(RegionRow):
    """The devices and faults of one kind in a region and month; no row where all figures are 0."""

    kind = models.ForeignKey(DeviceKind, models.CASCADE, related_name="region_months")
    total = figure()
    working = figure()
    broken = figure()
    missing = figure()
    faults_begun = figure()
    repairs = figure()
    repair_minutes = figure()
    service_minutes = figure()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["level", "region_id", "month", "kind"], name="reports_regionmonthkind_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.region_id} {self.month:%Y-%m} {self.kind_id}"


class RegionMap(models.Model):
    """The kecamatan map of a region in a month, drawn and compressed when its rollup row changed; requests read it.

    ``row`` is the key of the row that was drawn: a drain replaces a row, so another key means another state.
    ``counts`` and ``children`` are what the pictures show, for the legend and the table beside them.
    """

    level = models.CharField(max_length=9, choices=Level.choices)
    region_id = models.PositiveBigIntegerField()
    month = models.DateField()

    row = models.PositiveBigIntegerField(db_index=True)
    # Which edition of the drawing code, and of what: the same again is not drawn again.
    edition = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=32)
    as_of = models.DateTimeField()
    checked_at = models.DateTimeField()
    counts = models.JSONField()
    children = models.JSONField()
    # Kecamatan without coordinates: counted, and not in the picture.
    undrawn = figure()
    # ``lib.packed`` texts, one for each ``map_marks.Colour``.
    by_service = models.BinaryField()
    by_target = models.BinaryField()
    # What citizens see of a kabupaten this month, and what stands for it (``reports.public.maps``).
    public = models.BinaryField(default=bytes)
    public_digest = models.CharField(max_length=32, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "region_id", "month"], name="reports_regionmap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.region_id} {self.month:%Y-%m}"


class DeviceGroupMonth(models.Model):
    """The devices of one model, or of one source, in a region and month; built each night (``reports.device_groups``).

    ``kind`` is the code of the kind of a model, ``name`` its brand and model, or the code of a source; where nobody
    stated it, and for components that are missing, it is empty. By model, the sums are those by kind.
    """

    class By(models.TextChoices):
        MODEL = "model", "Merk dan model"
        SOURCE = "source", "Asal usul"

    level = models.CharField(max_length=9, choices=Level.choices)
    region_id = models.PositiveBigIntegerField()
    month = models.DateField()
    by = models.CharField(max_length=6, choices=By.choices)
    kind = models.SlugField(max_length=20, blank=True, db_index=False)
    name = models.CharField(max_length=121, blank=True)
    built_at = models.DateTimeField()
    # A month of the nation's devices has more minutes than an integer holds.
    service_minutes = models.BigIntegerField()
    faults_begun = models.IntegerField()
    repairs = models.IntegerField()
    repair_minutes = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["level", "region_id", "month", "by", "kind", "name"], name="reports_devicegroupmonth_once"
            ),
        ]
        indexes: ClassVar = [
            # A month is built as a whole.
            models.Index(fields=["month"], name="reports_devicegroup_month"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.region_id} {self.month:%Y-%m} {self.kind} {self.name}"


class RollupLock(models.Model):
    """One row, there after ``migrate``: whoever writes rollup rows locks it first, so that sums are made one at a time.

    On SQLite the transaction itself is exclusive.
    """

    def __str__(self) -> str:
        return "kunci rollup"
