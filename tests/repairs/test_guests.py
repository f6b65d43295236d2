"""A host counts the people of other kecamatan who were recorded there; the counts are credited to their home."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.duty import Count
from kecamatan.models import Event, Kecamatan, Recording
from lib.errors import Forbidden
from repairs.arrangements import end_arrangement, start_arrangement
from repairs.counts import Figures, add_counts, correct_count
from repairs.models import Arrangement
from tests.factories import forget_marks, make_kecamatan, make_user, marks
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

TODAY, HOST = date(2026, 11, 20), "36.03.31"
GUESTS, DAY, MONTH = f"/recordings/{HOST}/guests/", "/recordings/36.03.30/2026-11-20/", f"/recordings/?kecamatan={HOST}"


@pytest.fixture
def host(kecamatan: Kecamatan) -> Kecamatan:
    """A kecamatan at which the people of the other are recorded since the day before yesterday."""
    host = make_kecamatan(HOST, "Kecamatan Tuan Rumah")
    start_arrangement(kecamatan=kecamatan, kind="hosted", started_at=NOW - timedelta(days=2), host=host, by=None)
    forget_marks()
    return host


@pytest.fixture
def host_operator(host: Kecamatan) -> User:
    return make_user(Role.OPERATOR, host)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(home: Kecamatan, recorded: object, **more: object) -> dict[str, object]:
    line = {f"tamu-{home.pk}-recorded": recorded, f"tamu-{home.pk}-printed": "", f"tamu-{home.pk}-hindrance": ""}
    return {"client_key": str(uuid4()), "tanggal": "2026-11-20"} | line | more


def names(answer: Any) -> list[str]:
    form = answer.context["form"]
    return [row.label for row in form.rows] if form else []


def test_a_host_counts_its_guests_and_they_are_credited_to_their_home(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User, operator: User
) -> None:
    client = signed_in(host_operator)
    assert names(client.get(GUESTS)) == ["Kecamatan Sepatan Timur"]
    sent = typed(kecamatan, "12")
    assert [client.post(GUESTS, sent)["Location"] for _ in range(2)] == [f"{GUESTS}?hari=2026-11-20"] * 2
    row = Recording.objects.get()
    assert (row.kecamatan, row.place, row.day, row.recorded, row.by_mobile_unit) == (kecamatan, host, TODAY, 12, False)
    assert marks() == [("36.03.30", "2026-11")]
    page = client.get(GUESTS)
    assert (names(page), [line.text for line in page.context["lines"]]) == ([], ["12 orang direkam"])
    (count,) = signed_in(operator).get(DAY).context["counts"]
    assert (count["place"], [(entry.who, entry.what) for entry in count["history"]]) == (
        "Menumpang di Kecamatan Tuan Rumah",
        [("Kecamatan Tuan Rumah (tuan rumah)", "mengisi 12 orang direkam")],
    )


def test_the_page_of_counts_has_lines_of_its_own_for_guests(kecamatan: Kecamatan, host_operator: User) -> None:
    client = signed_in(host_operator)
    guests = client.get(MONTH).context["guests"]
    assert (guests["names"], [row.label for row in guests["form"].rows], guests["lines"]) == (
        ["Kecamatan Sepatan Timur"],
        ["Kecamatan Sepatan Timur"],
        [],
    )
    client.post(guests["url"], typed(kecamatan, "7"))
    guests = client.get(MONTH).context["guests"]
    assert (guests["form"], guests["total"]) == (None, "7")
    assert [(line.home, line.day, line.text) for line in guests["lines"]] == [
        ("Kecamatan Sepatan Timur", "20 November 2026", "7 orang direkam")
    ]
    assert "guests" in client.get(f"{MONTH}&bulan=2026-10").context
    assert client.get(f"{MONTH}&bulan=2026-10").context["guests"] is None


def test_nobody_else_has_guests(operator: User, host: Kecamatan) -> None:
    client = signed_in(operator)
    assert client.get("/recordings/").context["guests"] is None
    assert "Tidak ada tamu" in client.get("/recordings/36.03.30/guests/").content.decode()


def test_neither_operator_sees_anything_else_of_the_other(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User, operator: User
) -> None:
    own = Count(kecamatan, TODAY, kecamatan, 30)
    add_counts([own], by=operator)
    client = signed_in(host_operator)
    assert client.get(GUESTS).context["lines"] == []
    assert client.get("/recordings/?kecamatan=36.03.30").status_code == 404
    assert client.get(DAY).status_code == 404
    assert signed_in(operator).get(GUESTS).status_code == 404


def test_a_host_counts_only_on_days_on_which_it_hosts(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User
) -> None:
    client = signed_in(host_operator)
    assert names(client.get(GUESTS, {"hari": "2026-11-18"})) == ["Kecamatan Sepatan Timur"]
    assert names(client.get(GUESTS, {"hari": "2026-11-17"})) == []
    answer = client.post(GUESTS, typed(kecamatan, "12", tanggal="2026-11-17"))
    assert (answer.status_code, Recording.objects.count()) == (200, 0)
    with pytest.raises(Forbidden):
        add_counts([Count(kecamatan, date(2026, 11, 17), host, 12)], by=host_operator)
    end_arrangement(Arrangement.objects.get(), ended_at=NOW - timedelta(days=1), version=1, by=None)
    assert names(client.get(GUESTS)) == []
    assert names(client.get(GUESTS, {"hari": "2026-11-19"})) == ["Kecamatan Sepatan Timur"]


@pytest.mark.parametrize("day", ["2026-11-21", "kemarin", "\0"])
def test_a_day_that_is_none_or_has_not_come_is_404(day: str, host_operator: User) -> None:
    assert signed_in(host_operator).get(GUESTS, {"hari": day}).status_code == 404


def test_a_host_counts_nothing_but_what_happens_at_its_own_office(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User
) -> None:
    elsewhere = make_kecamatan("36.03.32")
    for count in (
        Count(kecamatan, TODAY, kecamatan, 12),
        Count(kecamatan, TODAY, elsewhere, 12),
        Count(kecamatan, TODAY, kecamatan, 12, by_mobile_unit=True),
        Count(elsewhere, TODAY, host, 12),
    ):
        with pytest.raises(Forbidden):
            add_counts([count], by=host_operator)
    assert Recording.objects.count() == 0


def test_a_diversion_to_the_dinas_makes_no_host(kecamatan: Kecamatan, host: Kecamatan, host_operator: User) -> None:
    Arrangement.objects.update(kind="diverted")
    with pytest.raises(Forbidden):
        add_counts([Count(kecamatan, TODAY, host, 12)], by=host_operator)
    assert names(signed_in(host_operator).get(GUESTS)) == []


def test_of_host_and_home_the_first_counts_and_the_other_sees_both(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User, operator: User
) -> None:
    add_counts([Count(kecamatan, TODAY, host, 10)], by=operator)
    client = signed_in(host_operator)
    answer = client.post(GUESTS, typed(kecamatan, "12"))
    (clash,) = answer.context["clashes"]
    assert (answer.status_code, clash.typed, clash.now, clash.history) == (
        409,
        "12 orang direkam",
        "10 orang direkam",
        [],
    )
    assert str(operator) not in answer.content.decode()
    sent = {field.name: field.value() or "" for field in clash.form} | {"reason": "Dari buku tamu"}
    assert client.post(clash.url, sent).status_code == 302
    assert Recording.objects.get().recorded == 12
    event = Event.objects.get(action="correct")
    assert (event.data["host"], event.data["before"]["recorded"]) == ("Kecamatan Tuan Rumah", 10)


def test_a_correction_on_older_figures_shows_both(
    kecamatan: Kecamatan, host: Kecamatan, host_operator: User, operator: User
) -> None:
    add_counts([Count(kecamatan, TODAY, host, 10)], by=host_operator)
    client = signed_in(host_operator)
    form = client.get(GUESTS).context["lines"][0].form
    sent = {field.name: field.value() or "" for field in form} | {"recorded": "12", "reason": "Salah hitung"}
    row = Recording.objects.get()
    correct_count(row, seen=Figures(10), figures=Figures(11), reason="Dari warga", by=operator)
    answer = client.post(f"{GUESTS}?hari=2026-11-20", sent)
    (clash,) = answer.context["clashes"]
    assert (answer.status_code, clash.saw, clash.typed, clash.now) == (
        409,
        "10 orang direkam",
        "12 orang direkam",
        "11 orang direkam",
    )
    assert Recording.objects.get().recorded == 11


def test_what_does_not_fit_is_refused_beside_its_field(kecamatan: Kecamatan, host_operator: User) -> None:
    client = signed_in(host_operator)
    for recorded, errors in (
        ("0", {"hindrance": ["Nol orang: pilih kendalanya, misalnya sepi atau listrik padam."]}),
        ("-1", {"recorded": ["-1 tidak boleh negatif. Tulis 0 atau lebih."]}),
        ("dua", {"recorded": ["Tulis angka bulat tanpa titik, misalnya 42."]}),
    ):
        answer = client.post(GUESTS, typed(kecamatan, recorded))
        assert [row.errors for row in answer.context["form"].rows] == [errors]
    answer = client.post(GUESTS, typed(kecamatan, ""))
    assert answer.context["form"].non_field_errors() == [
        "Belum ada yang diisi. Tulis jumlah rekam sekurangnya satu kecamatan."
    ]
    assert Recording.objects.count() == 0


def test_only_those_who_count_for_the_host_enter(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    official, technician = make_user(Role.OFFICIAL, host), make_user(Role.TECHNICIAN, host.kabupaten)
    for user, status in ((official, 403), (technician, 403), (staff, 302)):
        client = signed_in(user)
        assert client.get(GUESTS).status_code == 200
        assert client.post(GUESTS, typed(kecamatan, "12")).status_code == status
    assert Event.objects.get(action="enter").by == staff


def test_the_pages_ask_a_fixed_number_of_queries(host: Kecamatan, host_operator: User) -> None:
    client = signed_in(host_operator)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    before = [queries(url) for url in (GUESTS, MONTH)]
    for code in ("36.03.32", "36.03.33", "36.03.34"):
        guest = make_kecamatan(code)
        start_arrangement(kecamatan=guest, kind="hosted", started_at=NOW - timedelta(days=2), host=host, by=None)
        add_counts([Count(guest, date(2026, 11, 19), host, 5)], by=None)
    assert [queries(url) for url in (GUESTS, MONTH)] == before
    assert max(before) <= 8
