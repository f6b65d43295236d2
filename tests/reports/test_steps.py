"""The regions below a region against the month before: told only where both months are complete enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Kecamatan
from kecamatan.targets import set_target
from reports import rollups
from reports.models import RegionMonth
from reports.steps import NO_STEP, Step, steps_of
from tests.factories import make_fault, make_kabupaten, make_kecamatan, make_set, make_user, moment

KEY = ("kabupaten", 1)


def month_row(**values: Any) -> RegionMonth:
    """Return a closed month of a kabupaten of four kecamatan of which three serve, with 60 of 80 days reported."""
    made = {
        "kecamatan_serving": 3,
        "kecamatan_stopped": 1,
        "days_expected": 80,
        "days_reported": 60,
        "recorded": 100,
        "net": 100,
        "net_with_target": 100,
        "target": 200,
        "closed": True,
    }
    return RegionMonth(**made | values)


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ({}, Step("tetap", "tetap", "tetap")),
        ({"kecamatan_serving": 2, "kecamatan_stopped": 2}, Step("turun 1", "tetap", "tetap")),
        ({"net": 1340, "net_with_target": 107}, Step("tetap", "naik 1.240", "naik 3,5 poin")),
        ({"target": 0, "net_with_target": 0}, Step("tetap", "tetap", "")),
        # Somebody was heard of for the first time: that is no change of who can record.
        ({"kecamatan_serving": 4}, Step("", "tetap", "tetap")),
        # 47 of 80 days are less than 60 %.
        ({"days_reported": 47}, Step("tetap", "", "")),
        ({"days_reported": 48}, Step("tetap", "tetap", "tetap")),
        # The running month enters as what it will come to: half of its days are over.
        (
            {
                "closed": False,
                "days_expected": 40,
                "days_reported": 40,
                "days_in_month": 80,
                "net": 60,
                "net_with_target": 60,
            },
            Step("tetap", "naik 20", "naik 10,0 poin"),
        ),
    ],
)
def test_a_step_is_told_where_both_months_are_complete_enough(now: dict[str, Any], step: Step) -> None:
    assert steps_of({KEY: month_row(**now)}, {KEY: month_row()}) == {KEY: step}


def test_without_the_month_before_there_is_no_step() -> None:
    assert steps_of({KEY: month_row()}, {}) == {}
    assert not any(NO_STEP)


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        yield


@pytest.mark.django_db
def test_the_table_of_a_past_month_says_how_each_kecamatan_and_kabupaten_went_on(now: None) -> None:
    place = make_kecamatan("36.03.30", "Kecamatan Baik")
    recording_set = make_set(place)
    make_set(make_kecamatan("36.03.31", "Kecamatan Diam"))
    set_target(make_kabupaten("36.03"), starts_on=date(2026, 1, 1), count=400, by=None)
    for month, recorded in ((1, 10), (2, 15)):
        days = [date(2026, month, day) for day in range(1, 29) if date(2026, month, day).weekday() < 5]
        enter_recordings([Count(place, day, place, recorded) for day in days], by=None)
    make_fault(recording_set, failed_at=moment("2026-02-20 02:00"))
    rollups.refresh()
    client = Client()
    client.force_login(make_user(Role.OFFICIAL, None))
    page = client.get("/reports/36.03/?bulan=2026-02")
    steps = {row.name: row.step for row in page.context["children"]}
    assert steps == {"Baik": Step("turun 1", "naik 100", "naik 25,0 poin"), "Diam": Step("tetap")}
    html = page.content.decode()
    assert '<small class="c1">naik 25,0 poin</small>' in html
    assert "Di bawah angka: dibanding bulan sebelumnya, bila kedua bulan cukup lengkap." in html
    assert 'href="/reports/36.03/map/?bulan=2026-02">Lihat di peta</a>' in html
    province = client.get("/reports/36/?bulan=2026-02")
    assert [row.step for row in province.context["children"]] == [Step("turun 1")]
    assert Kecamatan.objects.count() == 2
