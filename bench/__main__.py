"""Make or find the database with the national data, then measure on it."""

import os
import secrets
import sys
import tempfile
from importlib import import_module

import django

from bench.database import DatabaseError, prepare


def main() -> None:
    """Run the whole bench; the figures go to stdout as a Markdown table, progress to stderr."""
    with tempfile.TemporaryDirectory(prefix="siap-rekam-bench-") as folder:
        os.environ |= {
            "DEBUG": "off",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "localhost",
            "VAR_DIR": folder,
            # The bench signs in once, and takes longer than that.
            "CONFIRM_PASSWORD_MINUTES": "1440",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        os.environ.pop("REDIS_URL", None)
        try:
            os.environ["DATABASE_URL"] = prepare(os.environ.get("DATABASE_URL", ""))
        except DatabaseError as error:
            sys.exit(str(error))
        django.setup()
        # Only now can what needs models be loaded.
        import_module("bench.figures").main()


main()
