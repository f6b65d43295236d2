"""What the pages of targets show, formatted: the kabupaten, the rules of a region with their history, and a preview."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_manage_targets
from accounts.regions import dashboard_url, find_region, zone_of
from kecamatan.changes import actor_of, subject_key
from kecamatan.duty import SEMESTER_HOLDS_MONTHS
from kecamatan.models import Event, Kabupaten, Kecamatan, Population, Province, TargetRule
from kecamatan.targets import refuse_impossible_target, rule_in_force, target_by
from lib.format import moment_id, month_id, number_id
from lib.months import add_months, local_month
from lib.pages import NotFound, key_of, page_of
from repairs.forms.targets import NOTHING, NUMBER, SHARE, TargetCorrectionForm, TargetForm
from repairs.history import Entry
from repairs.span_pages import ENDED, PLANNED, RUNNING, State
from repairs.target_words import Rule, Share, meaning_for_kabupaten, meaning_for_place, rule_text, said_text
from repairs.targets import Region

LIST = "repairs:target-list"
HISTORY_SHOWN = 50


class Line(NamedTuple):
    """A rule of a region: what it says, from when until when, and where it is corrected, for whom may."""

    text: str
    since: str
    until: str
    state: State
    url: str


class PlaceLine(NamedTuple):
    """A kecamatan with its target of the month and the rule that sets it."""

    name: str
    url: str
    target: str
    rule: str
    eligible: str


def region_url(region: Region) -> str:
    """Return the page of the targets of a region."""
    return reverse("repairs:target-region", args=[region.code])


# --- The list -------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A kabupaten, or a kecamatan of somebody who sees no whole kabupaten, with the rule in force."""

    name: str
    url: str
    rule: str
    since: str
    own: str


def only_region(user: User) -> Region | None:
    """Return the only kabupaten, or the only kecamatan, of a person whose assignments name no more."""
    scope = user.scope
    if scope.nation or scope.provinces or len(scope.kabupaten) + len(scope.kecamatan) != 1:
        return None
    found: Region | None = Kabupaten.objects.visible_to(user).first()
    return found or Kecamatan.objects.visible_to(user).exclude(kind=Kecamatan.Kind.DINAS).first()


def list_page(user: User, province: str, after: str) -> dict[str, Any]:
    """Return the kabupaten that a person sees, by code, each with the rule in force; ``province`` narrows them."""
    provinces = list(Province.objects.visible_to(user).filter(closed_on=None).order_by("name"))
    kabupaten = Kabupaten.objects.visible_to(user).filter(closed_on=None).select_related("province")
    chosen = next((row for row in provinces if row.code == province), None)
    if chosen is not None:
        kabupaten = kabupaten.filter(province=chosen)
    key = key_of(after)
    found, more = page_of(kabupaten, ("code",), kabupaten.filter(pk=key).first() if key else None)
    query = {"provinsi": chosen.code} if chosen else {}
    return {
        "provinces": provinces if len(provinces) > 1 else [],
        "chosen": chosen,
        "rows": _rows(found),
        "places": [] if found else _lone_places(user),
        "next_url": f"{reverse(LIST)}?{urlencode({**query, 'sesudah': found[-1].pk})}" if more else "",
        "first_url": f"{reverse(LIST)}?{urlencode(query)}" if key else "",
    }


def _rows(kabupaten: Sequence[Kabupaten]) -> list[Row]:
    ids = [row.pk for row in kabupaten]
    rules = TargetRule.objects.counted().filter(Q(kabupaten__in=ids) | Q(kecamatan__kabupaten__in=ids))
    of: defaultdict[int, list[TargetRule]] = defaultdict(list)
    own: defaultdict[int, dict[int, list[TargetRule]]] = defaultdict(lambda: defaultdict(list))
    for rule in rules.select_related("kecamatan").order_by("starts_on"):
        if rule.kecamatan is not None:
            own[rule.kecamatan.kabupaten_id][rule.kecamatan.pk].append(rule)
        elif rule.kabupaten_id is not None:
            of[rule.kabupaten_id].append(rule)
    return [_row(row, of[row.pk], own[row.pk].values()) for row in kabupaten]


