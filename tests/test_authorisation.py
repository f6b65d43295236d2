"""Who may do what: every URL x method x actor against this declared table. An undeclared URL fails the build.

Out of scope is 404, a missing permission 403, no sign-in leads to the sign-in page (302; the API answers 403).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from accounts.contacts import add_contact
from accounts.models import Assignment, Contact, Role, Signatory, User
from accounts.signatories import name_signatory
from devices.models import Device, Placement, RecordingSet
from documents.models import Document, DocumentFile
from documents.requests import request_document
from kecamatan.models import TargetRule
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.losses import record_loss
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from repairs.outages import report_outage
from tests.factories import INSTALLED_AT, make_dinas, make_fault, make_kabupaten, make_kecamatan, make_set, make_user

pytestmark = pytest.mark.django_db

ACTORS = ("operator", "staff", "technician", "official", "stranger", "admin", "unassigned", "anonymous")


@dataclass(frozen=True)
class Case:
    """A request, and the status that each of :data:`ACTORS` gets, in their order."""

    name: str
    method: str
    expected: tuple[int, ...]
    args: tuple[str, ...] = ()
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name} {' '.join(self.args)}{self.query}".strip()


def everybody(status: int) -> tuple[int, ...]:
    """Return one status for all actors."""
    return (status,) * len(ACTORS)


def signed_in(status: int, anonymous: int = 302) -> tuple[int, ...]:
    """Return one status for all who are signed in, whatever they are assigned to."""
    return (*(status,) * (len(ACTORS) - 1), anonymous)


def of_move(expected: tuple[int, ...], name: str) -> list[Case]:
    """Return the cases of a change of a ticket, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], 403, 404, 302)
    return [
        Case(MOVE, "get", signed_in(405), (OWN_TICKET, name)),
        Case(MOVE, "post", expected, (OWN_TICKET, name)),
        Case(MOVE, "post", foreign, (OTHER_TICKET, name)),
    ]


