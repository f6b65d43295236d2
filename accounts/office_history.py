"""The history of an office in words: who changed what, when, and what it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Continuing, Office
from accounts.opening import Day, day_text, read
from accounts.signatories import shown_nip
from kecamatan.changes import actor_of, subject_key
from kecamatan.models import Event
from lib.format import DAYS, UNKNOWN, day_id, moment_id, number_id
from lib.phone import shown_phone

Data = Mapping[str, Any]


class Entry(NamedTuple):
    """One line of the history; ``quote`` is the reason that was given."""

    iso: str
    when: str
    who: str
    what: str
    changes: list[str]
    quote: str


def events_of(office: Office) -> QuerySet[Event]:
    """Return the events of an office, and the imports of files about its kabupaten only, with who did them."""
    chosen = Q(pk=None) if office.pk is None else Q(subject=subject_key(office))
    if office.kabupaten_id is not None:
        chosen |= Q(kabupaten=office.kabupaten_id, action="import")
    return Event.objects.filter(chosen).select_related("by")


def entries(events: Iterable[Event], zone: str) -> list[Entry]:
    """Return events in words, by the clock of a zone, in their order."""
    return [_entry(event, zone) for event in events]


def _entry(event: Event, zone: str) -> Entry:
    return Entry(
        event.at.isoformat(),
        moment_id(event.at, zone),
        str(event.data.get("who") or actor_of(event)),
        SENTENCES[event.action](event.data),
        list(_changes(event.data)),
        str(event.data.get("reason", "")),
    )


def _changes(data: Data) -> Iterator[str]:
    before, after = data.get("before", {}), data.get("after", {})
    for name in before:
        if name == "week":
            yield from _days(before[name], after[name])
        elif name in FIELDS:
            label, show = FIELDS[name]
            yield f"{label}: {show(before[name])} menjadi {show(after[name])}"


def _days(before: Any, after: Any) -> Iterator[str]:
    for name, old, new in zip(DAYS, read(before), read(after), strict=True):
        if old != new:
            yield f"{name}: {_day(old)} menjadi {_day(new)}"


def _day(day: Day) -> str:
    return f"{day_text(day)} ({day.text})" if day.text else day_text(day)


def _text(value: str) -> str:
    return f"“{value}”" if value else UNKNOWN


def _phone(value: str) -> str:
    return shown_phone(value) if value else UNKNOWN


def _yes_or_no(value: bool | None) -> str:
    return UNKNOWN if value is None else "ada" if value else "tidak ada"


def power_text(value: int | None) -> str:
    """Return the connected power, ``5.500 VA``."""
    return UNKNOWN if value is None else f"{number_id(value)} VA"


def _services(codes: list[str]) -> str:
    return ", ".join(Continuing(code).label for code in codes) or UNKNOWN


def _date(value: str) -> str:
    return day_id(date.fromisoformat(value), weekday=False)


FIELDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "agency_name": ("Nama dinas", _text),
    "full_name": ("Nama lengkap dinas", _text),
    "address": ("Alamat", _text),
    "public_phone": ("Telepon umum", _phone),
    "power_va": ("Daya tersambung", power_text),
    "has_stabiliser": ("Stabilizer", _yes_or_no),
    "has_generator": ("Genset", _yes_or_no),
    "network_provider": ("Penyedia jaringan", _text),
    "supply_note": ("Catatan", _text),
    "is_public": ("Status untuk warga", lambda is_public: "terbuka" if is_public else "tertutup"),
    "continuing": ("Tetap dilayani", _services),
    "role": ("Tugas", _text),
    "name": ("Nama", _text),
    "phone": ("Telepon", _phone),
    "rank": ("Urutan", str),
    "nip": ("NIP", lambda nip: shown_nip(nip) or "tanpa NIP"),
    "title": ("Jabatan", _text),
    "starts_on": ("Mulai", _date),
}
"""What the fields of an office, a contact and a signatory are called, and how their values read."""

DATASETS = {
    "population": "penduduk",
    "devices": "alat",
    "targets": "target",
    "recordings": "perekaman",
    "faults": "kerusakan",
    "outages": "gangguan",
    "lost_records": "data hilang",
    "arrangements": "layanan pengganti",
    "inventories": "kelengkapan register",
}
"""What the kinds of import files are called, by the name that the command knows them by."""

SENTENCES: dict[str, Callable[[Data], str]] = {
    "import": lambda data: (
        f"mengimpor berkas {data['file']} ({DATASETS.get(data['dataset'], data['dataset'])}), "
        f"{number_id(data['rows'])} baris"
    ),
    "describe": lambda data: "mengubah profil kantor",
    "open": lambda data: "mengubah jam buka",
    "supply": lambda data: "mengubah data listrik dan jaringan",
    "logo": lambda data: "mengganti logo" if data["after"]["logo"] else "menghapus logo",
    "publish": lambda data: "mengubah halaman status untuk warga",
    "add_contact": lambda data: f"menambah kontak {data['contact']}, {_phone(data['after']['phone'])}",
    "change_contact": lambda data: f"mengubah kontak {data['contact']}",
    "remove_contact": lambda data: f"menghapus kontak {data['contact']}, {_phone(data['phone'])}",
    "name_signatory": lambda data: (
        f"menetapkan penanda tangan {data['signatory']}, mulai {_date(data['after']['starts_on'])}"
    ),
    "correct_signatory": lambda data: f"membetulkan penanda tangan {data['signatory']}",
    "void_signatory": lambda data: f"membatalkan penanda tangan {data['signatory']}",
}
