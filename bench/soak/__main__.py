"""Run the soak over gunicorn, on a database of its own that is dropped afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module

import django

SUBMISSIONS, RESENDS = int(os.environ.get("SUBMISSIONS") or 1000), int(os.environ.get("RESENDS") or 16)


def main() -> None:
    """Prepare, send, and say what came of it; the status is 1 where anything was lost, double or different."""
    with tempfile.TemporaryDirectory(prefix="siap-rekam-soak-") as folder:
        os.environ |= {"DEBUG": "on", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        # Only now can what needs models be loaded.
        if not import_module("bench.soak.over_http").run(SUBMISSIONS, RESENDS):
            sys.exit(1)


main()
