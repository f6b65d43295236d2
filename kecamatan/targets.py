"""Which target and which DKB semester hold for a kecamatan in a month: pure functions, for rollups and pages alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from kecamatan.duty import SEMESTER_HOLDS_MONTHS
from lib.months import add_months


class RuleValues(Protocol):
    """A target rule from a month on, as the database or a rollup holds it."""

    @property
    def starts_on(self) -> date: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def count(self) -> int | None: ...


class SemesterValues(Protocol):
    """The DKB figures that hold from a month on."""

    @property
    def holds_from(self) -> date: ...


R = TypeVar("R", bound=RuleValues)
S = TypeVar("S", bound=SemesterValues)


def rule_in_force(own: Sequence[R], kabupaten: Sequence[R], month: date) -> R | None:
    """Return the rule that sets the target in a month: the kecamatan's own, else its kabupaten's; both oldest first.

    A rule with neither figure ends the one before it.
    """
    for rules in (own, kabupaten):
        rule = next((rule for rule in reversed(rules) if rule.starts_on <= month), None)
        if rule and (rule.count is not None or rule.percent is not None):
            return rule
    return None


def target_by(rule: RuleValues | None, eligible: int) -> int:
    """Return how many people a rule asks for; 0 without one. A percentage is of ``eligible``, rounded up."""
    if rule is None:
        return 0
    if rule.count is not None:
        return rule.count
    thousandths = int((rule.percent or 0) * 1000)
    return -(-thousandths * eligible // 100_000)


def semester_in_force(semesters: Sequence[S], month: date) -> S | None:
    """Return the semester whose figures hold in a month; oldest first. None where the last is older than it holds."""
    held = (row for row in reversed(semesters) if row.holds_from <= month)
    newest = next(held, None)
    if newest is None or month >= add_months(newest.holds_from, SEMESTER_HOLDS_MONTHS):
        return None
    return newest
