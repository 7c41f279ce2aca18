"""The index's one writer: files, their pushes, and what came of reading them."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from loyalty_tui.archive.index import copies, making
from loyalty_tui.archive.index.inserting import insert
from loyalty_tui.archive.index.persons import Persons
from loyalty_tui.archive.index.schema import (
    FILE_BITS,
    LAST_ORDER,
    NAME,
    ORDERS,
    ORDERS_OF_COPIES,
    ORDERS_OF_PEOPLE,
    ORDERS_OF_PUSHES,
    PATIENCE,
    BrokenIndexError,
    Lock,
    make_order,
    open_for_reading,
    open_for_writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from loyalty_tui.archive.rows import Plain, Standing

_decode = msgspec.msgpack.Decoder().decode

_PUSH_COLUMNS: Final = 9
_BULK_CACHE: Final = 8_192
"""Kilobytes of the index in memory while all is only appended to."""
_SORTERS: Final = 3
"""Threads that sort for an order when a core is free: more than that core, as they also wait."""


@dataclass(slots=True)
class FileState:
    """What the index knows of a file."""

    no: int
    path: bytes
    """Relative to the archive, as the file system has it."""
    size: int
    changed: int
    """Nanoseconds since 1970."""
    inode: int
    read_to: int = 0
    """Bytes of the (decompressed) file that have been read."""
    lines: int = 0
    head: int = 0
    tail: int = 0
    is_lines: bool = False
    """Whether it can be read from line to line, starting between any two."""
    is_whole: bool = False
    is_stale: bool = False
    """Whether what the index has of it is still to be forgotten; the index does not keep this."""

    def start_over(self) -> None:
        """Let it be read from its beginning."""
        self.read_to = self.lines = self.head = self.tail = 0
        self.is_stale = True


class Numbers:
    """What one decoder's numbers of persons and standings are in the index."""

    def __init__(self) -> None:
        self.persons: list[int] = []
        self.standings: list[int] = []


