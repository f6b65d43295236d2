"""``manage.py rollup``: drain the marks by hand, rebuild the rows, or compare them with the facts."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.months import parse_month
from reports import device_groups, maps, rollups
from reports.verification import verify

SHOWN = 50


class Command(BaseCommand):
    help = "Menghitung rekap yang menunggu; --rebuild menyusun ulang, --verify membandingkan dengan data asal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of design.md, section 5."""
        task = parser.add_mutually_exclusive_group()
        task.add_argument("--rebuild", action="store_true", help="buang dan hitung ulang")
        task.add_argument("--verify", action="store_true", help="bandingkan saja; keluar 1 bila ada beda")
        parser.add_argument("--month", help="hanya bulan ini, YYYY-MM")

    def handle(self, *, rebuild: bool, month: str | None, **options: Any) -> None:
        """Run the chosen task and say what was done."""
        only = _month(month)
        if options["verify"]:
            self._verify(only)
            return
        if rebuild:
            self.stdout.write(f"{rollups.forget(only)} baris ditandai untuk dihitung ulang.")
        self.stdout.write(f"{rollups.refresh()} perubahan dihitung.")
        self.stdout.write(f"{maps.draw_waiting(newest_only=True, at_once=True)} peta bulan ini digambar.")
        device_groups.refresh(recent=rebuild)

    def _verify(self, month: date | None) -> None:
        result = verify(month)
        for difference in result.differences[:SHOWN]:
            self.stderr.write(difference)
        self.stdout.write(f"{result.rows} baris diperiksa, {result.waiting} menunggu dihitung.")
        if result.failed:
            self.stderr.write(f"{result.failed} baris tidak dapat dihitung; sebabnya ada di log.")
        if result.differences:
            raise CommandError(f"{len(result.differences)} beda antara rekap dan data asal.")


def _month(text: str | None) -> date | None:
    try:
        return parse_month(text) if text else None
    except ValueError as error:
        raise CommandError(str(error)) from error
