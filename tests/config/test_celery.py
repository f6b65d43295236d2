import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection

from config.celery import app
from tests.config.worker_app import leave_sign
from tests.conftest import Worker, wait_until

TASKS_OF_BEAT = {
    "reports.refresh_rollups": (5, 5),
    "reports.draw_maps": (5, 5),
    "repairs.close_resolved_tickets": ("<crontab: 10 * * * * (m/h/dM/MY/d)>", 3600),
    "repairs.remove_orphaned_files": ("<crontab: 15 1 * * * (m/h/dM/MY/d)>", 3600),
    "accounts.forget_old": ("<crontab: 25 1 * * * (m/h/dM/MY/d)>", 3600),
    "reports.build_device_groups": ("<crontab: 40 1 * * * (m/h/dM/MY/d)>", 3600),
    "documents.build_documents": (5, 5),
    "documents.send_documents": (60, 60),
    "reports.verify_rollups": ("<crontab: 30 2 * * * (m/h/dM/MY/d)>", 3600),
}
"""When each task is sent, and after how many seconds its message is worth nothing."""


def _run_in_a_worker(start_worker: Callable[..., Worker], path: Path) -> None:
    worker = start_worker(app="tests.config.worker_app")
    leave_sign.delay(str(path))
    wait_until(path.exists, worker.log.read_text)


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_embedded_worker_executes_a_task(start_worker: Callable[..., Worker], tmp_path: Path) -> None:
    assert app.conf.broker_url == "filesystem://localhost/"
    _run_in_a_worker(start_worker, tmp_path / "sign")


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_embedded_message_waits_for_the_next_worker(start_worker: Callable[..., Worker], tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    leave_sign.delay(str(sign))
    worker = start_worker(app="tests.config.worker_app")
    wait_until(sign.exists, worker.log.read_text)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_redis_worker_executes_a_task(start_worker: Callable[..., Worker], tmp_path: Path) -> None:
    assert app.conf.broker_url == settings.REDIS_URL
    _run_in_a_worker(start_worker, tmp_path / "sign")


def test_embedded_message_is_never_seen_unfinished(tmp_path: Path) -> None:
    """A reader that never pauses takes each message whole, in the order sent."""
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)}
    connection = Connection("filesystem://", transport="config.broker.Transport", transport_options=options)
    channel = connection.channel()
    writer = threading.Thread(target=lambda: [channel._put("q", {"number": number}) for number in range(500)])
    writer.start()
    assert _read(channel, 500) == [{"number": number} for number in range(500)]
    writer.join()


def _read(channel: Any, count: int) -> list[Any]:
    """Take ``count`` messages; ends early, for the assertion to say so, after a million empty polls."""
    taken: list[Any] = []
    for _ in range(1_000_000):
        try:
            taken.append(channel._get("q"))
        except Empty:
            continue
        if len(taken) == count:
            break
    return taken


def test_current_app_is_ours() -> None:
    assert current_app.main == "siap_rekam"


def test_tasks_carry_json_only_and_are_acknowledged_late() -> None:
    conf = app.conf
    assert (conf.accept_content, conf.task_serializer, conf.task_acks_late) == (["json"], "json", True)
    assert conf.task_ignore_result is True


def test_beat_schedule_is_a_dict_whose_messages_expire() -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE
    shown = {
        entry["task"]: (
            entry["schedule"] if isinstance(entry["schedule"], int) else repr(entry["schedule"]),
            entry["options"]["expires"],
        )
        for entry in schedule.values()
    }
    assert shown == TASKS_OF_BEAT
