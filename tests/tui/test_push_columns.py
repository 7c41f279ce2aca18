"""What a list says of a push in every column, at any width, whatever was sent."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from loyalty_tui.archive.model import Entry, Sorting
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import glyphs
from loyalty_tui.tui.widgets import push_columns
from loyalty_tui.tui.widgets.push_changes import Told
from loyalty_tui.tui.widgets.push_columns import Column
from loyalty_tui.tui.widgets.push_lines import LinePainter

MOMENT = datetime(2017, 3, 23, 20, 49, 4, tzinfo=UTC)


def entry(**changes):
    values = {
        "ref": "f:0", "key": (), "kind": PushKind.PROFILE, "member_id": 6566, "updated_at": MOMENT,
        "received_at": None, "event": "drop", "tier": "Tier 1", "total_points": 5200,
        "redeemable_points": Decimal("12.50"), "copies": 1, "name": "George Lim",
        "email": "george15@crowdtwist.com", "phone_digits": "12312312321", **changes,
    }  # fmt: skip
    return Entry(**values)


def said(column, sorting=Sorting.UPDATED, *, reveal=False, **changes):
    return push_columns.cell(entry(**changes), column, sorting, glyphs.UNICODE, reveal=reveal)


def columns_at(width, **options):
    places = push_columns.place(width, **{"shows_member": True, **options})
    return [place.column for place in places]


@given(st.integers(0, 400), st.booleans(), st.booleans())
def test_columns_never_overlap_nor_leave_the_width(width, shows_member, is_by_receipt):
    places = push_columns.place(width, shows_member=shows_member, is_by_receipt=is_by_receipt)
    for before, after in pairwise(places):
        assert before.left + before.width < after.left
    assert all(place.left + place.width <= width for place in places)
    assert all(place.width >= 20 for place in places if place.column is Column.EMAIL)


def test_no_column_goes_as_the_list_gets_wider():
    for options in ({}, {"is_by_receipt": True}, {"shows_member": False}):
        before = set()
        for width in range(320):
            columns = set(columns_at(width, **options))
            assert columns >= before, width
            before = columns


def test_what_staff_read_first_is_there_on_the_narrowest_screen():
    assert columns_at(75) == [
        Column.WHEN, Column.EVENT, Column.TIER, Column.POINTS, Column.MEMBER, Column.COPIES,
    ]  # fmt: skip


def test_arrivals_say_who_and_what_changed_at_any_width():
    who_and_what = [Column.WHEN, Column.EVENT, Column.MEMBER, Column.CHANGES]
    for width in (60, 75):
        columns = columns_at(width, is_by_receipt=True)
        assert [column for column in columns if column in who_and_what] == who_and_what
    assert Column.CHANGES in columns_at(100)
    assert Column.CHANGES not in columns_at(67)


def test_contact_and_redeemable_points_come_with_the_width():
    wide = columns_at(165)
    assert {Column.REDEEMABLE, Column.EMAIL, Column.PHONE} <= set(wide)
    assert not {Column.EMAIL, Column.PHONE} & set(columns_at(75))
    assert not {Column.MEMBER, Column.EMAIL, Column.PHONE} & set(
        columns_at(130, shows_member=False)
    )


@given(st.text(max_size=60), st.integers(0, 40), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(text, width, is_right):
    shown = neutralise(text)
    assert cell_len(push_columns.fitted(shown, width, is_right=is_right)) == width


@pytest.mark.parametrize(
    "name", ["東京ファンクラブ東京ファンクラブ", "👩‍👩‍👧‍👦 fans", "e" + "\u0301" * 60]
)
def test_wide_characters_fill_cells_not_letters(name):
    shown = push_columns.fitted(said(Column.MEMBER, name=name), 12)
    assert cell_len(shown) == 12


@given(st.text(max_size=200))
def test_text_from_outside_reaches_no_terminal_as_it_came(text):
    hostile = f"\x1b]52;c;aGk=\x07\u202e{text}"
    for column in (Column.EVENT, Column.TIER, Column.MEMBER, Column.EMAIL):
        shown = said(column, reveal=True, event=hostile, tier=hostile, name=hostile, email=hostile)
        assert not {"\x1b", "\x07", "\u202e", "\n", "\r", "\t"} & set(shown)


def test_personal_data_is_masked_unless_revealed():
    assert said(Column.EMAIL) == "g•••@crowdtwist.com"
    assert said(Column.PHONE) == "•••••••••21"
    assert said(Column.EMAIL, reveal=True) == "george15@crowdtwist.com"
    assert said(Column.PHONE, reveal=True) == "12312312321"


def test_points_have_all_their_digits_in_thousands():
    assert said(Column.POINTS, total_points=9007199254740993) == "9,007,199,254,740,993"
    assert said(Column.REDEEMABLE) == "12.50"
    assert said(Column.POINTS, total_points=None) == ""


def test_a_sibling_push_is_called_what_it_is_and_its_member_by_id():
    assert said(Column.EVENT, kind=PushKind.REDEMPTION, event="") == "redemption"
    assert said(Column.MEMBER, name=" ") == "6566"
    assert said(Column.MEMBER, name="", member_id=None) == ""


def test_copies_are_counted_where_there_are_any():
    assert [said(Column.COPIES, copies=n) for n in (1, 2, 999, 1000)] == ["", "×2", "×999", "×1k+"]


def test_times_follow_the_order():
    received = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
    assert said(Column.WHEN, received_at=received) == "23 Mar 2017 20:49"
    assert said(Column.WHEN, Sorting.RECEIVED, received_at=received) == "21 Nov 2026 14:03"
    assert said(Column.WHEN, Sorting.RECEIVED) == "not dated"
    assert said(Column.WHEN, updated_at=None, received_at=received) == "21 Nov 2026 14:03"


@pytest.mark.parametrize("signs", [glyphs.UNICODE, glyphs.ASCII])
@pytest.mark.parametrize("sorting", Sorting)
@pytest.mark.parametrize("descending", [False, True])
def test_exactly_one_head_says_the_order_with_sign_and_word(sorting, signs, descending):
    places = push_columns.place(180, shows_member=True)
    heads = [push_columns.head(at, sorting, signs, descending=descending) for at in places]
    sign = signs.descending if descending else signs.ascending
    sorted_heads = [head for head in heads if f" {sign} " in head]
    assert len(sorted_heads) == 1
    assert sorted_heads[0].split(f" {sign} ")[1]


@given(st.integers(38, 200), st.sampled_from(Sorting), st.booleans())
def test_no_head_is_cut(width, sorting, descending):
    for at in push_columns.place(width, shows_member=True):
        words = push_columns.head(at, sorting, glyphs.UNICODE, descending=descending)
        assert cell_len(words) <= at.width


def test_a_list_of_one_members_pushes_says_what_changed_before_anything_else():
    narrow = push_columns.place(66, shows_member=False)
    assert [at.column for at in narrow] == [
        Column.WHEN, Column.POINTS, Column.DIFFERENCE, Column.CHANGES,
    ]  # fmt: skip
    assert narrow[-1].width >= 22
    wide = {at.column: at.width for at in push_columns.place(140, shows_member=False)}
    assert {Column.EVENT, Column.TIER, Column.REDEEMABLE} <= wide.keys()
    assert wide[Column.CHANGES] > 40


@pytest.mark.parametrize(
    ("column", "told", "shown"),
    [
        (Column.CHANGES, Told("Tier 1 → Tier 2 (jump)", 120), "Tier 1 → Tier 2 (jump)"),
        (Column.DIFFERENCE, Told("Tier 1 → Tier 2 (jump)", 120), "+120"),
        (Column.DIFFERENCE, Told("e-mail changed", Decimal("-0.50")), "−0.50"),
        (Column.DIFFERENCE, Told("first push"), ""),
        (Column.CHANGES, None, "···"),
        (Column.DIFFERENCE, None, ""),
    ],
)
def test_what_changed_is_said_once_it_is_known(column, told, shown):
    said = push_columns.told_cell(column, told, glyphs.UNICODE)
    assert said == shown


def test_what_changed_has_an_ascii_twin():
    told = Told("Tier 1 → Tier 2")
    shown = push_columns.told_cell(Column.CHANGES, told, glyphs.ASCII)
    assert shown == "Tier 1 -> Tier 2"


@pytest.mark.parametrize(
    ("width", "shows_member", "words"),
    [(90, True, " ×3"), (67, True, "×3 George Lim"), (67, False, "×3 first push")],
)
def test_copies_are_counted_at_every_width(width, shows_member, words):
    painter = LinePainter(
        width, width, Sorting.UPDATED, glyphs.UNICODE, lambda _: Style(), descending=True,
        shows_member=shows_member, reveal=False, marked="", told=lambda _: Told("first push"),
    )  # fmt: skip
    assert words in painter.row(entry(copies=3), "").text
    assert "×" not in painter.row(entry(), "").text


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (44, "total points +120 · redeemable points −1,730"),
        (43, "total points +120 · …"),
        (21, "total points +120 · …"),
        (20, "total points +120 ·…"),
        (18, "total points …"),
        (16, "total points …"),
        (4, "tot…"),
    ],
)
def test_no_figure_of_what_changed_is_cut_in_its_middle(width, shown):
    text = "total points +120 · redeemable points −1,730"
    assert push_columns.parts_fitted(text, width) == shown.ljust(width)
