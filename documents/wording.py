"""The words of a report: its title, how complete its figures are, what they mean, and what it was compared with."""

from __future__ import annotations

from documents.changes import Kept
from documents.contents import Contents
from documents.models import Document
from lib.format import moment_id, month_id, number_id, percent_id
from reports.regions import Region
from reports.services import headline
from reports.tiles import tiles
from reports.wording import as_of_text, inventoried_text

TITLE = "Laporan Bulanan Alat dan Perekaman KTP-el"
PAPER_LEVELS = {"nation": "", "province": "Provinsi ", "kabupaten": ""}

MEANINGS = (
    (
        "Dapat merekam",
        "kecamatan yang melayani atau terbatas: sedikitnya satu set alatnya berfungsi dan tidak ada gangguan yang "
        "menghentikan perekaman.",
    ),
    ("Rekam bersih", "orang yang direkam, dikurangi data yang pasti hilang, ditambah yang direkam ulang."),
    (
        "Cakupan wajib KTP",
        "semua yang sudah rekam dibagi wajib KTP menurut DKB semester itu; bisa lebih dari 100% bila ada warga dari "
        "luar.",
    ),
    ("Capaian target", "rekam bersih dibagi target, dari kecamatan yang bertarget; 100% berarti target terpenuhi."),
    ("Rusak dan tidak ada", "rusak: terpasang tetapi tidak bekerja; tidak ada: mestinya ada, tetapi tidak terpasang."),
    ("Tanpa alat", "bagian jam kerja saat semua set di satu kecamatan tidak berfungsi."),
    ("–", "tidak disebut, atau tidak dapat dihitung."),
    ("Tanpa kabar", "lebih dari dua hari kerja tidak ada laporan apa pun dari kecamatan yang punya set alat."),
)


def title_of(contents: Contents) -> str:
    """Return the title of a report with its region and month."""
    return f"{TITLE}, {contents.region.name}, {month_id(contents.month)}"


def made_text(contents: Contents) -> str:
    """Return when and for whom a report was built."""
    return f"Dibuat {moment_id(contents.made_at, contents.region.zone)} oleh {contents.made_by}"


def as_of(contents: Contents) -> str:
    """Return the moment of the figures."""
    return as_of_text(contents.report, contents.region.zone)


def compared_text(earlier: Document, zone: str) -> str:
    """Return with which earlier report of the same month this one was compared."""
    if earlier.signed_on is not None:
        return f"Perubahan sejak laporan yang ditandatangani {_day(earlier)}"
    assert earlier.built_at is not None
    withdrawn = " (tanda tangannya dicabut)" if earlier.signature_withdrawn_at else ""
    return f"Perubahan sejak laporan yang dibuat {moment_id(earlier.built_at, zone)}{withdrawn}"


def _day(document: Document) -> str:
    assert document.signed_on is not None
    return f"{document.signed_on.day} {month_id(document.signed_on)}"


def completeness_notes(contents: Contents) -> list[str]:
    """Return how complete the figures are, a sentence each, the gravest first."""
    report = contents.report
    return [
        *_running(contents),
        *_days(contents),
        *_service(contents),
        _inventory(contents),
        _population(contents),
        *_causes(contents),
        *(
            f"{number_id(contents.pending)} perubahan belum dihitung saat laporan ini dibuat."
            for _ in _pending(contents)
        ),
        *([] if report["has_rows"] else ["Belum ada satu pun laporan dari bulan ini."]),
    ]


def _pending(contents: Contents) -> range:
    return range(min(contents.pending, 1))


def _running(contents: Contents) -> list[str]:
    """Say that the month still runs, which its figures show by their moment."""
    is_running = contents.report["as_of"][:7] == f"{contents.month:%Y-%m}"
    return ["Bulan ini belum berakhir saat laporan dibuat; angkanya masih akan berubah."] if is_running else []


def _days(contents: Contents) -> list[str]:
    days = contents.report["completeness"]
    reported, expected = days["days_reported"], days["days_expected"]
    if not expected:
        return []
    text = f"{number_id(reported)} dari {number_id(expected)} hari kerja kecamatan dilaporkan"
    if reported < expected:
        return [f"{text} ({percent_id(100 * reported / expected)}). Hari yang belum dilaporkan tidak dihitung nol."]
    return [f"{text}: lengkap."]


def _service(contents: Contents) -> list[str]:
    counts = contents.report["kecamatan"]
    notes = []
    if counts["no_report"]:
        notes.append(f"{number_id(counts['no_report'])} kecamatan belum lapor: tidak diketahui apakah dapat merekam.")
    if counts["silent"]:
        notes.append(f"{number_id(counts['silent'])} kecamatan tanpa kabar lebih dari dua hari kerja pada saat itu.")
    return notes


def _inventory(contents: Contents) -> str:
    completeness = contents.report["completeness"]
    text = inventoried_text(completeness, contents.region.level)
    if completeness["kabupaten_inventoried"] == completeness["kabupaten_total"]:
        return f"{text}."
    return f"{text}. Jumlah set, komponen rusak dan komponen tidak ada karena itu sedikitnya."


def _population(contents: Contents) -> str:
    """Return of where and when wajib KTP is, as the figure on the page says it."""
    found = next(tile for tile in tiles(contents.report) if tile.label == "Cakupan wajib KTP")
    return f"Cakupan wajib KTP: {found.source[:1].lower()}{found.source[1:]}."


def _causes(contents: Contents) -> list[str]:
    tickets = contents.report["tickets"]
    unknown = tickets["by_cause"].get("unknown", 0)
    if not unknown:
        return []
    opened = number_id(tickets["opened"])
    return [f"Penyebab {number_id(unknown)} dari {opened} kerusakan yang mulai bulan ini belum diketahui."]


def mail_figures(figures: Kept, region: Region) -> list[str]:
    """Return the first figures of a report as lines of a mail."""
    report = figures["report"]
    lead = headline(report, region.level)
    at_least = "sedikitnya " if lead.at_least else ""
    lines = [f"Dapat merekam: {at_least}{lead.able} dari {lead.total} {lead.unit}"]
    for tile in tiles(report):
        more = "sedikitnya " if tile.at_least else ""
        lines.append(" ".join(f"{tile.label}: {more}{tile.value} {tile.unit}".split()))
    return lines
