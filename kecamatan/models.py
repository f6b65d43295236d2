"""The place and its duty: regions, wajib KTP, targets, recordings, office hours, and the marks of what changed."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from kecamatan import channels
from kecamatan.scope import EventQuerySet, KabupatenQuerySet, ProvinceQuerySet, ScopedQuerySet, region_filter, scope_of
from lib.months import WIB, WIT, WITA


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


class Cause(models.TextChoices):
    """Why recording stops or suffers; of faults, outages, losses, and of a day's hindrance."""

    LIGHTNING = "lightning", "Petir"
    POWER_OUTAGE = "power_outage", "Listrik padam"
    WEAK_POWER = "weak_power", "Daya tidak kuat"
    NETWORK = "network", "Jaringan"
    CENTRAL_SERVER = "central_server", "Server pusat"
    WEAR = "wear", "Usia pakai"
    HUMAN_ERROR = "human_error", "Kelalaian petugas"
    MALWARE = "malware", "Virus"
    THEFT = "theft", "Pencurian"
    OVERHEATING = "overheating", "Panas"
    DIRT = "dirt", "Kotor"
    NO_PARTS = "no_parts", "Suku cadang tidak ada"
    NO_STAFF = "no_staff", "Tidak ada petugas"
    OTHER = "other", "Lain"
    UNKNOWN = "unknown", "Belum diketahui"


class Certainty(models.TextChoices):
    """How sure somebody is of a cause."""

    SUSPECTED = "suspected", "Diduga"
    CERTAIN = "certain", "Pasti"


class Effect(models.TextChoices):
    """What a fault or an outage does to recording."""

    STOPPED = "stopped", "Berhenti"
    LIMITED = "limited", "Terbatas"


class Hindrance(models.TextChoices):
    """Why few or none were recorded on a day, besides any :class:`Cause`."""

    DEVICE = "device", "Alat"
    NOBODY_CAME = "nobody_came", "Sepi (tidak ada warga)"
    HOLIDAY = "holiday", "Libur"


HINDRANCES = [*Hindrance.choices, *Cause.choices]


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


class ChangedMonth(models.Model):
    """A mark: the rollup row of this place and month must be computed anew. The marks are the queue.

    ``stamp`` is new with every mark, so that a drain that read an older one leaves the newer in place.
    """

    # No index of its own: a longer one begins with it.
    kecamatan = models.ForeignKey(Kecamatan, models.CASCADE, related_name="changed_months", db_index=False)
    month = models.DateField("bulan")
    stamp = models.UUIDField()
    marked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kecamatan", "month"], name="kecamatan_changedmonth_once"),
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
        Kecamatan, models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    kabupaten = models.ForeignKey(
        Kabupaten, models.PROTECT, null=True, blank=True, related_name="events", db_index=False
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
