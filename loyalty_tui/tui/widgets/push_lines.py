"""Draws the lines of a list of pushes as strips of cells."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.strip import Strip

from loyalty_tui.archive.model import Sorting
from loyalty_tui.tui.cells import strip_of
from loyalty_tui.tui.widgets import push_columns
from loyalty_tui.tui.widgets.push_columns import GAP, Column, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.widgets.push_changes import Told

STYLES: Final = {
    "pushes--plain",
    "pushes--head",
    "pushes--sorted",
    "pushes--aside",
    "pushes--name",
    "pushes--points",
    "pushes--up",
    "pushes--down",
    "pushes--waiting",
    "pushes--cursor",
    "pushes--cursor-blurred",
}
"""The component classes a list is drawn with."""
_ASIDE: Final = frozenset({Column.WHEN, Column.EMAIL, Column.PHONE, Column.COPIES})
_TOLD: Final = frozenset({Column.DIFFERENCE, Column.CHANGES})
_EVENTS: Final = {"jump": "pushes--up", "drop": "pushes--down"}
_LONGEST_BLANK: Final = 8
GUTTER: Final = 2
"""Cells at the left with signs for the cursor and the marked push, which show without colour."""


@lru_cache(maxsize=16)
def places(width: int, sorting: Sorting, *, shows_member: bool) -> tuple[Place, ...]:
    """Return the columns of a list that is so many cells wide."""
    return push_columns.place(
        max(0, width - GUTTER),
        shows_member=shows_member,
        is_by_receipt=sorting is Sorting.RECEIVED,
    )


@lru_cache(maxsize=16)
def _with_gaps(columns: tuple[Place, ...]) -> tuple[tuple[Place, str], ...]:
    """Return the columns with the empty cells between each and the next."""
    ends = [at.left for at in columns[1:]] + [at.left + at.width for at in columns[-1:]]
    return tuple(
        (at, " " * (end - at.left - at.width)) for at, end in zip(columns, ends, strict=True)
    )


def column_at(x: int, width: int, sorting: Sorting, *, shows_member: bool) -> Column | None:
    """Return the column that a cell of the head belongs to."""
    for each in places(width, sorting, shows_member=shows_member):
        if each.left <= x - GUTTER < each.left + each.width + GAP:
            return each.column
    return None


class LinePainter:
    """Draws lines of one width, in one order."""

    def __init__(  # noqa: PLR0913 - all that a line's look depends on
        self,
        width: int,
        across: int,
        sorting: Sorting,
        glyphs: Glyphs,
        style: Callable[[str], Style],
        *,
        descending: bool,
        shows_member: bool,
        reveal: bool,
        marked: str,
        told: Callable[[str], Told | None],
    ) -> None:
        self.width = width
        """Cells that the columns may take."""
        self.across = across
        """Cells of a line, with the room for a scroll bar."""
        self._places = _with_gaps(places(width, sorting, shows_member=shows_member))
        self._copies = push_columns.copies_column([at.column for at, _ in self._places])
        self._sorting = sorting
        self._glyphs = glyphs
        self._style = style
        self._descending = descending
        self._reveal = reveal
        self._marked = marked
        self._told = told

    def head(self) -> Strip:
        """Draw the titles, the sorted one with its direction."""
        plain, bold = self._style("pushes--head"), self._style("pushes--sorted")
        segments = [Segment(" " * GUTTER, plain)]
        for at, gap in self._places:
            title = push_columns.head(at, self._sorting, self._glyphs, descending=self._descending)
            is_sorted = self._glyphs.descending in title or self._glyphs.ascending in title
            text = push_columns.fitted(title, at.width, is_right=at.is_right)
            segments += [Segment(text, bold if is_sorted else plain), Segment(gap, plain)]
        return strip_of(segments).adjust_cell_length(self.across, plain)

    def row(self, entry: Entry | None, cursor: str) -> Strip:
        """Draw a push, or, where it is not here yet, that there is one.

        The cursor is the name of its style, empty on other lines.
        """
        base = self._style("")
        over = self._style(cursor) if cursor else None
        signs = self._glyphs.current if cursor else " "
        if entry is not None and entry.ref == self._marked:
            signs += self._glyphs.marked
        segments = [Segment(push_columns.fitted(signs, GUTTER), base)]
        for at, gap in self._places:
            if entry is None:
                text, style = self._blank(at), self._style("pushes--waiting")
            else:
                words = self._words(entry, at.column)
                text = (
                    push_columns.parts_fitted(words, at.width)
                    if at.column is Column.CHANGES
                    else push_columns.fitted(words, at.width, is_right=at.is_right)
                )
                style = self._style(_style_of(at.column, entry))
            segments.append(Segment(text + gap, style))  # the fewer, the sooner it is painted
        strip = strip_of(segments).adjust_cell_length(self.across, base)
        if over is None:
            return strip
        drawn = (Segment(text, (style or base) + over) for text, style, _ in strip)
        return Strip(drawn, strip.cell_length)

    def _words(self, entry: Entry, column: Column) -> str:
        if column in _TOLD:
            words = push_columns.told_cell(column, self._told(entry.ref), self._glyphs)
        else:
            words = push_columns.cell(
                entry, column, self._sorting, self._glyphs, reveal=self._reveal
            )
        if column is not self._copies or column is Column.COPIES or entry.copies <= 1:
            return words
        return f"{push_columns.copies(entry.copies, self._glyphs)} {words}"

    def _blank(self, at: Place) -> str:
        dots = "" if at.column is Column.COPIES else self._glyphs.bullet * _LONGEST_BLANK
        return push_columns.fitted(dots[: at.width], at.width, is_right=at.is_right)


def _style_of(column: Column, entry: Entry) -> str:
    if column is Column.EVENT:
        return _EVENTS.get(entry.event.lower(), "")
    if column is Column.POINTS:
        return "pushes--points"
    if column is Column.MEMBER:
        return "pushes--name"
    return "pushes--aside" if column in _ASIDE else ""
