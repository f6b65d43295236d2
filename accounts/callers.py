"""Whom to call about a place: the contacts of the kecamatan and of the agency of its kabupaten."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from accounts.models import Contact, Office
from accounts.permissions import Region, covers
from accounts.regions import code_of
from kecamatan.dinas import dinas_name
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.scope import Scope
from lib.phone import shown_phone, whatsapp_url

WITH_OFFICES = ("office", "kabupaten__office")
"""The relations of a place that its callers are read from."""


class Number(NamedTuple):
    """A telephone number as people dial it, and what a tap on it opens; no chat for one that is not mobile."""

    text: str
    tel: str
    whatsapp: str


class Caller(NamedTuple):
    """Somebody to call."""

    role: str
    name: str
    number: Number


class Group(NamedTuple):
    """An office with its public number and its people; the address of its profile where the person may look."""

    title: str
    number: Number | None
    people: list[Caller]
    url: str


def number_of(phone: str) -> Number | None:
    """Return an E.164 number as pages show it; nothing where there is none."""
    return Number(shown_phone(phone), f"tel:{phone}", whatsapp_url(phone)) if phone else None


def caller_of(contact: Contact) -> Caller:
    """Return a contact as pages show it."""
    return _caller(contact.role, contact.name, contact.phone)


def _caller(role: str, name: str, phone: str) -> Caller:
    return Caller(role, name, Number(shown_phone(phone), f"tel:{phone}", whatsapp_url(phone)))


def profile_url(region: Region, scope: Scope) -> str:
    """Return the page of a region's profile; empty where the person may not look."""
    return reverse("accounts:profile", args=[code_of(region)]) if covers(scope, region) else ""


def whom_to_call(place: Kecamatan, scope: Scope) -> list[Group]:
    """Return the offices of a place, its own before its agency's, with their first contacts.

    The contacts of an agency are meant for its kecamatan: whoever sees the place sees them. Load the place with
    :data:`WITH_OFFICES`, then nothing is asked. An office of which nothing is known stands in the list, empty.
    """
    agency = _office(place.kabupaten)
    name = dinas_name(agency.agency_name, place.kabupaten.name)
    groups = [_group(name, agency, profile_url(place.kabupaten, scope))]
    if not place.is_dinas:
        groups.insert(0, _group(place.name, _office(place), profile_url(place, scope)))
    return groups


def _office(region: Kecamatan | Kabupaten) -> Office:
    # A region without an office has no such attribute, as Django has it.
    return getattr(region, "office", Office())


def _group(title: str, office: Office, url: str) -> Group:
    return Group(title, number_of(office.public_phone), [_caller(**row) for row in office.first_contacts], url)
