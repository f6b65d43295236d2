"""The pages of people as an admin gets them: find, add, change, roles, deputies, links; and one's own account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.links import make_link
from accounts.models import Assignment, Role, User
from accounts.people import assign, deactivate, end_assignment
from kecamatan.models import Event, Kabupaten
from tests.factories import give_role, make_kabupaten, make_kecamatan, make_user, moment, sign_in

NOW = moment("2026-11-20 03:00")
"""Friday, 10.00 in Jakarta."""


@pytest.fixture(autouse=True)
def frozen(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kabupaten() -> Kabupaten:
    make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")
    make_kecamatan("53.01.01", "Kecamatan Semau")
    return make_kabupaten("36.03")


@pytest.fixture
def admin(kabupaten: Kabupaten) -> User:
    return make_user(Role.ADMIN, kabupaten, "admin.tangerang")


@pytest.fixture
def siti(kabupaten: Kabupaten) -> User:
    user = make_user(Role.OPERATOR, make_kecamatan("36.03.30"), "siti")
    User.objects.filter(pk=user.pk).update(phone="+6281280001204")
    return user


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    sign_in(client, admin)
    return client


def names(response: Any) -> list[str]:
    return [row.name for row in response.context["rows"]]


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def people(admin: User, siti: User) -> None:
    """Three people beside the admin; one acts in two kabupaten, one in another only, one is disabled."""
    make_user(Role.TECHNICIAN, make_kabupaten("53.01"), "orang.kupang")
    both = make_user(Role.TECHNICIAN, make_kabupaten("36.03"), "dedi")
    give_role(both, Role.ADMIN, make_kabupaten("53.01"))
    gone = make_user(Role.STAFF, make_kabupaten("36.03"), "wati")
    end_assignment(gone.assignments.get(), by=None)
    deactivate(gone, by=None)


def test_an_admin_sees_who_acts_or_acted_in_the_own_region_and_nothing_of_what_they_do_elsewhere(
    client: Client, people: None
) -> None:
    page = client.get("/users/")
    rows = {row.name: [f"{role.what}, {role.where}" for role in row.roles] for row in page.context["rows"]}
    assert rows == {
        "Admin.Tangerang": ["Admin, Kabupaten 36.03"],
        "Dedi": ["Teknisi, Kabupaten 36.03"],
        "Siti": ["Operator kecamatan, Kecamatan Sepatan Timur"],
        "Wati": [],
    }
    assert "53.01" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kata=sit", ["Siti"]),
        ("kata=0812-8000", ["Siti"]),
        ("kata=62 812 8000 1204", ["Siti"]),
        ("kata=admin.tang", ["Admin.Tangerang"]),
        ("kata=kupang", []),
        ("peran=technician", ["Dedi"]),
        ("peran=staff", []),
        ("wilayah=36.03.30", ["Siti"]),
        ("wilayah=36.03", ["Admin.Tangerang", "Dedi", "Siti"]),
        ("wilayah=36.03.30&peran=technician", []),
        ("keadaan=nonaktif", ["Wati"]),
        ("keadaan=tanpa_tugas", ["Wati"]),
        ("keadaan=belum_masuk&kata=s", ["Siti"]),
        # What somebody does elsewhere cannot be found out by asking for it.
        ("peran=admin", ["Admin.Tangerang"]),
        ("wilayah=53.01", []),
    ],
)
def test_people_are_found_by_name_number_role_region_and_state(
    client: Client, people: None, query: str, found: list[str]
) -> None:
    assert names(client.get(f"/users/?{query}")) == found


def test_an_admin_of_a_province_types_the_region(client: Client, people: None) -> None:
    client.force_login(make_user(Role.ADMIN, make_kabupaten("36.03").province, "provinsi"))
    assert names(client.get("/users/?wilayah=36.03.30")) == ["Siti"]
    assert names(client.get("/users/?wilayah=53.01")) == []
    assert names(client.get("/users/?wilayah=36")) == ["Admin.Tangerang", "Dedi", "Provinsi", "Siti"]


def test_the_list_goes_on_page_by_page_with_its_filters(client: Client, kabupaten: Kabupaten) -> None:
    for number in range(60):
        make_user(Role.OFFICIAL, kabupaten, f"orang{number:02}")
    first = client.get("/users/?peran=official")
    second = client.get(first.context["next_url"])
    expected = [f"Orang{number:02}" for number in range(60)]
    assert (names(first), names(second)) == (expected[:50], expected[50:])
    assert "peran=official" in first.context["next_url"]
    assert (second.context["next_url"], second.context["first_url"]) == ("", "/users/?peran=official")


def test_the_list_asks_the_same_number_of_questions_for_one_person_and_for_thirty(
    client: Client, kabupaten: Kabupaten, siti: User
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get(path).status_code == 200
        return len(context)

    paths = ("/users/", "/users/?peran=operator&wilayah=36.03&keadaan=aktif", "/users/links/")
    few = [queries(path) for path in paths]
    for number in range(30):
        person = make_user(Role.OPERATOR, make_kecamatan(f"36.03.{number + 31}"), f"orang{number}")
        make_link(person, by=User.objects.get(username="admin.tangerang"))
    assert [queries(path) for path in paths] == few
    assert max(few) <= 8


# --- one person -----------------------------------------------------------------------------------------


def test_a_person_shows_roles_account_and_history_inside_the_region_only(
    client: Client, siti: User, admin: User, kabupaten: Kabupaten
) -> None:
    assign(siti, role=Role.STAFF, region=kabupaten, ends_at=moment("2026-12-31 17:00"), by=admin)
    elsewhere = assign(siti, role=Role.OFFICIAL, region=make_kabupaten("53.01"), by=None)
    page = client.get(f"/users/{siti.pk}/")
    assert [(role.what, role.where, role.span) for role in page.context["roles"]] == [
        ("Staf dinas", "Kabupaten 36.03", "sampai 31 Desember 2026"),
        ("Operator kecamatan", "Kecamatan Sepatan Timur", ""),
    ]
    assert [(entry.who, entry.what) for entry in page.context["history"]] == [
        ("Admin.Tangerang", "memberi peran Staf dinas, Kabupaten 36.03 sampai 31 Desember 2026"),
    ]
    assert page.context["phone"] == "0812-8000-1204"
    text = page.content.decode()
    assert "53.01" not in text and "/edit/" not in text and "/disable/" not in text
    end_assignment(elsewhere, by=None)
    assert "/edit/" in client.get(f"/users/{siti.pk}/").content.decode()


def test_the_page_of_a_person_asks_at_most_eight_questions_however_much_happened(
    client: Client, siti: User, admin: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            client.get(f"/users/{siti.pk}/")
        return len(context)

    few = queries()
    for number in range(31, 61):
        assign(siti, role=Role.OPERATOR, region=make_kecamatan(f"36.03.{number}"), by=admin)
    assert (queries(), few <= 8) == (few, True)


def test_what_lies_outside_is_not_there(client: Client, kabupaten: Kabupaten) -> None:
    stranger = make_user(Role.STAFF, make_kabupaten("53.01"))
    role = stranger.assignments.get()
    for path in ("", "edit/", "assign/", "deputy/", "link/"):
        assert client.get(f"/users/{stranger.pk}/{path}").status_code == 404
    for path in ("disable/", "enable/"):
        assert client.post(f"/users/{stranger.pk}/{path}").status_code == 404
    assert client.get(f"/users/assignments/{role.pk}/end/").status_code == 404
    assert client.get("/users/999999999999999999999999/").status_code == 404


def test_an_account_above_ones_own_level_cannot_be_changed(client: Client, siti: User) -> None:
    give_role(siti, Role.ADMIN, None)
    for path in ("edit/", "link/"):
        assert client.get(f"/users/{siti.pk}/{path}").status_code == 403
    for path in ("edit/", "link/", "disable/", "enable/"):
        assert client.post(f"/users/{siti.pk}/{path}").status_code == 403
    role = siti.assignments.get(level="nation")
    assert client.post(f"/users/assignments/{role.pk}/end/", {"when": "now"}).status_code == 404
    assert User.objects.get(pk=siti.pk).is_active is True


# --- adding and changing --------------------------------------------------------------------------------


def new_person(**more: str) -> dict[str, str]:
    key = str(uuid4())
    return {"name": "Rina", "phone": "081390000001", "role": "operator", "region": "36.03.30", "client_key": key} | more


def test_a_link_tells_its_end_in_the_time_of_its_admin(client: Client) -> None:
    gorontalo = make_kecamatan("75.01.01").kabupaten
    sign_in(client, make_user(Role.ADMIN, gorontalo, "admin.gorontalo"))
    answer = client.post("/users/new/", new_person(region="75.01.01"), follow=True)
    shown = "Senin, 23 November 2026 pukul 11.00 WITA"
    assert answer.context["link"].expires == shown
    assert f"sampai {shown}" in answer.context["link"].text
    assert [link.expires for link in client.get("/users/links/").context["links"]] == [shown]


def test_somebody_new_gets_a_role_and_a_link_ready_for_whatsapp(client: Client, admin: User) -> None:
    answer = client.post("/users/new/", new_person(last_day="2026-12-31"))
    rina = User.objects.get(name="Rina")
    assert answer["Location"] == f"/users/{rina.pk}/link/"
    assert rina.assignments.get().ends_at == moment("2026-12-31 17:00")
    page = client.get(answer["Location"])
    link = page.context["link"]
    assert link.expires == "Senin, 23 November 2026 pukul 10.00 WIB"
    assert link.whatsapp.startswith("https://wa.me/6281390000001?text=Halo%20Rina")
    assert link.url in unquote(link.whatsapp)
    assert re.fullmatch(r"http://testserver/login/link/\d+-[0-9a-f]{64}/", link.url)
    assert Client().get(link.url).context["person"] == rina


def test_a_form_that_is_sent_twice_adds_one_person(client: Client) -> None:
    body = new_person()
    answers = [client.post("/users/new/", body)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert User.objects.filter(name="Rina").count() == 1
    other = client.post("/users/new/", body | {"name": "Rini"})
    assert (other.status_code, User.objects.filter(name="Rini").count()) == (409, 0)
    assert other.context["form"]["name"].value() == "Rini"
    assert str(other.context["form"]["client_key"].value()) != body["client_key"]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": ""}, "name", "Isi namanya."),
        ({"phone": "123"}, "phone", "Nomor HP tidak dikenali. Tulis misalnya 0812 8000 1204."),
        ({"phone": "0812 8000 1204"}, "phone", "Nomor HP ini sudah dipakai akun lain."),
        ({"region": "53.01.01"}, "region", "Pilihan ini tidak ada lagi. Pilih satu dari daftar."),
        ({"region": "36.03"}, "region", "Operator ditugaskan di satu kecamatan. Pilih kecamatannya."),
        ({"last_day": "2026-11-19"}, "last_day", "Waktu berakhir sudah lewat. Isi waktu yang akan datang."),
        ({"username": "siti"}, "username", "Nama pengguna siti sudah dipakai. Pilih yang lain."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: Client, siti: User, values: dict[str, str], field: str, sentence: str
) -> None:
    page = client.post("/users/new/", new_person(username="rina.baru") | values)
    assert page.context["form"].errors == {field: [sentence]}
    assert page.context["form"]["phone"].value() == values.get("phone", "081390000001")
    assert User.objects.filter(name="Rina").count() == 0


def test_an_admin_of_a_province_may_not_reach_beyond_it_by_typing(client: Client, kabupaten: Kabupaten) -> None:
    sign_in(client, make_user(Role.ADMIN, kabupaten.province, "provinsi"))
    for code in ("53.01.01", "99.99.99", "ID", "x"):
        page = client.post("/users/new/", new_person(region=code))
        shown = code.upper()
        assert page.context["form"].errors == {
            "region": [f"Tidak ada wilayah {shown} di wilayah Anda. Periksa kodenya."]
        }
    assert client.post("/users/new/", new_person()).status_code == 302


def test_the_loser_of_two_corrections_sees_both_versions_and_may_save_again(client: Client, siti: User) -> None:
    url, said = f"/users/{siti.pk}/edit/", {"phone": "", "username": "siti"}
    first = client.post(url, {**said, "name": "Siti Satu", "version": "1"})
    assert first["Location"] == f"/users/{siti.pk}/"
    second = client.post(url, {**said, "name": "Siti Dua", "version": "1"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "<dt>Nama lengkap sekarang</dt><dd>Siti Satu</dd>" in page
    assert 'value="Siti Dua"' in page and 'name="version" value="2"' in page
    assert client.post(url, {**said, "name": "Siti Dua", "version": "2"}).status_code == 302
    assert User.objects.get(pk=siti.pk).name == "Siti Dua"


def test_a_correction_that_is_sent_twice_is_no_conflict(client: Client, siti: User) -> None:
    body = {"name": "Siti A.", "phone": "", "username": "siti", "version": "1", "client_key": str(uuid4())}
    assert [client.post(f"/users/{siti.pk}/edit/", body).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(action="edit").count() == 1


def test_a_role_is_given_until_a_day_moved_and_ended(client: Client, siti: User) -> None:
    given = {"role": "technician", "region": "36.03", "last_day": "2026-11-30"}
    assert client.post(f"/users/{siti.pk}/assign/", given)["Location"] == f"/users/{siti.pk}/"
    role = siti.assignments.get(role="technician")
    url = f"/users/assignments/{role.pk}/end/"
    assert client.post(url, {"when": "day", "last_day": "2026-12-05", "version": "1"}).status_code == 302
    role.refresh_from_db()
    assert (role.ends_at, role.version) == (moment("2026-12-05 17:00"), 2)
    lost = client.post(url, {"when": "never", "version": "1"})
    assert (lost.status_code, lost.context["stored"]) == (409, [("Berakhir", "Sabtu, 5 Desember 2026")])
    assert client.post(url, {"when": "day", "version": "2"}).context["form"].errors == {
        "last_day": ["Isi hari terakhirnya."]
    }
    assert client.post(url, {"when": "now"}).status_code == 302
    role.refresh_from_db()
    assert role.ends_at == NOW
    past = client.get(f"/users/{siti.pk}/").context["past_roles"]
    assert [(line.what, line.span) for line in past] == [("Teknisi", "mulai 20 November 2026 sampai 20 November 2026")]


def test_a_deputy_is_named_and_shown_on_both_sides(client: Client, siti: User, admin: User) -> None:
    budi = make_user(Role.OPERATOR, make_kecamatan("36.03.31"), "budi")
    days = {"deputy": "budi", "first_day": "2026-11-23", "last_day": "2026-11-27"}
    assert client.post(f"/users/{siti.pk}/deputy/", days).status_code == 302
    (mine,) = client.get(f"/users/{siti.pk}/").context["roles"]
    assert mine.note == "digantikan Budi mulai 23 November 2026 sampai 27 November 2026"
    theirs = client.get(f"/users/{budi.pk}/").context["roles"]
    assert [(line.where, line.note, line.state) for line in theirs] == [
        ("Kecamatan 36.03.31", "", "running"),
        ("Kecamatan Sepatan Timur", "menggantikan Siti", "planned"),
    ]
    own = Client()
    sign_in(own, budi)
    assert "menggantikan Siti" in own.get("/account/").content.decode()


def test_nobody_from_elsewhere_is_offered_as_a_deputy(client: Client, siti: User) -> None:
    stranger = make_user(Role.STAFF, make_kabupaten("53.01"), "orang.kupang")
    form = client.get(f"/users/{siti.pk}/deputy/").context["form"]
    assert [key for key, _ in form.fields["deputy"].choices] == ["", "admin.tangerang"]
    days = {"deputy": stranger.username, "first_day": "2026-11-23", "last_day": "2026-11-27"}
    refused = client.post(f"/users/{siti.pk}/deputy/", days)
    assert list(refused.context["form"].errors) == ["deputy"]
    sign_in(client, make_user(Role.ADMIN, make_kabupaten("36.03").province))
    refused = client.post(f"/users/{siti.pk}/deputy/", days)
    assert refused.context["form"].errors == {
        "deputy": ["Tidak ada orang dengan nomor HP atau nama pengguna orang.kupang di wilayah Anda."]
    }


def test_an_account_is_disabled_with_a_reason_and_its_tickets_are_offered_for_handover(client: Client) -> None:
    budi = make_user(Role.TECHNICIAN, make_kabupaten("36.03"), "budi")
    session = Client()
    sign_in(session, budi)
    answer = client.post(f"/users/{budi.pk}/disable/", {"reason": "Pindah tugas"}, follow=True)
    page = answer.content.decode()
    assert "Akun Budi dinonaktifkan. Sesi masuknya berakhir." in page
    assert f'href="/repairs/handover/{budi.pk}/"' in page
    assert answer.context["history"][0].quote == "Pindah tugas"
    assert session.get("/account/").status_code == 302
    assert client.get(f"/users/{budi.pk}/link/").context["link"] is None
    client.post(f"/users/{budi.pk}/enable/")
    assert User.objects.get(pk=budi.pk).is_active is True


def test_nobody_disables_oneself(client: Client, admin: User) -> None:
    page = client.post(f"/users/{admin.pk}/disable/")
    assert page.context["failed"].non_field_errors() == [
        "Anda tidak bisa menonaktifkan akun sendiri. Minta admin lain melakukannya."
    ]
    assert User.objects.get(pk=admin.pk).is_active is True


# --- links ----------------------------------------------------------------------------------------------


def test_a_link_can_be_shown_again_and_a_new_one_ends_it(client: Client, siti: User) -> None:
    url = f"/users/{siti.pk}/link/"
    body = {"client_key": str(uuid4())}
    assert client.get(url).context["link"] is None
    for _ in range(2):  # a double tap
        assert client.post(url, body)["Location"] == url
    first = client.get(url).context["link"].url
    assert client.get(url).context["link"].url == first
    client.post(url)
    second = client.get(url).context["link"].url
    assert [Client().get(link).status_code for link in (first, second)] == [404, 200]


def test_links_wait_to_be_sent_until_they_are_used_or_lapse(
    frozen: time_machine.Traveller, client: Client, siti: User, admin: User
) -> None:
    other = make_user(Role.ADMIN, make_kabupaten("36.03"), "admin.kedua")
    make_link(siti, by=admin)
    make_link(make_user(Role.STAFF, make_kabupaten("36.03"), "budi"), by=other)
    assert [link.name for link in client.get("/users/links/").context["links"]] == ["Siti"]
    frozen.shift(timedelta(hours=72))
    sign_in(client, admin)
    assert client.get("/users/links/").context["links"] == []


# --- one's own ------------------------------------------------------------------------------------------


def test_everybody_has_an_account_page_and_only_admins_the_list_in_the_menu(client: Client, siti: User) -> None:
    own = Client()
    sign_in(own, siti)
    page = own.get("/account/")
    assert [role.where for role in page.context["roles"]] == ["Kecamatan Sepatan Timur"]
    assert page.context["phone"] == "0812-8000-1204"
    assert 'href="/users/"' not in page.content.decode()
    assert 'href="/users/"' in client.get("/account/").content.decode()


def test_two_roles_in_one_region_are_one_link_in_the_head(client: Client, admin: User, kabupaten: Kabupaten) -> None:
    give_role(admin, Role.TECHNICIAN, kabupaten)
    give_role(admin, Role.STAFF, kabupaten)
    give_role(admin, Role.OFFICIAL, make_kabupaten("53.01"))
    head = client.get("/account/").content.decode().split("</header>")[0]
    assert re.findall(r'href="(/reports/[^"]+)"', head.split("</nav>")[1]) == ["/reports/36.03/", "/reports/53.01/"]


def test_the_sign_in_page_says_how_to_get_back_in() -> None:
    page = Client().get("/login/").content.decode()
    assert "<b>Lupa kata sandi?</b> Minta tautan masuk dari admin daerah Anda; bisa dikirim lewat WhatsApp." in page


def test_roles_that_are_over_or_to_come_give_nothing_yet(client: Client, siti: User, kabupaten: Kabupaten) -> None:
    Assignment.objects.filter(user=siti).update(starts_at=NOW + timedelta(seconds=1))
    own = Client()
    sign_in(own, siti)
    assert own.get("/repairs/report/").status_code == 403
    assert [role.state for role in own.get("/account/").context["roles"]] == ["planned"]
