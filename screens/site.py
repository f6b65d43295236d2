"""A running product of its own: SQLite with the sample, gunicorn, and nothing that anybody else uses.

The sample takes a minute or two to load, so the database of the day is kept in ``var/screens/``; runs work on copies.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
KEPT = PROJECT / "var" / "screens"
# What the data follow from; the sample also tells of today.
MADE_BY = ("*/migrations/*.py", "reports/sample*.py", "sample/**/*", "kecamatan/data/*.csv", "screens/additions.py")
START_SECONDS = 30


@contextmanager
def running_site() -> Iterator[str]:
    """Start the product on a copy of the day's database, yield its address, and end it by its id."""
    made = _made()
    with tempfile.TemporaryDirectory(prefix="siap-rekam-screens-") as folder:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        environment = _environment(Path(folder))
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment |= {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2"}
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--log-level", "warning"]
        process = subprocess.Popen(command, cwd=PROJECT, env=environment)
        try:
            _wait_for(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which everything lies in one folder, with nothing of the caller's settings."""
    own = {"DATABASE_URL", "REDIS_URL", "VAR_DIR", "MEDIA_ROOT", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return kept | {
        "DEBUG": "on",
        # Each person signs in once for all their screens.
        "CONFIRM_PASSWORD_MINUTES": "1440",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def _made() -> Path:
    """Return the folder with the day's database; made by the product's own commands unless it is there."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = KEPT / _digest()
        if folder.exists():
            return folder
        for old in KEPT.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        unfinished.mkdir()
        for command in (["manage.py", "prepare"], ["-m", "screens.additions"]):
            subprocess.run([sys.executable, *command], cwd=PROJECT, env=_environment(unfinished), check=True)
        unfinished.rename(folder)
    return folder


def _digest() -> str:
    digest = hashlib.sha256(str(datetime.now(UTC).date()).encode())
    for pattern in MADE_BY:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
                return
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)
