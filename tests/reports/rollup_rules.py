"""More that happens in the rollup state machine: corrections, loans, parts of outages, hours, regions that close."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from devices.models import Placement
from kecamatan.duty import remove_reference_day, save_day_off, save_office_hours
from kecamatan.models import DayOff, Kabupaten, OfficeHours, Province, Recording
from kecamatan.regions import sync_regions
from lib.months import local_day
from repairs.arrangements import correct_arrangement
from repairs.counts import figures_of, void_count
from repairs.models import Arrangement, Outage
from repairs.outages import correct_outage, end_outage_for, places_of
from repairs.sets import correct_placement, lend_device, write_off_device
from tests.reports.rollup_world import PLACES, World, holder_codes, minutes_ago, picks, place_codes

shifts = st.integers(-20 * 24 * 60, 20 * 24 * 60)


class MoreRules(World):
    """Rules beside those of the machine itself."""

    # --- Devices ---

    @rule(number=picks, start=shifts, end=shifts)
    def a_placement_is_corrected(self, number: int, start: int, end: int) -> None:
        placement = self.pick(Placement.objects.all(), number)
        self.attempt(
            correct_placement,
            placement,
            started_at=placement.started_at + timedelta(minutes=start),
            ended_at=placement.ended_at and placement.ended_at + timedelta(minutes=end),
            reason="salah baca berita acara",
            by=None,
        )

    @rule(number=picks, ago=minutes_ago)
    def a_device_is_written_off(self, number: int, ago: int) -> None:
        placement = self.pick(Placement.objects.filter(ended_at=None), number)
        if placement:
            self.attempt(write_off_device, device=placement.device, at=self.before(ago), by=None, reason="dihapuskan")

    @rule(number=picks, code=holder_codes, other=picks, ago=minutes_ago, days=st.none() | st.integers(1, 40))
    def a_device_is_lent(self, number: int, code: str, other: int, ago: int, days: int | None) -> None:
        placement, at = self.pick(Placement.objects.filter(ended_at=None), number), self.before(ago)
        if placement:
            target = self.pick(self.place(code).recording_sets, other)
            until = at + timedelta(days=days) if days else None
            self.attempt(lend_device, device=placement.device, recording_set=target, at=at, until=until, by=None)

    # --- Outages and arrangements ---

    @rule(number=picks, which=st.sets(st.sampled_from([0, 1]), min_size=1), ago=minutes_ago)
    def an_outage_is_over_in_some_places(self, number: int, which: set[int], ago: int) -> None:
        outage = self.pick(Outage.objects.filter(ended_at=None), number)
        if outage:
            everywhere = places_of(outage)
            places = [everywhere[index % len(everywhere)] for index in sorted(which)]
            ended_at = max(self.before(ago), outage.started_at + timedelta(hours=1))
            self.attempt(end_outage_for, outage, places=places, by=None, ended_at=ended_at)

    @rule(number=picks, which=st.sets(st.sampled_from([0, 1]), min_size=1))
    def the_places_of_an_outage_are_corrected(self, number: int, which: set[int]) -> None:
        outage = self.pick(Outage.objects.all(), number)
        if outage:
            places, reason = self.some_of(places_of(outage)[0].code[:5], which), "salah daftar"
            self.attempt(correct_outage, outage, version=outage.version, by=None, reason=reason, places=places)

    @rule(number=picks, start=shifts, days=st.none() | st.integers(1, 40))
    def an_arrangement_is_corrected(self, number: int, start: int, days: int | None) -> None:
        arrangement = self.pick(Arrangement.objects.all(), number)
        if arrangement:
            begins: datetime = arrangement.started_at + timedelta(minutes=start)
            span = {"started_at": begins, "ended_at": begins + timedelta(days=days) if days else None}
            reason = "tanggal keliru"
            self.attempt(correct_arrangement, arrangement, version=arrangement.version, by=None, reason=reason, **span)

    # --- Duty ---

    @rule(number=picks)
    def a_count_is_voided(self, number: int) -> None:
        count = self.pick(Recording.objects.all(), number)
        if count:
            self.attempt(void_count, count, seen=figures_of(count), reason="salah kecamatan", by=None)

    @rule(ahead=st.integers(-40, 20), days=st.integers(0, 30), closes=st.integers(12, 17), weekday=st.none() | picks)
    def office_hours_change(self, ahead: int, days: int, closes: int, weekday: int | None) -> None:
        first = self.today() + timedelta(days=ahead)
        hours = {"opens_at": time(8), "closes_at": time(closes), "weekday": None if weekday is None else weekday % 5}
        self.attempt(
            save_office_hours,
            OfficeHours(first_day=first, last_day=first + timedelta(days=days), **hours),
            by=None,
        )

    @rule(number=picks, ahead=st.integers(-30, 10))
    def a_reference_day_is_taken_back_or_moved(self, number: int, ahead: int) -> None:
        rows: list[Any] = [*OfficeHours.objects.order_by("pk"), *DayOff.objects.order_by("pk")]
        row = rows[number % len(rows)] if rows else None
        if isinstance(row, DayOff) and number % 2:
            row.day = self.today() + timedelta(days=ahead)
            if not DayOff.objects.filter(day=row.day).exists():
                self.attempt(save_day_off, row, by=None)
        elif row:
            self.attempt(remove_reference_day, row, by=None)

    # --- Regions ---

    @rule(gone=st.sets(place_codes, max_size=2), ago=st.integers(0, 45))
    def kecamatan_close_or_open_again(self, gone: set[str], ago: int) -> None:
        names = {place.code: place.name for model in (Province, Kabupaten) for place in model._default_manager.all()}
        names |= {code: code for code in PLACES if code not in gone}
        sync_regions(names, {}, today=self.today() - timedelta(days=ago))

    def today(self) -> date:
        return local_day(self.now(), "Asia/Jakarta")
