"""What a dot of the map says: the service of a kecamatan, or how far it reached its target. A symbol is a shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import models

from lib.format import number_id
from reports.judge import coverage_band
from reports.services import SILENT, SILENT_LABEL


class Colour(models.TextChoices):
    """By what the dots are told apart; the value stands in the address."""

    SERVICE = "layanan", "Layanan"
    TARGET = "target", "Capaian target"


class Mark(NamedTuple):
    """A symbol with its word, and the class of its mark in a legend."""

    symbol: str
    label: str
    css: str


DISC, TRIANGLE, DIAMOND, SQUARE, CROSS, RING, HOLLOW, DOTTED = "s", "l", "h", "m", "x", "n", "q", "t"

MARKS: Mapping[str, tuple[Mark, ...]] = {
    Colour.SERVICE: (
        Mark(DISC, "Melayani", "serving"),
        Mark(TRIANGLE, "Terbatas", "limited"),
        Mark(DIAMOND, "Menumpang", "hosted"),
        Mark(SQUARE, "Unit keliling", "mobile"),
        Mark(CROSS, "Berhenti", "stopped"),
        Mark(RING, "Belum lapor", "no_report"),
        # Last: maps that were drawn before there was this mark count the others.
        Mark(DOTTED, SILENT_LABEL, SILENT),
    ),
    # The bands that are published: 100 and more, 80 to 99,99, 60 to 79,99, below 60.
    Colour.TARGET: (
        Mark(DISC, "100% atau lebih", "serving"),
        Mark(DIAMOND, "80–99,99%", "hosted"),
        Mark(TRIANGLE, "60–79,99%", "limited"),
        Mark(CROSS, "Di bawah 60%", "stopped"),
        Mark(HOLLOW, "Tanpa target", "off_record"),
        Mark(RING, "Belum lapor", "no_report"),
    ),
}
# Who needs somebody is drawn last, on top, and named first where there is little room.
URGENCY = {symbol: rank for rank, symbol in enumerate((DISC, RING, HOLLOW, DOTTED, DIAMOND, SQUARE, TRIANGLE, CROSS))}
SERVICE_SYMBOLS = {"serving": DISC, "limited": TRIANGLE, "hosted": DIAMOND, "mobile": SQUARE, "stopped": CROSS}
BAND_SYMBOLS = {"full": DISC, "high": DIAMOND, "middle": TRIANGLE, "low": CROSS}
ABLE = (DISC, TRIANGLE, DOTTED)
"""Those that can record by what is on record; of the dotted ones nobody has heard for more than two office days."""

CALM = (DISC, RING, HOLLOW)


def service_symbol(shown: str) -> str:
    """Return the symbol of what a kecamatan is shown as (``reports.services.shown_service``)."""
    return DOTTED if shown == SILENT else SERVICE_SYMBOLS.get(shown, RING)


def band_symbol(*, target: int, net: int, days_reported: int) -> str:
    """Return the symbol of the band in which a kecamatan's net recordings lie: the published ones of the coverage.

    Without a target there is no band; while no day was reported, what was reached is unknown, not 0.
    """
    if not target:
        return HOLLOW
    if not days_reported and not net:
        return RING
    return BAND_SYMBOLS[coverage_band(net, target)]


def count_symbols(symbols: Iterable[str], colour: str) -> dict[str, int]:
    """Return how many dots carry each symbol of a legend, in its order, 0 included."""
    counts = dict.fromkeys((mark.symbol for mark in MARKS[colour]), 0)
    for symbol in symbols:
        counts[symbol] += 1
    return counts


def words_of(symbol: str, colour: str) -> str:
    """Return what a symbol means, for the title of a dot."""
    label = next(mark.label for mark in MARKS[colour] if mark.symbol == symbol)
    return f"{label} dari target" if colour == Colour.TARGET and "%" in label else label


def summary(counts: Mapping[str, int], colour: str) -> str:
    """Return what the dots of a region say together: ``12 dari 18 dapat merekam, 3 berhenti``."""
    total = sum(counts.values())
    if counts[RING] == total:
        return "belum lapor"
    if colour == Colour.SERVICE:
        parts = [f"{number_id(sum(counts[symbol] for symbol in ABLE))} dari {number_id(total)} dapat merekam"]
    elif counts[HOLLOW] == total:
        return "tanpa target"
    else:
        with_target = total - counts[HOLLOW]
        parts = [f"{number_id(counts[DISC])} dari {number_id(with_target)} yang bertarget memenuhi target"]
    labels = {mark.symbol: mark.label.lower() for mark in MARKS[colour]}
    parts += [f"{number_id(counts[symbol])} {labels[symbol]}" for symbol in (CROSS, RING, DOTTED) if counts.get(symbol)]
    return ", ".join(parts)
