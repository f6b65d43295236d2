"""Many callers at once, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from lib.errors import Refused

T = TypeVar("T")

CALLERS = 16


def at_once(call: Callable[[int], T], callers: int = CALLERS) -> list[T | Refused]:
    """Call ``call(0)`` to ``call(callers - 1)`` at the same moment; return each result or refusal, in order."""
    together = Barrier(callers)

    def caller(number: int) -> T | Refused:
        try:
            connection.ensure_connection()
            together.wait(timeout=20)
            return call(number)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(caller, range(callers)))
