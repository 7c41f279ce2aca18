"""What a list of pushes asks the archive. Everything here blocks and runs in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from loyalty_tui.archive.model import Entry, Key, Page, Sorting
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.widgets.push_window import Fetch


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

    def ranks(self, keys: tuple[Key, ...], stop: Event) -> tuple[int, ...]:
        """Return how many entries stand before each key."""
        return tuple(
            self.archive.rank(self.query, self.sorting, key, descending=self.descending, stop=stop)
            for key in keys
        )
