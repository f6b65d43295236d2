"""What a phone installs and keeps."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config.phone import SHELL


def test_the_manifest_names_what_is_there(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    said = answer.json()
    assert (answer["Content-Type"], said["start_url"], said["display"]) == (
        "application/manifest+json",
        "/",
        "standalone",
    )
    assert [(icon["sizes"], icon.get("purpose", "any")) for icon in said["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    files = [icon["src"].partition("/static/")[2] for icon in said["icons"]]
    assert [name for name in (*files, *SHELL) if finders.find(name) is None] == []


def test_the_worker_keeps_the_shell_under_its_version_and_is_asked_for_each_time(client: Client) -> None:
    answer = client.get("/sw.js")
    first = answer.content.decode().partition("\n")[0]
    kept = json.loads(re.fullmatch(r"self\.KEPT = (.*);", first)[1])
    assert (answer["Content-Type"], "no-cache" in answer["Cache-Control"]) == ("text/javascript", True)
    assert (len(kept["files"]), len(kept["version"]), kept["nothing"]) == (len(SHELL), 12, "/no-signal/")


@pytest.mark.django_db
def test_the_page_without_signal_names_nobody_and_uses_up_no_message(admin_client: Client) -> None:
    text = admin_client.get("/no-signal/").content.decode()
    assert ("data-user" in text, "app.js" in text) == (False, False)
