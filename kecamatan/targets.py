"""Which target and which DKB semester hold for a kecamatan in a month (pure, for rollups and pages), and who set it.

A rule holds from a month on, until the next one; pages and imports set it by the one function here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kecamatan.changes import compare_and_set, mark_from, record_event, record_kabupaten_event
from kecamatan.duty import (
    SEMESTER_HOLDS_MONTHS,
    population_bounds,
    refuse_closed,
    refuse_number,
)
from kecamatan.models import Kabupaten, Kecamatan, Population, TargetRule
from kecamatan.replacing import Changes
from lib.errors import Refused
from lib.format import month_id
from lib.guards import MONTHS_AHEAD, refuse_too_early
from lib.months import WIB, add_months, local_month, month_of


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


# --- Setting it -------------------------------------------------------------------------------------------------


@transaction.atomic
def set_target(
    region: Kabupaten | Kecamatan,
    *,
    starts_on: date,
    percent: Decimal | None = None,
    count: int | None = None,
    by: Any,
    replaces: bool = False,
    bounds: Mapping[int, int] | None = None,
) -> Changes:
    """Set the monthly target of a region from a month on; with neither figure, end the rule before it.

    Where a rule begins in that month already, it is corrected if the new one ``replaces`` it (an import: the newest
    file wins), else refused. ``bounds`` are those of :func:`population_bounds`, where the caller has read them already.
    Effects: the rule, an event; marks every month that reads it. A kabupaten's rule marks all its kecamatan, since
    each that has no rule of its own reads it.
    """
    refuse_closed(region, "region")
    starts_on = month_of(starts_on)
    refuse_impossible_target(region, starts_on=starts_on, percent=percent, count=count, bounds=bounds)
    of: dict[str, Any] = {"kabupaten" if isinstance(region, Kabupaten) else "kecamatan": region}
    rule, is_new = TargetRule.objects.counted().get_or_create(
        **of, starts_on=starts_on, defaults={"percent": percent, "count": count}
    )
    if is_new:
        record_rule_event(rule, "set_target", by=by, after=said_by(rule))
        mark_rule(rule, starts_on)
        return Changes(added=1)
    if (rule.percent, rule.count) == (percent, count):
        return Changes(unchanged=1)
    if not replaces:
        raise second_rule(starts_on)
    before = said_by(rule)
    compare_and_set(rule, rule.version, percent=percent, count=count)
    record_rule_event(rule, "correct", by=by, before=before, after=said_by(rule))
    mark_rule(rule, starts_on)
    return Changes(changed=1)


def refuse_impossible_target(
    region: Kabupaten | Kecamatan,
    *,
    starts_on: date,
    percent: Decimal | None,
    count: int | None,
    bounds: Mapping[int, int] | None = None,
) -> None:
    """Refuse a target that cannot be: the one rule of pages and imports.

    Refused are both figures at once, more than 100 percent, more people than a kecamatan has (of a kabupaten, than its
    largest has), and months before 2009 or far ahead.
    """
    refuse_too_early(starts_on, "starts_on")
    if starts_on > add_months(local_month(timezone.now(), WIB), MONTHS_AHEAD):
        raise Refused(f"{month_id(starts_on)} masih terlalu jauh. Periksa tahunnya.", field="starts_on")
    if percent is not None and count is not None:
        raise Refused("Isi persen atau jumlah, jangan keduanya.", field="count")
    if percent is not None and percent < 0:
        raise Refused("Persen tidak boleh negatif. Tulis 0 atau lebih.", field="percent")
    if percent is not None and percent > 100:
        raise Refused(f"{percent} melebihi 100 persen. Periksa angkanya.", field="percent")
    if count is not None:
        refuse_number(count, _bound(region, bounds), region.name, "count")


def _bound(region: Kabupaten | Kecamatan, bounds: Mapping[int, int] | None) -> int | None:
    """Return the largest known population of a kecamatan, or of the largest one of a kabupaten."""
    if isinstance(region, Kecamatan):
        return (population_bounds([region.pk]) if bounds is None else bounds).get(region.pk)
    largest: int | None = Population.objects.filter(kecamatan__kabupaten=region).aggregate(n=Max("population"))["n"]
    return largest


def second_rule(starts_on: date) -> Refused:
    """Return the refusal of a rule where another begins in the same month."""
    return Refused(f"Sudah ada aturan mulai {month_id(starts_on)}. Betulkan yang itu.", field="starts_on")


def said_by(rule: RuleValues) -> dict[str, Any]:
    """Return what a rule says, as an event keeps it."""
    return {"starts_on": f"{rule.starts_on:%Y-%m}", "percent": _plain(rule.percent), "count": rule.count}


def _plain(percent: Decimal | None) -> str | None:
    """Return a percentage without the zeros that a database adds: ``12.5``."""
    return None if percent is None else f"{Decimal(percent).normalize():f}"


def record_rule_event(rule: TargetRule, action: str, *, by: Any, **data: object) -> None:
    """Append what was done to a rule to the history of its kecamatan, or of its kabupaten as a whole."""
    if rule.kecamatan_id is not None:
        record_event(rule, action, by=by, kecamatan_id=rule.kecamatan_id, **data)
    else:
        record_kabupaten_event(rule, action, by=by, kabupaten_id=rule.kabupaten_id, **data)


def mark_rule(rule: TargetRule, first: date) -> None:
    """Mark the months from ``first`` on of all places that read a rule."""
    mark_from(_places_under(rule), first)


def _places_under(rule: TargetRule) -> Iterable[Kecamatan]:
    places = Kecamatan.objects.with_zone().filter(kind=Kecamatan.Kind.KECAMATAN)
    return places.filter(pk=rule.kecamatan_id) if rule.kecamatan_id else places.filter(kabupaten=rule.kabupaten_id)
