"""Photos in the browser: with a report, on the ticket's page, and the files themselves."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from accounts.models import Role, User
from devices.models import RecordingSet
from lib import uploads
from lib.photos import BROKEN, EMPTY, NOT_A_PHOTO, TOO_LARGE, TOO_MANY_PIXELS
from lib.uploads import STRANGE_NAME
from repairs.attachments import attach, written
from repairs.models import Attachment, Ticket
from tests.factories import device_of, make_fault, make_kecamatan, make_user
from tests.pictures import GIF_AND_HTML, PDF, SVG, claiming, photo, sent, upload

pytestmark = pytest.mark.django_db

REPORT = "/repairs/report/?kecamatan=36.03.30"
LOST = "Pilih lagi fotonya"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def ticket(recording_set: RecordingSet) -> Ticket:
    return make_fault(recording_set, "camera")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def files(media: Path) -> int:
    return sum(path.is_file() for path in media.rglob("*"))


def said(recording_set: RecordingSet, *photos: SimpleUploadedFile, **more: object) -> dict[str, object]:
    device = device_of(recording_set, "server")
    start = {"client_key": str(uuid4()), "component": f"alat-{device.pk}", "symptom": "wont_turn_on"}
    return start | {"note": "Mati sejak pagi", "photos": list(photos)} | more


def added(ticket: Ticket, *contents: bytes, by: User | None = None) -> list[Attachment]:
    with written([upload(content) for content in contents]) as kept:
        attach(ticket, kept, by=by)
    return list(ticket.attachments.order_by("pk"))


# --- with a report ----------------------------------------------------------------------------------------


def test_a_report_brings_its_photos(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    body = said(recording_set, sent(photo()), sent(photo(kind="PNG"), "tangkapan layar.png"))
    answer = client.post(REPORT, body)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/repairs/{ticket.number}/sent/"
    page = client.get(f"/repairs/{ticket.number}/")
    assert [photo.name for photo in page.context["photos"]] == ["Foto 1", "Foto 2"]
    for file in body["photos"]:  # type: ignore[attr-defined]
        file.seek(0)
    assert client.post(REPORT, body)["Location"] == f"/repairs/{ticket.number}/sent/"
    assert (Ticket.objects.count(), Attachment.objects.count()) == (1, 2)


BAD = {
    "13,000 x 13,000": ("besar.png", claiming(13_000, 13_000), TOO_MANY_PIXELS),
    "polyglot": ("lucu.jpg", GIF_AND_HTML, NOT_A_PHOTO),
    "svg": ("gambar.jpg", SVG, NOT_A_PHOTO),
    "empty": ("kosong.jpg", b"", EMPTY),
    "cut": ("terpotong.jpg", photo((400, 400))[:-200], BROKEN),
    "pdf": ("surat.pdf", PDF, NOT_A_PHOTO),
    "large": ("video.jpg", b"x" * 300_000, TOO_LARGE),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_beside_its_field_and_the_rest_of_the_form_is_kept(
    name: str, recording_set: RecordingSet, operator: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Stands for 15 MB; test_uploads.py has what is read of a file and what is not.
    monkeypatch.setattr(uploads, "FILE_BYTES", 200_000)
    file_name, content, sentence = BAD[name]
    body = said(recording_set, sent(photo()), sent(content, file_name))
    answer = client_of(operator).post(REPORT, body)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert [error.removeprefix(f"{file_name}: ") for error in form["photos"].errors] == [sentence]
    assert [form[name].value() for name in ("component", "symptom", "note", "client_key")] == [
        body[name] for name in ("component", "symptom", "note", "client_key")
    ]
    assert LOST in answer.text
    assert (Ticket.objects.count(), Attachment.objects.count(), files(media)) == (0, 0, 0)


def test_a_name_that_leads_out_of_its_folder_is_refused(recording_set: RecordingSet, operator: User) -> None:
    content = encode_multipart(BOUNDARY, said(recording_set, sent(photo(), "NAMA.jpg")))
    content = content.replace(b"NAMA.jpg", b"../../etc/foto.jpg")
    answer: Any = client_of(operator).generic("POST", REPORT, content, content_type=MULTIPART_CONTENT)
    assert list(answer.context["form"]["photos"].errors) == [f"foto.jpg: {STRANGE_NAME}"]
    assert Ticket.objects.count() == 0


def test_five_photos_are_one_too_many(recording_set: RecordingSet, operator: User) -> None:
    answer = client_of(operator).post(REPORT, said(recording_set, *(sent(photo()) for _ in range(5))))
    assert list(answer.context["form"]["photos"].errors) == [
        "Sekali kirim paling banyak 4 berkas; sisanya dari halaman tiket."
    ]


def test_another_mistake_says_that_the_photos_must_be_chosen_again(
    recording_set: RecordingSet, operator: User, media: Path
) -> None:
    client = client_of(operator)
    assert LOST in client.post(REPORT, said(recording_set, sent(photo()), component="")).text
    assert LOST not in client.post(REPORT, said(recording_set, component="")).text
    assert files(media) == 0


def test_staff_log_a_letter_with_its_scan(recording_set: RecordingSet, staff: User) -> None:
    body = said(recording_set, sent(PDF, "surat.pdf"), reporter_name="Ibu Ana", channel="letter")
    answer = client_of(staff).post("/repairs/report/incoming/36.03.30/", body, follow=True)
    assert [photo.name for photo in answer.context["photos"]] == ["Berkas PDF 1 (1 KB)"]


# --- on the page of a ticket --------------------------------------------------------------------------------


def test_photos_are_added_later_and_a_resend_adds_nothing(ticket: Ticket, operator: User, media: Path) -> None:
    client, key = client_of(operator), str(uuid4())
    url = f"/repairs/{ticket.number}/photos/"
    for _ in range(2):
        answer = client.post(url, {"client_key": key, "photos": [sent(photo()), sent(PDF, "a.pdf")]})
        assert (answer.status_code, answer["Location"]) == (302, f"/repairs/{ticket.number}/#foto")
    assert (Attachment.objects.count(), files(media)) == (2, 3)
    other = client.post(url, {"client_key": key, "photos": [sent(photo(colour="blue"))]})
    assert (other.status_code, Attachment.objects.count(), files(media)) == (409, 2, 3)
    page = client.get(f"/repairs/{ticket.number}/").context
    assert page["history"][0].what == "menambah 1 foto dan 1 berkas PDF"


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        ([], "Pilih fotonya dulu."),
        ([("a.svg", SVG)], "a.svg: Berkas ini bukan foto JPEG, PNG atau WebP, dan bukan PDF. "),
        ([("a.jpg", photo((400, 400))[:-200])], BROKEN),
    ],
    ids=["none", "svg", "cut"],
)
def test_what_cannot_be_added_is_said_beside_the_field(
    photos: list[tuple[str, bytes]], sentence: str, ticket: Ticket, operator: User, media: Path
) -> None:
    body = {"client_key": str(uuid4()), "photos": [sent(content, name) for name, content in photos]}
    answer = client_of(operator).post(f"/repairs/{ticket.number}/photos/", body)
    form = answer.context["photo_form"]
    assert (answer.status_code, files(media), answer.context["photo_form_is_open"]) == (200, 0, True)
    assert [error.startswith(sentence) for error in form["photos"].errors] == [True]


def test_whoever_only_reads_sees_the_photos_and_no_form(ticket: Ticket, official: User) -> None:
    added(ticket, photo())
    page = client_of(official).get(f"/repairs/{ticket.number}/").context
    assert ([photo.form for photo in page["photos"]], page["photo_form"]) == ([None], None)


def test_a_voided_photo_is_for_staff_only(ticket: Ticket, operator: User, staff: User) -> None:
    (row,) = added(ticket, photo(), by=operator)
    client, url, page = client_of(operator), f"/photos/{row.key}/", f"/repairs/{ticket.number}/"
    empty = client.post(f"{url}void/", {"client_key": str(uuid4()), "reason": " "})
    assert [photo.is_open for photo in empty.context["photos"]] == [True]
    body = {"client_key": str(uuid4()), "reason": "Wajah warga terlihat"}
    for _ in range(2):
        answer = client.post(f"{url}void/", body)
        assert (answer.status_code, answer["Location"]) == (302, f"{page}#foto")
    assert (client.get(url).status_code, client.get(page).context["photos"]) == (404, [])
    office = client_of(staff)
    (shown,) = office.get(page).context["photos"]
    assert shown.voided.endswith(": Wajah warga terlihat")
    assert office.get(url).status_code == 200
    late = office.post(f"{url}void/", {"client_key": str(uuid4()), "reason": "Kabur"})
    assert (late.status_code, "Foto ini sudah dibatalkan." in late.text) == (409, True)


# --- the files ------------------------------------------------------------------------------------------------


def test_a_photo_is_sent_to_look_at_and_a_paper_to_save(ticket: Ticket, official: User) -> None:
    picture, paper = added(ticket, photo((3200, 1600)), PDF)
    client = client_of(official)
    answers = [client.get(url) for url in (f"/photos/{picture.key}/", f"/photos/{picture.key}/small/")]
    assert [Image.open(BytesIO(answer.content)).size for answer in answers] == [(1600, 800), (320, 160)]
    saved = client.get(f"/photos/{paper.key}/")
    assert saved.content == PDF
    heads = [(answer["Content-Type"], answer["Content-Disposition"]) for answer in (answers[0], saved)]
    assert heads == [
        ("image/jpeg", f'inline; filename="{ticket.number}-{picture.pk}.jpg"'),
        ("application/pdf", f'attachment; filename="{ticket.number}-{paper.pk}.pdf"'),
    ]
    for answer in (*answers, saved):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert set(re.split(", *", answer["Cache-Control"])) == {"private", "no-cache"}
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    again = {"If-None-Match": answers[1]["ETag"]}
    assert client.get(f"/photos/{picture.key}/small/", headers=again).status_code == 304
    assert client.get(f"/photos/{picture.key}/", headers=again).status_code == 200
    client.logout()
    assert client.get(f"/photos/{picture.key}/small/", headers=again).status_code == 302
    client.force_login(official)
    assert client.get(f"/photos/{paper.key}/small/").status_code == 404


def test_a_photo_is_there_only_for_whom_may_see_its_ticket(ticket: Ticket) -> None:
    (row,) = added(ticket, photo())
    stranger = client_of(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    for url in (f"/photos/{row.key}/", f"/photos/{row.key}/small/"):
        answer = stranger.get(url)
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (404, True)
        assert Client().get(url)["Location"] == f"/login/?next={url}"


def test_a_file_that_is_lost_is_said_to_be(ticket: Ticket, official: User, media: Path) -> None:
    (row,) = added(ticket, photo())
    for path in media.rglob("*.jpg"):
        path.unlink()
    assert client_of(official).get(f"/photos/{row.key}/").status_code == 404


def test_many_photos_ask_no_more_queries_than_one(ticket: Ticket, staff: User) -> None:
    client, counted = client_of(staff), []
    for colours in (["red"], [f"#{number:06x}" for number in range(8)]):
        added(ticket, *(photo((8, 8), colour=colour) for colour in colours), by=staff)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/repairs/{ticket.number}/")
        counted.append(len(captured))
    assert counted[0] == counted[1]
