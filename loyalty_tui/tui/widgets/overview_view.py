"""One push at a glance: blocks of facts, in as many columns as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty_tui.crowdtwist.overview import Bar
from loyalty_tui.tui.widgets import lines
from loyalty_tui.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from loyalty_tui.crowdtwist.overview import Block
    from loyalty_tui.tui.glyphs import Glyphs

_COLUMN: Final = 52
"""Cells that a column has at least, where there are several."""
_MOST_COLUMNS: Final = 3
_WIDEST_BAR: Final = 40


class OverviewView(Lines):
    """Shows the overview of one push."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("overview-lines")
        self._glyphs = glyphs
        self._blocks: tuple[Block, ...] = ()
        self._notice = ""

    def show(self, blocks: tuple[Block, ...], notice: str = "") -> None:
        """Show another push, or say why there is none to show."""
        self._blocks, self._notice = blocks, notice
        self.changed()

    def lay_out(self, width: int) -> list[Line]:
        """Return the blocks in columns."""
        if self._notice:
            return [((line, "notice"),) for line in lines.wrapped(self._notice, width)]
        columns = max(1, min(_MOST_COLUMNS, width // _COLUMN))
        wide = width // columns
        room = wide - (lines.GAP if columns > 1 else 0)
        return lines.beside([self._block(block, room) for block in self._blocks], wide, columns)

    def _block(self, block: Block, width: int) -> list[Line]:
        made: list[Line] = [((block.title, "group"),)]
        for fact in block.facts:
            if isinstance(fact, Bar):
                made += self._bar(fact, width)
            elif not fact.label:
                made += [((f" {line}", "aside"),) for line in lines.wrapped(fact.value, width - 1)]
            else:
                mark = f"{self._glyphs.notice} " if fact.is_odd else ""
                style = "notice" if fact.is_odd else "value" if fact.is_said else "aside"
                made += lines.labelled(fact.label, mark + fact.value, width, style)
        return made

    def _bar(self, bar: Bar, width: int) -> list[Line]:
        """Return the bar with the numbers it is made of below it."""
        wide = max(1, min(_WIDEST_BAR, width - 1))
        full = round(bar.share * wide)
        if bar.share > 0:
            full = max(1, full)
        if bar.share < 1:
            full = min(full, wide - 1)
        drawn: Line = (
            (" " + self._glyphs.meter_done * full, "bar"),
            (self._glyphs.meter_left * (wide - full), "aside"),
        )
        words = f"{bar.done} · {bar.whole}"
        return [drawn, *((((f" {line}"), "label"),) for line in lines.wrapped(words, width - 1))]
