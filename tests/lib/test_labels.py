"""Names beside dots: none meets another, none leaves the picture, and the first to come is the first served."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from lib.labels import Box, Wish, place, width_of

FRAME = Box(0, 0, 800, 400)
LETTERS = st.text(alphabet="abijmwAMW '-.", min_size=1, max_size=24)
WISHES = st.lists(st.builds(Wish, LETTERS, st.integers(0, 800), st.integers(0, 400)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(WISHES, st.booleans(), st.booleans(), st.sampled_from([9, 14, 28]))
def test_no_two_names_meet_and_none_leaves_the_picture(wishes, coverable, leaders, font):
    dots = [(wish.x, wish.y) for wish in wishes]
    placed = place(wishes, dots, FRAME, font=font, radius=6, coverable=coverable, leaders=leaders)
    assert len(placed) == len(wishes)
    names = [label for label in placed if label is not None]
    assert all(FRAME.holds(label.box) for label in names)
    assert not any(one.box.meets(other.box) for one, other in combinations(names, 2))
    assert all(label.box.right - label.box.left == width_of(label.text, font) for label in names)
    assert leaders or not any(label.leader for label in names)


@settings(max_examples=60, deadline=None)
@given(WISHES)
def test_a_name_covers_no_dot_unless_it_may(wishes):
    dots = [(wish.x, wish.y) for wish in wishes]
    for label in place(wishes, dots, FRAME, font=14, radius=6):
        assert label is None or not any(label.box.meets(Box(x - 6, y - 6, x + 6, y + 6)) for x, y in dots)


def test_a_lone_name_stands_to_the_right_of_its_dot():
    (label,) = place([Wish("Kronjo", 100, 100)], [(100, 100)], FRAME, font=14, radius=8)
    assert label is not None
    assert (label.x, label.y, label.anchor, label.leader) == (113, 105, "start", None)


def test_at_the_right_edge_a_name_turns_to_the_left():
    (label,) = place([Wish("Kosambi", 790, 100)], [(790, 100)], FRAME, font=14, radius=8)
    assert label is not None
    assert (label.x, label.anchor) == (777, "end")


def test_a_name_without_room_close_by_stands_farther_off_with_a_leader():
    around = [(100, 100), *((100 + x, 100 + y) for x in (-25, 25) for y in (-22, 0, 22))]
    (label,) = place([Wish("Kota Lama", 100, 100)], around, FRAME, font=14, radius=10)
    assert label is not None and label.leader is not None
    (none,) = place([Wish("Kota Lama", 100, 100)], around, FRAME, font=14, radius=10, leaders=False)
    assert none is None


def test_the_first_to_come_is_the_first_served():
    wishes = [Wish("Sama", 100, 100), Wish("Sama", 100, 100)]
    first, second = place(wishes, [], FRAME, font=14, radius=8)
    assert first is not None and second is not None
    assert (first.anchor, second.anchor) == ("start", "end")
