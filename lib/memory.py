"""Small helpers about memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let Python not look for reference cycles meanwhile: for bounded work that makes very many plain values.

    They are freed all the same, by their counts. Where two threads do this at once the first to end resumes for both.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