def _row(kabupaten: Kabupaten, rules: Sequence[TargetRule], own: Iterable[Sequence[TargetRule]]) -> Row:
    month = _month(kabupaten)
    rule = rule_in_force((), rules, month)
    exceptions = sum(rule_in_force(each, (), month) is not None for each in own)
    return Row(
        kabupaten.name,
        region_url(kabupaten),
        rule_text(rule, is_place=False),
        month_id(rule.starts_on) if rule else "",
        f"{number_id(exceptions)} kecamatan" if exceptions else "",
    )


def _lone_places(user: User) -> list[Kecamatan]:
    return list(Kecamatan.objects.visible_to(user).running().exclude(kind=Kecamatan.Kind.DINAS)[:HISTORY_SHOWN])


def _month(region: Region) -> date:
    return local_month(timezone.now(), zone_of(region))


# --- One region -----------------------------------------------------------------------------------------


def find_target_region(code: str, user: User) -> Region:
    """Return a kabupaten or kecamatan that has targets; raises :class:`NotFound`."""
    region = find_region(code, user)
    if not isinstance(region, Kabupaten | Kecamatan) or (isinstance(region, Kecamatan) and region.is_dinas):
        raise NotFound("Target ditetapkan untuk kabupaten/kota dan kecamatan.")
    return region


def find_rule(region: Region, pk: int, user: User) -> TargetRule:
    """Return a rule of a region, also a withdrawn one; raises :class:`NotFound`."""
    rule = TargetRule.objects.visible_to(user).filter(**_of(region), pk=pk).select_related("voided_by").first()
    if rule is None:
        raise NotFound("Tidak ada aturan target itu.")
    # The region at hand knows its parents.
    setattr(rule, "kecamatan" if isinstance(region, Kecamatan) else "kabupaten", region)
    return rule


def _of(region: Region) -> dict[str, Any]:
    return {"kecamatan": region} if isinstance(region, Kecamatan) else {"kabupaten": region}


class Rules(NamedTuple):
    """All rules that a region's targets are read from, from the oldest, and its kecamatan with their wajib KTP."""

    month: date
    every: list[TargetRule]
    places: list[Any]

    def own(self, region: Region) -> list[TargetRule]:
        """Return the rules of a region that count."""
        field = "kecamatan_id" if isinstance(region, Kecamatan) else "kabupaten_id"
        return [rule for rule in self.every if getattr(rule, field) == region.pk and rule.voided_at is None]

    def above(self, region: Region) -> list[TargetRule]:
        """Return the rules of the kabupaten of a kecamatan that count."""
        return self.own(region.kabupaten) if isinstance(region, Kecamatan) else []


def _is_place(region: Region) -> bool:
    return isinstance(region, Kecamatan)


def read_rules(region: Region) -> Rules:
    """Read the rules and the kecamatan of a region in two queries."""
    month = _month(region)
    if isinstance(region, Kecamatan):
        chosen, places = Q(kecamatan=region) | Q(kabupaten=region.kabupaten_id), Q(pk=region.pk)
    else:
        chosen, places = Q(kabupaten=region) | Q(kecamatan__kabupaten=region), Q(kabupaten=region, closed_on=None)
    held = Population.objects.filter(
        kecamatan=OuterRef("pk"), holds_from__lte=month, holds_from__gt=add_months(month, -SEMESTER_HOLDS_MONTHS)
    )
    rows = Kecamatan.objects.filter(places).exclude(kind=Kecamatan.Kind.DINAS).order_by("name", "code")
    eligible = Subquery(held.order_by("-holds_from").values("eligible")[:1])
    return Rules(
        month,
        list(TargetRule.objects.filter(chosen).order_by("starts_on", "pk")),
        list(rows.annotate(eligible=eligible)),
    )


