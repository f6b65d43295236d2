"""How far a kecamatan is in a month, from the facts at this moment and by the rules of the rollups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import CharField, DecimalField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from kecamatan.models import DayOff, Kecamatan, Population, Recording, TargetRule
from kecamatan.targets import rule_in_force, semester_in_force, target_by
from lib.charts import Bar, bar
from lib.format import exact_id, month_id, number_id, percent_id
from lib.month_choice import Month
from lib.months import add_months
from lib.office import OfficeCalendar
from repairs.losses import Loss, counted_losses, counted_rerecordings, tally_losses


class Progress(NamedTuple):
    """How far the month is from its target, with the moment and what is missing."""

    net: str
    is_unknown: bool
    at_least: bool
    target: str
    percent: str
    bar: Bar | None
    losses: str
    rule: str
    office_days: str
    completeness: str
    source: str


@dataclass(slots=True)
class Measures:
    """What the progress of a month is measured by: target rules, DKB semesters and losses of one place.

    Of a month that was asked for also how many were recorded on each day, and the days off beside the public holidays.
    """

    own_rules: list[Rule] = field(default_factory=list)
    kabupaten_rules: list[Rule] = field(default_factory=list)
    semesters: list[Semester] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    counts: dict[date, int] = field(default_factory=dict)
    days_off: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rule:
    """A target rule; with neither figure it ends the one before."""

    starts_on: date
    percent: Decimal | None
    count: int | None


class Semester(NamedTuple):
    """How many people a kecamatan must record, from a month on."""

    holds_from: date
    eligible: int


def progress_of(
    place: Kecamatan,
    month: Month,
    counts: Mapping[date, int],
    calendar: OfficeCalendar,
    today: date,
    measures: Measures | None = None,
) -> Progress:
    """Return the progress to the month's target, from the facts, by the rules of the rollups.

    ``counts`` are the people recorded by day; a day without a count is not in it.
    """
    measures = measures or read_measures(place)
    last = today if month.is_current else add_months(month.chosen, 1) - timedelta(days=1)
    lost = tally_losses(measures.losses, month.chosen, last)
    net = sum(counts.values()) - lost.lost + lost.rerecorded
    semester = semester_in_force(measures.semesters, month.chosen)
    rule = rule_in_force(measures.own_rules, measures.kabupaten_rules, month.chosen)
    target = target_by(rule, semester.eligible if semester else 0)
    over = [day for day in calendar.days(month.chosen) if not month.is_current or day < today]
    reported = sum(day in counts for day in over)
    is_unknown = not counts and not net
    achievement = round(100 * net / target, 2) if target and not is_unknown else None
    return Progress(
        net=number_id(net),
        is_unknown=is_unknown,
        at_least=reported < len(over),
        target=number_id(target) if target else "",
        percent=percent_id(achievement) if achievement is not None else "",
        bar=bar(achievement),
        losses=_losses_text(lost.lost, lost.suspected, lost.rerecorded),
        rule=_rule_text(rule, rule in measures.own_rules, semester),
        office_days=_days_left_text(calendar, month, today),
        completeness="full" if reported == len(over) else "half" if reported else "nil",
        source=f"{number_id(reported)} dari {number_id(len(over))} hari kerja sudah diisi",
    )


def _losses_text(lost: int, suspected: int, rerecorded: int) -> str:
    words = ((lost, "data hilang"), (suspected, "diduga hilang"), (rerecorded, "direkam ulang"))
    return " · ".join(f"{number_id(number)} {word}" for number, word in words if number)


def _rule_text(rule: Rule | None, is_own: bool, semester: Semester | None) -> str:
    if rule is None:
        return "Belum ada target untuk bulan ini."
    whose = "kecamatan ini" if is_own else "kabupaten/kota"
    since = f"aturan {whose} sejak {month_id(rule.starts_on)}"
    if rule.count is not None:
        return f"Target {number_id(rule.count)} orang, {since}."
    share = exact_id(rule.percent or Decimal(0))
    of = f"dari {number_id(semester.eligible)} wajib KTP" if semester else "wajib KTP, yang jumlahnya belum dimuat"
    return f"Target {share}% {of}, {since}."


def _days_left_text(calendar: OfficeCalendar, month: Month, today: date) -> str:
    if not month.is_current:
        return ""
    left = sum(day >= today for day in calendar.days(month.chosen))
    with_today = " termasuk hari ini" if left and calendar.is_office_day(today) else ""
    return f"Sisa {number_id(left)} hari kerja{with_today}"


def read_measures(place: Kecamatan, month: date | None = None) -> Measures:
    """Read by what the progress of a place is measured, in one query; rules and semesters from the oldest.

    With a month also its counts and days off, for a page that has no query left for them.
    """
    names = ("what", "on", "number", "share", "sure")
    nothing = {
        "share": Cast(Value(None), DecimalField(max_digits=6, decimal_places=3)),
        "sure": Value("", CharField()),
    }
    rules = (
        TargetRule.objects.counted()
        .filter(Q(kecamatan=place) | Q(kabupaten=place.kabupaten_id))
        .annotate(
            what=Cast(F("kecamatan"), CharField()),
            on=F("starts_on"),
            number=F("count"),
            **{**nothing, "share": F("percent")},
        )
    )
    semesters = Population.objects.filter(kecamatan=place).annotate(
        what=Value("semester", CharField()), on=F("holds_from"), number=F("eligible"), **nothing
    )
    others = [semesters] if month is None else [semesters, *_of_month(place, month, nothing)]
    parts = [other.values_list(*names) for other in others]
    of_place = (counted_losses().filter(kecamatan=place), counted_rerecordings().filter(loss__kecamatan=place))
    for losses in of_place:
        as_loss = losses.annotate(kind=Value("loss", CharField()), share=nothing["share"])
        parts.append(as_loss.values_list("kind", "on", "people", "share", "what"))
    rows = rules.values_list(*names).union(*parts, all=True)
    measures = Measures()
    for row in rows.order_by("on"):
        _keep(measures, *row)
    return measures


def _of_month(place: Kecamatan, month: date, nothing: dict[str, Any]) -> list[QuerySet[Any]]:
    """Return the counts of a month and its days off, with the columns of the measures."""
    end = add_months(month, 1)
    counts = Recording.objects.filter(kecamatan=place, day__gte=month, day__lt=end)
    return [
        counts.annotate(what=Value("count", CharField()), on=F("day"), number=F("recorded"), **nothing),
        DayOff.objects.filter(day__gte=month, day__lt=end)
        .order_by()
        .annotate(what=Value("day_off", CharField()), on=F("day"), number=Value(0, IntegerField()), **nothing),
    ]


def _keep(measures: Measures, what: str | None, on: date, number: int, share: Decimal, sure: str) -> None:
    match what:
        case "semester":
            measures.semesters.append(Semester(on, number))
        case "loss":
            measures.losses.append(Loss(on, number, sure))
        case "count":
            measures.counts[on] = measures.counts.get(on, 0) + number
        case "day_off":
            measures.days_off.append(on)
        case _:
            (measures.own_rules if what else measures.kabupaten_rules).append(Rule(on, share, number))
