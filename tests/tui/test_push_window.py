"""The window of a long list: whatever is asked for and whenever it comes, it is a true slice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.model import Entry, Page
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.tui.widgets import push_window
from loyalty_tui.tui.widgets.push_window import PushWindow

VISIBLE = 10


def entry(number):
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    return Entry(
        f"f:{number}", (number,), PushKind.PROFILE, 1, moment, None, "", "", 0, 0, 1, "", "", ""
    )


def read(total, fetch):
    """Return what an archive answers whose entries are their own keys and indexes."""
    if fetch.beyond is None:
        at = total - 1 if fetch.backwards else 0
    else:
        at = fetch.beyond[0] + (-1 if fetch.backwards else 1)
    step = -1 if fetch.backwards else 1
    at += step * fetch.skip
    numbers = [n for n in range(at, at + step * fetch.limit, step) if 0 <= n < total]
    return Page(tuple(map(entry, numbers)), is_end=not 0 <= at + step * fetch.limit < total)


def fill(window, total, top):
    """Fetch until nothing is wanted at a place; return the fetches and the shifted place."""
    fetches = []
    while (fetch := window.wanted(top, VISIBLE)) is not None:
        assert len(fetches) < 12, "it never has enough"
        fetches.append(fetch)
        top += window.take(fetch, read(total, fetch))
        window.keep_around(top, VISIBLE)
    return fetches, top


def indexes(window):
    return [row.key[0] for row in window.rows]


@given(st.integers(0, 3000), st.lists(st.integers(0, 3000), max_size=12))
def test_what_is_seen_is_always_fetched_and_at_its_own_index(total, tops):
    window = PushWindow()
    window.total = total
    fill(window, total, 0)
    for top in tops:
        top = min(top, max(0, total - VISIBLE))  # noqa: PLW2901 - as scrolling does
        fill(window, total, top)
        seen = range(top, min(top + VISIBLE, total))
        assert [window.row(n).key[0] for n in seen] == list(seen)
        assert indexes(window) == list(range(window.first, window.beyond))
        assert len(window.rows) <= VISIBLE + 2 * push_window.SIDE
        assert window.height == total


@given(st.integers(1, 3000), st.integers(0, 400))
def test_moving_by_screens_from_an_end_passes_over_nothing(total, screens):
    window = PushWindow()
    window.total = total
    fill(window, total, 0)
    for screen in range(min(screens, total // VISIBLE)):
        fetches, _ = fill(window, total, min(screen * VISIBLE, max(0, total - VISIBLE)))
        assert not any(fetch.skip for fetch in fetches)


@given(st.integers(500, 10**9), st.floats(0, 1))
def test_a_place_far_away_is_reached_over_the_shorter_side(total, share):
    window = PushWindow()
    window.total = total
    fill(window, total, 0)
    top = int((total - VISIBLE) * share)
    fetch = window.wanted(top, VISIBLE)
    if fetch is not None:
        assert fetch.skip <= total // 2


def test_without_a_count_the_list_works_from_its_entries():
    window = PushWindow()
    fill(window, 100, 0)
    assert window.height > len(window.rows) - 1
    for top in range(0, 91, 10):
        fill(window, 100, top)
    assert window.height == 100
    assert window.ends_list


def test_the_end_is_placed_by_the_count_also_when_that_comes_later():
    window = PushWindow()
    fetch = push_window.from_end(VISIBLE, 0)
    window.take(fetch, read(5000, fetch))
    assert window.row(window.height - 1).key == (4999,)
    shift = window.count(5000)
    assert window.first == 4970
    assert shift == 4970


def test_a_guessed_index_below_the_true_one_never_becomes_negative():
    window = PushWindow()
    window.land(entry(50), Page(tuple(entry(n) for n in range(51, 71)), is_end=False), 0)
    _, top = fill(window, 1000, 0)
    assert window.first == 0 or window.row(top).key == (50,)
    assert window.row(top).key == (50,)
    shift = window.place(window.first + 50 - top)
    assert window.row(top + shift).key == (50,)
    assert top + shift == 50


@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_that_no_longer_continues_the_window_is_told_apart(backwards):
    window = PushWindow()
    window.total = 2000
    fill(window, 2000, 0)
    fill(window, 2000, 1000)
    fetch = push_window.Fetch(
        window.rows[0 if backwards else -1].key, backwards, 0, 10, 0, joins=True
    )
    assert window.fits(fetch)
    window.keep(1005, 1008)
    assert not window.fits(fetch)
