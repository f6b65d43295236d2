"""The profile of a region as people get it: what it says, its forms, its conflicts, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.contacts import add_contact
from accounts.models import Contact, Role, Signatory, User
from accounts.offices import describe_office, office_of
from accounts.signatories import name_signatory
from kecamatan.models import Kabupaten, Kecamatan
from tests.factories import (
    give_role,
    make_dinas,
    make_fault,
    make_kabupaten,
    make_kecamatan,
    make_set,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-20 03:00")
KABUPATEN, PLACE, REPORT = "/profile/36.03/", "/profile/36.03.30/", "/reports/36.03/"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def kabupaten() -> Kabupaten:
    make_dinas("36.03")
    return make_kabupaten("36.03")


@pytest.fixture
def kecamatan(kabupaten: Kabupaten) -> Kecamatan:
    return make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")


@pytest.fixture
def staff(kabupaten: Kabupaten) -> User:
    return make_user(Role.STAFF, kabupaten)


@pytest.fixture
def operator(kecamatan: Kecamatan) -> User:
    return make_user(Role.OPERATOR, kecamatan)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def again(form: Any, **typed: object) -> dict[str, object]:
    """Return what a browser sends of a form that was opened, with what was typed since."""
    start = {field.name: field.value() for field in form}
    return {name: value for name, value in start.items() if value is not None and value is not False} | typed


def texts(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_profile_of_which_nothing_is_known_says_so_and_never_no(staff: User, kecamatan: Kecamatan) -> None:
    page = client_of(staff).get(PLACE)
    assert [(fact.label, fact.text) for fact in page.context["facts"]] == [
        ("Alamat", "belum diketahui"),
        ("Telepon umum", "belum diketahui"),
    ]
    assert {fact.text for fact in page.context["supply"]} == {"belum diketahui"}
    text = page.content.decode()
    for sentence in ("Belum ada kontak", "Jam buka belum diketahui.", "Belum pernah diubah."):
        assert sentence in text


def test_an_agency_is_called_by_its_name_and_shows_who_signs_and_signed(staff: User, kabupaten: Kabupaten) -> None:
    describe_office(kabupaten, agency_name="Dispendukcapil", address="Jalan Raya", public_phone="", version=0, by=staff)
    for name, day in (("Ana", date(2025, 1, 1)), ("Budi", date(2026, 2, 1)), ("Cici", date(2027, 1, 1))):
        name_signatory(kabupaten, name=name, nip="196805121993031004", title="Kepala Dinas", starts_on=day, by=staff)
    page = client_of(staff).get(KABUPATEN).context
    assert page["title"] == "Dispendukcapil Kabupaten 36.03"
    assert [(one.name, one.since, one.until, one.is_current) for one in page["signers"]] == [
        ("Cici", "1 Januari 2027", "", False),
        ("Budi", "1 Februari 2026", "31 Desember 2026", True),
        ("Ana", "1 Januari 2025", "31 Januari 2026", False),
    ]
    assert page["signers"][0].nip == "19680512 199303 1 004"
    dinas = client_of(staff).get("/kecamatan/36.03.00/").content.decode()
    assert "<h1>Dispendukcapil Kabupaten 36.03</h1>" in dinas


def test_the_report_of_a_past_month_names_who_signed_then(staff: User, kabupaten: Kabupaten) -> None:
    nip = "196805121993031004"
    name_signatory(kabupaten, name="Ana", nip=nip, title="Kepala Dinas", starts_on=date(2026, 1, 1), by=staff)
    name_signatory(kabupaten, name="Budi", nip="", title="Plt.", starts_on=date(2026, 9, 30), by=staff)
    client = client_of(staff)
    pages = {month: client.get(f"{REPORT}?bulan={month}") for month in ("2025-12", "2026-08", "2026-09")}
    assert {month: page.context["signatory"] for month, page in pages.items()} == {
        "2025-12": "",
        "2026-08": "Ana, Kepala Dinas, NIP 19680512 199303 1 004",
        "2026-09": "Budi, Plt.",
    }
    assert "Penanda tangan laporan Desember 2025: belum diketahui" in pages["2025-12"].content.decode()


def test_the_history_says_who_changed_what_from_what(staff: User, kabupaten: Kabupaten) -> None:
    client = client_of(staff)
    for address in ("Tigaraksa", "Serpong"):
        sent = {"version": office_of(kabupaten).version, "address": address, "agency_name": "Disdukcapil"}
        client.post(f"{KABUPATEN}edit/", sent)
    latest = client.get(KABUPATEN).context["history"][0]
    assert (latest.who, latest.when, latest.what, latest.changes) == (
        str(staff),
        "Jumat, 20 November 2026 pukul 10.00 WIB",
        "mengubah profil kantor",
        ["Alamat: “Tigaraksa” menjadi “Serpong”"],
    )


def test_the_whole_history_is_read_page_by_page(
    staff: User, kabupaten: Kabupaten, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        add_contact(kabupaten, role="Teknisi", name=f"T{number}", phone="081280001204", by=staff)
    client = client_of(staff)
    page = client.get(KABUPATEN).context
    assert (len(page["history"]), page["has_more_history"]) == (5, True)
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 4)
    first = client.get(f"{KABUPATEN}history/").context
    second = client.get(first["next_url"]).context
    whats = [entry.what for entry in first["history"] + second["history"]]
    assert whats == [f"menambah kontak Teknisi: T{number}, 0812-8000-1204" for number in range(6, -1, -1)]
    assert (second["next_url"], second["first_url"]) == ("", f"{KABUPATEN}history/")


def test_the_dinas_has_the_profile_of_its_kabupaten(staff: User) -> None:
    assert client_of(staff).get("/profile/36.03.00/")["Location"] == KABUPATEN
    of_the_dinas = make_user(Role.OPERATOR, Kecamatan.objects.get(code="36.03.00"))
    assert client_of(of_the_dinas).get("/profile/36.03.00/").status_code == 404


@pytest.mark.parametrize("code", ["ID", "36", "36.71", "53.01.01", "99", "x", "36.03.99"])
def test_a_region_outside_the_assignments_has_no_profile(staff: User, code: str) -> None:
    make_kabupaten("36.71")
    make_kecamatan("53.01.01")
    for page in ("", "edit/", "hours/", "contacts/add/", "history/"):
        assert client_of(staff).get(f"/profile/{code}/{page}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PLACE}logo/", 404),
        (f"{PLACE}signatories/add/", 404),
        (f"{KABUPATEN}supply/", 404),
        (f"{KABUPATEN}contacts/999/", 404),
        (f"{KABUPATEN}signatories/{10**30}/", 404),
        (f"{KABUPATEN}logo/3f2504e0-4f89-41d3-9a0c-0305e82c3301.png", 404),
    ],
)
def test_what_a_level_does_not_have_is_not_there(staff: User, kecamatan: Kecamatan, path: str, status: int) -> None:
    assert client_of(staff).get(path).status_code == status


def test_links_lead_to_the_profile_and_only_those_who_may_find_its_forms(
    staff: User, operator: User, kecamatan: Kecamatan
) -> None:
    assert f'href="{KABUPATEN}"' in client_of(staff).get(REPORT).content.decode()
    assert f'href="{PLACE}"' in client_of(operator).get("/kecamatan/36.03.30/").content.decode()
    forms = ("edit/", "hours/", "supply/", "contacts/add/")
    official = make_user(Role.OFFICIAL, kecamatan)
    for user, offered in ((staff, [True] * 4), (operator, [False, False, True, True]), (official, [False] * 4)):
        text = client_of(user).get(PLACE).content.decode()
        assert [f'href="{PLACE}{form}"' in text for form in forms] == offered


def test_the_pages_of_a_kecamatan_and_a_ticket_say_whom_to_call(operator: User, kecamatan: Kecamatan) -> None:
    ticket = make_fault(make_set(kecamatan))
    add_contact(kecamatan.kabupaten, role="Teknisi", name="Budi", phone="081280001204", by=None)
    for path in ("/kecamatan/36.03.30/", f"/repairs/{ticket.number}/"):
        text = client_of(operator).get(path).content.decode()
        assert 'href="tel:+6281280001204"' in text
        assert 'href="https://wa.me/6281280001204"' in text


# --- forms ------------------------------------------------------------------------------------------------------------


def test_staff_describe_an_office_and_read_it_back(staff: User, kabupaten: Kabupaten) -> None:
    client = client_of(staff)
    form = client.get(f"{KABUPATEN}edit/").context["form"]
    sent = again(form, agency_name="Disdukcapil", address="Jalan Raya\r\nTigaraksa", public_phone="0812 8000 1204")
    answer = client.post(f"{KABUPATEN}edit/", sent, follow=True)
    assert (answer.redirect_chain, texts(answer)) == ([(KABUPATEN, 302)], ["Profil tersimpan."])
    text = answer.content.decode()
    assert "Jalan Raya<br>Tigaraksa" in text
    assert 'href="https://wa.me/6281280001204"' in text


def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(staff: User, kabupaten: Kabupaten) -> None:
    sent = {"version": 0, "address": "Jalan Raya", "public_phone": "abc"}
    answer = client_of(staff).post(f"{KABUPATEN}edit/", sent)
    form = answer.context["form"]
    assert list(form.errors) == ["public_phone"]
    assert (form["address"].value(), form["public_phone"].value()) == ("Jalan Raya", "abc")
    assert 'href="#id_public_phone"' in answer.content.decode()


def test_hours_begin_with_the_ordinary_week_and_are_kept(staff: User, kecamatan: Kecamatan) -> None:
    client = client_of(staff)
    opened = client.get(f"{PLACE}hours/")
    assert (opened.context["is_new"], "Perpres 21/2023" in opened.content.decode()) == (True, True)
    sent = again(opened.context["form"], opens_0="08:00", text_4="Jumat bersih")
    client.post(f"{PLACE}hours/", sent)
    page = client.get(PLACE).context
    assert page["week"][0] == ("Senin", "08.00–16.00", True, "Istirahat 12.00–13.00")
    assert page["week"][4] == ("Jumat", "07.30–16.30", True, "Jumat bersih")
    assert page["week"][6].hours == "Tutup"
    form = client.get(f"{PLACE}hours/").context["form"]
    answer = client.post(f"{PLACE}hours/", again(form, closes_0="07:00", opens_1="pagi"))
    assert answer.context["form"].errors == {"opens_1": ["Jam ini tidak terbaca. Tulis misalnya 07.30."]}
    assert answer.context["form"]["closes_0"].value() == "07:00"


def test_an_operator_keeps_contacts_and_power_of_the_own_kecamatan(operator: User, kecamatan: Kecamatan) -> None:
    client = client_of(operator)
    sent = {"version": 0, "power_va": "5500", "has_stabiliser": "no", "network_provider": "VSAT Kemendagri"}
    assert client.post(f"{PLACE}supply/", sent).status_code == 302
    facts = client.get(PLACE).context["supply"]
    assert [fact.text for fact in facts] == ["5.500 VA", "Tidak ada", "belum diketahui", "VSAT Kemendagri"]
    form = client.get(f"{PLACE}contacts/add/").context["form"]
    sent = again(form, role="Operator", name="Ana", phone="0812-8000-1204")
    answers = [client.post(f"{PLACE}contacts/add/", sent)["Location"] for _ in range(2)]
    assert (answers, Contact.objects.count()) == ([PLACE, PLACE], 1)


def test_another_body_under_the_key_of_a_contact_is_kept_and_offered_again(
    operator: User, kecamatan: Kecamatan
) -> None:
    client = client_of(operator)
    sent = {"client_key": str(uuid4()), "role": "Operator", "name": "Ana", "phone": "081280001204"}
    client.post(f"{PLACE}contacts/add/", sent)
    answer = client.post(f"{PLACE}contacts/add/", {**sent, "name": "Budi"})
    assert (answer.status_code, answer.context["form"]["name"].value()) == (409, "Budi")
    client.post(f"{PLACE}contacts/add/", again(answer.context["form"]))
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Ana", "Budi"]


def test_a_contact_is_corrected_and_removed_and_its_page_is_gone(operator: User, kecamatan: Kecamatan) -> None:
    contact = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    client, url = client_of(operator), f"{PLACE}contacts/{contact.pk}/"
    form = client.get(url).context["form"]
    client.post(url, again(form, name="Anna"))
    assert texts(client.post(f"{url}remove/", {"version": 2}, follow=True))[-1] == "Kontak dihapus."
    assert client.get(url).status_code == 404
    assert client.get(PLACE).context["contacts"] == []


def test_a_contact_of_another_office_is_not_there(staff: User, operator: User, kecamatan: Kecamatan) -> None:
    other = add_contact(kecamatan.kabupaten, role="Kepala", name="Ana", phone="081280001204", by=None)
    for path in (f"{PLACE}contacts/{other.pk}/", f"{PLACE}contacts/{other.pk}/remove/"):
        assert client_of(operator).post(path, {"version": 1}).status_code == 404


def test_a_signatory_is_named_corrected_and_struck_with_a_reason(staff: User, kabupaten: Kabupaten) -> None:
    client = client_of(staff)
    form = client.get(f"{KABUPATEN}signatories/add/").context["form"]
    sent = again(form, name="Ana", nip="19680512 199303 1 004", title="Kepala Dinas", starts_on="2026-01-01")
    assert client.post(f"{KABUPATEN}signatories/add/", sent)["Location"] == KABUPATEN
    url = f"{KABUPATEN}signatories/{Signatory.objects.get().pk}/"
    form = client.get(url).context["form"]
    client.post(url, again(form, name="Dra. Ana"))
    refused = client.post(f"{url}void/", {"version": 2})
    assert refused.context["form"].errors == {"reason": ["Tulis alasannya."]}
    client.post(f"{url}void/", {"version": 2, "reason": "Salah orang"})
    page = client.get(KABUPATEN).context
    assert page["signers"] == []
    assert (page["history"][0].what, page["history"][0].quote) == (
        "membatalkan penanda tangan Dra. Ana, Kepala Dinas",
        "Salah orang",
    )


# --- two people on one form -------------------------------------------------------------------------------------------


def test_the_loser_sees_both_versions_and_sends_theirs_again(staff: User, kabupaten: Kabupaten) -> None:
    colleague = make_user(Role.ADMIN, kabupaten)
    client, url = client_of(staff), f"{KABUPATEN}edit/"
    mine = again(client.get(url).context["form"], address="Serpong", agency_name="Disdukcapil")
    theirs = {"version": 0, "address": "Tigaraksa", "agency_name": "Disdukcapil"}
    assert client_of(colleague).post(url, theirs).status_code == 302
    answer = client.post(url, mine)
    page = answer.context
    assert (answer.status_code, page["typed"], page["holding"]) == (
        409,
        [("Alamat", "Serpong")],
        [("Alamat", "Tigaraksa")],
    )
    assert page["changes"][0].who == str(colleague)
    assert client.post(url, page["again"])["Location"] == KABUPATEN
    assert office_of(kabupaten).address == "Serpong"


def test_the_same_form_sent_twice_is_no_conflict(staff: User, kabupaten: Kabupaten) -> None:
    client, sent = client_of(staff), {"version": 0, "address": "Serpong"}
    assert [client.post(f"{KABUPATEN}edit/", sent).status_code for _ in range(2)] == [302, 302]
    assert len(client.get(KABUPATEN).context["history"]) == 1


def test_hours_of_a_loser_are_shown_by_their_days(staff: User, kecamatan: Kecamatan) -> None:
    client, url = client_of(staff), f"{PLACE}hours/"
    first, second = (again(client.get(url).context["form"]) for _ in range(2))
    client.post(url, {**first, "opens_0": "08:00"})
    page = client.post(url, {**second, "opens_0": "09:00"}).context
    assert (page["typed"], page["holding"]) == (
        [("Senin, buka pukul", "09.00")],
        [("Senin, buka pukul", "08.00")],
    )


def test_a_correction_of_what_is_gone_loses_nothing_that_was_typed(operator: User, kecamatan: Kecamatan) -> None:
    contact = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    client, url = client_of(operator), f"{PLACE}contacts/{contact.pk}/"
    mine = again(client.get(url).context["form"], name="Anna")
    client.post(f"{url}remove/", {"version": 1})
    answer = client.post(url, mine)
    assert (answer.status_code, answer.context["is_gone"], answer.context["again"]) == (409, True, {})
    assert ("Nama", "Anna") in answer.context["typed"]


def test_a_contact_that_changed_is_not_removed_unseen(operator: User, kecamatan: Kecamatan) -> None:
    contact = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    client, url = client_of(operator), f"{PLACE}contacts/{contact.pk}/"
    client.post(url, again(client.get(url).context["form"], name="Budi"))
    answer = client.post(f"{url}remove/", {"version": 1})
    assert (answer.status_code, answer.context["typed"]) == (409, [])
    assert ("Nama", "Budi") in answer.context["holding"]
    assert client.post(f"{url}remove/", answer.context["again"]).status_code == 302
    assert client.get(PLACE).context["contacts"] == []


# --- how many queries -------------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_pages_ask_a_fixed_number_of_queries(staff: User, kecamatan: Kecamatan) -> None:
    give_role(staff, Role.STAFF, make_kabupaten("36.71"))
    ticket = make_fault(make_set(kecamatan))
    contact = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    name_signatory(kecamatan.kabupaten, name="Ana", nip="", title="Kepala", starts_on=date(2026, 1, 1), by=None)
    client = client_of(staff)
    paths = [
        KABUPATEN,
        PLACE,
        f"{PLACE}history/",
        f"{PLACE}contacts/{contact.pk}/",
        f"{PLACE}hours/",
        f"/repairs/{ticket.number}/",
        "/kecamatan/36.03.30/",
    ]
    before = [queries(client, path) for path in paths]
    for number in range(2, 28):
        for region in (kecamatan, kecamatan.kabupaten):
            add_contact(region, role="Operator", name=f"O{number}", phone="081280001204", by=staff)
        day = date(2026, 1, number)
        name_signatory(kecamatan.kabupaten, name="Ana", nip="", title="Kepala", starts_on=day, by=staff)
    assert [queries(client, path) for path in paths] == before
    # The contacts of a place are read with it, so its page and its tickets ask nothing more.
    assert before[:5] == [7, 6, 5, 7, 6]


def test_a_second_tap_on_a_change_leads_where_the_first_one_led(staff: User, kecamatan: Kecamatan) -> None:
    client, url = client_of(staff), f"{PLACE}hours/"
    sent = {**again(client.get(url).context["form"]), "opens_0": "08:00"}
    assert [client.post(url, sent)["Location"] for _ in range(2)] == [PLACE, PLACE]
    answer = client.post(url, {**sent, "opens_0": "09:00"})
    assert (answer.status_code, answer.context["form"]["opens_0"].value()) == (409, "09:00")
