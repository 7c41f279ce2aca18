"""What a list of pushes says in each column, and how columns share a width. No screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import set_cell_size

from loyalty_tui.archive.model import Sorting
from loyalty_tui.crowdtwist import changes
from loyalty_tui.privacy import mask_email, mask_phone, neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.widgets.push_changes import Told

GAP: Final = 2
"""Cells between two columns."""
LONGEST: Final = 80
"""Characters of a cell that are looked at; no column is wider."""
MOST_COPIES: Final = 999
ELLIPSIS: Final = "…"
_BETWEEN: Final = " · "
"""What stands between the parts of what changed."""


class Column(Enum):
    """A column of a list of pushes."""

    WHEN = "when"
    EVENT = "event"
    TIER = "tier"
    POINTS = "points"
    DIFFERENCE = "difference"
    REDEEMABLE = "redeemable"
    MEMBER = "member"
    CHANGES = "changes"
    EMAIL = "email"
    PHONE = "phone"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands in a line."""

    column: Column
    left: int
    width: int
    is_right: bool


_Columns: TypeAlias = tuple[Column, ...]
_Steps: TypeAlias = tuple[tuple[Column, int], ...]

_LEAST: Final = {
    Column.WHEN: 17,
    Column.EVENT: 8,
    Column.TIER: 8,
    Column.POINTS: 9,
    Column.DIFFERENCE: 7,
    Column.REDEEMABLE: 10,
    Column.CHANGES: 14,
    Column.MEMBER: 12,
    Column.EMAIL: 20,
    Column.PHONE: 14,
    Column.COPIES: 4,
}
_MORE: Final[_Steps] = (
    (Column.TIER, 14), (Column.CHANGES, 32), (Column.DIFFERENCE, 9), (Column.MEMBER, 20),
    (Column.EVENT, 12), (Column.POINTS, 14), (Column.CHANGES, 42), (Column.EMAIL, 32),
    (Column.MEMBER, 32), (Column.TIER, 22), (Column.CHANGES, LONGEST),
)  # fmt: skip
"""The order in which what is left over is given out: to whom of those there, up to which width."""
_RIGHT: Final = frozenset({Column.POINTS, Column.DIFFERENCE, Column.REDEEMABLE, Column.COPIES})
_FIRST: Final[_Columns] = (Column.WHEN, Column.EVENT, Column.POINTS)
_FIRST_BY_RECEIPT: Final[_Columns] = (Column.WHEN, Column.EVENT, Column.MEMBER, Column.CHANGES)
_FIRST_OF_ONE: Final[_Columns] = (Column.WHEN, Column.POINTS)
_NEXT: Final[_Steps] = (
    (Column.MEMBER, 12), (Column.TIER, 8), (Column.MEMBER, 16), (Column.COPIES, 4),
    (Column.CHANGES, 28), (Column.TIER, 14), (Column.EMAIL, 20), (Column.REDEEMABLE, 10),
    (Column.PHONE, 14),
)  # fmt: skip
"""What comes as soon as there is room for it, the most wanted first, and grows up to a width."""
_NEXT_BY_RECEIPT: Final[_Steps] = (
    (Column.CHANGES, 28), (Column.COPIES, 4), (Column.POINTS, 9), (Column.MEMBER, 16),
    (Column.TIER, 14), (Column.EMAIL, 20), (Column.REDEEMABLE, 10), (Column.PHONE, 14),
)  # fmt: skip
_NEXT_OF_ONE: Final[_Steps] = (
    (Column.DIFFERENCE, 7), (Column.CHANGES, 28), (Column.EVENT, 8), (Column.TIER, 14),
    (Column.REDEEMABLE, 10),
)  # fmt: skip
_TITLES: Final = {
    Column.EVENT: "Event",
    Column.TIER: "Tier",
    Column.POINTS: "Points",
    Column.DIFFERENCE: "Change",
    Column.REDEEMABLE: "Redeemable",
    Column.CHANGES: "What changed",
    Column.MEMBER: "Member",
    Column.EMAIL: "E-mail",
    Column.PHONE: "Phone",
    Column.COPIES: "",
}
_ORDERS: Final = {
    Sorting.UPDATED: ("oldest", "newest"),
    Sorting.RECEIVED: ("oldest", "newest"),
    Sorting.POINTS: ("least", "most"),
    Sorting.MEMBER: ("A–Z", "Z–A"),
}
_BY: Final = {
    Sorting.UPDATED: "update (UTC)",
    Sorting.RECEIVED: "receipt (UTC)",
    Sorting.POINTS: "points",
    Sorting.MEMBER: "member",
}
_SORTINGS: Final = {
    Column.WHEN: (Sorting.UPDATED, Sorting.RECEIVED),
    Column.POINTS: (Sorting.POINTS,),
    Column.MEMBER: (Sorting.MEMBER,),
}


def place(width: int, *, shows_member: bool, is_by_receipt: bool = False) -> tuple[Place, ...]:
    """Return the columns that fit a width, in their order, together as wide as it or narrower.

    A list of one member's pushes says of each what it changed instead of whose it is; one that is
    sorted by receipt, as arrivals are followed, says both before anything else.
    """
    if not shows_member:
        first, following = _FIRST_OF_ONE, _NEXT_OF_ONE
    elif is_by_receipt:
        first, following = _FIRST_BY_RECEIPT, _NEXT_BY_RECEIPT
    else:
        first, following = _FIRST, _NEXT
    widths = {column: _LEAST[column] for column in first}
    for column, most in following:
        if column not in widths:
            if _together({**widths, column: _LEAST[column]}) > width:
                break  # else what is wanted less would come and go as the list gets wider
            widths[column] = _LEAST[column]
        _widen(widths, column, most, width)
    for column, most in _MORE:
        if column in widths:
            _widen(widths, column, most, width)
    places: list[Place] = []
    for column in Column:
        left = places[-1].left + places[-1].width + _gap(column) if places else 0
        if column in widths and left < width:
            wide = min(widths[column], width - left)
            places.append(Place(column, left, wide, column in _RIGHT))
    return tuple(places)


