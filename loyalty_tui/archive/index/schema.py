"""The index's tables and how its file is opened.

A push stands in `push` under its place: the number of its file times 2**40, plus the byte at which
it starts there. So its reference needs no columns, reading a file twice makes no doubles, and a
file's pushes are one range. What several pushes share stands once: people in `person`, where they
live in `home`, kind, event and tier in `standing`. Of several pushes with the same body one stands
in `push`, the others in `copy`.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION: Final = 10
"""Of the tables below and of what is found in files; an index of another is made anew."""

FILE_BITS: Final = 40
"""A place is file number << FILE_BITS | offset."""

PATIENCE: Final = 10_000
"""Milliseconds for which whoever has the index to itself is waited for."""

NAME: Final = f"index-{VERSION}.sqlite"

_PUSH: Final = """(
    place INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    length INTEGER NOT NULL,
    at INTEGER NOT NULL,        -- seconds of the update, else of the receipt, else NEVER
    received INTEGER NOT NULL,  -- microseconds, or NEVER
    points NOT NULL,            -- NEVER when not sent
    redeemable NOT NULL,
    hash INTEGER NOT NULL       -- of the body; negative when the push names no update
)"""

SEARCH: Final = """CREATE VIRTUAL TABLE search USING fts5(
    names, numbers, content='{content}', content_rowid='no',
    tokenize='trigram case_sensitive 1', detail=none, columnsize=0
);"""

TABLES: Final = f"""
CREATE TABLE file (
    no INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,  -- relative to the archive, as the file system has it
    size INTEGER NOT NULL,
    changed INTEGER NOT NULL,   -- nanoseconds
    inode INTEGER NOT NULL,
    read_to INTEGER NOT NULL,   -- bytes
    lines INTEGER NOT NULL,     -- up to there
    head INTEGER NOT NULL,      -- hashes of the first and last bytes up to there
    tail INTEGER NOT NULL,
    is_lines INTEGER NOT NULL,  -- whether it can be read from line to line
    is_whole INTEGER NOT NULL,  -- whether it has been read to its end as it was then
    checkpoints BLOB            -- how to enter a compressed file in the middle
);
CREATE TABLE person (
    no INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    member NOT NULL,            -- '' when not sent; text beyond 63 bits
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    email TEXT,                 -- as sent, where that is not the address
    phone TEXT NOT NULL,
    home INTEGER NOT NULL,
    sorted TEXT NOT NULL,
    names TEXT NOT NULL,
    numbers TEXT NOT NULL
);
CREATE TABLE home (
    no INTEGER PRIMARY KEY,
    country TEXT NOT NULL,
    city TEXT NOT NULL,
    UNIQUE (country, city)
);
{SEARCH.format(content="person")}
CREATE TABLE standing (
    no INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    tier TEXT NOT NULL,
    UNIQUE (kind, event, tier)
);
CREATE TABLE push {_PUSH};
CREATE TABLE copy {_PUSH.replace("hash INTEGER", "shown INTEGER NOT NULL, hash INTEGER")};
CREATE INDEX copy_shown ON copy(shown);
CREATE TABLE exact (place INTEGER PRIMARY KEY, points TEXT NOT NULL, redeemable TEXT NOT NULL);
CREATE TABLE unreadable (
    file INTEGER NOT NULL, line INTEGER NOT NULL, offset INTEGER NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX unreadable_file ON unreadable(file);
CREATE TABLE forgotten (at INTEGER PRIMARY KEY); -- 1 once pushes went and their people may stay
CREATE TABLE unlisted (path BLOB PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE progress (pushes INTEGER, bytes_done INTEGER, bytes_total INTEGER, seconds REAL,
                       is_done INTEGER);
INSERT INTO progress VALUES (0, 0, 0, 0, 0);
"""

ORDERS_OF_COPIES: Final = {
    "push_person": "push(person, at, received)",
    "push_undated": "push(hash) WHERE hash < 0",
}
"""Those by which copies are found."""

ORDERS_OF_PEOPLE: Final = {
    "person_member": "person(member, key)",
    "person_address": "person(address) WHERE address != ''",
    "person_phone": "person(phone) WHERE phone != ''",
    "person_sorted": "person(sorted, member)",
}

ORDERS_OF_PUSHES: Final = {
    "copy_received": "copy(received)",
    "push_at": "push(at, received, person, standing)",
    "push_received": "push(received)",
    "push_points": "push(points, at)",
}

ORDERS: Final = {**ORDERS_OF_COPIES, **ORDERS_OF_PEOPLE, **ORDERS_OF_PUSHES}
"""Indexes: much is read first and sorted afterwards, a little goes into them at once."""

LAST_ORDER: Final = tuple(ORDERS)[-1]
"""Made together with the last of all else that is made afterwards: by it the index is whole."""

_MISSING: Final = (
    "no such table", "no such column", "vtable constructor failed", "Could not decode to UTF-8",
    "unsupported file format",
)  # fmt: skip
"""How messages begin by which SQLite says of sound statements that the file is not ours."""


def make_order(name: str) -> str:
    """Return the statement that makes an order, unless it is there."""
    return f"CREATE INDEX IF NOT EXISTS {name} ON {ORDERS[name]}"


class BrokenIndexError(Exception):
    """The index's file is not one that can be used; it has to be made anew."""


def open_for_writing(folder: Path) -> sqlite3.Connection:
    """Open the index in a folder, made (0700, the file 0600) when it is not there.

    Raises:
        ArchiveError: The folder or file cannot be made.
    """
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for old in folder.glob("index-*.sqlite*"):
            if not old.name.startswith(NAME):
                old.unlink(missing_ok=True)
        return _prepared(path)
    except BrokenIndexError:
        remove(folder)
        return _prepared(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(error) from None


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn a writer's database errors into ours.

    Raises:
        BrokenIndexError: The file is damaged.
        ArchiveError: Any other error; the disk may be full.
    """
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise BrokenIndexError from None
        raise ArchiveError(
            f"The index cannot be written: {error}.", "Check the disk's space, then try again."
        ) from None


def remove(folder: Path, mark: str = "") -> None:
    """Remove the index, of this and of every other version, then the file that asked for it.

    Raises:
        ArchiveError: It cannot be removed.
    """
    try:
        for old in (*folder.glob("index-*.sqlite*"), *((folder / mark,) if mark else ())):
            old.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(error) from None


def _not_writable(error: Exception) -> ArchiveError:
    return ArchiveError(
        f"The index cannot be written: {error}.", "Check the disk, and who may write there."
    )


def _prepared(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=200)
    try:
        connection.executescript(
            # A power cut may cost the index, which is then made anew; a kill never does.
            "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
            "PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;"
            f"PRAGMA wal_autocheckpoint = 4000; PRAGMA busy_timeout = {PATIENCE};"
        )
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        connection.close()
        if is_damage(error):
            raise BrokenIndexError from None
        raise
    if version != VERSION:
        connection.close()
        raise BrokenIndexError
    return connection


def open_for_reading(folder: Path, *, is_for_pages: bool = False) -> sqlite3.Connection | None:
    """Open the index in a folder to read it; None while there is none, or none of this version.

    For pages of lists more of it is kept in memory; others read through most of it anyway.

    Raises:
        BrokenIndexError: The file is damaged.
    """
    path = folder / NAME
    if not path.exists():
        return None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None,
        check_same_thread=False,
    )  # fmt: skip
    try:
        connection.executescript(
            f"PRAGMA cache_size = -{1024 if is_for_pages else 256};"
            f"PRAGMA temp.cache_size = -256; PRAGMA busy_timeout = {PATIENCE};"
        )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        connection.close()
        if is_damage(error):
            raise BrokenIndexError from None
        return None
    if version != VERSION:
        connection.close()
        return None
    return connection


def is_damage(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Say whether an error means that the file is damaged, rather than locked or full.

    What SQLite says of damaged tables quotes them, and Python cannot always decode that.
    """
    if isinstance(error, UnicodeDecodeError):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    is_corrupt = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return is_corrupt or str(error).startswith(_MISSING)


class Lock:
    """The right to write the index: one program has it, and loses it when it ends, however.

    It is lost with its file, too: where that was, the next one finds nothing taken.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "writer.lock"
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def is_in_place(self) -> bool:
        """Return whether it is ours, and its file where it was taken."""
        try:
            return self._connection is not None and self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def take(self) -> bool:
        """Take it if nobody else has it, and say whether it is ours now.

        Raises:
            ArchiveError: Nobody can have it: the folder cannot be written.
        """
        if self.is_in_place():
            return True
        self.release()
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._inode = self._path.stat().st_ino
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        except (OSError, sqlite3.Error) as error:
            raise _not_writable(error) from None
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            connection.close()
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return False
            if is_damage(error):
                return self._take_anew()
            raise _not_writable(error) from None
        self._connection = connection
        return True

    def _take_anew(self) -> bool:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise _not_writable(error) from None
        return self.take()

    def release(self) -> None:
        """Give it back."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            self._connection.close()
            self._connection = None
