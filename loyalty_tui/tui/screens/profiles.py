"""A choice of the settings' profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class ProfilesScreen(ModalScreen[str | None]):
    """Lists the profiles; answers with the chosen name, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Close")]

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        """List the names."""
        names = OptionList(*(Option(Content(neutralise(name, 60))) for name in self._names))
        names.id = "profiles"
        names.border_title = "Profiles"
        names.border_subtitle = "Enter chooses, Esc closes"
        yield names

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen profile."""
        self.dismiss(self._names[event.option_index])
