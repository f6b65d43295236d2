"""Time alone: 32 days without any write, one drain, and every page tells the months that came and went."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from kecamatan.models import Kabupaten
from reports import rollups
from reports.verification import verify
from tests.factories import moment
from tests.reports.region_world import signed_in, tiles
from tests.reports.rows import assert_parents_are_sums

pytestmark = pytest.mark.django_db


@pytest.fixture
def nation(kabupaten: Kabupaten, now: Any) -> Client:
    """Somebody who opens the pages on 19 April, a Sunday, when nobody had written anything since 18 March."""
    now.move_to(moment("2026-04-19 04:00"))
    rollups.refresh()
    return signed_in(Role.OFFICIAL, None)


def opened(client: Client, url: str) -> Any:
    """Return what a page shows. A second answer comes as it was kept, without its parts."""
    page = client.get(url)
    assert page.status_code == 200
    return page.context


def told(context: Any, *labels: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Return the month, the moment, what waits, and these figures of a page with their units."""
    of = tiles(context)
    return context["month"].value, context["as_of"], context["pending"], [of[label][:2] for label in labels]


REGIONS = ("/reports/ID/", "/reports/36/", "/reports/36.03/")
TARGET = ("Memenuhi target", "Rekam bersih")
NOW_TEXT, END_TEXT = "Minggu, 19 April 2026 pukul 11.00 WIB", "31 Maret 2026 pukul 24.00 WIB"
SILENT = {"Ada kabar": "0", "Tanpa kabar": "2", "Tanpa set tercatat": "1"}


def test_the_new_month_is_open_on_every_level(nation: Client) -> None:
    # Nobody mended the UPS, and its due date passed; of what was recorded nothing is known, which is not 0.
    figures = [("0", "dari 2 kecamatan yang bertarget"), ("belum diketahui", ""), ("1", "tiket")]
    for url in REGIONS:
        context = opened(nation, url)
        assert told(context, *TARGET, "Lewat tenggat") == ("2026-04", NOW_TEXT, "", figures)
        assert (context["headline"].able, context["headline"].total) == ("2", "3")
        assert {count.label: count.number for count in context["headline"].signs} == SILENT
    targets = {child.name: (child.target, child.net) for child in context["children"]}
    assert targets == {"Baik": ("100", "belum lapor"), "Cukup": ("100", "belum lapor"), "Diam": ("–", "belum lapor")}
    place = opened(nation, "/kecamatan/36.03.30/")
    figures = [("belum diketahui", ""), ("belum diketahui", ""), ("1", "dari 1 set")]
    assert told(place, "Capaian target", "Rekam bersih", "Set berfungsi") == ("2026-04", NOW_TEXT, "", figures)
    assert place["status_sentence"] == "Tanpa kabar lebih dari dua hari kerja"


def test_the_month_before_is_closed_on_every_level(nation: Client) -> None:
    for url in REGIONS:
        context = opened(nation, f"{url}?bulan=2026-03")
        figures = [("1", "dari 2 kecamatan yang bertarget"), ("1.150", "orang")]
        assert told(context, *TARGET) == ("2026-03", END_TEXT, "", figures)
        assert {count.label: count.number for count in context["headline"].signs} == SILENT
    place = opened(nation, "/kecamatan/36.03.30/?bulan=2026-03")
    figures = [("1.100,0%", "tercapai"), ("1.100", "orang"), ("Tanpa kabar", "")]
    labels = ("Capaian target", "Rekam bersih", "Layanan akhir bulan")
    assert told(place, *labels) == ("2026-03", END_TEXT, "", figures)


def test_every_row_is_true(nation: Client) -> None:
    found = verify()
    assert (found.differences, found.waiting) == ([], 0)
    assert_parents_are_sums()
