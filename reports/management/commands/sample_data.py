"""``manage.py sample_data``: the five stories, a province of today, and people to try."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lib.format import number_id
from reports import device_groups
from reports.maps import draw_waiting
from reports.rollups import refresh
from reports.sample import SampleError, load_sample
from reports.sample_national import NotEmptyError, load_national
from reports.sample_users import demo_users_present, ensure_demo_users, region_name


class Command(BaseCommand):
    """Load the sample and print who may sign in; safe to run again, also after an interruption."""

    help = "Memuat data contoh dan, dengan DEBUG, membuat pengguna contoh. Aman diulang."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option of design.md, section 5."""
        parser.add_argument("--scale", choices=["national"], help="seluruh Indonesia, 12 bulan, untuk mengukur")

    def handle(self, *args: Any, scale: str | None = None, **options: Any) -> None:
        """Load what is not there yet. Ends with status 1 when an importer refuses a file, or a database is in use."""
        try:
            if scale == "national":
                load_national(timezone.now(), self.stdout.write)
            else:
                load_sample(say=self.stdout.write)
                self._compute()
            self._draw()
            device_groups.refresh(recent=False)
        except (SampleError, NotEmptyError) as error:
            raise CommandError(str(error)) from None
        ensure_demo_users()
        self._print_users()

    def _compute(self) -> None:
        computed = refresh()
        if computed:
            self.stdout.write(f"  Rekap: {number_id(computed)} perubahan dihitung")

    def _draw(self) -> None:
        drawn = draw_waiting(newest_only=True, at_once=True)
        if drawn:
            self.stdout.write(f"  Peta bulan ini: {number_id(drawn)} wilayah digambar")

    def _print_users(self) -> None:
        users = demo_users_present()
        if users:
            self.stdout.write("\nPengguna contoh (kata sandi berlaku selama belum diganti):")
        for demo in users:
            where = region_name(demo.region)
            self.stdout.write(f"  {demo.username:<20} {demo.password:<18} {demo.role.label}, {where}")
