"""What has changed since a report was built or signed, figure by figure in words."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from documents import jobs, since
from documents.changes import Change, by_region, compare
from documents.figures import BANDS, BY_PATH
from documents.models import Document
from documents.requests import request_document, sign_document
from documents.since import changes_since, current_figures
from kecamatan.changes import mark_waiting
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Kabupaten, Kecamatan, Recording
from repairs.counts import Figures, correct_count
from reports import rollups
from reports.regions import find_region
from tests.documents.conftest import OCTOBER
from tests.documents.reading import content, pages, sheets
from tests.factories import make_user


@pytest.fixture
def kept(tangerang: Kabupaten) -> dict[str, Any]:
    return current_figures(find_region("36.03"), OCTOBER).figures


def late_count(code: str = "36.03.03", recorded: int = 40) -> None:
    """Enter a count of October in November."""
    place = Kecamatan.objects.get(code=code)
    enter_recordings([Count(place, date(2026, 10, 6), place, recorded)], by=None)
    rollups.refresh()


def test_nothing_changed_is_no_change(kept: dict[str, Any]) -> None:
    assert compare(kept, kept) == []


def test_each_figure_is_told_with_the_region_it_is_of(kept: dict[str, Any]) -> None:
    late_count()
    changes = compare(kept, current_figures(find_region("36.03"), OCTOBER).figures)
    assert [(name, [change.sentence for change in group]) for name, group in by_region(changes)] == [
        (
            "Kabupaten 36.03",
            [
                "Perekaman, direkam: semula 210, sekarang 250 orang (+40).",
                "Perekaman, rekam bersih: semula 210, sekarang 250 orang (+40).",
                "Kelengkapan, hari dilaporkan: semula 4, sekarang 5 hari (+1).",
            ],
        ),
        (
            "Kecamatan =Kresek",
            [
                "Perekaman, direkam: semula belum lapor, sekarang 40 orang.",
                "Perekaman, rekam bersih: semula belum lapor, sekarang 40 orang.",
                "Kelengkapan, hari dilaporkan: semula 0, sekarang 1 hari (+1).",
            ],
        ),
    ]


def test_kinds_causes_and_regions_that_came_or_went_are_told(kept: dict[str, Any]) -> None:
    now = deepcopy(kept)
    now["report"]["devices"]["by_kind"]["server"]["broken"] = 0
    now["report"]["tickets"]["by_cause"] = {"wear": 1}
    now["children"] = [*now["children"][:-1], deepcopy(now["children"][-1])]
    now["children"][-1]["region"] = {"code": "36.03.09", "name": "Kecamatan Baru", "level": "kecamatan"}
    assert [change.sentence for change in compare(kept | {"kinds": {"server": "Server"}}, now)] == [
        "Server rusak: semula 1, sekarang 0 komponen (−1).",
        "Penyebab petir: semula 1, sekarang 0 tiket (−1).",
        "Penyebab usia pakai: semula 0, sekarang 1 tiket (+1).",
        "Wilayah: semula belum ada, sekarang ada.",
        "Wilayah: semula ada, sekarang tidak ada lagi.",
    ]


def test_a_difference_is_only_told_where_both_are_known() -> None:
    change = Change("Jayanti", "Perekaman, rekam bersih", "60", "belum lapor", "orang", 60)
    assert change.sentence == "Perekaman, rekam bersih: semula 60, sekarang belum lapor."


def test_a_figure_that_a_report_is_older_than_is_not_compared(kept: dict[str, Any]) -> None:
    older = deepcopy(kept)
    del older["report"]["shortfall"]
    assert compare(older, kept) == []


COUNTED = [path for path in BY_PATH if path.startswith(("tickets.", "downtime.repair", "recording.lost"))]


@pytest.mark.django_db
@given(st.dictionaries(st.sampled_from(COUNTED), st.integers(1, 99)))
def test_exactly_the_figures_that_differ_are_told(changed: dict[str, int]) -> None:
    before = {"report": an_empty_report(), "children": [], "kinds": {}}
    after = deepcopy(before)
    for path, value in changed.items():
        group, _, name = path.partition(".")
        after["report"][group][name] = value
    changed.pop("recording.lost", None)  # A loss makes known what was recorded: two more figures.
    told = {(change.figure, change.difference) for change in compare(before, after)}
    assert told >= {(f"{BY_PATH[p].group}, {BY_PATH[p].label.lower()}", value) for p, value in changed.items()}
    assert len(told) <= len(changed) + 3


def an_empty_report() -> dict[str, Any]:
    region = {"code": "36.03", "name": "Tangerang", "level": "kabupaten"}
    report: dict[str, Any] = {"region": region, "month": "2026-10"}
    for path in BY_PATH:
        group, _, name = path.partition(".")
        report.setdefault(group, {})[name] = None if name.endswith("pct") else 0
    report["devices"]["by_kind"] = {}
    report["coverage"] |= {"eligible_with_recorded": 0, "bands": dict.fromkeys(BANDS, 0)}
    report["shortfall"]["hosted_minutes"] = 0
    return report | {"tickets": report["tickets"] | {"by_cause": {}, "by_route": {}}}


# --- In the next report of the month ----------------------------------------------------------------------------


def build(region: Kabupaten, *formats: str) -> Document:
    document = request_document(region, OCTOBER, formats=formats or ["csv"], by=None)
    assert jobs.build_waiting() == 1
    document.refresh_from_db()
    return document


def test_the_first_report_of_a_month_is_compared_with_nothing(tangerang: Kabupaten) -> None:
    document = build(tangerang, "pdf", "xlsx")
    assert (document.compared_with, document.changes) == (None, [])
    assert "Perubahan" not in sheets(content(document, "xlsx"))


def test_the_next_report_says_what_has_changed_since_the_last_one_that_was_signed(tangerang: Kabupaten) -> None:
    signed = build(tangerang)
    sign_document(signed, signed_on=date(2026, 11, 22), by=make_user(Role.STAFF, tangerang))
    late_count("36.03.01", 10)
    build(tangerang)
    late_count("36.03.03", 40)
    document = build(tangerang, "pdf", "xlsx")
    assert document.compared_with == signed
    assert {
        "region": "Kabupaten 36.03",
        "sentence": "Perekaman, rekam bersih: semula 210, sekarang 260 orang (+50).",
    } in (document.changes)
    text = " ".join(pages(content(document, "pdf")))
    assert "13. Perubahan sejak laporan yang ditandatangani 22 November 2026" in text
    assert "Perekaman, rekam bersih: semula 210, sekarang 260 orang (+50)." in text
    rows = sheets(content(document, "xlsx"))["Perubahan"]
    assert rows[0][0] == "Perubahan sejak laporan yang ditandatangani 22 November 2026"
    assert rows[2] == ["Kabupaten 36.03", "Perekaman, direkam", 210, 260, 50, "orang"]
    assert ["Kecamatan =Kresek", "Perekaman, direkam", "belum lapor", 40, "", "orang"] in rows


def test_changes_that_cancel_out_within_a_kabupaten_are_told_of_its_kecamatan(tangerang: Kabupaten, client) -> None:
    document = build(tangerang.province, "xlsx")
    jayanti = Kecamatan.objects.get(code="36.03.02")
    counted = Recording.objects.get(kecamatan=jayanti)
    correct_count(counted, seen=Figures(60), figures=Figures(50), reason="Salah hitung.", by=None)
    late_count("36.03.01", 10)
    changed = [
        ("Kecamatan Balaraja, Kabupaten 36.03", "Perekaman, direkam: semula 150, sekarang 160 orang (+10)."),
        ("Kecamatan Jayanti, Kabupaten 36.03", "Perekaman, direkam: semula 60, sekarang 50 orang (−10)."),
    ]
    found = changes_since(document, find_region("36"))
    assert (
        found.is_whole,
        [(one.region, one.sentence) for one in found.changes if one.figure == "Perekaman, direkam"],
    ) == (True, changed)
    client.force_login(make_user(Role.STAFF, tangerang.province))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/reports/36/documents/{document.pk}/").content.decode()
    assert (len(captured), all(sentence in page for _, sentence in changed)) == (8, True)
    later = build(tangerang.province, "xlsx")
    told = [(one["region"], one["sentence"]) for one in later.changes if "direkam" in one["sentence"]]
    assert told == changed


def test_an_earlier_month_that_changed_is_told_of_the_lines_of_this_one(tangerang: Kabupaten) -> None:
    document = build(tangerang)
    place = Kecamatan.objects.get(code="36.03.01")
    enter_recordings([Count(place, date(2026, 9, 1), place, 5)], by=None)
    rollups.refresh()
    assert [change.sentence for change in changes_since(document, find_region("36.03")).changes] == [
        "Rekam bersih September 2026: semula tidak disebut, sekarang 5 orang.",
        "Capaian target September 2026: semula tidak disebut, sekarang 1,9%.",
    ]


def test_where_very_much_was_computed_anew_the_page_does_not_say_that_nothing_changed(
    tangerang: Kabupaten, client, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = build(tangerang.province)
    mark_waiting((pk, OCTOBER) for pk in Kecamatan.objects.values_list("pk", flat=True))
    rollups.refresh()
    client.force_login(make_user(Role.STAFF, tangerang.province))
    address = f"/reports/36/documents/{document.pk}/"
    assert [one.sentence for one in changes_since(document, find_region("36")).changes] == []
    assert "tidak ada angka yang berubah" in client.get(address).content.decode()
    monkeypatch.setattr(since, "READ_AT_MOST", 1)
    page = client.get(address).content.decode()
    assert ("tidak ada angka yang berubah" in page, "Begitu banyak wilayah" in page) == (False, True)


def test_without_a_signature_the_newest_report_is_compared_with(tangerang: Kabupaten) -> None:
    build(tangerang)
    second = build(tangerang)
    document = build(tangerang, "pdf")
    assert (document.compared_with, document.changes) == (second, [])
    text = " ".join(pages(content(document, "pdf")))
    assert "Perubahan sejak laporan yang dibuat Minggu, 22 November 2026 pukul 10.00 WIB Tidak ada angka" in text
