"""What every test may use: markers for servers that a machine may not have, and a live worker.

A test marked ``postgresql``, ``redis`` or ``chromium`` is skipped by name where that is missing. In CI (``CI=true``)
a skip fails the run, but a test that only the other of CI's two runs can hold (SQLite with the embedded
transport; PostgreSQL with Redis) is left out of this one, and the second leaves out what asks no database.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from pytest_django.plugin import blocking_manager_key

IN_CI = bool(os.environ.get("CI"))
PROJECT = Path(settings.BASE_DIR)
WORKER_SECONDS = 20

NEEDS: dict[str, tuple[bool, str]] = {
    "postgresql": (connection.vendor == "postgresql", "PostgreSQL: set DATABASE_URL"),
    "sqlite": (connection.vendor == "sqlite", "SQLite: unset DATABASE_URL"),
    "redis": (bool(settings.REDIS_URL), "Redis: set REDIS_URL"),
    "embedded": (not settings.REDIS_URL, "the embedded transport: unset REDIS_URL"),
    "chromium": (shutil.which("chromium") is not None, "Chromium: install it"),
}
HELD_BY_THE_OTHER_RUN = {
    "postgresql": connection.vendor == "sqlite" and not settings.REDIS_URL,
    "redis": connection.vendor == "sqlite" and not settings.REDIS_URL,
    "sqlite": connection.vendor == "postgresql" and bool(settings.REDIS_URL),
    "embedded": connection.vendor == "postgresql" and bool(settings.REDIS_URL),
}


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "django_db_blocker", "live_server"}

# How fast inputs are drawn and tried tells of the machine's other work, not of the code.
hypothesis.settings.register_profile(
    "unhurried", max_examples=60, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with the name of what is missing, the tests that this machine or this run cannot hold."""
    left_out: list[pytest.Item] = []
    for item in items:
        if IN_CI and HELD_BY_THE_OTHER_RUN["sqlite"] and not _asks_the_database(item):
            left_out.append(item)
            continue
        if _is_transactional(item):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)
        for name in _missing(item):
            if IN_CI and HELD_BY_THE_OTHER_RUN.get(name):
                left_out.append(item)
                break
            item.add_marker(pytest.mark.skip(reason=f"needs {NEEDS[name][1]}"))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _missing(item: pytest.Item) -> list[str]:
    """Return the names of what an item's markers ask for and is not there."""
    return [name for name, (there, _) in NEEDS.items() if not there and item.get_closest_marker(name)]


def _asks_the_database(item: pytest.Item) -> bool:
    """Say whether the database makes a difference to a test: the others run with SQLite alone."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(DATABASE_FIXTURES)


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put the reference data of the migrations back: Django empties every table after a transactional test."""
    yield
    if nextitem is not None and _is_transactional(item):
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skip is a failure: something that CI must install is missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Forget what the process keeps: the rows of another test had the same keys."""
    for name in settings.CACHES:
        caches[name].clear()


@pytest.fixture
def worker_environment() -> dict[str, str]:
    """The environment in which another process shares this test's database, broker and files."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        where = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        url = f"postgres://{database['USER']}{secret}@{where}/{database['NAME']}"
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
    }


@dataclass
class Worker:
    """A running Celery worker and the file with what it prints."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it at once with all of its own processes, as a power failure would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start_worker(worker_environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start real Celery workers on this test's database and broker; they end with the test.

    ``start_worker()`` returns once the worker takes messages. It is the Procfile's worker without beat, so that a
    task runs only when it is asked for; ``start_worker(app="...")`` loads another module's app. The test needs
    ``@pytest.mark.django_db(transaction=True)``, else the worker sees none of its rows.
    """
    running: list[Worker] = []

    def start(app: str = "config") -> Worker:
        log = tmp_path / f"worker-{len(running)}.log"
        command = [*worker_command(app), "--hostname", f"test-{os.getpid()}-{len(running)}@localhost"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=worker_environment, stdout=output, stderr=output, start_new_session=True
            )
        running.append(Worker(process, log))
        wait_until(lambda: " ready." in log.read_text() or process.poll() is not None, log.read_text)
        assert process.poll() is None, log.read_text()
        return running[-1]

    yield start
    for worker in running:
        worker.kill()


def worker_command(app: str) -> list[str]:
    """Return the worker's command of the Procfile that ``make run`` would use here, without beat."""
    procfile = PROJECT / ("Procfile.redis" if settings.REDIS_URL else "Procfile")
    lines = dict(line.split(": ", 1) for line in procfile.read_text().splitlines())
    words = shlex.split(lines["worker"].removeprefix("exec "))
    replaced = {"config": app, "WARNING": "INFO"}
    return [replaced.get(word, word) for word in words if word != "-B"]


def wait_until(
    happened: Callable[[], bool], explain: Callable[[], str] = str, *, seconds: float = WORKER_SECONDS
) -> None:
    """Wait until another process has brought something about; fail with ``explain()`` when it has not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"Not within {seconds} s.\n{explain()}"
        time.sleep(0.05)
