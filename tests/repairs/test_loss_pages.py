"""The pages of lost records: recorded, confirmed, recorded again, corrected, voided; and who sees what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.duty import PopulationFigures, set_populations
from kecamatan.models import Kecamatan
from repairs.losses import record_loss
from repairs.models import LostRecords, Rerecording
from tests.factories import make_kecamatan, make_user

pytestmark = pytest.mark.django_db

NEW = "/recordings/lost/new/"
DAY = date(2026, 9, 14)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(**more: object) -> dict[str, object]:
    start = {"client_key": str(uuid4()), "day": "2026-09-14", "count": "1738", "cause": "human_error"}
    return start | {"certainty": "suspected", "note": "Kata sandi diganti"} | more


def url(loss: LostRecords, move: str = "") -> str:
    return f"/recordings/lost/{loss.pk}/" + (f"{move}/" if move else "")


def sent_from(page: Any, name: str, **more: object) -> dict[str, object]:
    """Return the form of a move as the page offers it, with what is typed over it."""
    form = next(move for move in page["moves"] if move.name == name).form
    return {field.name: "" if field.value() is None else field.value() for field in form} | more


@pytest.fixture
def loss(kecamatan: Kecamatan) -> LostRecords:
    return record_loss(kecamatan=kecamatan, day=DAY, count=1738, cause="human_error", by=None)


def test_an_operator_records_a_loss_and_lands_on_its_page(kecamatan: Kecamatan, operator: User) -> None:
    client, sent = client_of(operator), told()
    answer = client.post(NEW, sent, follow=True)
    loss = LostRecords.objects.get()
    assert answer.redirect_chain == [(url(loss), 302)]
    assert (loss.day, loss.count, loss.cause, loss.certainty) == (DAY, 1738, "human_error", "suspected")
    page = answer.context
    assert (page["title"], page["day"], page["left"]) == ("1.738 data hilang", "Senin, 14 September 2026", "1.738")
    assert [(entry.who, entry.what) for entry in page["history"]] == [
        (str(operator), "mencatat 1.738 data hilang, diduga")
    ]
    assert client.post(NEW, sent)["Location"] == url(loss)
    assert LostRecords.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"day": ""}, "day", "Isi tanggal hilangnya, atau tanggal ketahuannya."),
        ({"day": "2026-11-21"}, "day", "21/11/2026 belum tiba. Tulis hari yang sudah lewat."),
        ({"day": "2008-11-21"}, "day", "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."),
        ({"count": "0"}, "count", "Jumlah data hilang sekurangnya 1."),
        ({"count": "2001"}, "count", "2.001 melebihi penduduk Kecamatan Sepatan Timur (2.000). Periksa angkanya."),
        ({"count": "1.738"}, "count", "Tulis angka bulat tanpa titik, misalnya 42."),
        ({"certainty": ""}, "certainty", "Pilih: diduga atau terkonfirmasi."),
        (
            {"note": "NIK 3603301234567890"},
            "note",
            "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
        ),
    ],
)
def test_a_loss_that_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    typed: dict[str, str], field: str, message: str, kecamatan: Kecamatan, operator: User
) -> None:
    set_populations([PopulationFigures(kecamatan, "2026-1", 2000, 1000)], by=None)
    form = client_of(operator).post(NEW, told(**typed)).context["form"]
    assert form.errors == {field: [message]}
    assert form["cause"].value() == "human_error"
    assert LostRecords.objects.count() == 0


def test_a_second_loss_of_the_day_leads_to_the_first(loss: LostRecords, operator: User) -> None:
    form = client_of(operator).post(NEW, told()).context["form"]
    assert form.errors == {
        "day": ["Data hilang Kecamatan Sepatan Timur pada 14/09/2026 sudah tercatat. Koreksi catatan itu."]
    }


def test_rerecording_is_told_by_operators_and_confirmation_by_staff(
    loss: LostRecords, operator: User, staff: User
) -> None:
    phone, office = client_of(operator), client_of(staff)
    page = phone.get(url(loss)).context
    assert [move.name for move in page["moves"]] == ["rerecord"]
    sent = sent_from(page, "rerecord", number="1200", day="2026-11-19")
    assert phone.post(url(loss, "rerecord"), sent)["Location"] == url(loss)
    page = office.get(url(loss)).context
    assert [move.name for move in page["moves"]] == ["rerecord", "void-rerecording", "confirm", "correct", "void"]
    assert (page["rerecorded"], page["left"]) == ("1.200 dari 1.738 orang (69,0%)", "538")
    office.post(url(loss, "confirm"), sent_from(page, "confirm", count="1700", reason="Diperiksa di server"))
    loss.refresh_from_db()
    assert (loss.certainty, loss.count, loss.rerecorded) == ("confirmed", 1700, 1200)
    page = office.get(url(loss)).context
    assert [move.name for move in page["moves"]] == ["rerecord", "void-rerecording", "correct", "void"]
    assert [(entry.what, entry.quote) for entry in page["history"]][:2] == [
        ("membetulkan catatan; semula jumlah 1.738, kepastian diduga", "Diperiksa di server"),
        ("mencatat rekam ulang 1.200 orang, 19 November 2026", ""),
    ]


def test_a_wrong_rerecording_is_struck_and_stays_to_be_read(loss: LostRecords, operator: User) -> None:
    client = client_of(operator)
    for number, day in ((500, "2026-10-01"), (400, "2026-11-19")):
        sent = sent_from(client.get(url(loss)).context, "rerecord", number=str(number), day=day)
        client.post(url(loss, "rerecord"), sent)
    page = client.get(url(loss)).context
    form = next(move for move in page["moves"] if move.name == "void-rerecording").form
    assert [label for _, label in form.fields["row"].choices] == [
        "400 orang, 19 November 2026",
        "500 orang, 1 Oktober 2026",
    ]
    wrong = form.fields["row"].choices[1][0]
    sent = sent_from(page, "void-rerecording", row=str(wrong), reason="Seharusnya 50")
    assert [client.post(url(loss, "void-rerecording"), sent)["Location"] for _ in range(2)] == [url(loss)] * 2
    page = client.get(url(loss)).context
    assert [(row.day, row.number, row.who, bool(row.voided)) for row in page["again"]] == [
        ("19 November 2026", "400 orang", str(operator), False),
        ("1 Oktober 2026", "500 orang", str(operator), True),
    ]
    assert (page["rerecorded"], page["history"][0].what) == (
        "400 dari 1.738 orang (23,0%)",
        "membatalkan rekam ulang 500 orang, 1 Oktober 2026",
    )


def test_more_recorded_again_than_lost_is_refused_beside_the_field(loss: LostRecords, operator: User) -> None:
    client = client_of(operator)
    sent = sent_from(client.get(url(loss)).context, "rerecord", number="1739", day="2026-11-19")
    answer = client.post(url(loss, "rerecord"), sent)
    assert answer.context["failed"].errors == {
        "number": ["Rekam ulang (1739) melebihi data yang hilang (1738). Periksa keduanya."]
    }
    assert 'href="#rerecord-number"' in answer.content.decode()
    assert answer.context["moves"][0].form["number"].value() == "1739"


def test_the_loser_sees_both_versions_and_may_decide_again(loss: LostRecords, operator: User, staff: User) -> None:
    phone, office = client_of(operator), client_of(staff)
    page = office.get(url(loss)).context
    correction = sent_from(page, "correct", count="1500", reason="Salah hitung")
    first = sent_from(phone.get(url(loss)).context, "rerecord", number="10", day="2026-11-19")
    phone.post(url(loss, "rerecord"), first)
    answer = office.post(url(loss, "correct"), correction)
    assert answer.status_code == 409
    differing = {row.label: (row.yours, row.now) for row in answer.context["compared"] if row.differs}
    assert differing == {"Berapa orang datanya hilang?": ("1500", "1738")}
    assert [entry.who for entry in answer.context["changes"]] == [str(operator)]
    again = {field.name: field.value() for field in answer.context["move"].form}
    assert office.post(url(loss, "correct"), again).status_code == 302
    loss.refresh_from_db()
    assert (loss.count, loss.rerecorded) == (1500, 10)


def test_a_voided_loss_offers_nothing_and_leaves_the_list(loss: LostRecords, staff: User) -> None:
    client = client_of(staff)
    sent = sent_from(client.get(url(loss)).context, "void", reason="Ternyata belum terkirim")
    assert [client.post(url(loss, "void"), sent)["Location"] for _ in range(2)] == [url(loss)] * 2
    page = client.get(url(loss)).context
    assert page["voided"] == f"Dibatalkan {staff}, Jumat, 20 November 2026 pukul 10.00 WIB: Ternyata belum terkirim"
    assert page["moves"] == []
    assert client.get("/recordings/lost/").context["rows"] == []
    assert len(client.get("/recordings/lost/?keadaan=dibatalkan").context["rows"]) == 1


@pytest.fixture
def losses(kecamatan: Kecamatan, loss: LostRecords) -> list[LostRecords]:
    """Three losses of two kecamatan, the oldest first; and one elsewhere."""
    far = make_kecamatan("36.03.31", "Kecamatan Kresek")
    record_loss(kecamatan=make_kecamatan("53.01.01"), day=DAY, count=5, by=None)
    return [
        loss,
        record_loss(kecamatan=far, day=date(2026, 10, 1), count=4, certainty="confirmed", rerecorded=4, by=None),
        record_loss(kecamatan=kecamatan, day=date(2026, 10, 2), count=9, by=None),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("?keadaan=suspected", [2, 0]),
        ("?keadaan=confirmed", [1]),
        ("?keadaan=belum_direkam_ulang", [2, 0]),
        ("?kecamatan=36.03.31", [1]),
        ("?keadaan=semua&kecamatan=36.03.30", [2, 0]),
        ("?kecamatan=53.01.01", []),
    ],
)
def test_the_list_is_narrowed_by_its_address_and_by_scope(
    query: str, found: list[int], losses: list[LostRecords], staff: User
) -> None:
    page = client_of(staff).get(f"/recordings/lost/{query}").context
    assert [row.url for row in page["rows"]] == [url(losses[i]) for i in found]


def test_paging_keeps_the_filters_and_shows_every_loss_once(
    losses: list[LostRecords], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 1)
    client, address, seen = client_of(staff), "/recordings/lost/?keadaan=suspected", []
    while address:
        page = client.get(address).context
        seen += [row.url for row in page["rows"]]
        address = page["next_url"]
    assert seen == [url(losses[2]), url(losses[0])]


def test_staff_choose_the_kecamatan_first(losses: list[LostRecords], staff: User) -> None:
    client = client_of(staff)
    assert [place.code for place in client.get(NEW).context["choices"]] == ["36.03.31", "36.03.30"]
    assert client.get(f"{NEW}?kecamatan=36.03.31").context["place"].name == "Kecamatan Kresek"


def test_the_pages_ask_a_fixed_number_of_queries(losses: list[LostRecords], staff: User) -> None:
    client = client_of(staff)

    def counts() -> list[int]:
        found = []
        for address in ("/recordings/lost/", url(losses[0]), f"{NEW}?kecamatan=36.03.30"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    before = counts()
    for number in range(1, 29):
        record_loss(kecamatan=make_kecamatan(f"36.03.{40 + number}"), day=DAY, count=number, by=None)
        Rerecording.objects.create(loss=losses[0], day=DAY, number=1, recorded_by=staff)
    assert counts() == before
    assert before == [4, 5, 3]


def test_an_official_reads_and_does_nothing(loss: LostRecords, official: User) -> None:
    page = client_of(official).get(url(loss)).context
    assert page["moves"] == []
    assert "Catat data hilang" not in client_of(official).get("/recordings/lost/").content.decode()
    assert client_of(make_user(Role.TECHNICIAN, loss.kecamatan)).post(url(loss, "void")).status_code == 403