def region_page(region: Region, user: User) -> dict[str, Any]:
    """Return all that the page of a region's targets shows."""
    rules = read_rules(region)
    may_manage = may_manage_targets(user, region)
    rule = rule_in_force(rules.own(region), rules.above(region), rules.month)
    return {
        **around(region),
        "is_place": _is_place(region),
        "month": month_id(rules.month),
        "holding": _holding(region, rules, rule),
        "lines": _lines(rules.own(region), rules.month, region, may_manage),
        "above": _lines_above(rules, region),
        "places": [] if _is_place(region) else _place_lines(rules, region),
        "history": _history(rules, region),
        "may_manage": may_manage,
        "new_url": reverse("repairs:target-new", args=[region.code]),
    }


def around(region: Region, page: str = "") -> dict[str, Any]:
    """Return what every page of a region's targets says around its own, and the way to ``page``."""
    steps = [("Target", reverse(LIST)), (region.name, region_url(region) if page else "")]
    steps += [(page, "")] if page else []
    return {
        "region": region,
        "region_url": region_url(region),
        "dashboard_url": dashboard_url(region),
        "crumbs": [{"label": label, "url": url} for label, url in steps],
    }


def _holding(region: Region, rules: Rules, rule: TargetRule | None) -> str:
    """Return the sentence of the month: what holds, and how many people that is."""
    if isinstance(region, Kecamatan):
        if rule is None:
            return "Belum ada target."
        source = "aturan sendiri" if rule.kecamatan_id else "aturan kabupaten/kota"
        sentence = meaning_for_place(rule, rules.places[0].eligible if rules.places else None, None)
        return f"{sentence} Menurut {source} sejak {month_id(rule.starts_on)}."
    if rule is None:
        return "Belum ada target untuk seluruh kabupaten/kota."
    return f"{_capital(meaning_for_kabupaten(rule, _shares(rules, region)))} Sejak {month_id(rule.starts_on)}."


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _own_of_places(rules: Rules) -> dict[int, list[TargetRule]]:
    own: defaultdict[int, list[TargetRule]] = defaultdict(list)
    for rule in rules.every:
        if rule.kecamatan_id and rule.voided_at is None:
            own[rule.kecamatan_id].append(rule)
    return own


def _shares(rules: Rules, region: Region) -> list[Share]:
    own = _own_of_places(rules)
    return [Share(row.eligible, rule_in_force(own[row.pk], (), rules.month) is not None) for row in rules.places]


def _lines(rules: Sequence[TargetRule], month: date, region: Region, may_manage: bool) -> list[Line]:
    """Return rules as lines, the newest first; each until the month before the next one begins."""
    ends: list[date | None] = [*(add_months(later.starts_on, -1) for later in rules[1:]), None]
    lines = [_line(rule, end, month, region, may_manage) for rule, end in zip(rules, ends, strict=False)]
    return lines[::-1]


def _lines_above(rules: Rules, region: Region) -> list[Line]:
    """Return the rules of the kabupaten of a kecamatan, which are changed on its own page."""
    if not isinstance(region, Kecamatan):
        return []
    return _lines(rules.above(region), rules.month, region.kabupaten, may_manage=False)


def _line(rule: TargetRule, end: date | None, month: date, region: Region, may_manage: bool) -> Line:
    planned, over = rule.starts_on > month, end is not None and end < month
    state = State(PLANNED.css, "Akan berlaku") if planned else State(ENDED.css, "Sudah lewat")
    if not planned and not over:
        state = State(RUNNING.css, "Berlaku")
    return Line(
        _capital(rule_text(rule, is_place=_is_place(region))),
        month_id(rule.starts_on),
        month_id(end) if end else "",
        state,
        reverse("repairs:target-edit", args=[region.code, rule.pk]) if may_manage else "",
    )


def _place_lines(rules: Rules, region: Region) -> list[PlaceLine]:
    own, above = _own_of_places(rules), rules.own(region)
    return [_place_line(row, own[row.pk], above, rules.month) for row in rules.places]


