"""Counts in words."""

from __future__ import annotations

from kecamatan.duty import Count
from kecamatan.models import HINDRANCES, Recording, VoidedRecording
from lib.format import number_id
from repairs.counts import Figures

HINDRANCE_LABELS = dict(HINDRANCES)


def figures_text(figures: Figures) -> str:
    """Return figures in words, ``42 orang direkam, 12 kartu dicetak, kendala: jaringan``."""
    parts = [f"{number_id(figures.recorded)} orang direkam"]
    if figures.printed is not None:
        parts.append(f"{number_id(figures.printed)} kartu dicetak")
    if figures.hindrance:
        parts.append(f"kendala: {HINDRANCE_LABELS.get(figures.hindrance, figures.hindrance).lower()}")
    return ", ".join(parts)


def place_text(row: Recording | VoidedRecording | Count) -> str:
    """Return where a count was made."""
    if row.by_mobile_unit:
        return "Unit keliling"
    if row.place.pk == row.kecamatan.pk:
        return "Kantor dinas" if row.place.is_dinas else "Kantor kecamatan"
    return row.place.name if row.place.is_dinas else f"Menumpang di {row.place.name}"
