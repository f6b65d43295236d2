"""What citizens read, formatted: one answer with a mark and a colour, and the sentences behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse

from accounts.callers import Number, number_of
from accounts.models import Continuing
from devices.readiness import Service
from kecamatan.dinas import dinas_name
from kecamatan.models import Kabupaten, Province
from lib.format import clock_id, day_id, moment_id, number_id
from lib.months import local_day
from repairs.models import Arrangement
from reports.public.hours import hours_text, shut_text
from reports.public.maps import kabupaten_map
from reports.public.nearest import Neighbour
from reports.public.places import LOOK_BACK, NOWHERE, Detour, Host, PlaceNow, office_of
from reports.public.regions import KabupatenNow, Listed
from reports.public.status import Status
from reports.public.stops import Promise
from reports.public.words import WORDS, url_of

SHUT = "shut"
"""The mark of an office where nobody is served any more today, whatever its sets can do."""

ANSWERS = {
    Service.SERVING: "Ya, hari ini melayani perekaman",
    Service.LIMITED: "Ya, hari ini melayani perekaman, tetapi terbatas",
    Service.HOSTED: "Tidak di sini: perekaman dialihkan",
    Service.MOBILE: "Tidak di kantor: unit keliling yang melayani",
    Service.STOPPED: "Tidak, hari ini tidak melayani perekaman",
    Service.NO_REPORT: "Belum diketahui: belum ada alat yang tercatat di sini",
}


class Nearby(NamedTuple):
    """A kecamatan that records, as the list of the nearest shows it."""

    url: str
    name: str
    where: str
    mark: str
    word: str
    phone: Number | None


class Row(NamedTuple):
    """A kecamatan or kabupaten in a list, with its mark and words."""

    url: str
    name: str
    mark: str
    word: str


# --- A kecamatan --------------------------------------------------------------------------------------------------


def place_page(found: PlaceNow) -> dict[str, Any]:
    """Return everything that the page of a kecamatan shows."""
    place, kabupaten = found.place, found.place.kabupaten
    mark, answer = _answer(found)
    return {
        "code": place.code,
        "name": place.name,
        "kabupaten": kabupaten.name,
        "province": kabupaten.province.name,
        "mark": mark,
        "answer": answer,
        "state": _state(found) if found.today.is_shut else None,
        "sentences": list(_sentences(found)),
        "heard": heard_text(found),
        "detours": [_detour_row(found, detour) for detour in _shown_detours(found)],
        "nearest": [_nearby(one, found) for one in found.nearest],
        "asks_nearest": mark != "serving" and (found.status.service != Service.SERVING or found.status.is_unsure),
        "continuing": [Continuing(code).label for code in found.continuing],
        "is_told_here": found.is_told_here,
        "hours": "" if found.today.is_shut else hours_text(found.today),
        "offices": _offices(found),
        "crumbs": _crumbs(kabupaten.province, kabupaten),
    }


def _answer(found: PlaceNow) -> tuple[str, str]:
    """Return the mark and the one sentence that says whether the kecamatan records today."""
    if found.today.is_shut:
        return SHUT, shut_text(found.today).removesuffix(".")
    return found.status.code, _service_answer(found)


def _service_answer(found: PlaceNow) -> str:
    status = found.status
    if not status.is_current and status.as_of:
        return f"Belum pasti: status terakhir {moment_id(status.as_of, found.zone)}"
    if status.is_unsure:
        return f"Belum pasti: {_silence(found)}"
    if status.service == Service.HOSTED:
        where = _where_to(found)
        return f"Tidak di sini: perekaman dialihkan ke {where}" if where else ANSWERS[Service.HOSTED]
    return ANSWERS[status.service]


def _silence(found: PlaceNow) -> str:
    since = f"sejak {day_id(found.last_heard)}" if found.last_heard else "dari kecamatan ini"
    return f"belum ada kabar {since}"


def _where_to(found: PlaceNow) -> str:
    """Return where people record meanwhile: the host, else the dinas; never a host that is known not to record."""
    detours = _shown_detours(found)
    hosts = [detour.host for detour in detours if detour.host]
    host = next((one for one in hosts if one.status is None or one.status.records), None)
    if host:
        return host.name
    kabupaten, is_diverted = found.place.kabupaten, any(one.kind == Arrangement.Kind.DIVERTED for one in detours)
    return dinas_name(kabupaten.agency_name, kabupaten.name) if is_diverted else ""


def _state(found: PlaceNow) -> Row:
    """Return how the kecamatan will serve once its office opens, as far as anybody knows."""
    mark = found.status.code
    word = WORDS[mark]
    if mark == "silent" and found.status.is_current:
        word = _silence(found)
        word = f"{word[:1].upper()}{word[1:]}"
    return Row("", "", mark, word)


def _sentences(found: PlaceNow) -> Iterator[str]:
    """Yield since when the office does not record, when it is promised to, and what else somebody should know."""
    status = found.status
    if status.service in NOWHERE:
        if found.since:
            yield f"Perekaman di kantor ini berhenti sejak {_since(found)}."
            yield _promise_text(found)
    elif status.service == Service.LIMITED and not status.is_unsure:
        if found.computers:
            yield f"{found.computers} komputer dipakai bergantian: antrean bisa lebih lama."
        else:
            yield "Sebagian alat tidak bekerja: antrean bisa lebih lama."
    elif status.is_unsure:
        yield "Telepon dulu sebelum berangkat."


def _since(found: PlaceNow) -> str:
    # Repairs that are over are followed back a year: at its start nothing more is known.
    if found.since is None or found.since == found.now - LOOK_BACK:
        return "lebih dari setahun yang lalu"
    return _day_or_clock(found.since, found)


def _day_or_clock(moment: datetime, found: PlaceNow) -> str:
    day = local_day(moment, found.zone)
    return f"hari ini {clock_id(moment, found.zone)}" if day == found.today.day else day_id(day)


def _promise_text(found: PlaceNow) -> str:
    promise, day = found.promise, found.today.day
    if promise is None:
        return "Belum ada tanggal pulih yang dijanjikan."
    when = _promise_day(promise, found)
    late = promise.at <= found.now if promise.at else promise.day < day
    return f"Dijanjikan pulih {when}, tetapi belum juga pulih." if late else f"Dijanjikan pulih {when}."


def _promise_day(promise: Promise, found: PlaceNow) -> str:
    day = "hari ini" if promise.day == found.today.day else day_id(promise.day)
    return f"{day} {clock_id(promise.at, found.zone)}" if promise.at else day


def heard_text(found: PlaceNow) -> str:
    """Return when somebody of the kecamatan was heard from last, and that this is long ago where it is."""
    if found.last_heard is None:
        return "Belum pernah ada kabar dari kecamatan ini."
    if found.status.is_silent:
        return f"Belum ada kabar sejak {day_id(found.last_heard)}."
    day = "hari ini" if found.last_heard == found.today.day else day_id(found.last_heard)
    return f"Kabar terakhir {day}."


# --- Elsewhere ------------------------------------------------------------------------------------------------------


def _shown_detours(found: PlaceNow) -> list[Detour]:
    """Return the ways that help a kecamatan whose own office does not record."""
    kinds = {
        Service.HOSTED: (Arrangement.Kind.HOSTED, Arrangement.Kind.DIVERTED),
        Service.MOBILE: (Arrangement.Kind.MOBILE_UNIT,),
    }.get(found.status.service, ())
    helping = [detour for detour in found.detours if detour.kind in kinds]
    if found.status.service == Service.HOSTED:
        # A mobile unit may come besides.
        helping += [detour for detour in found.detours if detour.kind == Arrangement.Kind.MOBILE_UNIT]
    return helping


def _detour_row(found: PlaceNow, detour: Detour) -> Nearby:
    until = f" sampai {day_id(local_day(detour.until, found.zone))}" if detour.until else ""
    when = f"sejak {_day_or_clock(detour.since, found)}{until}"
    kabupaten = found.place.kabupaten
    agency = number_of(office_of(kabupaten).public_phone)
    if detour.host:
        return _host_row(detour.host, when)
    if detour.kind == Arrangement.Kind.MOBILE_UNIT:
        ask = "Tanyakan jadwal dan tempatnya."
        return Nearby("", "Unit keliling", f"Melayani di kecamatan ini {when}. {ask}", "mobile", "", agency)
    name = dinas_name(kabupaten.agency_name, kabupaten.name)
    return Nearby("", name, f"Perekaman dialihkan ke sini {when}", "hosted", "", agency)


def _host_row(host: Host, when: str) -> Nearby:
    far = f"{km_text(host.km)} · " if host.km is not None else ""
    status = host.status
    mark = status.code if status else ""
    if status is None:
        word = "Pastikan dulu lewat telepon"
    else:
        word = WORDS[mark] if status.records else f"{WORDS[mark]}: telepon dulu"
    url = url_of(host.code) if status else ""
    return Nearby(url, host.name, f"{far}perekaman dialihkan ke sini {when}", mark, word, number_of(host.phone))


def _nearby(one: Neighbour, found: PlaceNow) -> Nearby:
    elsewhere = f" · {one.kabupaten}" if one.kabupaten != found.place.kabupaten.name else ""
    word = WORDS[one.service.value]
    return Nearby(
        url_of(one.code), one.name, f"{km_text(one.km)}{elsewhere}", one.service.value, word, number_of(one.phone)
    )


def km_text(km: float) -> str:
    """Return a distance as people read it: ``3,4 km garis lurus``, whole kilometres from ten on."""
    text = f"{km:.1f}".replace(".", ",") if km < 10 else number_id(round(km))
    return f"{text} km garis lurus"


class Contact(NamedTuple):
    """An office with its public number and address; empty where they are not known."""

    name: str
    phone: Number | None
    address: str


def _offices(found: PlaceNow) -> list[Contact]:
    """Return the offices to ask: the kecamatan's own where anything is known of it, and the agency's."""
    own = office_of(found.place)
    offices = [Contact(f"Kantor {found.place.name}", number_of(own.public_phone), own.address)]
    return [*(one for one in offices if one.phone or one.address), agency(found.place.kabupaten)]


def agency(kabupaten: Kabupaten) -> Contact:
    """Return how citizens reach the agency of a kabupaten, loaded with its office."""
    office = office_of(kabupaten)
    return Contact(dinas_name(kabupaten.agency_name, kabupaten.name), number_of(office.public_phone), office.address)


# --- Larger regions -------------------------------------------------------------------------------------------------


def kabupaten_page(found: KabupatenNow) -> dict[str, Any]:
    """Return everything that the page of a kabupaten shows."""
    kabupaten = found.kabupaten
    return {
        "code": kabupaten.code,
        "name": kabupaten.name,
        "shut": shut_text(found.today) if found.today.is_shut else "",
        "summary": f"{number_id(found.recording)} dari {number_id(len(found.places))} kecamatan melayani perekaman.",
        "map": kabupaten_map(kabupaten),
        "rows": [place_row(place.code, place.name, status) for place, status in found.places],
        "offices": [agency(kabupaten)],
        "crumbs": _crumbs(kabupaten.province),
    }


def place_row(code: str, name: str, status: Status) -> Row:
    """Return a kecamatan in a list."""
    return Row(url_of(code), name, status.code, WORDS[status.code])


def closed_page(kabupaten: Kabupaten) -> dict[str, Any]:
    """Return what is said of a kabupaten that does not tell citizens how it serves."""
    crumbs = _crumbs(kabupaten.province)
    return {"code": kabupaten.code, "name": kabupaten.name, "offices": [agency(kabupaten)], "crumbs": crumbs}


def province_page(province: Province, listed: list[Listed]) -> dict[str, Any]:
    """Return everything that the page of a province shows."""
    rows = [Row(url_of(one.kabupaten.code), one.kabupaten.name, "", _counted(one)) for one in listed]
    return {"code": province.code, "name": province.name, "rows": rows, "crumbs": _crumbs()}


def _counted(one: Listed) -> str:
    if not one.is_public:
        return "Statusnya tidak dibuka untuk umum"
    return f"{number_id(one.recording)} dari {number_id(one.total)} kecamatan melayani"


def _crumbs(province: Province | None = None, kabupaten: Kabupaten | None = None) -> list[dict[str, str]]:
    above = [{"label": one.name, "url": url_of(one.code)} for one in (province, kabupaten) if one]
    return [{"label": "Semua provinsi", "url": reverse("reports:public-index")}, *above]
