"""What every change shares: its marks."""

from __future__ import annotations

from datetime import date

import pytest

from kecamatan.changes import mark_waiting
from kecamatan.models import ChangedMonth
from lib.months import add_months
from tests.factories import forget_marks, make_kecamatan

pytestmark = pytest.mark.django_db


def test_marks_are_written_in_one_order_so_that_two_writers_never_wait_for_each_other() -> None:
    pks = [make_kecamatan(f"36.03.{number}").pk for number in range(30, 36)]
    forget_marks()
    pairs = [(pk, add_months(date(2026, 1, 1), count)) for count in range(12) for pk in reversed(pks)]
    assert mark_waiting(pairs) == 72
    assert list(ChangedMonth.objects.order_by("pk").values_list("kecamatan", "month")) == sorted(pairs)
