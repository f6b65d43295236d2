"""What has changed in the figures of a month since a report of it was built: figure by figure, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.figures import FIGURES, Figure, Report, shown, value_of
from kecamatan.models import Cause
from lib.format import month_id, number_id
from lib.months import parse_month
from repairs.models import Ticket
from reports.history import MEASURES
from reports.models import RegionMonth

Kept = Mapping[str, Any]
"""What is kept of a report: its figures (``report``), those of each region below (``children``), the kinds' names,
how final the month was (``status``), and the months that are drawn (``months``)."""

COMPARED = tuple(figure for figure in FIGURES if not figure.is_percent and figure.path != "coverage.not_recorded")
KIND_WORDS = {"total": "terpasang", "working": "bekerja", "broken": "rusak", "missing": "tidak ada"}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of a region that differs, in words; ``old`` and ``new`` are the numbers, where they are known."""

    region: str
    figure: str
    before: str
    after: str
    unit: str = ""
    old: float | None = None
    new: float | None = None
    digits: int | None = None
    """Of a percentage."""

    @property
    def difference(self) -> int | None:
        """Return by how much a count changed, where both are known; of percentages none is told."""
        if self.old is None or self.new is None or self.digits is not None:
            return None
        return int(self.new - self.old)

    @property
    def sentence(self) -> str:
        """Return the change in words: ``Rekam bersih: semula 1.200, sekarang 1.240 orang (+40).``"""
        unit = f" {self.unit}" if self.unit and self.after[-1:].isdigit() else ""
        by = "" if self.difference is None else f" ({'+' if self.difference > 0 else ''}{number_id(self.difference)})"
        return f"{self.figure}: semula {self.before}, sekarang {self.after}{unit}{by}."


def compare(before: Kept, after: Kept) -> list[Change]:
    """Return what differs: the region's own figures first, then those of each region below, then earlier months."""
    own_before, own_after = before["report"], after["report"]
    changes = [*_status(before, after), *_figures(own_before, own_after), *_counts(before, after)]
    earlier = {child["region"]["code"]: child for child in before["children"]}
    for child in after["children"]:
        known = earlier.pop(child["region"]["code"], None)
        if known is None:
            changes.append(came(child["region"]["name"]))
        else:
            changes += _figures(known, child)
    return changes + [went(child["region"]["name"]) for child in earlier.values()] + [*_months(before, after)]


def by_region(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Return changes under the name of their region, in their order."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.region, []).append(change)
    return list(groups.items())


def _status(before: Kept, after: Kept) -> Iterator[Change]:
    """Yield that the month was declared complete meanwhile, or is provisional again."""
    old, new = before.get("status"), after.get("status")
    if old and new and old != new:
        yield Change(after["report"]["region"]["name"], "Keadaan bulan", _within(old), _within(new))


def _within(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"


def _figures(before: Report, after: Report) -> Iterator[Change]:
    name = after["region"]["name"]
    for figure in COMPARED:
        if not _is_kept(before, figure):
            continue
        old, new = value_of(before, figure.path), value_of(after, figure.path)
        if old != new:
            texts = shown(before, figure.path), shown(after, figure.path)
            yield Change(name, label_of(figure), *texts, figure.unit, old, new)


def _is_kept(before: Report, figure: Figure) -> bool:
    """Say whether an earlier report had a figure at all: it may be older than the figure."""
    try:
        value_of(before, figure.path)
    except KeyError:
        return False
    return True


def label_of(figure: Figure) -> str:
    """Return what a figure is called where it stands alone."""
    return figure.label if figure.label.startswith(figure.group[:3]) else f"{figure.group}, {figure.label.lower()}"


def _counts(before: Kept, after: Kept) -> Iterator[Change]:
    """Yield what differs by kind of device, by cause and by route; of the region itself only."""
    old, new = before["report"], after["report"]
    names = {**after["kinds"], **before["kinds"]}
    for kind in {**old["devices"]["by_kind"], **new["devices"]["by_kind"]}:
        name = names.get(kind, kind)
        for count, word in KIND_WORDS.items():
            counts = [one["devices"]["by_kind"].get(kind, {}).get(count, 0) for one in (old, new)]
            yield from _count(new, f"{name} {word}", counts, "komponen")
    for group, title, labels in (
        ("by_cause", "Penyebab", dict(Cause.choices)),
        ("by_route", "Jalur perbaikan", dict(Ticket.Route.choices)),
    ):
        for code, label in labels.items():
            counts = [one["tickets"][group].get(code, 0) for one in (old, new)]
            yield from _count(new, f"{title} {label.lower()}", counts, "tiket")


def _count(report: Report, label: str, counts: Sequence[int], unit: str) -> Iterator[Change]:
    old, new = counts
    if old != new:
        yield Change(report["region"]["name"], label, number_id(old), number_id(new), unit, old, new)


def _months(before: Kept, after: Kept) -> Iterator[Change]:
    """Yield what differs in the months before the report's own, which its paper draws as lines."""
    name, own = after["report"]["region"]["name"], after["report"]["month"]
    earlier = {month: values for month, *values in before.get("months", ()) if month != own}
    for month, *values in after.get("months", ()):
        for measure, old, new in zip(MEASURES, earlier.get(month, values), values, strict=False):
            if month in earlier and old != new:
                label = f"{measure.label} {month_id(parse_month(month))}"
                yield Change(name, label, measure.text(old), measure.text(new), measure.unit, old, new, measure.digits)


def kept_month(row: RegionMonth) -> list[Any]:
    """Return the figures of a month that are drawn, after the month itself, as they are kept."""
    values = (measure.value(row) for measure in MEASURES)
    return [f"{row.month:%Y-%m}", *(None if value is None else round(value, 2) for value in values)]


def came(name: str) -> Change:
    """Return that a region was not there before."""
    return Change(name, "Wilayah", "belum ada", "ada")


def went(name: str) -> Change:
    """Return that a region is not there any more."""
    return Change(name, "Wilayah", "ada", "tidak ada lagi")
