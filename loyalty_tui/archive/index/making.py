"""The search made anew from all the people, beside the index's orders: in a file of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.index.schema import SEARCH

if TYPE_CHECKING:
    from pathlib import Path

_MEMORY: Final = 64 << 20
"""Bytes that it may take while it is made; what does not fit is written in between, and merged."""
_TABLES: Final = {"search_data": "id, block", "search_idx": "segid, term, pgno"}
"""Where FTS5 keeps what it knows, with the columns; its other tables say of what kind it is."""


def make(path: Path) -> sqlite3.Connection:
    """Return a database that has only the search of all the people of an index file; blocks.

    Raises:
        sqlite3.Error: It cannot be made.
    """
    # Without a name it is a file that is gone once it is closed.
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False, uri=True)
    made.executescript(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        + SEARCH.format(content="")
    )
    made.execute("ATTACH ? AS whole", (f"{path.absolute().as_uri()}?mode=ro",))
    made.execute("INSERT INTO search(search, rank) VALUES ('hashsize', ?)", (_MEMORY,))
    made.execute(
        "INSERT INTO search(rowid, names, numbers) SELECT no, names, numbers FROM whole.person"
    )
    return made


def move(made: sqlite3.Connection, db: sqlite3.Connection) -> None:
    """Put what was made in the place of the search that is in an index, and close it.

    What the index's connection knew of that one is wrong afterwards: it has to be closed, too.
    """
    with closing(made):
        for table, columns in _TABLES.items():
            db.execute(f"DELETE FROM {table}")
            db.executemany(
                f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns.split()))})",
                made.execute(f"SELECT {columns} FROM {table}"),
            )
