"""Points over time as cells: in their place, whatever numbers and dates were sent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.model import Entry
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.tui import glyphs
from loyalty_tui.tui.widgets import plotting

START = datetime(2026, 1, 1, tzinfo=UTC)
SIGNS = [glyphs.UNICODE.plot_signs, glyphs.ASCII.plot_signs]
NUMBERS = (
    st.none()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([10**400, -(10**400), Decimal("1E+999999"), Decimal("1E-999999")])
)


def entry(days, total, redeemable=None, tier="Tier 1", event="update"):
    at = START + timedelta(days=days)
    return Entry(
        f"f:{days}", (), PushKind.PROFILE, 1, at, None, event, tier, total, redeemable, 1,
        "", "", "",
    )  # fmt: skip


def drawn(entries, width=11, height=3, signs="*o"):
    made = plotting.plot(entries, width, height, signs)
    return ["".join(sign for sign, _ in row) for row in made.rows]


def test_a_number_holds_until_another_one_is_sent():
    assert drawn([entry(0, 0), entry(5, 10), entry(10, 10)]) == [
        "     ******",
        "     *     ",
        "******     ",
    ]


def test_both_lines_share_an_axis_and_the_total_lies_above():
    assert drawn([entry(0, 10, 0), entry(10, 10, 10)]) == [
        "***********",
        "          o",
        "ooooooooooo",
    ]


def test_a_push_without_points_is_a_gap():
    assert drawn([entry(0, 0), entry(5, None), entry(10, 0)], height=1) == ["*         *"]


def test_pushes_without_any_points_draw_nothing_but_have_their_columns():
    made = plotting.plot([entry(0, None), entry(10, None)], 11, 3, "*o")
    assert made.range is None
    assert made.columns == (0, 10)
    assert {sign for row in made.rows for sign, _ in row} == {" "}


def test_dots_of_braille_are_finer_than_cells():
    (row,) = drawn([entry(0, 0), entry(10, 3)], width=2, height=1, signs=glyphs.UNICODE.plot_signs)
    assert row == "⣀⣸"


def test_the_redeemable_line_has_fewer_dots_so_that_it_differs_without_colour():
    (row,) = drawn(
        [entry(0, None, 3), entry(10, None, 3)], width=4, height=1, signs=glyphs.UNICODE.plot_signs
    )
    assert row == "⠄ ⠄ "
    (row,) = drawn([entry(0, 3), entry(10, 3)], width=4, height=1, signs=glyphs.UNICODE.plot_signs)
    assert row == "⠤⠤⠤⠤"


def test_the_bands_are_the_tiers_as_sent_and_the_events_stand_in_their_columns():
    made = plotting.plot(
        [
            entry(0, 0, tier="Tier 1", event="START"),
            entry(4, 5, tier="Tier 2", event="jump"),
            entry(5, 5, tier="Tier 2"),
            entry(8, 5, tier="Tier 1", event="drop"),
            entry(10, 5, tier="Tier 1", event="gift"),
        ],
        11, 3, "*o",
    )  # fmt: skip
    assert [(band.first, band.beyond, band.tier) for band in made.bands] == [
        (0, 4, "Tier 1"), (4, 8, "Tier 2"), (8, 11, "Tier 1"),
    ]  # fmt: skip
    assert made.events == ("S", "", "", "", "J", "u", "", "", "D", "", "?")


def test_of_events_in_one_column_the_most_telling_is_marked():
    pushes = [entry(0, 1, event="update"), entry(0, 1, event="jump"), entry(0, 1, event="update")]
    assert plotting.plot(pushes, 5, 3, "*o").events[0] == "J"


def test_numbers_beyond_any_float_have_their_place():
    exact = [entry(0, 9007199254740992), entry(10, 9007199254740993)]
    assert drawn(exact)[0] == "          *"
    assert drawn([entry(0, Decimal("-1E+999999")), entry(10, 10**400)])[-1].startswith("*")


@pytest.mark.parametrize("signs", SIGNS)
@given(
    pushes=st.lists(
        st.tuples(
            st.integers(0, 5), NUMBERS, NUMBERS, st.sampled_from(["a", "b"]), st.text(max_size=5)
        ),
        max_size=8,
    ),
    width=st.integers(1, 30),
    height=st.integers(1, 6),
)
def test_any_pushes_fill_exactly_the_room_there_is(signs, pushes, width, height):
    entries = [entry(*push) for push in sorted(pushes, key=lambda push: push[0])]
    made = plotting.plot(entries, width, height, signs)
    assert [len(row) for row in made.rows] == [width] * height
    assert len(made.events) == width
    assert all(0 <= column < width for column in made.columns)
    assert list(made.columns) == sorted(made.columns)
    assert all(0 <= band.first < band.beyond <= width for band in made.bands)
