"""People and where they may act."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kecamatan.models import Kabupaten, Kecamatan, Province, Voidable
from kecamatan.scope import Scope, region_filter


class Role(models.TextChoices):
    """What somebody does in a region."""

    OPERATOR = "operator", "Operator kecamatan"
    TECHNICIAN = "technician", "Teknisi"
    STAFF = "staff", "Staf dinas"
    OFFICIAL = "official", "Pejabat"
    ADMIN = "admin", "Admin"


class UserQuerySet(models.QuerySet["User"]):
    """People. An admin sees those of the own regions and changes those who act nowhere else."""

    def visible_to(self, user: object) -> Self:
        """Keep the people who have, had or will have a role where the user is an admin; nobody when in doubt."""
        scope = admin_scope(user)
        if scope.nation:
            return self.all()
        condition = _within(scope)
        if condition is None:
            return self.none()
        return self.filter(pk__in=Assignment.objects.filter(condition).values("user"))

    def manageable_by(self, user: object) -> Self:
        """Keep the people whose account the user may change: all their roles lie where the user is an admin.

        Of somebody without any role now or to come, the roles that were count. Otherwise an admin of a kabupaten
        could take over the account of a person who acts for the nation.
        """
        scope = admin_scope(user)
        if scope.nation:
            return self.all()
        roles = Assignment.objects.filter(user=OuterRef("pk"))
        outside = roles.exclude(pk__in=Assignment.objects.visible_to(user).values("pk"))
        return self.visible_to(user).filter(
            ~Exists(outside.not_over()) & (Exists(roles.not_over()) | ~Exists(outside)),
        )


class PersonManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's ways to make users, and our querysets."""

    use_in_migrations = False


class User(AbstractUser):
    """Somebody who signs in, by user name or phone number; what they may do is said by their assignments."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("nama", max_length=120)
    phone = models.CharField("nomor HP", max_length=16, null=True, blank=True, unique=True, help_text="E.164")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = PersonManager()

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        # The list of people, by name.
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="accounts_user_name")]

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def running_assignments(self) -> list[Assignment]:
        """Return the assignments that hold now, highest level first; read once for each request."""
        return sorted(
            self.assignments.running().select_related(
                "province", "kabupaten__province", "kecamatan", "deputises__user"
            ),
            key=level_order,
        )

    @property
    def stands_in_for(self) -> list[User]:
        """Return the absent colleagues whose roles the person holds now, each once."""
        absent = [role.deputises.user for role in self.running_assignments if role.deputises]
        return list({person.pk: person for person in absent}.values())

    @cached_property
    def scope(self) -> Scope:
        """Return the regions of all running assignments."""
        return _scope(self.running_assignments)

    @property
    def is_operator(self) -> bool:
        """Say whether the person is an operator and nothing else: their phone keeps pages, and stays signed in."""
        return {assignment.role for assignment in self.running_assignments} == {Role.OPERATOR}

    def scope_as(self, *roles: str) -> Scope:
        """Return the regions in which the user holds one of these roles."""
        return _scope([assignment for assignment in self.running_assignments if assignment.role in roles])


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments: spans of time, half-open; without a start they hold from the beginning, without an end for good."""

    def visible_to(self, user: object) -> Self:
        """Keep the assignments to regions where the user is an admin; none when in doubt."""
        return self.within(admin_scope(user))

    def within(self, scope: Scope) -> Self:
        """Keep the assignments to regions that lie wholly inside a scope."""
        condition = _within(scope)
        return self.none() if condition is None else self.filter(condition)

    def running(self) -> Self:
        """Keep the assignments that hold now."""
        now = timezone.now()
        return self.filter(_holds_after(now), Q(starts_at=None) | Q(starts_at__lte=now))

    def not_over(self) -> Self:
        """Keep the assignments that hold now or later."""
        return self.filter(_holds_after(timezone.now()))

    def overlapping(self, start: datetime, end: datetime | None) -> Self:
        """Keep the assignments that share a moment with [start, end)."""
        rows = self.filter(_holds_after(start))
        return rows if end is None else rows.filter(Q(starts_at=None) | Q(starts_at__lt=end))


