"""Questions to the index: pages of lists, counts, members; each on a connection of its own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from itertools import chain, islice
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.index import neighbours, orders, overview
from loyalty_tui.archive.index.bars import bars_between
from loyalty_tui.archive.index.entries import entries, instant
from loyalty_tui.archive.index.schema import (
    FILE_BITS,
    NAME,
    BrokenIndexError,
    is_damage,
    open_for_reading,
)
from loyalty_tui.archive.index.selecting import Selection, known, select
from loyalty_tui.archive.model import Bar, Entry, History, Page, Sorting, Sums
from loyalty_tui.archive.query.model import Document, Query
from loyalty_tui.archive.stored import NEVER
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from loyalty_tui.archive.index.conditions import Known, Value
    from loyalty_tui.archive.index.stand import Span
    from loyalty_tui.archive.model import Key

Connection = sqlite3.Connection
"""What questions are put to."""

_CHECK: Final = 5_000
"""Steps of the database between two looks at the stop event: less than a millisecond."""


class NoIndexError(Exception):
    """There is no index yet, it is damaged, or it is not the one that was asked before."""


class DamagedError(NoIndexError):
    """The index has to be made anew."""


class StoppedError(Exception):
    """The question was given up."""


class Hits:
    """Stands for the hits of one query in one connection, for as long as these are kept."""

    def __init__(self, query: Query) -> None:
        self.clauses = query.clauses


class Reader:
    """One connection to an index; of several threads one asks at a time.

    With must_stay, an index that has taken the place of the one asked before is refused until
    `close`: keys of lists are of one index only.
    """

    def __init__(
        self, folder: Path, *, is_for_pages: bool = False, must_stay: bool = False
    ) -> None:
        self._folder = folder
        self._is_for_pages = is_for_pages
        self._must_stay = must_stay
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._version = -1
        self._known: Known | None = None
        self._selected: tuple[object, Selection] | None = None
        self._hits: Hits | None = None

    @contextmanager
    def asking(self, stop: Event | None = None) -> Iterator[sqlite3.Connection]:
        """Have the connection alone; a set stop event ends what is being asked.

        Raises:
            NoIndexError: There is none to ask.
            DamagedError: There is one that has to be made anew.
            StoppedError: The event was set.
            KeyboardInterrupt: A signal ended what was being asked.
            ArchiveError: The index cannot be read.
        """
        with self._lock:
            try:
                db = self._open()
            except BrokenIndexError:
                raise DamagedError from None
            if stop is not None:
                db.set_progress_handler(stop.is_set, _CHECK)
            try:
                yield db
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    self._close()
                    raise DamagedError from None
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    if stop is None or not stop.is_set():
                        # A signal came while SQLite asked, which does not pass on what is raised.
                        raise KeyboardInterrupt from None
                    raise StoppedError from None
                raise ArchiveError(
                    f"The index cannot be read: {error}.", "Try again in a moment."
                ) from None
            finally:
                if stop is not None and self._db is not None:
                    db.set_progress_handler(None, 0)

    def _open(self) -> sqlite3.Connection:
        try:
            inode = (self._folder / NAME).stat().st_ino
        except OSError:
            inode = 0
        if self._db is not None and inode != self._inode:
            if self._must_stay:
                raise NoIndexError
            self._close()
        if self._db is None:
            is_for_pages = self._is_for_pages
            self._db = open_for_reading(self._folder, is_for_pages=is_for_pages) if inode else None
            self._inode = inode
            self._version = -1
        if self._db is None:
            raise NoIndexError
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._known, self._selected = version, None, None
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = self._hits = None

    def close(self) -> None:
        """Close the connection; asking again opens it anew."""
        with self._lock:
            self._close()

    def _knows(self, db: sqlite3.Connection) -> Known:
        if self._known is None:
            self._known = known(db)
        return self._known

    def _select(self, db: sqlite3.Connection, query: Query) -> Selection:
        if self._selected is None or self._selected[0] != query.clauses:
            hits = "hit" if query.needs_documents else ""
            if hits:
                self._keep_hits_of(db, query)
            self._selected = (
                query.clauses,
                select(db, query, self._knows(db), is_for_page=self._is_for_pages, hits=hits),
            )
        return self._selected[1]

    # Hits: the places at which pushes were found that had to be looked at

    def hits_of(self, query: Query, *, anew: bool) -> Hits:
        """Return what stands for the hits of a query: those that are kept, unless anew, or none."""
        with self.asking() as db:
            if anew:
                self._hits = None
            return self._keep_hits_of(db, query)

    def add_hits(self, hits: Hits, places: Sequence[int]) -> None:
        """Keep more hits, unless those before were lost or are no longer wanted."""
        with self.asking() as db:
            if hits is self._hits:
                values = json.dumps(places)
                db.execute("INSERT OR IGNORE INTO hit SELECT value FROM json_each(?)", (values,))

    def replace_hits(self, hits: Hits, spans: Iterable[Span], places: set[int]) -> int:
        """Keep no hits within spans other than these; return how many are kept in all."""
        with self.asking() as db:
            if hits is not self._hits:
                return 0
            for span in spans:
                kept = db.execute("SELECT place FROM hit WHERE place >= ? AND place < ?", span)
                stale = [row for row in kept.fetchall() if row[0] not in places]
                db.executemany("DELETE FROM hit WHERE place = ?", stale)
            return int(db.execute("SELECT count(*) FROM hit").fetchone()[0])

    def _keep_hits_of(self, db: sqlite3.Connection, query: Query) -> Hits:
        db.execute("CREATE TEMP TABLE IF NOT EXISTS hit (place INTEGER PRIMARY KEY)")
        if self._hits is None or self._hits.clauses != query.clauses:
            db.execute("DELETE FROM hit")
            self._hits = Hits(query)
        return self._hits

    # Lists

    def page(  # noqa: PLR0913 - as PushArchive.page
        self, query: Query, sorting: Sorting, *, descending: bool, limit: int, stop: Event,
        beyond: Key | None = None, backwards: bool = False, skip: int = 0,
    ) -> Page:  # fmt: skip
        """Return the entries that follow a key; see PushArchive.page."""
        with self.asking(stop) as db:
            selection = self._select(db, query)
            falling = descending != backwards
            lists = self._lists(selection, sorting, beyond, falling=falling)
            if selection.check:
                rows = chain.from_iterable(db.execute(*each) for each in lists)
                meant = (row for row in rows if _is_meant(db, selection, row[1], stop))
                places = list(islice(meant, skip, skip + limit + 1))
            else:
                places = []
                for statement, values in lists:
                    more = db.execute(
                        f"{statement} LIMIT ? OFFSET ?", (*values, limit + 1 - len(places), skip)
                    ).fetchall()
                    places += more
                    if len(places) > limit:
                        break
                    skip = 0 if more else skip - _passed(db, statement, values, skip)
            found = entries(db, [(row[0], row[2:]) for row in places[:limit]])
        return Page(tuple(found), is_end=len(places) <= limit)

    def _lists(
        self, selection: Selection, sorting: Sorting, beyond: Key | None, *, falling: bool
    ) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """Yield the statements whose rows, one after the other, are a list beyond a key."""
        columns = orders.ORDERS[sorting].columns
        way = " DESC" if falling else ""
        sign = "<" if falling else ">"
        order = ", ".join(f"{column}{way}" for column in columns)
        source = selection.source
        if sorting is Sorting.MEMBER:
            order = order.replace(f"-u.at{way}", "u.at" + ("" if falling else " DESC"))
            order = order.replace(f"-u.place{way}", "u.place" + ("" if falling else " DESC"))
            if not selection.has_person:
                source = _people_first(selection)
        listed = ", ".join(("u.place", "u.person", *columns))
        head = f"SELECT {listed} FROM {source} WHERE {selection.where(sorting)}"
        values = selection.values
        if beyond is None:
            yield f"{head} ORDER BY {order}", values
        elif sorting is Sorting.MEMBER:
            member, rest = beyond[: orders.OF_MEMBERS], beyond[orders.OF_MEMBERS :]
            same = "AND (p.sorted, p.member) = (?, ?)"
            yield (
                f"{head} {same} AND (-u.at, -u.place) {sign} (?, ?) ORDER BY {order}",
                (*values, *member, *rest),
            )
            yield (
                f"{head} AND (p.sorted, p.member) {sign} (?, ?) ORDER BY {order}",
                (*values, *member),
            )
        else:
            marks = ", ".join("?" * len(columns))
            yield (
                f"{head} AND ({', '.join(columns)}) {sign} ({marks}) ORDER BY {order}",
                (*values, *beyond),
            )

    def rank(
        self, query: Query, sorting: Sorting, key: Key, *, descending: bool, stop: Event
    ) -> int:
        """Return how many entries of a list stand before a key."""
        total = 0
        with self.asking(stop) as db:
            selection = self._select(db, query)
            for statement, values in self._lists(selection, sorting, key, falling=not descending):
                counting = statement[: statement.rindex(" ORDER BY ")]
                counting = "SELECT count(*) FROM " + counting.split(" FROM ", 1)[1]
                total += db.execute(counting, values).fetchone()[0]
        return total

    # Neighbours

    def previous(self, ref: str, stop: Event) -> Entry | None:
        """Return the push of the same member that came before one; see PushArchive.previous."""
        with self.asking(stop) as db:
            at = overview.place_of(db, ref)
            spot = neighbours.before(db, at.number << FILE_BITS | at.offset) if at else None
            return next(iter(entries(db, [(spot[2], spot)] if spot else [])), None)

    def history(self, ref: str, most: int, stop: Event) -> History:
        """Return a member's profile pushes over time; see PushArchive.history."""
        with self.asking(stop) as db:
            at = overview.place_of(db, ref)
            if at is None:
                return History((), 0)
            spots, count = neighbours.over_time(db, at.number << FILE_BITS | at.offset, most)
            return History(tuple(entries(db, [(spot[2], spot) for spot in spots])), count)

    # Sums

    def sums(self, query: Query, bars: int, stop: Event) -> Sums:
        """Return how many pushes a query finds, and when they were."""
        with self.asking(stop) as db:
            if words := overview.absent(db, query, self._knows(db)):
                return Sums(0, (), words)
            selection = self._select(db, query)
            head = f"FROM {selection.source} WHERE {selection.where(Sorting.UPDATED)}"
            values = selection.values
            if selection.is_gathered or query.needs_documents:
                times = [row[0] for row in db.execute(f"SELECT u.at {head}", values)]
                return _summed(times, bars)
            undated = db.execute(
                f"SELECT count(*) {head} AND u.at = {NEVER}",
                values,
            ).fetchone()[0]
            edges = [
                db.execute(
                    f"SELECT u.at {head} AND u.at > {NEVER} ORDER BY u.at {way} LIMIT 1",
                    values,
                ).fetchone()
                for way in ("", "DESC")
            ]
            if edges[0] is None:
                return Sums(undated, ())
            made = []
            for since, until in bars_between(edges[0][0], edges[1][0], bars):
                (pushes,) = db.execute(
                    f"SELECT count(*) {head} AND u.at >= ? AND u.at < ?",
                    (*values, since, until),
                ).fetchone()
                made.append(_bar(since, until, pushes))
            return Sums(undated + sum(bar.pushes for bar in made), tuple(made))

    def places(self, query: Query, most: int, stop: Event) -> dict[int, int] | None:
        """Return the places that the indexed part of a query leaves, with the hashes of the bodies.

        None of more than so many.
        """
        indexed = Query(
            query.text,
            tuple(clause for clause in query.clauses if not isinstance(clause.tests[0], Document)),
        )
        with self.asking(stop) as db:
            selection = self._select(db, indexed)
            rows = db.execute(
                f"SELECT u.place, u.hash FROM {selection.source} WHERE {selection.condition}"
                " LIMIT ?",
                (*selection.values, most + 1),
            ).fetchall()
        return None if len(rows) > most else dict(rows)


