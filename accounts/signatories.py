"""Who signs for an office, and from which day: a paper of an earlier month finds who signed then."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Office, Signatory, User
from accounts.offices import differences, guard_region, one_line, record_office_event, stored_office
from accounts.permissions import Region, may_edit_office
from accounts.regions import columns_of, zone_of
from kecamatan.changes import compare_and_set
from kecamatan.models import Kecamatan
from lib.errors import Conflict, Refused
from lib.format import day_id
from lib.guards import required_reason
from lib.months import EARLIEST_DAY, add_months, local_day

"""No recording device is older, so no paper of ours is."""

# Date of birth, year and month of appointment, sex, serial number: BKN's 18 digits.
_NIP = re.compile(r"(?P<born>\d{8})(?P<since>\d{4}(0[1-9]|1[0-2]))[12]\d{3}")


@transaction.atomic
def name_signatory(region: Region, *, name: str, nip: str, title: str, starts_on: date, by: User | None) -> Signatory:
    """Say who signs for a region from a local day on, until the next one begins. A kecamatan signs no reports."""
    guard_region(by, region, may_edit_office)
    if isinstance(region, Kecamatan):
        raise Refused("Laporan ditandatangani di tingkat kabupaten/kota. Isi di profilnya.")
    values = _checked(region, name, nip, title, starts_on)
    office = stored_office(region)
    signatory = Signatory(office=office, **values)
    try:
        with transaction.atomic():
            signatory.save(force_insert=True)
    except IntegrityError:
        raise _taken(starts_on) from None
    record_office_event(office, "name_signatory", by=by, signatory=str(signatory), after=values)
    return signatory


@transaction.atomic
def correct_signatory(
    region: Region,
    signatory: Signatory,
    *,
    name: str,
    nip: str,
    title: str,
    starts_on: date,
    version: int,
    by: User | None,
) -> Signatory:
    """Correct what was written of somebody who signs; who follows them is a row of its own."""
    guard_region(by, region, may_edit_office)
    if signatory.voided_at:
        raise Conflict("Penanda tangan ini sudah dibatalkan.")
    before = str(signatory)
    changed = differences(signatory, _checked(region, name, nip, title, starts_on))
    if changed:
        try:
            with transaction.atomic():
                compare_and_set(signatory, version, **changed["after"])
        except IntegrityError:
            raise _taken(starts_on) from None
        record_office_event(signatory.office, "correct_signatory", by=by, signatory=before, **changed)
    return signatory


@transaction.atomic
def void_signatory(region: Region, signatory: Signatory, *, reason: str, version: int, by: User | None) -> None:
    """Strike somebody who never signed, with a reason; who signed until the next one is not struck but followed."""
    guard_region(by, region, may_edit_office)
    reason = required_reason(reason)
    if signatory.voided_at is None:
        compare_and_set(signatory, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
        record_office_event(signatory.office, "void_signatory", by=by, signatory=str(signatory), reason=reason)


def signing_on(region: Region, day: date) -> QuerySet[Signatory]:
    """Return who had begun to sign for a region by a local day, first of all whoever signed then.

    For a kecamatan its kabupaten signs.
    """
    of = region.kabupaten if isinstance(region, Kecamatan) else region
    office = {f"office__{name}": value for name, value in columns_of(of).items()}
    return Signatory.objects.filter(**office, voided_at=None, starts_on__lte=day).order_by("-starts_on")


def signing_month(region: Region, month: date) -> QuerySet[Signatory]:
    """Return the same for the report of a month (its first day), which whoever signs on its last day signs."""
    return signing_on(region, add_months(month, 1) - timedelta(days=1))


def signatories_of(office: Office) -> list[Signatory]:
    """Return who signs and who signed for an office, the newest first; nobody at one that is not stored yet."""
    if office.pk is None:
        return []
    return list(office.signatories.filter(voided_at=None).order_by("-starts_on"))


def _checked(region: Region, name: str, nip: str, title: str, starts_on: date) -> dict[str, object]:
    values = {"name": one_line(name, "name"), "nip": _nip(nip), "title": one_line(title, "title")}
    if not values["name"]:
        raise Refused("Tulis nama lengkap dengan gelarnya.", field="name")
    if not values["title"]:
        raise Refused("Tulis jabatannya, seperti di bawah tanda tangan.", field="title")
    latest = local_day(timezone.now(), zone_of(region)) + timedelta(days=366)
    if not EARLIEST_DAY <= starts_on <= latest:
        raise Refused(
            f"Pilih tanggal antara {day_id(EARLIEST_DAY, weekday=False)} dan {day_id(latest, weekday=False)}.",
            field="starts_on",
        )
    return {**values, "starts_on": starts_on}


def _nip(text: str) -> str:
    digits = re.sub(r"[\s.\-]", "", text)
    if digits and not _is_nip(digits):
        raise Refused("NIP terdiri dari 18 angka, misalnya 19680512 199303 1 004. Periksa lagi.", field="nip")
    return digits


def _is_nip(digits: str) -> bool:
    parts = _NIP.fullmatch(digits)
    if parts is None:
        return False
    try:
        date.fromisoformat(parts["born"])
    except ValueError:
        return False
    return True


def shown_nip(nip: str) -> str:
    """Return a NIP as letters write it: ``19680512 199303 1 004``."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if nip else ""


def _taken(day: date) -> Refused:
    return Refused(f"Sudah ada penanda tangan mulai {day_id(day)}. Betulkan yang itu.", field="starts_on")
