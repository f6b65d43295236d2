"""The open tickets of somebody who leaves go to others."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from accounts.people import deactivate
from devices.models import RecordingSet
from kecamatan.models import Event, Kecamatan
from lib.errors import Refused
from repairs.handover import hand_over, held_by
from repairs.models import Ticket
from repairs.tickets import assign, void_ticket
from tests.factories import make_fault, make_kabupaten, make_kecamatan, make_set, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(kecamatan: Kecamatan) -> User:
    return make_user(Role.ADMIN, kecamatan.kabupaten)


@pytest.fixture
def leaver(kecamatan: Kecamatan) -> User:
    return make_user(Role.TECHNICIAN, kecamatan.kabupaten, "dedi")


def give(recording_set: RecordingSet, code: str, person: User) -> Ticket:
    ticket = make_fault(recording_set, code)
    assign(ticket, assignee=person, version=ticket.version, by=None)
    return ticket


@pytest.fixture
def tickets(recording_set: RecordingSet, leaver: User) -> list[Ticket]:
    return [give(recording_set, code, leaver) for code in ("server", "camera")]


def holders(tickets: list[Ticket]) -> list[str]:
    rows = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk")
    return [str(ticket.assignee) if ticket.assignee else "" for ticket in rows]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_tickets_get_a_new_holder_each_with_an_event(
    tickets: list[Ticket], leaver: User, technician: User, admin: User
) -> None:
    given = hand_over(leaver, tickets=[ticket.pk for ticket in tickets], assignee=technician, by=admin)
    assert len(given) == 2
    assert holders(tickets) == [str(technician)] * 2
    events = Event.objects.filter(action="assign", by=admin)
    assert [event.data for event in events] == [
        {"before": "Dedi", "after": str(technician), "reason": "Serah terima dari Dedi"}
    ] * 2


def test_only_open_tickets_of_the_own_region_that_the_leaver_still_holds_are_handed_over(
    tickets: list[Ticket], recording_set: RecordingSet, leaver: User, technician: User, staff: User
) -> None:
    elsewhere = make_set(make_kecamatan("53.01.01"))
    far = make_fault(elsewhere)
    Ticket.objects.filter(pk=far.pk).update(assignee=leaver)
    void = give(recording_set, "iris_scanner", leaver)
    void_ticket(void, version=void.version, by=None, reason="Keliru")
    rejected = give(recording_set, "signature_pad", leaver)
    Ticket.objects.filter(pk=rejected.pk).update(status=Ticket.Status.REJECTED)
    moved = Ticket.objects.get(pk=tickets[0].pk)
    assign(moved, assignee=staff, version=moved.version, by=None)
    assert list(held_by(leaver, staff)) == [tickets[1]]
    hand_over(leaver, tickets=[t.pk for t in (*tickets, far, void, rejected)], assignee=technician, by=staff)
    assert holders([*tickets, far, void, rejected]) == [str(staff), str(technician), "Dedi", "Dedi", "Dedi"]


def test_nobody_gets_a_ticket_of_a_place_where_they_are_not_on_duty(
    tickets: list[Ticket], leaver: User, admin: User, operator: User
) -> None:
    neighbour = make_user(Role.TECHNICIAN, make_kecamatan("36.03.31"))
    gone = make_user(Role.TECHNICIAN, make_kabupaten("36.03"))
    deactivate(gone, by=None)
    for assignee in (neighbour, operator, User.objects.get(pk=gone.pk), leaver):
        with pytest.raises(Refused) as refusal:
            hand_over(leaver, tickets=[tickets[0].pk], assignee=assignee, by=admin)
        assert refusal.value.field == "assignee"
    assert holders(tickets) == ["Dedi", "Dedi"]


def test_an_admin_hands_over_in_the_browser_and_only_colleagues_on_duty_are_offered(
    tickets: list[Ticket], leaver: User, technician: User, staff: User, admin: User
) -> None:
    make_user(Role.TECHNICIAN, make_kabupaten("53.01"))
    make_user(Role.TECHNICIAN, make_kabupaten("36.03").province)
    client, url = client_of(admin), f"/repairs/handover/{leaver.pk}/"
    page = client.get(url)
    offered = [label for _, label in page.context["form"].fields["assignee"].widget.choices]
    assert offered == [
        "Pilih satu",
        f"{staff} (Staf dinas Kabupaten 36.03)",
        f"{technician} (Teknisi Kabupaten 36.03)",
        "Belum ada: lepas dulu, dipegang kemudian",
    ]
    assert [(row.title, ticked) for _, ticked, row in page.context["rows"]] == [
        ("Server rusak, Set 1", True),
        ("Kamera rusak, Set 1", True),
    ]
    body = {"tickets": [tickets[0].pk], "assignee": technician.pk, "client_key": str(uuid4())}
    for _ in range(2):  # a double tap
        assert client.post(url, body)["Location"] == url
    assert holders(tickets) == [str(technician), "Dedi"]
    rest = client.post(url, {"tickets": [tickets[1].pk], "assignee": "0"}, follow=True)
    assert rest.redirect_chain == [(f"/users/{leaver.pk}/", 302)]
    assert "Tiket Dedi sudah diserahkan." in rest.content.decode()
    assert holders(tickets) == [str(technician), ""]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"tickets": ["Pilih sekurangnya satu tiket."], "assignee": ["Pilih penerimanya."]}),
        (
            {"tickets": ["x", "999"], "assignee": "0"},
            {"tickets": ["Pilih sekurangnya satu tiket yang masih dipegang Dedi."]},
        ),
        (
            {"tickets": ["1"], "assignee": "999"},
            {"assignee": ["Orang ini tidak bertugas di tempat tiketnya. Pilih satu dari daftar."]},
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    body: dict[str, object], errors: dict[str, list[str]], tickets: list[Ticket], leaver: User, admin: User
) -> None:
    page = client_of(admin).post(f"/repairs/handover/{leaver.pk}/", body)
    assert page.context["form"].errors == errors
    assert holders(tickets) == ["Dedi", "Dedi"]


def test_staff_reach_those_whose_tickets_they_see_and_nobody_else(
    tickets: list[Ticket], leaver: User, staff: User
) -> None:
    url, stranger = f"/repairs/handover/{leaver.pk}/", make_user(Role.STAFF, make_kabupaten("53.01"))
    assert client_of(staff).get(url).status_code == 200
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(leaver).get(url).status_code == 403
    both = {"tickets": [ticket.pk for ticket in tickets], "assignee": "0"}
    assert client_of(staff).post(url, both)["Location"] == "/repairs/"
    assert client_of(staff).get(url).status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_one_ticket_and_for_thirty(
    tickets: list[Ticket], leaver: User, admin: User, technician: User
) -> None:
    client, url = client_of(admin), f"/repairs/handover/{leaver.pk}/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(url).status_code == 200
        return len(context)

    few = queries()
    for number in range(31, 61):
        give(make_set(make_kecamatan(f"36.03.{number}"), kinds=["server"]), "server", leaver)
        make_user(Role.TECHNICIAN, make_kecamatan(f"36.03.{number}"))
    assert (queries(), few <= 8) == (few, True)
