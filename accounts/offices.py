"""The offices of regions: what they are called, where they are, when they open, what power they have, and their logo.

Each change is guarded, compared with the version that the person saw, written and recorded here. A change that has
been made already (a form sent twice) writes nothing. ``by`` is the person who asks; ``None`` is the system itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction

from accounts.models import Continuing, Office, User
from accounts.opening import Day, check, stored
from accounts.permissions import Region, may_edit_office, may_edit_supply, may_publish_status
from accounts.regions import columns_of
from kecamatan.changes import compare_and_set, record_event, record_kabupaten_event
from kecamatan.dinas import name_agency
from kecamatan.models import Kabupaten, Kecamatan
from lib.errors import Forbidden, Refused
from lib.images import redrawn_png
from lib.phone import normalise_phone
from lib.privacy import refuse_identity_numbers

LOGO_BYTES, LOGO_SIDE, LOGO_FIT = 2 * 1024**2, 3000, 512
"""The largest file (bytes), the largest width and height (pixels), and the square that the stored logo fits into."""

LARGEST_VA = 10_000_000


def office_of(region: Region) -> Office:
    """Return the office of a region; one that is not stored yet where nothing is known of it."""
    columns = columns_of(region)
    return Office.objects.filter(**columns).first() or Office(**columns)


def stored_office(region: Region) -> Office:
    """Return the office of a region as a row, made now where it is the first time."""
    columns = columns_of(region)
    return Office.objects.get_or_create(**columns)[0]


@transaction.atomic
def describe_office(
    region: Region,
    *,
    address: str,
    public_phone: str,
    version: int,
    by: User | None,
    agency_name: str = "",
    full_name: str = "",
) -> Office:
    """Say what an office is called, where it is and under which number the public reaches it.

    The office of a kabupaten's dinas takes on the new name everywhere. A kecamatan has no agency of its own.
    """
    guard_region(by, region, may_edit_office)
    values = {
        "address": plain(address, "address"),
        "public_phone": phone_or_blank(public_phone, "public_phone"),
        "agency_name": one_line(agency_name, "agency_name"),
        "full_name": one_line(full_name, "full_name"),
    }
    if isinstance(region, Kecamatan) and (values["agency_name"] or values["full_name"]):
        raise Refused("Nama dinas diisi di profil kabupaten/kotanya.", field="agency_name")
    office = change_office(region, "describe", version=version, by=by, **values)
    if isinstance(region, Kabupaten):
        name_agency(region, office.agency_name, by=by)
    return office


@transaction.atomic
def set_opening_hours(region: Region, *, week: Sequence[Day], version: int, by: User | None) -> Office:
    """Say when an office is open, from Monday to Sunday by the local clock; days without anything are not known."""
    guard_region(by, region, may_edit_office)
    week = [day._replace(text=" ".join(day.text.split())) for day in week]
    check(week)
    return change_office(region, "open", version=version, by=by, week=stored(week))


@transaction.atomic
def describe_supply(
    region: Kecamatan,
    *,
    power_va: int | None,
    has_stabiliser: bool | None,
    has_generator: bool | None,
    network_provider: str,
    supply_note: str,
    version: int,
    by: User | None,
) -> Office:
    """Say what power (volt-ampere) and which network a kecamatan has; ``None`` and blank are not known."""
    guard_region(by, region, may_edit_supply)
    if power_va is not None and not 1 <= power_va <= LARGEST_VA:
        raise Refused("Daya tersambung ditulis dalam VA, misalnya 5500. Kosongkan bila belum tahu.", field="power_va")
    return change_office(
        region,
        "supply",
        version=version,
        by=by,
        power_va=power_va,
        has_stabiliser=has_stabiliser,
        has_generator=has_generator,
        network_provider=one_line(network_provider, "network_provider"),
        supply_note=plain(supply_note, "supply_note"),
    )


@transaction.atomic
def publish_status(
    region: Kabupaten, *, is_public: bool, continuing: Collection[str], version: int, by: User | None
) -> Office:
    """Open the public status of a kabupaten's kecamatan to everybody or close it; say what goes on while they stop.

    ``continuing`` are codes of :class:`Continuing`.
    """
    guard_region(by, region, may_publish_status)
    if not set(Continuing.values).issuperset(continuing):
        raise Refused("Ada layanan yang tidak dikenal. Pilih dari daftar.", field="continuing")
    chosen = [code for code in Continuing.values if code in continuing]
    return change_office(region, "publish", version=version, by=by, is_public=is_public, continuing=chosen)


def change_logo(region: Region, *, picture: BinaryIO | None, size: int = 0, version: int, by: User | None) -> Office:
    """Give an agency a logo of ``size`` bytes, or take it away; the file is drawn anew under a name that we make.

    The file before is removed: papers that were made keep their own copy of it. Raises :class:`Refused` as
    :func:`lib.images.redrawn_png`.
    """
    guard_region(by, region, may_edit_office)
    if isinstance(region, Kecamatan):
        raise Refused("Logo diisi di profil kabupaten/kotanya.", field="picture")
    if picture is None:
        return _set_logo(region, "", version=version, by=by)
    content = redrawn_png(picture, size, max_bytes=LOGO_BYTES, max_side=LOGO_SIDE, fit=LOGO_FIT, field="picture")
    name = f"{uuid4()}.png"
    kept_as = default_storage.save(logo_path(name), ContentFile(content))
    try:
        return _set_logo(region, name, version=version, by=by)
    except Exception:
        default_storage.delete(kept_as)
        raise


@transaction.atomic
def _set_logo(region: Region, name: str, *, version: int, by: User | None) -> Office:
    before = office_of(region).logo
    if before and before != name:
        transaction.on_commit(partial(default_storage.delete, logo_path(before)))
    return change_office(region, "logo", version=version, by=by, logo=name)


def logo_path(name: str) -> str:
    """Return where a logo lies in the storage of uploads."""
    return f"logos/{name}"


def change_office(region: Region, action: str, *, version: int, by: User | None, **values: Any) -> Office:
    """Write what differs if the office still has ``version``, with an event of the values before and after."""
    office = stored_office(region)
    changed = differences(office, values)
    if changed:
        compare_and_set(office, version, **values)
        record_office_event(office, action, by=by, **changed)
    return office


def differences(row: models.Model, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a row would change, before and after; nothing where it has these values already."""
    before = {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}
    return {"before": before, "after": {name: values[name] for name in before}} if before else {}


