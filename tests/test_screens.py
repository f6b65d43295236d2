"""The list of screens holds every page of the product, so that none is left without a picture and a browser test."""

from __future__ import annotations

from django.urls import resolve

from screens.rare import EVERY
from tests.authorisation.table import TABLE

# What a browser shows to nobody: answers for machines, files and pictures.
NO_PAGES = {
    "healthz",
    "readyz",
    "robots",
    "manifest",
    "worker",
    "accounts:outbox-session",
    "reports:public-status-json",
    "missing",
    "repairs:device-export",
    "repairs:recording-export",
    "accounts:logo-image",
    "repairs:photo",
    "repairs:photo-small",
    "accounts:user-import-template",
    "documents:download",
}


def test_every_page_that_somebody_may_open_is_a_screen() -> None:
    pages = {case.name for case in TABLE if case.method == "get" and 200 in case.expected and "api" not in case.name}
    shown = {screen.shows or resolve(screen.path.partition("?")[0]).view_name for screen in EVERY}
    assert pages - NO_PAGES - shown == set()


def test_the_names_of_the_screens_are_names_of_files() -> None:
    names = [screen.name for screen in EVERY]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.replace("-", "").isalnum()] == []
