"""The report as a PDF: letterhead, figures, tables, notes, what has changed, and where to sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from documents.changes import by_region
from documents.contents import Contents
from documents.paper import (
    BODY,
    BOLD,
    H2,
    H3,
    NOTE,
    SMALL,
    SUBTITLE,
    TITLE,
    WIDTH,
    Head,
    Status,
    paragraph,
    table_flowable,
    write_pdf,
)
from documents.paper_figures import figure_grid
from documents.paper_map import Map, legend_of
from documents.paper_trends import trend_table
from documents.pdf_lists import priority_parts, record_parts, reliability_parts
from documents.tables import (
    COVERAGE_COLUMNS,
    DEVICE_COLUMNS,
    PLACE_HEADS,
    RECORDING_COLUMNS,
    SERVICE_COLUMNS,
    SHARE_COLUMNS,
    WORK_COLUMNS,
    Cell,
    Column,
    Place,
    Table,
    kind_table,
    parent_heads,
    table_of,
)
from documents.wording import MEANINGS, as_of, completeness_notes, made_text, title_of
from documents.wording import TITLE as REPORT_TITLE
from lib.format import month_id, number_id
from lib.month_choice import Month
from reports.children import shown_name
from reports.history import history
from reports.longest import Stopped
from reports.map_drawing import listed_names
from reports.map_marks import Colour
from reports.regions import NEXT_LEVEL
from reports.services import SILENT, Count, Headline, headline
from reports.shares import Share, cause_shares, kind_rows, route_shares
from reports.tiles import tiles
from reports.why import Part, why_of_report

# So many changes are printed; the page of the report and the XLSX show all.
CHANGES_AT_MOST = 60


def pdf_file(contents: Contents, number: int) -> bytes:
    """Return the report as a PDF; ``number`` is by which a paper finds the report that is kept."""
    region, month = contents.region, month_id(contents.month)
    foot = f"{region.name} ({region.code}) · {month} · laporan nomor {number}"
    sections = _Numbered()
    story = [
        *_title(contents),
        *sections("Ringkasan", _summary(contents)),
        *sections(f"Layanan, keadaan {as_of(contents)}", _services(contents)),
        *sections(f"Perekaman {month} menurut {_head(contents).lower()}", _recording(contents)),
        *_why(contents, sections),
        *_trends(contents, sections),
        *sections("Cakupan wajib KTP", _coverage(contents)),
        *sections("Set alat dan komponen", _devices(contents)),
        *sections("Kerusakan dan jam kerja", _work(contents)),
        *sections("Kerusakan, gangguan dan data hilang satu per satu", record_parts(contents)),
        *sections("Keandalan 12 bulan", reliability_parts(contents)),
        *sections("Kecamatan yang ditangani dulu", priority_parts(contents)),
        *sections("Kelengkapan dan arti angka", _notes(contents)),
        *(sections(contents.compared, _changes(contents)) if contents.compared else ()),
        _signature(contents),
        *_appendix(contents),
    ]
    return write_pdf(story, title=title_of(contents), author=contents.letterhead.agency or region.name, foot=foot)


class _Numbered:
    """Gives sections their numbers, but for empty ones; a title never stands alone at the foot of a page."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, title: str, parts: Sequence[Flowable]) -> list[Flowable]:
        if not parts:
            return []
        self.number += 1
        head = paragraph(f"{self.number}. {title}", H2)
        return [CondPageBreak(45 * mm), head, *parts]


def _title(contents: Contents) -> list[Flowable]:
    head = contents.letterhead
    names = [head.government.upper(), *([head.agency.upper()] if head.agency else [])]
    contact = [head.address or "Alamat belum diisi di profil", *([f"Telepon {head.phone}"] if head.phone else [])]
    return [
        Head(names, [" · ".join(contact)], head.logo),
        Spacer(0, 5 * mm),
        paragraph(REPORT_TITLE, TITLE),
        paragraph(f"{contents.region.name} · {month_id(contents.month)}", SUBTITLE),
        paragraph(f"Keadaan {as_of(contents)}. {made_text(contents)}.", SUBTITLE),
        paragraph(contents.status, SUBTITLE),
    ]


