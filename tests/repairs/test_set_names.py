"""A set is called otherwise: unique within its place, once, and the second of two sees both names."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Role, User
from devices.models import RecordingSet
from devices.register import rename_set
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Forbidden
from tests.factories import forget_marks, make_kecamatan, make_set, make_user, marks
from tests.repairs.test_device_pages import client_of, set_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(staff: User) -> Client:
    return client_of(staff)


def sent(recording_set: RecordingSet, label: str) -> dict[str, object]:
    recording_set.refresh_from_db()
    return {"client_key": str(uuid4()), "version": recording_set.version, "seen": "", "label": label}


def test_staff_rename_a_set_and_its_history_keeps_both_names(office: Client, recording_set: RecordingSet) -> None:
    url = set_url(recording_set, "rename")
    form = next(move.form for move in office.get(set_url(recording_set)).context["moves"] if move.name == "rename")
    assert form["label"].value() == "1"
    forget_marks()
    # The pages put the word before the name themselves.
    body = sent(recording_set, " set  Loket A ")
    assert [office.post(url, body)["Location"] for _ in range(2)] == [set_url(recording_set)] * 2
    page = office.get(set_url(recording_set)).context
    assert (str(page["set"]), page["history"][0].what) == (
        "Set Loket A",
        "mengganti nama Set 1 menjadi Set Loket A",
    )
    assert (Event.objects.filter(action="rename").count(), marks()) == (1, [])


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("loket a", "Set loket a sudah ada di Kecamatan Sepatan Timur. Pakai nomor lain."),
        ("Set Loket A", "Set Loket A sudah ada di Kecamatan Sepatan Timur. Pakai nomor lain."),
        (" ", "Isi nomor atau nama setnya, misalnya 3."),
        ("x" * 21, "Paling panjang 20 huruf. Ringkaskan."),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_its_field(
    office: Client, recording_set: RecordingSet, kecamatan: Kecamatan, label: str, message: str
) -> None:
    make_set(kecamatan, "Loket A", kinds=[])
    answer = office.post(set_url(recording_set, "rename"), sent(recording_set, label))
    assert answer.context["failed"].errors == {"label": [message]}
    recording_set.refresh_from_db()
    assert recording_set.label == "1"


def test_the_own_name_and_that_of_a_set_elsewhere_are_free(office: Client, recording_set: RecordingSet) -> None:
    make_set(make_kecamatan("36.03.31"), "Loket A", kinds=[])
    for label in ("1", "Loket A", "loket a"):
        assert office.post(set_url(recording_set, "rename"), sent(recording_set, label)).status_code == 302
    assert Event.objects.filter(action="rename").count() == 2


def test_the_second_of_two_sees_both_names(office: Client, recording_set: RecordingSet) -> None:
    stale = sent(recording_set, "A")
    client_of(make_user(Role.STAFF, None)).post(set_url(recording_set, "rename"), sent(recording_set, "B"))
    answer = office.post(set_url(recording_set, "rename"), stale)
    page = answer.context
    assert answer.status_code == 409
    assert [(row.label, row.yours, row.now) for row in page["compared"]] == [("Nomor set", "A", "B")]
    again = {field.name: field.value() for field in page["move"].form}
    assert office.post(page["move"].url, again).status_code == 302
    recording_set.refresh_from_db()
    assert recording_set.label == "A"


def test_only_staff_rename_and_only_what_they_saw(recording_set: RecordingSet, operator: User) -> None:
    with pytest.raises(Forbidden):
        rename_set(recording_set, label="A", version=recording_set.version, by=operator)
    with pytest.raises(Conflict):
        rename_set(recording_set, label="A", version=recording_set.version + 1, by=None)
