"""Many people from a file: what is refused with line, column and reason, what is previewed, what is written."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.imports import MAX_ROWS
from accounts.models import Assignment, Role, SignInLink, User
from accounts.people import deactivate
from kecamatan.models import Event, Kabupaten
from tests.factories import make_kabupaten, make_kecamatan, make_user, sign_in

pytestmark = pytest.mark.django_db

HEADER = "nama;nomor_hp;peran;kode"


@pytest.fixture
def kabupaten() -> Kabupaten:
    for code in ("36.03.30", "36.03.31", "53.01.01"):
        make_kecamatan(code)
    return make_kabupaten("36.03")


@pytest.fixture
def admin(kabupaten: Kabupaten) -> User:
    return make_user(Role.ADMIN, kabupaten, "admin")


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    sign_in(client, admin)
    return client


def check(client: Client, *lines: str, name: str = "orang.csv"):
    return send(client, "\n".join((HEADER, *lines)).encode(), name)


def send(client: Client, content: bytes, name: str):
    return client.post("/users/import/", {"file": SimpleUploadedFile(name, content)})


def save(client: Client, preview, key: str = ""):
    body = {"rows": preview.context["confirm"]["rows"].value(), "client_key": key or str(uuid4())}
    return client.post("/users/import/save/", body)


def problems(response) -> list[tuple[int | None, str | None, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in response.context["problems"]]


ROWS = (
    "Siti Aminah;0812-8000-1204;operator;36.03.30",
    "Budi;+62 813 9000 0001;Teknisi;36.03",
    "Siti Aminah;081280001204;staf;36.03.31",
)


def test_a_file_is_shown_first_and_written_when_the_admin_agrees(client: Client, admin: User) -> None:
    preview = check(client, *ROWS)
    assert preview.context["rows"] == [
        ("Siti Aminah", "0812-8000-1204", "Operator kecamatan", "36.03.30", "orang baru"),
        ("Budi", "0813-9000-0001", "Teknisi", "36.03", "orang baru"),
        ("Siti Aminah", "0812-8000-1204", "Staf dinas", "36.03.31", "peran baru"),
    ]
    assert User.objects.count() == 1
    answer = save(client, preview)
    assert answer["Location"] == "/users/links/"
    page = client.get("/users/links/")
    assert "Tersimpan: 2 orang baru, 1 peran baru, 0 sudah ada." in page.content.decode()
    assert {link.name: link.phone for link in page.context["links"]} == {
        "Siti Aminah": "0812-8000-1204",
        "Budi": "0813-9000-0001",
    }
    siti = User.objects.get(phone="+6281280001204")
    assert [str(role) for role in siti.running_assignments] == [
        "Operator kecamatan Kecamatan 36.03.30",
        "Staf dinas Kecamatan 36.03.31",
    ]


def test_the_same_file_again_changes_nothing(client: Client) -> None:
    save(client, check(client, *ROWS))
    events, links = Event.objects.count(), list(SignInLink.objects.values_list())
    again = check(client, *ROWS)
    assert (again.context["summary"], again.context["nothing_new"]) == ("0 orang baru, 0 peran baru, 3 sudah ada", True)
    assert save(client, again)["Location"] == "/users/"
    assert (Event.objects.count(), list(SignInLink.objects.values_list())) == (events, links)


def test_rows_that_are_sent_twice_are_written_once(client: Client) -> None:
    preview, key = check(client, *ROWS), str(uuid4())
    answers = [save(client, preview, key)["Location"] for _ in range(2)]
    assert answers == ["/users/links/"] * 2
    assert Assignment.objects.exclude(role=Role.ADMIN).count() == 3


def test_every_faulty_row_is_named_with_column_and_reason_and_nothing_is_written(client: Client) -> None:
    page = check(
        client,
        "Siti;081280001204;operator;36.03.30",
        ";081280001205;operator;36.03.30",
        "Budi;12;raja;36.03.99",
        "Citra;081280001206;operator;53.01.01",
        "Dewi;081280001207;operator;99.99.99",
        "Siti;0812-8000-1204;operator;36.03.30",
        "Eka 3603121212900001;081280001208;staf;36.03",
    )
    assert problems(page) == [
        (3, "nama", "Wajib diisi."),
        (4, "nomor_hp", "“12” bukan nomor HP. Tulis misalnya 081280001204."),
        (
            4,
            "peran",
            "“raja” tidak dikenal. Pilih salah satu: operator kecamatan, teknisi, staf dinas, pejabat, admin.",
        ),
        (5, "kode", "Tidak ada wilayah 53.01.01 di wilayah Anda. Periksa kodenya."),
        (6, "kode", "Tidak ada wilayah 99.99.99 di wilayah Anda. Periksa kodenya."),
        (7, None, "Baris ini sama kuncinya dengan baris 2. Sisakan satu."),
        (
            8,
            "nama",
            "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
        ),
    ]
    assert "confirm" not in page.context
    assert User.objects.count() == 1


def test_a_number_that_is_somebody_elses_or_of_a_disabled_account_is_refused(client: Client) -> None:
    far = make_user(Role.STAFF, make_kabupaten("53.01"), "jauh")
    near, gone = (make_user(Role.STAFF, make_kabupaten("36.03"), name) for name in ("dekat", "pergi"))
    for number, user in enumerate((far, near, gone), start=1):
        User.objects.filter(pk=user.pk).update(phone=f"+628128000000{number}")
    deactivate(gone, by=None)
    page = check(
        client,
        "Jauh;081280000001;pejabat;36.03",
        "Lain;081280000002;pejabat;36.03",
        "Pergi;081280000003;pejabat;36.03",
    )
    assert problems(page) == [
        (2, "nomor_hp", "Nomor HP ini sudah dipakai akun lain."),
        (3, "nomor_hp", "Nomor ini milik Dekat. Samakan namanya, atau periksa nomornya."),
        (4, "nomor_hp", "Akun Pergi nonaktif. Aktifkan dulu di halamannya."),
    ]


def test_what_the_domain_refuses_is_named_by_its_row_too(client: Client) -> None:
    page = check(client, "Siti;081280001204;operator;36.03", "Budi;081280001204;operator;36.03.30")
    assert problems(page) == [
        (2, "kode", "Operator ditugaskan di satu kecamatan. Pilih kecamatannya."),
    ]


def test_what_changed_since_the_preview_is_judged_again(client: Client) -> None:
    preview = check(client, "Siti;081280001204;operator;36.03.30", "Budi;081280001205;staf;36.03")
    taken = make_user(Role.STAFF, make_kabupaten("53.01"), "jauh")
    User.objects.filter(pk=taken.pk).update(phone="+6281280001205")
    page = save(client, preview)
    assert problems(page) == [(3, "nomor_hp", "Nomor HP ini sudah dipakai akun lain.")]
    assert User.objects.filter(phone="+6281280001204").count() == 0


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"nama;peran;kode\nSiti;staf;36.03\n", "a.csv", "Kolom nomor_hp wajib ada. Tambahkan di baris judul."),
        (
            b"PK\x03\x04rusak",
            "a.xlsx",
            "Berkas XLSX rusak atau bukan lembar kerja. Buka lalu simpan ulang sebagai .xlsx.",
        ),
        (HEADER.encode(), "a.csv", "Berkas hanya berisi judul kolom. Isi sekurangnya satu baris data."),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(client: Client, content: bytes, name: str, reason: str) -> None:
    assert [problem.reason for problem in send(client, content, name).context["problems"]] == [reason]


def test_a_file_that_is_missing_or_too_long_is_refused(client: Client) -> None:
    assert client.post("/users/import/").context["form"].errors == {"file": ["Pilih berkasnya."]}
    rows = [f"Orang {n};0812800{n:05};pejabat;36.03" for n in range(MAX_ROWS + 1)]
    assert problems(check(client, *rows)) == [
        (None, None, "Ada 501 baris, paling banyak 500. Bagi menjadi beberapa berkas.")
    ]
    large = send(client, b"x" * (1024 * 1024 + 1), "besar.csv").context["form"].errors
    assert large == {"file": ["Berkas lebih dari 1 MB. Hapus lembar dan gambar lain, atau pakai CSV."]}


def test_a_number_that_a_spreadsheet_took_for_a_figure_is_read_all_the_same(client: Client) -> None:
    output = BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(";"))
    sheet.write_row(1, 0, ("Siti", 81280001204, "Operator kecamatan", "36.03.30"))
    book.close()
    preview = send(client, output.getvalue(), "orang.xlsx")
    assert [row[1] for row in preview.context["rows"]] == ["0812-8000-1204"]


def test_the_template_holds_the_columns_and_the_admins_own_codes(client: Client) -> None:
    answer = client.get("/users/import/template/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.get_sheet_by_index(0).to_python() == [["nama", "nomor_hp", "peran", "kode"]]
    assert book.get_sheet_by_index(1).to_python() == [
        ["kode", "wilayah"],
        ["36.03", "Kabupaten 36.03"],
        ["36.03.30", "Kecamatan 36.03.30"],
        ["36.03.31", "Kecamatan 36.03.31"],
    ]
