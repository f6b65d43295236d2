"""People and where they may act."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kecamatan.models import Kabupaten, Kecamatan, Province, Voidable
from kecamatan.scope import Scope


class Role(models.TextChoices):
    """What somebody does in a region."""

    OPERATOR = "operator", "Operator kecamatan"
    TECHNICIAN = "technician", "Teknisi"
    STAFF = "staff", "Staf dinas"
    OFFICIAL = "official", "Pejabat"
    ADMIN = "admin", "Admin"


class User(AbstractUser):
    """Somebody who signs in, by user name or phone number; what they may do is said by their assignments."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("nama", max_length=120)
    phone = models.CharField("nomor HP", max_length=16, null=True, blank=True, unique=True, help_text="E.164")

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def running_assignments(self) -> list[Assignment]:
        """Return the assignments that hold now, highest level first; read once for each request."""
        return sorted(self.assignments.running().select_related("province", "kabupaten", "kecamatan"), key=level_order)

    @cached_property
    def scope(self) -> Scope:
        """Return the regions of all running assignments."""
        return _scope(self.running_assignments)

    def scope_as(self, *roles: str) -> Scope:
        """Return the regions in which the user holds one of these roles."""
        return _scope([assignment for assignment in self.running_assignments if assignment.role in roles])


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments; a fixed end is the moment from which one no longer holds."""

    def running(self) -> AssignmentQuerySet:
        """Keep the assignments that hold now."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))


EXACTLY_ONE_REGION = (
    Q(level="nation", province=None, kabupaten=None, kecamatan=None)
    | Q(level="province", province__isnull=False, kabupaten=None, kecamatan=None)
    | Q(level="kabupaten", province=None, kabupaten__isnull=False, kecamatan=None)
    | Q(level="kecamatan", province=None, kabupaten=None, kecamatan__isnull=False)
)
"""Holds where a row names the region of its level and no other; the nation is no row."""


class Assignment(models.Model):
    """A role in exactly one region, until an optional end."""

    class Level(models.TextChoices):
        NATION = "nation", "Indonesia"
        PROVINCE = "province", "Provinsi"
        KABUPATEN = "kabupaten", "Kabupaten/kota"
        KECAMATAN = "kecamatan", "Kecamatan"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    role = models.CharField("peran", max_length=10, choices=Role.choices)
    level = models.CharField("tingkat", max_length=9, choices=Level.choices)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="assignments")
    kabupaten = models.ForeignKey(Kabupaten, models.PROTECT, null=True, blank=True, related_name="assignments")
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, null=True, blank=True, related_name="assignments")
    ends_at = models.DateTimeField("berakhir", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "penugasan"
        verbose_name_plural = "penugasan"
        constraints: ClassVar = [
            models.CheckConstraint(condition=EXACTLY_ONE_REGION, name="accounts_assignment_exactly_one_level"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.region or 'Indonesia'}"

    @property
    def region(self) -> Province | Kabupaten | Kecamatan | None:
        """Return the region of the assignment; nothing stands for the nation."""
        return self.province or self.kabupaten or self.kecamatan

    @property
    def region_code(self) -> str:
        """Return the code of the region, ``ID`` for the nation."""
        return self.region.code if self.region else "ID"


LEVELS = [Assignment.Level.NATION, Assignment.Level.PROVINCE, Assignment.Level.KABUPATEN, Assignment.Level.KECAMATAN]


def level_order(assignment: Assignment) -> tuple[int, int]:
    """Return by what assignments are sorted: the highest level first, then the oldest."""
    return LEVELS.index(Assignment.Level(assignment.level)), assignment.pk


def _scope(assignments: list[Assignment]) -> Scope:
    return Scope(
        nation=any(a.level == Assignment.Level.NATION for a in assignments),
        provinces=frozenset(a.province_id for a in assignments if a.province_id),
        kabupaten=frozenset(a.kabupaten_id for a in assignments if a.kabupaten_id),
        kecamatan=frozenset(a.kecamatan_id for a in assignments if a.kecamatan_id),
    )


class Office(models.Model):
    """The office of a region as people outside know it; its contacts and its signatories hang on it.

    A kabupaten, a province and the nation have an agency with a name and a logo; a kecamatan has power and a network.
    The row is made with the first thing known of the office: version 0 is one that nobody has described yet.
    """

    level = models.CharField("tingkat", max_length=9, choices=Assignment.Level.choices)
    province = models.OneToOneField(Province, models.PROTECT, null=True, blank=True, related_name="office")
    kabupaten = models.OneToOneField(Kabupaten, models.PROTECT, null=True, blank=True, related_name="office")
    kecamatan = models.OneToOneField(Kecamatan, models.PROTECT, null=True, blank=True, related_name="office")
    agency_name = models.CharField("nama dinas", max_length=30, blank=True, help_text="Disdukcapil, Dispendukcapil")
    full_name = models.CharField("nama lengkap dinas", max_length=160, blank=True)
    address = models.CharField("alamat", max_length=300, blank=True)
    public_phone = models.CharField("telepon umum", max_length=16, blank=True, help_text="E.164")
    week = models.JSONField("jam buka", default=list, blank=True, help_text="Senin dulu; kosong: belum diketahui.")
    logo = models.CharField("logo", max_length=40, blank=True, help_text="Nama berkas di MEDIA_ROOT/logos.")
    power_va = models.PositiveIntegerField("daya tersambung (VA)", null=True, blank=True)
    has_stabiliser = models.BooleanField("stabilizer", null=True, blank=True)
    has_generator = models.BooleanField("genset", null=True, blank=True)
    network_provider = models.CharField("penyedia jaringan", max_length=60, blank=True)
    supply_note = models.CharField("catatan listrik dan jaringan", max_length=500, blank=True)
    # A copy for the pages of places, which read it with the place: they have no query left for a list.
    first_contacts = models.JSONField("kontak pertama", default=list, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "kantor"
        verbose_name_plural = "kantor"
        constraints: ClassVar = [
            models.CheckConstraint(condition=EXACTLY_ONE_REGION, name="accounts_office_exactly_one_level"),
            models.UniqueConstraint(fields=["level"], condition=Q(level="nation"), name="accounts_office_one_nation"),
        ]

    def __str__(self) -> str:
        return f"Kantor {self.province or self.kabupaten or self.kecamatan or 'Indonesia'}"


class Contact(models.Model):
    """Somebody at an office whom others call; one who left is removed, and stays in the history."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="contacts")
    role = models.CharField("tugas", max_length=60)
    name = models.CharField("nama", max_length=120)
    phone = models.CharField("nomor telepon", max_length=16, help_text="E.164")
    rank = models.PositiveSmallIntegerField("urutan", default=1, help_text="1 dihubungi pertama.")
    removed_at = models.DateTimeField("dihapus pada", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "kontak"
        verbose_name_plural = "kontak"
        indexes: ClassVar = [
            # The contacts of an office in their order.
            models.Index(fields=["office", "rank"], condition=Q(removed_at=None), name="accounts_contact_order"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"


class Signatory(Voidable):
    """Who signs for an office from a local day on, until the next one begins."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="signatories")
    name = models.CharField("nama", max_length=120)
    nip = models.CharField("NIP", max_length=18, blank=True, help_text="18 angka; kepala daerah tidak punya.")
    title = models.CharField("jabatan", max_length=160)
    starts_on = models.DateField("mulai")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "penanda tangan"
        verbose_name_plural = "penanda tangan"
        constraints: ClassVar = [
            # Also the index by which the one of a day is found.
            models.UniqueConstraint(
                fields=["office", "starts_on"], condition=Q(voided_at=None), name="accounts_signatory_one_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"
