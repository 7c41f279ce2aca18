"""What the keys do, made from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from loyalty_tui.tui import commands

_ALSO = (
    ("Tab", "Go on to the next part of the screen; Shift+Tab back."),
    ("Ctrl+P", "All commands, to search by name."),
    ("Ctrl+Q", "Leave loyalty-tui."),
)


class HelpScreen(ModalScreen[None]):
    """A list of keys over a screen, made from its commands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,f1,question_mark,enter,q", "dismiss", "Close"),
    ]

    def __init__(
        self, known: tuple[commands.Command, ...], ways: tuple[commands.Way, ...] = ()
    ) -> None:
        super().__init__()
        self._known = known
        self._ways = ways

    def compose(self) -> ComposeResult:
        """List every command with its keys."""
        table = Table.grid(padding=(0, 3, 0, 0))
        for command in self._known:
            bindings = Binding.make_bindings([command.binding()])
            keys = " or ".join(self.app.get_key_display(binding) for binding in bindings)
            table.add_row(Text(keys, "bold"), Text(command.help))
        for key, words in (*self._ways, *_ALSO):
            table.add_row(Text(key, "bold"), Text(words))
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            yield Static(table)
