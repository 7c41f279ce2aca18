"""The same body received again: one push is shown, the others are kept beside it.

Shown is the copy that was received first; of several without a receipt the first by file and place.
Copies share their person, and the time of update or, where none was sent, only the body's hash.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from loyalty_tui.archive.index.schema import FILE_BITS
from loyalty_tui.archive.stored import NEVER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

Twins: TypeAlias = list[int]
"""The places of several pushes with the same body, the one first that is shown."""

_COLUMNS: Final = "place, person, standing, length, at, received, points, redeemable"
_SHOWN_FIRST: Final = f"""
    received = {NEVER}, received,
        (SELECT path FROM file WHERE no = place >> {FILE_BITS}), place
"""
_MOVE: Final = f"""
    INSERT OR REPLACE INTO copy({_COLUMNS}, shown, hash)
        SELECT {_COLUMNS}, ?1, hash FROM push WHERE place = ?2
"""


def add(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Add pushes one by one, each set aside when its body is there already."""
    for row in rows:
        place, person, at, body_hash = row[0], row[1], row[4], row[8]
        shown = _twin(db, place, person, at, body_hash)
        if shown is None:
            db.execute("INSERT OR REPLACE INTO push VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        else:
            db.execute(
                f"INSERT OR REPLACE INTO copy({_COLUMNS}, shown, hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row[:8], shown, row[8]),
            )
            _show_first(db, shown)


def _twin(db: sqlite3.Connection, place: int, person: int, at: int, body_hash: int) -> int | None:
    if body_hash < 0:
        found = db.execute(
            "SELECT place FROM push WHERE hash = ? AND hash < 0 AND person = ? AND place != ?",
            (body_hash, person, place),
        )
    else:
        found = db.execute(
            "SELECT place FROM push WHERE person = ? AND at = ? AND hash = ? AND place != ?",
            (person, at, body_hash, place),
        )
    row = found.fetchone()
    return int(row[0]) if row else None


def twins(db: sqlite3.Connection) -> list[Twins]:
    """Return the copies among all pushes, by the orders `push_person` and `push_undated`."""
    return _grouped(
        db,
        "SELECT person, at, hash, place FROM push JOIN"
        " (SELECT person, at FROM push GROUP BY person, at HAVING count(*) > 1)"
        f" USING (person, at) WHERE hash >= 0 ORDER BY person, at, hash, {_SHOWN_FIRST}",
    ) + _grouped(
        db,
        "SELECT person, NULL, hash, place FROM push INDEXED BY push_undated JOIN"
        " (SELECT hash FROM push WHERE hash < 0 GROUP BY hash HAVING count(*) > 1)"
        f" USING (hash) WHERE hash < 0 ORDER BY person, hash, {_SHOWN_FIRST}",
    )


def _grouped(db: sqlite3.Connection, select: str) -> list[Twins]:
    groups = groupby(db.execute(select), key=itemgetter(0, 1, 2))
    twins = ([row[-1] for row in rows] for _, rows in groups)
    return [group for group in twins if len(group) > 1]


def set_aside(db: sqlite3.Connection, twins: list[Twins]) -> None:
    """Set aside the copies that `twins` has found."""
    had_copies = db.execute("SELECT 1 FROM copy").fetchone()
    # By their places, as they stand in the table: so each page is come to once.
    moves = sorted(
        ((shown, place) for shown, *others in twins for place in others), key=itemgetter(1)
    )
    # A resumed reading may find copies of pushes that had copies already.
    db.executemany("UPDATE copy SET shown = ?1 WHERE shown = ?2", moves)
    db.executemany(_MOVE, moves)
    db.executemany("DELETE FROM push WHERE place = ?2", moves)
    for shown, *_ in twins if had_copies else ():
        _show_first(db, shown)


def _show_first(db: sqlite3.Connection, shown: int) -> None:
    """Show the copy that comes first instead of the one that is shown, if that is another."""
    (first,) = db.execute(
        "SELECT place FROM (SELECT place, received FROM push WHERE place = ?1"
        " UNION ALL SELECT place, received FROM copy WHERE shown = ?1)"
        f" ORDER BY {_SHOWN_FIRST} LIMIT 1",
        (shown,),
    ).fetchone()
    if first != shown:
        db.execute(_MOVE, (first, shown))
        db.execute("DELETE FROM push WHERE place = ?", (shown,))
        _promote(db, first)
        db.execute("UPDATE copy SET shown = ? WHERE shown = ?", (first, shown))


def _promote(db: sqlite3.Connection, place: int) -> None:
    db.execute(
        f"INSERT INTO push({_COLUMNS}, hash) SELECT {_COLUMNS}, hash FROM copy WHERE place = ?",
        (place,),
    )
    db.execute("DELETE FROM copy WHERE place = ?", (place,))


def forget(db: sqlite3.Connection, first: int, last: int) -> bool:
    """Remove the pushes of a range of places, last excluded; copies elsewhere take their place."""
    within = (first, last)
    removed = db.execute("DELETE FROM copy WHERE place >= ? AND place < ?", within).rowcount
    orphans = [
        row[0]
        for row in db.execute(
            "SELECT DISTINCT shown FROM copy WHERE shown >= ? AND shown < ?", within
        )
    ]
    removed += db.execute("DELETE FROM push WHERE place >= ? AND place < ?", within).rowcount
    db.execute("DELETE FROM exact WHERE place >= ? AND place < ?", within)
    for shown in orphans:
        (first_left,) = db.execute(
            f"SELECT place FROM copy WHERE shown = ? ORDER BY {_SHOWN_FIRST} LIMIT 1",
            (shown,),
        ).fetchone()
        _promote(db, first_left)
        db.execute("UPDATE copy SET shown = ? WHERE shown = ?", (first_left, shown))
    return removed > 0
