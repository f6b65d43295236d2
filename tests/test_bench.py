"""The bench measures every page of the product."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from bench import journey, people
from bench.addresses import PAGES
from bench.deep import WAY_BACK, positions
from bench.visits import fetched_ahead, files_of, first_visit
from reports import rollups
from tests.authorisation.table import TABLE
from tests.authorisation.world import make_actors
from tests.factories import make_fault, make_kecamatan, make_set, sign_in
from tests.test_screens import NO_PAGES

# Django's own, pages without a signed-in user, that lead elsewhere, or that are measured as the page of the same form.
LEFT_OUT = {
    "admin:index",
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
    "document_of_all": 2,
    "day": "2026-01-05",
    "past": "2026-01",
    "marks": "1.1",
    **dict.fromkeys(("device", "set", "outage", "arrangement", "loss", "person", "placement"), 1),
    **{key: 1 for page in PAGES for key in re.findall(r"{(deep_\w+)}", page.path)},
}


def test_every_page_that_somebody_may_open_is_measured() -> None:
    pages = {case.name for case in TABLE if case.method == "get" and 200 in case.expected}
    measured = {resolve(page.path.format(**KEYS).partition("?")[0]).view_name for page in PAGES}
    assert pages - NO_PAGES - LEFT_OUT - measured == set()


@pytest.mark.django_db
def test_a_page_called_deep_lies_behind_the_first_one(client: Client) -> None:
    make_actors()
    people.staff_every_kecamatan()
    user = people.somebody()
    sign_in(client, user)
    found, deep = positions(user), [page for page in PAGES if "deep" in page.title]
    shown = {page.title: client.get(page.path.format(**found)).content.decode().count(WAY_BACK) for page in deep}
    assert (shown, {page.shows for page in deep}) == (dict.fromkeys(shown, 1), {WAY_BACK})
    assert len(shown) == 9


@pytest.mark.django_db
def test_the_bench_reads_what_an_open_dashboard_shows_and_asks(client: Client) -> None:
    make_fault(make_set(make_kecamatan("36.03.30")), "camera")
    rollups.refresh()
    sign_in(client, people.somebody())
    for path in ("/kecamatan/36.03.30/", "/reports/36.03/", "/reports/36/", "/reports/ID/"):
        open_tickets, question = journey.shown(client.get(path).content.decode())
        answer = client.get(f"{path}{question}", headers={"hx-request": "true"})
        assert (open_tickets, answer.status_code) == (1, 204)
    script = (settings.BASE_DIR / "static/js/app.js").read_text()
    assert f"still > 5 * MINUTE ? 3 : {journey.PAUSE_SECONDS};" in script


def test_a_first_visit_counts_each_file_once_and_none_that_is_known() -> None:
    page = '<link href="/static/a.css"><script src="/static/b.js"></script><use href="/static/c.svg#x"/>'
    page += '<use href="/static/c.svg#y"/><a href="/repairs/">'
    sizes = {"/static/a.css": 100, "/static/b.js": 20, "/static/c.svg": 3}
    assert files_of(page) == list(sizes)
    assert (first_visit(b"1234", page, sizes), first_visit(b"1234", page, sizes, ["/static/a.css"])) == (127, 27)


def test_what_a_phone_fetches_ahead_is_counted_once_each() -> None:
    links = ("/repairs/report/?kecamatan=1&amp;a=b", "/repairs/report/?kecamatan=1&amp;komponen=alat-1", "/repairs/")
    home = "".join(f'<a class="btn" href="{link}">' for link in links)
    ahead = ["/sw.js", "/no-signal/", "/?kecamatan=1", "/repairs/report/?kecamatan=1&a=b", "/outbox/"]
    assert fetched_ahead(home, "/?kecamatan=1") == ahead
