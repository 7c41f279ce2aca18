"""Words at the right end of a line, that change often."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

_SPARE: Final = 12
"""Cells that it keeps for longer words, so that not each change lays the screen out anew."""


class EndLabel(Static):
    """Is as wide as its longest words lately were."""

    def __init__(self, id: str) -> None:  # noqa: A002 - as Textual names it
        super().__init__("", id=id, markup=False)
        self._words = ""
        self._wide = 0

    def say(self, words: str) -> None:
        """Say something, which may be the same."""
        if words == self._words:
            return
        self._words = words
        wide = cell_len(words)
        is_wide_enough = wide <= self._wide <= wide + _SPARE
        if not is_wide_enough:
            self._wide = wide
        room = " " * (self._wide - wide)
        self.update(Content(room + words), layout=not is_wide_enough)
