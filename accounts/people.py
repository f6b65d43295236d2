"""The people who sign in and their roles: each change is guarded, written and recorded here.

``by`` is the person who asks; ``None`` is the system itself (the command line, the sample data).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from accounts.links import make_link
from accounts.models import Assignment, Role, SignInLink, User
from accounts.permissions import Region, guard_person, manages_people, may_manage_users
from accounts.regions import columns_of
from kecamatan.changes import compare_and_set, record_event
from kecamatan.models import Kecamatan
from lib.errors import Forbidden, Refused
from lib.guards import LONGEST_REASON
from lib.phone import normalise_phone
from lib.privacy import refuse_identity_numbers


@transaction.atomic
def create_user(*, username: str, name: str, password: str | None, phone: str = "", by: User | None) -> User:
    """Make a person who can sign in by user name and, if given, phone; without an assignment they see nothing.

    Without a user name they get one of their name; without a password they come in by a sign-in link. Refused when
    the name or the number is taken, the number is not an Indonesian one, or the password is weak.
    """
    if by is not None and not manages_people(by):
        raise Forbidden("Hanya admin yang boleh menambah pengguna.")
    name = _name(name)
    user = User(username=username.strip().lower() or _free_username(name), name=name, phone=_phone(phone))
    _guard_username(user.username)
    _guard_unused(user)
    if password is not None:
        _guard_password(password, user)
    user.set_password(password)
    _save_unless_taken(user)
    record_event(user, "create", by=by, username=user.username)
    return user


@transaction.atomic
def add_person(
    *,
    name: str,
    phone: str,
    username: str,
    role: str,
    region: Region,
    by: User | None,
    ends_at: datetime | None = None,
) -> User:
    """Make a person with a first role and a link by which they sign in; refused as each of the three would be."""
    user = create_user(username=username, name=name, password=None, phone=phone, by=by)
    assign(user, role=role, region=region, by=by, ends_at=ends_at)
    make_link(user, by=by)
    return user


@transaction.atomic
def edit_person(user: User, *, name: str, phone: str, username: str, version: int, by: User | None) -> None:
    """Correct name, telephone number and user name. Effects: the three, an event with what they were before.

    An admin may do so only for people who act nowhere else. Raises :class:`Conflict` for all but the first.
    """
    guard_person(by, user)
    values = {"name": _name(name), "phone": _phone(phone), "username": username.strip().lower()}
    _guard_username(values["username"] or "")
    _guard_unused(User(pk=user.pk, **values))
    before = {field: getattr(user, field) for field in values}
    try:
        with transaction.atomic():
            compare_and_set(user, version, **values)
    except IntegrityError:
        raise _just_taken() from None
    changes = {field: [before[field], value] for field, value in values.items() if before[field] != value}
    record_event(user, "edit", by=by, changes=changes)


@transaction.atomic
def assign(
    user: User,
    *,
    role: str,
    region: Region,
    by: User | None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    deputises: Assignment | None = None,
) -> Assignment:
    """Give a person a role in a region (``None`` is the nation), from a moment (UTC; now) until an optional one.

    An admin gives roles in their own regions only. Refused: an operator of anything but a kecamatan, a closed region,
    an end that has passed, a role that the person holds there already at some moment of the span.
    """
    _guard_manages(by, region)
    starts_at = starts_at or timezone.now()
    _guard_assignment(role, region, starts_at, ends_at)
    place = columns_of(region)
    # Two admins who give the same role at once take turns. SQLite lets in one writer at a time anyway.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _guard_single(Assignment(user=user, role=role, deputises=deputises, **place), starts_at, ends_at)
    assignment = Assignment.objects.create(
        user=user, role=role, starts_at=starts_at, ends_at=ends_at, deputises=deputises, **place
    )
    absent = {"deputises": str(deputises.user)} if deputises else {}
    _record(assignment, "assign", by, starts_at=starts_at, ends_at=ends_at, **absent)
    _forget_assignments(user)
    return assignment


@transaction.atomic
def end_assignment(assignment: Assignment, *, by: User | None) -> None:
    """End a role now, or call off one to come; one that has ended already stays as it is."""
    _guard_own_admin_role(assignment, by)
    _guard_manages(by, assignment.region)
    now = timezone.now()
    rows = Assignment.objects.not_over().filter(pk=assignment.pk)
    if not rows.update(ends_at=now, version=F("version") + 1):
        return
    assignment.refresh_from_db(fields=["ends_at", "version"])
    _record(assignment, "end_assignment", by)
    _forget_assignments(assignment.user)


@transaction.atomic
def change_end(assignment: Assignment, *, ends_at: datetime | None, version: int, by: User | None) -> None:
    """Let a role that is not over end at another moment (UTC) to come, or never. Effects: ``ends_at``, an event.

    Raises :class:`Conflict` for all but the first who change it. Refused: a deputy without an end, an end before the
    start, a span that meets another one of the same role.
    """
    _guard_own_admin_role(assignment, by)
    _guard_manages(by, assignment.region)
    now = timezone.now()
    if assignment.ends_at is not None and assignment.ends_at <= now:
        raise Refused("Tugas ini sudah berakhir. Beri peran baru bila ia bertugas lagi.", field="ends_at")
    if assignment.deputises_id and ends_at is None:
        raise Refused("Tugas pengganti harus punya tanggal akhir.", field="ends_at")
    _guard_end(assignment.starts_at or now, ends_at)
    User.objects.select_for_update(no_key=True).get(pk=assignment.user_id)
    _guard_single(assignment, assignment.starts_at or now, ends_at)
    before = assignment.ends_at
    compare_and_set(assignment, version, ends_at=ends_at)
    _record(assignment, "change_end", by, before=before, after=ends_at)
    _forget_assignments(assignment.user)


@transaction.atomic
def deactivate(user: User, *, by: User | None, reason: str = "") -> None:
    """Keep a person from signing in, and end their sessions with the next request; twice is as good as once.

    An admin may do so only if all of the person's roles lie in regions that the admin manages.
    """
    if by is not None and by.pk == user.pk:
        raise Refused("Anda tidak bisa menonaktifkan akun sendiri. Minta admin lain melakukannya.")
    guard_person(by, user)
    refuse_identity_numbers(reason, "reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Alasan paling panjang {LONGEST_REASON} huruf. Ringkaskan.", field="reason")
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        SignInLink.objects.filter(user=user).delete()
        record_event(user, "deactivate", by=by, reason=reason.strip())


@transaction.atomic
def activate(user: User, *, by: User | None) -> None:
    """Let a person sign in again with what they had; twice is as good as once."""
    guard_person(by, user)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        record_event(user, "activate", by=by)


def _record(assignment: Assignment, action: str, by: User | None, **data: Any) -> None:
    record_event(
        assignment.user,
        action,
        by=by,
        kecamatan_id=assignment.kecamatan_id,
        role=assignment.role,
        region=assignment.region_code,
        **data,
    )


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused("Isi namanya.", field="name")
    refuse_identity_numbers(name, "name")
    return name


def _phone(text: str) -> str | None:
    if not text.strip():
        return None
    number = normalise_phone(text)
    if number is None:
        raise Refused("Nomor HP tidak dikenali. Tulis misalnya 0812 8000 1204.", field="phone")
    return number


def _free_username(name: str) -> str:
    """Return a user name made of a name that nobody has: ``siti.aminah``, else ``siti.aminah.2``."""
    base = ".".join(re.findall(r"[a-z0-9]+", slugify(name)))[:140] or "orang"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    number = next(number for number in range(1, len(taken) + 2) if _numbered(base, number) not in taken)
    return _numbered(base, number)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}.{number}"


def _save_unless_taken(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise _just_taken() from None


def _just_taken() -> Refused:
    return Refused("Nama pengguna atau nomor HP ini baru saja dipakai akun lain. Kirim lagi.")


def _guard_username(username: str) -> None:
    if normalise_phone(username):
        raise Refused("Nama pengguna tidak boleh berupa nomor HP. Isi nomornya di kolom nomor HP.", field="username")
    refuse_identity_numbers(username, "username")
    try:
        User._meta.get_field("username").clean(username, None)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="username") from None


def _guard_unused(user: User) -> None:
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__iexact=user.username).exists():
        raise Refused(f"Nama pengguna {user.username} sudah dipakai. Pilih yang lain.", field="username")
    if user.phone and others.filter(phone=user.phone).exists():
        raise Refused("Nomor HP ini sudah dipakai akun lain.", field="phone")


def _guard_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from None


def _guard_manages(by: User | None, region: Region) -> None:
    if by is not None and not may_manage_users(by, region):
        raise Forbidden(f"Anda tidak mengelola pengguna di {region or 'Indonesia'}.")


def _guard_own_admin_role(assignment: Assignment, by: User | None) -> None:
    if by is not None and assignment.user_id == by.pk and assignment.role == Role.ADMIN:
        raise Refused("Anda tidak bisa mengakhiri peran admin sendiri. Minta admin lain melakukannya.")


def _guard_assignment(role: str, region: Region, starts_at: datetime, ends_at: datetime | None) -> None:
    if role not in Role.values:
        raise Refused("Peran itu tidak dikenal.", field="role")
    if role == Role.OPERATOR and not isinstance(region, Kecamatan):
        raise Refused("Operator ditugaskan di satu kecamatan. Pilih kecamatannya.", field="region")
    if region is not None and region.closed_on:
        raise Refused(f"{region} sudah ditutup. Pilih wilayah yang masih ada.", field="region")
    _guard_end(starts_at, ends_at)


def _guard_end(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is None:
        return
    if ends_at <= timezone.now():
        raise Refused("Waktu berakhir sudah lewat. Isi waktu yang akan datang.", field="ends_at")
    if ends_at <= starts_at:
        raise Refused("Waktu berakhir harus sesudah mulainya.", field="ends_at")


def _guard_single(wanted: Assignment, starts_at: datetime, ends_at: datetime | None) -> None:
    """Refuse a second span of the same role in the same region that shares a moment with [starts_at, ends_at).

    The own role and that of each absent colleague are several: a technician may stand in for another one.
    """
    place = {name: getattr(wanted, name) for name in ("role", "level", "province_id", "kabupaten_id", "kecamatan_id")}
    others = Assignment.objects.filter(user=wanted.user_id, deputises=wanted.deputises_id, **place).exclude(
        pk=wanted.pk
    )
    if others.overlapping(starts_at, ends_at).exists():
        where = wanted.region or "Indonesia"
        raise Refused(f"{wanted.user} sudah menjadi {Role(wanted.role).label} di {where}.", field="role")


def _forget_assignments(user: User) -> None:
    """Let the next look at this object read the assignments anew."""
    for name in ("running_assignments", "scope"):
        user.__dict__.pop(name, None)
