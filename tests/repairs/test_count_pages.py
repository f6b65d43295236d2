"""The pages of daily counts as people get them: a month, a day, and who needs to be asked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import Kecamatan, Recording
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.losses import record_loss
from tests.factories import make_dinas, make_kecamatan, make_user, moment
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

URL = "/recordings/?kecamatan=36.03.30"
TODAY, YESTERDAY = date(2026, 11, 20), date(2026, 11, 19)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(*days: date, form: str = "bulan", **values: object) -> dict[str, Any]:
    """Return a form that says the same of these days; ``place=`` and the like are its fields."""
    sent: dict[str, Any] = {"client_key": str(uuid4()), "formulir": form, "tanggal": [day.isoformat() for day in days]}
    for day in days:
        sent |= {f"{day.isoformat()}-{name}": value for name, value in values.items()}
    return sent


def today_is(**values: object) -> dict[str, Any]:
    return told(TODAY, form="hari", place="36.03.30", **values)


def on_record() -> list[tuple[date, str, bool, int, int | None, str]]:
    rows = Recording.objects.order_by("day", "place__code", "by_mobile_unit")
    return list(rows.values_list("day", "place__code", "by_mobile_unit", "recorded", "printed", "hindrance"))


def cells(page: Any) -> dict[int, tuple[str, str, str]]:
    return {cell.number: (cell.state, cell.text, cell.url) for week in page["weeks"] for cell in week if cell}


@pytest.fixture
def filled(kecamatan: Kecamatan) -> Kecamatan:
    """All office days of November before the 20th but the 17th and the 19th, five people each."""
    days = [date(2026, 11, day) for day in (*range(2, 7), *range(9, 14), 16, 18)]
    enter_recordings([Count(kecamatan, day, kecamatan, 5) for day in days], by=None)
    return kecamatan


# --- the month ------------------------------------------------------------------------------------------


def test_an_operator_begins_with_today_and_sees_which_days_are_missing(filled: Kecamatan, operator: User) -> None:
    page = client_of(operator).get("/recordings/").context
    assert (page["place"], page["month"].value, page["today"]) == (filled, "2026-11", "Jumat, 20 November 2026")
    assert [row.day for row in page["one"].rows] == [TODAY]
    assert [row.day for row in page["several"].rows] == [YESTERDAY, date(2026, 11, 17)]
    shown = cells(page)
    assert shown[1] == ("off", "libur", "")
    assert shown[16] == ("done", "5", "/recordings/36.03.30/2026-11-16/")
    assert shown[17] == ("gap", "isi", "#id_2026-11-17-recorded")
    assert shown[20] == ("gap", "kini", "#isian")
    assert shown[23] == ("ahead", "", "")


def test_today_is_entered_and_the_page_says_so(filled: Kecamatan, operator: User) -> None:
    client = client_of(operator)
    answer = client.post(URL, today_is(recorded="42", printed="12", hindrance="network"), follow=True)
    assert answer.redirect_chain == [("/recordings/?kecamatan=36.03.30&bulan=2026-11", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["Tersimpan."]
    assert answer.context["one"] is None
    assert answer.context["today_counts"] == [
        {"place": "Kantor kecamatan", "text": "42 orang direkam, 12 kartu dicetak, kendala: jaringan"}
    ]
    assert on_record()[-1] == (TODAY, "36.03.30", False, 42, 12, "network")


@pytest.mark.parametrize(
    ("place", "code", "by_mobile_unit"),
    [("36.03.29", "36.03.29", False), ("36.03.00", "36.03.00", False), ("unit_keliling", "36.03.30", True)],
)
def test_the_place_of_recording_is_chosen(
    place: str, code: str, by_mobile_unit: bool, kecamatan: Kecamatan, operator: User
) -> None:
    make_kecamatan("36.03.29", "Kecamatan Sepatan")
    make_dinas("36.03")
    client = client_of(operator)
    client.post(URL, today_is(recorded="4") | {f"{TODAY}-place": place})
    assert on_record() == [(TODAY, code, by_mobile_unit, 4, None, "")]


def test_hosts_stand_before_the_other_kecamatan_and_may_lie_elsewhere(kecamatan: Kecamatan, operator: User) -> None:
    make_kecamatan("36.03.29", "Kecamatan Sepatan")
    make_kecamatan("36.71.01", "Kecamatan Tangerang")
    host = make_kecamatan("36.71.02", "Kecamatan Jatiuwung")
    start_arrangement(kecamatan=kecamatan, kind="hosted", started_at=NOW, host=host, by=None)
    form = client_of(operator).get("/recordings/").context["one"]
    assert form.rows[0].fields["place"].choices == [
        ("36.03.30", "Kantor kecamatan sendiri"),
        ("unit_keliling", "Unit keliling (jemput bola)"),
        ("36.71.02", "Menumpang di Kecamatan Jatiuwung"),
        ("36.03.29", "Menumpang di Kecamatan Sepatan"),
    ]


def test_a_foreign_place_of_recording_is_no_choice(kecamatan: Kecamatan, operator: User) -> None:
    make_kecamatan("53.01.01")
    answer = client_of(operator).post(URL, today_is(recorded="4") | {f"{TODAY}-place": "53.01.01"})
    assert answer.context["one"].rows[0].errors == {"place": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}
    assert on_record() == []


def test_several_missing_days_are_filled_at_once_and_blank_ones_stay_missing(filled: Kecamatan, operator: User) -> None:
    sent = told(YESTERDAY, date(2026, 11, 17)) | {f"{YESTERDAY}-recorded": "8"}
    answer = client_of(operator).post(URL, sent, follow=True)
    assert [row.day for row in answer.context["several"].rows] == [date(2026, 11, 17)]
    assert on_record()[-1] == (YESTERDAY, "36.03.30", False, 8, None, "")


def test_errors_stand_beside_the_field_of_their_day_and_nothing_typed_is_lost(
    filled: Kecamatan, operator: User
) -> None:
    set_populations([PopulationFigures(filled, "2026-1", 1000, 700)], by=None)
    first = date(2026, 11, 17)
    sent = told(first, YESTERDAY) | {f"{first}-recorded": "1700", f"{YESTERDAY}-recorded": "0"}
    sent |= {f"{YESTERDAY}-printed": "3"}
    answer = client_of(operator).post(URL, sent)
    rows = answer.context["several"].rows
    assert {row.day: dict(row.errors) for row in rows} == {
        first: {"recorded": ["1.700 melebihi penduduk Kecamatan Sepatan Timur (1.000). Periksa angkanya."]},
        YESTERDAY: {},
    }
    assert [(row["recorded"].value(), row["printed"].value()) for row in rows] == [("1700", None), ("0", "3")]
    text = answer.content.decode()
    assert f'<a href="#id_{first}-recorded">Selasa, 17 November 2026: 1.700 melebihi' in text
    assert len(on_record()) == 12


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"recorded": "1.738"}, "recorded", "Tulis angka bulat tanpa titik, misalnya 42."),
        ({"printed": "3"}, "recorded", "Isi jumlah yang direkam; 0 bila tidak ada."),
        ({"recorded": "-3"}, "recorded", "-3 tidak boleh negatif. Tulis 0 atau lebih."),
        ({"recorded": "0"}, "hindrance", "Nol orang: pilih kendalanya, misalnya sepi atau listrik padam."),
        ({"recorded": "4", "hindrance": "x"}, "hindrance", "Pilihan ini tidak ada lagi. Pilih satu dari daftar."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    values: dict[str, str], field: str, message: str, kecamatan: Kecamatan, operator: User
) -> None:
    answer = client_of(operator).post(URL, told(YESTERDAY, **values))
    assert answer.context["several"].rows[0].errors == {field: [message]}
    assert on_record() == []


def test_an_empty_form_says_what_to_do(kecamatan: Kecamatan, operator: User) -> None:
    for sent in (told(YESTERDAY), told(), {}):
        answer = client_of(operator).post(URL, sent)
        assert answer.context["several"].errors == {
            "__all__": ["Belum ada yang diisi. Tulis jumlah rekam sekurangnya satu hari."]
        }


def test_a_day_to_come_is_refused(kecamatan: Kecamatan, operator: User) -> None:
    tomorrow = TODAY + timedelta(days=1)
    answer = client_of(operator).post(URL, told(tomorrow, recorded="4"))
    assert "21/11/2026 belum tiba. Tulis hari yang sudah lewat." in answer.content.decode()
    assert on_record() == []


def test_a_second_identical_submission_changes_nothing(kecamatan: Kecamatan, operator: User) -> None:
    client, sent = client_of(operator), today_is(recorded="42")
    assert [client.post(URL, sent).status_code for _ in range(2)] == [302, 302]
    assert on_record() == [(TODAY, "36.03.30", False, 42, None, "")]


def test_another_body_under_the_same_key_is_kept_and_may_be_sent_anew(kecamatan: Kecamatan, operator: User) -> None:
    client, sent = client_of(operator), told(YESTERDAY, recorded="42")
    client.post(URL, sent)
    other = sent | {"tanggal": ["2026-11-18"], "2026-11-18-recorded": "7"}
    answer = client.post(URL, other)
    form = answer.context["several"]
    assert (answer.status_code, form.rows[0]["recorded"].value()) == (409, "7")
    assert client.post(URL, other | {"client_key": form["client_key"].value()}).status_code == 302
    assert [row[3] for row in on_record()] == [7, 42]


def test_who_comes_second_sees_both_versions_and_keeps_their_other_days(
    kecamatan: Kecamatan, operator: User, staff: User
) -> None:
    client_of(staff).post(URL, told(YESTERDAY, recorded="40"))
    other = date(2026, 11, 18)
    sent = told(other, YESTERDAY, recorded="42")
    loser = client_of(operator)
    answer = loser.post(URL, sent)
    assert answer.status_code == 409
    (clash,) = answer.context["clashes"]
    assert (clash.title, clash.typed, clash.now) == (
        "Kamis, 19 November 2026, Kantor kecamatan",
        "42 orang direkam",
        "40 orang direkam",
    )
    assert [(entry.who, entry.what) for entry in clash.history] == [(str(staff), "mengisi 40 orang direkam")]
    rest = answer.context["rest"]
    again = {"client_key": rest["client_key"].value(), "formulir": rest.name, "tanggal": [other.isoformat()]}
    again |= {f"{other}-recorded": rest.rows[0]["recorded"].value()}
    assert loser.post(URL, again).status_code == 302
    assert [(row[0], row[3]) for row in on_record()] == [(other, 42), (YESTERDAY, 40)]
    correction = {field.name: field.value() for field in clash.form} | {"reason": "Dihitung ulang dari buku"}
    sent_again = {name: "" if value is None else value for name, value in correction.items()}
    assert loser.post(clash.url, sent_again).status_code == 302
    assert [(row[0], row[3]) for row in on_record()] == [(other, 42), (YESTERDAY, 42)]


def test_progress_is_net_against_the_rule_that_holds(filled: Kecamatan, operator: User) -> None:
    set_populations([PopulationFigures(filled, "2026-1", 1000, 700)], by=None)
    set_target(filled.kabupaten, starts_on=date(2026, 1, 1), percent=Decimal("15"), by=None)
    record_loss(kecamatan=filled, day=date(2026, 11, 3), count=20, certainty="confirmed", rerecorded=5, by=None)
    record_loss(kecamatan=filled, day=date(2026, 11, 4), count=7, by=None)
    progress = client_of(operator).get("/recordings/").context["progress"]
    assert (progress.net, progress.target, progress.percent) == ("45", "105", "42,9%")
    assert (progress.at_least, progress.completeness) == (True, "half")
    assert progress.source == "12 dari 14 hari kerja sudah diisi"
    assert progress.losses == "20 data hilang · 7 diduga hilang · 5 direkam ulang"
    assert progress.office_days == "Sisa 7 hari kerja termasuk hari ini"
    assert progress.rule == "Target 15% dari 700 wajib KTP, aturan kabupaten/kota sejak Januari 2026."


def test_an_own_rule_comes_first_and_no_report_is_not_zero(kecamatan: Kecamatan, operator: User) -> None:
    set_target(kecamatan.kabupaten, starts_on=date(2026, 1, 1), percent=Decimal("15"), by=None)
    set_target(kecamatan, starts_on=date(2026, 11, 1), count=40, by=None)
    progress = client_of(operator).get("/recordings/").context["progress"]
    assert (progress.is_unknown, progress.target, progress.percent) == (True, "40", "")
    assert progress.rule == "Target 40 orang, aturan kecamatan ini sejak November 2026."


def test_a_past_month_has_no_today_but_its_missing_days(kecamatan: Kecamatan, operator: User) -> None:
    page = client_of(operator).get(f"{URL}&bulan=2026-10").context
    assert (page["one"], len(page["several"].rows), page["missing_number"]) == (None, 22, 22)
    assert page["before_url"] == "/recordings/?kecamatan=36.03.30&bulan=2026-09"
    assert page["after_url"] == "/recordings/?kecamatan=36.03.30&bulan=2026-11"


@pytest.mark.parametrize("month", ["2026-12", "x", "2008-01"])
def test_a_month_that_cannot_be_shown_says_why(month: str, kecamatan: Kecamatan, operator: User) -> None:
    page = client_of(operator).get(f"{URL}&bulan={month}").context
    assert page["month"].value == "2026-11"
    assert page["month"].notice.endswith("Yang tampil bulan ini.")


def test_today_is_the_day_of_the_kecamatan(frozen: time_machine.Traveller) -> None:
    frozen.move_to(moment("2026-11-19 16:00"))  # 23.00 on the 19th in Jakarta, 01.00 on the 20th in Jayapura.
    west, east = make_kecamatan("36.03.30"), make_kecamatan("91.03.01")
    days = [
        client_of(make_user(Role.OPERATOR, place)).get("/recordings/").context["one"].rows[0].day
        for place in (west, east)
    ]
    assert days == [YESTERDAY, TODAY]


def test_officials_read_and_have_no_form(filled: Kecamatan, official: User) -> None:
    client = client_of(official)
    page = client.get(URL).context
    assert (page["one"], page["several"], page["missing_number"]) == (None, None, 2)
    assert cells(page)[17] == ("gap", "?", "")
    assert client.post(URL, today_is(recorded="4")).status_code == 403
    assert "<form" not in client.get("/recordings/36.03.30/2026-11-16/").content.decode().split("<main")[1]


def test_a_dinas_counts_people_whose_kecamatan_is_not_known_and_misses_no_day(
    kecamatan: Kecamatan, staff: User
) -> None:
    make_dinas("36.03")
    client = client_of(staff)
    page = client.get("/recordings/?kecamatan=36.03.00").context
    assert (page["missing_number"], page["progress"]) == (0, None)
    sent = told(TODAY, form="hari", place="36.03.00", recorded="3")
    assert client.post("/recordings/?kecamatan=36.03.00", sent).status_code == 302
    assert on_record() == [(TODAY, "36.03.00", False, 3, None, "")]


# --- a day ----------------------------------------------------------------------------------------------


def test_a_day_shows_its_counts_with_their_history(kecamatan: Kecamatan, operator: User, staff: User) -> None:
    client_of(operator).post(URL, told(YESTERDAY, recorded="42"))
    client, url = client_of(staff), f"/recordings/36.03.30/{YESTERDAY}/"
    form = client.get(url).context["counts"][0]["form"]
    sent = {field.name: field.value() for field in form} | {"recorded": "40", "printed": "", "reason": "Salah ketik"}
    assert client.post(url, sent)["Location"] == url
    (count,) = client.get(url).context["counts"]
    assert (count["place"], count["text"]) == ("Kantor kecamatan", "40 orang direkam")
    assert [(entry.who, entry.what, entry.quote) for entry in count["history"]] == [
        (str(staff), "membetulkan menjadi 40 orang direkam; semula 42 orang direkam", "Salah ketik"),
        (str(operator), "mengisi 42 orang direkam", ""),
    ]
    assert client.post(url, sent)["Location"] == url
    assert on_record() == [(YESTERDAY, "36.03.30", False, 40, None, "")]


def test_a_correction_asks_for_a_reason_and_keeps_what_was_typed(filled: Kecamatan, operator: User) -> None:
    client, url = client_of(operator), "/recordings/36.03.30/2026-11-18/"
    count = Recording.objects.get(day=date(2026, 11, 18))
    answer = client.post(url, {"count": count.pk, "seen": "5||", "recorded": "6", "reason": " "})
    assert answer.context["sent"].errors == {"reason": ["Tulis alasannya."]}
    view = answer.context["counts"][0]
    assert (view["is_open"], view["form"]["recorded"].value()) == (True, "6")
    assert f'href="#koreksi-{count.pk}-reason"' in answer.content.decode()


def test_the_loser_of_two_corrections_sees_both_versions(filled: Kecamatan, operator: User, staff: User) -> None:
    url, count = "/recordings/36.03.30/2026-11-18/", Recording.objects.get(day=date(2026, 11, 18))
    sent = {"count": count.pk, "seen": "5||", "recorded": "6", "reason": "Salah ketik"}
    client_of(staff).post(url, sent)
    answer = client_of(operator).post(url, sent | {"recorded": "7", "reason": "Salah hitung"})
    (clash,) = answer.context["clashes"]
    assert (answer.status_code, clash.saw, clash.typed, clash.now) == (
        409,
        "5 orang direkam",
        "7 orang direkam",
        "6 orang direkam",
    )
    assert (clash.form["seen"].value(), clash.form["reason"].value()) == ("6||", "Salah hitung")


@pytest.mark.parametrize("seen", ["", "x", "5", "5|x|", "99999999999999999999||", "-1||"])
def test_a_correction_that_lost_what_was_seen_changes_nothing(seen: str, filled: Kecamatan, operator: User) -> None:
    count = Recording.objects.get(day=date(2026, 11, 18))
    sent = {"count": count.pk, "seen": seen, "recorded": "6", "reason": "Salah ketik"}
    answer = client_of(operator).post("/recordings/36.03.30/2026-11-18/", sent)
    count.refresh_from_db()
    assert (answer.status_code, count.recorded) == ((302, 6) if seen == "5" else (409, 5))


def test_a_foreign_count_cannot_be_reached_through_an_own_day(filled: Kecamatan, operator: User) -> None:
    other = make_kecamatan("36.03.31")
    enter_recordings([Count(other, YESTERDAY, other, 9)], by=None)
    foreign = Recording.objects.get(kecamatan=other)
    sent = {"count": foreign.pk, "seen": "9||", "recorded": "1", "reason": "x"}
    assert client_of(operator).post("/recordings/36.03.30/2026-11-18/", sent).status_code == 404
    assert Recording.objects.get(pk=foreign.pk).recorded == 9


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-1", "20261118", "x"])
def test_a_day_that_is_none_or_has_not_come_is_404(day: str, kecamatan: Kecamatan, operator: User) -> None:
    assert client_of(operator).get(f"/recordings/36.03.30/{day}/").status_code == 404


# --- hari ini normal ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("coming_from", "back"), [("perekaman", URL), ("kecamatan", "/kecamatan/36.03.30/")])
def test_normal_is_said_in_one_tap_and_the_page_says_when(
    coming_from: str, back: str, kecamatan: Kecamatan, operator: User
) -> None:
    client = client_of(operator)
    assert "Hari ini normal" in client.get(back).content.decode()
    answers = [client.post("/recordings/36.03.30/normal/", {"dari": coming_from}, follow=True) for _ in range(2)]
    assert [answer.redirect_chain for answer in answers] == [[(back, 302)]] * 2
    text = answers[1].content.decode()
    assert f"Sudah dikabarkan hari ini pukul 10.00 WIB oleh {operator}: tidak ada yang baru." in text
    assert (kecamatan.signs_of_life.count(), "Satu ketukan" in text) == (1, False)


def test_normal_is_offered_only_to_those_who_may_say_it(kecamatan: Kecamatan, official: User) -> None:
    client = client_of(official)
    assert ["Hari ini normal" in client.get(url).content.decode() for url in (URL, "/kecamatan/36.03.30/")] == [
        False
    ] * 2
    assert client.post("/recordings/36.03.30/normal/").status_code == 403


# --- choosing a kecamatan -------------------------------------------------------------------------------


def test_staff_see_who_has_most_missing_days_first(filled: Kecamatan, staff: User) -> None:
    make_dinas("36.03")
    make_kecamatan("36.03.31", "Kecamatan Kresek")
    make_kecamatan("53.01.01")
    page = client_of(staff).get("/recordings/").context
    assert [(row.name, row.missing_text, row.reported_text, row.newest) for row in page["rows"]] == [
        ("Kecamatan Kresek", "14 hari", "0 dari 14 hari kerja", ""),
        ("Kecamatan Sepatan Timur", "2 hari", "12 dari 14 hari kerja", "18 November 2026"),
        ("Dinas 36.03", "–", "tidak wajib tiap hari", ""),
    ]
    assert page["rows"][1].url == URL
    past = client_of(staff).get("/recordings/?bulan=2026-10").context["rows"]
    assert (past[0].missing_text, past[0].url) == ("22 hari", "/recordings/?kecamatan=36.03.31&bulan=2026-10")


def test_above_a_kabupaten_one_is_chosen_first(kecamatan: Kecamatan) -> None:
    make_kecamatan("36.71.01")
    make_kecamatan("53.01.01")
    client = client_of(make_user(Role.STAFF, kecamatan.kabupaten.province))
    page = client.get("/recordings/")
    assert re.findall(r'<option value="([^"]+)"', page.content.decode()) == ["36.03", "36.71"]
    assert "rows" not in page.context
    assert [row.name for row in client.get("/recordings/?kabupaten=36.03").context["rows"]] == [kecamatan.name]


@pytest.mark.parametrize("query", ["kecamatan=53.01.01", "kabupaten=53.01", "kecamatan=36.03.99", "kecamatan=%00"])
def test_what_is_not_there_or_foreign_is_404(query: str, kecamatan: Kecamatan, staff: User) -> None:
    make_kecamatan("53.01.01")
    assert client_of(staff).get(f"/recordings/?{query}").status_code == 404


# --- how many queries -----------------------------------------------------------------------------------


def test_the_pages_ask_a_fixed_number_of_queries(kecamatan: Kecamatan, staff: User, operator: User) -> None:
    def counts() -> list[int]:
        found = []
        for user, url in ((operator, "/recordings/"), (staff, "/recordings/"), (operator, day)):
            client = client_of(user)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            found.append(len(captured))
        return found

    day = f"/recordings/36.03.30/{YESTERDAY}/"
    client_of(operator).post(URL, told(YESTERDAY, recorded="1"))
    before = counts()
    for number in range(31, 61):
        make_kecamatan(f"36.03.{number}")
    for number in range(2, 19):
        client_of(operator).post(URL, told(date(2026, 11, number), recorded="4"))
    assert counts() == before
    assert before == [8, 7, 6]
