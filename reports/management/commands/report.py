"""``manage.py report CODE``: the figures of a region for people, or as the JSON that programs rely on."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.months import parse_month
from reports.regions import Region, UnknownRegion, current_month, find_region
from reports.selectors import report


class Command(BaseCommand):
    help = "Laporan satu wilayah dan bulan; ID untuk Indonesia. Keluaran standar hanya berisi laporan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of design.md, section 5."""
        parser.add_argument("code", help="kode wilayah, misalnya 36.03; ID untuk Indonesia")
        parser.add_argument("--month", help="YYYY-MM; tanpa ini bulan berjalan")
        parser.add_argument("--json", action="store_true", help="sebagai JSON")

    def handle(self, *, code: str, month: str | None, json: bool, **options: Any) -> None:
        """Print the report of the region."""
        try:
            region = find_region(code)
            figures = report(region, parse_month(month) if month else current_month(region))
        except (UnknownRegion, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(figures) if json else _as_text(region, figures))


def _as_json(figures: dict[str, Any]) -> str:
    return json.dumps(figures, ensure_ascii=False, indent=2)


def _as_text(region: Region, figures: dict[str, Any]) -> str:
    place, sets, devices = figures["kecamatan"], figures["sets"], figures["devices"]
    recording, complete = figures["recording"], figures["completeness"]
    return "\n".join(
        [
            f"{region.name} ({region.code}), {figures['month']}, keadaan {figures['as_of']}",
            f"Dapat merekam: {place['serving'] + place['limited']} dari {place['total']} kecamatan",
            f"Set: {sets['operational']} berfungsi, {sets['limited']} terkendala, {sets['down']} tidak berfungsi",
            f"Komponen: {devices['broken']} rusak, {devices['missing']} tidak ada, dari {devices['total']} terpasang",
            f"Tiket terbuka: {figures['tickets']['open']}, lewat tenggat {figures['tickets']['overdue']}",
            f"Rekam bersih: {recording['net']} orang, target {recording['target']} orang",
            f"Hari terisi: {complete['days_reported']} dari {complete['days_expected']}",
            f"Pendataan: {complete['kabupaten_inventoried']} dari {complete['kabupaten_total']} kabupaten/kota",
        ]
    )