def of_region(code: str, page: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a region's page, which nobody may write to."""
    anonymous = expected[-1]
    return [Case(page, "get", expected, (code,)), Case(page, "post", signed_in(405, anonymous), (code,))]


def of_span(what: str, page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a page or change of an outage or an arrangement: one at home, and one far away."""
    allowed = expected[1]
    foreign = expected if allowed == 405 else (404, 404, 404, 404, allowed, expected[5], 404, 302)
    name = f"repairs:{what}-{page}"
    return [Case(name, method, expected, (f"{what} of {OWN}",)), Case(name, method, foreign, (f"{what} of {OTHER}",))]


def of_outage(page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of an outage's page or change."""
    return of_span("outage", page, method, expected)


def of_arrangement(page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of an arrangement's page or change."""
    return of_span("arrangement", page, method, expected)


OWN, DINAS, OTHER = "36.03.30", "36.03.00", "53.01.01"
OWN_TICKET, OTHER_TICKET = f"ticket of {OWN}", f"ticket of {OTHER}"
"""Stand for the numbers of tickets, which the database gives."""

REPORT_FAULT, TICKET, MOVE = "repairs:report", "repairs:ticket-detail", "repairs:ticket-move"
STEPS = ("triage", "reject", "start", "wait_for_parts", "wait_for_centre", "continue", "resolve")
CHANGES = (*STEPS, "take", "assign", "promise", "route", "cost")
CHOICES = ("priority", "effect")
SAYINGS, CORRECTIONS = ("comment", "cause"), ("void", "note")
CONFIRMATIONS = ("close", "reopen")
RELIABILITY = "reports:region-reliability"
REPORT, PLACE, API = "reports:region-detail", "reports:kecamatan-detail", "reports:api-region-report"
MAP = "reports:region-map"

# --- The profile of a region: read by everybody in it, kept by its staff and admins, in part by its operators ---
LOGO = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OWN_CONTACT, OTHER_CONTACT = f"contact of {OWN}", f"contact of {OTHER}"
OWN_SIGNATORY, OTHER_SIGNATORY = "signatory of 36.03", "signatory of 53.01"


def of_form(name: str, expected: tuple[int, ...], *args: str, empty: int = 200) -> list[Case]:
    """Return the cases of a form of a profile; ``empty`` is the answer to those who may, when it is sent empty."""
    sent = tuple(empty if status == 200 else status for status in expected)
    return [Case(f"accounts:{name}", "get", expected, args), Case(f"accounts:{name}", "post", sent, args)]


def of_button(name: str, expected: tuple[int, ...], *args: str) -> list[Case]:
    """Return the cases of a change of a profile that has no page of its own."""
    return [Case(f"accounts:{name}", "get", signed_in(405), args), Case(f"accounts:{name}", "post", expected, args)]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
EVERYBODY_THERE = (200, 200, 200, 200, 404, 200, 404, 302)
KEEPERS = (403, 200, 403, 403, 404, 200, 404, 302)
KEEPERS_OF_AGENCY = (404, 200, 403, 403, 404, 200, 404, 302)
PROFILES = [
    *of_region(OWN, "accounts:profile", EVERYBODY_THERE),
    *of_region("36.03", "accounts:profile", (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, "accounts:profile", (404, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("36", "accounts:profile", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("ID", "accounts:profile", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region(OTHER, "accounts:profile", (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region(OWN, "accounts:profile-history", EVERYBODY_THERE),
    *of_form("profile-edit", KEEPERS, OWN, empty=302),
    *of_form("profile-edit", KEEPERS_OF_AGENCY, "36.03", empty=302),
    *of_form("profile-edit", signed_in(404), DINAS),
    *of_form("profile-edit", (404, 404, 404, 404, 200, 200, 404, 302), OTHER, empty=302),
    *of_form("profile-hours", KEEPERS, OWN, empty=302),
    *of_form("profile-supply", (200, 200, 200, 403, 404, 200, 404, 302), OWN, empty=302),
    *of_form("profile-supply", signed_in(404), "36.03"),
    *of_form("profile-publicity", (404, 403, 403, 403, 404, 200, 404, 302), "36.03"),
    *of_form("profile-publicity", signed_in(404), OWN),
    *of_form("logo", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("logo", signed_in(404), OWN),
    *of_button("logo-remove", (404, 302, 403, 403, 404, 302, 404, 302), "36.03"),
    Case("accounts:logo-image", "get", signed_in(404), ("36.03", LOGO)),
    Case("accounts:logo-image", "post", signed_in(405), ("36.03", LOGO)),
    *of_form("contact-add", (200, 200, 403, 403, 404, 200, 404, 302), OWN),
    *of_form("contact-add", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("contact-edit", (200, 200, 403, 403, 404, 200, 404, 302), OWN, OWN_CONTACT),
    *of_form("contact-edit", (404, 404, 403, 403, 404, 404, 404, 302), OWN, OTHER_CONTACT),
    # Without the version that was seen nothing goes.
    *of_button("contact-remove", (409, 409, 403, 403, 404, 409, 404, 302), OWN, OWN_CONTACT),
    *of_button("contact-remove", (404, 404, 403, 403, 404, 404, 404, 302), OWN, OTHER_CONTACT),
    *of_form("signatory-add", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("signatory-add", signed_in(404), OWN),
    *of_form("signatory-edit", KEEPERS_OF_AGENCY, "36.03", OWN_SIGNATORY),
    *of_form("signatory-edit", (404, 404, 403, 403, 404, 404, 404, 302), "36.03", OTHER_SIGNATORY),
    *of_button("signatory-void", KEEPERS_OF_AGENCY, "36.03", OWN_SIGNATORY),
]

# operator, staff, technician, official, stranger, admin, unassigned, anonymous
TABLE = [
    Case("healthz", "get", everybody(200)),
    Case("healthz", "post", everybody(405)),
    Case("readyz", "get", everybody(200)),
    Case("readyz", "post", everybody(405)),
    Case("admin:index", "get", (403, 403, 403, 403, 403, 200, 403, 302)),
    Case("admin:index", "post", (403, 403, 403, 403, 403, 200, 403, 302)),
    Case("style", "get", everybody(404)),  # Only with DEBUG.
    Case("style", "post", everybody(405)),
    Case("missing", "get", everybody(404), ("tidak/ada/",)),
    Case("missing", "post", everybody(404), ("tidak/ada/",)),
    Case("accounts:login", "get", signed_in(302, 200)),
    Case("accounts:login", "post", everybody(200)),
    Case("accounts:resume", "get", everybody(302)),
    Case("accounts:resume", "post", signed_in(405)),
    Case("accounts:logout", "get", everybody(405)),
    Case("accounts:logout", "post", everybody(302)),
    Case("accounts:signed-out", "get", everybody(200)),
    Case("accounts:signed-out", "post", everybody(405)),
    Case("accounts:password-change", "get", signed_in(200)),
    Case("accounts:password-change", "post", signed_in(200)),
    Case("accounts:password-changed", "get", signed_in(200)),
    Case("accounts:password-changed", "post", signed_in(405)),
    Case("reports:home", "get", (302, 302, 302, 302, 302, 302, 200, 302)),
    Case("reports:home", "post", signed_in(405)),
    *of_region("ID", REPORT, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", REPORT, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", REPORT, (404, 200, 200, 200, 404, 200, 404, 302)),
    # The report of a kecamatan is its own page.
    *of_region(OWN, REPORT, (302, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("99", REPORT, signed_in(404)),
    *of_region("36.03", "reports:kecamatan-list", (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region("ID", "reports:kecamatan-list", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region(OWN, "reports:kecamatan-list", signed_in(404)),
    Case("reports:priorities", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("reports:priorities", "post", (404, 302, 403, 302, 404, 403, 404, 302), ("36.03",)),
    Case("reports:priorities", "get", (404, 404, 404, 404, 404, 200, 404, 302), ("36",)),
    Case("reports:priorities", "post", (404, 404, 404, 404, 404, 403, 404, 302), ("36",)),
    Case("reports:priorities", "get", signed_in(404), ("ID",)),
    Case("reports:priorities", "get", signed_in(404), (OWN,)),
    Case("reports:month-declaration", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03", "2020-01")),
    # The staff declare it first; the admin would then withdraw that, and is asked why.
    Case("reports:month-declaration", "post", (404, 302, 403, 403, 404, 200, 404, 302), ("36.03", "2020-01")),
    Case("reports:month-declaration", "get", (404, 404, 404, 404, 200, 200, 404, 302), ("53.01", "2020-01")),
    Case("reports:month-declaration", "get", signed_in(404), (OWN, "2020-01")),
    *of_region(OWN, PLACE, (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, PLACE, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OTHER, PLACE, (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region("36.03", PLACE, signed_in(404)),
    *of_region("ID", MAP, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", MAP, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", MAP, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OWN, MAP, (302, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("99", MAP, signed_in(404)),
    *of_region("ID", RELIABILITY, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", RELIABILITY, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", RELIABILITY, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OWN, RELIABILITY, (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, RELIABILITY, signed_in(404)),
    *of_region(OTHER, RELIABILITY, (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region("ID", API, (404, 404, 404, 404, 404, 200, 404, 403)),
    *of_region("36", API, (404, 404, 404, 404, 404, 200, 404, 403)),
    *of_region("36.03", API, (404, 200, 200, 200, 404, 200, 404, 403)),
    *of_region(OWN, API, (200, 200, 200, 200, 404, 200, 404, 403)),
    *of_region(OTHER, API, (404, 404, 404, 404, 200, 200, 404, 403)),
    # Everybody may search; what is found lies inside the assignments.
    Case("reports:search", "get", signed_in(200), query="?q=kecamatan"),
    Case("reports:search", "post", signed_in(405)),
    Case("reports:search", "get", (302, 302, 302, 302, 200, 302, 200, 302), query=f"?q={OWN}"),
    Case("repairs:ticket-list", "get", signed_in(200)),
    Case("repairs:ticket-list", "post", signed_in(405)),
    # Only staff change many tickets at once; those of other regions are no tickets to them.
    *(
        Case("repairs:ticket-bulk", method, (403, 200, 403, 403, 200, 403, 403, 302), query=query)
        for method, query in (("get", "?aksi=assign&tiket=1.1"), ("get", "?aksi=triage"))
    ),
    Case("repairs:ticket-bulk", "get", (403, 404, 403, 403, 404, 403, 403, 302), query="?aksi=unknown"),
    Case("repairs:ticket-bulk", "post", (403, 404, 403, 403, 404, 403, 403, 302)),
    # Whoever may report nowhere gets no form.
    Case(REPORT_FAULT, "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case(REPORT_FAULT, "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case(REPORT_FAULT, "get", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case(REPORT_FAULT, "post", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    # Staff log what others told them; of which place is asked first.
    Case("repairs:log-message", "get", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:log-message", "post", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:log-report", "get", (403, 200, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case("repairs:log-report", "post", (403, 200, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case("repairs:log-report", "post", (404, 404, 404, 404, 200, 403, 404, 302), (OTHER,)),
    Case(TICKET, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_TICKET,)),
    Case(TICKET, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_TICKET,)),
    Case(TICKET, "get", signed_in(404), ("TKT-2026-999999",)),
    Case(TICKET, "post", signed_in(405), (OWN_TICKET,)),
    # What lacks a text or a choice is shown again; a change without the version that was seen is a conflict.
    *(case for name in SAYINGS for case in of_move((200, 200, 200, 403, 404, 403, 404, 302), name)),
    *(case for name in CHANGES for case in of_move((403, 409, 409, 403, 404, 403, 404, 302), name)),
    *(case for name in CHOICES for case in of_move((403, 200, 200, 403, 404, 403, 404, 302), name)),
    *(case for name in CORRECTIONS for case in of_move((403, 409, 403, 403, 404, 403, 404, 302), name)),
    *of_move((403, 200, 403, 403, 404, 403, 404, 302), "times"),
    *(case for name in CONFIRMATIONS for case in of_move((409, 409, 409, 403, 404, 403, 404, 302), name)),
    Case(MOVE, "post", signed_in(404), (OWN_TICKET, "unknown")),
    # --- outages -------------------------------------------------------------------------------------------
    Case("repairs:outage-list", "get", signed_in(200)),
    Case("repairs:outage-list", "post", signed_in(405)),
    Case("repairs:outage-report", "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:outage-report", "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:outage-report", "get", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?wilayah={OWN}"),
    Case("repairs:outage-report", "post", (404, 200, 403, 403, 404, 403, 403, 302), query="?wilayah=36.03"),
    Case("repairs:outage-report", "get", (404, 404, 403, 403, 404, 403, 403, 302), query="?wilayah=36"),
    *of_outage("detail", "get", (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_outage("detail", "post", signed_in(405)),
    # Without a key there is no earlier answer: one tap is enough.
    *of_outage("confirm", "get", signed_in(405)),
    *of_outage("confirm", "post", (302, 302, 403, 403, 404, 403, 404, 302)),
    *of_outage("restored", "get", signed_in(405)),
    # Who comes second learns that it was over already.
    Case("repairs:outage-restored", "post", (302, 200, 403, 403, 404, 403, 404, 302), (f"outage of {OWN}",)),
    Case("repairs:outage-restored", "post", (404, 404, 404, 404, 302, 403, 404, 302), (f"outage of {OTHER}",)),
    # A change without the version that was seen is a conflict.
    *of_outage("end", "get", signed_in(405)),
    *of_outage("end", "post", (409, 409, 403, 403, 404, 403, 404, 302)),
    *of_outage("cause", "get", signed_in(405)),
    *of_outage("cause", "post", (200, 200, 200, 403, 404, 403, 404, 302)),
    *of_outage("void", "get", signed_in(405)),
    *of_outage("void", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_outage("correct", "get", (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_outage("correct", "post", (403, 200, 403, 403, 404, 403, 404, 302)),
    # --- arrangements --------------------------------------------------------------------------------------
    Case("repairs:arrangement-list", "get", signed_in(200)),
    Case("repairs:arrangement-list", "post", signed_in(405)),
    Case("repairs:arrangement-start", "get", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:arrangement-start", "post", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:arrangement-start", "get", (403, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:arrangement-start", "post", (403, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    *of_arrangement("detail", "get", (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_arrangement("detail", "post", signed_in(405)),
    *of_arrangement("end", "get", signed_in(405)),
    *of_arrangement("end", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("void", "get", signed_in(405)),
    *of_arrangement("void", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("correct", "get", (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("correct", "post", (403, 200, 403, 403, 404, 403, 404, 302)),
    *PROFILES,
]


# --- devices and sets -----------------------------------------------------------------------------------


def of_thing(name: str, own: str, other: str) -> list[Case]:
    """Return the cases of the page of a device or a set, which nobody may write to."""
    return [
        Case(name, "get", (200, 200, 200, 200, 404, 200, 404, 302), (own,)),
        Case(name, "get", (404, 404, 404, 404, 200, 200, 404, 302), (other,)),
        Case(name, "get", signed_in(404), ("999999",)),
        Case(name, "post", signed_in(405), (own,)),
    ]


def of_step(what: str, names: tuple[str, ...], expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a step of a device or a set, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], expected[5], 404, 302)
    name = f"repairs:{what}-step"
    return [
        case
        for step in names
        for case in (
            Case(name, "get", signed_in(405), (f"{what} of {OWN}", step)),
            Case(name, "post", expected, (f"{what} of {OWN}", step)),
            Case(name, "post", foreign, (f"{what} of {OTHER}", step)),
        )
    ]


TABLE += [
    Case("repairs:device-list", "get", signed_in(200)),
    Case("repairs:device-list", "post", signed_in(405)),
    Case("repairs:device-export", "get", signed_in(200)),
    Case("repairs:device-export", "post", signed_in(405)),
    *of_thing("repairs:device-detail", f"device of {OWN}", f"device of {OTHER}"),
    *of_thing("repairs:set-detail", f"set of {OWN}", f"set of {OTHER}"),
    # Only staff changes the register; a form that was not filled in is shown again, a change without the version is a
    # conflict, and what a set lacks may also be said by its operator.
    *(
        Case(f"repairs:{page}", method, expected, query=query)
        for page in ("device-register", "set-register")
        for method in ("get", "post")
        for query, expected in (
            ("", (403, 200, 403, 403, 200, 403, 403, 302)),
            (f"?kecamatan={OWN}", (403, 200, 403, 403, 404, 403, 403, 302)),
        )
    ),
    *(
        Case(f"repairs:device-{page}", method, expected, (f"device of {OWN}",))
        for page in ("edit", "place", "replace")
        for method, expected in (
            ("get", (403, 200, 403, 403, 404, 403, 404, 302)),
            ("post", (403, 200 if page == "place" else 409, 403, 403, 404, 403, 404, 302)),
        )
    ),
    *(
        Case("repairs:device-placement", method, expected, (f"device of {OWN}", f"placement of {code}"))
        for method in ("get", "post")
        for code, expected in (
            (OWN, (403, 200, 403, 403, 404, 403, 404, 302)),
            (OTHER, (403, 404, 403, 403, 404, 403, 404, 302)),
        )
    ),
    *of_step("device", ("condition", "write_off", "bring_back"), (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_step("device", ("remove", "steal"), (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("withdraw",), (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("rename",), (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("missing",), (200, 200, 403, 403, 404, 403, 404, 302)),
    *of_step("device", ("unknown", "edit-me"), (404, 404, 404, 404, 404, 404, 404, 302)),
    Case("repairs:inventory", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("repairs:inventory", "post", (404, 200, 403, 403, 404, 403, 404, 302), ("36.03",)),
    Case("repairs:inventory", "get", signed_in(404), ("99.99",)),
]


# --- daily counts ---------------------------------------------------------------------------------------

COUNTS, DAY, NORMAL = "repairs:recording-month", "repairs:recording-day", "repairs:say-normal"

TABLE += [
    # Whoever has more than one kecamatan chooses first; a form with nothing in it is shown again.
    Case(COUNTS, "get", signed_in(200)),
    Case(COUNTS, "post", signed_in(200)),
    Case(COUNTS, "get", (200, 200, 200, 200, 404, 200, 404, 302), query=f"?kecamatan={OWN}"),
    Case(COUNTS, "post", (200, 200, 403, 403, 404, 403, 404, 302), query=f"?kecamatan={OWN}"),
    Case(COUNTS, "get", (404, 404, 404, 404, 200, 200, 404, 302), query=f"?kecamatan={OTHER}"),
    Case(COUNTS, "post", (404, 404, 404, 404, 200, 403, 404, 302), query=f"?kecamatan={OTHER}"),
    Case(COUNTS, "get", (200, 200, 200, 200, 404, 200, 404, 302), query="?kabupaten=36.03"),
    Case(DAY, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN, "2026-01-05")),
    Case(DAY, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER, "2026-01-05")),
    # There is no count to correct.
    Case(DAY, "post", (404, 404, 403, 403, 404, 403, 404, 302), (OWN, "2026-01-05")),
    Case(DAY, "post", (404, 404, 404, 404, 404, 403, 404, 302), (OTHER, "2026-01-05")),
    Case("repairs:recording-void", "get", signed_in(405), (OWN, "2026-01-05")),
    Case("repairs:recording-void", "post", (404, 404, 403, 403, 404, 403, 404, 302), (OWN, "2026-01-05")),
    Case("repairs:recording-void", "post", (404, 404, 404, 404, 404, 403, 404, 302), (OTHER, "2026-01-05")),
    # Whoever has one kecamatan needs not name it.
    Case("repairs:recording-export", "get", (200, 404, 404, 404, 404, 404, 404, 302)),
    Case("repairs:recording-export", "get", (200, 200, 200, 200, 404, 200, 404, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:recording-export", "get", (404, 404, 404, 404, 200, 200, 404, 302), query=f"?kecamatan={OTHER}"),
    Case("repairs:recording-export", "get", (200, 200, 200, 200, 404, 200, 404, 302), query="?kabupaten=36.03"),
    Case("repairs:recording-export", "post", signed_in(405)),
    Case(NORMAL, "get", signed_in(405), (OWN,)),
    Case(NORMAL, "post", (302, 302, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case(NORMAL, "post", (404, 404, 404, 404, 302, 403, 404, 302), (OTHER,)),
]


# --- people ---------------------------------------------------------------------------------------------

OWN_PERSON, OWN_ROLE = f"person of {OWN}", f"role of {OWN}"
"""Stand for the keys of the operator and of what they are assigned to."""


def of_admins(name: str, *args: str, readable: bool = True, writable: bool = True, written: int = 200) -> list[Case]:
    """Return the cases of a page for admins; what they write is incomplete, unless it asks for nothing."""

    def allowed(status: int) -> tuple[int, ...]:
        return (403, 403, 403, 403, 403, status, 403, 302)

    return [
        Case(name, "get", allowed(200) if readable else signed_in(405), args),
        Case(name, "post", allowed(written) if writable else signed_in(405), args),
    ]


TABLE += [
    # An admin's pages; everybody has an account of their own, and a link signs in whoever holds it.
    *of_admins("accounts:user-list", writable=False),
    *of_admins("accounts:user-create"),
    *of_admins("accounts:user-import"),
    *of_admins("accounts:user-import-save", readable=False),
    *of_admins("accounts:user-import-template", writable=False),
    *of_admins("accounts:link-list", writable=False),
    *of_admins("accounts:user-detail", OWN_PERSON, writable=False),
    *of_admins("accounts:user-edit", OWN_PERSON),
    *of_admins("accounts:user-assign", OWN_PERSON),
    *of_admins("accounts:user-deputy", OWN_PERSON),
    *of_admins("accounts:user-link", OWN_PERSON, written=302),
    *of_admins("accounts:user-disable", OWN_PERSON, readable=False, written=302),
    *of_admins("accounts:user-enable", OWN_PERSON, readable=False, written=302),
    *of_admins("accounts:assignment-end", OWN_ROLE),
    Case("accounts:account", "get", signed_in(200)),
    Case("accounts:account", "post", signed_in(405)),
    Case("accounts:sign-in-link", "get", everybody(404), ("1-abc",)),
    Case("accounts:sign-in-link", "post", everybody(404), ("1-abc",)),
    # Who may hand over tickets, but not those of this person, learns nothing of them.
    Case("repairs:handover", "get", (403, 404, 403, 403, 404, 200, 403, 302), (OWN_PERSON,)),
    Case("repairs:handover", "post", (403, 404, 403, 403, 404, 200, 403, 302), (OWN_PERSON,)),
]


# --- targets --------------------------------------------------------------------------------------------

OWN_RULE = f"rule of {OWN}"

TABLE += [
    # Whoever has one region only is led there.
    Case("repairs:target-list", "get", (302, 302, 302, 302, 302, 200, 200, 302)),
    Case("repairs:target-list", "post", signed_in(405)),
    Case("repairs:target-region", "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN,)),
    Case("repairs:target-region", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("repairs:target-region", "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER,)),
    Case("repairs:target-region", "get", signed_in(404), ("36",)),
    Case("repairs:target-region", "get", signed_in(404), ("36.03.00",)),
    Case("repairs:target-region", "post", signed_in(405), (OWN,)),
    # Staff and admins set targets; a form that was not filled in is shown again.
    *(
        Case(name, method, expected, args)
        for method in ("get", "post")
        for name, args, expected in (
            ("repairs:target-new", (OWN,), (403, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-new", ("36.03",), (404, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-new", (OTHER,), (404, 404, 404, 404, 200, 200, 404, 302)),
            ("repairs:target-edit", (OWN, OWN_RULE), (403, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-edit", (OTHER, OWN_RULE), (404, 404, 404, 404, 404, 404, 404, 302)),
        )
    ),
    Case("repairs:target-void", "get", signed_in(405), (OWN, OWN_RULE)),
    # Without the version it is a conflict.
    Case("repairs:target-void", "post", (403, 409, 403, 403, 404, 409, 404, 302), (OWN, OWN_RULE)),
]


# --- lost records ---------------------------------------------------------------------------------------

OWN_LOSS, OTHER_LOSS = f"loss of {OWN}", f"loss of {OTHER}"


def of_loss(name: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a change of a loss, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], 403, 404, 302)
    return [
        Case("repairs:loss-change", "get", signed_in(405), (OWN_LOSS, name)),
        Case("repairs:loss-change", "post", expected, (OWN_LOSS, name)),
        Case("repairs:loss-change", "post", foreign, (OTHER_LOSS, name)),
    ]


TABLE += [
    Case("repairs:loss-list", "get", signed_in(200)),
    Case("repairs:loss-list", "post", signed_in(405)),
    Case("repairs:loss-record", "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:loss-record", "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:loss-record", "post", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:loss-record", "post", (404, 404, 403, 403, 200, 403, 403, 302), query=f"?kecamatan={OTHER}"),
    Case("repairs:loss-detail", "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_LOSS,)),
    Case("repairs:loss-detail", "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_LOSS,)),
    Case("repairs:loss-detail", "get", signed_in(404), ("999999",)),
    Case("repairs:loss-detail", "post", signed_in(405), (OWN_LOSS,)),
    # What it asks for is missing, so the form is shown again.
    *of_loss("rerecord", (200, 200, 403, 403, 404, 403, 404, 302)),
    *(case for name in ("confirm", "correct") for case in of_loss(name, (403, 200, 403, 403, 404, 403, 404, 302))),
    # Without the version that was seen it is a conflict.
    *of_loss("void", (403, 409, 403, 403, 404, 403, 404, 302)),
    Case("repairs:loss-change", "post", signed_in(404), (OWN_LOSS, "unknown")),
]


# --- citizens -------------------------------------------------------------------------------------------

TABLE += [
    Case("robots", "get", everybody(200)),
    Case("robots", "post", everybody(405)),
    Case("reports:public-index", "get", everybody(200)),
    Case("reports:public-index", "post", everybody(405)),
    *(
        case
        for name in ("reports:public-status", "reports:public-status-json")
        for case in (
            *(Case(name, "get", everybody(200), (code,)) for code in (OWN, OTHER, "36.03", "36")),
            *(Case(name, "get", everybody(404), (code,)) for code in ("36.03.99", "ID")),
            Case(name, "post", everybody(405), (OWN,)),
        )
    ),
    Case("reports:public-status", "get", everybody(302), (DINAS,)),
    Case("reports:public-status-json", "get", everybody(404), (DINAS,)),
]


# --- monthly reports that are kept ----------------------------------------------------------------------

OWN_REPORT, OTHER_REPORT = "document of 36.03", "document of 53.01"
READERS_OF_AGENCY = (404, 200, 200, 200, 404, 200, 404, 302)


def of_document(name: str, sent: tuple[int, ...], *args: str) -> list[Case]:
    """Return the cases of a change of a report: one at home, and one far away under either code."""
    foreign = (404, 404, 404, 404, sent[1], sent[5], 404, 302)
    return [
        Case(f"documents:{name}", "get", signed_in(405), ("36.03", OWN_REPORT, *args)),
        Case(f"documents:{name}", "post", sent, ("36.03", OWN_REPORT, *args)),
        Case(f"documents:{name}", "post", foreign, ("53.01", OTHER_REPORT, *args)),
        Case(f"documents:{name}", "post", signed_in(404), ("36.03", OTHER_REPORT, *args)),
    ]


TABLE += [
    *(
        Case(f"documents:{page}", method, expected, (code,))
        for page in ("list", "subscription")
        for method in ("get", "post")
        for code, expected in (
            ("36.03", READERS_OF_AGENCY),
            ("53.01", (404, 404, 404, 404, 200, 200, 404, 302)),
            ("36", (404, 404, 404, 404, 404, 200, 404, 302)),
            ("ID", (404, 404, 404, 404, 404, 200, 404, 302)),
            (OWN, signed_in(404)),
        )
    ),
    Case("documents:subscription-end", "get", signed_in(405), ("36.03",)),
    Case("documents:subscription-end", "post", (404, 302, 302, 302, 404, 302, 404, 302), ("36.03",)),
    Case("documents:detail", "get", READERS_OF_AGENCY, ("36.03", OWN_REPORT)),
    Case("documents:detail", "get", (404, 404, 404, 404, 200, 200, 404, 302), ("53.01", OTHER_REPORT)),
    Case("documents:detail", "get", signed_in(404), ("36.03", OTHER_REPORT)),
    Case("documents:detail", "post", signed_in(405), ("36.03", OWN_REPORT)),
    Case("documents:download", "get", READERS_OF_AGENCY, ("36.03", OWN_REPORT, "csv")),
    Case("documents:download", "get", signed_in(404), ("36.03", OTHER_REPORT, "csv")),
    Case("documents:download", "get", signed_in(404), ("36.03", OWN_REPORT, "exe")),
    Case("documents:download", "post", signed_in(405), ("36.03", OWN_REPORT, "csv")),
    # Everybody who reads reports of the region may have them built.
    *of_document("cancel", (404, 302, 302, 302, 404, 302, 404, 302)),
    *of_document("retry", (404, 302, 302, 302, 404, 302, 404, 302)),
    # Without a day the form is shown again to staff, who alone note signatures.
    *of_document("sign", (404, 200, 403, 403, 404, 403, 404, 302)),
]


@pytest.fixture(scope="module")
def actors(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User | None]]:
    """Make the world of the table once: it has hundreds of cases, and each is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _make_actors()
        transaction.set_rollback(True)


def _make_actors() -> dict[str, User | None]:
    kabupaten, own, other = make_kabupaten("36.03"), make_kecamatan(OWN), make_kecamatan(OTHER)
    make_dinas("36.03")
    make_fault(make_set(own), "camera")
    make_fault(make_set(other), "camera")
    for place in (own, other):
        report_outage(client_key=uuid4(), places=[place], started_at=INSTALLED_AT, effect="stopped", by=None)
        start_arrangement(kecamatan=place, kind="mobile_unit", started_at=INSTALLED_AT, by=None)
        record_loss(kecamatan=place, day=date(2026, 1, 5), count=10, by=None)
        set_target(place, starts_on=date(2026, 1, 1), count=10, by=None)
        add_contact(place, role="Operator", name="Ana", phone="081280001204", by=None)
        name_signatory(place.kabupaten, name="Ana", nip="", title="Kepala", starts_on=date(2026, 1, 1), by=None)
        document = request_document(place.kabupaten, date(2026, 1, 1), formats=["csv"], by=None)
        DocumentFile.objects.create(document=document, format="csv", size=1, content=b"x")
    return {
        "operator": make_user(Role.OPERATOR, own),
        "staff": make_user(Role.STAFF, kabupaten),
        "technician": make_user(Role.TECHNICIAN, kabupaten),
        "official": make_user(Role.OFFICIAL, kabupaten),
        "stranger": make_user(Role.STAFF, other.kabupaten),
        "admin": make_user(Role.ADMIN, None),
        "unassigned": User.objects.create_user(username="unassigned", name="Tanpa Tugas"),
        "anonymous": None,
    }


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_every_actor_gets_the_declared_status(case: Case, sessions: dict[str, str]) -> None:
    assert {name: _status(case, session) for name, session in sessions.items()} == dict(
        zip(ACTORS, case.expected, strict=True)
    )


@pytest.fixture(scope="module")
def sessions(actors: dict[str, User | None]) -> dict[str, str]:
    """Sign everybody in once; nobody's key is empty."""
    return {name: _sign_in(actor) if actor else "" for name, actor in actors.items()}


def _sign_in(actor: User) -> str:
    client = Client()
    client.force_login(actor)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _status(case: Case, session: str) -> int:
    """Ask as the owner of a session, from which each case starts anew."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    send: Any = getattr(client, case.method)
    return int(send(reverse(case.name, args=[_filled(arg) for arg in case.args]) + case.query).status_code)


FOUND: dict[str, Callable[[str], object]] = {
    "ticket": lambda code: Ticket.objects.get(kecamatan__code=code).number,
    "outage": lambda code: Outage.objects.get(places__code=code).pk,
    "arrangement": lambda code: Arrangement.objects.get(kecamatan__code=code).pk,
    "device": lambda code: Device.objects.get(kecamatan__code=code, kind__code="server").pk,
    "placement": lambda code: (
        Placement.objects.get(recording_set__kecamatan__code=code, device__kind__code="server").pk
    ),
    "set": lambda code: RecordingSet.objects.get(kecamatan__code=code).pk,
    "loss": lambda code: LostRecords.objects.get(kecamatan__code=code).pk,
    "rule": lambda code: TargetRule.objects.get(kecamatan__code=code).pk,
    "contact": lambda code: Contact.objects.get(office__kecamatan__code=code).pk,
    "signatory": lambda code: Signatory.objects.get(office__kabupaten__code=code).pk,
    "document": lambda code: Document.objects.get(kabupaten__code=code).pk,
    "person": lambda code: Assignment.objects.get(kecamatan__code=code).user_id,
    "role": lambda code: Assignment.objects.get(kecamatan__code=code).pk,
}
"""By what an argument of an address names: how its number or its key is found, by the code of its region."""


def _filled(arg: str) -> str:
    """Return an argument of an address, with the number or the key of what it stands for."""
    what, _, code = arg.partition(" of ")
    return str(FOUND[what](code)) if what in FOUND else arg


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_page_answers_another_method(method: str, sessions: dict[str, str]) -> None:
    pages = {(case.name, case.args) for case in TABLE if case.name not in ("admin:index", "missing")}
    answers = {page: _status(Case(page[0], method, (), page[1]), sessions["admin"]) for page in pages}
    assert answers == dict.fromkeys(pages, 405)


def test_every_url_is_declared_for_reading_and_writing() -> None:
    declared = {(case.name, case.method) for case in TABLE}
    wanted = {(name, method) for name in _url_names() for method in ("get", "post")}
    assert declared == wanted | {("admin:index", "get"), ("admin:index", "post")}


def _url_names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Yield the name of every URL; those of Django's admin site share one guard, asked at its index and tables."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name, so nobody can declare it"
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from _url_names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


@pytest.mark.parametrize("role", ["operator", "staff", "technician", "official", "stranger", "unassigned"])
@pytest.mark.parametrize("model", ["kecamatan_province", "kecamatan_officehours", "devices_kindrequirement"])
def test_reference_data_is_closed_to_everybody_but_the_nations_admins(
    role: str, model: str, actors: dict[str, User | None]
) -> None:
    client = Client()
    client.force_login(actors[role])  # type: ignore[arg-type]
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 403
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403


def test_an_admin_of_a_kabupaten_does_not_reach_the_reference_data(actors: dict[str, User | None]) -> None:
    client = Client()
    client.force_login(make_user(Role.ADMIN, make_kabupaten("36.03")))
    assert client.get(reverse("admin:index")).status_code == 403
