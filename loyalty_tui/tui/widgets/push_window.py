"""The part of a list of pushes that is in memory, and which page to ask for next. No screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyalty_tui.archive.model import Entry, Key, Page

NEAR: Final = 400
"""Rows beyond the window up to which one reads on from its edge instead of passing over rows."""
SIDE: Final = 240
"""Rows kept above and below what is seen; also where the screen shows fewer."""
AHEAD: Final = 2
"""Screens that are fetched beyond what is seen."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A page to ask the archive for, and where its entries belong."""

    beyond: Key | None
    backwards: bool
    skip: int
    limit: int
    at: int
    """The index of the first entry asked for; backwards, of the last."""
    joins: bool
    """Whether the entries continue the window; else they replace it."""


def from_start(visible: int) -> Fetch:
    """Return the fetch of a list's beginning: what is seen, and nothing that it would wait for."""
    return Fetch(None, backwards=False, skip=0, limit=max(visible, 1), at=0, joins=False)


def from_end(visible: int, height: int) -> Fetch:
    """Return the fetch of a list's end, the number of whose rows may be wrong."""
    at = max(height, 1) - 1
    return Fetch(None, backwards=True, skip=0, limit=_screens(visible), at=at, joins=False)


def from_place(key: Key, visible: int, at: int) -> Fetch:
    """Return the fetch of what follows a place in a list that has this index."""
    return Fetch(key, backwards=False, skip=0, limit=_screens(visible), at=at, joins=False)


def _screens(visible: int) -> int:
    return (AHEAD + 1) * max(visible, 1)


