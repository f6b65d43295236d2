"""The bench measures every page of the product."""

from __future__ import annotations

from django.urls import resolve

from bench.addresses import PAGES
from bench.visits import files_of, first_visit
from tests.authorisation.table import TABLE
from tests.test_screens import NO_PAGES

# Pages without a signed-in user, that lead elsewhere, or that are measured as the page of the same form.
LEFT_OUT = {
    "accounts:login",
    "accounts:confirm",
    "accounts:signed-out",
    "accounts:password-changed",
    "accounts:contact-edit",
    "accounts:signatory-edit",
    "accounts:assignment-end",
    "repairs:target-edit",
}
KEYS = {
    "province": "36",
    "kabupaten": "36.03",
    "kecamatan": "36.03.30",
    "ticket": "TKT-1",
    "serial": "SN-1",
    "document": 1,
    "day": "2026-01-05",
    "marks": "1.1",
    **dict.fromkeys(("device", "set", "outage", "arrangement", "loss", "person", "placement"), 1),
}


def test_every_page_that_somebody_may_open_is_measured() -> None:
    pages = {case.name for case in TABLE if case.method == "get" and 200 in case.expected}
    measured = {resolve(page.path.format(**KEYS).partition("?")[0]).view_name for page in PAGES}
    assert pages - NO_PAGES - LEFT_OUT - measured == set()


def test_a_first_visit_counts_each_file_once_and_none_that_is_known() -> None:
    page = '<link href="/static/a.css"><script src="/static/b.js"></script><use href="/static/c.svg#x"/>'
    page += '<use href="/static/c.svg#y"/><a href="/repairs/">'
    sizes = {"/static/a.css": 100, "/static/b.js": 20, "/static/c.svg": 3}
    assert files_of(page) == list(sizes)
    assert (first_visit(b"1234", page, sizes), first_visit(b"1234", page, sizes, ["/static/a.css"])) == (127, 27)
