"""The logo of an agency: what may be uploaded, what is kept of it, and who gets it back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Role, User
from accounts.offices import office_of
from kecamatan.models import Kabupaten
from tests.factories import make_kabupaten, make_kecamatan, make_user

pytestmark = pytest.mark.django_db

URL = "/profile/36.03/logo/"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def kabupaten() -> Kabupaten:
    return make_kabupaten("36.03")


@pytest.fixture
def staff(kabupaten: Kabupaten) -> Client:
    return client_of(make_user(Role.STAFF, kabupaten))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **options)
    return out.getvalue()


def upload(client: Client, content: bytes, version: int = 0, name: str = "../../logo.png") -> Any:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(URL, {"version": version, "picture": file})


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_logo_is_redrawn_under_a_name_of_ours_and_sent_to_whom_may_see_it(
    staff: Client, kabupaten: Kabupaten, media: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Rumah Ibu Siti"
    assert upload(staff, picture("JPEG", exif=exif))["Location"] == "/profile/36.03/"
    office = office_of(kabupaten)
    (stored,) = files(media)
    assert (stored, stored.stat().st_mode & 0o777) == (media / "logos" / office.logo, settings.FILE_UPLOAD_PERMISSIONS)
    url = staff.get("/profile/36.03/").context["logo_url"]
    answer = staff.get(url)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Cache-Control"] == "private, immutable, max-age=31536000"
    assert b"Siti" not in answer.content
    drawn = Image.open(BytesIO(answer.content))
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("PNG", (512, 171), {})
    stranger = client_of(make_user(Role.STAFF, make_kabupaten("53.01")))
    assert stranger.get(url).status_code == 404
    assert Client().get(url)["Location"] == f"/login/?next={url}"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            picture("GIF", (50, 50)),
            "Berkas ini bukan gambar PNG atau JPEG. Simpan gambarnya sebagai PNG, lalu unggah lagi.",
        ),
        (
            b"<svg onload='alert(1)'/>",
            "Berkas ini bukan gambar PNG atau JPEG. Simpan gambarnya sebagai PNG, lalu unggah lagi.",
        ),
        (
            b"<html><script>alert(1)</script>",
            "Berkas ini bukan gambar PNG atau JPEG. Simpan gambarnya sebagai PNG, lalu unggah lagi.",
        ),
        (picture(size=(3001, 1)), "Gambar ini lebih dari 3000 × 3000 piksel. Perkecil dulu."),
        (picture()[:-30], "Gambar ini rusak atau terpotong. Simpan ulang gambarnya, lalu unggah lagi."),
        (picture() + b"\0" * 2 * 1024**2, "Berkas ini lebih dari 2 MB. Perkecil gambarnya dulu."),
        (b"", "Berkas ini kosong. Pilih berkas gambarnya lagi."),
    ],
    ids=["gif", "svg", "html", "huge", "truncated", "heavy", "empty"],
)
def test_what_is_no_modest_picture_is_refused_beside_its_field(
    staff: Client, kabupaten: Kabupaten, media: Path, content: bytes, sentence: str
) -> None:
    answer = upload(staff, content)
    assert (answer.status_code, answer.context["form"].errors) == (200, {"picture": [sentence]})
    assert (files(media), office_of(kabupaten).logo) == ([], "")


def test_a_loser_leaves_no_file_and_sees_the_logo_that_holds(staff: Client, kabupaten: Kabupaten, media: Path) -> None:
    upload(staff, picture())
    kept = office_of(kabupaten).logo
    answer = upload(staff, picture(), version=0)
    assert (answer.status_code, answer.context["again"]) == (409, {})
    assert f"/profile/36.03/logo/{kept}" in answer.content.decode()
    assert [path.name for path in files(media)] == [kept]


def test_a_new_logo_has_a_new_address_and_the_old_one_is_gone(
    staff: Client, kabupaten: Kabupaten, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    upload(staff, picture())
    first = staff.get("/profile/36.03/").context["logo_url"]
    with django_capture_on_commit_callbacks(execute=True):
        upload(staff, picture(), version=1)
    assert staff.get("/profile/36.03/").context["logo_url"] != first
    assert staff.get(first).status_code == 404
    assert [path.name for path in files(media)] == [office_of(kabupaten).logo]
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{URL}remove/", {"version": 2})
    assert files(media) == []
    page = staff.get("/profile/36.03/").context
    assert (page["logo_url"], [entry.what for entry in page["history"]]) == (
        "",
        ["menghapus logo", "mengganti logo", "mengganti logo"],
    )


def test_a_lost_file_is_not_an_error_of_the_server(staff: Client, kabupaten: Kabupaten, media: Path) -> None:
    upload(staff, picture())
    url = staff.get("/profile/36.03/").context["logo_url"]
    for path in files(media):
        path.unlink()
    assert staff.get(url).status_code == 404


def test_an_operator_does_not_get_the_logo_page_of_the_kabupaten(staff: Client) -> None:
    operator = client_of(make_user(Role.OPERATOR, make_kecamatan("36.03.30")))
    assert upload(operator, picture()).status_code == 404
