"""Daily counts as people enter them: what is added, corrected, refused and kept."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from accounts.models import User
from kecamatan.duty import Changes, Count, CountsRefused, enter_recordings
from kecamatan.models import Event, Kecamatan, Recording, SignOfLife
from lib.errors import Conflict, Forbidden, Refused
from repairs.counts import CountsTaken, Figures, add_counts, correct_count, figures_of, say_all_is_normal
from tests.factories import forget_marks, make_kecamatan, marks
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)


def counted(place: Kecamatan, recorded: int = 42, day: date = DAY, **more: object) -> Count:
    return Count(place, day, place, recorded, **more)  # type: ignore[arg-type]


@pytest.fixture
def count(kecamatan: Kecamatan, operator: User) -> Recording:
    add_counts([counted(kecamatan)], by=operator)
    return Recording.objects.get()


def test_new_counts_are_put_on_record_with_who_and_mark_their_month(kecamatan: Kecamatan, operator: User) -> None:
    forget_marks()
    days = [counted(kecamatan), counted(kecamatan, 7, date(2026, 11, 17), printed=3, hindrance="network")]
    assert add_counts(days, by=operator) == 2
    assert [figures_of(row) for row in Recording.objects.order_by("day")] == [Figures(7, 3, "network"), Figures(42)]
    assert [(event.action, event.by, event.data) for event in Event.objects.filter(action="enter").order_by("pk")] == [
        ("enter", operator, {"after": {"recorded": 42, "printed": None, "hindrance": ""}}),
        ("enter", operator, {"after": {"recorded": 7, "printed": 3, "hindrance": "network"}}),
    ]
    assert marks() == [("36.03.30", "2026-11")]
    forget_marks()
    assert add_counts(days, by=operator) == 0
    assert (marks(), Event.objects.filter(action="enter").count()) == ([], 2)


def test_a_new_count_never_overwrites_that_of_another(count: Recording, kecamatan: Kecamatan, staff: User) -> None:
    wanted = counted(kecamatan, 40)
    with pytest.raises(CountsTaken) as taken:
        add_counts([counted(kecamatan, 5, date(2026, 11, 17)), wanted], by=staff)
    assert taken.value.clashes == [(wanted, count)]
    assert [row.recorded for row in Recording.objects.all()] == [42]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_enter_different_counts_at_once_one_stands_and_the_others_see_it(kecamatan: Kecamatan) -> None:
    results = at_once(lambda number: add_counts([counted(kecamatan, 10 + number)], by=None), callers=6)
    stored = Recording.objects.get().recorded
    refused = [taken.clashes[0][1].recorded for taken in results if isinstance(taken, CountsTaken)]
    assert (results.count(1), refused) == (1, [stored] * 5)


def test_zero_must_say_why(kecamatan: Kecamatan, operator: User) -> None:
    with pytest.raises(CountsRefused) as refused:
        add_counts([counted(kecamatan, 0)], by=operator)
    assert (refused.value.field, refused.value.message) == (
        "hindrance",
        "Nol orang: pilih kendalanya, misalnya sepi atau listrik padam.",
    )
    assert add_counts([counted(kecamatan, 0, hindrance="nobody_came")], by=operator) == 1


def test_a_correction_keeps_the_old_figures_and_the_reason(count: Recording, operator: User) -> None:
    forget_marks()
    correct_count(count, seen=Figures(42), figures=Figures(40, 9), reason=" salah ketik ", by=operator)
    count.refresh_from_db()
    assert figures_of(count) == Figures(40, 9)
    assert Event.objects.get(action="correct").data == {
        "before": {"recorded": 42, "printed": None, "hindrance": ""},
        "after": {"recorded": 40, "printed": 9, "hindrance": ""},
        "reason": "salah ketik",
    }
    assert marks() == [("36.03.30", "2026-11")]


@pytest.mark.parametrize(
    ("figures", "reason", "field", "message"),
    [
        (Figures(42), "x", "recorded", "Angkanya masih sama dengan yang tercatat. Ubah dulu yang keliru."),
        (Figures(40), "  ", "reason", "Tulis alasannya."),
        (Figures(-1), "x", "recorded", "-1 tidak boleh negatif. Tulis 0 atau lebih."),
        (Figures(0), "x", "hindrance", "Nol orang: pilih kendalanya, misalnya sepi atau listrik padam."),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    figures: Figures, reason: str, field: str, message: str, count: Recording, operator: User
) -> None:
    with pytest.raises(Refused) as refused:
        correct_count(count, seen=Figures(42), figures=figures, reason=reason, by=operator)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert Recording.objects.get().recorded == 42


def test_of_two_corrections_of_the_same_figures_one_is_a_conflict(
    count: Recording, operator: User, staff: User
) -> None:
    correct_count(count, seen=Figures(42), figures=Figures(40), reason="salah ketik", by=operator)
    with pytest.raises(Conflict):
        correct_count(count, seen=Figures(42), figures=Figures(41), reason="salah hitung", by=staff)
    assert Recording.objects.get().recorded == 40


@pytest.mark.django_db(transaction=True)
def test_of_many_corrections_at_once_one_stands(kecamatan: Kecamatan) -> None:
    add_counts([counted(kecamatan)], by=None)
    count = Recording.objects.select_related("kecamatan__kabupaten__province", "place").get()

    def correct(number: int) -> int:
        correct_count(count, seen=Figures(42), figures=Figures(number), reason="salah", by=None)
        return number

    results = at_once(lambda number: correct(number + 1), callers=6)
    assert [result for result in results if not isinstance(result, Conflict)] == [Recording.objects.get().recorded]


def test_an_import_after_a_correction_keeps_what_it_replaced(count: Recording, kecamatan: Kecamatan) -> None:
    assert enter_recordings([counted(kecamatan, 50)], by=None) == Changes(changed=1)
    assert Event.objects.get(action="correct").data["before"]["recorded"] == 42


@pytest.mark.parametrize("who", ["technician", "official"])
def test_only_operators_and_staff_enter_and_correct_counts(
    who: str, count: Recording, kecamatan: Kecamatan, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    for call in (
        lambda: add_counts([counted(kecamatan, 1, date(2026, 11, 17))], by=user),
        lambda: correct_count(count, seen=Figures(42), figures=Figures(1), reason="x", by=user),
        lambda: say_all_is_normal(kecamatan, by=user),
    ):
        with pytest.raises(Forbidden):
            call()
    assert (Recording.objects.get().recorded, SignOfLife.objects.count()) == (42, 0)


def test_an_operator_does_not_enter_counts_of_a_neighbour(operator: User) -> None:
    with pytest.raises(Forbidden):
        add_counts([counted(make_kecamatan("36.03.31"))], by=operator)


def test_normal_is_said_once_a_day_and_again_after_midnight(
    frozen: time_machine.Traveller, kecamatan: Kecamatan, operator: User
) -> None:
    assert [say_all_is_normal(kecamatan, by=operator) for _ in range(2)] == [True, False]
    frozen.shift(24 * 3600)
    assert say_all_is_normal(kecamatan, by=operator)
    assert list(SignOfLife.objects.order_by("day").values_list("day", flat=True)) == [
        date(2026, 11, 20),
        date(2026, 11, 21),
    ]
