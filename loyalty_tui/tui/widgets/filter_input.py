"""The line of the filter box: marks what is wrong, passes on keys for what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive

from loyalty_tui.archive.query.model import LONGEST
from loyalty_tui.tui.widgets.identifier_box import PlainInput

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text


class FilterInput(PlainInput):
    """A plain line with a marked piece; Tab, Right, Up, Down and Esc go to the offers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter--wrong"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take_offer", show=False),
        Binding("down", "next_offer(1)", show=False),
        Binding("up", "next_offer(-1)", show=False),
        Binding("escape", "drop_offers", show=False),
    ]

    # Its box is as wide as there is room: what is in it lays nothing out anew.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    class Key(Message):
        """A key was pressed that belongs to the offers."""

        def __init__(self, meaning: str, by: int = 0, text: str = "", cursor: int = 0) -> None:
            super().__init__()
            self.meaning = meaning
            """"take", "move" or "drop"."""
            self.by = by
            self.text = text
            """The line as it was then."""
            self.cursor = cursor

    def __init__(self, placeholder: str) -> None:
        super().__init__(
            placeholder=placeholder,
            id="filter",
            max_length=LONGEST + 1,  # what was cut would be asked as if it were the question
            compact=True,
            select_on_focus=False,
        )
        self.has_offers = False
        """Whether something is offered now; its keys mean something else then."""
        self._mark = Mark()
        self.highlighter = self._mark

    def mark(self, start: int, end: int) -> None:
        """Mark a piece of the line as wrong; none when it is empty."""
        if (start, end) == (self._mark.start, self._mark.end):
            return
        self._mark.start, self._mark.end = start, end
        self._mark.style = self.get_component_rich_style("filter--wrong", partial=True)
        self.refresh()

    def action_take_offer(self) -> None:
        """Take the offer that is chosen."""
        self._pass_on("take")

    def action_next_offer(self, by: int) -> None:
        """Choose another offer; without any, Down leaves the line."""
        if not self.has_offers and by > 0:
            self.post_message(self.Key("leave"))
        else:
            self._pass_on("move", by)

    def action_drop_offers(self) -> None:
        """Offer nothing more."""
        self._pass_on("drop")

    def action_cursor_right(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - as Textual declares it
        """Move right; at the end, take the offer."""
        if self.has_offers and not select and self.cursor_position == len(self.value):
            self._pass_on("take")
        else:
            super().action_cursor_right(select)

    def _pass_on(self, meaning: str, by: int = 0) -> None:
        if not self.has_offers:
            raise SkipAction
        self.post_message(self.Key(meaning, by, self.value, self.cursor_position))


class Mark(Highlighter):
    """Styles one piece of a line."""

    def __init__(self) -> None:
        self.start = self.end = 0
        self.style: Style | str = ""

    def highlight(self, text: Text) -> None:
        """Style the piece."""
        text.stylize(self.style, self.start, self.end)
