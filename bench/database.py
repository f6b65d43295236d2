"""The database of the bench: made once by the product's own commands, then found again.

It stands beside the database that ``DATABASE_URL`` names, under a name of its own. A comment on it says from which code
and on which day its data were made: other code, or data older than a week, and it is dropped and made anew.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

NAME = "siap_rekam_bench"
GOOD_FOR_DAYS = 7
PROJECT = Path(__file__).resolve().parent.parent
MADE_BY = ("*/migrations/*.py", "reports/national_year.py", "kecamatan/data/*.csv")


class DatabaseError(Exception):
    """There is no PostgreSQL to measure on."""


def prepare(url: str) -> str:
    """Return the URL of the bench's database on the server of ``url``, with its data; some minutes the first time."""
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise DatabaseError("make bench needs PostgreSQL: set DATABASE_URL to a database; its own is made beside it.")
    own = urlsplit(url)._replace(path=f"/{NAME}").geturl()
    with _server(url) as cursor:
        if _is_current(cursor):
            return own
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        _fill(own)
        stamp = f"{_digest()} {datetime.now(UTC).date()}"
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(NAME), sql.Literal(stamp)))
    return own


@contextmanager
def _server(url: str) -> Iterator[Any]:
    """Connect outside any transaction, as making a database asks for."""
    try:
        connection = psycopg2.connect(urlsplit(url)._replace(scheme="postgresql").geturl())
    except psycopg2.OperationalError as error:
        raise DatabaseError(f"PostgreSQL does not answer at DATABASE_URL: {error}") from None
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _is_current(cursor: Any) -> bool:
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [NAME],
    )
    row = cursor.fetchone()
    digest, _, day = (row[0] if row and row[0] else "").partition(" ")
    return digest == _digest() and (datetime.now(UTC).date() - date.fromisoformat(day)).days <= GOOD_FOR_DAYS


def _digest() -> str:
    """Return what tells data of this code from other data."""
    files = sorted(path for pattern in MADE_BY for path in PROJECT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _fill(url: str) -> None:
    started = time.perf_counter()
    for command in (["migrate", "-v0"], ["sync_regions"], ["sample_data", "--scale", "national"]):
        print(f"manage.py {' '.join(command)}", file=sys.stderr, flush=True)
        subprocess.run(
            [sys.executable, "-u", "manage.py", *command],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": url},
            stdout=sys.stderr,
            check=True,
        )
    print(f"Loaded in {time.perf_counter() - started:.0f} s.", file=sys.stderr, flush=True)
