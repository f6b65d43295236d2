"""Target rules in words, and how many people a rule asks for in a month: pure functions over plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kecamatan.targets import RuleValues, target_by
from lib.format import exact_id, month_id, number_id


@dataclass(frozen=True, slots=True)
class Rule:
    """A target rule as typed or as an event keeps it."""

    starts_on: date
    percent: Decimal | None
    count: int | None


class Share(NamedTuple):
    """What a kecamatan brings to a kabupaten's rule: its wajib KTP, where known, and whether it has its own rule."""

    eligible: int | None
    has_own: bool


def rule_text(rule: RuleValues | None, *, is_place: bool) -> str:
    """Return what a rule says: ``15% dari wajib KTP``, ``200 orang tiap kecamatan``, ``tidak ada target``."""
    if rule is not None and rule.percent is not None:
        return f"{exact_id(rule.percent)}% dari wajib KTP"
    if rule is not None and rule.count is not None:
        return f"{number_id(rule.count)} orang" + ("" if is_place else " tiap kecamatan")
    return "ikut kabupaten/kota" if is_place else "tidak ada target"


def rule_of(said: Mapping[str, Any]) -> Rule:
    """Return a rule as an event keeps it."""
    percent = said.get("percent")
    starts_on = date.fromisoformat(f"{said['starts_on']}-01")
    return Rule(starts_on, None if percent is None else Decimal(percent), said.get("count"))


def said_text(said: Mapping[str, Any], *, is_place: bool) -> str:
    """Return a rule as an event keeps it, in words."""
    rule = rule_of(said)
    return f"{rule_text(rule, is_place=is_place)} mulai {month_id(rule.starts_on)}"


def meaning_for_place(rule: RuleValues, eligible: int | None, fallback: RuleValues | None) -> str:
    """Return how many people a rule asks of a kecamatan; without figures its kabupaten's (``fallback``) holds."""
    if rule.percent is None and rule.count is None:
        if fallback is None:
            return "tidak ada target: kabupaten/kota juga tidak menetapkannya."
        return f"ikut kabupaten/kota: {meaning_for_place(fallback, eligible, None)}"
    if rule.count is not None:
        return f"{number_id(rule.count)} orang."
    share = exact_id(rule.percent or Decimal(0))
    if eligible is None:
        return f"{share}% dari wajib KTP, yang jumlahnya belum dimuat."
    return f"{share}% dari {number_id(eligible)} wajib KTP = {number_id(target_by(rule, eligible))} orang."


def meaning_for_kabupaten(rule: RuleValues, shares: Sequence[Share]) -> str:
    """Return how many people a rule asks of the kecamatan of a kabupaten that have no rule of their own."""
    asked = [share for share in shares if not share.has_own]
    others = len(shares) - len(asked)
    own = f" {number_id(others)} kecamatan memakai aturannya sendiri." if others else ""
    if rule.percent is None and rule.count is None:
        return f"tidak ada target di {number_id(len(asked))} kecamatan.{own}"
    if rule.count is not None:
        total = number_id(rule.count * len(asked))
        return f"{number_id(rule.count)} orang x {number_id(len(asked))} kecamatan = {total} orang.{own}"
    known = [share.eligible for share in asked if share.eligible is not None]
    total = number_id(sum(target_by(rule, eligible) for eligible in known))
    unknown = len(asked) - len(known)
    without = f" {number_id(unknown)} kecamatan belum punya data wajib KTP, jadi belum terhitung." if unknown else ""
    share = exact_id(rule.percent or Decimal(0))
    if asked and not known:
        return f"{share}% dari wajib KTP, yang jumlahnya belum dimuat.{own}"
    return f"{share}% dari wajib KTP = {total} orang di {number_id(len(known))} kecamatan.{without}{own}"
