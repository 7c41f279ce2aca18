"""Lines without end with a cursor in them, of which only those that are seen are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

if TYPE_CHECKING:
    from textual import events


class LinesPane(ScrollView, can_focus=True):
    """What a tree and a text have in common: moving by key, wheel and mouse.

    Its keys come before those of the screen, also those that print something: a screen may take
    what is typed for a box of its own.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False, priority=True),
        Binding("down,j", "move(1)", show=False, priority=True),
        Binding("pageup,ctrl+b", "move_page(-1)", show=False, priority=True),
        Binding("pagedown,ctrl+f", "move_page(1)", show=False, priority=True),
        Binding("home,ctrl+home,g", "first", show=False, priority=True),
        Binding("end,ctrl+end,G", "last", show=False, priority=True),
    ]

    class Moved(Message):
        """The cursor stands elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as Textual names it
        super().__init__(id=id)
        self._cursor = 0

    @property
    def height_of_all(self) -> int:
        """How many lines there are, as far as one knows."""
        raise NotImplementedError

    @property
    def cursor(self) -> int:
        """The line the cursor is in."""
        return self._cursor

    @property
    def _seen(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def grow(self) -> None:
        """Be as high as there are lines now."""
        height = self.height_of_all
        self.virtual_size = Size(0, height)
        if self.show_vertical_scrollbar:  # at once, not only when all is laid out again
            self.vertical_scrollbar.window_virtual_size = height
        self.refresh()

    def go_to(self, line: int, *, is_central: bool = False) -> None:
        """Move the cursor, and what is seen as little as that needs, or as much as it likes."""
        self._cursor = max(0, min(line, self.height_of_all - 1))
        top, seen = self.scroll_offset.y, self._seen
        if not top <= self._cursor < top + seen:
            above = seen // 2 if is_central else 0 if self._cursor < top else seen - 1
            self.scroll_to(y=max(0, self._cursor - above), animate=False)
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self.go_to(self._cursor + by)

    def action_move_page(self, by: int) -> None:
        """Move the cursor by what is seen at once, and the lines with it."""
        step = by * max(1, self._seen - 1)
        self.scroll_to(y=self.scroll_offset.y + step, animate=False)
        self.go_to(self._cursor + step)

    def action_first(self) -> None:
        """Go to the first line."""
        self.go_to(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go_to(self.height_of_all - 1)

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed here, where it means nothing, from a box that would take it."""
        if event.is_printable and event.character and event.character != "?":
            event.stop()
            event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Go to a line."""
        offset = event.get_content_offset(self)
        if offset is not None and (line := self.scroll_offset.y + offset.y) < self.height_of_all:
            self.go_to(line)
            self.clicked(line, offset.x, event.chain)

    def clicked(self, line: int, x: int, chain: int) -> None:
        """Learn in which cell of a line the mouse was clicked, and for which time in a row."""

    def style_of(self, name: str) -> Style:
        """Return the style of a component class, without a name that of the whole."""
        if not name:
            return self.rich_style
        if not name.startswith("json--cursor"):
            return self.get_component_rich_style(name, partial=name == "json--match")
        cursor = self.get_component_rich_style(name)
        return Style(bgcolor=cursor.bgcolor, bold=cursor.bold)  # what it lies over keeps its colour

    def cursor_style(self, line: int) -> str:
        """Return the name of the cursor's style in its line, an empty one elsewhere."""
        if line != self._cursor:
            return ""
        return "json--cursor" if self.has_focus else "json--cursor-blurred"