def _head(contents: Contents) -> str:
    return PLACE_HEADS[NEXT_LEVEL[contents.region.level]]


def _places(contents: Contents) -> list[Place]:
    return [Place(child) for child in contents.children]


# --- Sections ---------------------------------------------------------------------------------------------------


def _summary(contents: Contents) -> list[Flowable]:
    return [figure_grid(tiles(contents.report))]


def _services(contents: Contents) -> list[Flowable]:
    lead = headline(contents.report, contents.region.level)
    at_least = "sedikitnya " if lead.at_least else ""
    parts: list[Flowable] = [
        paragraph(f"Dapat merekam: {at_least}{lead.able} dari {lead.total} {lead.unit}. {lead.source}."),
        Spacer(0, 2 * mm),
        *([Map(contents.drawings), Spacer(0, 1 * mm)] if contents.drawings else []),
        _legend([Status(count.label, 8, bold=count.number) for count in (*lead.services, *_silent(lead))]),
        *_not_on_map(contents),
        *_stopped(contents),
    ]
    if contents.region.level != "kabupaten":
        heads = {"kecamatan.total": "Jumlah"}
        table = table_of("", _places(contents), contents.report, SERVICE_COLUMNS, head=_head(contents), heads=heads)
        parts += [Spacer(0, 2 * mm), table_flowable(table, [4, 21, 8, 10, 10, 9, 11, 9, 9.5, 8, 8])]
    return parts


def _silent(lead: Headline) -> list[Count]:
    """Return how many were not heard from: the map shows no dot of theirs as working."""
    return [sign for sign in lead.signs if sign.code == SILENT and sign.number != number_id(0)]


def _stopped(contents: Contents) -> list[Flowable]:
    """Return who could not record for longest, since when and why."""
    if not contents.stopped:
        return []
    columns = [Column(head) for head in ("Kecamatan", "Tidak dapat merekam sejak", "Sebab", "Layanan")]
    rows = [
        [Cell(None, text) for text in (_named(one), one.since, one.why, one.service_label)] for one in contents.stopped
    ]
    table = table_flowable(Table("", columns, rows), [30, 26, 34, 14])
    title = paragraph("Paling lama berhenti", H3)
    if contents.region.level != "nation":
        return [KeepTogether([title, table])]
    counts = contents.report["kecamatan"]
    more = counts["stopped"] + counts["hosted"] + counts["mobile"] - len(contents.stopped)
    note = f"Dan {number_id(more)} kecamatan lain; semua kerusakan satu per satu ada di laporan provinsinya."
    return [title, table, *([paragraph(note, SMALL)] if more > 0 else [])]


def _named(place: Stopped) -> str:
    return f"{shown_name(place.name)}, {place.where}" if place.where else shown_name(place.name)


def _not_on_map(contents: Contents) -> list[Flowable]:
    """Name what found no room on the map, and say of how many kecamatan it is not known where they lie."""
    drawn = sum(len(figure.dots) for drawing in contents.drawings for figure in drawing.figures)
    missing = contents.report["kecamatan"]["total"] - drawn
    names = [f"{number} {name}".strip() for drawing in contents.drawings for number, name in listed_names(drawing)]
    notes = [f"Nomor di peta: {' · '.join(names)}"] if names else []
    notes += [f"{number_id(missing)} kecamatan belum punya titik di peta."] if missing > 0 else []
    return [paragraph(note, SMALL) for note in notes]


def _legend(marks: Sequence[Flowable]) -> Grid:
    grid = Grid([list(marks)], colWidths=[WIDTH / len(marks)] * len(marks), hAlign="LEFT")
    grid.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return grid


