"""Which kecamatan to act on first: the proposal with its reasons, and the order that the head names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from kecamatan.duty import PopulationFigures, say_all_is_normal, set_populations
from kecamatan.models import Event, Kabupaten, Kecamatan
from kecamatan.priorities import set_priorities
from lib.distance import kilometres
from lib.errors import Conflict
from reports import rollups
from reports.priorities import FAR_KM, nearest
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")  # Wednesday 11.00 WIB
PAGE = "/reports/36.03/priorities/"


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def standing(code: str, name: str, longitude: float, since: str = "", recorded: int | None = 900) -> Kecamatan:
    """Make a kecamatan on the sixth parallel; its only server stands still ``since``."""
    place = make_kecamatan(code, f"Kecamatan {name}")
    Kecamatan.objects.filter(pk=place.pk).update(latitude=-6.0, longitude=longitude)
    recording_set = make_set(place)
    if since:
        make_fault(recording_set, failed_at=moment(since))
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000, recorded)], by=None)
    return place


@pytest.fixture
def kabupaten() -> Kabupaten:
    """One kecamatan works. Far is 22 km from it and stands for 3 days, Near 11 km and 4; of Unknown little is known."""
    say_all_is_normal(standing("36.03.30", "Kerja", 106.0), by=None)
    standing("36.03.31", "Dekat", 106.1, "2026-03-14 02:00")
    standing("36.03.32", "Jauh", 106.2, "2026-03-15 02:00")
    standing("36.03.33", "Entah", 106.1, "2026-03-01 02:00", recorded=None)
    rollups.refresh()
    return Kabupaten.objects.get()


def signed_in(role: str, region: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, region))
    return client


def test_the_weightiest_is_proposed_first_and_what_is_unknown_last(kabupaten: Kabupaten) -> None:
    shown = signed_in(Role.OFFICIAL, kabupaten).get(PAGE).context["rows"]
    assert [(row.name, row.reasons) for row, _ in shown] == [
        (
            "Kecamatan Jauh",
            [
                "Belum direkam: 100 orang wajib KTP",
                "Setnya berhenti sejak 15 Maret 2026 (3 hari); sekarang berhenti",
                "Terdekat yang melayani: Kecamatan Kerja, 22 km garis lurus",
                "Bobot 100 × 3 × 22 = 6.600",
            ],
        ),
        (
            "Kecamatan Dekat",
            [
                "Belum direkam: 100 orang wajib KTP",
                "Setnya berhenti sejak 14 Maret 2026 (4 hari); sekarang berhenti",
                "Terdekat yang melayani: Kecamatan Kerja, 11 km garis lurus",
                "Bobot 100 × 4 × 11 = 4.400",
            ],
        ),
        (
            "Kecamatan Entah",
            [
                "Belum direkam: tidak disebut",
                "Setnya berhenti sejak 1 Maret 2026 (17 hari); sekarang berhenti",
                "Terdekat yang melayani: Kecamatan Kerja, 11 km garis lurus",
                "Bobot tidak dapat dihitung: sudah direkam berapa orang tidak diketahui",
            ],
        ),
    ]


def test_a_host_that_has_not_been_heard_from_is_not_named(kabupaten: Kabupaten, now: Any) -> None:
    now.move_to(moment("2026-03-31 04:00"))  # The offices were closed from Nyepi to the end of Idulfitri.
    rollups.refresh()
    shown = signed_in(Role.OFFICIAL, kabupaten).get(PAGE).context["rows"]
    assert [row.reasons[2] for row, _ in shown] == ["Tidak ada yang melayani dalam 150 km"] * 3


def test_the_head_accepts_the_proposal_and_the_dashboard_says_so(kabupaten: Kabupaten) -> None:
    head = signed_in(Role.OFFICIAL, kabupaten)
    page = head.get(PAGE).content.decode()
    assert "Kepala dinas belum menetapkan kecamatan prioritas." in page
    assert "Tetapkan 3 teratas seperti usulan" in page
    answer = head.post(PAGE, {"seen": "", "urutan-36.03.32": "1", "urutan-36.03.31": "2"}, follow=True)
    assert answer.context["named"] == [
        ("Kecamatan Jauh", "/kecamatan/36.03.32/"),
        ("Kecamatan Dekat", "/kecamatan/36.03.31/"),
    ]
    assert "18 Maret 2026" in answer.context["named_by"]
    assert "<b>Prioritas 1</b>" in head.get("/kecamatan/36.03.32/").content.decode()


def test_two_of_one_rank_are_refused_beside_the_second_and_nothing_typed_is_lost(kabupaten: Kabupaten) -> None:
    head = signed_in(Role.OFFICIAL, kabupaten)
    typed = {"seen": "", "urutan-36.03.31": "1", "urutan-36.03.32": "1", "urutan-36.03.33": "satu"}
    form = head.post(PAGE, typed).context["form"]
    assert dict(form.errors) == {
        "urutan-36.03.32": ["Urutan 1 sudah dipakai Kecamatan Dekat. Beri angka lain."],
        "urutan-36.03.33": ["Urutan ditulis dengan angka, mulai dari 1."],
    }
    assert form["urutan-36.03.33"].value() == "satu"
    assert not Kecamatan.objects.exclude(priority_rank=None).exists()


def test_the_second_of_two_people_sees_the_list_of_the_first_and_keeps_what_was_typed(kabupaten: Kabupaten) -> None:
    head = signed_in(Role.OFFICIAL, kabupaten)
    set_priorities("36.03", ["36.03.33"], by=None)
    answer = head.post(PAGE, {"seen": "", "urutan-36.03.31": "1"})
    assert answer.status_code == 409
    assert "Daftar prioritas baru saja diubah orang lain" in answer.content.decode()
    assert answer.context["named"] == [("Kecamatan Entah", "/kecamatan/36.03.33/")]
    form = answer.context["form"]
    assert (form["urutan-36.03.31"].value(), form["seen"].value()) == ("1", "36.03.33")
    assert head.post(PAGE, {"seen": "36.03.33", "urutan-36.03.31": "1"}).status_code == 302


def test_a_naming_is_kept_for_the_kabupaten_and_for_each_kecamatan_that_it_moves(kabupaten: Kabupaten) -> None:
    assert set_priorities("36.03", ["36.03.31", "36.03.32"], by=None) == []
    assert set_priorities("36.03", ["36.03.31", "36.03.32"], by=None) == ["36.03.31", "36.03.32"]
    set_priorities("36.03", ["36.03.31"], by=None, seen=["36.03.31", "36.03.32"])
    with pytest.raises(Conflict):
        set_priorities("36.03", [], by=None, seen=["36.03.32"])
    named = Event.objects.filter(action="name_priorities").order_by("pk").values_list("data", flat=True)
    assert list(named) == [
        {"before": [], "after": ["36.03.31", "36.03.32"]},
        {"before": ["36.03.31", "36.03.32"], "after": ["36.03.31"]},
    ]
    assert Event.objects.filter(action="set_priority").count() == 3


def test_the_page_asks_at_most_eight_questions(kabupaten: Kabupaten) -> None:
    staff = signed_in(Role.STAFF, kabupaten)
    with CaptureQueriesContext(connection) as asked:
        staff.get(PAGE)
    assert len(asked) <= 8


def test_a_province_reads_the_proposal_of_all_its_kabupaten(kabupaten: Kabupaten) -> None:
    official = signed_in(Role.OFFICIAL, kabupaten.province)
    answer = official.get("/reports/36/priorities/")
    assert next(row.name for row, _ in answer.context["rows"]) == "Kecamatan Jauh, Kabupaten 36.03"
    assert "Simpan urutan" not in answer.content.decode()


def test_where_nothing_stands_still_the_page_says_so() -> None:
    place = standing("36.03.30", "Kerja", 106.0)
    rollups.refresh()
    page = signed_in(Role.OFFICIAL, place.kabupaten).get(PAGE).content.decode()
    assert "Tidak ada kecamatan yang berhenti" in page
    assert "Simpan urutan" in page


degrees = st.integers(-90, 90).map(lambda hundredths: hundredths / 100)


@given(here=st.tuples(degrees, degrees), others=st.lists(st.tuples(degrees, degrees), max_size=8))
def test_the_nearest_is_as_near_as_any(here: tuple[float, float], others: list[tuple[float, float]]) -> None:
    place = Kecamatan(pk=0, latitude=here[0], longitude=here[1])
    hosts = [(number, f"{number}", point) for number, point in enumerate(others, 1)]
    distances = [round(kilometres(here, point)) for point in others]
    name, km = nearest(place, hosts)
    near = [km for km in distances if km <= FAR_KM]
    # On a plane another may seem nearer, by less than the plane differs from the sphere.
    assert abs(km - min(near, default=FAR_KM)) <= 1
    assert km == FAR_KM if not name else km == distances[int(name) - 1]