def _widen(widths: dict[Column, int], column: Column, most: int, width: int) -> None:
    widths[column] += max(0, min(width - _together(widths), most - widths[column]))


def _together(widths: dict[Column, int]) -> int:
    return sum(widths.values()) + sum(_gap(column) for column in widths) - GAP


def _gap(column: Column) -> int:
    """Return the cells before a column that is not the first."""
    return 1 if column is Column.COPIES else GAP


def fitted(text: str, width: int, *, is_right: bool = False) -> str:
    """Return a text in exactly so many cells, the last one an ellipsis where more followed."""
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(set_cell_size(text, max(0, width - 1)).rstrip() + ELLIPSIS, width)
    room = " " * (width - cells)
    return room + text if is_right else text + room


def parts_fitted(text: str, width: int) -> str:
    """Return a text of parts in exactly so many cells, without the parts there is no room for.

    A first part that is too long does not end with a number, which might be cut.
    """
    if cell_len(text) <= width:
        return fitted(text, width)
    parts = text.split(_BETWEEN)
    for count in range(len(parts) - 1, 0, -1):
        some = _BETWEEN.join([*parts[:count], ELLIPSIS])
        if cell_len(some) <= width:
            return fitted(some, width)
    words = set_cell_size(text, max(0, width - 1)).rstrip()
    before, space, last = words.rpartition(" ")
    has_digits = any(map(str.isdigit, last))
    return fitted((before + space if has_digits else words) + ELLIPSIS, width)


def head(at: Place, sorting: Sorting, glyphs: Glyphs, *, descending: bool) -> str:
    """Return a column's title; of the one that is sorted by, with its direction.

    Where there is no room for the direction's word, its sign stands alone; the frame says it.
    """
    column = at.column
    is_received = sorting is Sorting.RECEIVED
    title = _TITLES.get(column) or ("Received" if is_received else "Updated")
    if column is Column.COPIES:
        return ""
    if sorting not in sortings_of(column):
        return f"{title} (UTC)" if column is Column.WHEN else title
    glyph = glyphs.descending if descending else glyphs.ascending
    words = f"{title} {glyph} {_ORDERS[sorting][descending]}"
    return words if cell_len(words) <= at.width else f"{title} {glyph}"


def sortings_of(column: Column | None) -> tuple[Sorting, ...]:
    """Return the orders that a column stands for; none for most."""
    return _SORTINGS.get(column, ()) if column else ()


def in_words(sorting: Sorting, *, descending: bool) -> str:
    """Return a sorting as one says it: "by update (UTC), newest first"."""
    return f"by {_BY[sorting]}, {_ORDERS[sorting][descending]} first"


def cell(entry: Entry, column: Column, sorting: Sorting, glyphs: Glyphs, *, reveal: bool) -> str:
    """Return what a column says of a push, safe to show, as wide as it is."""
    if column is Column.WHEN:
        # A push that names no update stands in that order where it was received.
        updated = entry.updated_at or entry.received_at
        return _time(entry.received_at if sorting is Sorting.RECEIVED else updated)
    if column is Column.COPIES:
        return copies(entry.copies, glyphs)
    if column is Column.POINTS or column is Column.REDEEMABLE:
        points = entry.total_points if column is Column.POINTS else entry.redeemable_points
        return "" if points is None else wording.number(points)
    return neutralise(_text(entry, column, reveal=reveal), LONGEST)


def told_cell(column: Column, told: Told | None, glyphs: Glyphs) -> str:
    """Return what the columns of changes say of a push, safe to show."""
    if column is Column.DIFFERENCE:
        return "" if told is None or told.points is None else changes.signed(told.points)
    return glyphs.bullet * 3 if told is None else told.summary.replace("→", glyphs.arrow)


def copies_column(columns: Container[Column]) -> Column:
    """Return their own column, or the one in which the number of copies stands in front."""
    if Column.COPIES in columns:
        return Column.COPIES
    return Column.MEMBER if Column.MEMBER in columns else Column.CHANGES


def copies(number: int, glyphs: Glyphs) -> str:
    """Return how often a push came; nothing where that was once."""
    if number <= 1:
        return ""
    return f"{glyphs.copies}{number if number <= MOST_COPIES else '1k+'}"


def _text(entry: Entry, column: Column, *, reveal: bool) -> str:
    match column:
        case Column.EVENT:
            return entry.event if entry.kind == "profile" else str(entry.kind)
        case Column.TIER:
            return entry.tier
        case Column.EMAIL:
            return entry.email if reveal else mask_email(entry.email)
        case Column.PHONE:
            return entry.phone_digits if reveal else mask_phone(entry.phone_digits)
        case _:
            number = "" if entry.member_id is None else f"{entry.member_id}"
            return entry.name.strip() or number


def _time(moment: datetime | None) -> str:
    return f"{moment:%d %b %Y %H:%M}" if moment else "not dated"
