"""Where dots and names stand, what a symbol says, and how a picture is written: pure, without a database."""

from __future__ import annotations

import re
from html import escape
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.labels import Box
from reports.map_drawing import Area, Drawing, Point, draw_kabupaten, draw_nation, draw_province, listed_names
from reports.map_marks import MARKS, Colour, band_symbol, count_symbols, service_symbol, summary, words_of
from reports.map_svg import svg

POINTS = st.builds(Point, st.floats(-11.1, 6.3), st.floats(94.7, 141.1), st.sampled_from("slhmxnq"))
AREAS = st.lists(
    st.builds(
        Area,
        url=st.just("/reports/36.03/"),
        title=st.just("Kabupaten Tangerang"),
        points=st.lists(POINTS, min_size=1, max_size=12),
        label=st.sampled_from(["Kab. Tangerang", "Kota Batu", "Kab. Kepulauan Siau Tagulandang Biaro"]),
    ),
    max_size=12,
)


def dots_of(*drawings: Drawing) -> list[str]:
    return sorted(dot.symbol for one in drawings for figure in one.figures for dot in figure.dots)


@settings(max_examples=40, deadline=None)
@given(AREAS)
def test_every_kecamatan_is_drawn_once_inside_the_picture(areas):
    symbols = sorted(point.symbol for area in areas for point in area.points)
    halves = draw_nation(areas)
    assert dots_of(*halves) == dots_of(draw_province(areas)) == symbols
    assert sum(len(half.figures) for half in halves) == len(areas)
    for drawing in (*halves, draw_province(areas), draw_kabupaten(areas)):
        inner = Box(0, 0, drawing.width, drawing.height)
        reach = drawing.radius
        for figure in drawing.figures:
            for x, y, _ in figure.dots:
                assert inner.holds(Box(x - reach, y - reach, x + reach, y + reach))


@settings(max_examples=40, deadline=None)
@given(AREAS)
def test_names_on_both_screens_stay_apart_and_inside(areas):
    for drawing in (draw_province(areas), draw_kabupaten(areas)):
        frame = Box(0, 0, drawing.width, drawing.height)
        for names in ([one.name for one in drawing.figures], [one.small_screen_name for one in drawing.figures]):
            boxes = [name.box for name in names if name is not None]
            assert all(frame.holds(box) for box in boxes)
            assert not any(one.meets(other) for one, other in combinations(boxes, 2))


def test_north_is_up_and_east_is_right():
    sw, ne = Point(-6.5, 106.0, "s"), Point(-6.0, 106.5, "x")
    drawing = draw_kabupaten([Area("/a/", "A", [sw], "A"), Area("/b/", "B", [ne], "B")])
    (left,), (right,) = (figure.dots for figure in drawing.figures)
    assert (drawing.width, drawing.height) == (800, 680)
    assert (left.x < right.x, left.y > right.y) == (True, True)
    assert (right.x - left.x, left.y - right.y) == (592, 592)


def test_a_single_kecamatan_stands_in_the_middle():
    drawing = draw_kabupaten([Area("/a/", "A", [Point(-6.0, 106.0, "s")], "A")])
    assert [(dot.x, dot.y) for dot in drawing.figures[0].dots] == [(400, 170)]


def test_on_a_phone_those_in_trouble_are_named_first():
    points = [Point(-6.0, 106.0 + step / 100, "s") for step in range(30)]
    areas = [Area("/a/", "A", [point], f"Nama panjang {number}") for number, point in enumerate(points)]
    areas.append(Area("/x/", "X", [Point(-6.0, 106.155, "x")], "Yang berhenti"))
    drawing = draw_kabupaten(areas)
    assert drawing.figures[-1].small_screen_name is not None
    assert sum(figure.small_screen_name is None for figure in drawing.figures) > 0


def test_a_name_without_room_has_a_number_in_the_picture_and_stands_below_it():
    points = [Point(-6.0, 106.0 + step / 100, "s") for step in range(30)]
    drawing = draw_kabupaten(
        [Area("/a/", "A", [point], f"Kecamatan <{number}> panjang") for number, point in enumerate(points)]
    )
    unnamed = [figure for figure in drawing.figures if figure.listed]
    assert 0 < len(unnamed) < 30
    listed = listed_names(drawing)
    assert sorted(name for _, name in listed) == sorted(figure.listed for figure in unnamed)
    # Where not even a number has room, the name still stands below.
    assert [number for number, _ in listed] == ["1", "2", "3", "4", "5", *[""] * (len(unnamed) - 5)]
    text = svg(drawing, "Peta")
    below = text.partition('<p class="src listed">Nomor di peta: ')[2]
    assert below.startswith(f"<b>1</b> {escape(listed[0][1])} · ")
    assert ">1</text>" in text
    assert "listed" not in svg(draw_kabupaten([Area("/a/", "A", points[:1], "Kresek")]), "Peta")


