"""Samples, percentiles, and the table that the bench prints."""

from __future__ import annotations

import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

SAMPLED_EVERY = 0.02
"""Seconds between two looks at the memory of a program that is measured."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was measured in which unit, and the target of design.md, section 7, where there is one."""

    what: str
    measured: float
    unit: str
    target: float | None = None

    def __str__(self) -> str:
        measured = f"{number(self.measured)} {self.unit}".strip()
        if self.target is None:
            return f"| {self.what} | {measured} | | | |"
        verdict = "ok" if self.measured <= self.target else "**over**"
        target, ratio = f"{number(self.target)} {self.unit}".strip(), f"{self.measured / self.target:.2f}"
        return f"| {self.what} | {measured} | {target} | {ratio} | {verdict} |"


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def held(value: float, target: float) -> str:
    """Return a figure, and by how much it is above its target where it is."""
    return number(value) if value <= target else f"**{number(value)}** (over {number(target)})"


def row(*cells: str) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def show_title(title: str) -> None:
    """Begin a table of lines."""
    show_heading(title, ("what", "measured", "target", "ratio", ""))


def show_heading(title: str, columns: Sequence[str]) -> None:
    """Begin a table; the load says how far other programs slowed its figures down."""
    print(f"\n**{title}** (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)\n")
    print(f"{row(*columns)}\n|{'---|' * len(columns)}", flush=True)


def show(*lines: Line | str) -> None:
    """Print lines as soon as they are known."""
    for line in lines:
        print(line, flush=True)


def say(text: str) -> None:
    """Tell whoever waits what goes on."""
    print(text, file=sys.stderr, flush=True)


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below or at which ``share`` (0 to 1) of them lie."""
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


def spread(what: str, samples: Sequence[float], p50: float | None, p95: float | None) -> list[Line]:
    """Return the median and the 95th percentile of some milliseconds."""
    return [
        Line(f"{what}, p50", statistics.median(samples), "ms", p50),
        Line(f"{what}, p95", percentile(samples, 0.95), "ms", p95),
    ]


def processor_seconds(action: Callable[[], object]) -> float:
    """Return how much of a core an action takes in this process; other programs hardly change that."""
    started = time.process_time()
    action()
    return time.process_time() - started


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def queries(action: Callable[[], object]) -> int:
    """Return how many queries an action runs, those that begin and end transactions left out."""
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in captured)


class Run(NamedTuple):
    """What a program took: seconds, processor seconds of its own, and its largest memory in MB (:func:`_peak`)."""

    seconds: float
    processor: float
    memory: float


def run_measured(command: Sequence[str], cwd: str) -> Run:
    """Run a program to its end and return what it took. Raises when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=sys.stderr)
    peak, pid = 0.0, 0
    while not pid:
        peak = max(peak, _peak(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if not pid:
            time.sleep(SAMPLED_EVERY)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak)


def _peak(pid: int) -> float:
    """Return the largest memory of a running program so far, in MB; 0 where it has just ended.

    ``ru_maxrss`` of ``wait4`` would be the larger of this and of what the program that started it held: the kernel
    carries it over ``exec``. ``VmHWM`` begins anew with the program, so the last sample misses at most what came after.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
