"""Places, sets, devices and people for tests, made by the domain functions wherever there is one.

Regions carry real codes: ``make_kecamatan("36.03.30")`` also makes its kabupaten and its province, in their zone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

from django.test import Client

from accounts.models import Assignment, Role, User
from accounts.sessions import PASSWORD_AT
from devices.models import Device, DeviceKind, RecordingSet
from devices.register import get_or_create_set, register_device
from kecamatan.models import ChangedMonth, Kabupaten, Kecamatan, Province
from lib.months import WIB, WIT, WITA
from repairs.faults import report_fault
from repairs.models import Ticket
from repairs.sets import install_device

REQUIRED_KINDS = ("server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad")

TANGERANG, KUPANG, JAYAPURA = "36.03", "53.01", "91.03"
"""A kabupaten in each zone: WIB, WITA, WIT."""

_WITA_PROVINCES = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
_WIT_PROVINCES = {"81", "82", "91", "92", "93", "94", "95", "96"}

_numbers = count(1)


def moment(text: str) -> datetime:
    """Return ``2026-11-20 08:00`` as a UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


INSTALLED_AT = moment("2026-01-05 02:00")
"""When the factories' devices were put into their sets, unless a test says otherwise."""


def make_province(code: str = "36") -> Province:
    """Return the province of this code, in its real time zone."""
    zone = WITA if code in _WITA_PROVINCES else WIT if code in _WIT_PROVINCES else WIB
    return Province.objects.get_or_create(code=code, defaults={"name": f"Provinsi {code}", "time_zone": zone})[0]


def make_kabupaten(code: str = TANGERANG) -> Kabupaten:
    """Return the kabupaten of this code, with its province."""
    return Kabupaten.objects.get_or_create(
        code=code, defaults={"name": f"Kabupaten {code}", "province": make_province(code[:2])}
    )[0]


def make_kecamatan(code: str = "36.03.30", name: str = "") -> Kecamatan:
    """Return the kecamatan of this code, with its kabupaten and province."""
    name = name or f"Kecamatan {code}"
    return Kecamatan.objects.get_or_create(code=code, defaults={"name": name, "kabupaten": make_kabupaten(code[:5])})[0]


def make_dinas(code: str = TANGERANG) -> Kecamatan:
    """Return the office of the dinas of a kabupaten."""
    kabupaten = make_kabupaten(code)
    return Kecamatan.objects.get_or_create(
        code=f"{code}.00",
        defaults={"name": f"Dinas {code}", "kabupaten": kabupaten, "kind": Kecamatan.Kind.DINAS},
    )[0]


def kind(code: str = "server") -> DeviceKind:
    """Return a kind of device; they are reference data."""
    return DeviceKind.objects.get(code=code)


def make_device(
    recording_set: RecordingSet, code: str = "server", *, at: datetime = INSTALLED_AT, serial: str = ""
) -> Device:
    """Return a new device of a kind that stands in a set since ``at``."""
    device = register_device(
        kind=kind(code),
        kecamatan=recording_set.kecamatan,
        by=None,
        serial=serial or f"SN-{next(_numbers)}",
    )
    install_device(device=device, recording_set=recording_set, at=at, by=None)
    return device


def make_spare(kecamatan: Kecamatan, code: str = "server", *, serial: str = "") -> Device:
    """Return a new device that stands nowhere yet."""
    return register_device(kind=kind(code), kecamatan=kecamatan, by=None, serial=serial or f"SN-{next(_numbers)}")


def make_set(
    kecamatan: Kecamatan | None = None,
    label: str = "1",
    *,
    kinds: Iterable[str] = REQUIRED_KINDS,
    at: datetime = INSTALLED_AT,
) -> RecordingSet:
    """Return a set with one working device of each of these kinds."""
    recording_set = get_or_create_set(kecamatan or make_kecamatan(), label, by=None)
    for code in kinds:
        make_device(recording_set, code, at=at)
    return recording_set


def device_of(recording_set: RecordingSet, code: str = "server") -> Device:
    """Return the only device of a kind that stands in a set."""
    return Device.objects.get(kind__code=code, placements__recording_set=recording_set, placements__ended_at=None)


def make_fault(recording_set: RecordingSet, code: str = "server", **values: object) -> Ticket:
    """Return the ticket of a device that broke, reported by nobody in particular."""
    values = {"client_key": uuid4(), "by": None, **values}
    return report_fault(recording_set=recording_set, device_kind=kind(code), **values)  # type: ignore[arg-type]


def make_user(role: str, region: Province | Kabupaten | Kecamatan | None, name: str = "") -> User:
    """Return somebody with one role in one region; none is the nation."""
    name = name or f"{role}-{next(_numbers)}"
    user = User.objects.create_user(username=name, name=name.title())
    give_role(user, role, region)
    return user


def sign_in(client: Client, user: User) -> None:
    """Sign somebody in as the sign-in page does, who has just given the password."""
    client.force_login(user)
    session = client.session
    session[PASSWORD_AT] = int(time.time())
    session.save()


def give_role(user: User, role: str, region: Province | Kabupaten | Kecamatan | None) -> Assignment:
    """Give somebody one more role."""
    match region:
        case Province():
            where = {"level": Assignment.Level.PROVINCE, "province": region}
        case Kabupaten():
            where = {"level": Assignment.Level.KABUPATEN, "kabupaten": region}
        case Kecamatan():
            where = {"level": Assignment.Level.KECAMATAN, "kecamatan": region}
        case None:
            where = {"level": Assignment.Level.NATION}
    return Assignment.objects.create(user=user, role=Role(role), **where)


def marks() -> list[tuple[str, str]]:
    """Return what is marked for recomputing, as (code, ``YYYY-MM``) pairs in order."""
    rows = ChangedMonth.objects.values_list("kecamatan__code", "month").order_by("kecamatan__code", "month")
    return [(code, f"{month:%Y-%m}") for code, month in rows]


def forget_marks() -> None:
    """Drop all marks, so that a test sees only those of what it does next."""
    ChangedMonth.objects.all().delete()