def record_office_event(office: Office, action: str, *, by: User | None, **data: object) -> None:
    """Append to the history of an office, which holds its contacts and signatories as well."""
    if office.kabupaten_id is not None:
        record_kabupaten_event(office, action, by=by, kabupaten_id=office.kabupaten_id, **data)
    else:
        record_event(office, action, by=by, kecamatan_id=office.kecamatan_id, **data)


def guard_region(by: User | None, region: Region, may: Callable[[User, Any], bool]) -> None:
    """Raise :class:`Forbidden` unless ``may`` allows the person the region; the office of a dinas has no profile."""
    if by is not None and not may(by, region):
        raise Forbidden(f"Anda tidak berwenang mengubah profil {region or 'Indonesia'}.")
    if isinstance(region, Kecamatan) and region.is_dinas:
        raise Refused("Profil dinas adalah profil kabupaten/kotanya.")


# --- What is typed ------------------------------------------------------------------------------------------------


def plain(text: str, field: str) -> str:
    """Return a text of some lines without the space around it; refused with a NIK."""
    refuse_identity_numbers(text, field)
    return text.replace("\r\n", "\n").strip()


def one_line(text: str, field: str) -> str:
    """Return a text in one line; refused with a NIK."""
    return " ".join(plain(text, field).split())


def phone_or_blank(text: str, field: str) -> str:
    """Return a number in E.164, or nothing where none was typed; refused where it is not an Indonesian one."""
    if not text.strip():
        return ""
    number = normalise_phone(text)
    if number is None:
        raise Refused("Nomor telepon tidak dikenali. Tulis misalnya 021 5990 123 atau 0812 8000 1204.", field=field)
    return number
