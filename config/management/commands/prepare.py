"""``manage.py prepare``: everything between an installed package and a product that can be opened."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reports.sample_users import demo_users_present


class Command(BaseCommand):
    """Migrate, take over the regions and, for a first look, load the sample data; safe to run again."""

    help = "Menyiapkan basis data, wilayah, berkas statis, dan (pertama kali, dengan DEBUG) data contoh."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each step; ``make run`` and the container's start both begin with this."""
        self._migrate()
        call_command("sync_regions")
        if settings.DEBUG:
            self._show_sample()
        else:
            call_command("collectstatic", interactive=False, verbosity=0)

    def _migrate(self) -> None:
        """Migrate, and say so in one line where there is anything to do."""
        executor = MigrationExecutor(connection)
        steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if steps:
            self.stdout.write(f"Menyiapkan basis data ({len(steps)} langkah) ...")
        call_command("migrate", interactive=False, verbosity=0)

    def _show_sample(self) -> None:
        """Load the sample on the first run, later only print who may sign in; never where others have users."""
        if demo_users_present() or not get_user_model().objects.exists():
            call_command("sample_data")
