"""What the five stories state is what the reports say, to the last integer; the rest of the sample holds together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Max

from accounts.models import Role, User
from accounts.people import assign
from devices.models import Device, Placement, RecordingSet
from documents.contents import read_contents
from documents.csvs import csv_file
from documents.pdf import pdf_file
from documents.xlsx import xlsx_file
from kecamatan.models import Kabupaten, Kecamatan, Province, Recording
from kecamatan.regions import sync_regions
from lib.errors import Refused
from lib.months import parse_month
from repairs.datasets import import_file
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from reports import rollups
from reports.models import Level, RegionMonth, RegionMonthKind
from reports.regions import find_region
from reports.rows import FIGURES, KIND_FIGURES
from reports.sample import STORIES, load_sample
from reports.sample_users import DEMO_USERS, ensure_demo_users
from reports.selectors import report
from reports.shortfall import PARTS
from reports.verification import verify
from tests.factories import make_user, moment
from tests.reports.questions import QUESTIONS, REPORTS
from tests.reports.questions.asking import Files, files_of, unanswered, words

# The database exists only for tests that carry the mark; each is then undone inside the transaction of the module.
# On PostgreSQL the same files are loaded by the `make run` of CI: once is enough.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = moment("2026-11-20 06:30")
SUKAMULYA, SEPATAN_TIMUR = "36.03.27", "36.03.30"


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Load the regions and the whole sample once for this module; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            sync_regions()
            load_sample(now=NOW, say=lambda line: None)
            rollups.refresh()
            yield
        transaction.set_rollback(True)


def figures(code: str, year: int, month: int) -> dict[str, Any]:
    return report(find_region(code), date(year, month, 1))


def able(kecamatan: dict[str, int]) -> int:
    return kecamatan["serving"] + kecamatan["limited"]


def not_able(kecamatan: dict[str, int]) -> int:
    return sum(kecamatan[name] for name in ("hosted", "mobile", "stopped", "no_report"))


# --- Tangerang ------------------------------------------------------------------------------------------------


def test_tangerang_has_29_kecamatan_and_58_sets():
    april = figures("36.03", 2012, 4)
    assert (april["kecamatan"]["total"], april["sets"]["total"]) == (29, 58)
    sets = RecordingSet.objects.filter(kecamatan__kabupaten__code="36.03")
    assert {row.kecamatan.recording_sets.count() for row in sets.select_related("kecamatan")} == {2}


def test_tangerang_only_sukamulya_meets_the_target_with_exactly_15_percent():
    recording = figures("36.03", 2012, 4)["recording"]
    assert (recording["kecamatan_met"], recording["kecamatan_with_target"]) == (1, 29)
    own = figures(SUKAMULYA, 2012, 4)["recording"]
    assert own["net"] * 100 == own["eligible"] * 15
    assert (own["net"], own["kecamatan_met"]) == (own["target"], 1)


def test_tangerang_the_other_28_record_between_7_and_14_percent():
    below = figures("36.03", 2012, 4)["children"]
    shares = {child["code"]: child["recorded_pct"] for child in below if child["code"] != SUKAMULYA}
    assert len(shares) == 28
    assert (min(shares.values()), max(shares.values())) == (7.0, 14.0)


def test_tangerang_counts_from_2_to_30_april():
    days = Recording.objects.filter(kecamatan__kabupaten__code="36.03").values_list("day", flat=True)
    assert (min(days), max(days)) == (date(2012, 4, 2), date(2012, 4, 30))


def test_tangerang_lost_1738_records_in_sepatan_timur():
    assert figures("36.03", 2012, 4)["recording"]["lost"] == 1738
    april = figures(SEPATAN_TIMUR, 2012, 4)["recording"]
    assert (april["lost"], april["lost_suspected"]) == (1738, 0)
    assert april["net"] == april["recorded"] - 1738
    assert figures(SEPATAN_TIMUR, 2012, 5)["recording"]["rerecorded"] == 1738
    loss = LostRecords.objects.get(kecamatan__code=SEPATAN_TIMUR)
    assert (loss.cause, loss.certainty) == ("human_error", "confirmed")
    lent = Arrangement.objects.get(kecamatan__code=SEPATAN_TIMUR)
    assert lent.kind == "mobile_unit"


def told(code: str, year: int, month: int) -> dict[str, int]:
    """Return the parts of a shortfall that count anybody, and their sum."""
    shortfall = figures(code, year, month)["shortfall"]
    return {part: shortfall[part] for part in ("total", *PARTS) if shortfall[part]}


def test_tangerang_missed_its_target_by_1738_lost_records_and_people_who_did_not_come():
    # Every day was reported, and of each two sets one always worked: the story names nothing else.
    assert told(SEPATAN_TIMUR, 2012, 4) == {"total": 4639, "lost": 1738, "other": 2901}
    recording = figures(SEPATAN_TIMUR, 2012, 4)["recording"]
    assert recording["target"] - recording["net"] == 4639
    assert told("36.03", 2012, 4) == {"total": 88_057, "lost": 1738, "other": 86_319}
    assert told(SUKAMULYA, 2012, 4) == {}


@pytest.mark.parametrize(("code", "year", "month"), [("12.71", 2011, 11), ("61", 2016, 9), ("71.10", 2018, 3)])
def test_stories_without_a_target_have_no_shortfall(code, year, month):
    assert told(code, year, month) == {}


def test_the_parts_of_every_shortfall_sum_to_it():
    rows = RegionMonth.objects.filter(shortfall__gt=0)
    assert rows.count() > 400
    for row in rows:
        assert sum(getattr(row, f"shortfall_{part}") for part in PARTS) == row.shortfall
    kecamatan = rows.filter(level=Level.KECAMATAN)
    assert all(row.shortfall == row.target - row.net for row in kecamatan)


def fault_of(code: str) -> Ticket:
    return Ticket.objects.get(kecamatan__code=code)


def test_tangerang_kresek_fingerprint_scanner_is_down_15_days():
    fault = fault_of("36.03.06")
    assert fault.device_kind.code == "fingerprint_scanner"
    assert fault.restored_at is not None
    assert fault.restored_at - fault.failed_at == timedelta(days=15)
    kind = figures("36.03.06", 2012, 4)["devices"]["by_kind"]["fingerprint_scanner"]
    assert kind == {"total": 2, "working": 2, "broken": 0, "missing": 0}


def test_tangerang_faults_are_in_five_kecamatan():
    faults = {
        fault.kecamatan.name: (fault.device_kind.code, fault.cause)
        for fault in Ticket.objects.filter(kecamatan__kabupaten__code="36.03")
    }
    assert faults == {
        "Kecamatan Sepatan Timur": ("server", "unknown"),
        "Kecamatan Solear": ("server", "unknown"),
        "Kecamatan Pagedangan": ("server", "lightning"),
        "Kecamatan Kresek": ("fingerprint_scanner", "unknown"),
        "Kecamatan Kronjo": ("camera", "unknown"),
    }
    april = figures("36.03", 2012, 4)
    assert april["tickets"]["by_cause"] == {"unknown": 4, "lightning": 1}
    assert (april["tickets"]["opened"], april["tickets"]["resolved"], april["tickets"]["open"]) == (5, 4, 1)
    assert (april["devices"]["broken"], april["kecamatan"]["limited"]) == (1, 1)


# --- Kalimantan Barat -----------------------------------------------------------------------------------------


def test_kalimantan_barat_105_of_174_kecamatan_are_able_to_record():
    kecamatan = figures("61", 2016, 9)["kecamatan"]
    assert (kecamatan["total"], able(kecamatan), not_able(kecamatan)) == (174, 105, 69)
    assert (kecamatan["hosted"], kecamatan["stopped"], kecamatan["no_report"]) == (45, 24, 0)


def test_kalimantan_barat_173_devices_are_broken_as_listed_by_10_of_14():
    september = figures("61", 2016, 9)
    completeness = september["completeness"]
    assert september["devices"]["broken"] == 173
    assert (completeness["kabupaten_total"], completeness["kabupaten_inventoried"]) == (14, 10)
    listed = {
        child["code"]: figures(child["code"], 2016, 9)["devices"]["broken"] > 0 for child in september["children"]
    }
    assert sum(listed.values()) == 10
    assert {code for code, has_broken in listed.items() if not has_broken} == {"61.07", "61.09", "61.10", "61.11"}


def test_kalimantan_barat_servers_fingerprint_scanners_and_ups_break_most():
    kinds = figures("61", 2016, 9)["devices"]["by_kind"]
    broken = sorted(((counts["broken"], code) for code, counts in kinds.items()), reverse=True)
    assert broken[:4] == [(47, "server"), (43, "fingerprint_scanner"), (36, "ups"), (17, "camera")]


def test_kalimantan_barat_covers_88_percent():
    coverage = figures("61", 2016, 9)["coverage"]
    assert (coverage["population"], coverage["pct"]) == (5_364_964, 88.0)
    assert coverage["recorded_total"] * 100 == coverage["eligible"] * 88


def test_kalimantan_barat_guests_are_with_a_host_that_works():
    hosts = Arrangement.objects.filter(kecamatan__code__startswith="61.").values_list("host__code", flat=True)
    assert {able(figures(code, 2016, 9)["kecamatan"]) for code in hosts} == {1}


# --- Bangkalan ------------------------------------------------------------------------------------------------


def test_bangkalan_has_18_kecamatan_and_4_sets_down():
    october = figures("35.26", 2021, 10)
    assert (october["kecamatan"]["total"], october["sets"]["down"], october["devices"]["broken"]) == (18, 4, 4)
    assert (able(october["kecamatan"]), not_able(october["kecamatan"])) == (14, 4)
    # A set in each kecamatan, and that of the dinas.
    assert october["sets"]["total"] == 19


def test_bangkalan_9_broke_in_2020_and_7_were_replaced_with_both_histories():
    failed = Ticket.objects.filter(kecamatan__kabupaten__code="35.26", failed_at__year=2020)
    replaced = failed.filter(route="replacement")
    assert (failed.count(), replaced.count()) == (9, 7)
    for fault in replaced.select_related("device", "recording_set"):
        servers = Placement.objects.filter(recording_set=fault.recording_set, device__kind__code="server")
        old, new = servers.order_by("started_at")
        assert (old.device, old.ended_at) == (fault.device, new.started_at)
        assert fault.restored_at == new.started_at


def test_bangkalan_galis_is_limited_by_weak_power():
    assert figures("35.26.18", 2021, 10)["kecamatan"]["limited"] == 1
    outage = Outage.objects.get(places__code="35.26.18")
    assert (outage.cause, outage.certainty, outage.effect) == ("weak_power", "certain", "limited")


def test_bangkalan_names_three_priorities():
    ranked = Kecamatan.objects.filter(priority_rank__isnull=False).order_by("priority_rank")
    assert [place.name for place in ranked] == ["Kecamatan Kokop", "Kecamatan Konang", "Kecamatan Modung"]


def test_every_agency_is_called_as_its_story_calls_it():
    codes = ["12.71.00", "35.26.00", "36.03.00", "71.10.00"]
    assert list(Kecamatan.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True)) == [
        "Disdukcapil Kota Medan",
        "Dispendukcapil Kabupaten Bangkalan",
        "Disdukcapil Kabupaten Tangerang",
        "Dukcapil Kabupaten Bolaang Mongondow Timur",
    ]


def test_bangkalan_prints_at_the_dinas_only():
    printers = Device.objects.filter(kind__code="card_printer", kecamatan__kabupaten__code="35.26")
    assert [printer.kecamatan.code for printer in printers] == ["35.26.00"]


# --- Medan ----------------------------------------------------------------------------------------------------


def test_medan_has_42_sets_with_missing_components_apart_from_broken_ones():
    november = figures("12.71", 2011, 11)
    assert (november["kecamatan"]["total"], november["sets"]["total"]) == (21, 42)
    assert (november["devices"]["broken"], november["devices"]["missing"]) == (5, 15)
    missing = {code: counts["missing"] for code, counts in november["devices"]["by_kind"].items() if counts["missing"]}
    assert missing == {"tripod": 6, "monitor": 4, "server": 2, "signature_pad": 3}


def test_medan_served_about_100000_people_by_7_november():
    counts = [figures("12.71", 2011, month)["recording"]["recorded"] for month in (9, 10, 11)]
    assert sum(counts) == 100_000
    last = Recording.objects.filter(kecamatan__kabupaten__code="12.71").aggregate(day=Max("day"))
    assert last == {"day": date(2011, 11, 7)}


# --- Boltim ---------------------------------------------------------------------------------------------------


def test_boltim_has_devices_of_the_dinas_and_no_invented_counts():
    march = figures("71.10", 2018, 3)
    assert march["as_of"] == "2018-04-01T00:00:00+08:00"
    assert (march["kecamatan"]["no_report"], march["sets"]["total"]) == (7, 1)
    broken = {code: counts["broken"] for code, counts in march["devices"]["by_kind"].items() if counts["broken"]}
    assert broken == {"iris_scanner": 1, "camera": 1, "signature_pad": 1}
    assert march["recording"]["recorded"] == march["coverage"]["population"] == 0


def test_boltim_two_people_suspect_two_causes():
    outages = Outage.objects.filter(places__code="71.10.00").order_by("cause")
    assert [(row.cause, row.certainty, row.effect) for row in outages] == [
        ("central_server", "suspected", "limited"),
        ("power_outage", "suspected", "limited"),
    ]


# --- All stories ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.folder)
def test_nothing_of_a_story_lasts_after_its_quarter(story):
    region = {"kecamatan__kabupaten__code__startswith": story.region}
    sets = RecordingSet.objects.filter(**region)
    assert sets.exists()
    assert not sets.filter(withdrawn_at=None).exists()
    assert not Ticket.objects.filter(**region, restored_at=None).exists()
    assert not Outage.objects.filter(places__code__startswith=story.region, ended_at=None).exists()
    assert not Arrangement.objects.filter(**region, ended_at=None).exists()
    today = figures(story.region, 2026, 11)
    assert (today["sets"]["total"], today["devices"]["total"], today["tickets"]["open"]) == (0, 0, 0)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.folder)
def test_every_file_of_a_story_may_be_imported_again(story):
    for dataset, path in story.files():
        result = import_file(dataset, path)
        assert (result.problems, result.added, result.changed) == ((), 0, 0), path.name


def test_kabupaten_with_invented_rows_are_flagged():
    flagged = set(Kabupaten.objects.filter(has_sample_data=True).values_list("code", flat=True))
    whole = Kabupaten.objects.filter(province__code__in=("61", "75")).values_list("code", flat=True)
    assert flagged == {"12.71", "35.26", "36.03", "71.10", *whole}


# --- What officials ask ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(sample, django_db_blocker) -> dict[tuple[str, str], Files]:
    """Return the monthly reports that answer the questions, each built once."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        return {asked: story_files(*asked) for asked in REPORTS}


