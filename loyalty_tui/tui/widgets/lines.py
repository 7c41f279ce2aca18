"""Text in lines that are laid out for a width and drawn as they come into sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from rich.cells import chop_cells
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from loyalty_tui.tui.cells import cell_len, strip_of
from loyalty_tui.tui.scrolling import QuickScrollView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.style import Style
    from textual import events

Piece: TypeAlias = tuple[str, str]
"""Some text, and the name of its style after "lines--"; plain without one."""
Line: TypeAlias = tuple[Piece, ...]

GAP: Final = 2
"""Cells between two columns."""
_LEAST_LABEL: Final = 10
_MOST_LABEL: Final = 24
_LABEL_SHARE: Final = 0.4


class Lines(QuickScrollView):
    """Shows lines that a subclass lays out for a width; only those in sight are drawn."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--plain",
        "lines--group",
        "lines--label",
        "lines--value",
        "lines--aside",
        "lines--strong",
        "lines--bar",
        "lines--notice",
        "lines--cursor",
    }

    def __init__(self, id: str) -> None:  # noqa: A002 - as Textual names it
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._laid_out_for = -1

    def lay_out(self, width: int) -> list[Line]:
        """Return the lines for a width, which is at least 1."""
        raise NotImplementedError

    def changed(self, *, is_other: bool = True) -> None:
        """Lay out anew; other content is shown from its beginning."""
        self._laid_out_for = -1
        self._lines = []  # a view that is not seen has no width to lay others out for
        if self.is_mounted:
            if is_other:
                self.scroll_to(y=0, animate=False)
            self._lay_out()
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for another width."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width > 0 and width != self._laid_out_for:
            self._laid_out_for = width
            self._lines = self.lay_out(width)
            self._grow(Size(width, len(self._lines)), has_bar=len(self._lines) > self.size.height)

    def _grow(self, size: Size, *, has_bar: bool) -> None:
        """Be as high as the lines are; the screen is laid out anew only for a scroll bar."""
        if has_bar is not self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        self.set_reactive(Lines.virtual_size, size)
        if has_bar:
            self.vertical_scrollbar.window_virtual_size = size.height

    def render_line(self, y: int) -> Strip:
        """Draw a line that is in sight."""
        width = self.scrollable_content_region.width
        if width != self._laid_out_for:
            self._lay_out()
        index = self.scroll_offset.y + y
        plain = self._style("")
        across = self.size.width  # with the room for a scroll bar
        if index >= len(self._lines):
            return Strip.blank(across, plain)
        pieces = self.line_at(index)
        segments = [Segment(text, self._style(name)) for text, name in pieces]
        strip = strip_of(segments).adjust_cell_length(across, plain)
        if self.is_cursor(index):
            over = self._style("cursor")
            drawn = [Segment(text, (style or plain) + over) for text, style, _ in strip]
            return Strip(drawn, across)
        return strip

    def line_at(self, index: int) -> Line:
        """Return a line as it is drawn now."""
        return self._lines[index]

    def is_cursor(self, index: int) -> bool:
        """Say whether a line is under the cursor; there is none unless a subclass has one."""
        del index
        return False

    def _style(self, name: str) -> Style:
        # Textual works a widget's own style, which has no name, out anew each time.
        return self.style_drawn(f"lines--{name or 'plain'}")


def label_width(width: int) -> int:
    """Return the cells of a column of labels, the gap after it included."""
    return max(_LEAST_LABEL, min(_MOST_LABEL, int(width * _LABEL_SHARE))) + GAP


def labelled(label: str, value: str, width: int, style: str, indent: int = 1) -> Iterator[Line]:
    """Yield the lines of a label and a value beside it, both as long as they are."""
    left = min(label_width(width), max(1, width - 1))
    labels = wrapped(label, max(1, left - GAP - indent))
    values = wrapped(value, max(1, width - left))
    for number in range(max(len(labels), len(values))):
        name = " " * indent + labels[number] if number < len(labels) else ""
        text = values[number] if number < len(values) else ""
        yield (padded(name, left), "label"), (text, style)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many cells, broken between words where it can be."""
    width = max(1, width)
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [*lines, line]


def padded(text: str, width: int) -> str:
    """Return a text with spaces up to a width; a longer one stays as it is."""
    return text + " " * (width - cell_len(text))


def beside(blocks: Iterable[list[Line]], width: int, columns: int) -> list[Line]:
    """Return blocks of lines in columns of one width, read from top to bottom, then rightwards."""
    kept = [block for block in blocks if block]
    total = sum(map(len, kept))
    sides: list[list[Line]] = [[] for _ in range(columns)]
    at = done = 0
    for block in kept:
        if sides[at] and at < columns - 1 and done + len(block) / 2 > total * (at + 1) / columns:
            at += 1
        sides[at] += block
        done += len(block)
    height = max(map(len, sides), default=0)
    lines: list[Line] = []
    for y in range(height):
        line: list[Piece] = []
        for side in sides:
            pieces = side[y] if y < len(side) else ()
            room = width - sum(cell_len(text) for text, _ in pieces)
            line += [*pieces, (" " * max(0, room), "")]
        lines.append(tuple(line))
    return lines