def _place_line(place: Any, own: Sequence[TargetRule], above: Sequence[TargetRule], month: date) -> PlaceLine:
    rule = rule_in_force(own, above, month)
    source = "kabupaten/kota" if rule else "–"
    if rule and rule.kecamatan_id:
        source = f"sendiri: {rule_text(rule, is_place=True)}"
    is_known = rule is not None and (rule.count is not None or place.eligible is not None)
    return PlaceLine(
        place.name,
        region_url(place),
        f"{number_id(target_by(rule, place.eligible or 0))} orang" if is_known else "",
        source,
        number_id(place.eligible) if place.eligible is not None else "",
    )


# --- The history ----------------------------------------------------------------------------------------


def _history(rules: Rules, region: Region) -> list[Entry]:
    """Return what was done to the rules of a region, newest first; of a kabupaten's, those of its kecamatan too."""
    names = {row.pk: row.name for row in rules.places}
    of = {subject_key(rule): rule for rule in rules.every if not _is_place(region) or rule.kecamatan_id == region.pk}
    events = Event.objects.filter(subject__in=of).select_related("by").order_by("-at", "-pk")[:HISTORY_SHOWN]
    return [_entry(event, of[event.subject], names, region) for event in events]


def _entry(event: Event, rule: TargetRule, names: dict[int, str], region: Region) -> Entry:
    where = "" if _is_place(region) or not rule.kecamatan_id else f" {names.get(rule.kecamatan_id, 'satu kecamatan')}"
    return Entry(
        event.at.isoformat(),
        moment_id(event.at, zone_of(region)),
        actor_of(event),
        _what(event, where, is_place=rule.kecamatan_id is not None),
        str(event.data.get("reason") or ""),
        "",
        "",
    )


def _what(event: Event, where: str, *, is_place: bool) -> str:
    before, after = event.data.get("before") or {}, event.data.get("after") or {}
    if event.action == "void" and before:
        return f"membatalkan target{where}: {said_text(before, is_place=is_place)}"
    if event.action == "correct" and before and after:
        now, then = (said_text(said, is_place=is_place) for said in (after, before))
        return f"membetulkan target{where} menjadi {now}; semula {then}"
    if after:
        return f"menetapkan target{where}: {said_text(after, is_place=is_place)}"
    # Older events keep less.
    return f"menetapkan target{where}"


# --- The forms ------------------------------------------------------------------------------------------


def new_form(region: Region, data: Any = None) -> TargetForm:
    """Return the form of a new rule, from the current month on."""
    return TargetForm(data, is_place=_is_place(region), initial={"starts_on": _month(region)})


def correction_form(rule: TargetRule, data: Any = None) -> TargetCorrectionForm:
    """Return the form that corrects a rule, with what is on record, or what was sent."""
    kind = SHARE if rule.percent is not None else NUMBER if rule.count is not None else NOTHING
    start = {"starts_on": rule.starts_on, "percent": rule.percent, "count": rule.count, "kind": kind}
    is_place = rule.kecamatan_id is not None
    return TargetCorrectionForm(data, is_place=is_place, initial={**start, "version": rule.version})


def preview(region: Region, said: dict[str, Any]) -> str:
    """Return in one sentence what a rule as typed means with the figures of the current month.

    Raises ``Refused`` for a rule that cannot be.
    """
    refuse_impossible_target(region, **said)
    rules, rule = read_rules(region), Rule(**said)
    if isinstance(region, Kecamatan):
        eligible = rules.places[0].eligible if rules.places else None
        meaning = meaning_for_place(rule, eligible, rule_in_force((), rules.above(region), rules.month))
    else:
        meaning = meaning_for_kabupaten(rule, _shares(rules, region))
    return f"Dengan angka {month_id(rules.month)}: {meaning}"


def newest_changes(region: Region) -> list[Entry]:
    """Return what was done to the rules of a region lately, for whoever decided on an older version."""
    return _history(read_rules(region), region)[:3]
