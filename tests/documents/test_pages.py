"""The pages of the monthly reports."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from documents import jobs
from documents.models import Document, Subscription
from documents.requests import request_document, sign_document
from kecamatan.models import Kabupaten
from tests.documents.conftest import OCTOBER
from tests.documents.test_changes import late_count
from tests.factories import make_user

LIST = "/reports/36.03/documents/"


@pytest.fixture
def staff_client(tangerang: Kabupaten, client: Client) -> Client:
    client.force_login(make_user(Role.STAFF, tangerang, "siti"))
    return client


def ask(client: Client, **values: object) -> object:
    body = {"client_key": uuid4(), "month": "2026-10", "formats": ["pdf", "csv"], **values}
    return client.post(LIST, body)


def words(response: object) -> str:
    return " ".join(response.content.decode().split())


def test_a_report_is_asked_for_followed_and_fetched(staff_client: Client) -> None:
    answer = ask(staff_client)
    document = Document.objects.get()
    address = f"{LIST}{document.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, address)
    waiting = words(staff_client.get(address))
    assert 'hx-get="' + address in waiting
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert '<span class="tag dial reported">Menunggu</span>' in waiting
    jobs.build_waiting()
    assert staff_client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    done = words(staff_client.get(address))
    assert "Sejak laporan ini dibuat Minggu, 22 November 2026 pukul 10.00 WIB, tidak ada angka yang berubah." in done
    assert "http-equiv" not in done
    file = staff_client.get(f"{address}files/pdf/")
    assert file.content.startswith(b"%PDF")
    assert {name: file[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="laporan-36.03-kabupaten-3603-2026-10-nomor-{document.pk}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    assert [staff_client.get(f"{address}files/{name}/").status_code for name in ("csv", "xlsx", "exe")] == [
        200,
        404,
        404,
    ]


def test_a_form_sent_twice_asks_once(staff_client: Client) -> None:
    key = uuid4()
    first, second = ask(staff_client, client_key=key), ask(staff_client, client_key=key)
    assert first["Location"] == second["Location"]
    assert Document.objects.count() == 1


def test_a_form_without_a_format_says_what_is_missing(staff_client: Client) -> None:
    answer = ask(staff_client, formats=[])
    assert answer.status_code == 200
    assert words(answer).count("Pilih sekurangnya satu bentuk berkas.") == 2


def test_the_list_shows_who_made_what_when_and_in_which_state(staff_client: Client) -> None:
    assert "Belum ada laporan yang dibuat" in words(staff_client.get(LIST))
    ask(staff_client)
    jobs.build_waiting()
    ask(staff_client, month="2026-09")
    text = words(staff_client.get(LIST))
    assert text.index("September 2026</a>") < text.index("Oktober 2026</a>")
    for part in ("Menunggu</span>", "Selesai</span>", "Siti, Minggu, 22 November 2026 pukul 10.00 WIB", "PDF<span"):
        assert part in text


def test_a_report_is_cancelled_and_built_after_all(staff_client: Client) -> None:
    ask(staff_client)
    address = f"{LIST}{Document.objects.get().pk}/"
    assert staff_client.post(f"{address}cancel/").status_code == 302
    assert "Dibatalkan</span>" in words(staff_client.get(address))
    assert staff_client.post(f"{address}retry/").status_code == 302
    jobs.build_waiting()
    late = staff_client.post(f"{address}cancel/")
    assert (late.status_code, "Laporan ini sudah selesai." in words(late)) == (409, True)


def test_a_signature_is_noted_and_later_changes_are_told_against_it(staff_client: Client) -> None:
    ask(staff_client)
    jobs.build_waiting()
    address = f"{LIST}{Document.objects.get().pk}/"
    refused = staff_client.post(f"{address}sign/", {"signed_on": "2026-11-01"})
    assert "Pilih tanggal antara 22 November 2026 dan 22 November 2026." in words(refused)
    assert staff_client.post(f"{address}sign/", {"signed_on": "2026-11-22"}).status_code == 302
    late_count()
    text = words(staff_client.get(address))
    assert (
        "Ditandatangani Minggu, 22 November 2026; dicatat Siti pada Minggu, 22 November 2026 pukul 10.00 WIB." in text
    )
    assert "Sejak laporan ini ditandatangani, 6 hal berubah." in text
    assert "<li>Perekaman, rekam bersih: semula 210, sekarang 250 orang (+40).</li>" in text
    assert "Catat sudah ditandatangani" not in text


def test_a_signature_is_withdrawn_with_a_reason_and_may_be_noted_again(staff_client: Client) -> None:
    ask(staff_client)
    jobs.build_waiting()
    address = f"{LIST}{Document.objects.get().pk}/"
    early = staff_client.post(f"{address}sign/withdraw/", {"reason": "Salah cetak"})
    assert (early.status_code, "Laporan ini tidak sedang bertanda tangan." in words(early)) == (409, True)
    staff_client.post(f"{address}sign/", {"signed_on": "2026-11-22"})
    assert "Tulis mengapa tanda tangannya dicabut." in words(staff_client.post(f"{address}sign/withdraw/", {}))
    for _ in range(2):
        answer = staff_client.post(f"{address}sign/withdraw/", {"reason": "Kadis belum membaca"})
        assert (answer.status_code, answer["Location"]) == (302, address)
    text = words(staff_client.get(address))
    assert '<span class="tag dial reopened">Tanda tangan dicabut</span>' in text
    noted = "Siti pada Minggu, 22 November 2026 pukul 10.00 WIB."
    assert (
        f"<li>Tanda tangan Minggu, 22 November 2026 dicabut oleh {noted}"
        '<p class="small quiet">Sebab: Kadis belum membaca</p></li>'
        f"<li>Ditandatangani Minggu, 22 November 2026; dicatat {noted}</li>"
    ) in text
    assert "Tanda tangan dicabut</span>" in words(staff_client.get(LIST))
    assert staff_client.post(f"{address}sign/", {"signed_on": "2026-11-22"}).status_code == 302
    assert "Ditandatangani</span>" in words(staff_client.get(address))


def test_a_subscription_is_made_changed_and_ended(staff_client: Client) -> None:
    address = f"{LIST}subscription/"
    body = {"email": "siti@dinas.example", "day": "7", "format": "pdf", "version": "0"}
    assert "Tulis alamat e-mail." in words(staff_client.post(address, body | {"email": ""}))
    assert staff_client.post(address, body)["Location"] == LIST
    shown = "Anda menerima PDF laporan bulan sebelumnya ke siti@dinas.example, setiap tanggal 7."
    assert shown in words(staff_client.get(LIST))
    assert staff_client.post(address, body | {"day": "9"}).status_code == 409
    assert staff_client.post(address, body | {"day": "9", "version": "1"}).status_code == 302
    assert staff_client.post(f"{address}end/").status_code == 302
    assert Subscription.objects.get().ended_at is not None


def test_a_kecamatan_has_no_report_of_its_own(staff_client: Client) -> None:
    assert staff_client.get("/reports/36.03.01/documents/").status_code == 404


def test_a_report_is_found_under_its_own_region_only(staff_client: Client, tangerang: Kabupaten) -> None:
    staff_client.force_login(make_user(Role.ADMIN, None))
    document = request_document(tangerang, OCTOBER, formats=["csv"], by=None)
    found = [
        staff_client.get(f"/reports/{code}/documents/{document.pk}/").status_code for code in ("36.03", "36", "ID")
    ]
    assert found == [200, 404, 404]


@pytest.mark.parametrize("number", [1, 12])
def test_pages_ask_few_questions(staff_client: Client, tangerang: Kabupaten, number: int) -> None:
    for month in range(1, number):
        request_document(tangerang, date(2025, month, 1), formats=["csv"], by=None)
    request_document(tangerang, OCTOBER, formats=["csv"], by=None)
    jobs.build_waiting()
    newest = Document.objects.latest("pk")
    sign_document(newest, signed_on=date(2026, 11, 22), by=make_user(Role.STAFF, tangerang))
    for address in (LIST, f"{LIST}{newest.pk}/", f"{LIST}subscription/"):
        staff_client.get(address)
        with CaptureQueriesContext(connection) as captured:
            staff_client.get(address)
        assert len(captured) <= 8, (address, [query["sql"][:120] for query in captured])
