"""How archive, index and stretches of time are worded."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from loyalty_tui.archive.model import Progress, Totals
from loyalty_tui.tui import wording

NOW = datetime(2026, 11, 21, 15, 3, 22, tzinfo=timezone(timedelta(hours=1)))
DONE = Progress(10, 1, 1, 1.0, is_done=True)


def totals(last_at, **changes):
    return Totals(**{"files": 1, "pushes": 1_204_331, "members": 1, "unreadable": 0, "bytes": 1,
                     "last_at": last_at, **changes})  # fmt: skip


@pytest.mark.parametrize(
    ("archive", "progress", "words"),
    [
        (totals(datetime(2026, 11, 21, 13, 2, tzinfo=UTC)), DONE,
         "1,204,331 pushes · last 13:02 UTC"),
        (totals(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)), DONE,
         "1,204,331 pushes · last 20 Nov 2026"),
        (totals(datetime(2017, 3, 23, tzinfo=UTC)), DONE, "1,204,331 pushes · last 23 Mar 2017"),
        (totals(None, pushes=1, unreadable=3), DONE, "1 push · 3 unreadable"),
        (totals(None, pushes=5, copies=3), DONE, "2 pushes"),
        (totals(None), Progress(5, 999, 1000, 1.0), "1,204,331 pushes · indexing 99 %"),
        (totals(None), Progress(5, 0, 0, 0.0), "1,204,331 pushes · indexing 100 %"),
    ],
)  # fmt: skip
def test_the_pulse_says_how_many_and_how_new(archive, progress, words):
    assert wording.pulse(archive, progress, NOW) == words


def test_the_pulse_counts_by_receipt_and_says_how_many_come():
    newest = datetime(2026, 11, 21, 13, 2, tzinfo=UTC)
    received = datetime(2026, 11, 21, 14, 1, tzinfo=UTC)
    archive = totals(newest, received_at=received)
    words = "1,204,331 pushes · last 14:01 UTC · 12/min"
    assert wording.pulse(archive, DONE, NOW, "12/min") == words
    assert "12/min" not in wording.pulse(archive, Progress(5, 1, 9, 1.0), NOW, "12/min")


@pytest.mark.parametrize(
    ("minute", "hour", "words"),
    [
        (0, 0, ""),
        (0, 1, "1/h"),
        (0, 1_234, "1,234/h"),
        (1, 500, "1/min"),
        (119, 500, "119/min"),
        (120, 500, "2/s"),
        (12_000, 700_000, "200/s"),
        (90_000_000, 90_000_000, "1,500,000/s"),
    ],
)
def test_the_rate_is_said_in_the_unit_that_fits(minute, hour, words):
    assert wording.rate(minute, hour) == words


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(512_000, 430_000_000, 10**9, 2.0), "512,000 pushes · 215 MB/s · 3 s left"),
        (Progress(1, 5_000, 10_000, 1.0), "1 push · 5 kB/s · 1 s left"),
        (Progress(0, 0, 10**9, 0.0), "0 pushes"),
        (Progress(150, 250_000, 10**9, 0.1), "150 pushes"),
        (Progress(9, 10**6, 10**10, 1.0), "9 pushes · 1 MB/s · 2 h 47 min left"),
    ],
)
def test_an_index_says_how_fast_it_is_and_what_is_left(progress, words):
    assert wording.indexing(progress) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.2, "1 s"), (59, "59 s"), (59.5, "1 min"), (61, "2 min"), (3600, "1 h 0 min")],
)
def test_what_is_left_is_rounded_up(seconds, words):
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (datetime(2017, 3, 3, tzinfo=UTC), datetime(2017, 3, 4, tzinfo=UTC), "3 Mar 2017"),
        (datetime(2017, 3, 3, tzinfo=UTC), datetime(2017, 3, 10, tzinfo=UTC), "3 Mar – 9 Mar 2017"),
        (datetime(2016, 12, 30, tzinfo=UTC), datetime(2017, 1, 2, tzinfo=UTC),
         "30 Dec 2016 – 1 Jan 2017"),
        (datetime(2017, 3, 3, 14, tzinfo=UTC), datetime(2017, 3, 3, 15, tzinfo=UTC),
         "3 Mar 2017 14:00 – 15:00"),
        (datetime(2026, 10, 30, 23, 59, 58, tzinfo=UTC),
         datetime(2026, 10, 30, 23, 59, 59, tzinfo=UTC),
         "30 Oct 2026 23:59:58 – 23:59:59"),
        (datetime(2026, 10, 30, 23, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC),
         "30 Oct 2026 23:59:59 – 31 Oct 2026 00:00:00"),
    ],
)  # fmt: skip
def test_a_stretch_of_days_ends_with_its_last_day(since, until, words):
    assert wording.stretch(since, until) == words


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (datetime(2017, 3, 3, tzinfo=UTC), datetime(2017, 3, 10, tzinfo=UTC),
         ("3 Mar 2017", "9 Mar 2017")),
        (datetime(2017, 3, 3, 14, tzinfo=UTC), datetime(2017, 3, 3, 15, tzinfo=UTC),
         ("3 Mar 2017 14:00", "15:00")),
        (datetime(2017, 3, 3, 14, 0, 1, tzinfo=UTC), datetime(2017, 3, 3, 15, tzinfo=UTC),
         ("3 Mar 2017 14:00:01", "15:00:00")),
        (datetime(2017, 3, 3, 23, tzinfo=UTC), datetime(2017, 3, 4, tzinfo=UTC),
         ("3 Mar 2017 23:00", "00:00")),
        (datetime(2017, 3, 3, 23, tzinfo=UTC), datetime(2017, 3, 4, 1, tzinfo=UTC),
         ("3 Mar 2017", "4 Mar 2017")),
    ],
)  # fmt: skip
def test_the_ends_of_a_stretch_are_told_apart(since, until, words):
    assert wording.ends(since, until) == words
