"""``manage.py sample_data``: the five stories, a province of today, and people to try."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.sample import SampleError, load_sample
from reports.sample_users import demo_users_present, ensure_demo_users


class Command(BaseCommand):
    """Load the sample and print who may sign in; safe to run again, also after an interruption."""

    help = "Memuat data contoh dan, dengan DEBUG, membuat pengguna contoh. Aman diulang."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is not there yet. Ends with status 1 when an importer refuses a file."""
        try:
            load_sample(say=self.stdout.write)
        except SampleError as error:
            raise CommandError(str(error)) from None
        ensure_demo_users()
        self._print_users()

    def _print_users(self) -> None:
        users = demo_users_present()
        if users:
            self.stdout.write("\nPengguna contoh (kata sandi berlaku selama belum diganti):")
        for demo in users:
            self.stdout.write(f"  {demo.username:<20} {demo.password:<18} {demo.role.label}, {demo.region}")
