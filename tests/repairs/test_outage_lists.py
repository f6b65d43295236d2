"""The list of outages, and how many queries pages of many kecamatan take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.models import Cause, Kecamatan
from repairs.models import Outage
from repairs.outages import confirm_outage, correct_outage, void_outage
from tests.factories import make_kecamatan, make_user
from tests.repairs.conftest import NOW
from tests.repairs.outage_world import client_of, current, outage_over, typed, url_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def outages(kecamatan: Kecamatan, kresek: Kecamatan) -> list[Outage]:
    """Running for long, running, planned, over, voided."""
    rows = [
        outage_over(kresek, started_at=NOW - 48 * HOUR, cause=Cause.WEAK_POWER, effect="limited"),
        outage_over(kecamatan, kresek),
        outage_over(kecamatan, started_at=NOW + 24 * HOUR, ended_at=NOW + 30 * HOUR),
        outage_over(kecamatan, started_at=NOW - 30 * HOUR, ended_at=NOW - 24 * HOUR, cause=Cause.NETWORK),
        outage_over(kecamatan, started_at=NOW - HOUR),
    ]
    void_outage(rows[4], version=1, by=None, reason="keliru")
    return rows


def listed(answer: Any) -> list[str]:
    return [row.url for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?keadaan=berjalan", [0, 1]),
        ("?keadaan=direncanakan", [2]),
        ("?keadaan=selesai", [3]),
        ("?keadaan=dibatalkan", [4]),
        ("?keadaan=semua", [2, 4, 1, 3, 0]),
        ("?penyebab=weak_power", [0]),
        ("?kecamatan=36.03.30", [1, 2]),
        ("?keadaan=apa", []),
    ],
)
def test_the_list_is_narrowed_by_its_address(query: str, found: list[int], outages: list[Outage], staff: User) -> None:
    assert listed(client_of(staff).get(f"/outages/{query}")) == [url_of(outages[i]) for i in found]


def test_a_row_says_where_what_since_when_and_until_when(outages: list[Outage], staff: User) -> None:
    rows = client_of(staff).get("/outages/").context["rows"]
    assert [(row.title, row.where, row.state.word, row.since, row.lasted, row.until) for row in rows] == [
        ("Daya tidak kuat, diduga", "Kecamatan Kresek", "Berjalan", "18 November 2026 pukul 10.00 WIB", "2 hari", ""),
        (
            "Listrik padam, diduga",
            "Kecamatan Kresek dan Kecamatan Sepatan Timur",
            "Berjalan",
            "pukul 08.00 WIB",
            "2 jam",
            "",
        ),
        (
            "Listrik padam, diduga",
            "Kecamatan Sepatan Timur",
            "Direncanakan",
            "21 November 2026 pukul 10.00 WIB",
            "",
            "sampai 21 November 2026 pukul 16.00 WIB",
        ),
    ]


def test_only_an_operators_own_running_outages_ask(outages: list[Outage], operator: User, staff: User) -> None:
    rows = client_of(operator).get("/outages/").context["rows"]
    assert [(row.url, row.ask and row.ask.where) for row in rows] == [
        (url_of(outages[1]), "Kecamatan Sepatan Timur"),
        (url_of(outages[2]), None),
    ]
    assert [row.ask for row in client_of(staff).get("/outages/").context["rows"]] == [None] * 3


def test_paging_keeps_the_filters_and_shows_every_outage_once(
    outages: list[Outage], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 2)
    client = client_of(staff)
    first = client.get("/outages/?keadaan=semua")
    second = client.get(first.context["next_url"])
    third = client.get(second.context["next_url"])
    assert listed(first) + listed(second) + listed(third) == [url_of(outages[i]) for i in (2, 4, 1, 3, 0)]
    assert first.context["next_url"] == f"/outages/?keadaan=semua&sesudah={outages[4].pk}"
    assert (third.context["next_url"], third.context["first_url"]) == ("", "/outages/?keadaan=semua")


@pytest.mark.parametrize(("query", "words"), [("", "Tidak ada gangguan yang berjalan"), ("?penyebab=network", "Hapus")])
def test_an_empty_list_says_what_to_do(query: str, words: str, staff: User) -> None:
    assert words in client_of(staff).get(f"/outages/{query}").content.decode()


# --- many -----------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_pages_ask_a_fixed_number_of_queries_also_for_a_whole_kabupaten(
    kecamatan: Kecamatan, staff: User, operator: User
) -> None:
    first = outage_over(kecamatan, by=staff)
    outage_over(kecamatan, by=staff, started_at=NOW - 40 * HOUR)
    office, phone = client_of(staff), client_of(operator)
    urls = ["/outages/", f"/outages/?keadaan=semua&kecamatan=36.03.30&sesudah={first.pk}", url_of(first)]
    urls += [url_of(first, "correct"), "/outages/report/"]

    def counts() -> list[int]:
        return [*(queries(office, url) for url in urls), queries(phone, "/outages/"), queries(phone, url_of(first))]

    before = counts()
    places = [kecamatan, *(make_kecamatan(f"36.03.{number}") for number in range(40, 89))]
    correct_outage(first, version=1, by=staff, reason="seluruh kabupaten", places=places)
    for number in range(30):
        another = outage_over(*places, by=staff, started_at=NOW - number * HOUR)
        confirm_outage(another, places=[kecamatan], by=operator)
    assert len(office.get("/outages/").context["rows"]) == 32
    assert office.get(url_of(first)).context["where"] == "50 kecamatan di Kabupaten 36.03"
    assert counts() == before
    assert before == [5, 6, 7, 6, 4, 5, 7]


def test_an_outage_of_50_kecamatan_is_reported_split_and_ended(
    frozen: time_machine.Traveller, kecamatan: Kecamatan, staff: User
) -> None:
    for number in range(40, 89):
        make_kecamatan(f"36.03.{number}")
    client = client_of(staff)
    client.post("/outages/report/", typed(whole="on"))
    outage = Outage.objects.get()
    assert outage.places.count() == 50
    frozen.shift(HOUR)
    one = client_of(make_user(Role.OPERATOR, make_kecamatan("36.03.40")))
    one.post(url_of(outage, "restored"), {"client_key": str(uuid4())})
    assert outage.places.count() == 49
    sent = {"client_key": str(uuid4()), "version": current(outage).version, "ended_at": ""}
    client.post(url_of(outage, "end"), sent)
    assert (current(outage).ended_at, Outage.objects.running(NOW + HOUR).count()) == (NOW + HOUR, 0)


def test_the_menu_leads_to_the_outages_of_everybody_with_an_assignment(official: User) -> None:
    assert (
        '<a href="/outages/" aria-current="page">Gangguan</a>' in client_of(official).get("/outages/").content.decode()
    )