def story_files(code: str, month: str) -> Files:
    contents = read_contents(find_region(code), parse_month(month), made_by="Uji")
    return files_of(pdf_file(contents, 1), xlsx_file(contents), csv_file(contents))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_what_an_official_asks_is_answered_on_a_page_and_in_the_report(question, files, client):
    client.force_login(make_user(Role.OFFICIAL, None))
    page = client.get(question.page)
    assert page.status_code == 200
    text = words(page.content.decode())
    assert unanswered(question, text, files[question.report]) == []


# --- The province of today ------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", [("36.03", "2012-04"), ("35.26", "2021-10"), ("35.26.09", "2021-10")])
def test_the_open_tickets_of_a_past_month_lead_to_those_that_were_broken_then(story, client):
    client.force_login(make_user(Role.OFFICIAL, None))
    code, month = story
    page = "kecamatan" if len(code) == 8 else "reports"
    context = client.get(f"/{page}/{code}/?bulan={month}").context
    tiles = context["tiles" if page == "kecamatan" else "repair_tiles"]
    tile = next(one for one in tiles if one.label == "Tiket terbuka")
    assert tile.value != "0"
    assert (tile.url, str(len(client.get(tile.url).context["rows"]))) == (tile.url, tile.value)


def test_today_every_service_and_status_is_there():
    november = figures("75", 2026, 11)
    kecamatan = november["kecamatan"]
    assert kecamatan["total"] == 77
    assert {name: kecamatan[name] > 0 for name in kecamatan} == dict.fromkeys(kecamatan, True)
    assert all(november["sets"][name] > 0 for name in ("operational", "limited", "down"))
    assert november["devices"]["missing"] > 0
    assert november["completeness"]["kabupaten_inventoried"] == 5
    assert 0 < november["completeness"]["days_reported"] < november["completeness"]["days_expected"]


