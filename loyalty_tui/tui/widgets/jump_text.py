"""What is typed in a list to go somewhere in it. No screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PAUSE: Final = timedelta(seconds=1.5)
"""After this long the next key begins another text."""
LONGEST: Final = 60


class JumpText:
    """Keys gathered to a text; a pause begins another."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._typed_at: datetime | None = None
        self.text = ""
        self.is_nowhere = False
        """Whether the list has nothing that the text names."""

    def type(self, character: str) -> None:
        """Take one more key."""
        if self._is_over():
            self.text = ""
        self.text = (self.text + character)[:LONGEST]
        self.is_nowhere = False

    def erase(self) -> None:
        """Take the last key back."""
        self._typed_at = self._now()
        self.text = self.text[:-1]
        self.is_nowhere = False

    def clear(self) -> None:
        """Begin another text."""
        self.text = ""
        self.is_nowhere = False

    def _is_over(self) -> bool:
        now = self._now()
        before, self._typed_at = self._typed_at, now
        return before is not None and now - before >= PAUSE

    @property
    def note(self) -> str:
        """What to say of it, safe to show; empty when nothing was typed."""
        if not self.text:
            return ""
        return f"to: {neutralise(self.text)}" + (" · nothing there" if self.is_nowhere else "")
