"""One line while the index is being built: how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Progress
    from loyalty_tui.tui.glyphs import Glyphs

LENGTH: Final = 20
"""Cells of the bar."""


class IndexLine(Static):
    """A bar with words; not there once everything is indexed."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("", id="index-line", markup=False)
        self._glyphs = glyphs
        self.display = False

    def show(self, progress: Progress | None) -> None:
        """Say how far the index has come."""
        is_there = progress is not None and not progress.is_done
        if is_there is not self.display:  # to set it lays the screen out anew in any case
            self.display = is_there
        if progress is None or progress.is_done:
            return
        percent = wording.share(progress.bytes_done, progress.bytes_total)
        done = LENGTH * percent // 100
        self.update(
            Content.assemble(
                "Indexing ",
                (self._glyphs.meter_done * done, "$primary"),
                (self._glyphs.meter_left * (LENGTH - done), "$foreground-muted"),
                f" {percent} % · {wording.indexing(progress)}",
            )
        )