def test_today_nothing_is_later_than_now_but_one_planned_visit():
    here = {"kecamatan__kabupaten__province__code": "75"}
    assert not Ticket.objects.filter(**here, failed_at__gt=NOW).exists()
    assert not Ticket.objects.filter(**here, restored_at__gt=NOW).exists()
    assert not Outage.objects.filter(started_at__gt=NOW).exists()
    assert Recording.objects.filter(**here).aggregate(last=Max("day")) == {"last": date(2026, 11, 20)}
    assert Arrangement.objects.filter(**here, started_at__gt=NOW).count() == 1


@pytest.mark.parametrize(
    ("level", "below"),
    [
        (Level.KABUPATEN, [Level.KECAMATAN, Level.DINAS]),
        (Level.PROVINCE, [Level.KABUPATEN]),
        (Level.NATION, [Level.PROVINCE]),
    ],
)
def test_every_stored_integer_of_a_parent_is_the_sum_of_its_children(level, below):
    path = {Level.KABUPATEN: Kecamatan, Level.PROVINCE: Kabupaten}.get(level)
    of = {Level.KABUPATEN: "kabupaten_id", Level.PROVINCE: "province_id"}.get(level)
    parents = dict(path.objects.values_list("pk", of)) if path else {}
    for table, figures_of in ((RegionMonth, FIGURES), (RegionMonthKind, KIND_FIGURES)):
        keys = ("month", "kind_id") if table is RegionMonthKind else ("month",)
        sums: defaultdict[tuple, Counter] = defaultdict(Counter)
        for row in table.objects.filter(level__in=below).values():
            key = (parents.get(row["region_id"], 0), *(row[name] for name in keys))
            sums[key].update({name: row[name] for name in figures_of})
        stored = {
            (row["region_id"], *(row[name] for name in keys)): {name: row[name] for name in figures_of}
            for row in table.objects.filter(level=level).values()
        }
        assert {key: dict(counts) for key, counts in sums.items()} == stored


