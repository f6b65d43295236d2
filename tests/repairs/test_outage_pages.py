"""The page of an outage: what it says, what is said of it in one tap, and its changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Role, User
from kecamatan.models import Cause, Certainty, Event, Kecamatan, SignOfLife
from repairs.causes import state_cause
from repairs.models import Outage
from repairs.outages import confirm_outage, correct_outage, end_outage, end_outage_for
from tests.factories import make_dinas, make_kecamatan, make_user
from tests.repairs.conftest import NOW
from tests.repairs.outage_world import client_of, codes, current, outage_over, said, url_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


# --- one outage -----------------------------------------------------------------------------------------


def test_an_outage_says_where_since_when_who_said_why_and_what_was_promised(
    three: Outage, staff: User, operator: User
) -> None:
    state_cause(three, cause=Cause.CENTRAL_SERVER, certainty=Certainty.CERTAIN, by=staff, source="kepala dinas")
    correct_outage(current(three), version=1, by=staff, reason="kabar PLN", promised_at=NOW + 3 * HOUR)
    confirm_outage(three, places=[Kecamatan.objects.get(code="36.03.30")], by=operator)
    page = client_of(operator).get(url_of(three)).context
    assert (page["title"], page["where"]) == ("Server pusat, pasti", "3 kecamatan di Kabupaten 36.03")
    assert (page["state"].word, page["effect_text"]) == ("Berjalan", "Perekaman berhenti")
    assert (page["since"], page["lasted"]) == ("Jumat, 20 November 2026 pukul 08.00 WIB", "2 jam")
    assert (page["office_hours"], page["promised"]) == ("2,0 jam kerja", "Jumat, 20 November 2026 pukul 13.00 WIB")
    assert page["confirmed"] == f"pukul 10.00 WIB oleh {operator} (Kecamatan Sepatan Timur)"
    assert page["causes"] == [
        ("Server pusat, pasti", "kepala dinas (dinas), 20 November 2026"),
        ("Listrik padam, diduga", f"{staff} (dinas), 20 November 2026"),
    ]
    assert [place.name for place in page["names"]] == [
        "Kecamatan Balaraja",
        "Kecamatan Kresek",
        "Kecamatan Sepatan Timur",
    ]
    assert [place.url for place in page["names"]] == ["", "", "/kecamatan/36.03.30/"]


def test_the_history_tells_each_change_once_however_many_places_it_touched(three: Outage, staff: User) -> None:
    correct_outage(three, version=1, by=staff, reason="kabar PLN", effect="limited")
    end_outage(three, version=2, by=staff)
    page = client_of(staff).get(url_of(three)).context
    assert [(entry.who, entry.what, entry.quote) for entry in page["history"]] == [
        (str(staff), "menyatakan selesai Jumat, 20 November 2026 pukul 10.00 WIB", ""),
        (str(staff), "membetulkan catatan; semula dampak berhenti", "kabar PLN"),
        (str(staff), "menyebut penyebab: Listrik padam, diduga", ""),
        (
            str(staff),
            "melaporkan gangguan di 3 kecamatan sejak Jumat, 20 November 2026 pukul 08.00 WIB, berhenti",
            "",
        ),
    ]
    assert (page["state"].word, page["moves"][0].name) == ("Selesai", "undo")


@pytest.mark.parametrize(
    ("role", "moves", "asked"),
    [
        ("operator", ["end", "cause"], "Kecamatan Sepatan Timur"),
        ("technician", ["cause"], None),
        ("staff", ["end", "cause", "correct", "void"], "3 kecamatan di Kabupaten 36.03"),
        ("official", [], None),
    ],
)
def test_an_outage_offers_what_the_role_may_say(
    role: str, moves: list[str], asked: str | None, three: Outage, request: pytest.FixtureRequest
) -> None:
    page = client_of(request.getfixturevalue(role)).get(url_of(three)).context
    assert [move.name for move in page["moves"]] == moves
    assert (page["ask"] and page["ask"].where) == asked


def test_many_places_are_folded_away(staff: User) -> None:
    places = [make_kecamatan(f"36.03.{number:02}") for number in range(1, 14)]
    text = client_of(staff).get(url_of(outage_over(*places, make_dinas("36.03")))).content.decode()
    assert "<summary>13 kecamatan dan dinas di Kabupaten 36.03</summary>" in text


# --- in one tap -----------------------------------------------------------------------------------------


def test_an_operator_says_in_one_tap_that_it_lasts(three: Outage, operator: User) -> None:
    client, sent = client_of(operator), {"client_key": str(uuid4()), "kembali": "daftar"}
    answer = client.post(url_of(three, "confirm"), sent, follow=True)
    assert (answer.redirect_chain, said(answer)) == (
        [("/outages/", 302)],
        ["Dikonfirmasi: masih berlangsung di Kecamatan Sepatan Timur."],
    )
    assert [row.confirmed for row in answer.context["rows"]] == ["pukul 10.00 WIB"]
    client.post(url_of(three, "confirm"), sent)
    told = Event.objects.filter(subject=f"outage:{three.pk}", action="confirm")
    assert [(event.kecamatan.code, event.by) for event in told] == [("36.03.30", operator)]
    assert [sign.kecamatan.code for sign in SignOfLife.objects.all()] == ["36.03.30"]
    assert current(three).version == 1


def test_an_operator_ends_it_for_their_own_kecamatan_only(
    frozen: time_machine.Traveller, three: Outage, operator: User, staff: User
) -> None:
    client, sent = client_of(operator), {"client_key": str(uuid4())}
    answer = client.post(url_of(three, "restored"), sent, follow=True)
    part = Outage.objects.get(split_from=three)
    assert answer.redirect_chain == [(url_of(part), 302)]
    assert said(answer) == [
        f'Tercatat pulih di Kecamatan Sepatan Timur. <a href="{url_of(part)}">Keliru? Urungkan dalam 10 menit</a>.'
    ]
    assert (codes(part), part.ended_at, part.cause) == (["36.03.30"], NOW, "power_outage")
    assert (codes(three), current(three).ended_at) == (["36.03.01", "36.03.06"], None)
    # The rest is out of the operator's sight now; a second tap still leads where the first one led.
    again = client.post(url_of(three, "restored"), sent)
    assert (again["Location"], Outage.objects.count()) == (url_of(part), 2)
    assert client.get(url_of(three)).status_code == 404
    links = client_of(staff).get(url_of(three)).context["links"]
    assert links == [
        {"label": "Sudah pulih lebih dulu", "text": "Kecamatan Sepatan Timur", "url": url_of(part)},
    ]


def test_a_tap_on_what_is_over_is_refused_in_a_sentence(kecamatan: Kecamatan, operator: User) -> None:
    outage = outage_over(kecamatan, ended_at=NOW - HOUR)
    for move in ("confirm", "restored"):
        page = client_of(operator).post(url_of(outage, move), {"client_key": str(uuid4())}).context
        assert page["failed"].non_field_errors() == [
            "Gangguan ini sudah tercatat selesai. Bila terjadi lagi, laporkan sebagai gangguan baru."
        ]


def test_staff_speak_for_one_kecamatan_on_its_page_and_that_is_no_sign_of_its_life(three: Outage, staff: User) -> None:
    sent = {"client_key": str(uuid4()), "kecamatan": "36.03.06"}
    client = client_of(staff)
    assert client.post(url_of(three, "confirm"), sent)["Location"] == "/kecamatan/36.03.06/"
    assert SignOfLife.objects.count() == 0
    client.post(url_of(three, "restored"), sent | {"client_key": str(uuid4())})
    assert codes(Outage.objects.get(split_from=three)) == ["36.03.06"]


def test_the_page_of_a_kecamatan_asks_about_it_there(three: Outage, operator: User, official: User) -> None:
    client, url = client_of(operator), "/kecamatan/36.03.30/"
    item = client.get(url).context["outages"][0]
    assert (item.url, item.confirmed, item.ask.question) == (url_of(three), "", "Masih padam?")
    sent = {"client_key": str(item.ask.confirm_key), "kecamatan": item.ask.place, "kembali": item.ask.way_back}
    answer = client.post(url_of(three, "confirm"), sent, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert answer.context["outages"][0].confirmed == "Dikonfirmasi masih berlangsung pukul 10.00 WIB."
    texts = [client_of(user).get(url).content.decode() for user in (operator, official)]
    assert [url_of(three, "restored") in text for text in texts] == [True, False]
    sent = {"client_key": str(item.ask.restored_key), "kecamatan": item.ask.place}
    assert client.post(url_of(three, "restored"), sent, follow=True).context["outages"] == []


# --- changes --------------------------------------------------------------------------------------------


def test_an_outage_of_three_kecamatan_is_entered_by_staff_and_ended(staff: User, three: Outage) -> None:
    client = client_of(staff)
    sent = {"client_key": str(uuid4()), "version": 1, "ended_at": "2026-11-20T09:30"}
    assert [client.post(url_of(three, "end"), sent)["Location"] for _ in range(2)] == [url_of(three)] * 2
    assert (current(three).ended_at, current(three).version) == (NOW - timedelta(minutes=30), 2)


def test_staff_end_it_for_some_of_the_places(staff: User, three: Outage) -> None:
    sent = {"client_key": str(uuid4()), "version": 1, "ended_at": "", "places": ["36.03.01", "36.03.06"]}
    client = client_of(staff)
    part = Outage.objects.exclude(pk=three.pk).filter(pk__gt=three.pk)
    assert client.post(url_of(three, "end"), sent)["Location"] == url_of(part.get())
    assert (codes(part.get()), codes(three)) == (["36.03.01", "36.03.06"], ["36.03.30"])


def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(staff: User, three: Outage) -> None:
    sent = {"client_key": str(uuid4()), "version": 1, "ended_at": "2026-11-20T07:00"}
    answer = client_of(staff).post(url_of(three, "end"), sent)
    move = next(move for move in answer.context["moves"] if move.name == "end")
    assert (move.is_open, move.form.errors) == (True, {"ended_at": ["Waktu selesai harus sesudah waktu mulai."]})
    assert move.form["ended_at"].value() == "2026-11-20T07:00"
    text = answer.content.decode()
    assert 'href="#end-ended_at"' in text and 'id="end-ended_at"' in text


def test_the_loser_sees_both_versions_and_what_they_typed(staff: User, three: Outage) -> None:
    client = client_of(staff)
    seen = client.get(url_of(three)).context["last_event"]
    end_outage(three, version=1, by=make_user(Role.STAFF, three.places.all()[0].kabupaten, "rekan"))
    start = correction(three) | {"version": 1, "seen": seen, "effect": "limited", "note": "Trafo"}
    answer = client.post(url_of(three, "correct"), start)
    assert answer.status_code == 409
    page = answer.context
    assert [tuple(row) for row in page["compared"] if row.differs] == [
        ("Masih bisa merekam?", "Masih bisa, terbatas", "Tidak, berhenti", True),
        ("Selesai", "belum ada", "Jumat, 20 November 2026 pukul 10.00 WIB", True),
        ("Keterangan", "Trafo", "belum ada", True),
    ]
    assert [(entry.who, entry.what) for entry in page["changes"]] == [
        ("Rekan", "menyatakan selesai Jumat, 20 November 2026 pukul 10.00 WIB")
    ]
    again = page["move"].form
    assert (again["version"].value(), again["note"].value()) == ("2", "Trafo")
    sent = {field.name: field.value() for field in again if field.value() is not None}
    assert client.post(url_of(three, "correct"), sent).status_code == 302
    assert (current(three).effect, current(three).ended_at) == ("limited", None)


def correction(outage: Outage) -> dict[str, Any]:
    """Return the form of a correction as it is opened."""
    return {
        "client_key": str(uuid4()),
        "version": outage.version,
        "effect": outage.effect,
        "started_at": "2026-11-20T08:00",
        "promised_at": "",
        "ended_at": "",
        "note": "",
        "places": codes(outage),
        "reason": "salah catat",
    }


def test_staff_correct_times_effect_promise_and_places(staff: User, three: Outage) -> None:
    client = client_of(staff)
    form = client.get(url_of(three, "correct")).context["form"]
    assert ('value="2026-11-20T08:00"' in str(form["started_at"]), form["places"].value()) == (True, codes(three))
    sent = correction(three) | {"started_at": "2026-11-20T07:30", "effect": "limited", "places": ["36.03.30"]}
    assert client.post(url_of(three, "correct"), sent)["Location"] == url_of(three)
    assert (current(three).started_at, codes(three)) == (NOW - 2.5 * HOUR, ["36.03.30"])
    assert client.get(url_of(three)).context["history"][0].what == (
        "membetulkan catatan; semula mulai Jumat, 20 November 2026 pukul 08.00 WIB, dampak berhenti, 3 kecamatan"
    )


def test_people_state_causes_and_only_once_for_each_submission(operator: User, three: Outage) -> None:
    client = client_of(operator)
    sent = {"client_key": str(uuid4()), "cause": "weak_power", "certainty": "certain", "source": "PLN"}
    assert [client.post(url_of(three, "cause"), sent).status_code for _ in range(2)] == [302, 302]
    assert client.get(url_of(three)).context["causes"] == [
        ("Listrik padam, diduga", f"{three.reported_by} (dinas), 20 November 2026"),
        ("Daya tidak kuat, pasti", "PLN, 20 November 2026"),
    ]


def test_staff_void_it_with_a_reason(staff: User, three: Outage) -> None:
    client = client_of(staff)
    empty = client.post(url_of(three, "void"), {"version": 1, "client_key": str(uuid4())})
    assert empty.context["failed"].errors == {"reason": ["Tulis alasannya."]}
    sent = {"version": 1, "client_key": str(uuid4()), "reason": "Salah kabupaten"}
    assert client.post(url_of(three, "void"), sent).status_code == 302
    page = client.get(url_of(three)).context
    assert (page["state"].word, page["moves"], page["ask"]) == ("Dibatalkan", [], None)
    assert page["voided"] == f"Dibatalkan {staff}, Jumat, 20 November 2026 pukul 10.00 WIB: Salah kabupaten"


def test_staff_of_one_kabupaten_end_an_outage_of_a_province_only_at_home(kecamatan: Kecamatan, staff: User) -> None:
    far = make_kecamatan("36.71.01")
    outage = outage_over(kecamatan, far)
    client = client_of(staff)
    page = client.get(url_of(outage)).context
    assert [move.name for move in page["moves"]] == ["end", "cause"]
    assert page["moves"][0].sentence == (
        "Hanya untuk Kecamatan Sepatan Timur. Di tempat lain gangguan ini tetap berjalan."
    )
    client.post(url_of(outage, "end"), {"version": 1, "client_key": str(uuid4()), "ended_at": ""})
    assert (codes(outage), current(outage).ended_at) == (["36.71.01"], None)


def test_who_speaks_for_a_part_is_not_stopped_by_what_others_say_of_theirs(
    three: Outage, operator: User, staff: User
) -> None:
    end_outage_for(three, places=[Kecamatan.objects.get(code="36.03.01")], by=staff)
    sent = {"client_key": str(uuid4()), "version": 1, "ended_at": "2026-11-20T09:00"}
    assert client_of(operator).post(url_of(three, "end"), sent).status_code == 302
    assert (codes(three), Outage.objects.filter(split_from=three).count()) == (["36.03.06"], 2)


def test_what_covers_many_places_is_not_ended_by_one_tap(three: Outage, staff: User, operator: User) -> None:
    texts = [client_of(user).get(url_of(three)).content.decode() for user in (staff, operator)]
    assert [(url_of(three, "confirm") in text, url_of(three, "restored") in text) for text in texts] == [
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize("pk", ["999999", "99999999999999999999"])
def test_an_outage_that_is_not_there_is_404(pk: str, staff: User) -> None:
    assert client_of(staff).get(f"/outages/{pk}/").status_code == 404
