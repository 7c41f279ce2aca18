"""What is typed in a list to go somewhere in it. No screen."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PAUSE: Final = timedelta(seconds=1.5)
"""After this long the next key begins another text."""
LONGEST: Final = 60
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_DATE: Final = re.compile(
    rf"\s*(\d{{1,2}})\s+({'|'.join(_MONTHS)})[a-z]*(?:\s+(\d{{4}})(?:\s+(\d\d:\d\d))?)?(?!\w)",
    re.IGNORECASE,
)
"""A date as the list writes it, or its beginning."""


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
        if self.is_over:
            self.text = ""
        self._typed_at = self._now()
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

    @property
    def is_over(self) -> bool:
        """Whether the next key begins another text."""
        return self._typed_at is not None and self._now() - self._typed_at >= PAUSE

    @property
    def moment(self) -> str:
        """The text with a date that is written as the list writes it as the archive reads it.

        Without a year it is the last one of that day and month.
        """
        written = _DATE.match(self.text)
        if written is None:
            return self.text
        month, day = _MONTHS.index(written[2].lower()) + 1, int(written[1])
        today = self._now().astimezone(UTC)
        year = written[3] or today.year - ((month, day) > (today.month, today.day))
        return f"{year}-{month:02}-{day:02}" + (f"T{written[4]}" if written[4] else "")

    @property
    def note(self) -> str:
        """What to say of it, safe to show; empty when nothing was typed."""
        if not self.text:
            return ""
        return f"to: {neutralise(self.text)}" + (" · nothing there" if self.is_nowhere else "")
