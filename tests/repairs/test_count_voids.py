"""A count for a wrong day is taken off the record: it counts nowhere, stays to be read, and leaves room for another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from kecamatan.duty import Count
from kecamatan.models import Event, Kecamatan, Recording, VoidedRecording
from lib.errors import Conflict, Forbidden, Refused
from repairs.counts import Figures, add_counts, correct_count, figures_of, void_count
from reports import rollups
from reports.models import RegionMonth
from tests.factories import forget_marks, make_dinas, make_kecamatan, make_set, make_user, marks, moment

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 12)
URL = "/recordings/36.03.30/2026-11-12/"
VOID = f"{URL}void/"


@pytest.fixture(autouse=True)
def place() -> Iterator[Kecamatan]:
    with time_machine.travel(moment("2026-11-18 04:00"), tick=False):
        make_dinas("36.03")
        yield make_kecamatan("36.03.30")


@pytest.fixture
def operator(place: Kecamatan) -> User:
    return make_user(Role.OPERATOR, place, "ana")


@pytest.fixture
def client(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def counted(place: Kecamatan, day: date = DAY, recorded: int = 42) -> Recording:
    add_counts([Count(place, day, place, recorded)], by=None)
    forget_marks()
    row: Recording = Recording.objects.select_related("kecamatan", "place").get(kecamatan=place, day=day)
    return row


def body(row: Recording, **values: object) -> dict[str, object]:
    return {"count": row.pk, "seen": f"{row.recorded}||", "reason": "salah hari", "client_key": uuid4(), **values}


def test_a_voided_count_is_kept_with_who_when_and_why(place: Kecamatan, operator: User) -> None:
    row = counted(place)
    void_count(row, seen=figures_of(row), reason="salah hari", by=operator)
    assert Recording.objects.count() == 0
    kept = VoidedRecording.objects.get()
    assert (kept.kecamatan, kept.day, kept.place, figures_of(kept)) == (place, DAY, place, Figures(42))
    assert (kept.voided_by, kept.void_reason, kept.number) == (operator, "salah hari", row.pk)
    event = Event.objects.get(action="void")
    assert (event.subject, event.kecamatan, event.by) == (f"recording:{row.pk}", place, operator)
    assert event.data == {
        "before": {"day": "2026-11-12", "recorded": 42, "printed": None, "hindrance": ""},
        "reason": "salah hari",
    }
    assert marks() == [("36.03.30", "2026-11")]


def test_the_month_and_the_sign_of_life_are_judged_without_it(place: Kecamatan) -> None:
    make_set(place)
    row = counted(place, date(2026, 11, 17), 42)
    add_counts([Count(place, date(2026, 11, 2), place, 10)], by=None)
    rollups.refresh()

    def month() -> tuple[int, int, int, int]:
        names = ("recorded", "days_reported", "kecamatan_confirmed", "kecamatan_silent")
        return RegionMonth.objects.values_list(*names).get(
            region_id=place.pk, level="kecamatan", month=date(2026, 11, 1)
        )

    assert month() == (52, 2, 1, 0)
    void_count(row, seen=Figures(42), reason="salah hari", by=None)
    rollups.refresh()
    assert month() == (10, 1, 0, 1)


def test_a_count_of_an_earlier_month_marks_the_months_that_it_was_a_sign_of_life_in(place: Kecamatan) -> None:
    row = counted(place, date(2026, 10, 30))
    void_count(row, seen=Figures(42), reason="salah hari", by=None)
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]


def test_another_count_may_take_its_place(place: Kecamatan) -> None:
    row = counted(place)
    void_count(row, seen=Figures(42), reason="salah hari", by=None)
    again = counted(place, DAY, 7)
    assert (again.recorded, again.pk != row.pk, VoidedRecording.objects.count()) == (7, True, 1)


def test_what_changed_meanwhile_is_not_voided(place: Kecamatan, operator: User) -> None:
    row = counted(place)
    correct_count(row, seen=Figures(42), figures=Figures(40), reason="salah ketik", by=None)
    with pytest.raises(Conflict):
        void_count(row, seen=Figures(42), reason="salah hari", by=operator)
    void_count(row, seen=Figures(40), reason="salah hari", by=operator)
    with pytest.raises(Conflict):
        void_count(row, seen=Figures(40), reason="salah hari", by=operator)
    assert VoidedRecording.objects.count() == 1


def test_a_reason_and_a_permission_are_needed(place: Kecamatan) -> None:
    row = counted(place)
    with pytest.raises(Refused) as refusal:
        void_count(row, seen=Figures(42), reason=" ", by=None)
    assert refusal.value.field == "reason"
    for user in (make_user(Role.TECHNICIAN, place.kabupaten), make_user(Role.STAFF, make_kecamatan("36.71.01"))):
        with pytest.raises(Forbidden):
            void_count(row, seen=Figures(42), reason="x", by=user)
    assert Recording.objects.count() == 1


# --- the page ---------------------------------------------------------------------------------------------------


def test_an_operator_takes_back_a_count_once(client: Client, place: Kecamatan) -> None:
    row = counted(place)
    assert "Batalkan hitungan ini" in client.get(URL).content.decode()
    sent = body(row)
    for _ in range(2):
        answer = client.post(VOID, sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    page = client.get(URL)
    assert page.context["counts"] == []
    assert [(voided["title"], voided["history"][0].what) for voided in page.context["voided"]] == [
        ("Kantor kecamatan: 42 orang direkam", "membatalkan hitungan ini")
    ]
    assert page.context["voided"][0]["history"][0].quote == "salah hari"
    assert "Belum diisi" in page.content.decode()


def test_without_a_reason_the_form_is_shown_again(client: Client, place: Kecamatan) -> None:
    row = counted(place)
    page = client.post(VOID, body(row, reason=""))
    assert page.context["counts"][0]["is_void_open"]
    assert page.context["sent"].errors == {"reason": ["Tulis alasannya."]}
    assert Recording.objects.count() == 1


def test_who_voids_what_somebody_corrected_sees_both_and_decides_again(client: Client, place: Kecamatan) -> None:
    row = counted(place)
    correct_count(row, seen=Figures(42), figures=Figures(40), reason="salah ketik", by=None)
    lost = client.post(VOID, body(row, seen="42||"))
    assert lost.status_code == 409
    clash = lost.context["clashes"][0]
    assert (clash.saw, clash.typed, clash.now) == ("42 orang direkam", "batalkan: salah hari", "40 orang direkam")
    assert client.post(clash.url, body(row, seen=clash.form["seen"].value())).status_code == 302
    assert VoidedRecording.objects.get().recorded == 40


def test_who_corrects_what_somebody_voided_is_told_and_may_enter_it_anew(client: Client, place: Kecamatan) -> None:
    row = counted(place)
    void_count(row, seen=Figures(42), reason="salah hari", by=None)
    for url, sent in ((URL, body(row, recorded="41", reason="salah ketik")), (VOID, body(row))):
        lost = client.post(url, sent)
        clash = lost.context["clashes"][0]
        assert (lost.status_code, clash.form) == (409, None)
        assert clash.now == "sudah dibatalkan, jadi tidak dihitung"
        assert clash.url.startswith("/recordings/?kecamatan=36.03.30")
