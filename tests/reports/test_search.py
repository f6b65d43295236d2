"""Searching regions: by word, by code, inside the assignments only."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.models import Kabupaten, Kecamatan, Province
from reports.search import exact_code, find_regions
from tests.factories import make_dinas, make_kecamatan, make_user

pytestmark = pytest.mark.django_db

NAMES = {
    "36.03.29": "Kecamatan Sepatan",
    "36.03.30": "Kecamatan Sepatan Timur",
    "36.03.06": "Kecamatan Kresek",
    "36.71.01": "Kecamatan Tangerang",
    "53.01.01": "Kecamatan Kemiri",
}


@pytest.fixture(autouse=True)
def regions() -> None:
    for code, name in NAMES.items():
        make_kecamatan(code, name)
    make_dinas("36.03")
    Kecamatan.objects.filter(code="36.03.00").update(name="Dinas Kabupaten Tangerang")
    Kabupaten.objects.filter(code="36.03").update(name="Kabupaten Tangerang")
    Kabupaten.objects.filter(code="36.71").update(name="Kota Tangerang")
    Province.objects.filter(code="36").update(name="Banten")


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMIN, None)


@pytest.fixture
def staff() -> User:
    return make_user(Role.STAFF, Kabupaten.objects.get(code="36.03"))


def found(question: str, user: User) -> list[str]:
    return [one.name for one in find_regions(question, user).found]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("sepatan", ["Kecamatan Sepatan", "Kecamatan Sepatan Timur"]),
        ("  SEPATAN  tim", ["Kecamatan Sepatan Timur"]),
        ("kec. sepatan", ["Kecamatan Sepatan", "Kecamatan Sepatan Timur"]),
        ("sepatan banten", ["Kecamatan Sepatan", "Kecamatan Sepatan Timur"]),
        ("sepatan kota", []),
        (
            "tangerang",
            ["Kabupaten Tangerang", "Kota Tangerang", "Kecamatan Tangerang", "Dinas Kabupaten Tangerang"],
        ),
        ("kab tangerang", ["Kabupaten Tangerang", "Dinas Kabupaten Tangerang"]),
        ("ban", ["Banten"]),
        ("ke", ["Kecamatan Kemiri"]),
        ("atan", []),
        ("36.03.3", ["Kecamatan Sepatan Timur"]),
        ("360330", ["Kecamatan Sepatan Timur"]),
        ("indonesia", ["Indonesia"]),
        ("kecamatan", []),
        ("s", []),
        ("%", []),
        ("__", []),
        ("", []),
    ],
)
def test_every_word_begins_a_word_of_the_name_or_of_what_lies_above(
    admin: User, question: str, names: list[str]
) -> None:
    assert found(question, admin) == names


def test_what_was_found_names_its_way_and_its_page(admin: User) -> None:
    sepatan, banten = find_regions("sepatan", admin).found[0], find_regions("banten", admin).found[0]
    assert (sepatan.above, sepatan.url) == ("Kabupaten Tangerang, Banten", "/kecamatan/36.03.29/")
    assert (banten.above, banten.url) == ("", "/reports/36/")


def test_nothing_outside_the_assignments_is_found(staff: User) -> None:
    assert found("sepatan", staff) == ["Kecamatan Sepatan", "Kecamatan Sepatan Timur"]
    for question in ("kemiri", "banten", "36.71", "53.01.01", "indonesia", "ID"):
        assert (found(question, staff), exact_code(question, staff)) == ([], None)
    assert found("tangerang", staff) == ["Kabupaten Tangerang", "Dinas Kabupaten Tangerang"]
    nobody = User.objects.create_user(username="nobody", name="Tanpa Tugas")
    assert found("sepatan", nobody) == []


def test_a_closed_region_comes_last_and_says_so(admin: User) -> None:
    Kecamatan.objects.filter(code="36.03.29").update(closed_on=date(2025, 1, 1))
    assert [(one.name, one.closed) for one in find_regions("sepatan", admin).found] == [
        ("Kecamatan Sepatan Timur", False),
        ("Kecamatan Sepatan", True),
    ]


def test_more_than_fit_are_cut_and_the_sentence_says_so(admin: User) -> None:
    answer = find_regions("tangerang", admin, at_most=2)
    assert ([one.name for one in answer.found], answer.said) == (
        ["Kabupaten Tangerang", "Kota Tangerang"],
        "Lebih dari 2 wilayah, yang paling cocok di atas.",
    )


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("36.03.30", "/kecamatan/36.03.30/"),
        ("360330", "/kecamatan/36.03.30/"),
        ("36.03", "/reports/36.03/"),
        ("36", "/reports/36/"),
        ("id", "/reports/ID/"),
    ],
)
def test_a_whole_code_leads_straight_there(client: Client, admin: User, question: str, address: str) -> None:
    client.force_login(admin)
    assert client.get("/search/", {"q": question})["Location"] == address


def test_the_page_lists_what_was_found_and_keeps_the_question(client: Client, admin: User) -> None:
    client.force_login(admin)
    page = client.get("/search/", {"q": "sepatan"}).content.decode()
    assert '<a href="/kecamatan/36.03.29/"><b>Kecamatan Sepatan</b>' in page
    assert "Kabupaten Tangerang, Banten · 36.03.29" in page
    assert 'name="q" type="search" value="sepatan"' in page
    assert "Tidak ada wilayah “entah” dalam penugasan Anda." in client.get("/search/?q=entah").content.decode()


def test_htmx_gets_a_few_suggestions_and_a_link_to_all(client: Client, admin: User) -> None:
    client.force_login(admin)
    for number in range(40, 50):
        make_kecamatan(f"36.03.{number}", f"Kecamatan Sepatan {number}")
    part = client.get("/search/", {"q": "sepatan"}, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="temuan">')
    assert part.count("<li>") == 8
    assert '<a href="/search/?q=sepatan">Lihat semua yang cocok</a>' in part


@pytest.mark.parametrize("question", ["sepatan", "36.0", "kemiri"])
def test_searching_asks_at_most_eight_questions(client: Client, admin: User, question: str) -> None:
    client.force_login(admin)
    with CaptureQueriesContext(connection) as captured:
        client.get("/search/", {"q": question})
    assert len(captured) <= 8


def test_the_box_stands_in_the_head_of_whoever_is_assigned(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert 'action="/search/"' in client.get("/repairs/").content.decode()
    client.force_login(User.objects.create_user(username="nobody", name="Tanpa Tugas"))
    assert 'action="/search/"' not in client.get("/").content.decode()