class PushWindow:
    """Neighbouring entries of a list with the index of the first.

    The index is as good as what is known of the list: until it is placed, by counting from an end
    or by the archive's rank, it is a guess that only the scroll bar shows.
    """

    def __init__(self) -> None:
        self.rows: list[Entry] = []
        self.first = 0
        """The index of the first row."""
        self.total: int | None = None
        """How many rows the list has, once that is known."""
        self.starts_list = False
        """Whether nothing stands before the first row."""
        self.ends_list = False
        """Whether nothing follows the last row."""
        self.is_placed = False
        """Whether the index of the first row is known."""

    @property
    def beyond(self) -> int:
        """The index after the last row."""
        return self.first + len(self.rows)

    @property
    def height(self) -> int:
        """How many rows the list has, as far as one knows."""
        if self.ends_list:
            return self.beyond
        return max(self.total or 0, self.beyond + bool(self.rows))

    def row(self, index: int) -> Entry | None:
        """Return the entry with an index, or None when it is not here."""
        return self.rows[index - self.first] if self.first <= index < self.beyond else None

    def seen(self, top: int, visible: int) -> tuple[int, list[Entry]]:
        """Return the index of the first row in sight that is here, and all of them."""
        low = max(top, self.first)
        return low, self.rows[low - self.first : max(0, top + visible - self.first)]

    def wanted(self, top: int, visible: int) -> Fetch | None:
        """Return what to ask for when so many rows are seen from an index on; None for nothing."""
        if not self.rows:
            return None if self.starts_list and self.ends_list else from_start(visible)
        low = max(0, min(top, self.height - visible))
        high = min(self.height, low + visible)
        if low >= self.beyond + NEAR or high <= self.first - NEAR:
            return self._far(low, visible)
        # What is seen comes before what would be seen next.
        below, above = self.beyond - high, low - self.first
        ahead = AHEAD * visible
        if not self.ends_list and (below < 0 or (below < visible and above >= 0)):
            return self._below(ahead - min(0, below))
        if not self.starts_list and above < visible:
            return self._above(ahead - min(0, above))
        return None

    def _below(self, limit: int) -> Fetch:
        key = self.rows[-1].key
        return Fetch(key, backwards=False, skip=0, limit=limit, at=self.beyond, joins=True)

    def _above(self, limit: int) -> Fetch:
        key = self.rows[0].key
        return Fetch(key, backwards=True, skip=0, limit=limit, at=self.first - 1, joins=True)

    def _far(self, top: int, visible: int) -> Fetch:
        """Return the fetch of a place far away that passes over the fewest rows."""
        limit = _screens(visible)
        low = max(0, top - visible)
        high = min(self.height, low + limit) - 1
        ways = [
            Fetch(None, backwards=False, skip=low, limit=limit, at=low, joins=False),
            Fetch(None, True, self.height - 1 - high, limit, high, False),  # noqa: FBT003 - as above
        ]
        if low >= self.beyond:
            key = self.rows[-1].key
            ways.append(Fetch(key, False, low - self.beyond, limit, low, False))  # noqa: FBT003
        if high < self.first:
            key = self.rows[0].key
            ways.append(Fetch(key, True, self.first - 1 - high, limit, high, False))  # noqa: FBT003
        return min(ways, key=lambda way: way.skip)

    def fits(self, fetch: Fetch) -> bool:
        """Return whether a fetch that was to continue the window still does."""
        if not fetch.joins:
            return True
        return bool(self.rows) and fetch.beyond == self.rows[0 if fetch.backwards else -1].key

    def take(self, fetch: Fetch, page: Page) -> int:
        """Put fetched entries in their place; return by how much all indexes have shifted."""
        entries = page.entries[::-1] if fetch.backwards else page.entries
        if not fetch.joins:
            self.rows = list(entries)
            is_from_edge = fetch.beyond is None and not fetch.skip
            last = fetch.at if self.total is None or not is_from_edge else self.total - 1
            self.first = max(0, last - len(entries) + 1) if fetch.backwards else fetch.at
            self.starts_list = page.is_end if fetch.backwards else is_from_edge
            self.ends_list = is_from_edge if fetch.backwards else page.is_end
            self.is_placed = not fetch.backwards or self.total is not None
        elif fetch.backwards:
            self.rows[:0] = entries
            self.first -= len(entries)
            self.starts_list = page.is_end
        else:
            self.rows += entries
            self.ends_list = page.is_end
        return self._settle()

    def land(self, entry: Entry, page: Page, index: int) -> int:
        """Hold an entry and what follows it; the index is a guess. Return the shift of indexes."""
        self.rows = [entry, *page.entries]
        self.first = index
        self.starts_list = self.is_placed = False
        self.ends_list = page.is_end
        return self._settle()

    def hold(self, rows: Sequence[Entry], first: int) -> None:
        """Hold nothing but these neighbouring rows, whose first has this index."""
        self.rows, self.first, self.is_placed = list(rows), first, True
        self.starts_list = self.ends_list = False

    def index_of(self, ref: str) -> int | None:
        """Return the index of a push, or None when it is not here."""
        here = (self.first + n for n, entry in enumerate(self.rows) if entry.ref == ref)
        return next(here, None)

    def place(self, first: int) -> int:
        """Learn the index of the first row; return by how much all indexes have shifted."""
        shift = max(0, first) - self.first
        self.first += shift
        self.is_placed = True
        self.starts_list = self.starts_list and not self.first
        return shift

    def _settle(self) -> int:
        """Make the index of the first row agree with what is known of the list's ends."""
        if self.starts_list or self.first < 0:
            shift, self.first = -self.first, 0
            self.is_placed = self.is_placed or self.starts_list
        elif self.ends_list and not self.is_placed and self.total is not None:
            shift = self.place(max(0, self.total - len(self.rows)))
        else:
            shift = 0
        if self.ends_list and self.is_placed:
            self.total = self.beyond
        return shift

    def count(self, total: int) -> int:
        """Learn how many rows the list has; return by how much all indexes have shifted."""
        self.total = total
        if not self.ends_list or self.beyond == total:
            return 0
        if not self.is_placed:
            return self.place(max(0, total - len(self.rows)))
        self.ends_list = False  # counted at another moment than read: look there again
        return 0

    def renew(self, now: Mapping[str, Entry | None], before: int) -> int:
        """Have rows as they are now, without those gone; return how many left before an index."""
        held = [now.get(entry.ref, entry) for entry in self.rows]
        self.rows = [entry for entry in held if entry is not None]
        return held[: max(0, before - self.first)].count(None)

    def keep_around(self, top: int, visible: int) -> None:
        """Forget the rows that are far from what is seen."""
        side = max(SIDE, AHEAD * visible)
        self.keep(top - side, top + visible + side)

    def keep(self, low: int, high: int) -> None:
        """Forget the rows before one index and from another on."""
        low, high = max(low, self.first), min(high, self.beyond)
        if low >= high:
            return
        if high < self.beyond:
            del self.rows[high - self.first :]
            self.ends_list = False
        if low > self.first:
            del self.rows[: low - self.first]
            self.first = low
            self.starts_list = False
