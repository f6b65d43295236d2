"""Who reads which region, where each role begins, and the report by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from kecamatan.models import Kabupaten
from reports.regions import find_region
from reports.selectors import report
from tests.factories import (
    give_role,
    make_kecamatan,
    make_province,
    make_user,
)
from tests.reports.region_world import MARCH, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.mark.parametrize("code", ["ID", "36", "36.71", "36.71.01", "53", "00", "apa", "36.03.99"])
def test_a_region_outside_the_assignments_is_not_there(staff: Client, code: str) -> None:
    make_kecamatan("36.71.01")
    make_province("53")
    for path in (f"/reports/{code}/", f"/kecamatan/{code}/", f"/api/v1/reports/{code}/"):
        assert staff.get(path).status_code == 404


def test_our_own_page_says_that_a_region_is_not_there_also_while_developing(staff: Client, settings: Any) -> None:
    settings.DEBUG = True
    for path in ("/reports/99/", "/kecamatan/36.03/"):
        answer = staff.get(path)
        assert (answer.status_code, "Halaman tidak ditemukan" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize(
    ("role", "code", "home"),
    [
        (Role.OFFICIAL, "36.03.30", "/kecamatan/36.03.30/"),
        (Role.OFFICIAL, "36", "/reports/36/"),
        (Role.ADMIN, "ID", "/reports/ID/"),
    ],
)
def test_the_first_page_leads_each_role_to_its_own_region(
    kabupaten: Kabupaten, role: str, code: str, home: str
) -> None:
    region = find_region(code)
    place = region.kecamatan or region.kabupaten or region.province
    client = signed_in(role, place)
    assert client.get("/")["Location"] == home
    assert client.get(home).status_code == 200


def test_the_highest_assignment_leads_and_the_others_stand_in_the_menu(kabupaten: Kabupaten) -> None:
    user = make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    give_role(user, Role.STAFF, kabupaten)
    client = Client()
    client.force_login(user)
    assert client.get("/").context["region"].code == "36.03"
    assert 'href="/kecamatan/36.03.30/">Kecamatan Baik</a>' in client.get("/reports/36.03/").content.decode()


def test_the_report_of_a_kecamatan_is_its_own_page_and_keeps_the_month(staff: Client) -> None:
    assert staff.get("/reports/36.03.30/?bulan=2026-02")["Location"] == "/kecamatan/36.03.30/?bulan=2026-02"


def test_the_api_answers_with_the_report_itself(staff: Client) -> None:
    answer = staff.get("/api/v1/reports/36.03/", {"month": "2026-03"})
    assert answer.json() == report(find_region("36.03"), MARCH)
    assert staff.get("/api/v1/reports/36.03/").json() == answer.json()


def test_the_api_refuses_a_month_it_cannot_read(staff: Client) -> None:
    answer = staff.get("/api/v1/reports/36.03/", {"month": "04/2012"})
    assert answer.status_code == 400
    assert answer.json() == {"month": "Bulan “04/2012” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04."}
