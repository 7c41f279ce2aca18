"""The point balance, as large as it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.content import Content
from textual.renderables.digits import Digits
from textual.widgets import Static

from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.state import Loaded


class BalanceCard(Static):
    """Balance, the time it was fetched, and what could not be read of the answer."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"balance--points", "balance--aside", "balance--notice"}

    def __init__(self, state: Loaded, now: datetime, glyphs: Glyphs) -> None:
        super().__init__(classes="card")
        self._state = state
        self._now = now
        self._glyphs = glyphs
        self.border_title = Content(f"Balance · {wording.short(state.identifier)}")

    def render(self) -> RenderableType:
        """Draw the digits, in one line where the large ones do not fit."""
        points = self.get_component_rich_style("balance--points")
        aside = self.get_component_rich_style("balance--aside")
        balance = self._state.summary.balance
        word = "point" if balance == 1 else "points"
        as_of = f"as of {wording.as_of(self._state.fetched_at, self._now)}"
        text = "not known" if balance is None else wording.number(balance)
        room = self.container_size.width - self.gutter.width - len(as_of) - 2
        parts: list[RenderableType]
        if set(text) <= set("0123456789,.-") and Digits.get_width(text) <= room:
            row = Table.grid(padding=(0, 2, 0, 0))
            row.add_row(Digits(text, points), Text(f"\n{word}\n{as_of}", aside))
            parts = [row]
        else:
            parts = [Text(text, points, overflow="fold"), Text(f"{word}  {as_of}", aside)]
        style = self.get_component_rich_style("balance--notice")
        notices = (self._state.identifier.notice, *self._state.summary.notices)
        parts.extend(Text(f"{self._glyphs.notice} {notice}", style) for notice in notices if notice)
        return Group(*parts)