class Writer:
    """Writes the index of one archive; open it as a context manager. Blocks.

    Raises:
        ArchiveError: The index cannot be written. Nothing of the archive is touched.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock(folder)
        self.is_bulk = False
        """Whether the orders of pushes are made afterwards."""

    def take_lock(self) -> bool:
        """Be the writer, unless another program is; say whether this is it now."""
        return self._lock.take()

    def release_lock(self) -> None:
        """Let another program be the writer."""
        self._lock.release()

    def __enter__(self) -> Self:
        self._db = open_for_writing(self._folder)
        self._inode = (self._folder / NAME).stat().st_ino
        self._people = Persons(self._db)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._db.close()

    def is_in_place(self) -> bool:
        """Return whether the index is where it was opened, and ours: nobody has removed it."""
        try:
            return self._lock.is_in_place() and (self._folder / NAME).stat().st_ino == self._inode
        except OSError:
            return False

    def begin(self) -> None:
        """Begin a transaction, unless one is under way."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make what was written visible and safe from a kill."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def settle(self) -> None:
        """Put all that was written into its place, unless somebody is reading it now."""
        self.commit()
        # Else what is only added to, page by page, would stand there many times.
        with suppress(sqlite3.OperationalError):  # a full disk is said when more is written
            self._db.execute("PRAGMA busy_timeout = 0")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._db.execute(f"PRAGMA busy_timeout = {PATIENCE}")

    # Files

    def files(self) -> list[FileState]:
        """Return every file of the index."""
        rows = self._db.execute(
            "SELECT no, path, size, changed, inode, read_to, lines, head, tail,"
            " is_lines, is_whole FROM file"
        )
        return [FileState(*row) for row in rows]

    def next_number(self) -> int:
        """Return the number that the next new file gets."""
        return int(self._db.execute("SELECT ifnull(max(no), 0) + 1 FROM file").fetchone()[0])

    def save_file(self, file: FileState, checkpoints: bytes | None = None) -> None:
        """Write what is known of a file."""
        self._db.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                file.no, file.path, file.size, file.changed, file.inode, file.read_to, file.lines,
                file.head, file.tail, file.is_lines, file.is_whole, checkpoints,
            ),
        )  # fmt: skip

    def forget_pushes(self, no: int, start: int = 0) -> None:
        """Remove what was read of a file, or only from a byte on, which is read again now.

        What kept all of it from being read is said again if it still does.
        """
        base = no << FILE_BITS
        if copies.forget(self._db, base + start, base + (1 << FILE_BITS)) and not start:
            # In the index itself: whoever goes on after a kill has to know.
            self._db.execute("INSERT OR IGNORE INTO forgotten VALUES (1)")
        self._db.execute(
            "DELETE FROM unreadable WHERE file = ? AND (offset >= ? OR line = 0)", (no, start)
        )

    def forget_stale(self, file: FileState) -> None:
        """Remove what was read of a file before, once it is read again: none is missed between."""
        if file.is_stale:
            file.is_stale = False
            self.begin()
            self.forget_pushes(file.no)

    def drop_file(self, no: int) -> None:
        """Remove a file that is gone, and its pushes with it."""
        self._db.execute("DELETE FROM file WHERE no = ?", (no,))
        self.forget_pushes(no)

    def list_unreadable(self, unlisted: list[tuple[bytes, str]]) -> bool:
        """Replace what could not even be listed, with the reasons; say whether that is news."""
        before = self._db.execute("SELECT path, reason FROM unlisted ORDER BY path").fetchall()
        if before == sorted(unlisted):
            return False
        self._db.execute("DELETE FROM unlisted")
        self._db.executemany("INSERT OR REPLACE INTO unlisted VALUES (?, ?)", unlisted)
        return True

    # Pushes

    def add(self, no: int, numbers: Numbers, batch: Plain) -> int:
        """Add a decoder's batch of a file; return how many pushes."""
        count, packed, exact, new_persons, new_standings = batch
        numbers.persons += self._people.add(self._db, new_persons, is_bulk=self.is_bulk)
        self._add_standings(numbers, new_standings)
        base = no << FILE_BITS
        values: list[Any] = []
        for some in packed:
            values += _values(base, numbers, some)
        if self.is_bulk:
            insert(self._db, "push", _PUSH_COLUMNS, values)
        else:
            copies.add(self._db, zip(*[iter(values)] * _PUSH_COLUMNS, strict=True))
        self._db.executemany(
            "INSERT OR REPLACE INTO exact VALUES (?, ?, ?)",
            ((base + place, points, redeemable) for place, points, redeemable in exact),
        )
        return count

    def add_unreadable(self, no: int, line: int, offset: int, reason: str) -> None:
        """Add a place that cannot be read."""
        self._db.execute("INSERT INTO unreadable VALUES (?, ?, ?, ?)", (no, line, offset, reason))

    def _add_standings(self, numbers: Numbers, standings: list[Standing]) -> None:
        for standing in standings:
            self._db.execute(
                "INSERT OR IGNORE INTO standing(kind, event, tier) VALUES (?, ?, ?)", standing
            )
            (no,) = self._db.execute(
                "SELECT no FROM standing WHERE (kind, event, tier) = (?, ?, ?)", standing
            ).fetchone()
            numbers.standings.append(no)

    # The whole

    def begin_bulk(self) -> None:
        """Let the orders go, to make them at the end: quicker when most pushes are new."""
        self.begin()
        for name in ORDERS:
            # Without it, nobody who is not in memory could be found again.
            if name != "person_member" or self._people.knows_all:
                self._db.execute(f"DROP INDEX IF EXISTS {name}")
        self.commit()
        if self._people.knows_all:  # nothing is looked up; what is written fits near the processor
            self._db.execute(f"PRAGMA cache_size = -{_BULK_CACHE}")
        self.is_bulk = True

    @property
    def has_orders(self) -> bool:
        """Whether the orders of pushes are all there; not after a kill while much was read."""
        names = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master")}
        return names.issuperset(ORDERS)

    def finish_bulk(self) -> None:
        """Make the orders and the search, and set copies aside.

        Raises:
            BrokenIndexError: Somebody has removed the index meanwhile.
        """
        from concurrent.futures import ThreadPoolExecutor  # costs the first pushes time

        self.commit()
        # Sorted in pieces as small as SQLite has them, which stay in the processor's own memory;
        # what is committed is written back beside the next.
        self._db.execute("PRAGMA cache_size = -1024")
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        with ThreadPoolExecutor(2) as threads:
            search = threads.submit(making.make, self._folder / NAME)

            def make(names: Iterable[str]) -> None:
                for name in names:
                    if search.done():  # a core is free
                        self._db.execute(f"PRAGMA threads = {_SORTERS}")
                    self.begin()
                    self._db.execute(make_order(name))
                    self.commit()
                    threads.submit(self._write_back)

            make(ORDERS_OF_COPIES)
            twins = threads.submit(self._twins)
            make(ORDERS_OF_PEOPLE)
            self.begin()
            copies.set_aside(self._db, twins.result())
            self.commit()
            make(name for name in ORDERS_OF_PUSHES if name != LAST_ORDER)
            self.begin()
            making.move(search.result(), self._db)
            self._db.execute(make_order(LAST_ORDER))
            self.commit()
        self._db.close()
        self._db = open_for_writing(self._folder)
        if not self.has_orders:
            raise BrokenIndexError
        self.is_bulk = False

    def _write_back(self) -> None:
        """Copy what was committed to its place; what is not copied now is at the end."""
        where = f"{(self._folder / NAME).absolute().as_uri()}?mode=rw"
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(where, uri=True, isolation_level=None)) as db,
        ):
            db.executescript("PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(PASSIVE)")

    def _twins(self) -> list[copies.Twins]:
        db = open_for_reading(self._folder)
        if db is None or not self.is_in_place():
            raise BrokenIndexError
        with closing(db):
            return copies.twins(db)

    def forget_people(self) -> None:
        """Remove people, homes and standings of whom no push is left, after pushes were."""
        if not self._db.execute("DELETE FROM forgotten").rowcount:
            return
        alone = (
            "FROM person WHERE NOT EXISTS (SELECT 1 FROM push WHERE push.person = person.no)"
            " AND no NOT IN (SELECT person FROM copy)"  # which has no order by them
        )
        self._db.execute(
            "INSERT INTO search(search, rowid, names, numbers)"
            f" SELECT 'delete', no, names, numbers {alone}"
        )
        self._db.execute(f"DELETE {alone}")
        self._people.forget(self._db)
        self._db.execute("DELETE FROM home WHERE no NOT IN (SELECT home FROM person)")
        self._db.execute(
            "DELETE FROM standing WHERE no NOT IN"
            " (SELECT standing FROM push UNION SELECT standing FROM copy)"
        )

    def push_count(self) -> int:
        """Return how many pushes there are, without copies."""
        return int(self._db.execute("SELECT count(*) FROM push").fetchone()[0])

    def save_progress(self, *progress: float) -> None:
        """Write how far reading has come: pushes, bytes done, of bytes, seconds, whether done."""
        self._db.execute("DELETE FROM progress")
        self._db.execute("INSERT INTO progress VALUES (?, ?, ?, ?, ?)", progress)


def _values(base: int, numbers: Numbers, packed: bytes) -> list[Any]:
    """Return the values of some rows of a batch, row by row, as those of a file's pushes."""
    columns = _decode(packed)
    columns[0] = map(base.__add__, columns[0])
    columns[1] = map(numbers.persons.__getitem__, columns[1])
    columns[2] = map(numbers.standings.__getitem__, columns[2])
    values = [0] * len(columns[3]) * _PUSH_COLUMNS
    for number, column in enumerate(columns):
        values[number::_PUSH_COLUMNS] = column
    return values