def _is_meant(db: sqlite3.Connection, selection: Selection, person: int, stop: Event) -> bool:
    """Say whether a push is of one of the people that a selection means."""
    is_meant = selection.checked.get(person)
    if is_meant is None:
        if stop.is_set():
            raise StoppedError
        found = db.execute(
            f"SELECT 1 FROM person p WHERE p.no = ? AND {selection.check}",
            (person, *selection.check_values),
        )
        is_meant = selection.checked[person] = found.fetchone() is not None
    return is_meant


def _passed(db: sqlite3.Connection, statement: str, values: Sequence[Value], skip: int) -> int:
    """Return how many rows a statement has that are passed over, of at most so many."""
    counted = f"SELECT count(*) FROM ({statement} LIMIT ?)"
    (passed,) = db.execute(counted, (*values, skip)).fetchone() if skip else (0,)
    return int(passed)


def _people_first(selection: Selection) -> str:
    if selection.is_gathered:
        return "who w CROSS JOIN person p ON p.no = w.no CROSS JOIN push u ON u.person = p.no"
    if selection.source == "push u":
        return "person p CROSS JOIN push u ON u.person = p.no"
    return f"{selection.source} CROSS JOIN person p ON p.no = u.person"


def _summed(times: list[int], bars: int) -> Sums:
    dated = sorted(at for at in times if orders.is_dated(at))
    if not dated:
        return Sums(len(times), ())
    edges = bars_between(dated[0], dated[-1], bars)
    counts = dict.fromkeys(edges, 0)
    step = edges[0][1] - edges[0][0]
    for at in dated:
        counts[edges[(at - edges[0][0]) // step]] += 1
    return Sums(len(times), tuple(_bar(*edge, pushes) for edge, pushes in counts.items()))


def _bar(since: int, until: int, pushes: int) -> Bar:
    return Bar(instant(since * 1_000_000), instant(until * 1_000_000), pushes)
