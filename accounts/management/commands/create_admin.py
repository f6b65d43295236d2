"""``manage.py create_admin NAME``: the first person who may give roles to others."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Role
from accounts.people import assign, create_user
from lib.errors import Refused


class Command(BaseCommand):
    """Make an admin of the nation and print the password once; it is to be changed after signing in."""

    help = "Membuat admin nasional pertama dan mencetak kata sandinya satu kali."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the user name."""
        parser.add_argument("username", metavar="NAME", help="nama pengguna")

    @transaction.atomic
    def handle(self, *, username: str, **options: Any) -> None:
        """Make the person with their role; a name that is taken ends with status 1."""
        password = secrets.token_urlsafe(12)
        try:
            user = create_user(username=username, name=username, password=password, by=None)
            assign(user, role=Role.ADMIN, region=None, by=None)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"Admin nasional {user.username}, kata sandi {password}. Ganti sesudah masuk.")
