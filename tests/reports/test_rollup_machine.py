"""Rebuild equals incremental: random changes, random drains, drains that die, and plain passing of time.

Whatever happens, after a drain every stored row equals what its facts say at the row's own moment, none is missing, and
none waits; and a rebuild from nothing gives the same rows.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from devices.models import Placement
from devices.register import confirm_inventory, get_or_create_set, set_kind_required
from kecamatan.changes import record_sign_of_life
from kecamatan.duty import (
    Count,
    PopulationFigures,
    enter_recordings,
    save_day_off,
    set_populations,
)
from kecamatan.models import DayOff, TargetRule
from kecamatan.targets import set_target
from lib.months import add_months, local_day, local_month
from repairs.arrangements import end_arrangement, start_arrangement, void_arrangement
from repairs.causes import state_cause
from repairs.faults import record_past_fault, report_fault
from repairs.losses import correct_loss, record_loss, standing, void_loss
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from repairs.outages import correct_outage, end_outage, report_outage, void_outage
from repairs.rerecordings import record_rerecording, void_rerecording
from repairs.sets import move_device, record_theft, replace_device, withdraw_set
from repairs.targets import correct_target, void_target
from repairs.tickets import correct_fault_times, set_effect, set_route, void_ticket
from repairs.workflow import TRANSITIONS, transition
from reports import device_groups, rollups
from reports.verification import verify
from tests.factories import kind, make_dinas, make_set, make_spare
from tests.reports.rollup_rules import MoreRules
from tests.reports.rollup_world import (
    KABUPATEN,
    KINDS,
    PLACES,
    causes,
    effects,
    holder_codes,
    kinds,
    minutes_ago,
    picks,
    place_codes,
)
from tests.reports.rows import assert_groups_are_sums, assert_parents_are_sums, snapshot

pytestmark = pytest.mark.django_db


class DrainDied(Exception):
    """Stands for a worker that is killed after it wrote some rows and before it committed."""


class Machine(MoreRules):
    """Everything that people, imports, time and workers do to the rows of three zones."""

    # --- Faults ---

    @rule(code=holder_codes, kind_code=kinds, ago=minutes_ago, number=picks, effect=effects, missing=st.booleans())
    def a_fault_is_reported(self, code, kind_code, ago, number, effect, missing):
        self.attempt(
            report_fault,
            client_key=uuid4(),
            recording_set=self.pick(self.place(code).recording_sets, number),
            device_kind=kind(kind_code),
            fault="missing" if missing else "broken",
            failed_at=self.before(ago),
            effect=effect,
            by=None,
        )

    @rule(code=holder_codes, kind_code=kinds, ago=minutes_ago, lasted=st.integers(1, 60 * 24 * 40), number=picks)
    def a_fault_of_the_past_is_recorded(self, code, kind_code, ago, lasted, number):
        self.attempt(
            record_past_fault,
            client_key=uuid4(),
            recording_set=self.pick(self.place(code).recording_sets, number),
            device_kind=kind(kind_code),
            failed_at=self.before(ago),
            restored_at=self.before(ago) + timedelta(minutes=lasted),
            cause="lightning",
            by=None,
        )

    @rule(number=picks, step=picks, ago=minutes_ago)
    def a_ticket_goes_on(self, number, step, ago):
        ticket = self.pick(Ticket.objects.all(), number)
        if ticket:
            ways = sorted(to for start, to in TRANSITIONS if start == ticket.status)
            if ways:
                to = ways[step % len(ways)]
                extra = {"restored_at": self.before(ago)} if to == "resolved" else {}
                self.attempt(transition, ticket, to, version=ticket.version, by=None, reason="keliru", **extra)

    @rule(number=picks, ago=minutes_ago, lasted=st.integers(1, 60 * 24 * 40))
    def the_times_of_a_fault_are_corrected(self, number, ago, lasted):
        ticket = self.pick(Ticket.objects.all(), number)
        if ticket:
            self.attempt(
                correct_fault_times,
                ticket,
                failed_at=self.before(ago),
                restored_at=self.before(ago) + timedelta(minutes=lasted) if ticket.restored_at else None,
                version=ticket.version,
                by=None,
                reason="tanggal keliru",
            )

    @rule(number=picks, effect=effects, route=st.sampled_from(["local", "vendor"]))
    def the_effect_and_the_route_of_a_fault_change(self, number, effect, route):
        ticket = self.pick(Ticket.objects.all(), number)
        if ticket:
            self.attempt(set_effect, ticket, effect=effect, version=ticket.version, by=None)
            self.attempt(set_route, ticket, route=route, version=ticket.version, by=None)

    @rule(number=picks)
    def a_ticket_is_voided(self, number):
        ticket = self.pick(Ticket.objects.all(), number)
        if ticket:
            self.attempt(void_ticket, ticket, version=ticket.version, by=None, reason="salah kecamatan")

    # --- Sets and devices ---

    @rule(number=picks, code=holder_codes, ago=minutes_ago, other=picks)
    def a_device_is_moved(self, number, code, ago, other):
        placement = self.pick(Placement.objects.filter(ended_at=None), number)
        if placement:
            target = self.pick(self.place(code).recording_sets, other)
            self.attempt(move_device, device=placement.device, recording_set=target, at=self.before(ago), by=None)

    @rule(number=picks, ago=minutes_ago)
    def a_device_is_replaced(self, number, ago):
        placement = self.pick(Placement.objects.filter(ended_at=None), number)
        if placement:
            spare = make_spare(placement.recording_set.kecamatan, placement.device.kind.code)
            self.attempt(replace_device, device=placement.device, replacement=spare, at=self.before(ago), by=None)

    @rule(number=picks, ago=minutes_ago)
    def a_device_is_stolen(self, number, ago):
        placement = self.pick(Placement.objects.filter(ended_at=None), number)
        if placement:
            self.attempt(record_theft, device=placement.device, at=self.before(ago), by=None, client_key=uuid4())

    @rule(code=holder_codes, ago=minutes_ago, number=picks)
    def a_set_is_withdrawn(self, code, ago, number):
        recording_set = self.pick(self.place(code).recording_sets.filter(withdrawn_at=None), number)
        if recording_set:
            self.attempt(withdraw_set, recording_set=recording_set, at=self.before(ago), by=None)

    @rule(code=holder_codes, label=st.sampled_from(["3", "4"]), ago=minutes_ago)
    def a_set_arrives(self, code, label, ago):
        if not self.place(code).recording_sets.filter(label=label).exists():
            get_or_create_set(self.place(code), label, by=None)
            self.attempt(make_set, self.place(code), label, at=self.before(ago), kinds=KINDS)

    # --- Outages and arrangements ---

    @rule(
        code=st.sampled_from(KABUPATEN),
        which=st.sets(st.sampled_from([0, 1]), min_size=1),
        ago=st.integers(-5 * 24 * 60, 60 * 24 * 60),
        effect=effects,
        cause=causes,
    )
    def an_outage_begins(self, code, which, ago, effect, cause):
        self.attempt(
            report_outage,
            client_key=uuid4(),
            places=self.some_of(code, which),
            started_at=self.before(ago),
            effect=effect,
            cause=cause,
            by=None,
        )

    @rule(number=picks, ago=minutes_ago, what=st.sampled_from(["end", "correct", "void", "cause"]), cause=causes)
    def an_outage_changes(self, number, ago, what, cause):
        outage = self.pick(Outage.objects.all(), number)
        if outage and what == "cause":
            self.attempt(state_cause, outage, cause=cause, by=None)
        elif outage and what == "end":
            self.attempt(end_outage, outage, version=outage.version, by=None, ended_at=self.before(ago))
        elif outage and what == "correct":
            change = {"started_at": self.before(ago), "reason": "jam keliru"}
            self.attempt(correct_outage, outage, version=outage.version, by=None, **change)
        elif outage:
            self.attempt(void_outage, outage, version=outage.version, by=None, reason="salah")

    @rule(code=place_codes, host=place_codes, starts=st.integers(-10, 50), days=st.integers(1, 40))
    def an_arrangement_is_made(self, code, host, starts, days):
        start = self.now() - timedelta(days=starts)
        self.attempt(
            start_arrangement,
            kecamatan=self.place(code),
            kind="hosted" if host != code else "mobile_unit",
            started_at=start,
            ended_at=start + timedelta(days=days) if days < 35 else None,
            host=self.place(host) if host != code else None,
            by=None,
        )

    @rule(number=picks, ago=minutes_ago, void=st.booleans())
    def an_arrangement_changes(self, number, ago, void):
        arrangement = self.pick(Arrangement.objects.all(), number)
        if arrangement and void:
            self.attempt(void_arrangement, arrangement, version=arrangement.version, by=None, reason="batal")
        elif arrangement:
            ended_at = max(self.before(ago), arrangement.started_at + timedelta(hours=1))
            self.attempt(end_arrangement, arrangement, version=arrangement.version, by=None, ended_at=ended_at)

    # --- Duty ---

    @rule(code=place_codes, ago=st.integers(0, 60), recorded=st.integers(0, 40))
    def a_count_is_entered_or_corrected(self, code, ago, recorded):
        place = self.place(code)
        day = local_day(self.now(), place.time_zone) - timedelta(days=ago)
        self.attempt(enter_recordings, [Count(place, day, place, recorded)], by=None)

    @rule(code=place_codes, ago=st.integers(0, 60), later=st.integers(0, 30), confirmed=st.booleans())
    def records_are_lost(self, code, ago, later, confirmed):
        place = self.place(code)
        day = local_day(self.now(), place.time_zone) - timedelta(days=ago)
        self.attempt(
            record_loss,
            kecamatan=place,
            day=day,
            count=10,
            certainty="confirmed" if confirmed else "suspected",
            rerecorded=4 if later else 0,
            rerecorded_on=min(day + timedelta(days=later), day + timedelta(days=ago)) if later else None,
            by=None,
        )

    @rule(number=picks, many=st.integers(1, 4), ago=st.integers(0, 60), void=st.booleans())
    def people_are_recorded_again(self, number, many, ago, void):
        loss = self.pick(LostRecords.objects.all(), number)
        row = self.pick(standing(loss), ago) if loss and void else None
        if row:
            self.attempt(void_rerecording, loss, row=row, version=loss.version, by=None, reason="salah ketik")
        elif loss:
            day = local_day(self.now(), loss.kecamatan.time_zone) - timedelta(days=ago)
            self.attempt(record_rerecording, loss, number=many, day=day, version=loss.version, by=None)

    @rule(number=picks, count=st.integers(4, 20), void=st.booleans())
    def a_loss_changes(self, number, count, void):
        loss = self.pick(LostRecords.objects.all(), number)
        if loss and void:
            self.attempt(void_loss, loss, version=loss.version, by=None, reason="ternyata belum terkirim")
        elif loss:
            self.attempt(correct_loss, loss, version=loss.version, by=None, count=count, reason="hitung ulang")

    @rule(
        code=st.sampled_from([*PLACES, *KABUPATEN]), months=st.integers(-2, 3), percent=st.none() | st.integers(1, 30)
    )
    def a_target_is_set(self, code, months, percent):
        place = self.place(code if len(code) == 8 else f"{code}.00")
        month = local_month(self.now() + timedelta(days=30 * months), place.time_zone)
        region = place if len(code) == 8 else place.kabupaten
        self.attempt(set_target, region, starts_on=month, percent=percent, by=None, replaces=True)

    @rule(number=picks, months=st.integers(-3, 1), void=st.booleans())
    def a_target_is_corrected(self, number, months, void):
        target = self.pick(TargetRule.objects.counted(), number)
        if target and void:
            self.attempt(void_target, target, version=target.version, by=None, reason="dicabut")
        elif target:
            month = add_months(target.starts_on, months)
            figures = {"starts_on": month, "percent": None, "count": 7 - months}
            self.attempt(correct_target, target, version=target.version, by=None, reason="salah baca", **figures)

    @rule(code=place_codes, semester=st.sampled_from(["2025-1", "2025-2", "2026-1"]), eligible=st.integers(1, 900))
    def a_semester_is_published(self, code, semester, eligible):
        self.attempt(set_populations, [PopulationFigures(self.place(code), semester, 1000, eligible)], by=None)

    @rule(ahead=st.integers(-30, 10))
    def a_day_off_is_added(self, ahead):
        day = local_day(self.now(), "Asia/Jakarta") + timedelta(days=ahead)
        save_day_off(DayOff.objects.filter(day=day).first() or DayOff(day=day, name="Pilkada"), by=None)

    @rule(kind_code=kinds, required=st.booleans())
    def a_kind_becomes_required_or_not(self, kind_code, required):
        month = local_month(self.now(), "Asia/Jakarta")
        self.attempt(set_kind_required, kind(kind_code), required=required, from_month=month, by=None)

    @rule(code=st.sampled_from(KABUPATEN), ago=st.integers(0, 400))
    def a_register_is_confirmed(self, code, ago):
        day = local_day(self.now(), "Asia/Jakarta") - timedelta(days=ago)
        self.attempt(confirm_inventory, make_dinas(code).kabupaten, day=max(day, date(2025, 1, 1)), by=None)

    @rule(code=place_codes)
    def a_kecamatan_says_that_all_is_normal(self, code):
        record_sign_of_life(self.place(code), self.now())

    # --- Time and drains ---

    @rule(minutes=st.one_of(st.integers(1, 600), st.integers(600, 40 * 24 * 60)))
    def time_passes(self, minutes):
        self.time.shift(timedelta(minutes=minutes))

    @rule()
    def the_marks_are_drained(self):
        rollups.refresh()
        assert_parents_are_sums()

    @rule()
    def a_drain_dies_half_way(self):
        honest = rollups._sum_up

        def die(*arguments: Any) -> None:
            honest(*arguments)
            raise DrainDied

        with pytest.MonkeyPatch.context() as patch, suppress(DrainDied):
            patch.setattr(rollups, "_sum_up", die)
            rollups.refresh()
        assert_parents_are_sums()

    @rule()
    def every_row_is_true_after_a_drain(self):
        rollups.refresh()
        found = verify()
        assert (found.differences, found.waiting) == ([], 0)
        assert_parents_are_sums()

    @rule()
    def a_rebuild_gives_the_same_rows(self):
        rollups.refresh()
        rows = snapshot()
        rollups.forget()
        rollups.refresh()
        assert snapshot() == rows
        device_groups.refresh(recent=False)
        assert_groups_are_sums()


def test_rebuild_equals_incremental():
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            # Shrinking takes minutes here; the printed steps are short enough to read.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
