"""The pages of arrangements as people get them: the list, a new one with its warnings, one of them, its changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from devices.models import RecordingSet
from devices.readiness import Service
from kecamatan.models import Kecamatan
from repairs.arrangements import end_arrangement, start_arrangement, void_arrangement
from repairs.models import Arrangement
from repairs.outages import report_outage
from repairs.service_now import services_now
from tests.factories import make_dinas, make_fault, make_kecamatan, make_province, make_set, make_spare, make_user
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NEW = "/arrangements/new/?kecamatan=36.03.30"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_of(arrangement: Arrangement, move: str = "") -> str:
    return f"/arrangements/{arrangement.pk}/" + (f"{move}/" if move else "")


def arranged(guest: Kecamatan, **values: Any) -> Arrangement:
    start = {"kind": "mobile_unit", "started_at": NOW - 2 * HOUR, "by": None}
    return start_arrangement(kecamatan=guest, **{**start, **values})


def current(arrangement: Arrangement) -> Arrangement:
    return Arrangement.objects.get(pk=arrangement.pk)


def typed(**more: Any) -> dict[str, Any]:
    start = {"client_key": str(uuid4()), "kind": "hosted", "host": "36.03.01", "started_at": "", "ended_at": ""}
    return start | more


@pytest.fixture
def host(kecamatan: Kecamatan) -> Kecamatan:
    """A neighbour that records."""
    place = make_kecamatan("36.03.01", "Kecamatan Sukamulya")
    make_set(place)
    return place


@pytest.fixture
def stopped(kecamatan: Kecamatan, recording_set: RecordingSet) -> Kecamatan:
    make_fault(recording_set, "server")
    return kecamatan


# --- a new one ------------------------------------------------------------------------------------------


def test_staff_let_people_ride_along_with_a_neighbour(stopped: Kecamatan, host: Kecamatan, staff: User) -> None:
    client, sent = client_of(staff), typed()
    answers = [client.post(NEW, sent) for _ in range(2)]
    arrangement = Arrangement.objects.get()
    assert [answer["Location"] for answer in answers] == [url_of(arrangement)] * 2
    assert (arrangement.kecamatan, arrangement.host, arrangement.started_at) == (stopped, host, NOW)
    page = client.get(url_of(arrangement)).context
    assert (page["title"], page["state"].word) == ("Menumpang di Kecamatan Sukamulya", "Berjalan")
    assert [(entry.who, entry.what) for entry in page["history"]] == [
        (str(staff), "mengatur layanan pengganti: menumpang")
    ]


def test_what_is_odd_is_shown_and_confirmed_before_anything_is_written(
    recording_set: RecordingSet, kecamatan: Kecamatan, staff: User
) -> None:
    make_kecamatan("36.03.01", "Kecamatan Sukamulya")
    client, sent = client_of(staff), typed(ended_at="2026-11-24T16:00")
    answer = client.post(NEW, sent)
    assert answer.context["oddities"] == [
        "Kecamatan Sepatan Timur bisa merekam sendiri. Apakah layanan pengganti masih perlu?",
        "Kecamatan Sukamulya sendiri tidak bisa merekam. Pilih tuan rumah lain.",
    ]
    assert (Arrangement.objects.count(), answer.context["form"]["ended_at"].value()) == (0, "2026-11-24T16:00")
    assert 'id="id_anyway"' in answer.content.decode()
    assert client.post(NEW, sent | {"anyway": "on"}).status_code == 302
    assert Arrangement.objects.get().ended_at == NOW + timedelta(days=4, hours=6)


def test_a_host_that_is_missing_is_asked_for_before_anything_is_confirmed(
    recording_set: RecordingSet, kecamatan: Kecamatan, staff: User
) -> None:
    answer = client_of(staff).post(NEW, typed(host=""))
    assert answer.context["oddities"] == []
    assert answer.context["form"].errors == {"host": ["Sebutkan kecamatan tuan rumahnya."]}


def test_a_year_typed_wrong_is_refused_with_a_sentence(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    """Five years ahead may be a plan; later is a slip of the hand, for the beginning and for the end."""
    for name, value, day in (
        ("started_at", "2206-11-20T08:00", "20 November 2206"),
        ("ended_at", "2031-12-01T00:00", "1 Desember 2031"),
    ):
        answer = client_of(staff).post(NEW, typed(**{name: value}, anyway="on"))
        assert answer.context["form"].errors == {name: [f"{day} masih terlalu jauh. Periksa tahunnya."]}
    assert client_of(staff).post(NEW, typed(ended_at="2031-11-30T23:59", anyway="on")).status_code == 302


def test_hosts_are_offered_from_the_nearest_with_their_distance(
    kecamatan: Kecamatan, host: Kecamatan, staff: User
) -> None:
    make_dinas("36.03")
    make_kecamatan("53.01.01")
    near = make_kecamatan("36.03.07", "Kecamatan Mauk")
    points = {kecamatan: (-6.1, 106.6), host: (-6.2, 106.5), near: (-6.1, 106.61)}
    for place, (latitude, longitude) in points.items():
        Kecamatan.objects.filter(pk=place.pk).update(latitude=latitude, longitude=longitude)
    choices = client_of(staff).get(NEW).context["form"].fields["host"].choices
    assert choices == [
        ("", "Tidak ada"),
        ("36.03.00", "Dinas 36.03"),
        ("36.03.07", "Kecamatan Mauk, 1,1 km"),
        ("36.03.01", "Kecamatan Sukamulya, 15,7 km"),
    ]


def test_a_second_host_at_once_is_refused_and_nothing_typed_is_lost(
    stopped: Kecamatan, host: Kecamatan, staff: User
) -> None:
    arranged(stopped, kind="hosted", host=host)
    form = client_of(staff).post(NEW, typed(started_at="2026-11-20T09:30")).context["form"]
    assert form.errors == {
        "started_at": [
            "Kecamatan Sepatan Timur sudah menumpang di Kecamatan Sukamulya pada waktu itu. Akhiri dulu yang lama."
        ]
    }
    assert (form["host"].value(), form["started_at"].value()) == ("36.03.01", "2026-11-20T09:30")


def test_what_is_missing_is_said_beside_its_field(stopped: Kecamatan, staff: User) -> None:
    client = client_of(staff)
    assert client.post(NEW, typed(kind="", host="")).context["form"].errors == {"kind": ["Pilih salah satu."]}
    assert client.post(NEW, typed(host="")).context["form"].errors == {"host": ["Sebutkan kecamatan tuan rumahnya."]}
    foreign = client.post(NEW, typed(host="53.01.01")).context["form"].errors
    assert foreign == {"host": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}


def test_staff_choose_the_kecamatan_first_and_of_a_province_type_its_code(kecamatan: Kecamatan, staff: User) -> None:
    make_dinas("36.03")
    choices = client_of(staff).get("/arrangements/new/").context["choices"]
    assert [place.code for place in choices] == ["36.03.30"]
    province = client_of(make_user(Role.STAFF, make_province("36")))
    assert list(province.get("/arrangements/new/").context["choices"]) == []
    for code in ("36.03.00", "53.01.01", "36.03", "\0"):
        assert province.get("/arrangements/new/", {"kecamatan": code}).status_code == 404


# --- changes --------------------------------------------------------------------------------------------


def test_staff_end_an_arrangement_now_or_in_advance(kecamatan: Kecamatan, staff: User) -> None:
    client, arrangement = client_of(staff), arranged(kecamatan)
    sent = {"client_key": str(uuid4()), "version": 1, "ended_at": "2026-11-21T12:00"}
    assert [client.post(url_of(arrangement, "end"), sent).status_code for _ in range(2)] == [302, 302]
    assert current(arrangement).ended_at == NOW + timedelta(days=1, hours=2)
    again = {"client_key": str(uuid4()), "version": 2, "ended_at": ""}
    client.post(url_of(arrangement, "end"), again)
    assert (current(arrangement).ended_at, current(arrangement).version) == (NOW, 3)
    moves = client.get(url_of(arrangement)).context["moves"]
    assert [move.name for move in moves] == ["correct", "void"]


def test_the_loser_sees_both_versions_and_what_they_typed(kecamatan: Kecamatan, host: Kecamatan, staff: User) -> None:
    client, arrangement = client_of(staff), arranged(kecamatan)
    form = client.get(url_of(arrangement, "correct")).context["form"]
    sent = {field.name: field.value() or "" for field in form} | {"started_at": "2026-11-20T08:00"}
    end_arrangement(arrangement, version=1, by=make_user(Role.STAFF, kecamatan.kabupaten, "rekan"))
    answer = client.post(url_of(arrangement, "correct"), sent | {"host": "36.03.01", "reason": "salah"})
    assert answer.status_code == 409
    assert [tuple(row) for row in answer.context["compared"] if row.differs] == [
        ("Di mana, atau dari mana", "Kecamatan Sukamulya", "Tidak ada", True),
        ("Selesai", "belum ada", "Jumat, 20 November 2026 pukul 10.00 WIB", True),
    ]
    assert [entry.who for entry in answer.context["changes"]] == ["Rekan"]
    again = {field.name: field.value() for field in answer.context["move"].form}
    assert client.post(url_of(arrangement, "correct"), again).status_code == 302
    assert (current(arrangement).host, current(arrangement).ended_at) == (host, None)


def test_staff_void_it_with_a_reason(kecamatan: Kecamatan, staff: User) -> None:
    client, arrangement = client_of(staff), arranged(kecamatan)
    client.post(url_of(arrangement, "void"), {"client_key": str(uuid4()), "version": 1, "reason": "tidak jadi"})
    page = client.get(url_of(arrangement)).context
    assert (page["state"].word, page["moves"]) == ("Dibatalkan", [])
    assert page["voided"] == f"Dibatalkan {staff}, Jumat, 20 November 2026 pukul 10.00 WIB: tidak jadi"


def test_the_page_of_a_kecamatan_leads_staff_to_a_new_arrangement(
    kecamatan: Kecamatan, staff: User, operator: User
) -> None:
    texts = [client_of(user).get("/kecamatan/36.03.30/").content.decode() for user in (staff, operator)]
    assert [f'href="{NEW}"' in text for text in texts] == [True, False]


def test_an_operator_reads_and_changes_nothing(kecamatan: Kecamatan, operator: User) -> None:
    client, arrangement = client_of(operator), arranged(kecamatan)
    assert client.get(url_of(arrangement)).context["moves"] == []
    assert client.get("/kecamatan/36.03.30/").context["arrangements"][0].url == url_of(arrangement)


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def arrangements(kecamatan: Kecamatan, host: Kecamatan) -> list[Arrangement]:
    """Running for long, running, planned, over, voided."""
    rows = [
        arranged(kecamatan, kind="hosted", host=host, started_at=NOW - 48 * HOUR),
        arranged(host, kind="diverted"),
        arranged(kecamatan, started_at=NOW + HOUR),
        arranged(kecamatan, started_at=NOW - 72 * HOUR, ended_at=NOW - 50 * HOUR),
        arranged(kecamatan),
    ]
    void_arrangement(rows[4], version=1, by=None, reason="keliru")
    return rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?keadaan=selesai", [3]),
        ("?keadaan=dibatalkan", [4]),
        ("?jenis=diverted", [1]),
        ("?kecamatan=36.03.30&keadaan=semua", [2, 4, 0, 3]),
        ("?kecamatan=53.01.01", []),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    query: str, found: list[int], arrangements: list[Arrangement], staff: User
) -> None:
    rows = client_of(staff).get(f"/arrangements/{query}").context["rows"]
    assert [row.url for row in rows] == [url_of(arrangements[i]) for i in found]


def test_paging_keeps_the_filters_and_shows_every_arrangement_once(
    arrangements: list[Arrangement], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 3)
    client = client_of(staff)
    first = client.get("/arrangements/?keadaan=semua")
    second = client.get(first.context["next_url"])
    shown = [row.url for page in (first, second) for row in page.context["rows"]]
    assert shown == [url_of(arrangements[i]) for i in (2, 4, 1, 0, 3)]


def test_an_empty_list_says_what_to_do(official: User) -> None:
    text = client_of(official).get("/arrangements/").content.decode()
    assert ("Tidak ada layanan pengganti yang berjalan" in text, "Atur layanan pengganti" in text) == (True, False)


def test_the_pages_ask_a_fixed_number_of_queries(
    arrangements: list[Arrangement], kecamatan: Kecamatan, staff: User
) -> None:
    client = client_of(staff)
    urls = ["/arrangements/", f"/arrangements/?keadaan=semua&sesudah={arrangements[2].pk}", url_of(arrangements[0])]
    urls += [url_of(arrangements[0], "correct"), NEW]

    def counts() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            found.append(len(captured))
        return found

    before = counts()
    for number in range(40, 70):
        arranged(make_kecamatan(f"36.03.{number}"))
    assert len(client.get("/arrangements/").context["rows"]) == 33
    assert counts() == before
    assert before == [4, 5, 4, 5, 4]


# --- how people are served now --------------------------------------------------------------------------


def test_how_places_are_served_now(stopped: Kecamatan, host: Kecamatan, kecamatan: Kecamatan) -> None:
    """The same rule as every dashboard: sets with their faults, outages and arrangements."""
    bare, spare, dark, limited, gone = (make_kecamatan(f"36.03.{number}") for number in (11, 12, 13, 14, 15))
    make_spare(spare)
    make_set(dark)
    make_fault(
        make_set(limited, kinds=["server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad", "ups"]),
        "ups",
    )
    make_set(gone, kinds=["server"])
    report_outage(client_key=uuid4(), places=[dark], started_at=NOW - HOUR, effect="stopped", by=None)
    places = [stopped, host, bare, spare, dark, limited, gone]
    assert services_now(places) == {
        stopped.pk: Service.STOPPED,
        host.pk: Service.SERVING,
        bare.pk: Service.NO_REPORT,
        spare.pk: Service.NO_REPORT,
        dark.pk: Service.STOPPED,
        limited.pk: Service.LIMITED,
        gone.pk: Service.STOPPED,
    }
    arranged(dark)
    arranged(stopped, kind="hosted", host=host)
    assert (services_now([dark])[dark.pk], services_now([stopped])[stopped.pk]) == (Service.MOBILE, Service.HOSTED)
    assert services_now([]) == {}
