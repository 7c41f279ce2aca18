"""Pushes over time: the bars' signs, and a range put into a query."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.query import language
from loyalty_tui.archive.query.model import Period
from loyalty_tui.tui import glyphs
from loyalty_tui.tui.widgets import bars, ranges

NOW = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SIGNS = pytest.mark.parametrize("signs", [glyphs.UNICODE, glyphs.ASCII])
moments = st.integers(0, 200 * 365 * 86_400 * 10**6).map(
    lambda number: EPOCH + timedelta(microseconds=number)
) | st.integers(-719_162, 60_000).map(lambda days: EPOCH + timedelta(days=days))


def picture(numbers, height, width, signs, **marks):
    marks = {"cursor": None, "chosen": None, **marks}
    return [
        "".join(text for text, _ in bars.row(numbers, y, height, width, signs, **marks))
        for y in range(height)
    ]


@SIGNS
@given(
    numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=80),
    height=st.integers(1, 4),
    spare=st.integers(0, 60),
)
def test_every_push_is_seen_and_the_tallest_reaches_the_top(signs, numbers, height, spare):
    width = len(numbers) + spare
    rows = picture(numbers, height, width, signs)
    assert all(len(row) == width for row in rows)
    for index, number in enumerate(numbers):
        start, end = bars.reach(index, len(numbers), width)
        column = {row[cell] for row in rows for cell in range(start, end)}
        assert (column != {signs.bars[0]}) == bool(number)
        if number and number == max(numbers):
            assert column == {signs.bars[-1]}


@SIGNS
def test_cursor_and_range_are_told_without_colour(signs):
    upper = picture([8, 1, 1, 1], 2, 4, signs, cursor=2, chosen=(1, 2))[0]
    assert upper == f"{signs.bars[-1]}{signs.range_fill}{signs.cursor_bar}{signs.bars[0]}"


@given(st.integers(1, 400), st.integers(0, 400), st.integers(-50, 900))
def test_the_mouse_finds_the_bar_it_points_at(count, spare, x):
    width = count + spare
    index = bars.bar_at(x, count, width)
    start, end = bars.reach(index, count, width)
    assert start <= max(0, min(x, width - 1)) < end


@given(moments, st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)))
def test_a_range_in_a_query_finds_exactly_that_range(since, length):
    until = since + length
    text = ranges.put_into("", since, until, NOW)
    periods = [test for clause in language.parse(text, NOW).clauses for test in clause.tests]
    assert all(isinstance(period, Period) and period.field == "at" for period in periods)
    assert max(p.since for p in periods if p.since is not None) == micros(since)
    assert min(p.until for p in periods if p.until is not None) == micros(until)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "since:2017-03-01 until:2017-03-31"),
        ("tier:gold", "tier:gold since:2017-03-01 until:2017-03-31"),
        ("since:7d tier:gold", "tier:gold since:2017-03-01 until:2017-03-31"),
        ("a until:2016 b since:2015", "a b since:2017-03-01 until:2017-03-31"),
        ("-since:2016 a", "-since:2016 a since:2017-03-01 until:2017-03-31"),
        ('"since:7d"', '"since:7d" since:2017-03-01 until:2017-03-31'),
    ],
)
def test_a_range_takes_the_place_of_the_one_before(before, after):
    since, until = datetime(2017, 3, 1, tzinfo=UTC), datetime(2017, 4, 1, tzinfo=UTC)
    assert ranges.put_into(before, since, until, NOW) == after


@pytest.mark.parametrize(
    "typed",
    [
        '"anna', '"anna \\', 'tier:"gold', "tier:", "anna|", "tier:gold|", "points:>", "-",
        "-tier:", "since:", "+47 22 34", "*", "custom.a:", 'a "since:7d',
    ],
)  # fmt: skip
def test_a_range_can_be_chosen_while_something_is_being_typed(typed):
    since, until = datetime(2017, 3, 1, tzinfo=UTC), datetime(2017, 4, 1, tzinfo=UTC)
    before = language.parse(f"anna {typed}", NOW).clauses
    after = language.parse(ranges.put_into(f"anna {typed}", since, until, NOW), NOW).clauses
    periods = {(Period("at", micros(since), None),), (Period("at", None, micros(until)),)}
    assert {clause.tests for clause in after} == {clause.tests for clause in before} | periods


def micros(moment):
    return (moment - EPOCH) // timedelta(microseconds=1)
