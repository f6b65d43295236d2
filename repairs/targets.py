"""Target rules as people set, correct and withdraw them; an import goes through ``kecamatan.targets.set_target``.

Each function owns one change: guard, write, event, marks, in one transaction.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_manage_targets
from kecamatan import targets
from kecamatan.changes import compare_and_set
from kecamatan.models import Kabupaten, Kecamatan, TargetRule
from lib.errors import Forbidden, Refused
from lib.guards import refuse_stale, required_reason
from lib.months import month_of
from repairs.guards import refuse_voided

Region = Kabupaten | Kecamatan


def guard_targets(by: User | None, region: Region) -> None:
    """Raise :class:`Forbidden` unless a person may set the targets of a region; nobody at all is the system."""
    if by is not None and not may_manage_targets(by, region):
        raise Forbidden(f"Anda tidak berwenang mengatur target {region}.")


def set_target(region: Region, *, starts_on: date, percent: Decimal | None, count: int | None, by: User | None) -> None:
    """Set the target of a region from a month on; refused where a rule begins in that month already."""
    guard_targets(by, region)
    targets.set_target(region, starts_on=starts_on, percent=percent, count=count, by=by)


@transaction.atomic
def correct_target(
    rule: TargetRule,
    *,
    starts_on: date,
    percent: Decimal | None,
    count: int | None,
    reason: str,
    version: int,
    by: User | None,
) -> None:
    """Correct a rule that was entered wrongly; one that changed from some month on is a rule of its own.

    Effects: the rule, an event with the values before and after and the reason; marks the months from the earlier of
    its old and its new beginning on. Raises ``Conflict`` where somebody else was first.
    """
    region = _region(rule, by)
    refuse_stale(rule, version)
    refuse_voided(rule)
    starts_on = month_of(starts_on)
    targets.refuse_impossible_target(region, starts_on=starts_on, percent=percent, count=count)
    if (rule.starts_on, rule.percent, rule.count) == (starts_on, percent, count):
        raise Refused("Aturannya masih sama dengan yang tercatat. Ubah dulu yang keliru.")
    reason = required_reason(reason)
    before, began = targets.said_by(rule), rule.starts_on
    try:
        with transaction.atomic():
            compare_and_set(rule, version, starts_on=starts_on, percent=percent, count=count)
    except IntegrityError:
        raise targets.second_rule(starts_on) from None
    targets.record_rule_event(rule, "correct", by=by, before=before, after=targets.said_by(rule), reason=reason)
    targets.mark_rule(rule, min(began, starts_on))


@transaction.atomic
def void_target(rule: TargetRule, *, reason: str, version: int, by: User | None) -> None:
    """Withdraw a rule that never held: it stays on record, sets no target, and the rule before it holds on.

    Effects: ``voided_*``, an event; marks the months from its beginning on. Raises ``Conflict`` where somebody else
    was first.
    """
    _region(rule, by)
    refuse_stale(rule, version)
    refuse_voided(rule)
    reason = required_reason(reason)
    compare_and_set(rule, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    targets.record_rule_event(rule, "void", by=by, before=targets.said_by(rule), reason=reason)
    targets.mark_rule(rule, rule.starts_on)


def _region(rule: TargetRule, by: User | None) -> Region:
    region = rule.kecamatan or rule.kabupaten
    assert region is not None  # A constraint of the table.
    guard_targets(by, region)
    return region
