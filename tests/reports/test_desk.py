"""The desk of technicians and staff: what waits for them, what runs, who has not reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.deputies import deputise
from accounts.models import Role, User
from kecamatan.models import Event, Kabupaten, Kecamatan
from repairs.models import Ticket
from repairs.outages import report_outage
from repairs.tickets import assign, set_priority
from reports import rollups
from tests.factories import give_role, make_fault, make_kecamatan, make_set, make_user
from tests.reports.region_world import NOW, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

HOUR = timedelta(hours=1)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tickets(answer: Any) -> dict[str, list[str]]:
    return {part.title: [row.number for row in part.rows] for part in answer.context["work"]}


def late(ticket: Ticket) -> Ticket:
    """Make a ticket overdue: its fault was reported long before its due date."""
    Ticket.objects.filter(pk=ticket.pk).update(due_at=NOW - HOUR)
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def ups(kabupaten: Kabupaten) -> Ticket:
    return Ticket.objects.get()


@pytest.fixture
def camera(kabupaten: Kabupaten) -> Ticket:
    return late(make_fault(make_set(make_kecamatan("36.03.33", "Kecamatan Eling")), "camera"))


def test_staff_find_what_is_late_first_and_no_ticket_twice(ups: Ticket, camera: Ticket, staff: Client) -> None:
    page = staff.get("/")
    assert tickets(page) == {"Lewat tenggat": [camera.number], "Belum dikerjakan, belum lewat tenggat": [ups.number]}
    assert [(count.label, count.number, count.url) for count in page.context["counts"]] == [
        ("Perlu ditangani", "2", "/repairs/"),
        ("Belum dikerjakan", "2", "/repairs/?keadaan=belum"),
        ("Dikerjakan", "0", "/repairs/?keadaan=in_progress"),
        ("Menunggu", "0", "/repairs/?keadaan=menunggu"),
        ("Perlu dipastikan", "0", "/repairs/?keadaan=resolved"),
        ("Lewat tenggat", "1", "/repairs/?lewat=on"),
        ("Tugas saya", "0", "/repairs/?petugas=saya"),
    ]


def test_a_technician_finds_the_own_tickets_first_then_those_that_nobody_works_on(
    kabupaten: Kabupaten, ups: Ticket, camera: Ticket, staff: Client
) -> None:
    technician = make_user(Role.TECHNICIAN, kabupaten)
    assign(ups, assignee=technician, version=ups.version, by=technician)
    page = client_of(technician).get("/")
    assert tickets(page) == {"Tugas saya": [ups.number], "Belum dikerjakan siapa pun": [camera.number]}
    assert (page.context["behind"], page.context["may_report"], page.context["may_log"]) == (None, False, False)
    set_priority(ups, priority="urgent", version=ups.version, by=technician)
    assert "<b>Mendesak</b>" in client_of(technician).get("/").content.decode()


def test_a_deputy_finds_what_an_absent_colleague_holds_and_only_as_long(
    kabupaten: Kabupaten, ups: Ticket, camera: Ticket, staff: Client, now: Any
) -> None:
    absent, deputy = (make_user(Role.TECHNICIAN, kabupaten, name) for name in ("rudi", "budi"))
    assign(ups, assignee=absent, version=ups.version, by=None)
    assign(camera, assignee=deputy, version=camera.version, by=None)
    client = client_of(deputy)

    def listed() -> tuple[list[tuple[str, str]], list[tuple[str, str]], str, int]:
        with CaptureQueriesContext(connection) as context:
            desk = client.get("/").context
        table = client.get("/repairs/?petugas=saya").context
        found = [[(row.number, row.holder) for row in rows] for rows in (desk["work"][0].rows, table["rows"])]
        assert [count.number for count in table["views"]] == [count.number for count in desk["counts"]]
        return found[0], sorted(found[1]), desk["counts"][-1].number, len(context)

    before = listed()
    assert before[:3] == ([(camera.number, "Budi")], [(camera.number, "Budi")], "1")
    deputise(absent, deputy=deputy, first_day=NOW.date(), last_day=NOW.date(), by=None)
    both = [(ups.number, "Anda, menggantikan Rudi"), (camera.number, "Budi")]
    during = listed()
    assert (during[:3], during[3]) == (([*reversed(both)], sorted(both), "2"), before[3])
    now.shift(timedelta(days=2))
    assert listed()[:3] == before[:3]


def test_staff_answer_in_one_tap_whether_an_outage_lasts_and_stay_at_their_desk(
    kabupaten: Kabupaten, staff: Client
) -> None:
    place = Kecamatan.objects.get(code="36.03.30")
    outage = report_outage(
        client_key=uuid4(), places=[place], started_at=NOW - HOUR, effect="stopped", cause="power_outage", by=None
    )
    ask = staff.get("/").context["outages"].rows[0].ask
    assert (ask.pk, ask.question, ask.where, ask.way_back) == (outage.pk, "Masih padam?", "Kecamatan Baik", "meja")
    sent = {"client_key": str(ask.confirm_key), "kecamatan": "", "kembali": "meja"}
    assert staff.post(f"/outages/{outage.pk}/confirm/", sent)["Location"] == "/"
    assert Event.objects.filter(subject=f"outage:{outage.pk}", action="confirm").count() == 1
    technician = signed_in(Role.TECHNICIAN, kabupaten).get("/").context["outages"].rows[0]
    assert (technician.title, technician.where, technician.ask) == ("Listrik padam, diduga", "Kecamatan Baik", None)


def test_what_runs_in_another_kabupaten_is_not_on_the_desk(staff: Client) -> None:
    far = make_kecamatan("53.01.01")
    make_fault(make_set(far))
    report_outage(client_key=uuid4(), places=[far], started_at=NOW - HOUR, effect="stopped", by=None)
    page = staff.get("/")
    assert page.context["outages"] == ([], False)
    assert [count.number for count in page.context["counts"]] == ["1", "1", "0", "0", "0", "0", "0"]


def test_missing_counts_are_listed_from_the_kecamatan_with_most(staff: Client) -> None:
    page = staff.get("/")
    # Twelve office days of March are over on Wednesday the 18th, of which 1 is filled for two kecamatan.
    assert [(one.name, one.missing, one.is_silent, one.url) for one in page.context["behind"]] == [
        ("Kecamatan Baik", "11 dari 12 hari", True, "/recordings/?kecamatan=36.03.30"),
        ("Kecamatan Diam", "12 dari 12 hari", False, "/recordings/?kecamatan=36.03.32"),
        ("Kecamatan Cukup", "11 dari 12 hari", False, "/recordings/?kecamatan=36.03.31"),
    ]
    assert page.context["behind_url"] == "/recordings/?kabupaten=36.03"


def test_the_region_says_who_can_record_and_leads_to_its_rows(staff: Client) -> None:
    context = staff.get("/").context
    assert (context["able"], context["total"], context["as_of"]) == (
        "2",
        "3",
        "Rabu, 18 Maret 2026 pukul 11.00 WIB",
    )
    assert [(state.label, state.number, state.url) for state in context["states"]] == [
        ("Terbatas", "1", "/reports/36.03/kecamatan/?bulan=2026-03&keadaan=limited"),
        ("Tanpa kabar", "1", "/reports/36.03/kecamatan/?bulan=2026-03&keadaan=silent"),
        ("Belum lapor", "1", "/reports/36.03/kecamatan/?bulan=2026-03&keadaan=no_report"),
    ]
    assert context["region_url"] == "/reports/36.03/?bulan=2026-03"


def test_before_anything_is_known_the_desk_says_so_and_shows_no_zero() -> None:
    page = signed_in(Role.STAFF, make_kecamatan("36.03.30").kabupaten).get("/")
    assert (page.context["able"], page.context["as_of"], page.context["behind"]) == ("", "", [])
    assert page.content.decode().count("Belum ada yang dilaporkan bulan ini") == 2


@pytest.mark.parametrize("level", ["province", "nation"])
def test_staff_of_a_larger_region_see_its_parts(kabupaten: Kabupaten, level: str) -> None:
    rollups.refresh()
    region = kabupaten.province if level == "province" else None
    behind = signed_in(Role.STAFF, region).get("/").context["behind"]
    url = "/recordings/?kabupaten=36.03" if region else "/reports/36/?bulan=2026-03"
    assert [(one.missing, one.is_silent, one.url) for one in behind] == [("34 dari 36 hari", False, url)]


def test_the_desk_is_of_those_who_work_tickets_above_a_kecamatan(kabupaten: Kabupaten) -> None:
    official = make_user(Role.OFFICIAL, kabupaten.province)
    assert client_of(official).get("/")["Location"] == "/reports/36/"
    give_role(official, Role.STAFF, kabupaten)
    page = client_of(official).get("/")
    assert page.context["region"].code == "36.03"
    assert '<a href="/reports/36/"' in page.content.decode()


def test_the_desk_asks_eight_questions_however_many_tickets_there_are(kabupaten: Kabupaten) -> None:
    staff, place = signed_in(Role.STAFF, kabupaten), Kecamatan.objects.get(code="36.03.30")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/").status_code == 200
        return len(captured)

    few = queries()
    for number in range(2, 12):
        late(make_fault(make_set(place, str(number), kinds=["camera"]), "camera"))
    for day in range(8):
        report_outage(
            client_key=uuid4(), places=[place], started_at=NOW - day * HOUR, effect="limited", cause="network", by=None
        )
    make_kecamatan("36.03.40")
    rollups.refresh()
    assert (few, queries()) == (8, 8)
