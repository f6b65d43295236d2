"""The pages of targets: who sees what, a rule set once, corrected, withdrawn, and what the loser of a race sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.duty import PopulationFigures, set_populations
from kecamatan.models import Event, Kabupaten, Kecamatan, TargetRule
from kecamatan.targets import set_target
from repairs.forms.targets import NOTHING, NUMBER, SHARE
from tests.factories import make_kabupaten, make_kecamatan, make_user, moment

pytestmark = pytest.mark.django_db

HERE = "/targets/36.03/"
NOW = moment("2026-11-18 04:00")


@pytest.fixture(autouse=True)
def places() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        figures = [
            PopulationFigures(make_kecamatan(code), "2026-1", 10_000, eligible)
            for code, eligible in (("36.03.30", 8224), ("36.03.31", 1000))
        ]
        set_populations(figures, by=None)
        make_kecamatan("36.71.01")
        yield


@pytest.fixture
def kabupaten() -> Kabupaten:
    return make_kabupaten("36.03")


@pytest.fixture
def staff(kabupaten: Kabupaten) -> Client:
    return signed_in(make_user(Role.STAFF, kabupaten, "siti"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def said(**values: object) -> dict[str, object]:
    return {"starts_on": "2026-11", "kind": SHARE, "percent": "15", "count": "", "client_key": uuid4(), **values}


def text(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_the_first_target_of_a_kabupaten(staff: Client, kabupaten: Kabupaten) -> None:
    assert "Belum ada target untuk seluruh kabupaten/kota." in text(staff, HERE)
    body = said()
    for _ in range(2):
        sent = staff.post(f"{HERE}new/", body)
        assert (sent.status_code, sent.headers["Location"]) == (302, HERE)
    rule = TargetRule.objects.get()
    assert (rule.kabupaten, rule.starts_on, rule.percent) == (kabupaten, date(2026, 11, 1), Decimal(15))
    page = text(staff, HERE)
    assert "15% dari wajib KTP = 1.384 orang di 2 kecamatan. Sejak November 2026." in page
    assert "1.234 orang" in page
    assert "<b>Siti</b> menetapkan target: 15% dari wajib KTP mulai November 2026" in page
    assert Event.objects.get(action="set_target").channel == "page"


def test_a_kecamatan_may_have_its_own_and_give_it_up(staff: Client, kabupaten: Kabupaten) -> None:
    set_target(kabupaten, starts_on=date(2026, 1, 1), percent=Decimal(15), by=None)
    staff.post("/targets/36.03.30/new/", said(kind=NUMBER, count="200", percent="99", starts_on="September 2026"))
    own = TargetRule.objects.get(kecamatan__code="36.03.30")
    assert (own.starts_on, own.percent, own.count) == (date(2026, 9, 1), None, 200)
    assert "200 orang. Menurut aturan sendiri sejak September 2026." in text(staff, "/targets/36.03.30/")
    assert "sendiri: 200 orang" in text(staff, HERE)
    staff.post("/targets/36.03.30/new/", said(kind=NOTHING))
    page = text(staff, "/targets/36.03.30/")
    assert "15% dari 8.224 wajib KTP = 1.234 orang. Menurut aturan kabupaten/kota sejak Januari 2026." in page
    assert "Ikut kabupaten/kota" in page


def test_a_rule_is_looked_at_before_it_is_saved(staff: Client) -> None:
    page = staff.post(f"{HERE}new/", said(lihat="1", percent="12,5", starts_on="2027-01"))
    assert (page.status_code, page.context["meaning"]) == (
        200,
        "Dengan angka November 2026: 12,5% dari wajib KTP = 1.153 orang di 2 kecamatan.",
    )
    impossible = staff.post(f"{HERE}new/", said(lihat="1", percent="150"))
    assert impossible.context["meaning"] == "150 melebihi 100 persen. Periksa angkanya."
    assert TargetRule.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"percent": ""}, "percent", "Isi persennya, misalnya 15."),
        ({"kind": NUMBER}, "count", "Isi jumlah orangnya, misalnya 200."),
        ({"kind": ""}, "kind", "Pilih salah satu."),
        ({"percent": "1.500"}, "percent", "“1.500” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1500."),
        (
            {"starts_on": "11/2026"},
            "starts_on",
            "Bulan ini tidak terbaca. Tulis tahun dan bulan, misalnya 2026-11 atau November 2026.",
        ),
        ({"starts_on": ""}, "starts_on", "Pilih bulan mulainya."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    staff: Client, values: dict[str, str], field: str, sentence: str
) -> None:
    assert staff.post(f"{HERE}new/", said(**values)).context["form"].errors == {field: [sentence]}


def test_a_second_rule_of_the_same_month_is_corrected_instead(staff: Client, kabupaten: Kabupaten) -> None:
    set_target(kabupaten, starts_on=date(2026, 11, 1), percent=Decimal(15), by=None)
    refused = staff.post(f"{HERE}new/", said(percent="10"))
    assert refused.context["form"].errors == {"starts_on": ["Sudah ada aturan mulai November 2026. Betulkan yang itu."]}
    rule = TargetRule.objects.get()
    shown = staff.get(f"{HERE}{rule.pk}/")
    assert shown.context["form"]["percent"].value() == "15"
    staff.post(f"{HERE}{rule.pk}/", said(percent="10", version=1, reason="salah ketik"))
    rule.refresh_from_db()
    assert (rule.percent, rule.version) == (Decimal(10), 2)
    page = text(staff, HERE)
    assert "membetulkan target menjadi 10% dari wajib KTP mulai November 2026; semula 15% dari wajib KTP mulai" in page
    assert '<p class="quote">salah ketik</p>' in page


def test_the_loser_of_a_race_sees_both_versions_and_decides_again(staff: Client, kabupaten: Kabupaten) -> None:
    set_target(kabupaten, starts_on=date(2026, 11, 1), percent=Decimal(15), by=None)
    rule = TargetRule.objects.get()
    first = said(percent="10", version=1, reason="salah ketik")
    staff.post(f"{HERE}{rule.pk}/", first)
    lost = staff.post(f"{HERE}{rule.pk}/", said(percent="20", version=1, reason="salah baca"))
    assert lost.status_code == 409
    assert (lost.context["typed"], lost.context["holding"]) == (
        [("Berapa persen?", "20"), ("Alasan pembetulan", "salah baca")],
        [("Berapa persen?", "10"), ("Alasan pembetulan", "")],
    )
    assert staff.post(f"{HERE}{rule.pk}/", lost.context["again"]).status_code == 302
    rule.refresh_from_db()
    assert rule.percent == Decimal(20)


def test_a_rule_is_withdrawn_with_a_reason(staff: Client, kabupaten: Kabupaten) -> None:
    set_target(kabupaten, starts_on=date(2026, 11, 1), percent=Decimal(15), by=None)
    rule = TargetRule.objects.get()
    url = f"{HERE}{rule.pk}/void/"
    asked = staff.post(url, {"version": 1, "reason": "", "client_key": uuid4()})
    assert asked.context["void"].errors == {"reason": ["Tulis alasannya."]}
    body = {"version": 1, "reason": "SK dicabut", "client_key": uuid4()}
    for _ in range(2):
        assert staff.post(url, body).headers["Location"] == HERE
    assert "membatalkan target: 15% dari wajib KTP mulai November 2026" in text(staff, HERE)
    assert staff.get(f"{HERE}{rule.pk}/").status_code == 404
    late = staff.post(f"{HERE}{rule.pk}/", said(percent="20", version=1, reason="salah baca"))
    assert (late.status_code, late.context["is_gone"], late.context["again"]) == (409, True, {})


def test_whoever_has_one_region_is_led_there_and_others_choose(staff: Client, kabupaten: Kabupaten) -> None:
    assert staff.get("/targets/").headers["Location"] == HERE
    operator = signed_in(make_user(Role.OPERATOR, make_kecamatan("36.03.30")))
    assert operator.get("/targets/").headers["Location"] == "/targets/36.03.30/"
    set_target(kabupaten, starts_on=date(2026, 1, 1), percent=Decimal(15), by=None)
    set_target(make_kecamatan("36.03.31"), starts_on=date(2026, 1, 1), count=40, by=None)
    make_kabupaten("53.01")
    nation = signed_in(make_user(Role.OFFICIAL, None))
    rows = nation.get("/targets/").context["rows"]
    assert [(row.name, row.rule, row.own) for row in rows] == [
        ("Kabupaten 36.03", "15% dari wajib KTP", "1 kecamatan"),
        ("Kabupaten 36.71", "tidak ada target", ""),
        ("Kabupaten 53.01", "tidak ada target", ""),
    ]
    narrowed = nation.get("/targets/?provinsi=53").context["rows"]
    assert [row.name for row in narrowed] == ["Kabupaten 53.01"]
    nobody = signed_in(User.objects.create_user(username="baru", name="Baru"))
    assert "Belum ada wilayah" in text(nobody, "/targets/")


def test_who_only_reads_is_offered_nothing_to_change(kabupaten: Kabupaten) -> None:
    set_target(kabupaten, starts_on=date(2026, 1, 1), percent=Decimal(15), by=None)
    official = signed_in(make_user(Role.OFFICIAL, kabupaten))
    page = text(official, HERE)
    assert "15% dari wajib KTP" in page
    assert "Atur target" not in page
    assert "Betulkan" not in page


def test_a_rule_is_found_under_its_own_region_only(staff: Client) -> None:
    set_target(make_kecamatan("36.03.31"), starts_on=date(2026, 1, 1), count=40, by=None)
    rule = TargetRule.objects.get()
    assert staff.get(f"/targets/36.03.31/{rule.pk}/").status_code == 200
    assert staff.get(f"/targets/36.03.30/{rule.pk}/").status_code == 404
    assert staff.get(f"{HERE}{rule.pk}/").status_code == 404


@pytest.mark.parametrize("url", ["/targets/", HERE, "/targets/36.03.30/"])
def test_the_pages_ask_a_constant_number_of_questions(url: str, kabupaten: Kabupaten) -> None:
    client = signed_in(make_user(Role.STAFF, kabupaten.province))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    set_target(kabupaten, starts_on=date(2026, 1, 1), percent=Decimal(15), by=None)
    few = queries()
    for number in range(40, 60):
        place: Kecamatan = make_kecamatan(f"36.03.{number}")
        set_target(place, starts_on=date(2026, 1, 1), count=40, by=None)
        make_kabupaten(f"36.{number}")
    assert queries() == few <= 8
