"""The JSON of a push as the text that came."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from loyalty_tui.crowdtwist.json_raw import RawLines
from loyalty_tui.tui.slices import in_slices, start
from loyalty_tui.tui.widgets import json_lines
from loyalty_tui.tui.widgets.json_lines import GUTTER
from loyalty_tui.tui.widgets.lines_pane import LinesPane

if TYPE_CHECKING:
    import re

    from loyalty_tui.crowdtwist.json_tree import Look
    from loyalty_tui.tui.glyphs import Glyphs


class JsonRawPane(LinesPane):
    """The lines of a text, broken where they are too wide; made when they are first shown."""

    COMPONENT_CLASSES: ClassVar[set[str]] = json_lines.STYLES

    class Grown(Message):
        """There are more lines."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="json-raw")
        self._glyphs = glyphs
        self._look: Look | None = None
        self._raw: RawLines | None = None
        self._made_for: tuple[Look | None, int] = (None, 0)
        self._goal = 0
        self._is_under_way = False
        self._wanted: re.Pattern[str] | None = None

    def show(self, look: Look | None, row: int) -> None:
        """Show a text, the cursor where a row begins."""
        self._look = look
        self.go_to_row(max(0, row))

    def go_to_row(self, row: int) -> None:
        """Move the cursor to where a row begins, as soon as that is found."""
        self._goal = row
        self._is_under_way = True
        self._make()
        self._approach()

    def go_to(self, line: int, *, is_central: bool = False) -> None:
        """Move the cursor, which goes nowhere else any more."""
        self._is_under_way = False
        super().go_to(line, is_central=is_central)

    def mark(self, wanted: re.Pattern[str] | None) -> None:
        """Mark what is searched for."""
        self._wanted = wanted
        self.refresh()

    @property
    def height_of_all(self) -> int:
        """How many lines are found so far."""
        return len(self._raw.lines) if self._raw else 0

    @property
    def row(self) -> int:
        """The row of the tree that it went to, or that begins in the cursor's line; -1 for none."""
        if self._look is None or not len(self._look.tree):
            return -1
        if self._raw is None or self._is_under_way:
            return self._goal
        is_there = self._raw.line_of(self._goal) == self._cursor
        return self._goal if is_there else self._raw.row_at(self._cursor)

    def on_resize(self) -> None:
        """Break the lines anew; the cursor stays where it is in the text."""
        if not self._is_under_way:
            self._goal = self.row
            self._is_under_way = True
        self._make()
        self._approach()

    def _make(self) -> None:
        width = self.scrollable_content_region.width - GUTTER
        if width <= 0 or not self.display or self._made_for == (self._look, width):
            return
        self._made_for = (self._look, width)
        self._raw = None
        self._cursor = 0
        if self._look is not None:
            self._raw = raw = RawLines(self._look, width, json_lines.harmless, cell_len)
            work = partial(in_slices, raw.grow(), self._tell)
            start(self, "json-raw", work)

    def _tell(self) -> None:
        self.grow()
        self._approach()

    def _approach(self) -> None:
        """Go where the cursor is to be, if that is known now."""
        if self._raw is None or not self._is_under_way:
            return
        line = self._raw.line_of(self._goal)
        if line < len(self._raw.lines):
            self.go_to(line, is_central=True)

    def render_line(self, y: int) -> Strip:
        """Draw the line that is seen there."""
        line = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        base = self.style_of("")
        if self._raw is None or line >= len(self._raw.lines):
            return Strip.blank(width, base)
        cursor = self.cursor_style(line)
        mark = self._glyphs.current if cursor else ""
        lines, state = self._raw.lines, self._raw.states[line]
        following = lines[line + 1] if line + 1 < len(lines) else ""
        pieces = json_lines.coloured(lines[line], following, state)
        text = json_lines.lay(pieces, max(0, width - GUTTER), self._wanted, self.style_of)
        segments = [Segment(f"{mark:<{GUTTER}}", base), *text]
        return json_lines.finish(segments, width, base, self.style_of(cursor) if cursor else None)