def test_a_picture_is_one_link_an_area_with_a_path_for_each_symbol():
    points = [Point(-6.0, 106.0, "s"), Point(-6.1, 106.1, "s"), Point(-6.2, 106.2, "x")]
    text = svg(draw_nation([Area("/reports/36.03/?a=1&b=2", "Kab. <A>", points)])[0], "Peta & titik")
    assert text.count("<a ") == text.count("<title>") == 1
    assert 'href="/reports/36.03/?a=1&amp;b=2" tabindex="-1"><title>Kab. &lt;A&gt;</title>' in text
    assert re.findall(r'<path class="m-(\w)" d="([^"]+)"', text) == [
        ("s", "M570 615h0M575 620h0"),
        ("x", "M577 622l6 6m0-6l-6 6"),
    ]
    assert 'role="group" aria-label="Peta &amp; titik"' in text
    assert "style=" not in text


def test_no_dot_of_a_province_lies_over_a_name():
    areas = [
        Area("/a/", "A", [Point(-6.0, 106.0, "s")], "Kab. A"),
        Area("/b/", "B", [Point(-6.2, 106.2, "x")], "Kota B"),
    ]
    text = svg(draw_province(areas), "Peta")
    assert text.rindex("<path") < text.index('<g class="over"') < text.index("<text")
    assert re.findall(r'class="n-w[^"]*"[^>]*>([^<]+)<', text) == ["Kab. A", "Kota B"]
    assert '<g class="over"' not in svg(draw_kabupaten(areas), "Peta")


@pytest.mark.parametrize(
    ("target", "net", "days", "symbol"),
    [
        (0, 0, 0, "q"),
        (0, 50, 1, "q"),
        (100, 0, 0, "n"),
        (100, 0, 1, "x"),
        (100, 59, 1, "x"),
        (100, 60, 1, "l"),
        (100, 79, 1, "l"),
        (100, 80, 1, "h"),
        (100_000, 99_999, 1, "h"),
        (100, 100, 1, "s"),
        (100, 250, 1, "s"),
        (100, -5, 0, "x"),
    ],
)
def test_the_band_of_a_target_is_never_rounded_up(target, net, days, symbol):
    assert band_symbol(target=target, net=net, days_reported=days) == symbol


def test_the_symbol_of_a_service():
    shown = ("serving", "limited", "hosted", "mobile", "stopped", "no_report", "silent")
    assert [service_symbol(code) for code in shown] == ["s", "l", "h", "m", "x", "n", "t"]


def test_every_symbol_has_its_own_shape_and_word():
    assert {colour: len(marks) for colour, marks in MARKS.items()} == {Colour.SERVICE: 7, Colour.TARGET: 6}
    for marks in MARKS.values():
        assert len({mark.symbol for mark in marks}) == len({mark.label for mark in marks}) == len(marks)


@pytest.mark.parametrize(
    ("symbols", "colour", "said"),
    [
        ("sslx", Colour.SERVICE, "3 dari 4 dapat merekam, 1 berhenti"),
        ("snn", Colour.SERVICE, "1 dari 3 dapat merekam, 2 belum lapor"),
        ("sttx", Colour.SERVICE, "3 dari 4 dapat merekam, 1 berhenti, 2 tanpa kabar"),
        ("nn", Colour.SERVICE, "belum lapor"),
        ("qq", Colour.TARGET, "tanpa target"),
        ("shxqn", Colour.TARGET, "1 dari 4 yang bertarget memenuhi target, 1 di bawah 60%, 1 belum lapor"),
    ],
)
def test_what_the_dots_of_a_region_say_together(symbols, colour, said):
    assert summary(count_symbols(symbols, colour), colour) == said


def test_what_one_dot_says():
    assert words_of("x", Colour.SERVICE) == "Berhenti"
    assert words_of("h", Colour.TARGET) == "80–99,99% dari target"
    assert words_of("q", Colour.TARGET) == "Tanpa target"
