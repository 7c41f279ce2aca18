"""How many pushes have come since one saw a list's beginning. No screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Key

_LAST_PLACE: Final = 2**63 - 1


class News:
    """Counts what is new: above the first row that was seen, or, in other orders, in all."""

    def __init__(self, *, is_newest_first: bool = True) -> None:
        self._is_newest_first = is_newest_first
        self.top: Key | None = None
        """The first row when the list's beginning was last seen; newest pushes come before it."""
        self.number = 0
        """How many are new."""
        self._before = 0
        self._total: int | None = None
        self._is_news = False

    def see_top(self, key: Key) -> None:
        """Take notice that the list's beginning is seen."""
        # One that is read again from another place is not before itself.
        self.top = (*key[:-1], _LAST_PLACE)
        self._before = 0
        if self._is_newest_first:
            self.number = 0

    def forget(self) -> None:
        """Take all that is here for seen."""
        self.number = 0
        self._total = None

    def expect(self, *, is_news: bool) -> None:
        """Take notice that there is more, which is news or not."""
        self._is_news = is_news

    def measure(self, above: int) -> None:
        """Learn how many rows stand before the one that was first."""
        if self._is_news:
            self.number = max(0, above - self._before)
        else:
            self._before = above - self.number

    def count(self, total: int) -> None:
        """Learn how many rows there are in all."""
        if self._is_newest_first:
            return
        if self._total is None or not self._is_news:
            self._total = total - self.number
        else:
            self.number = max(0, total - self._total)

    @property
    def note(self) -> str:
        """What to say of it: "3 new · Home"; empty when nothing is."""
        return f"{self.number:,} new · Home" if self.number else ""