def _recording(contents: Contents) -> list[Flowable]:
    is_kabupaten = contents.region.level == "kabupaten"
    paths = [*RECORDING_COLUMNS, *SHARE_COLUMNS]
    widths: list[float] = [4, 26, 13, 12, 13, 12, 12]
    if is_kabupaten:
        widths = [4, 26, 17, 15, 12, 11, 12, 11, 12]
    table = table_of(
        "",
        _places(contents),
        contents.report,
        paths,
        head=_head(contents),
        with_service=is_kabupaten,
        with_sign=is_kabupaten,
    )
    return [table_flowable(table, widths), *_target_map(contents)]


def _target_map(contents: Contents) -> list[Flowable]:
    """Return the map by how far each kecamatan reached its target, where any has one."""
    if not contents.target_drawings:
        return []
    title = paragraph("Capaian target di peta", H3)
    legend = _legend(legend_of(contents.target_drawings, Colour.TARGET))
    return [KeepTogether([title, Map(contents.target_drawings, Colour.TARGET), Spacer(0, 1 * mm), legend])]


def _why(contents: Contents, sections: _Numbered) -> list[Flowable]:
    """Return why the target was missed, as the page says it; nothing where no kecamatan has a target."""
    why = why_of_report(contents.report, contents.region, Month(contents.month, contents.month))
    if why is None:
        return []
    parts: list[Flowable] = [paragraph(text) for text in (why.sentence, why.unknown, why.hosted) if text]
    if why.parts:
        columns = [Column("Sebab"), Column("Orang", "", "shortfall.total"), Column("Bagian", "", "shortfall.total")]
        rows = [[Cell(None, text) for text in (_part_text(part), part.people, part.percent)] for part in why.parts]
        parts += [Spacer(0, 2 * mm), table_flowable(Table("", columns, rows), [60, 14, 14])]
    return sections(why.title, [*parts, paragraph(f"{why.source}.", SMALL)])


def _part_text(part: Part) -> str:
    return f"{part.label} ({part.note[:1].lower()}{part.note[1:]})" if part.note else part.label


def _trends(contents: Contents, sections: _Numbered) -> list[Flowable]:
    """Return the last 24 months, as the page shows them; nothing where nothing is known of any."""
    found = history(contents.months, Month(contents.month, contents.month))
    total = [paragraph(found["trend_total"], SMALL)] if found["trend_total"] else []
    return sections("Perjalanan 24 bulan", [trend_table(found["trends"]), *total]) if found["trends"] else []


def _coverage(contents: Contents) -> list[Flowable]:
    places = [place for place in _places(contents) if place.report["kecamatan"]["total"]]
    table = table_of("", places, contents.report, COVERAGE_COLUMNS, head=_head(contents))
    return [table_flowable(table, [4, 30, 14, 14, 14, 14, 12])]


def _devices(contents: Contents) -> list[Flowable]:
    heads = {"devices.total": "Komponen terpasang", "devices.broken": "Rusak", "devices.missing": "Tidak ada"}
    table = table_of("", _places(contents), contents.report, DEVICE_COLUMNS, head=_head(contents), heads=heads)
    parts: list[Flowable] = [table_flowable(table, [4, 26, *[10] * len(DEVICE_COLUMNS)])]
    kinds = kind_table(
        kind_rows(contents.report, contents.kinds), contents.report["devices"]["by_kind"], contents.report
    )
    if kinds.rows:
        parts.append(KeepTogether([paragraph(kinds.title, H3), table_flowable(kinds, [34, 12, 12, 12, 12])]))
    return parts


