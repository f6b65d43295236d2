"""The people who sign in and their roles: each change is guarded, written and recorded here.

``by`` is the person who asks; ``None`` is the system itself (the command line, the sample data).
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Assignment, Role, User
from accounts.permissions import Region, may_manage_users
from accounts.regions import columns_of
from kecamatan.changes import record_event
from kecamatan.models import Kecamatan
from kecamatan.scope import Scope
from lib.errors import Forbidden, Refused
from lib.phone import normalise_phone


@transaction.atomic
def create_user(*, username: str, name: str, password: str, phone: str = "", by: User | None) -> User:
    """Make a person who can sign in by user name and, if given, phone; without an assignment they see nothing.

    Refused when the name or the number is taken, the number is not an Indonesian one, or the password is weak.
    """
    if by is not None and by.scope_as(Role.ADMIN) == Scope():
        raise Forbidden("Hanya admin yang boleh menambah pengguna.")
    username = username.strip().lower()
    user = User(username=username, name=name.strip(), phone=_phone(phone))
    _guard_username(username)
    _guard_unused(username, user.phone)
    _guard_password(password, user)
    user.set_password(password)
    user.save()
    record_event(user, "create", by=by, username=username)
    return user


@transaction.atomic
def assign(user: User, *, role: str, region: Region, by: User | None, ends_at: datetime | None = None) -> Assignment:
    """Give a person a role in a region (``None`` is the nation), until an optional moment (UTC).

    An admin gives roles in their own regions only. Refused: an operator of anything but a kecamatan, a closed region,
    an end that has passed, a role that the person holds there already.
    """
    _guard_manages(by, region)
    _guard_assignment(role, region, ends_at)
    place = columns_of(region)
    if user.assignments.running().filter(role=role, **place).exists():
        raise Refused(f"{user} sudah menjadi {Role(role).label} di {region or 'Indonesia'}.", field="role")
    assignment = Assignment.objects.create(user=user, role=role, ends_at=ends_at, **place)
    record_event(
        user,
        "assign",
        by=by,
        kecamatan_id=region.pk if isinstance(region, Kecamatan) else None,
        role=role,
        region=assignment.region_code,
        ends_at=ends_at.isoformat() if ends_at else None,
    )
    _forget_assignments(user)
    return assignment


@transaction.atomic
def end_assignment(assignment: Assignment, *, by: User | None) -> None:
    """End a role now; one that has ended already stays as it is."""
    _guard_manages(by, assignment.region)
    now = timezone.now()
    ended = Assignment.objects.running().filter(pk=assignment.pk).update(ends_at=now)
    if not ended:
        return
    assignment.ends_at = now
    record_event(
        assignment.user,
        "end_assignment",
        by=by,
        kecamatan_id=assignment.kecamatan_id,
        role=assignment.role,
        region=assignment.region_code,
    )
    _forget_assignments(assignment.user)


@transaction.atomic
def deactivate(user: User, *, by: User | None) -> None:
    """Keep a person from signing in, and end their sessions with the next request.

    An admin may do so only if all of the person's running assignments lie in regions that the admin manages.
    """
    if by is not None and by.pk == user.pk:
        raise Refused("Anda tidak bisa menonaktifkan akun sendiri. Minta admin lain melakukannya.")
    assignments = list(user.assignments.running().select_related("province", "kabupaten", "kecamatan__kabupaten"))
    for assignment in assignments:
        _guard_manages(by, assignment.region)
    if not assignments:
        _guard_manages(by, None)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        record_event(user, "deactivate", by=by)


def _phone(text: str) -> str | None:
    if not text.strip():
        return None
    number = normalise_phone(text)
    if number is None:
        raise Refused("Nomor HP tidak dikenali. Tulis misalnya 0812 8000 1204.", field="phone")
    return number


def _guard_username(username: str) -> None:
    if normalise_phone(username):
        raise Refused("Nama pengguna tidak boleh berupa nomor HP. Isi nomornya di kolom nomor HP.", field="username")
    try:
        User._meta.get_field("username").clean(username, None)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="username") from None


def _guard_unused(username: str, phone: str | None) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"Nama pengguna {username} sudah dipakai. Pilih yang lain.", field="username")
    if phone and User.objects.filter(phone=phone).exists():
        raise Refused("Nomor HP ini sudah dipakai akun lain.", field="phone")


def _guard_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from None


def _guard_manages(by: User | None, region: Region) -> None:
    if by is not None and not may_manage_users(by, region):
        raise Forbidden(f"Anda tidak mengelola pengguna di {region or 'Indonesia'}.")


def _guard_assignment(role: str, region: Region, ends_at: datetime | None) -> None:
    if role not in Role.values:
        raise Refused("Peran itu tidak dikenal.", field="role")
    if role == Role.OPERATOR and not isinstance(region, Kecamatan):
        raise Refused("Operator ditugaskan di satu kecamatan. Pilih kecamatannya.", field="region")
    if region is not None and region.closed_on:
        raise Refused(f"{region} sudah ditutup. Pilih wilayah yang masih ada.", field="region")
    if ends_at is not None and ends_at <= timezone.now():
        raise Refused("Waktu berakhir sudah lewat. Isi waktu yang akan datang.", field="ends_at")


def _forget_assignments(user: User) -> None:
    """Let the next look at this object read the assignments anew."""
    for name in ("running_assignments", "scope"):
        user.__dict__.pop(name, None)
