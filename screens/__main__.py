"""Take pictures of every screen: phone and desktop, light and dark, and on paper, into ``var/screenshots/``."""

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

import django

FOLDER = Path(__file__).resolve().parent.parent / "var" / "screenshots"


def main() -> None:
    """Take all pictures, or with words given only those of the screens whose name has one of them."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "on"}
    django.setup()
    # Only now can what needs models be loaded.
    pictures = import_module("screens.pictures")
    if not sys.argv[1:]:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    number = pictures.take(FOLDER, sys.argv[1:])
    print(f"{number} gambar di {FOLDER}, semuanya di {FOLDER / 'index.html'}")


main()
