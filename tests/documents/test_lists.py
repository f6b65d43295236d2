"""What a report lists one by one: what happened, how reliable it all was, and which kecamatan come first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest

from documents.jobs import build_waiting
from documents.models import Document
from documents.requests import request_document
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.priorities import set_priorities
from repairs.arrangements import start_arrangement
from repairs.losses import record_loss
from repairs.outages import report_outage
from reports import rollups
from tests.documents.conftest import OCTOBER
from tests.documents.reading import content, pages, sheets
from tests.factories import moment


def at(text: str) -> datetime:
    """Return a moment by the clock of the place, as a spreadsheet knows it."""
    return datetime.fromisoformat(text)


def built(region: Kabupaten | None, month: date = OCTOBER) -> Document:
    request_document(region, month, formats=["pdf", "xlsx"], by=None)
    assert build_waiting() == 1
    return Document.objects.latest("pk")


@pytest.fixture
def eventful(tangerang: Kabupaten) -> Kabupaten:
    """In October an outage, a loss and a guest; Jayanti and Kresek are named priorities."""
    balaraja, jayanti = (Kecamatan.objects.get(code=code) for code in ("36.03.01", "36.03.02"))
    report_outage(
        client_key=uuid4(),
        places=[balaraja],
        started_at=moment("2026-10-06 01:00"),
        ended_at=moment("2026-10-06 13:00"),
        effect="limited",
        cause="network",
        certainty="suspected",
        note="Kabel putus.",
        by=None,
    )
    record_loss(kecamatan=balaraja, day=date(2026, 10, 2), count=12, by=None)
    start_arrangement(kecamatan=jayanti, kind="hosted", host=balaraja, started_at=moment("2026-10-15 01:00"), by=None)
    set_priorities("36.03", ["36.03.02", "36.03.03"], by=None)
    rollups.refresh()
    return tangerang


def test_what_happened_stands_row_by_row_with_real_days_and_numbers(eventful: Kabupaten) -> None:
    found = sheets(content(built(eventful), "xlsx"))
    assert found["Kerusakan"][1][:13] == [
        *("36.03.02", "Jayanti", "1", "Server", "Rusak", "Berhenti"),
        *(at("2026-10-14 08:00"), "belum pulih", 17.7),
        *("Petir", "Pasti", "tidak disebut", "Dilaporkan"),
    ]
    assert found["Gangguan"][1:] == [
        [
            *("Balaraja", 1, "Jaringan", "Diduga", "Terbatas"),
            *(at("2026-10-06 08:00"), at("2026-10-06 20:00"), 0.5, "Kabel putus."),
        ]
    ]
    assert found["Layanan pengganti"][1:] == [
        ["36.03.02", "Jayanti", "Menumpang", "Balaraja", at("2026-10-15 08:00"), "masih berjalan"]
    ]
    assert found["Data hilang"][1:] == [
        ["36.03.01", "Balaraja", date(2026, 10, 2), 12, "Diduga", "tidak disebut", 0, "belum", ""],
        ["Jumlah", "", "", 12, "", "", 0, "", ""],
    ]


def test_priorities_say_what_they_are_made_of_and_what_is_not_stated(eventful: Kabupaten) -> None:
    document = built(eventful)
    assert sheets(content(document, "xlsx"))["Prioritas"][1:] == [
        [
            *(1, "36.03.02", "Jayanti", 1, "Menumpang", date(2026, 10, 14), 17),
            *("tidak disebut", "tidak ada dalam 150 km", 150, "tidak disebut"),
        ],
        ["–", "36.03.03", "=Kresek", 2, "tidak berhenti", *["–"] * 6],
    ]
    text = " ".join(pages(content(document, "pdf")))
    assert "11. Kecamatan yang ditangani dulu Ditetapkan kepala dinas: 1. Jayanti, 2. =Kresek." in text


def test_reliability_is_told_by_place_and_by_kind(tangerang: Kabupaten) -> None:
    found = sheets(content(built(tangerang), "xlsx"))
    head, *rows = found["Keandalan wilayah"]
    assert head[:5] == ["Kode", "Kecamatan", "Tersedia", "Jam kerja", "Jam berhenti"]
    assert [row[:2] for row in rows] == [["36.03.02", "Jayanti"], ["36.03.01", "Balaraja"], ["36.03.03", "=Kresek"]]
    assert rows[1][2] == 1.0
    assert rows[2][2:] == ["–"] * 6
    assert found["Keandalan jenis"][1][:3] == ["Server", "terlalu sedikit", 1]


def test_a_region_of_which_nothing_is_known_says_so_in_each_list(tangerang: Kabupaten) -> None:
    document = built(tangerang, date(2015, 10, 1))
    found = sheets(content(document, "xlsx"))
    assert [found[name][-1][0] for name in ("Kerusakan", "Gangguan", "Layanan pengganti", "Data hilang")] == [
        "Tidak ada kerusakan yang tercatat pada bulan ini.",
        "Tidak ada gangguan listrik, jaringan atau server yang tercatat pada bulan ini.",
        "Tidak ada kecamatan yang dilayani dengan cara lain.",
        "Tidak ada data hilang yang dilaporkan pada bulan ini.",
    ]
    assert found["Keandalan jenis"][1][0] == "Belum ada set atau alat yang tercatat dalam dua belas bulan ini."
    text = " ".join(pages(content(document, "pdf")))
    for sentence in (
        "Belum ada set atau alat yang tercatat dalam dua belas bulan ini.",
        "Kepala dinas belum menetapkan kecamatan prioritas. Belum ada yang tercatat bulan ini, jadi tidak ada",
    ):
        assert sentence in text


def test_the_nation_has_reliability_and_leaves_the_lists_to_its_parts(tangerang: Kabupaten) -> None:
    document = built(None)
    assert {"Keandalan wilayah", "Keandalan jenis"} < set(sheets(content(document, "xlsx")))
    text = " ".join(pages(content(document, "pdf")))
    assert "Keandalan 12 bulan" in text
    assert "satu per satu" not in text
