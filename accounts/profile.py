"""What the profile of a region shows, formatted, and the rows that its forms begin with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeGuard

from django.urls import reverse
from django.utils import timezone

from accounts.callers import Caller, Number, caller_of, number_of, profile_url
from accounts.contacts import contacts_of
from accounts.models import Contact, Continuing, Office, Signatory, User
from accounts.office_history import Entry, entries, events_of, power_text
from accounts.offices import office_of
from accounts.opening import day_text, read
from accounts.permissions import Region, may_edit_contacts, may_edit_office, may_edit_supply, may_publish_status
from accounts.regions import NATION_NAME, code_of, dashboard_url, find_region, zone_of
from accounts.signatories import shown_nip, signatories_of
from kecamatan.dinas import dinas_name
from kecamatan.models import Kabupaten, Kecamatan, Province
from lib.format import DAYS, UNKNOWN, day_id
from lib.months import ZONE_ABBREVIATIONS, local_day
from lib.pages import NotFound, key_of, page_of

LATEST = 5
"""How many changes stand on the profile; all of them stand on a page of their own."""

NEWEST_FIRST = ("-at", "-pk")


class Fact(NamedTuple):
    """Something known of an office, or the word for what is not."""

    label: str
    text: str
    is_known: bool
    number: Number | None = None


class Hours(NamedTuple):
    """A day of the week in the table of opening hours."""

    name: str
    hours: str
    is_known: bool
    text: str


class Listed(NamedTuple):
    """A contact with the address where it is changed, for whom may."""

    caller: Caller
    url: str


class Signer(NamedTuple):
    """Who signs or signed, and between which days."""

    name: str
    title: str
    nip: str
    since: str
    until: str
    is_current: bool
    url: str


def find_profile(code: str, user: User) -> Region:
    """Return the region of a profile; raises :class:`NotFound` for a dinas, whose profile is its kabupaten's."""
    region = find_region(code, user)
    if is_dinas(region):
        raise NotFound("Profil dinas adalah profil kabupaten/kotanya.")
    return region


def is_dinas(region: Region) -> TypeGuard[Kecamatan]:
    """Say whether a region is the office of a dinas, which has no profile of its own."""
    return isinstance(region, Kecamatan) and region.is_dinas


def office_title(region: Region, office: Office) -> str:
    """Return what a region's office is called: by its agency, or as a kecamatan by itself."""
    match region:
        case Kecamatan():
            return region.name
        case Kabupaten() | Province():
            return dinas_name(office.agency_name, region.name)
    return office.agency_name or "Kantor pusat"


def profile_page(region: Region, user: User) -> dict[str, Any]:
    """Return all that the profile of a region shows, and what the person may change there."""
    office = office_of(region)
    is_place = isinstance(region, Kecamatan)
    may_edit = may_edit_office(user, region)
    may_list = may_edit_contacts(user, region)
    events = list(events_of(office).order_by(*NEWEST_FIRST)[: LATEST + 1])
    return {
        **around(region, user, office),
        "office": office,
        "is_place": is_place,
        "facts": office_facts(office, is_place=is_place),
        "week": week_rows(office),
        "knows_week": bool(office.week),
        "zone": ZONE_ABBREVIATIONS[zone_of(region)],
        "contacts": _listed(contacts_of(office), region, may_list),
        "supply": supply_facts(office) if is_place else [],
        "signers": [] if is_place else _signers(region, signatories_of(office), may_edit),
        "may_edit": may_edit,
        "may_edit_contacts": may_list,
        "publicity": publicity_facts(office) if isinstance(region, Kabupaten) else [],
        "may_publish": isinstance(region, Kabupaten) and may_publish_status(user, region),
        "may_edit_supply": is_place and may_edit_supply(user, region),
        "history": entries(events[:LATEST], zone_of(region)),
        "has_more_history": len(events) > LATEST,
    }