def test_the_rollup_of_the_sample_is_true():
    result = verify(date(2016, 9, 1))
    assert (result.differences, result.waiting) == ([], 0)


# --- The command ----------------------------------------------------------------------------------------------


def counts() -> tuple[int, ...]:
    models = (Device, RecordingSet, Placement, Ticket, Outage, Arrangement, Recording, LostRecords, User)
    return tuple(model.objects.count() for model in models)


def test_a_second_run_changes_nothing(settings, capsys):
    settings.DEBUG = True
    ensure_demo_users()
    call_command("sample_data")
    before = counts()
    capsys.readouterr()
    call_command("sample_data")
    assert counts() == before
    printed = capsys.readouterr().out
    assert printed.splitlines()[:2] == ["Data contoh sudah ada.", ""]
    assert "Operator kecamatan, Kecamatan Kresek" in printed
    assert all(f"{demo.username} " in printed and demo.password in printed for demo in DEMO_USERS)


def test_demo_users_sign_in_with_the_printed_password(settings):
    settings.DEBUG = True
    ensure_demo_users()
    assert ensure_demo_users() == 0
    kresek = next(demo for demo in DEMO_USERS if demo.username == "operator.kresek")
    user = User.objects.get(username="operator.kresek")
    assert user.check_password(kresek.password)
    assert [(row.role, row.region_code) for row in user.running_assignments] == [("operator", "36.03.06")]


def test_demo_users_cover_every_role_and_level():
    """Whatever role may be given at a level has somebody to try it."""
    regions = {2: Province.objects.get(code="75"), 5: Kabupaten.objects.get(code="75.01"), None: None}
    regions[8] = Kecamatan.objects.get(code="75.01.01")
    user, allowed = User.objects.create_user(username="coba", name="Coba"), set()
    for (length, region), role in product(regions.items(), Role):
        with suppress(Refused):
            assign(user, role=role, region=region, by=None)
            allowed.add((role, length))
    assert len(allowed) == 17
    assert {(demo.role, None if demo.region == "ID" else len(demo.region)) for demo in DEMO_USERS} == allowed


def test_demo_users_never_exist_without_debug(settings, capsys):
    settings.DEBUG = False
    User.objects.filter(username__in=[demo.username for demo in DEMO_USERS]).delete()
    call_command("sample_data")
    assert not User.objects.exists()
    assert "Pengguna contoh" not in capsys.readouterr().out
