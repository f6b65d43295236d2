"""Reporting a fault in the browser: by the people of a place, and by staff for those who told them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from devices.models import DeviceKind, DeviceSymptom, RecordingSet
from devices.placements import close_placement
from kecamatan.models import Event, Kecamatan
from repairs.models import Outage, Ticket
from repairs.sets import move_device
from tests.factories import device_of, kind, make_device, make_fault, make_kecamatan, make_set, make_user, moment
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

REPORT, MESSAGE, LOG = "/repairs/report/", "/repairs/report/incoming/", "/repairs/report/incoming/36.03.30/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ticket_url(ticket: Ticket) -> str:
    return f"/repairs/{ticket.number}/"


def tile_of(recording_set: RecordingSet, code: str = "server") -> str:
    return f"alat-{device_of(recording_set, code).pk}"


def said(recording_set: RecordingSet, code: str = "server", **more: object) -> dict[str, object]:
    start = {"client_key": str(uuid4()), "component": tile_of(recording_set, code), "symptom": "wont_turn_on"}
    return start | {"effect": "", "cause": "unknown", "certainty": "suspected", "note": "", "failed_at": ""} | more


def tiles(answer: Any) -> dict[str, list[tuple[str, str]]]:
    """Return what is offered of each set, and the ticket of what was reported already."""
    return {
        row.label: [
            (tile.component.name, tile.component.ticket.number if tile.component.ticket else "") for tile in row.tiles
        ]
        for row in answer.context["form"].sets()
    }


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- by the people of a place ---------------------------------------------------------------------------


def test_an_operator_reports_a_fault_and_lands_on_its_ticket(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    opened = client.get(REPORT)
    assert (opened.status_code, opened.context["place"].code) == (200, "36.03.30")
    sent = said(recording_set, failed_at="2026-11-19T08:15", cause="lightning", certainty="certain", note="Petir")
    answer = client.post(f"{REPORT}?kecamatan=36.03.30", sent, follow=True)
    ticket = Ticket.objects.get()
    assert answer.redirect_chain == [(f"{ticket_url(ticket)}sent/", 302)]
    assert ticket.failed_at == NOW - timedelta(days=1, hours=1, minutes=45)
    assert (ticket.effect, ticket.cause, ticket.certainty) == ("stopped", "lightning", "certain")
    assert (ticket.note, ticket.reported_by, ticket.symptom) == (
        "Petir",
        operator,
        DeviceSymptom.objects.get(code="wont_turn_on"),
    )


def test_nothing_but_component_and_symptom_is_needed(recording_set: RecordingSet, operator: User) -> None:
    sent = {"component": tile_of(recording_set, "camera"), "symptom": "bad_picture"}
    assert client_of(operator).post(REPORT, sent).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.failed_at, ticket.effect, ticket.cause) == (NOW, "stopped", "unknown")


def test_the_browser_never_chooses_another_component_when_it_goes_back(
    recording_set: RecordingSet, operator: User
) -> None:
    text = client_of(operator).get(REPORT).content.decode()
    radios = re.findall(r'<input type="radio" name="component"[^>]*>', text)
    assert len(radios) > 1
    assert all('autocomplete="off"' in radio for radio in radios)


def test_one_set_asks_for_no_set_and_two_are_told_apart(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    assert "<summary>Set" not in client.get(REPORT).content.decode()
    second = make_set(recording_set.kecamatan, "2", kinds=["camera"])
    page = client.get(REPORT)
    assert "<summary>Set 2</summary>" in page.content.decode()
    client.post(REPORT, said(second, "camera", symptom="gone"))
    assert Ticket.objects.get().recording_set == second


def test_a_missing_component_is_offered_and_reported_as_missing(recording_set: RecordingSet, operator: User) -> None:
    camera, tripod = device_of(recording_set, "camera"), make_device(recording_set, "tripod")
    for device in (camera, tripod):
        close_placement(device.placements.get(), at=NOW - timedelta(days=2), by=None)
    client = client_of(operator)
    names = ["Server", "Pemindai sidik jari", "Pemindai iris", "Alat tanda tangan", "Kamera", "Tripod"]
    assert tiles(client.get(REPORT)) == {"1": [(name, "") for name in names]}
    sent = said(
        recording_set, component=f"tidak-ada-{recording_set.pk}-camera", failed_at="2026-11-19T08:00", symptom=""
    )
    assert client.post(REPORT, sent).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.fault, ticket.device, ticket.device_kind.code, ticket.symptom) == ("missing", None, "camera", None)
    assert tiles(client.get(REPORT))["1"][-2:] == [("Kamera", ticket.number), ("Tripod", "")]


def test_what_was_reported_leads_to_its_ticket_before_anything_is_sent(
    recording_set: RecordingSet, operator: User
) -> None:
    ticket = make_fault(recording_set)
    page = client_of(operator).get(REPORT)
    assert tiles(page)["1"][0] == ("Server", ticket.number)
    assert f'href="{ticket_url(ticket)}#komentar"' in page.content.decode()
    assert f'value="{tile_of(recording_set)}"' not in page.content.decode()


def test_where_everything_was_reported_the_page_says_so(operator: User, kecamatan: Kecamatan) -> None:
    recording_set = make_set(kecamatan)
    for code in ("server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad"):
        make_fault(recording_set, code)
    text = client_of(operator).get(REPORT).content.decode()
    assert ("Semua komponen sudah dilaporkan" in text, "Kirim laporan" in text) == (True, False)


def test_a_component_that_somebody_else_reported_meanwhile_is_refused_with_a_link(
    recording_set: RecordingSet, operator: User
) -> None:
    ticket = make_fault(recording_set)
    answer = client_of(operator).post(REPORT, said(recording_set))
    assert (answer.status_code, answer.context["open_ticket"]) == (200, ticket)
    assert answer.context["form"].errors == {
        "failed_at": [f"{ticket.device} sudah tercatat rusak atau tidak ada saat itu: tiket {ticket.number}."]
    }
    assert f'href="{ticket_url(ticket)}"' in answer.content.decode()
    assert Ticket.objects.count() == 1


def test_a_ticket_of_another_region_is_not_named_to_who_borrowed_its_device(
    recording_set: RecordingSet, operator: User
) -> None:
    far = make_set(make_kecamatan("53.01.01"), kinds=["tripod"])
    ticket = make_fault(far, "tripod")
    lent = device_of(far, "tripod")
    move_device(device=lent, recording_set=recording_set, at=NOW, by=None)
    body = said(recording_set, component=f"alat-{lent.pk}", symptom=kind("tripod").symptoms.first().code)
    answer = client_of(operator).post(REPORT, body)
    assert answer.context["form"].errors == {
        "failed_at": [f"{lent} sudah tercatat rusak saat itu. Kantor asal alat ini sudah punya tiketnya."]
    }
    assert (answer.context["open_ticket"], ticket.number in answer.content.decode()) == (None, False)
    answer = client_of(make_user(Role.STAFF, None)).post(REPORT + "?kecamatan=36.03.30", body)
    assert answer.context["form"].errors == {
        "failed_at": [f"{lent} sudah tercatat rusak atau tidak ada saat itu: tiket {ticket.number}."]
    }
    assert answer.context["open_ticket"] == ticket


def test_of_two_components_of_one_kind_each_has_a_tile_with_its_number(
    recording_set: RecordingSet, operator: User
) -> None:
    second = make_device(recording_set, "server", serial="SRV-2")
    client = client_of(operator)
    serials = [tile.component.serial for tile in client.get(REPORT).context["form"].sets()[0].tiles]
    assert serials == [recording_set.placements.earliest("pk").device.serial, "SRV-2", "", "", "", ""]
    client.post(REPORT, said(recording_set, "camera", component=f"alat-{second.pk}"))
    assert Ticket.objects.get().device == second


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"symptom": ""}, {"symptom": ["Pilih apa yang terlihat."]}),
        ({"symptom": "bad_print"}, {"symptom": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}),
        ({"symptom": "bad_picture"}, {"symptom": ["Gejala ini bukan untuk Server. Pilih gejala lain."]}),
        ({"component": "alat-0"}, {"component": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}),
        (
            {"failed_at": "2026-01-01T08:00"},
            {"component": ["{server} tidak terpasang di Set 1 saat itu. Periksa alat dan waktunya."]},
        ),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    more: dict[str, str], errors: dict[str, list[str]], recording_set: RecordingSet, operator: User
) -> None:
    answer = client_of(operator).post(REPORT, said(recording_set, **more))
    expected = {
        name: [line.format(server=device_of(recording_set)) for line in lines] for name, lines in errors.items()
    }
    assert (answer.context["form"].errors, Ticket.objects.count()) == (expected, 0)


def test_errors_are_summed_up_and_nothing_typed_is_lost(recording_set: RecordingSet, operator: User) -> None:
    sent = {"client_key": str(uuid4()), "failed_at": "kemarin", "note": "Bau hangus"}
    answer = client_of(operator).post(REPORT, sent)
    form = answer.context["form"]
    assert form.errors == {
        "component": ["Pilih komponennya."],
        "failed_at": ["Waktu ini tidak terbaca. Tulis tanggal dan jamnya, misalnya 20/11/2026 08.30."],
    }
    text = answer.content.decode()
    assert [f'href="#{name}"' in text and f'id="{name}"' in text for name in ("id_component", "id_failed_at")] == [
        True,
        True,
    ]
    assert (str(form.key), form["note"].value()) == (sent["client_key"], "Bau hangus")
    assert form["failed_at"].value() == "kemarin"


def test_a_second_identical_submission_leads_to_the_same_ticket(recording_set: RecordingSet, operator: User) -> None:
    client, sent = client_of(operator), said(recording_set)
    places = {client.post(REPORT, sent)["Location"] for _ in range(2)}
    assert places == {f"{ticket_url(Ticket.objects.get())}sent/"}


def test_another_body_under_the_same_key_is_kept_and_offered_as_a_new_report(
    recording_set: RecordingSet, operator: User
) -> None:
    client, sent = client_of(operator), said(recording_set)
    client.post(REPORT, sent)
    first, other = Ticket.objects.get(), {"component": tile_of(recording_set, "camera"), "note": "Buram"}
    answer = client.post(REPORT, sent | other)
    assert (answer.status_code, answer.context["sent_as"]) == (409, first)
    form = answer.context["form"]
    assert (form["component"].value(), form["note"].value()) == (other["component"], "Buram")
    again = sent | other | {"client_key": str(answer.context["fresh_key"])}
    assert client.post(REPORT, again).status_code == 302
    assert Ticket.objects.count() == 2


def test_staff_choose_the_kecamatan_first(recording_set: RecordingSet, staff: User) -> None:
    client = client_of(staff)
    assert [place.code for place in client.get(REPORT).context["choices"]] == ["36.03.30"]
    assert len(tiles(client.get(f"{REPORT}?kecamatan=36.03.30"))["1"]) == 5


@pytest.mark.parametrize("code", ["36.03.99", "53.01.01", "36.03", "\0", "x"])
def test_a_place_that_is_not_there_or_out_of_scope_is_404(code: str, staff: User) -> None:
    make_kecamatan("53.01.01")
    assert client_of(staff).get(REPORT, {"kecamatan": code}).status_code == 404


def test_a_technician_may_not_report(recording_set: RecordingSet, technician: User) -> None:
    client = client_of(technician)
    url = f"{REPORT}?kecamatan=36.03.30"
    assert (client.get(url).status_code, client.post(url, said(recording_set)).status_code) == (403, 403)
    assert Ticket.objects.count() == 0


def test_a_place_without_sets_says_so(staff: User) -> None:
    make_kecamatan("36.03.31")
    text = client_of(staff).get(f"{REPORT}?kecamatan=36.03.31").content.decode()
    assert "Belum ada set yang tercatat di sini" in text


def test_the_style_sheet_knows_which_symptoms_belong_to_each_kind() -> None:
    style = Path(settings.BASE_DIR, "static/css/app.css").read_text()
    ruled = re.findall(r"\[data-kind=(\w+)\] :checked\) \[data-kinds\]:not\(\[data-kinds~=\1\]\)", style)
    assert set(ruled) == set(DeviceKind.objects.values_list("code", flat=True))


# --- by staff, for others -------------------------------------------------------------------------------

CHAT = "[19/11/26 14.02] Budi Sepatan: Pak, kamera di Sepatan Timur buram sejak kemarin, kayaknya kotor"


def test_a_pasted_message_fills_the_form_and_says_what_was_understood(recording_set: RecordingSet, staff: User) -> None:
    page = client_of(staff).post(MESSAGE, {"message": CHAT}).context
    form = page["form"]
    assert page["place"] == recording_set.kecamatan
    assert {name: form[name].value() for name in ("component", "symptom", "cause", "certainty", "reporter_name")} == {
        "component": tile_of(recording_set, "camera"),
        "symptom": "bad_picture",
        "cause": "dirt",
        "certainty": "suspected",
        "reporter_name": "Budi Sepatan",
    }
    assert (form["channel"].value(), form["message"].value()) == ("whatsapp", CHAT)
    assert [tuple(line) for line in page["understood"]] == [
        ("kamera", "Kamera, Set 1"),
        ("buram", "gejala: gambar buram atau gelap"),
        ("kotor", "penyebab: kotor"),
        ("kayaknya", "kepastian: diduga"),
        ("sejak kemarin", "rusak sejak Rabu, 18 November 2026"),
        ("Budi Sepatan", "pengirim, Kamis, 19 November 2026 pukul 14.02 WIB"),
    ]


def test_staff_log_what_came_in_and_the_message_is_kept(recording_set: RecordingSet, staff: User) -> None:
    client = client_of(staff)
    form = client.post(MESSAGE, {"message": CHAT}).context["form"]
    sent = {field.name: field.value() or "" for field in form}
    sent |= {"failed_at": "2026-11-18T00:00", "reported_at": "2026-11-19T14:02"}
    addresses = {client.post(LOG, sent)["Location"] for _ in range(2)}
    ticket = Ticket.objects.get()
    assert addresses == {ticket_url(ticket)}
    assert (ticket.message, ticket.reporter_name, ticket.channel) == (CHAT, "Budi Sepatan", "whatsapp")
    assert (ticket.reported_by, ticket.reported_at) == (staff, NOW - timedelta(hours=19, minutes=58))
    assert Event.objects.get(subject=f"ticket:{ticket.pk}", action="report").by == staff
    text = client.get(ticket_url(ticket)).content.decode()
    assert "Pak, kamera di Sepatan Timur buram" in text
    assert "mencatat laporan Budi Sepatan lewat WhatsApp" in text


def test_a_message_of_an_outage_fills_its_form_and_is_kept_with_it(recording_set: RecordingSet, staff: User) -> None:
    client = client_of(staff)
    chat = "[19/11/26, 14.02] Budi Sepatan: Listrik padam di Sepatan Timur sejak kemarin, tidak bisa merekam"
    page = client.post(MESSAGE, {"message": chat})
    assert page.context["sounds_like_outage"]
    assert 'name="langkah" value="gangguan"' in page.content.decode()
    # To another place goes the message, too; and back, where it is an outage.
    moved = client.post(MESSAGE, {"message": chat, "kecamatan": "36.03.30", "langkah": "ganti"}).context["form"]
    assert (moved.is_bound, moved["message"].value()) == (False, chat)
    page = client.post(MESSAGE, {"message": chat, "kecamatan": "36.03.30", "langkah": "gangguan"})
    form = page.context["form"]
    names = ("cause", "effect", "reporter_name", "channel", "message")
    assert [form[name].value() for name in names] == ["power_outage", "stopped", "Budi Sepatan", "whatsapp", chat]
    assert form.shows_details
    assert "mulai sejak Rabu, 18 November 2026" in [line.meaning for line in page.context["understood"]]
    sent = {"cause": "power_outage", "effect": "stopped", "started_at": "2026-11-18T07:00", "message": chat}
    url = f"{LOG}outage/"
    assert client.post(url, sent).context["form"].errors == {
        "reporter_name": ["Tulis siapa yang melaporkan."],
        "channel": ["Pilih lewat apa laporannya masuk."],
    }
    sent |= {"client_key": str(uuid4()), "reporter_name": "Budi", "channel": "whatsapp", "certainty": "suspected"}
    later = {**sent, "reported_at": "2026-11-20T10:01"}
    assert client.post(url, later).context["form"].errors == {
        "reported_at": ["Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."]
    }
    addresses = {client.post(url, {**sent, "reported_at": "2026-11-19T14:02"})["Location"] for _ in range(2)}
    outage = Outage.objects.get()
    assert addresses == {f"/outages/{outage.pk}/"}
    assert (outage.message, outage.reporter_name, outage.channel) == (chat, "Budi", "whatsapp")
    assert (outage.started_at, outage.reported_at) == (
        moment("2026-11-18 00:00"),
        NOW - timedelta(hours=19, minutes=58),
    )
    text = client.get(f"/outages/{outage.pk}/").content.decode()
    assert "Pesan asli" in text
    assert "mencatat laporan Budi lewat WhatsApp: gangguan di Kecamatan Sepatan Timur sejak" in text


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({}, {"kecamatan": ["Pilih kecamatannya."]}),
        ({"message": "server mati"}, {"kecamatan": ["Pesannya tidak menyebut kecamatan. Pilih di sini."]}),
        (
            {"message": "Sepatan Timur dan Kresek mati"},
            {
                "kecamatan": [
                    "Pesannya bisa berarti Kecamatan Sepatan Timur (36.03.30), Kecamatan Kresek (36.03.06). Pilih satu."
                ]
            },
        ),
        ({"kecamatan": "53.01.01"}, {"kecamatan": ["Kode ini tidak ada di wilayah Anda. Periksa kodenya."]}),
        (
            {"message": "Kresek, NIK 3603301234567890"},
            {
                "message": [
                    "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya."
                ]
            },
        ),
    ],
)
def test_a_message_that_names_no_single_place_asks_for_it(
    sent: dict[str, str], errors: dict[str, list[str]], recording_set: RecordingSet, staff: User
) -> None:
    make_kecamatan("36.03.06", "Kecamatan Kresek")
    make_kecamatan("53.01.01", "Kecamatan Alak")
    form = client_of(staff).post(MESSAGE, sent).context["form"]
    assert form.errors == errors
    assert form["message"].value() == sent.get("message")


def test_a_report_by_telephone_needs_who_and_how(recording_set: RecordingSet, staff: User) -> None:
    client = client_of(staff)
    assert client.get(LOG).context["form"]["message"].value() is None
    form = client.post(LOG, said(recording_set, reported_at="2026-11-20T10:01")).context["form"]
    assert form.errors == {
        "reporter_name": ["Tulis siapa yang melaporkan."],
        "channel": ["Pilih lewat apa laporannya masuk."],
    }
    sent = said(recording_set, reporter_name="Ani", channel="phone", reported_at="2026-11-20T10:01")
    assert client.post(LOG, sent).context["form"].errors == {
        "reported_at": ["Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."]
    }
    client.post(LOG, sent | {"reported_at": ""})
    ticket = Ticket.objects.get()
    assert (ticket.reporter_name, ticket.channel, ticket.reported_at) == ("Ani", "phone", NOW)


def test_a_message_about_what_is_reported_already_names_its_ticket(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set, "camera")
    page = client_of(staff).post(MESSAGE, {"message": CHAT}).context
    assert page["form"]["component"].value() == ""
    assert tuple(page["understood"][0]) == ("kamera", f"Kamera, Set 1, sudah ada tiket {ticket.number}")


def test_the_pages_ask_a_fixed_number_of_queries(recording_set: RecordingSet, operator: User, staff: User) -> None:
    phone, office = client_of(operator), client_of(staff)

    def counts() -> list[int]:
        return [queries(phone, REPORT), queries(office, MESSAGE), queries(office, LOG)]

    before = counts()
    for number in range(2, 9):
        make_fault(make_set(make_kecamatan("36.03.30"), str(number)), "server")
    assert (counts(), before) == (before, [7, 3, 7])
