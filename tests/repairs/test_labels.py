"""QR labels: tokens that say nothing, sheets of them, and where a scanned one leads whom."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Role, User
from accounts.offices import describe_office
from devices.labels import TOKEN, labels_of, new_token, renew_label
from devices.models import Device, Label, RecordingSet
from kecamatan.models import Event
from lib import label_sheets
from lib.errors import Forbidden, Refused
from repairs import label_pages
from repairs.sets import remove_device, withdraw_set
from tests.factories import device_of, make_fault, make_kabupaten, make_kecamatan, make_set, make_user
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

SHEETS = "/devices/labels/"
PAPER = {"stock": "21", "first": "1"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token_of(subject: Device | RecordingSet) -> str:
    of_devices, of_sets = (
        labels_of([subject], [], by=None) if isinstance(subject, Device) else labels_of([], [subject], by=None)
    )
    return {**of_devices, **of_sets}[subject.pk]


@pytest.fixture
def server(recording_set: RecordingSet) -> Device:
    return device_of(recording_set, "server")


# --- the tokens ---------------------------------------------------------------------------------------------------


def test_each_device_and_set_has_a_token_of_its_own_that_stays(recording_set: RecordingSet) -> None:
    devices = list(Device.objects.all())
    of_devices, of_sets = labels_of(devices, [recording_set], by=None)
    tokens = [*of_devices.values(), *of_sets.values()]
    assert (len(set(tokens)), all(TOKEN.fullmatch(token) for token in tokens)) == (6, True)
    assert labels_of(devices, [recording_set], by=None) == (of_devices, of_sets)
    assert len({new_token() for _ in range(1000)}) == 1000


def test_those_who_work_with_the_devices_of_a_place_print_its_labels(
    server: Device, operator: User, technician: User, staff: User, official: User
) -> None:
    for user in (operator, technician, staff):
        labels_of([server], [], by=user)
    for user in (official, make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten)):
        with pytest.raises(Forbidden):
            labels_of([server], [], by=user)


def test_a_renewed_label_puts_an_end_to_the_old_one(server: Device, staff: User, operator: User) -> None:
    old = token_of(server)
    with pytest.raises(Forbidden):
        renew_label(server, by=operator, reason="Dicuri")
    with pytest.raises(Refused):
        renew_label(server, by=staff, reason=" ")
    renew_label(server, by=staff, reason="Labelnya difoto orang")
    new, client = token_of(server), client_of(operator)
    assert new != old
    assert (client.get(f"/d/{old}/").status_code, client.get(f"/d/{new}/").status_code) == (200, 302)
    event = Event.objects.get(action="renew_label")
    assert (event.subject, event.by, event.data) == (
        f"device:{server.pk}",
        staff,
        {"reason": "Labelnya difoto orang"},
    )


@pytest.mark.parametrize("what", ["device", "set"])
def test_staff_renew_a_label_on_its_page(what: str, server: Device, recording_set: RecordingSet, staff: User) -> None:
    subject: Any = server if what == "device" else recording_set
    page = f"/devices/{server.pk}/" if what == "device" else f"/devices/sets/{recording_set.pk}/"
    old, client = token_of(subject), client_of(staff)
    body = {"client_key": str(uuid4()), "version": subject.version, "reason": "Labelnya hilang"}
    for _ in range(2):
        assert client.post(f"{page}renew_label/", body)["Location"] == page
    assert token_of(subject) != old
    renewed, late = token_of(subject), client.post(f"{page}renew_label/", body | {"client_key": str(uuid4())})
    assert (late.status_code, token_of(subject)) == (409, renewed)
    assert client.get(page).context["history"][0].quote == "Labelnya hilang"
    assert Event.objects.filter(action="renew_label").count() == 1


# --- the sheets ---------------------------------------------------------------------------------------------------


def names(answer: Any) -> dict[str, list[str]]:
    return {group.name: [choice.name for choice in group.choices] for group in answer.context["groups"]}


def texts(content: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def test_a_kecamatan_is_offered_set_by_set_and_printed(
    recording_set: RecordingSet, operator: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SITE_URL = "https://siaprekam.example.go.id"
    addresses: list[str] = []
    draw = label_sheets._draw_code

    def note(canvas: Any, address: str, *where: float) -> None:
        addresses.append(address)
        draw(canvas, address, *where)

    monkeypatch.setattr(label_sheets, "_draw_code", note)
    make_set(recording_set.kecamatan, "2", kinds=["camera"])
    client, url = client_of(operator), f"{SHEETS}?kecamatan=36.03.30"
    shown = client.get(url)
    assert list(names(shown)) == ["Set 1, Kecamatan Sepatan Timur", "Set 2, Kecamatan Sepatan Timur"]
    assert names(shown)["Set 2, Kecamatan Sepatan Timur"] == ["Set 2 sendiri", "Kamera"]
    marks = [choice.mark for group in shown.context["groups"] for choice in group.choices if choice.is_ticked]
    answer = client.post(url, PAPER | {"label": marks})
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="label-qr-2026-11-20.pdf"',
    )
    assert texts(answer.content).count("Pindai untuk lapor") == 8
    paths = [address.removeprefix("https://siaprekam.example.go.id/d/").removesuffix("/") for address in addresses]
    assert sorted(paths) == sorted(Label.objects.values_list("token", flat=True))
    assert Label.objects.get(token=paths[0]).recording_set == recording_set


def test_only_what_was_ticked_is_printed(recording_set: RecordingSet, server: Device, operator: User) -> None:
    answer = client_of(operator).post(f"{SHEETS}?set={recording_set.pk}", PAPER | {"label": [f"alat-{server.pk}"]})
    assert texts(answer.content).count("Pindai untuk lapor") == 1
    assert Label.objects.get().device == server


def test_a_device_is_printed_alone_from_its_page(server: Device, technician: User, official: User) -> None:
    client = client_of(technician)
    url = client.get(f"/devices/{server.pk}/").context["labels_url"]
    assert url == f"{SHEETS}?alat={server.pk}"
    assert list(names(client.get(url)).values()) == [["Server"]]
    assert client_of(official).get(f"/devices/{server.pk}/").context["labels_url"] == ""


def test_the_list_of_devices_hands_its_filters_on(recording_set: RecordingSet, staff: User) -> None:
    client = client_of(staff)
    url = client.get("/devices/?jenis=camera").context["labels_url"]
    assert names(client.get(url)) == {"Set 1, Kecamatan Sepatan Timur": ["Set 1 sendiri", "Kamera"]}


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"label": []}, "__all__", "Centang sekurangnya satu label."),
        ({"label": ["alat-999999", "x"]}, "__all__", "Centang sekurangnya satu label."),
        ({"first": "22"}, "first", "Satu lembar hanya memuat 21 label."),
        ({"first": "x"}, "first", "Tulis angkanya saja, misalnya 1."),
        ({"stock": "A5"}, "stock", "Pilihan ini tidak ada lagi. Pilih satu dari daftar."),
    ],
)
def test_what_cannot_be_printed_is_said_and_the_ticks_stay(
    more: dict[str, object], field: str, sentence: str, server: Device, operator: User
) -> None:
    body = PAPER | {"label": [f"alat-{server.pk}"]} | more
    answer = client_of(operator).post(SHEETS, body)
    ticked = [choice.mark for group in answer.context["groups"] for choice in group.choices if choice.is_ticked]
    assert (answer.status_code, answer.context["form"].errors) == (200, {field: [sentence]})
    assert ticked == ([] if "label" in more else body["label"])
    assert Label.objects.count() == 0


def test_more_than_a_file_holds_is_said(
    recording_set: RecordingSet, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_pages, "MOST", 3)
    page = client_of(operator).get(SHEETS).context
    assert (page["is_too_long"], len(page["groups"][0].choices)) == (True, 4)


def test_devices_of_other_regions_are_not_offered(server: Device) -> None:
    stranger = client_of(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    for query in (f"alat={server.pk}", "kecamatan=36.03.30", "alat=x", f"set={2**70}"):
        assert stranger.get(f"{SHEETS}?{query}").context["groups"] == []


def test_the_page_of_labels_asks_a_fixed_number_of_queries(recording_set: RecordingSet, staff: User) -> None:
    client, counted = client_of(staff), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(SHEETS)
        counted.append(len(captured))
        for number in range(2, 8):
            make_set(recording_set.kecamatan, str(number), kinds=["server", "camera"])
    assert counted[0] == counted[1] <= 8


# --- a label that was scanned -----------------------------------------------------------------------------------


def test_a_label_leads_to_the_report_of_what_it_is_on(
    server: Device, recording_set: RecordingSet, operator: User
) -> None:
    client = client_of(operator)
    report = client.get(f"/d/{token_of(server)}/", follow=True)
    assert report.redirect_chain == [(f"/repairs/report/?kecamatan=36.03.30&komponen=alat-{server.pk}", 302)]
    assert report.context["form"]["component"].value() == f"alat-{server.pk}"
    of_set = client.get(f"/d/{token_of(recording_set)}/")
    assert of_set["Location"] == f"/repairs/report/?kecamatan=36.03.30&set={recording_set.pk}"


def test_whoever_may_not_report_there_comes_to_the_page_of_the_device(
    server: Device, recording_set: RecordingSet, technician: User, official: User, operator: User
) -> None:
    for user in (technician, official):
        client = client_of(user)
        assert client.get(f"/d/{token_of(server)}/")["Location"] == f"/devices/{server.pk}/"
        assert client.get(f"/d/{token_of(recording_set)}/")["Location"] == f"/devices/sets/{recording_set.pk}/"
    remove_device(device=server, at=NOW, by=None, version=server.version)
    assert client_of(operator).get(f"/d/{token_of(server)}/")["Location"] == f"/devices/{server.pk}/"
    withdraw_set(recording_set=recording_set, at=NOW, by=None, version=recording_set.version)
    assert client_of(operator).get(f"/d/{token_of(recording_set)}/")["Location"] == f"/devices/sets/{recording_set.pk}/"


def test_a_stranger_learns_where_to_call_and_nothing_of_the_device(server: Device, recording_set: RecordingSet) -> None:
    office = make_kabupaten("36.03")
    describe_office(office, agency_name="Disdukcapil", address="", public_phone="021 5990 123", version=0, by=None)
    make_fault(recording_set)
    path = f"/d/{token_of(server)}/"
    stranger = client_of(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    pages = [Client().get(path), stranger.get(path)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].content == pages[1].content
    assert "021-5990-123" in pages[0].text
    for secret in (server.serial, "Server", "Set 1", "Sepatan", f"/devices/{server.pk}", "TKT-"):
        assert secret not in pages[0].text
    assert "no-store" in pages[0]["Cache-Control"]


@pytest.mark.parametrize("token", ["A" * 22, "x", "%00", "..", "A" * 500])
def test_an_unknown_label_looks_like_one_of_others(token: str, server: Device, operator: User) -> None:
    def plain(answer: Any) -> str:
        return re.sub(r"next=[^\"]*", "", answer.text)

    known = Client().get(f"/d/{token_of(server)}/")
    unknown = Client().get(f"/d/{token}/")
    assert (unknown.status_code, plain(unknown)) == (known.status_code, plain(known))
    assert plain(client_of(operator).get(f"/d/{token}/")) == plain(known)


def test_after_signing_in_a_label_leads_on(server: Device, operator: User) -> None:
    path = f"/d/{token_of(server)}/"
    client = Client()
    assert f'href="/login/?next={path}"' in client.get(path).text
    operator.set_password("rahasia-sekali-1")
    operator.save()
    body = {"username": operator.username, "password": "rahasia-sekali-1"}
    answer = client.post(f"/login/?next={path}", body)
    assert answer["Location"] == path