def _work(contents: Contents) -> list[Flowable]:
    heads = {
        "downtime.down_pct": "Jam kerja tanpa alat",
        "completeness.days_reported": "Hari dilaporkan",
        "completeness.days_expected": "dari hari kerja",
    }
    table = table_of("", _places(contents), contents.report, WORK_COLUMNS, head=_head(contents), heads=heads)
    parts: list[Flowable] = [table_flowable(table, [4, 28, *[10] * len(WORK_COLUMNS)])]
    for title, head, rows in (
        ("Penyebab kerusakan yang mulai bulan ini", "Penyebab", cause_shares(contents.report)),
        ("Jalur perbaikannya", "Jalur", route_shares(contents.report)),
    ):
        if rows:
            parts.append(KeepTogether([paragraph(title, H3), _shares(head, rows)]))
    return parts


def _shares(head: str, rows: Sequence[Share]) -> Flowable:
    columns = [Column(head), Column("Tiket", "", "tickets.opened"), Column("Bagian", "", "tickets.opened")]
    cells = [[Cell(row.label, row.label), Cell(None, row.number), Cell(None, row.percent)] for row in rows]
    return table_flowable(
        Table("", columns, cells),
        [
            40,
            14,
            14,
        ],
    )


def _notes(contents: Contents) -> list[Flowable]:
    notes = [paragraph(note, NOTE, bulletText="•") for note in completeness_notes(contents)]
    meanings = "  ".join(f"{word}: {meaning}" for word, meaning in MEANINGS)
    return [*notes, Spacer(0, 2 * mm), paragraph(meanings, SMALL)]


def _changes(contents: Contents) -> list[Flowable]:
    if not contents.changes:
        return [paragraph("Tidak ada angka yang berubah.")]
    shown, parts = contents.changes[:CHANGES_AT_MOST], []
    for region, changes in by_region(shown):
        parts.append(paragraph(region, H3))
        parts += [paragraph(change.sentence, NOTE, bulletText="•") for change in changes]
    left = len(contents.changes) - len(shown)
    if left:
        parts.append(paragraph(f"Dan {number_id(left)} perubahan lain; semuanya ada di halaman laporan ini.", NOTE))
    return parts


def _signature(contents: Contents) -> Flowable:
    """Return where to sign: the place and the day are written by hand, as on every letter."""
    signer = contents.signer
    name = signer.name if signer else "....................................................."
    lines: list[Flowable] = [
        paragraph("................................, .............................. 20......", BODY),
        paragraph(signer.title if signer else "Jabatan: ..........................................", BODY),
        Spacer(0, 22 * mm),
        paragraph(name, _bold()),
        paragraph(f"NIP {signer.nip}" if signer and signer.nip else "" if signer else "NIP", BODY),
    ]
    if signer is None:
        lines.append(paragraph("Penanda tangan bulan ini belum diisi di profil.", SMALL))
    block = Grid([["", lines]], colWidths=[WIDTH * 0.5, WIDTH * 0.5])
    return KeepTogether([Spacer(0, 10 * mm), block])


def _bold() -> Any:
    return BODY.clone("name", fontName=BOLD)


def _appendix(contents: Contents) -> Iterator[Flowable]:
    """Yield the next level down: of a province its kecamatan, of the nation its kabupaten."""
    if not contents.deeper:
        return
    level, places = next(iter(contents.deeper.items()))
    if not places:
        return
    head = PLACE_HEADS[level]
    yield PageBreak()
    yield paragraph(f"Lampiran. Perekaman dan cakupan menurut {head.lower()}", H2)
    paths = [*RECORDING_COLUMNS, *SHARE_COLUMNS, "coverage.pct"]
    if level == "kecamatan":
        widths: list[float] = [5, 22, 22, 15, 12, 10, 11.5, 9, 9, 10]
    else:
        paths = ["kecamatan.total", "kecamatan.able", *paths]
        widths = [5, 16, 25, 8, 11.5, 12.8, 8.5, 11.5, 9.5, 9.5, 10]
    table = table_of(
        "",
        places,
        contents.report,
        paths,
        head=head,
        heads={"kecamatan.total": "Jumlah"},
        parents=parent_heads(contents.region.level, level),
        with_service=level == "kecamatan",
    )
    yield table_flowable(table, widths)
