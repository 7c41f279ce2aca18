"""The rank ladder: every rung with its band, the member's own marked by sign, words and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.wording import NAME_LIMIT

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loyalty_tui.crowdmanager.ladder import Ladder
    from loyalty_tui.tui.glyphs import Glyphs

THIS_MEMBER = "this member"
_MOST_ABOVE: Final = 16
"""Rungs that stand above the sentences; behind more of them nobody would see these."""


class LadderCard(Static):
    """Rungs best first, and what the member's rank means and which comes next."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"ladder--current", "ladder--rung", "ladder--aside"}
    BORDER_TITLE = "Rank ladder"

    def __init__(self, ladder: Ladder, glyphs: Glyphs) -> None:
        super().__init__(classes="card")
        self._ladder = ladder
        self._glyphs = glyphs

    def render(self) -> RenderableType:
        """Draw the rungs as a table, the sentences below it, or above where it is a long one."""
        ladder = self._ladder
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=1)
        table.add_column()  # the only one that gives way where room is scarce
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, width=len(THIS_MEMBER))
        for rung in ladder.rungs:
            name = neutralise(rung.name, NAME_LIMIT)
            if not rung.is_listed:
                name += " (not listed)"
            self._add_row(table, name, rung.band, is_current=rung.is_current)
        if ladder.has_everyone_else:
            self._add_row(table, "everyone else", "below", is_current=ladder.is_unranked)
        parts: list[RenderableType] = [Text(neutralise(ladder.meaning))]
        if ladder.outlook:
            aside = self.get_component_rich_style("ladder--aside")
            parts.append(Text(neutralise(ladder.outlook), aside))
        if table.row_count:
            parts.insert(len(parts) if table.row_count > _MOST_ABOVE else 0, table)
        return Group(*parts)

    def _add_row(self, table: Table, name: str, band: str, *, is_current: bool) -> None:
        part = "ladder--current" if is_current else "ladder--rung"
        style = self.get_component_rich_style(part)
        sign = self._glyphs.current if is_current else " "
        mark = THIS_MEMBER if is_current else ""
        one_line = Text(name, style, no_wrap=True, overflow="ellipsis")
        table.add_row(Text(sign, style), one_line, Text(band, style), Text(mark, style))
