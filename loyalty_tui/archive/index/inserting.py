"""Many rows written with few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3

_AT_ONCE: Final = 50
"""Rows in one statement: fewer statements, and fewer times that Python's lock changes hands."""


def insert(db: sqlite3.Connection, table: str, columns: int, values: list[Any]) -> None:
    """Insert rows of so many values, many at once."""
    row = f"({', '.join('?' * columns)})"
    done = 0
    for at_once in (_AT_ONCE, 1):
        statement = f"INSERT INTO {table} VALUES {', '.join([row] * at_once)}"
        size = columns * at_once
        end = len(values) - (len(values) - done) % size
        db.executemany(statement, [values[at : at + size] for at in range(done, end, size)])
        done = end
