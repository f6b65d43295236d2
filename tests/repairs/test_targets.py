"""Target rules as people set, correct and withdraw them: what is refused, kept and marked, and what a rule means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Role, User
from kecamatan import targets as duty
from kecamatan.duty import PopulationFigures, set_populations
from kecamatan.models import Event, Kecamatan, TargetRule
from kecamatan.targets import rule_in_force
from lib.errors import Conflict, Forbidden, Refused
from repairs.target_words import Rule, Share, meaning_for_kabupaten, meaning_for_place
from repairs.targets import correct_target, set_target, void_target
from tests.factories import forget_marks, make_dinas, make_kabupaten, make_kecamatan, make_user, marks, moment

pytestmark = pytest.mark.django_db

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture(autouse=True)
def place() -> Iterator[Kecamatan]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        make_dinas("36.03")
        make_kecamatan("36.03.31")
        yield make_kecamatan("36.03.30")


@pytest.fixture
def staff() -> User:
    return make_user(Role.STAFF, make_kabupaten("36.03"))


def rule_of(place: Kecamatan, starts_on: date = JANUARY, **figures: object) -> TargetRule:
    """Return the rule of the kabupaten, set by the system, with the marks forgotten."""
    wanted = {"percent": None, "count": None, **(figures or {"percent": Decimal(15)})}
    set_target(place.kabupaten, starts_on=starts_on, by=None, **wanted)  # type: ignore[arg-type]
    forget_marks()
    return TargetRule.objects.get(starts_on=starts_on)


def corrected(rule: TargetRule, by: User | None = None, **changes: object) -> None:
    said = {"starts_on": rule.starts_on, "percent": rule.percent, "count": rule.count, **changes}
    correct_target(rule, reason="salah baca SK", version=rule.version, by=by, **said)  # type: ignore[arg-type]


def test_a_correction_keeps_both_versions_and_the_reason_and_marks_from_the_earlier_month(
    place: Kecamatan, staff: User
) -> None:
    rule = rule_of(place, MARCH)
    corrected(rule, staff, starts_on=date(2026, 2, 14), percent=Decimal("12.5"))
    assert (rule.starts_on, rule.percent, rule.version) == (date(2026, 2, 1), Decimal("12.5"), 2)
    event = Event.objects.get(action="correct")
    assert (event.by, event.kabupaten, event.kecamatan) == (staff, place.kabupaten, None)
    assert event.data == {
        "before": {"starts_on": "2026-03", "percent": "15", "count": None},
        "after": {"starts_on": "2026-02", "percent": "12.5", "count": None},
        "reason": "salah baca SK",
    }
    assert marks() == [(code, month) for code in ("36.03.30", "36.03.31") for month in ("2026-02", "2026-03")]


def test_a_withdrawn_rule_sets_no_target_and_leaves_room_for_another(place: Kecamatan, staff: User) -> None:
    earlier, rule = rule_of(place), rule_of(place, MARCH, count=40)
    void_target(rule, reason="SK dicabut", version=1, by=staff)
    assert (rule.voided_by, rule.void_reason) == (staff, "SK dicabut")
    assert rule_in_force((), list(TargetRule.objects.counted()), MARCH) == earlier
    assert marks() == [("36.03.30", "2026-03"), ("36.03.31", "2026-03")]
    set_target(place.kabupaten, starts_on=MARCH, percent=None, count=50, by=staff)
    assert TargetRule.objects.counted().filter(starts_on=MARCH).get().count == 50


def test_the_loser_of_a_race_is_told(place: Kecamatan) -> None:
    rule = rule_of(place)
    stale = TargetRule.objects.get(pk=rule.pk)
    corrected(rule, count=40, percent=None)
    with pytest.raises(Conflict):
        corrected(stale, count=50, percent=None)
    with pytest.raises(Conflict):
        void_target(rule, reason="x", version=1, by=None)
    void_target(rule, reason="x", version=2, by=None)
    with pytest.raises(Refused):
        corrected(rule, count=60)
    assert TargetRule.objects.get().count == 40


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({}, "Aturannya masih sama dengan yang tercatat. Ubah dulu yang keliru.", ""),
        ({"starts_on": MARCH}, "Sudah ada aturan mulai Maret 2026. Betulkan yang itu.", "starts_on"),
        ({"percent": Decimal(101)}, "101 melebihi 100 persen. Periksa angkanya.", "percent"),
        ({"percent": Decimal(-1)}, "Persen tidak boleh negatif. Tulis 0 atau lebih.", "percent"),
        ({"count": 40}, "Isi persen atau jumlah, jangan keduanya.", "count"),
        (
            {"percent": None, "count": 1001},
            "1.001 melebihi penduduk Kabupaten 36.03 (1.000). Periksa angkanya.",
            "count",
        ),
        (
            {"starts_on": date(2008, 12, 1)},
            "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
            "starts_on",
        ),
        ({"starts_on": date(2206, 1, 1)}, "Januari 2206 masih terlalu jauh. Periksa tahunnya.", "starts_on"),
    ],
)
def test_an_impossible_correction_is_refused(
    place: Kecamatan, changes: dict[str, object], sentence: str, field: str
) -> None:
    set_populations([PopulationFigures(place, "2025-1", 1000, 800)], by=None)
    rule = rule_of(place)
    rule_of(place, MARCH)
    with pytest.raises(Refused) as refusal:
        corrected(rule, **changes)
    assert (refusal.value.message, refusal.value.field) == (sentence, field)
    assert marks() == []


def test_a_correction_says_why(place: Kecamatan) -> None:
    rule = rule_of(place)
    with pytest.raises(Refused) as refusal:
        correct_target(rule, starts_on=JANUARY, percent=None, count=5, reason=" ", version=1, by=None)
    assert refusal.value.field == "reason"


def test_only_staff_and_admins_of_the_whole_region_set_its_target(place: Kecamatan, staff: User) -> None:
    rule = rule_of(place)
    own = duty.set_target(place, starts_on=JANUARY, count=40, by=None)
    assert own.added == 1
    for user in (
        make_user(Role.OPERATOR, place),
        make_user(Role.TECHNICIAN, place.kabupaten),
        make_user(Role.OFFICIAL, place.kabupaten),
        make_user(Role.STAFF, place),
    ):
        with pytest.raises(Forbidden):
            set_target(place.kabupaten, starts_on=MARCH, percent=None, count=1, by=user)
        with pytest.raises(Forbidden):
            corrected(rule, user, count=1, percent=None)
        with pytest.raises(Forbidden):
            void_target(rule, reason="x", version=1, by=user)
    set_target(place.kabupaten, starts_on=MARCH, percent=None, count=1, by=make_user(Role.ADMIN, place.kabupaten))
    set_target(place, starts_on=MARCH, percent=None, count=None, by=make_user(Role.STAFF, place.kabupaten.province))
    assert TargetRule.objects.filter(starts_on=MARCH).count() == 2


def test_rules_are_seen_by_whoever_sees_a_place_that_they_are_for(place: Kecamatan) -> None:
    of_all = rule_of(place)
    other = make_kecamatan("36.03.31")
    for one in (place, other, make_kecamatan("36.71.01")):
        duty.set_target(one, starts_on=JANUARY, count=5, by=None)
    own, neighbours, foreign = TargetRule.objects.exclude(pk=of_all.pk).order_by("pk")

    def seen(role: str, region: object) -> list[TargetRule]:
        return list(TargetRule.objects.visible_to(make_user(role, region)).order_by("pk"))  # type: ignore[arg-type]

    assert seen(Role.OPERATOR, place) == [of_all, own]
    assert seen(Role.OFFICIAL, place.kabupaten) == [of_all, own, neighbours]
    assert seen(Role.STAFF, place.kabupaten.province) == [of_all, own, neighbours, foreign]
    assert seen(Role.STAFF, make_kabupaten("53.01")) == []
    assert list(TargetRule.objects.visible_to(None)) == []


# --- in words ---------------------------------------------------------------------------------------------------


def rule(percent: str | None = None, count: int | None = None) -> Rule:
    return Rule(JANUARY, None if percent is None else Decimal(percent), count)


@pytest.mark.parametrize(
    ("said", "eligible", "sentence"),
    [
        (rule("15"), 8224, "15% dari 8.224 wajib KTP = 1.234 orang."),
        (rule("12.500"), 1000, "12,5% dari 1.000 wajib KTP = 125 orang."),
        (rule("15"), None, "15% dari wajib KTP, yang jumlahnya belum dimuat."),
        (rule(count=200), None, "200 orang."),
        (rule(), 8224, "ikut kabupaten/kota: 10% dari 8.224 wajib KTP = 823 orang."),
    ],
)
def test_what_a_rule_means_for_a_kecamatan(said: Rule, eligible: int | None, sentence: str) -> None:
    assert meaning_for_place(said, eligible, rule("10")) == sentence


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            rule("10"),
            "10% dari wajib KTP = 202 orang di 2 kecamatan. 1 kecamatan belum punya data wajib KTP, jadi belum "
            "terhitung. 1 kecamatan memakai aturannya sendiri.",
        ),
        (rule(count=40), "40 orang x 3 kecamatan = 120 orang. 1 kecamatan memakai aturannya sendiri."),
        (rule(), "tidak ada target di 3 kecamatan. 1 kecamatan memakai aturannya sendiri."),
    ],
)
def test_what_a_rule_means_for_a_kabupaten(said: Rule, sentence: str) -> None:
    shares = [Share(1001, False), Share(1009, False), Share(None, False), Share(900, True)]
    assert meaning_for_kabupaten(said, shares) == sentence


def test_what_a_rule_means_where_no_figures_are_known() -> None:
    assert meaning_for_kabupaten(rule("10"), [Share(None, False)]) == "10% dari wajib KTP, yang jumlahnya belum dimuat."
    assert meaning_for_place(rule(), None, None) == "tidak ada target: kabupaten/kota juga tidak menetapkannya."
