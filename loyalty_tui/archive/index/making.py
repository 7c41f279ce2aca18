"""The search made anew from all the people, in a thread, while the index's orders are made."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Final, Self

from loyalty_tui.archive.index.schema import SEARCH

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_MEMORY: Final = 64 << 20
"""Bytes that it may take while it is made; what does not fit is written in between, and merged."""
_TABLES: Final = {"search_data": "id, block", "search_idx": "segid, term, pgno"}
"""Where FTS5 keeps what it knows, with the columns; its other tables say of what kind it is."""


class Search:
    """The search of an index file; used as a context manager, it begins to be made on entering.

    Raises:
        sqlite3.Error: It cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._making = self._thread.submit(self._make)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.shutdown()

    def _make(self) -> sqlite3.Connection:
        # Without a name it is a file that is gone once it is closed.
        made = sqlite3.connect("", isolation_level=None, check_same_thread=False, uri=True)
        made.executescript(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            + SEARCH.format(content="").replace("content_rowid='no',", "")
        )
        made.execute("ATTACH ? AS whole", (f"{self._path.absolute().as_uri()}?mode=ro",))
        made.execute("INSERT INTO search(search, rank) VALUES ('hashsize', ?)", (_MEMORY,))
        made.execute(
            "INSERT INTO search(rowid, names, numbers) SELECT no, names, numbers FROM whole.person"
        )
        return made

    def move_to(self, db: sqlite3.Connection) -> None:
        """Wait until it is made, then put it in the place of the one that is in the index.

        What the connection knew of that one is wrong afterwards: it has to be closed.
        """
        with closing(self._making.result()) as made:
            for table, columns in _TABLES.items():
                db.execute(f"DELETE FROM {table}")
                db.executemany(
                    f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns.split()))})",
                    made.execute(f"SELECT {columns} FROM {table}"),
                )
