"""Questions to the index: pages of lists, counts, members; each on a connection of its own."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.archive.index import neighbours, orders, overview
from loyalty_tui.archive.index.bars import bars_between
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
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyalty_tui.archive.index.conditions import Known, Value
    from loyalty_tui.archive.model import Key

Connection = sqlite3.Connection
"""What questions are put to."""

_CHECK: Final = 5_000
"""Steps of the database between two looks at the stop event: less than a millisecond."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_ENTRY: Final = """
    SELECT f.path, u.place & 1099511627775, s.kind, p.member, u.at, u.received, s.event, s.tier,
        u.points, u.redeemable, u.hash, p.name, ifnull(p.email, p.address), p.phone,
        (SELECT count(*) FROM copy WHERE shown = u.place)
    FROM push u JOIN person p ON p.no = u.person JOIN standing s ON s.no = u.standing
        JOIN file f ON f.no = u.place >> 40
    WHERE u.place = ?
"""


class NoIndexError(Exception):
    """There is no index yet, or it is damaged."""


class StoppedError(Exception):
    """The question was given up."""


class Reader:
    """One connection to an index; of several threads one asks at a time."""

    def __init__(self, folder: Path, most_people: int | None = None) -> None:
        self._folder = folder
        self._most_people = most_people
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._version = -1
        self._known: Known | None = None
        self._selected: tuple[object, Selection] | None = None
        self._hits_of: object = None
        self.is_damaged = False
        """Whether the index turned out to be damaged."""

    @contextmanager
    def asking(self, stop: Event | None = None) -> Iterator[sqlite3.Connection]:
        """Have the connection alone; a set stop event ends what is being asked.

        Raises:
            NoIndexError: There is none to ask.
            StoppedError: The event was set.
            ArchiveError: The index cannot be read.
        """
        with self._lock:
            try:
                db = self._open()
            except BrokenIndexError:
                self.is_damaged = True
                raise NoIndexError from None
            if stop is not None:
                db.set_progress_handler(stop.is_set, _CHECK)
            try:
                yield db
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    self.is_damaged = True
                    self._close()
                    raise NoIndexError from None
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
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
            self._close()
        if self._db is None:
            self._db = open_for_reading(self._folder) if inode else None
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
            self._db = None

    def close(self) -> None:
        """Close the connection; asking again opens it anew."""
        with self._lock:
            self._close()

    def _select(self, db: sqlite3.Connection, query: Query) -> Selection:
        if self._selected is None or self._selected[0] != query.clauses:
            if self._known is None:
                self._known = known(db)
            hits = "hit" if query.needs_documents else ""
            if hits:
                self._keep_hits_of(db, query)
            self._selected = (
                query.clauses,
                select(db, query, self._known, most_people=self._most_people, hits=hits),
            )
        return self._selected[1]

    def add_hits(self, query: Query, places: list[int]) -> None:
        """Keep places at which pushes were found that had to be looked at."""
        with self.asking() as db:
            self._keep_hits_of(db, query)
            db.executemany("INSERT OR IGNORE INTO hit VALUES (?)", ((place,) for place in places))

    def forget_hits(self) -> None:
        """Begin anew with what has to be looked at."""
        self._hits_of = None

    def _keep_hits_of(self, db: sqlite3.Connection, query: Query) -> None:
        db.execute("CREATE TEMP TABLE IF NOT EXISTS hit (place INTEGER PRIMARY KEY)")
        if self._hits_of != query.clauses:
            db.execute("DELETE FROM hit")
            self._hits_of = query.clauses

    # Lists

    def page(  # noqa: PLR0913 - as PushArchive.page
        self, query: Query, sorting: Sorting, *, descending: bool, limit: int, stop: Event,
        beyond: Key | None = None, backwards: bool = False, skip: int = 0,
    ) -> Page:  # fmt: skip
        """Return the entries that follow a key; see PushArchive.page."""
        entries: list[Entry] = []
        with self.asking(stop) as db:
            selection = self._select(db, query)
            falling = descending != backwards
            places: list[tuple[Any, ...]] = []
            for statement, values in self._lists(selection, sorting, beyond, falling=falling):
                rows = db.execute(
                    f"{statement} LIMIT ? OFFSET ?",
                    (*values, limit + 1 - len(places), 0 if places else skip),
                )
                places += rows.fetchall()
                if len(places) > limit:
                    break
            for row in places[:limit]:
                entry = self._entry(db, row[0], row[1:])
                if entry is not None:
                    entries.append(entry)
        return Page(tuple(entries), is_end=len(places) <= limit)

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
        head = (
            f"SELECT u.place, {', '.join(columns)} FROM {source} WHERE {selection.where(sorting)}"
        )
        values = selection.values
        if beyond is None:
            yield f"{head} ORDER BY {order}", values
        elif sorting is Sorting.MEMBER:
            person, rest = beyond[: orders.PEOPLE], beyond[orders.PEOPLE :]
            same = "AND (p.sorted, p.member, p.no) = (?, ?, ?)"
            yield (
                f"{head} {same} AND (-u.at, -u.place) {sign} (?, ?) ORDER BY {order}",
                (*values, *person, *rest),
            )
            yield (
                f"{head} AND (p.sorted, p.member, p.no) {sign} (?, ?, ?) ORDER BY {order}",
                (*values, *person),
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

    def _entry(self, db: sqlite3.Connection, place: int, key: Key) -> Entry | None:
        row = db.execute(_ENTRY, (place,)).fetchone()
        if row is None:
            return None
        (
            path, offset, kind, member, at, received, event, tier, points, redeemable, body_hash,
            name, email, phone, copies,
        ) = row  # fmt: skip
        exact = ("", "")
        if isinstance(points, float) or isinstance(redeemable, float):
            found = db.execute(
                "SELECT points, redeemable FROM exact WHERE place = ?", (place,)
            ).fetchone()
            exact = found or exact
        return Entry(
            ref=f"{path.decode('utf-8', 'backslashreplace')}:{offset}",
            key=tuple(key),
            kind=PushKind(kind),
            member_id=None if member == "" else int(member),
            updated_at=_instant(at * 1_000_000) if body_hash >= 0 else None,
            received_at=None if received == NEVER else _instant(received),
            event=event,
            tier=tier,
            total_points=_points(points, exact[0]),
            redeemable_points=_points(redeemable, exact[1]),
            copies=copies + 1,
            name=name,
            email=email,
            phone_digits=phone,
        )

    # Neighbours

    def previous(self, ref: str, stop: Event) -> Entry | None:
        """Return the push of the same member that came before one; see PushArchive.previous."""
        with self.asking(stop) as db:
            at = overview.place_of(db, ref)
            spot = neighbours.before(db, at.number << FILE_BITS | at.offset) if at else None
            return self._entry(db, spot[2], spot) if spot else None

    def history(self, ref: str, most: int, stop: Event) -> History:
        """Return a member's profile pushes over time; see PushArchive.history."""
        with self.asking(stop) as db:
            at = overview.place_of(db, ref)
            if at is None:
                return History((), 0)
            spots, count = neighbours.over_time(db, at.number << FILE_BITS | at.offset, most)
            entries = (self._entry(db, spot[2], spot) for spot in spots)
            return History(tuple(entry for entry in entries if entry is not None), count)

    # Sums

    def sums(self, query: Query, bars: int, stop: Event) -> Sums:
        """Return how many pushes a query finds, and when they were."""
        with self.asking(stop) as db:
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

    def places(self, query: Query, most: int, stop: Event) -> list[int] | None:
        """Return the places that the indexed part of a query leaves; None of more than so many."""
        indexed = Query(
            query.text,
            tuple(clause for clause in query.clauses if not isinstance(clause.tests[0], Document)),
        )
        with self.asking(stop) as db:
            selection = self._select(db, indexed)
            rows = db.execute(
                f"SELECT u.place FROM {selection.source} WHERE {selection.condition} LIMIT ?",
                (*selection.values, most + 1),
            ).fetchall()
        return None if len(rows) > most else [row[0] for row in rows]


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
    return Bar(_instant(since * 1_000_000), _instant(until * 1_000_000), pushes)


def _instant(microseconds: int) -> datetime:
    # The bars of the first and last days may reach beyond the calendar.
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _LAST if microseconds > 0 else _FIRST


def _points(stored: float, exact: str) -> int | Decimal | None:
    if stored == NEVER:
        return None
    if isinstance(stored, float):
        number = Decimal(exact)
        return number if "." in exact or "E" in exact.upper() else int(number)
    return stored
