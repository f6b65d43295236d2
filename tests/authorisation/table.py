"""The whole table: who may do what, every URL x method x actor."""

from __future__ import annotations

from tests.authorisation import counts, dashboards, devices, documents, people, profiles, site, spans, targets, tickets
from tests.authorisation.cases import Case

TABLE: list[Case] = [
    *site.CASES,
    *dashboards.CASES,
    *tickets.CASES,
    *spans.CASES,
    *devices.CASES,
    *counts.CASES,
    *people.CASES,
    *targets.CASES,
    *profiles.CASES,
    *documents.CASES,
]
