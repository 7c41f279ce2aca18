"""What a list of pushes asks the archive. Everything here blocks and runs in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from loyalty_tui.tui.widgets.push_window import Fetch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from loyalty_tui.archive.model import Entry, Key, Page, Sorting
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.tui.program import PushArchive


class Sight(NamedTuple):
    """What has become of the rows in sight."""

    ranks: tuple[int, ...]
    """How many entries stand before each key that was asked for."""
    now: dict[str, Entry | None]
    """The rows by their refs, as they are now; None for one that is no longer there."""
    around: tuple[tuple[Entry, ...], tuple[Entry, ...]] | None
    """What stands above the cursor now, and what from there on; None when none came between."""

    def lacks(self, *refs: str) -> bool:
        """Return whether one of these was in sight and is no longer there."""
        return any(ref in self.now and self.now[ref] is None for ref in refs)


@dataclass(frozen=True, slots=True)
class Question:
    """A query in one order."""

    archive: PushArchive
    query: Query
    sorting: Sorting
    descending: bool

    def page(self, fetch: Fetch, stop: Event) -> Page:
        """Return a page of the list."""
        return self.archive.page(
            self.query,
            self.sorting,
            descending=self.descending,
            limit=fetch.limit,
            stop=stop,
            beyond=fetch.beyond,
            backwards=fetch.backwards,
            skip=fetch.skip,
        )

    def find(self, text: str, limit: int, stop: Event) -> tuple[Entry, Page] | None:
        """Return the entry that a text names in this order and so many that follow it."""
        entry = self.archive.jump(self.query, self.sorting, text, descending=self.descending)
        if entry is None or stop.is_set():
            return None
        page = self.archive.page(
            self.query,
            self.sorting,
            descending=self.descending,
            limit=limit,
            stop=stop,
            beyond=entry.key,
        )
        return entry, page

    def beside(self, entry: Entry, by: int, limit: int, stop: Event) -> tuple[Entry, Page] | None:
        """Return the push a row from one (0 for that one, -1 or 1) and what follows it.

        None when that one is not in the list. Its key has to be of the same order.
        """
        before = Fetch(entry.key, backwards=True, skip=0, limit=1, at=0, joins=False)
        above = self.page(before, stop).entries
        beyond = above[0].key if above else None
        onwards = Fetch(beyond, backwards=False, skip=0, limit=limit, at=0, joins=False)
        page = self.page(onwards, stop)
        if stop.is_set() or not page.entries or page.entries[0].ref != entry.ref:
            return None
        rows = (*above, *page.entries)
        at = max(0, min(len(above) + by, len(rows) - 1))
        return rows[at], structs.replace(page, entries=rows[at + 1 :])

    def look(
        self, keys: tuple[Key, ...], rows: Sequence[Entry], cursor: Entry | None, stop: Event
    ) -> Sight:
        """Return where keys stand now, and what has become of neighbouring rows."""
        still = {entry.ref: entry for entry in self.archive.still(rows)}
        now = {row.ref: row if (entry := still.get(row.ref)) == row else entry for row in rows}
        around = self._around(cursor, rows, now, stop) if cursor and cursor in rows else None
        keys_now = {row.key: entry.key for row in rows if (entry := now[row.ref])}
        keys = tuple(keys_now.get(key, key) for key in keys)
        return Sight(self.ranks(keys, stop), now, around)

    def _around(
        self, cursor: Entry, rows: Sequence[Entry], now: dict[str, Entry | None], stop: Event
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]] | None:
        def page(entry: Entry, limit: int, *, backwards: bool = False) -> tuple[Entry, ...]:
            fetch = Fetch(entry.key, backwards, skip=0, limit=limit, at=0, joins=False)
            return self.page(fetch, stop).entries

        left = [entry.ref for entry in rows[1:] if now[entry.ref]]
        first, cursor = now[rows[0].ref] or rows[0], now[cursor.ref] or cursor
        listed = [entry.ref for entry in page(first, len(left))]
        if listed == left or not listed:  # nothing at all: the index went away meanwhile
            return None
        itself = (cursor,) if now[cursor.ref] else ()
        above = page(cursor, len(rows), backwards=True)[::-1]
        return above, (*itself, *page(cursor, len(rows)))

    def ranks(self, keys: tuple[Key, ...], stop: Event) -> tuple[int, ...]:
        """Return how many entries stand before each key."""
        return tuple(
            self.archive.rank(self.query, self.sorting, key, descending=self.descending, stop=stop)
            for key in keys
        )
