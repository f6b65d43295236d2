"""How public answers are kept: by browsers, by each process, and for how long at most after a change."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.offices import describe_office, office_of
from kecamatan.duty import say_all_is_normal
from kecamatan.models import Kecamatan
from reports import maps, rollups
from reports.models import RegionMonth
from reports.public.kept import CHECK_SECONDS, FRESH_SECONDS, KEPT_SECONDS, STALE_SECONDS
from tests.factories import make_fault, make_kecamatan, make_set, moment
from tests.reports.test_public_pages import serving_row

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-20 03:00")
PAGE, DATA, LIST = "/status/36.03.30/", "/status/36.03.30.json", "/status/36.03/"
WORKER_SECONDS = 5
"""How long a change waits for a worker at most: beat comes by every five seconds."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    caches["public"].clear()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    caches["public"].clear()


@pytest.fixture
def place() -> Kecamatan:
    place = make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")
    make_set(place)
    say_all_is_normal(place, by=None)
    rollups.refresh()
    return place


def get(address: str, **headers: str) -> Any:
    return Client(headers=headers).get(address)


def break_server(place: Kecamatan, clock: Any) -> None:
    """Break the server of the only set, a little after whatever was before, and let the worker come by."""
    clock.shift(timedelta(seconds=CHECK_SECONDS))
    make_fault(place.recording_sets.get())
    rollups.refresh()


def test_browsers_and_proxies_may_keep_an_answer_for_some_seconds(place: Kecamatan) -> None:
    for address in (PAGE, DATA, LIST, "/status/", "/status/?q=sepatan", "/status/36/"):
        answer = get(address)
        assert answer["Cache-Control"] == "public, max-age=15, stale-while-revalidate=15"
        assert answer["Vary"] == "Accept-Encoding"
        assert re.fullmatch(r'W/"[0-9a-f]{24}"', answer["ETag"])
        assert not answer.cookies


def test_all_the_seconds_for_which_an_answer_is_kept_add_up_to_less_than_a_minute() -> None:
    assert WORKER_SECONDS + KEPT_SECONDS + FRESH_SECONDS + STALE_SECONDS < 60


def test_who_has_the_answer_already_gets_304_until_it_changes(place: Kecamatan, clock: Any) -> None:
    for address in (PAGE, DATA, LIST):
        etag = get(address)["ETag"]
        again = get(address, if_none_match=etag)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert again["Cache-Control"] == "public, max-age=15, stale-while-revalidate=15"
    break_server(place, clock)
    for address in (PAGE, DATA, LIST):
        assert get(address, if_none_match=etag).status_code == 200


def test_the_packed_answer_is_the_same(place: Kecamatan) -> None:
    plain, packed = get(PAGE), get(PAGE, accept_encoding="gzip")
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", plain["ETag"])
    assert gzip.decompress(packed.content) == plain.content
    assert Client().head(PAGE).status_code == 200


def test_an_answer_that_is_kept_costs_one_query_now_and_then(place: Kecamatan, clock: Any) -> None:
    for address, number in ((PAGE, 1), (DATA, 1), (LIST, 1), ("/status/", 0), ("/status/?q=sepatan", 0)):
        get(address)
        assert (address, queries(address)) == (address, 0)
        clock.shift(timedelta(seconds=CHECK_SECONDS))
        assert (address, queries(address), queries(address)) == (address, number, 0)


def queries(address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        get(address)
    return len(captured)


def test_looking_at_its_version_does_not_keep_an_answer_longer(place: Kecamatan, clock: Any) -> None:
    get(PAGE)
    costs = []
    for _ in range(KEPT_SECONDS // CHECK_SECONDS):
        clock.shift(timedelta(seconds=CHECK_SECONDS))
        costs.append(queries(PAGE))
    assert costs == [*[1] * (KEPT_SECONDS // CHECK_SECONDS - 1), 4]


def test_a_change_of_a_kecamatan_is_on_its_page_two_seconds_later(place: Kecamatan, clock: Any) -> None:
    assert "Ya, hari ini melayani" in get(PAGE).content.decode()
    assert "1 dari 1 kecamatan" in get(LIST).content.decode()
    break_server(place, clock)
    assert "Tidak, hari ini tidak melayani" in get(PAGE).content.decode()
    assert "0 dari 1 kecamatan" in get(LIST).content.decode()


def test_what_else_a_page_shows_is_right_within_a_minute(place: Kecamatan, clock: Any) -> None:
    """A neighbour that stops and an office that moves are another's rows: the kept page goes on for some seconds."""
    near = make_kecamatan("36.03.29", "Kecamatan Sepatan")
    Kecamatan.objects.filter(pk__in=[place.pk, near.pk]).update(latitude=-6.1, longitude=106.6)
    serving_row(near).save()
    break_server(place, clock)
    before = get(PAGE).content.decode()
    assert "Kecamatan Sepatan</b>" in before
    RegionMonth.objects.filter(region_id=near.pk).update(kecamatan_serving=0, kecamatan_stopped=1)
    version = office_of(place).version
    describe_office(place, address="Jalan Baru 7", public_phone="", version=version, by=None)
    assert get(PAGE).content.decode() == before
    clock.shift(timedelta(seconds=KEPT_SECONDS + 1))
    after = get(PAGE).content.decode()
    assert "Kecamatan Sepatan</b>" not in after
    assert "Jalan Baru 7" in after


def test_each_region_has_its_own_answer(place: Kecamatan, clock: Any) -> None:
    other = make_kecamatan("53.01.01", "Kecamatan Kemiri")
    serving_row(other).save()
    break_server(place, clock)
    answers = {code: get(f"/status/{code}.json").json() for code in ("36.03.30", "53.01.01", "36.03", "53.01")}
    assert {code: answer.get("status", answer.get("recording")) for code, answer in answers.items()} == {
        "36.03.30": "stopped",
        "53.01.01": "serving",
        "36.03": 0,
        "53.01": 1,
    }


# --- how much it is --------------------------------------------------------------------------------------------------

STATIC = Path(settings.BASE_DIR) / "static"


def test_a_page_with_all_that_it_needs_is_at_most_20_kilobytes(place: Kecamatan, clock: Any) -> None:
    """That of a kecamatan also unpacked, that of a kabupaten with the most kecamatan (51) as it is sent."""
    break_server(place, clock)
    page = get(PAGE).content
    needed = re.findall(rb'(?:src|href)="/static/([^"]+)"', page)
    assert sorted(needed) == [b"css/public.css", b"img/favicon.svg"]
    files = [(STATIC / name.decode()).read_bytes() for name in needed]
    assert len(page) + sum(map(len, files)) <= 20 * 1024
    for number in range(40, 90):
        point = {"latitude": -6 - number / 200, "longitude": 106 + number % 7 / 10}
        Kecamatan.objects.filter(pk=make_kecamatan(f"36.03.{number}").pk).update(**point)
    maps.draw_waiting()
    clock.shift(timedelta(seconds=KEPT_SECONDS + 1))
    listed = get(LIST).content
    assert listed.count(b"<title>Kecamatan") == 50
    assert sum(len(gzip.compress(one)) for one in (listed, *files)) <= 20 * 1024


def test_the_small_stylesheet_has_the_tokens_and_the_marks_of_the_large_one() -> None:
    """Word for word, so that a status looks the same everywhere: whoever changes a line changes it in both."""
    large = (STATIC / "css/app.css").read_text().splitlines()
    _, _, shared = (STATIC / "css/public.css").read_text().partition("\n")
    small = shared.partition("/* Pieces */")[0].splitlines()
    assert len(small) > 50
    assert [line for line in small if line not in large] == []
