"""An archive as the desk and the command line ask it: from its index, and a push from its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from loyalty_tui.archive import folder as folders
from loyalty_tui.archive import following, seeking, streams
from loyalty_tui.archive.index import orders, overview, selecting, stand
from loyalty_tui.archive.index.reader import DamagedError, NoIndexError, Reader, StoppedError
from loyalty_tui.archive.index.stand import Stand
from loyalty_tui.archive.model import History, Page, ScanProgress, Sums, Totals
from loyalty_tui.archive.pushes import Found
from loyalty_tui.archive.query.model import Document
from loyalty_tui.archive.stored import is_body
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path
    from subprocess import Popen

    from loyalty_tui.archive import looking, scanning
    from loyalty_tui.archive.index.overview import Place
    from loyalty_tui.archive.index.reader import Connection, Hits
    from loyalty_tui.archive.index.stand import Part, Span
    from loyalty_tui.archive.model import Entry, Key, MemberFound, Progress, Sorting, Unreadable
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.identifiers import Identifier

_Answer = TypeVar("_Answer")
_FEW: Final = 2_000
"""Pushes up to which they are opened one by one, rather than all files read through."""
_NOTHING: Final = Totals(0, 0, 0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """What a scan has looked at."""

    hits: dict[Reader, Hits] = field(default_factory=dict)
    found: int = 0
    looked: Stand | dict[int, int] = field(default_factory=dict)
    """What the files had that were looked through; or, where pushes were opened one by one, their
    places with the hashes of their bodies."""


class LostIndexError(ArchiveError):
    """The index was damaged or taken away while it was asked; it can be brought up to date anew."""

    def __init__(self) -> None:
        super().__init__(
            "The index is damaged, and was again after it was made anew.",
            "Check the disk that the cache folder is on.",
        )


class Search:
    """One archive and its index: what `tui.program.PushArchive` asks for.

    Three connections, so that a count never keeps a page waiting, nor a page a member. Without an
    index there is nothing to find, until there is one again; with must_be_whole that is a
    LostIndexError instead.
    """

    def __init__(
        self, folder: Path, index_folder: Path, started: Popen[bytes] | None = None, *,
        must_be_whole: bool = False,
    ) -> None:  # fmt: skip
        self._started = started
        self._folder = folder
        self._index_folder = index_folder
        self._must_be_whole = must_be_whole
        self._pages = Reader(index_folder, is_for_pages=True, must_stay=must_be_whole)
        self._sums = Reader(index_folder, must_stay=must_be_whole)
        self._others = Reader(index_folder, must_stay=must_be_whole)
        self._scanned: _Scanned | None = None

    def follow(self) -> AsyncGenerator[Progress]:
        """Bring the index up to date and keep it so; say when there is more to find."""
        return following.follow(self._process)

    def _process(self) -> Popen[bytes]:
        started, self._started = self._started, None
        return started or following.start(self._folder, self._index_folder)

    def bring_up_to_date(self, tell: Callable[[Progress], None], stop: Event) -> bool:
        """Index what is new; False, and nothing done, while another program is at it. Blocks.

        Raises:
            ArchiveError: The archive cannot be read, or the index cannot be written.
        """
        return following.keep_up_to_date(self._folder, self._index_folder, tell, stop, is_once=True)

    def is_whole(self) -> bool:
        """Say whether the program that writes the index has come to the end of the archive."""
        return following.is_whole(self._index_folder)

    def close(self) -> None:
        """Close what is open; asking again opens it anew."""
        if self._started is not None:
            self._started.communicate()  # it ends with its input
        for reader in (self._pages, self._sums, self._others):
            reader.close()

    # Lists

    def page(  # noqa: PLR0913 - a place in a list has many sides
        self, query: Query, sorting: Sorting, *, descending: bool, limit: int, stop: Event,
        beyond: Key | None = None, backwards: bool = False, skip: int = 0,
    ) -> Page:  # fmt: skip
        """Return the entries that follow a key in a list, the nearest first."""
        return self._answer(
            lambda: self._pages.page(
                query, sorting, descending=descending, limit=limit, stop=stop, beyond=beyond,
                backwards=backwards, skip=skip,
            ),
            Page((), is_end=False),
        )  # fmt: skip

    def rank(
        self, query: Query, sorting: Sorting, key: Key, *, descending: bool, stop: Event
    ) -> int:
        """Return how many entries of a list stand before a key."""
        return self._answer(
            lambda: self._sums.rank(query, sorting, key, descending=descending, stop=stop),
            0,
        )

    def jump(self, query: Query, sorting: Sorting, text: str, *, descending: bool) -> Entry | None:
        """Return the first entry at or after what the text names in this sorting."""
        key = orders.jump_key(sorting, text, datetime.now(UTC), descending=descending)
        if key is None:
            return None
        page = self.page(query, sorting, descending=descending, limit=1, stop=Event(), beyond=key)
        return page.entries[0] if page.entries else None

    def sums(self, query: Query, bars: int, stop: Event) -> Sums:
        """Return how many pushes a query finds, and at most so many bars of when they were."""
        return self._answer(lambda: self._sums.sums(query, bars, stop), Sums(0, ()))

    def absent(self, query: Query) -> str:
        """Return, in a sentence, what a query chooses that no push has; empty without such."""
        return self._ask(lambda db: overview.absent(db, query, selecting.known(db)), "")

    # Around one push

    def previous(self, ref: str, stop: Event) -> Entry | None:
        """Return the push of the same member and kind that came before one."""
        return self._answer(lambda: self._others.previous(ref, stop), None)

    def history(self, ref: str, most: int, stop: Event) -> History:
        """Return the profile pushes of a push's member over time."""
        return self._answer(lambda: self._others.history(ref, most, stop), History((), 0))

    # The whole

    def totals(self, now: datetime | None = None) -> Totals:
        """Return the whole archive in numbers, its last times not after now, if that is given."""
        return self._ask(lambda db: overview.totals(db, now), _NOTHING)

    def arrivals(self, since: datetime, until: datetime) -> int:
        """Return how many pushes were received after a moment and up to another, with copies."""
        return self._ask(lambda db: overview.arrivals(db, since, until), 0)

    def unreadable(self) -> list[Unreadable]:
        """Return every place that could not be read, by file."""
        return self._ask(lambda db: list(overview.unreadable(db)), [])

    def known(self, field: str) -> tuple[str, ...]:
        """Return the values to offer for a field of the query language."""
        return self._ask(lambda db: overview.offered(db, field), ())

    def behind(self, identifier: Identifier) -> tuple[MemberFound, ...]:
        """Return the members ever pushed with an identifier, the one with the newest push first."""
        return self._ask(lambda db: overview.behind(db, identifier), ())

    # Pushes themselves

    def still(self, listed: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return those entries that still lead to their push, with their keys and copies of now."""
        return self._ask(lambda db: overview.still(db, listed), tuple(listed))

    def text(self, ref: str) -> str:
        """Return one push as JSON, token for token as it came.

        Raises:
            ArchiveError: There is no such push, or its file is gone or was changed since.
        """
        place = self._ask(lambda db: overview.place_of(db, ref), None)
        if place is None:
            raise ArchiveError(
                "The archive has no such push.", "Its file may be gone; list the pushes again."
            )
        return self._opened(place)

    def _opened(self, place: Place) -> str:
        form = streams.form_of(folders.shown(place.path))
        assert form is not None  # noqa: S101 - files without a form are not indexed
        path = folders.native(self._folder, place.path)
        try:
            found = seeking.read_push(path, form, place.offset, place.length, place.checkpoints)
        except (OSError, ValueError, streams.StreamError):
            raise _is_gone() from None
        if not isinstance(found, Found) or not is_body(found.text, place.hash):
            raise _is_gone()
        return found.text

    def scan(
        self,
        query: Query,
        on_progress: Callable[[ScanProgress], None],
        stop: Event,
        *,
        goes_on: bool = False,
    ) -> None:
        """Look at the pushes themselves, for a query that needs it.

        To go on is to look only at what the index got since the last time, if that was for the same
        query and came to its end. What was found then is kept as far as it is still there.
        """
        before, self._scanned = self._scanned, None
        hits = self._hits_of(query, anew=not goes_on)
        if before is None or before.hits != hits:  # of another query, or lost with their index
            before, hits = _Scanned(), self._hits_of(query, anew=True)
        found, last = before.found, (0, 0)
        again: set[int] = set()

        def take(places: list[int]) -> None:
            nonlocal found
            found += len(places)
            if before.found:  # else there is nothing that they could replace
                again.update(places)
            for reader, kept in hits.items():
                self._answer(partial(reader.add_hits, kept, places), None)

        def tell(done: int, total: int) -> None:
            nonlocal last
            last = done, total
            on_progress(ScanProgress(found, done, total))

        looked, spans = self._look(query, before.looked, take, tell, stop)
        if stop.is_set():
            return
        if before.found:
            for reader, kept in hits.items():
                found = self._answer(partial(reader.replace_hits, kept, spans, again), found)
        self._scanned = _Scanned(hits, found, looked)
        on_progress(ScanProgress(found, *last, is_done=True))

    def _look(
        self,
        query: Query,
        before: Stand | dict[int, int],
        take: Callable[[list[int]], None],
        tell: Callable[[int, int], None],
        stop: Event,
    ) -> tuple[Stand | dict[int, int], list[Span]]:
        """Look at what is new since before; return what was there, and the places looked at."""
        from loyalty_tui.archive import looking, scanning  # megabytes that few need

        clauses = tuple(clause for clause in query.clauses if isinstance(clause.tests[0], Document))
        places = self._answer(lambda: self._others.places(query, _FEW, stop), None)
        if stop.is_set():
            return before, []
        if places is None:
            old = before if isinstance(before, Stand) else Stand()
            no_parts: list[Part] = []
            now, parts = self._ask(lambda db: stand.since(db, old), (old, no_parts))
            scanning.scan([self._scan_file(part) for part in parts], clauses, take, tell, stop)
            return now, [part.span for part in parts]
        known = before if isinstance(before, dict) else {}
        new = [place for place, body in places.items() if known.get(place) != body]
        nowhere: list[Place | None] = []
        opened = self._ask(lambda db: [overview.place_at(db, at) for at in new], nowhere)
        looking.scan_places(
            [self._scan_place(place) for place in opened if place], clauses, take, tell, stop
        )
        return places, [(place, place + 1) for place in new]

    def _hits_of(self, query: Query, *, anew: bool) -> dict[Reader, Hits]:
        """Return the hits that those connections keep which list and count."""
        nothing: Hits | None = None
        hits = {}
        for reader in (self._pages, self._sums):
            if kept := self._answer(partial(reader.hits_of, query, anew=anew), nothing):
                hits[reader] = kept
        return hits

    def _scan_file(self, part: Part) -> scanning.ScanFile:
        from loyalty_tui.archive import scanning

        return scanning.ScanFile(
            part.file.no,
            folders.native(self._folder, part.file.path),
            folders.shown(part.file.path),
            part.file.size,
            bool(part.file.is_lines),
            part.file.read_to,
            part.start,
        )

    def _scan_place(self, place: Place) -> looking.ScanPlace:
        from loyalty_tui.archive import looking

        return looking.ScanPlace(
            place.number,
            folders.native(self._folder, place.path),
            folders.shown(place.path),
            place.offset,
            place.length,
            place.checkpoints,
        )

    # Asking

    def _ask(self, question: Callable[[Connection], _Answer], without: _Answer) -> _Answer:
        def asking() -> _Answer:
            with self._others.asking() as db:
                return question(db)

        return self._answer(asking, without)

    def _answer(self, question: Callable[[], _Answer], without: _Answer) -> _Answer:
        """Return an answer, or what there is without one: no index yet, or a stop."""
        try:
            return question()
        except NoIndexError as error:
            if isinstance(error, DamagedError):
                following.report_damage(self._index_folder)
            if self._must_be_whole:
                raise LostIndexError from None
        except StoppedError:
            pass
        return without


def _is_gone() -> ArchiveError:
    return ArchiveError(
        "The file of this push was changed or removed since it was indexed.",
        "The list follows in a moment.",
    )
