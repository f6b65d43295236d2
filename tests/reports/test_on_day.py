"""The state on a past day from the spans: what the rollups say of a month's end, and any day between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from repairs.arrangements import start_arrangement
from repairs.outages import report_outage
from reports import rollups
from tests.factories import INSTALLED_AT, make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

PATHS = ("/reports/36/", "/reports/36.03/", "/kecamatan/36.03.31/")


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        yield


@pytest.fixture
def client() -> Client:
    """A fault from 3 to 9 March, hosted from 5 March; an outage on 10 March until 20.00; one without a set."""
    good, broken = make_kecamatan("36.03.30", "Kecamatan Baik"), make_kecamatan("36.03.31", "Kecamatan Rusak")
    make_kecamatan("36.03.32", "Kecamatan Diam")
    make_set(good)
    make_fault(make_set(broken), failed_at=moment("2026-03-03 02:00"), restored_at=moment("2026-03-09 05:00"))
    start_arrangement(
        kecamatan=broken,
        kind="hosted",
        host=good,
        started_at=moment("2026-03-05 01:00"),
        ended_at=moment("2026-03-09 05:00"),
        by=None,
    )
    report_outage(
        client_key=uuid4(),
        places=[good],
        started_at=moment("2026-03-10 02:00"),
        ended_at=moment("2026-03-10 13:00"),
        effect="stopped",
        cause="power_outage",
        by=None,
    )
    rollups.refresh()
    made = Client()
    made.force_login(make_user(Role.OFFICIAL, None))
    return made


@pytest.mark.parametrize(
    ("day", "able", "services"),
    [
        ("2026-01-04", "0", {"Baik": "Belum lapor", "Rusak": "Belum lapor"}),
        ("2026-03-02", "2", {"Baik": "Melayani", "Rusak": "Melayani"}),
        ("2026-03-03", "1", {"Baik": "Melayani", "Rusak": "Berhenti"}),
        ("2026-03-05", "1", {"Baik": "Melayani", "Rusak": "Menumpang"}),
        ("2026-03-09", "2", {"Baik": "Melayani", "Rusak": "Melayani"}),
        # The outage of the day was over at its end.
        ("2026-03-10", "2", {"Baik": "Melayani", "Rusak": "Melayani"}),
        ("2026-03-18", "2", {"Baik": "Melayani", "Rusak": "Melayani"}),
    ],
)
def test_a_day_is_judged_at_its_end_by_what_covered_it(
    client: Client, day: str, able: str, services: dict[str, str]
) -> None:
    context = client.get(f"/reports/36.03/?per={day}").context
    assert (context["able"], context["total"]) == (able, "3")
    found = {line.name.removeprefix("Kecamatan "): line.text for line in context["lines"]}
    assert found == {**services, "Diam": "Belum lapor"}


def test_a_province_lists_its_kabupaten_and_who_had_stopped(client: Client) -> None:
    context = client.get("/reports/36/?per=2026-03-03").context
    assert [(line.name, line.text, line.since, line.sets) for line in context["lines"]] == [
        ("Kabupaten 36.03", "1 / 3", "Rusak", "1 berfungsi, 1 tidak berfungsi")
    ]
    assert context["lines"][0].url == "/reports/36.03/?per=2026-03-03"


@pytest.mark.parametrize("code", ["36", "36.03"])
def test_each_count_of_a_day_leads_to_its_kecamatan(client: Client, code: str) -> None:
    context = client.get(f"/reports/{code}/?per=2026-03-05").context
    counts = {count.label: (count.number, count.url) for count in context["services"]}
    counts["Dapat merekam"] = (context["able"], context["able_url"])
    assert {label: number for label, (number, _) in counts.items() if number != "0"} == {
        "Melayani": "1",
        "Menumpang": "1",
        "Belum lapor": "1",
        "Dapat merekam": "1",
    }
    for number, url in counts.values():
        assert (url, str(len(client.get(url).context["lines"]))) == (url, number)
    assert [line.name for line in client.get(counts["Menumpang"][1]).context["lines"]] == ["Kecamatan Rusak"]


def test_a_kecamatan_says_since_when(client: Client) -> None:
    page = client.get("/kecamatan/36.03.31/?per=2026-03-04")
    assert [(line.text, line.since) for line in page.context["lines"]] == [("Berhenti", "3 Maret 2026 (1 hari 14 jam)")]
    assert "Rabu, 4 Maret 2026 pukul 24.00 WIB" in page.content.decode()


def test_a_device_that_was_moved_here_takes_along_its_fault(client: Client) -> None:
    place = make_kecamatan("36.03.33", "Kecamatan Baru")
    device = make_set(make_kecamatan("36.71.01"), kinds=["server"]).placements.get().device
    own = make_set(place)
    server = own.placements.get(device__kind__code="server")
    server.device.placements.all().delete()
    device.placements.update(ended_at=moment("2026-02-01 00:00"))
    device.placements.create(recording_set=own, started_at=moment("2026-02-01 00:00"))
    ticket = make_fault(make_set(make_kecamatan("36.71.01"), "2"), failed_at=moment("2026-01-20 02:00"))
    type(ticket).objects.filter(pk=ticket.pk).update(device=device)
    for path in ("/reports/36.03/", "/kecamatan/36.03.33/"):
        context = client.get(f"{path}?per=2026-03-02").context
        assert "1 tidak berfungsi" in context["sets"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("besok", "Tanggal “besok” tidak terbaca. Tulis misalnya 2026-03-18."),
        ("2026-03-19", "Kamis, 19 Maret 2026 belum tiba. Pilih hari ini atau sebelumnya."),
        ("2008-12-31", "Sebelum 2009 belum ada alat perekaman."),
    ],
)
def test_a_day_that_cannot_be_shown_is_answered_with_a_sentence(client: Client, asked: str, said: str) -> None:
    page = client.get("/reports/36.03/", {"per": asked})
    assert (page.status_code, said in page.content.decode(), "Dapat merekam" in page.content.decode()) == (
        200,
        True,
        False,
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_at_most_eight_questions_and_writes_nothing(client: Client, path: str) -> None:
    for number in range(5):
        make_fault(make_set(make_kecamatan(f"36.03.4{number}")), failed_at=INSTALLED_AT)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{path}?per={date(2026, 3, 3)}").status_code == 200
    assert len(captured) <= 8
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in captured.captured_queries)


def test_a_page_that_is_kept_never_hides_a_change(client: Client) -> None:
    def able() -> str:
        return str(client.get("/reports/36/?per=2026-03-17").context["able"])

    assert able() == "2"
    with CaptureQueriesContext(connection) as captured:
        assert able() == "2"
    assert len(captured) == 4
    make_fault(make_set(make_kecamatan("36.03.32"), "1"), failed_at=moment("2026-03-16 02:00"))
    place = make_kecamatan("36.03.34", "Kecamatan Tambahan")
    make_set(place)
    assert able() == "3"  # A mark waits.
    rollups.refresh()
    assert able() == "3"
    report_outage(
        client_key=uuid4(),
        places=[place],
        started_at=moment("2026-03-17 02:00"),
        effect="stopped",
        cause="network",
        by=None,
    )
    assert able() == "2"
    rollups.refresh()
    assert able() == "2"
