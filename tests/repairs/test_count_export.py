"""The counts of a month as a file: the columns of the import, everything that the person sees, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import HINDRANCES, Kecamatan, Recording
from lib.pages import BATCH_SIZE
from repairs.datasets import import_file
from tests.factories import make_dinas, make_kecamatan, make_user, moment

pytestmark = pytest.mark.django_db

HEAD = "kode;tanggal;di;rekam;cetak;kendala"


@pytest.fixture(autouse=True)
def place() -> Iterator[Kecamatan]:
    with time_machine.travel(moment("2026-11-18 04:00"), tick=False):
        yield make_kecamatan("36.03.30")


@pytest.fixture
def staff(place: Kecamatan) -> Client:
    client = Client()
    client.force_login(make_user(Role.STAFF, place.kabupaten))
    return client


def exported(client: Client, query: str) -> bytes:
    answer = client.get(f"/recordings/export/?{query}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def lines(client: Client, query: str) -> list[str]:
    text = exported(client, query).decode("utf-8-sig")
    assert text.endswith("\r\n")
    return text.splitlines()


def test_a_month_of_a_kecamatan_by_place(staff: Client, place: Kecamatan) -> None:
    dinas, host = make_dinas("36.03"), make_kecamatan("36.03.31")
    day = date(2026, 11, 2)
    counts = [
        Count(place, day, place, 42, printed=12),
        Count(place, day, host, 3),
        Count(place, day, dinas, 2),
        Count(place, day, place, 5, by_mobile_unit=True),
        Count(place, date(2026, 11, 3), place, 0, hindrance="nobody_came"),
        Count(place, date(2026, 10, 30), place, 9),
        Count(host, day, host, 8),
    ]
    enter_recordings(counts, by=None)
    assert sorted(lines(staff, "kecamatan=36.03.30")) == sorted(
        [
            HEAD,
            "36.03.30;2026-11-02;;42;12;",
            "36.03.30;2026-11-02;36.03.31;3;;",
            "36.03.30;2026-11-02;36.03;2;;",
            "36.03.30;2026-11-02;unit_keliling;5;;",
            "36.03.30;2026-11-03;;0;;sepi (tidak ada warga)",
        ]
    )
    assert lines(staff, "kecamatan=36.03.30&bulan=2026-10") == [HEAD, "36.03.30;2026-10-30;;9;;"]
    answer = staff.get("/recordings/export/?kabupaten=36.03&bulan=2026-11")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="perekaman-36.03-2026-11.csv"'


def test_the_file_of_a_month_is_imported_again_without_a_change(
    staff: Client, place: Kecamatan, tmp_path: Path
) -> None:
    dinas = make_dinas("36.03")
    counts = [
        Count(place, date(2026, 11, 1 + at), place, at, hindrance=code) for at, (code, _) in enumerate(HINDRANCES)
    ]
    counts += [Count(dinas, date(2026, 11, 2), dinas, 4), Count(place, date(2026, 11, 2), dinas, 6)]
    enter_recordings(counts, by=None)
    path = tmp_path / "november.csv"
    path.write_bytes(exported(staff, "kabupaten=36.03"))
    rows = Recording.objects.count()
    again = import_file("recordings", path)
    assert (again.problems, again.rows, again.unchanged) == ((), rows, rows)
    Recording.objects.all().delete()
    assert import_file("recordings", path).added == rows
    assert sorted(exported(staff, "kabupaten=36.03").splitlines()) == sorted(path.read_bytes().splitlines())


def test_only_what_the_person_sees_is_in_the_file(place: Kecamatan) -> None:
    other = make_kecamatan("36.03.31")
    day = date(2026, 11, 2)
    enter_recordings([Count(place, day, place, 1), Count(other, day, other, 2), Count(other, day, place, 3)], by=None)
    client = Client()
    client.force_login(make_user(Role.OPERATOR, place))
    for query in ("", "kecamatan=36.03.30", "kabupaten=36.03"):
        assert lines(client, query) == [HEAD, "36.03.30;2026-11-02;;1;;"]
    assert client.get("/recordings/export/?kecamatan=36.03.31").status_code == 404


def test_a_month_that_cannot_be_shown_is_the_current_one(staff: Client) -> None:
    assert lines(staff, "kecamatan=36.03.30&bulan=2030-01") == [HEAD]
    assert staff.get("/recordings/export/?kecamatan=../etc").status_code == 404


def test_the_file_is_read_a_batch_at_a_time(staff: Client, place: Kecamatan) -> None:
    places = [make_kecamatan(f"36.03.{number}") for number in range(31, 91)]
    days = [date(2026, 11, number) for number in range(1, 19)]
    enter_recordings([Count(one, day, one, 1) for one in places for day in days], by=None)
    assert Recording.objects.count() > BATCH_SIZE
    answer = staff.get("/recordings/export/?kabupaten=36.03")
    with CaptureQueriesContext(connection) as asked:
        sent = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert (len(asked), len(sent.splitlines())) == (3, 1 + len(places) * len(days))
