"""Words at the right end of a line, that change often."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

_STEP: Final = 8
"""Cells by which it grows, so that not each change lays the screen out anew."""


class EndLabel(Static):
    """Is a little wider than its words where there is room; they stand at its end."""

    def __init__(self, id: str) -> None:  # noqa: A002 - as Textual names it
        super().__init__("", id=id, markup=False)
        self._words = ""
        self._wide = 0

    def say(self, words: str, room: int | None = None) -> None:
        """Say something, which may be the same; what it needs not, it takes of so much room."""
        width = cell_len(words)
        wide = -(-width // _STEP) * _STEP
        if room is not None:
            wide = max(width, min(wide, room))
        if (words, wide) == (self._words, self._wide):
            return
        self._words = words
        is_other, self._wide = wide != self._wide, wide
        self.update(Content(" " * (wide - width) + words), layout=is_other)
