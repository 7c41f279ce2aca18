"""The distinction badges: earned ones first, the others plainly not earned."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loyalty_tui.crowdmanager.models import Distinction
    from loyalty_tui.tui.glyphs import Glyphs

NAME_WIDTH = 26
DESCRIPTION_LIMIT = 300


class BadgesCard(Static):
    """A row for each distinction of the scheme; "2 of 4 earned" in the title."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"badges--earned", "badges--not-earned"}
    BORDER_TITLE = "Distinctions"

    def __init__(self, distinctions: tuple[Distinction, ...], glyphs: Glyphs) -> None:
        super().__init__(classes="card")
        self._distinctions = wording.earned_first(distinctions)
        self._glyphs = glyphs
        if distinctions:
            self.border_title = f"{self.BORDER_TITLE} · {wording.earned(distinctions)} earned"

    def render(self) -> RenderableType:
        """Draw the badges: sign, name, whether earned, description."""
        not_earned = self.get_component_rich_style("badges--not-earned")
        if not self._distinctions:
            return Text("The answer lists no distinctions.", not_earned)
        earned = self.get_component_rich_style("badges--earned")
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(width=1)
        table.add_column(max_width=NAME_WIDTH, overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for item in self._distinctions:
            style = earned if item.is_earned else not_earned
            sign = self._glyphs.earned if item.is_earned else self._glyphs.not_earned
            name = wording.distinction_name(item)
            state = "earned" if item.is_earned else "not earned"
            description = neutralise(item.description.strip(), DESCRIPTION_LIMIT)
            shown = "" if description == name else description
            table.add_row(
                Text(sign, style), Text(name, style), Text(state, style), Text(shown, not_earned)
            )
        return table
