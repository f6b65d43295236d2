"""A dead broker delays a dashboard and loses nothing: the change and its mark stand, and a warning is logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app

from config.celery import app
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Recording
from lib.months import local_day
from tests.factories import forget_marks, make_kecamatan, marks, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["redis", "embedded"])
def dead_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Send messages where nobody listens: to a closed port, or to a folder that a file stands in the way of."""
    (tmp_path / "file").write_text("")
    brokers: dict[str, dict[str, Any]] = {
        "redis": {
            "broker_url": "redis://127.0.0.1:1/0",
            "broker_transport": None,
            "broker_transport_options": {"max_retries": 1, "interval_start": 0, "interval_step": 0},
        },
        "embedded": {
            "broker_url": "filesystem://localhost/",
            "broker_transport": "config.broker.Transport",
            "broker_transport_options": {
                name: str(tmp_path / "file" / "queue")
                for name in ("data_folder_in", "data_folder_out", "control_folder")
            },
        },
    }
    dead = Celery("dead", set_as_current=False)
    dead.config_from_object("django.conf:settings", namespace="CELERY")
    dead.conf.update(brokers[request.param])
    dead.set_current()
    yield
    app.set_current()


def test_a_dead_broker_refuses_no_change(
    dead_broker: None, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    place = make_kecamatan("36.03.30")
    forget_marks()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        enter_recordings([Count(place, local_day(moment("2026-03-02 04:00"), place.time_zone), place, 12)], by=None)
    assert len(callbacks) == 1
    assert Recording.objects.get().recorded == 12
    assert ("36.03.30", "2026-03") in marks()
    warned = [(record.levelno, record.getMessage().split(":")[0]) for record in caplog.records]
    assert warned == [
        (logging.WARNING, "The broker cannot be reached, reports.refresh_rollups waits for beat"),
    ]
    assert current_app.main == "dead"