def around(region: Region, user: User, office: Office, page: str = "") -> dict[str, Any]:
    """Return what every page of a profile says around its own: region, name, code, and the way to ``page``."""
    name = region.name if region else NATION_NAME
    url = profile_url(region, user.scope)
    steps = [(name, dashboard_url(region)), ("Profil", url if page else ""), *([(page, "")] if page else [])]
    return {
        "region": region,
        "code": code_of(region),
        "region_name": name,
        "title": office_title(region, office),
        "logo_url": reverse("accounts:logo-image", args=[code_of(region), office.logo[:-4]]) if office.logo else "",
        "profile_url": url,
        "crumbs": [{"label": label, "url": url} for label, url in steps],
    }


def latest_changes(region: Region) -> list[Entry]:
    """Return the last changes of a region's office, newest first."""
    return entries(events_of(office_of(region)).order_by(*NEWEST_FIRST)[:LATEST], zone_of(region))


def history_page(region: Region, user: User, after: str) -> dict[str, Any]:
    """Return a page of the whole history of an office, newest first, from the change behind ``after`` (a key) on."""
    office = office_of(region)
    changes = events_of(office)
    position = changes.filter(pk=key).first() if (key := key_of(after)) else None
    found, more = page_of(changes, NEWEST_FIRST, position)
    url = reverse("accounts:profile-history", args=[code_of(region)])
    return {
        **around(region, user, office, "Riwayat"),
        "history": entries(found, zone_of(region)),
        "next_url": f"{url}?sesudah={found[-1].pk}" if more else "",
        "first_url": url if position else "",
    }


def office_facts(office: Office, *, is_place: bool) -> list[Fact]:
    """Return how an office is called and reached."""
    agency = [_fact("Nama dinas", office.agency_name), _fact("Nama lengkap", office.full_name)]
    phone = number_of(office.public_phone)
    return [
        *([] if is_place else agency),
        _fact("Alamat", office.address),
        Fact("Telepon umum", phone.text if phone else UNKNOWN, phone is not None, phone),
    ]


def week_rows(office: Office) -> list[Hours]:
    """Return the opening hours of an office from Monday to Sunday."""
    days = zip(DAYS, read(office.week), strict=True)
    return [Hours(name, day_text(day), day.is_known, day.text) for name, day in days]


def supply_facts(office: Office) -> list[Fact]:
    """Return the power and network of a kecamatan; what is not known is never "no"."""
    power = office.power_va
    return [
        Fact("Daya tersambung", power_text(power), power is not None),
        _yes_or_no("Stabilizer", office.has_stabiliser),
        _yes_or_no("Genset", office.has_generator),
        _fact("Penyedia jaringan", office.network_provider),
        *([_fact("Catatan", office.supply_note)] if office.supply_note else []),
    ]


def publicity_facts(office: Office) -> list[Fact]:
    """Return whether citizens read how the kecamatan of a kabupaten serve, and what is served besides."""
    services = ", ".join(Continuing(code).label for code in office.continuing)
    shown = "Terbuka untuk umum" if office.is_public else "Tertutup"
    return [Fact("Status kecamatan", shown, True), _fact("Tetap dilayani", services)]


def _fact(label: str, text: str) -> Fact:
    return Fact(label, text or UNKNOWN, bool(text))


def _yes_or_no(label: str, value: bool | None) -> Fact:
    return Fact(label, UNKNOWN if value is None else "Ada" if value else "Tidak ada", value is not None)


def _listed(contacts: Iterable[Contact], region: Region, may_edit: bool) -> list[Listed]:
    def url(contact: Contact) -> str:
        return reverse("accounts:contact-edit", args=[code_of(region), contact.pk]) if may_edit else ""

    return [Listed(caller_of(contact), url(contact)) for contact in contacts]


def _signers(region: Region, signatories: list[Signatory], may_edit: bool) -> list[Signer]:
    """Return who signs, newest first; each until the day before the next began."""
    today = local_day(timezone.now(), zone_of(region))
    ends: list[date | None] = [None, *(row.starts_on - timedelta(days=1) for row in signatories)]
    return [
        Signer(
            row.name,
            row.title,
            shown_nip(row.nip),
            day_id(row.starts_on, weekday=False),
            day_id(end, weekday=False) if end else "",
            row.starts_on <= today and (end is None or today <= end),
            reverse("accounts:signatory-edit", args=[code_of(region), row.pk]) if may_edit else "",
        )
        for row, end in zip(signatories, ends, strict=False)
    ]
