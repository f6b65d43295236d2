"""The world of the rollup state machine: places in three zones, how its rules pick rows, and what they draw from."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from kecamatan.models import Kecamatan
from lib.errors import Refused
from tests.factories import make_dinas, make_kecamatan, make_set, moment

PLACES = ("36.03.30", "36.03.31", "53.01.01", "53.01.02", "91.03.01", "91.03.02")
KABUPATEN = ("36.03", "53.01", "91.03")
OFFICES = tuple(f"{code}.00" for code in KABUPATEN)
KINDS = ("server", "camera", "ups", "tripod")

place_codes = st.sampled_from(PLACES)
holder_codes = st.sampled_from([*PLACES, *OFFICES])
"""Where sets stand: the offices of the dinas have sets of their own."""
kinds = st.sampled_from(KINDS)
effects = st.sampled_from(["stopped", "limited"])
minutes_ago = st.integers(0, 70 * 24 * 60)
causes = st.sampled_from(["central_server", "network", "power_outage", "no_staff", "lightning", "unknown"])
picks = st.integers(0, 10_000)


class World(RuleBasedStateMachine):
    """Two kecamatan and a dinas in each of the three zones, from an evening at the end of a month on."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.clock = time_machine.travel(moment("2026-02-27 13:30"), tick=False)
        self.time = self.clock.start()
        for code in PLACES:
            make_set(make_kecamatan(code), kinds=("server", "fingerprint_scanner", "iris_scanner", "camera"))
            make_set(make_kecamatan(code), "2", at=moment("2026-02-20 02:00"), kinds=(*KINDS, "signature_pad"))
        for code in KABUPATEN:
            make_set(make_dinas(code), kinds=KINDS)

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    # --- Helpers ---

    def now(self) -> datetime:
        return datetime.now(tz=moment("2026-01-01 00:00").tzinfo)

    def before(self, minutes: int) -> datetime:
        return self.now() - timedelta(minutes=minutes)

    def place(self, code: str) -> Kecamatan:
        return Kecamatan.objects.with_zone().get(code=code)

    def some_of(self, kabupaten: str, which: set[int]) -> list[Kecamatan]:
        """Return one or both of the kecamatan of a kabupaten."""
        places = [code for code in PLACES if code.startswith(kabupaten)]
        return [self.place(places[number]) for number in sorted(which)]

    def pick(self, queryset: Any, number: int) -> Any:
        rows = list(queryset.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def attempt(self, change: Any, *arguments: Any, **values: Any) -> None:
        """Try a change; a refusal is a right answer too, and must leave nothing behind."""
        with suppress(Refused):
            change(*arguments, **values)