def _holds_after(moment: datetime) -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=moment)


EXACTLY_ONE_REGION = (
    Q(level="nation", province=None, kabupaten=None, kecamatan=None)
    | Q(level="province", province__isnull=False, kabupaten=None, kecamatan=None)
    | Q(level="kabupaten", province=None, kabupaten__isnull=False, kecamatan=None)
    | Q(level="kecamatan", province=None, kabupaten=None, kecamatan__isnull=False)
)
"""Holds where a row names the region of its level and no other; the nation is no row."""


class Assignment(models.Model):
    """A role in exactly one region, from a start, until an optional end.

    ``deputises`` is the role of an absent colleague for whom this person stands in; such a role always has an end.
    """

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
    starts_at = models.DateTimeField("mulai", null=True, blank=True, help_text="Kosong: sejak semula.")
    ends_at = models.DateTimeField("berakhir", null=True, blank=True)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    version = models.PositiveIntegerField(default=1)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "penugasan"
        verbose_name_plural = "penugasan"
        constraints: ClassVar = [
            models.CheckConstraint(condition=EXACTLY_ONE_REGION, name="accounts_assignment_exactly_one_level"),
            models.CheckConstraint(
                condition=Q(deputises=None) | Q(ends_at__isnull=False), name="accounts_assignment_deputy_ends"
            ),
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


class SignInLink(models.Model):
    """The newest one-time link by which a person signs in and chooses a password; it ends every earlier one.

    Kept is a random nonce only. The link itself is made of it with ``SECRET_KEY``, so that it can be shown again to
    who made it, while a copy of the database opens nothing.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="sign_in_link")
    nonce = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="links_made"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tautan masuk"
        verbose_name_plural = "tautan masuk"
        # The links that an admin has yet to send, newest first.
        indexes: ClassVar = [models.Index(fields=["made_by", "-made_at"], name="accounts_link_made")]

    def __str__(self) -> str:
        return f"tautan masuk {self.user_id}"

    @property
    def is_open(self) -> bool:
        """Say whether the link can still be used."""
        return self.used_at is None and timezone.now() < self.expires_at


def admin_scope(user: object) -> Scope:
    """Return the regions whose people a user manages; the empty scope when in doubt."""
    return user.scope_as(Role.ADMIN) if isinstance(user, User) and user.is_active else Scope()


def _within(scope: Scope) -> Q | None:
    """Return the filter that keeps the assignments to regions wholly inside a scope, ``None`` where there are none."""
    if scope.nation:
        return Q()
    if scope == Scope():
        return None
    kabupaten = Q(province__in=scope.provinces) | Q(pk__in=scope.kabupaten)
    # By keys, not by joins: the larger tables are then not read for each assignment.
    return (
        Q(province__in=scope.provinces)
        | Q(kabupaten__in=Kabupaten.objects.filter(kabupaten).values("pk"))
        | Q(kecamatan__in=Kecamatan.objects.filter(region_filter(scope, "") or Q(pk=None)).values("pk"))
    )


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


class Continuing(models.TextChoices):
    """What an agency goes on serving while recording stops: it needs no recording set."""

    FAMILY_CARD = "family_card", "Kartu Keluarga"
    BIRTH_CERTIFICATE = "birth_certificate", "Akta kelahiran"
    DEATH_CERTIFICATE = "death_certificate", "Akta kematian"
    MOVING_LETTER = "moving_letter", "Surat pindah"
    CHILD_CARD = "child_card", "Kartu Identitas Anak"
    CARD_PRINTING = "card_printing", "Cetak KTP-el"


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
    # Of a kabupaten: whether citizens read its kecamatan at /status/, and what it serves also while recording stops.
    is_public = models.BooleanField("status untuk umum", default=True)
    continuing = models.JSONField("tetap dilayani", default=list, blank=True, help_text="Kode dari Continuing.")
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
