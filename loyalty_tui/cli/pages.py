"""The pages of a list, with no push missing and none twice should the index be made anew."""

from __future__ import annotations

from itertools import dropwhile
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.archive.search import LostIndexError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.archive.model import Entry, Key, Sorting
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.archive.search import Search

_AT_ONCE: Final = 500


class Pages:
    """One list, page by page from its beginning, of which at most so many pushes are wanted."""

    def __init__(
        self, search: Search, query: Query, sorting: Sorting, *, descending: bool, most: int | None
    ) -> None:
        self._search = search
        self._query = query
        self._sorting = sorting
        self._descending = descending
        self._at_once = _AT_ONCE if most is None else min(most, _AT_ONCE)
        self._beyond: Key | None = None
        self._is_begun = self._is_end = False
        self._last: Key | None = None
        self._equal: set[str] = set()
        """The references of what was returned with the same value as the last."""

    def more(self) -> list[Entry]:
        """Return the entries that come next; none at the end.

        Raises:
            LostIndexError: The index was lost. Once there is one again, `more` goes on in that.
        """
        new: list[Entry] = []
        try:
            while not new:
                entries = self._next()
                if not entries:
                    break
                new = list(self._not_returned(entries))
        except LostIndexError:
            self._beyond = None
            self._is_begun = self._is_end = False
            raise
        for entry in new:
            if self._last is None or entry.key[0] != self._last[0]:
                self._equal.clear()
            self._last = entry.key
            self._equal.add(entry.ref)
        return new

    def _next(self) -> tuple[Entry, ...]:
        if self._is_end:
            return ()
        if self._query.needs_documents and not self._is_begun:
            self._search.scan(self._query, lambda _: None, Event())
        self._is_begun = True
        page = self._search.page(
            self._query, self._sorting, descending=self._descending, limit=self._at_once,
            stop=Event(), beyond=self._beyond,
        )  # fmt: skip
        self._is_end = page.is_end
        if page.entries:
            self._beyond = page.entries[-1].key
        return page.entries

    def _not_returned(self, entries: tuple[Entry, ...]) -> Iterator[Entry]:
        """Yield what follows what was returned; only a key's first value is that of any index."""
        last = self._last
        if last is None:
            return iter(entries)
        following = dropwhile(lambda entry: self._is_before(entry.key[0], last[0]), entries)
        return (entry for entry in following if entry.ref not in self._equal)

    def _is_before(self, value: Any, last: Any) -> bool:
        return bool(value > last if self._descending else value < last)
