"""The stretches of time of a histogram's bars."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.index.bars import bars_between

DAY = 86_400
seconds = st.integers(-(2**36), 2**36)


def at(year, month, day, hour=0):
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


@given(seconds, seconds, st.integers(1, 400))
def test_they_are_neighbours_and_hold_all_times_between(one, other, most):
    first, last = sorted((one, other))
    bars = bars_between(first, last, most)
    assert 1 <= len(bars) <= most
    assert all(since < until for since, until in bars)
    assert all(before[1] == after[0] for before, after in pairwise(bars))
    assert bars[0][0] <= first
    assert last < bars[-1][1]


@given(seconds, st.integers(0, 2**36), st.integers(1, 400))
def test_the_last_one_ends_with_the_day_of_the_last_time_at_the_latest(first, length, most):
    last = first + length
    assert bars_between(first, last, most)[-1][1] <= (last // DAY + 1) * DAY


def test_bars_of_months_end_today():
    bars = bars_between(at(2016, 3, 1), at(2026, 11, 23, 14), 60)
    assert bars[0][1] - bars[0][0] == timedelta(days=91).total_seconds()
    assert bars[-1][1] == at(2026, 11, 24)
