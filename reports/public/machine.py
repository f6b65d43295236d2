"""What programs read of the public status, as ``docs/public.md`` tells them; keys stay, more may be added."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from kecamatan.models import Kabupaten, Province
from reports.public.hours import Today
from reports.public.places import NOWHERE, Host, PlaceNow, office_of
from reports.public.regions import KabupatenNow, Listed
from reports.public.status import Status
from reports.public.texts import agency


def place(found: PlaceNow) -> dict[str, Any]:
    """Return the status of a kecamatan."""
    here, zone = found.place, found.zone
    promise = found.promise
    own = office_of(here)
    return {
        **_region(here.code, here.name),
        "kabupaten": _region(here.kabupaten.code, here.kabupaten.name),
        "province": _region(here.kabupaten.province.code, here.kabupaten.province.name),
        "public": True,
        **_status(found.status, zone),
        "last_heard_on": found.last_heard.isoformat() if found.last_heard else None,
        "stopped_since": _iso(found.since, zone) if found.status.service in NOWHERE else None,
        "promised_on": promise.day.isoformat() if promise else None,
        "promised_at": _iso(promise.at, zone) if promise else None,
        "continuing": found.continuing,
        "office": {**_hours(found.today, zone), "phone": own.public_phone or None, "address": own.address or None},
        "agency": _agency(here.kabupaten),
        "elsewhere": [
            {
                "kind": detour.kind,
                "since": _iso(detour.since, zone),
                "until": _iso(detour.until, zone),
                "host": _host(detour.host) if detour.host else None,
            }
            for detour in found.detours
        ],
        "nearest": [
            {
                **_region(one.code, one.name),
                "service": one.service.value,
                "straight_line_km": round(one.km, 1),
                "phone": one.phone or None,
            }
            for one in found.nearest
        ],
    }


def kabupaten(found: KabupatenNow) -> dict[str, Any]:
    """Return the status of the kecamatan of a kabupaten."""
    here, zone = found.kabupaten, found.kabupaten.province.time_zone
    return {
        **_region(here.code, here.name),
        "province": _region(here.province.code, here.province.name),
        "public": True,
        "total": len(found.places),
        "recording": found.recording,
        "agency": _agency(here),
        "kecamatan": [{**_region(one.code, one.name), **_status(status, zone)} for one, status in found.places],
    }


def closed(code: str, name: str, of: Kabupaten) -> dict[str, Any]:
    """Return what is said of a region whose kabupaten does not tell citizens how it serves."""
    return {**_region(code, name), "public": False, "agency": _agency(of)}


def province(here: Province, listed: list[Listed]) -> dict[str, Any]:
    """Return how many kecamatan of each kabupaten record, where it tells citizens."""
    return {
        **_region(here.code, here.name),
        "kabupaten": [
            {
                **_region(one.kabupaten.code, one.kabupaten.name),
                "public": one.is_public,
                **({"total": one.total, "recording": one.recording} if one.is_public else {}),
            }
            for one in listed
        ],
    }


def _region(code: str, name: str) -> dict[str, str]:
    return {"code": code, "name": name}


def _status(status: Status, zone: str) -> dict[str, Any]:
    return {
        "status": status.code,
        "records": status.records,
        "service": status.service.value,
        "silent": status.is_silent,
        "current": status.is_current,
        "as_of": _iso(status.as_of, zone),
    }


def _hours(at: Today, zone: str) -> dict[str, Any]:
    opens_next = None
    if at.next_day and at.next_opens:
        opens_next = datetime.combine(at.next_day, at.next_opens, ZoneInfo(zone)).isoformat()
    return {
        "open_today": at.hours is not None,
        "opens": _clock(at.hours.opens) if at.hours else None,
        "closes": _clock(at.hours.closes) if at.hours else None,
        "opens_next": opens_next,
    }


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _agency(of: Kabupaten) -> dict[str, Any]:
    office = office_of(of)
    return {"name": agency(of).name, "phone": office.public_phone or None, "address": office.address or None}


def _host(host: Host) -> dict[str, Any]:
    return {
        **_region(host.code, host.name),
        "status": host.status.code if host.status else None,
        "straight_line_km": None if host.km is None else round(host.km, 1),
        "phone": host.phone or None,
    }


def _iso(moment: datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None
