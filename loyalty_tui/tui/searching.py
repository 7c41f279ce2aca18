"""What the archive view asks beside its list: how many, when, and in the pushes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import structs

from loyalty_tui.archive.query.model import EVERYTHING
from loyalty_tui.tui import wording
from loyalty_tui.tui.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from textual.screen import Screen

    from loyalty_tui.archive.model import ScanProgress, Sums
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.program import PushArchive

PATIENCE: Final = 0.15
"""Seconds after which an old count is not left standing without a word."""
_LIST_FIRST: Final = 0.08
"""Seconds that the list has for its first page before anything is counted."""


class Searching:
    """Counts what a query finds, and runs the search that looks at pushes, with its progress."""

    def __init__(  # noqa: PLR0913 - what it says goes to four places
        self,
        screen: Screen[str | None],
        archive: PushArchive,
        *,
        on_sums: Callable[[Sums], None],
        on_bars: Callable[[Sums], None],
        on_more: Callable[[bool], None],
        on_words: Callable[[str], None],
        on_failure: Callable[[ArchiveError], None],
    ) -> None:
        self._screen = screen
        self._archive = archive
        self._on_sums = on_sums
        self._on_bars = on_bars
        self.is_held = False
        """Whether what was counted stays as it was said, and only its bars are drawn anew."""
        self._on_more = on_more
        self._on_words = on_words
        self._query = EVERYTHING
        self._bars = 0
        self._sums: Sums | None = None
        self._whole: int | None = None
        self._scan: ScanProgress | None = None
        self._counts = Asking(screen, "sums", on_failure)
        self._wholes = Asking(screen, "whole", on_failure)
        self._news = Asking(screen, "new", on_failure)
        self._scans = Asking(screen, "scan", on_failure)

    @property
    def is_scanning(self) -> bool:
        """Whether pushes are being looked at; not while only those are that have just come."""
        return self._scans.is_busy and not self._is_through

    @property
    def _is_through(self) -> bool:
        """Whether all pushes have been looked at once."""
        return self._scan is not None and self._scan.is_done

    def ask(self, query: Query, bars: int) -> None:
        """Count what another query finds; search for it."""
        self._query = query
        self._sums = self._scan = None
        self._news.stop()
        self._scans.stop()
        if query.needs_documents:
            self._search(is_news=False)
        self._counts.stop()
        self._bars = bars
        if bars:
            self._counts.ask(
                lambda stop: self._archive.sums(query, bars, stop), self._show, _LIST_FIRST
            )
        self._screen.set_timer(PATIENCE, self._say)

    def ask_again(self) -> None:
        """Ask the same anew."""
        self._whole = None
        self.ask(self._query, self._bars)

    def count(self, bars: int) -> None:
        """Count once more, with so many bars; an older count is finished first."""
        self._bars = bars
        query = self._query
        if bars:
            self._counts.ask_once_more(
                lambda stop: self._archive.sums(query, bars, stop), self._show
            )

    def archive_changed(self, *, is_news: bool) -> None:
        """Count again, and search what has come, unless the search was stopped."""
        self._whole = None
        self.count(self._bars)
        if self._scans.is_busy or self._is_through:
            self._search(is_news=is_news, goes_on=True)

    def count_new(self, then: Callable[[int], None]) -> None:
        """Count how many more the query finds than what was said; what is said stays as it is."""
        query, before = self._query, self._sums
        if before is not None:
            self._news.ask_once_more(
                lambda stop: self._archive.sums(query, 1, stop).pushes,
                lambda pushes: then(max(0, pushes - before.pushes)),
            )

    def stop_scan(self) -> bool:
        """Stop looking at pushes; return whether that was under way."""
        was_scanning = self.is_scanning
        if was_scanning:
            self._scans.stop()
            self._say()
        return was_scanning

    def _show(self, sums: Sums) -> None:
        if self.is_held and self._sums is not None:
            self._on_bars(sums)
            return
        self._sums = sums
        if not self._query.clauses:
            self._whole = sums.pushes
        elif self._whole is None:
            self._wholes.ask_once_more(
                lambda stop: self._archive.sums(EVERYTHING, 1, stop).pushes, self._show_whole
            )
        self._on_sums(sums)
        self._say()

    def _show_whole(self, whole: int) -> None:
        self._whole = whole
        self._say()

    # Looking at pushes

    def _search(self, *, is_news: bool, goes_on: bool = False) -> None:
        """Look at pushes, now or when that is done which is under way."""
        query = self._query

        def search(stop: Event) -> None:
            def report(progress: ScanProgress) -> None:
                if not stop.is_set():
                    self._screen.call_later(self._scanned, query, progress, is_news)

            self._archive.scan(query, report, stop, goes_on=goes_on)

        self._scans.ask_once_more(search, lambda _: self._say())

    def _scanned(self, query: Query, progress: ScanProgress, is_news: bool) -> None:  # noqa: FBT001 - called later, by position
        if query is not self._query:
            return
        has_more = progress.found != (self._scan.found if self._scan else 0)
        is_done = progress.is_done or self._is_through
        self._scan = structs.replace(progress, is_done=is_done)
        if has_more or progress.is_done:
            self._on_more(is_news)
            self.count(self._bars)
        self._say()

    # Saying it

    def _say(self) -> None:
        scan = self._scan
        if self.is_scanning or (scan is not None and not scan.is_done):
            verb = "searching" if self.is_scanning else "stopped at"
            done, of = (scan.bytes_done, scan.bytes_total) if scan else (0, 1)
            found = scan.found if scan else 0
            self._on_words(f"{verb} {wording.share(done, of)} % · {found:,} found")
        elif self._sums is None:
            self._on_words("… counting")
        elif not self._query.clauses:
            self._on_words(wording.counted(self._sums.pushes, "push", "pushes"))
        elif self._whole is not None:
            self._on_words(f"{self._sums.pushes:,} of {self._whole:,}")
        else:
            self._on_words(f"{self._sums.pushes:,} found")
