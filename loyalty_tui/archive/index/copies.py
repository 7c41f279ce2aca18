"""The same body received again: one push is shown, the others are kept beside it.

Shown is the copy that was received first; of several without a receipt the first by file and place.
Copies share their person, and the time of update or, where none was sent, only the body's hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from loyalty_tui.archive.index.schema import FILE_BITS
from loyalty_tui.archive.stored import NEVER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

Twins: TypeAlias = tuple[int, int, int]
"""Person, seconds of the update and hash, as several pushes have them."""

_COLUMNS: Final = "place, person, standing, length, at, received, points, redeemable"
_SHOWN_FIRST: Final = f"""
    ORDER BY received = {NEVER}, received,
        (SELECT path FROM file WHERE no = place >> {FILE_BITS}), place
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
    """Return what the pushes share of which there are several, except those without an update."""
    return db.execute(
        "SELECT p.person, p.at, p.hash FROM push p JOIN"
        " (SELECT person, at FROM push GROUP BY person, at HAVING count(*) > 1) t"
        " ON p.person = t.person AND p.at = t.at WHERE p.hash >= 0"
        " GROUP BY p.person, p.at, p.hash HAVING count(*) > 1"
    ).fetchall()


def set_aside(db: sqlite3.Connection, twins: list[Twins]) -> None:
    """Set aside the copies among all pushes, of which `twins` has found those with an update."""
    undated = db.execute(
        "SELECT person, hash FROM push WHERE hash < 0 GROUP BY hash, person HAVING count(*) > 1"
    ).fetchall()
    for person, at, body_hash in twins:
        _set_aside(db, "person = ? AND at = ? AND hash = ?", (person, at, body_hash))
    for person, body_hash in undated:
        _set_aside(db, "person = ? AND hash = ? AND hash < 0", (person, body_hash))


def _set_aside(db: sqlite3.Connection, which: str, values: tuple[int, ...]) -> None:
    places = [
        row[0] for row in db.execute(f"SELECT place FROM push WHERE {which} {_SHOWN_FIRST}", values)
    ]
    shown = places[0]
    # A resumed reading may find copies of pushes that had copies already.
    for place in places[1:]:
        db.execute("UPDATE copy SET shown = ? WHERE shown = ?", (shown, place))
        _move_to_copies(db, place, shown)
    _show_first(db, shown)


def _move_to_copies(db: sqlite3.Connection, place: int, shown: int) -> None:
    db.execute(
        f"INSERT OR REPLACE INTO copy({_COLUMNS}, shown, hash)"
        f" SELECT {_COLUMNS}, ?, hash FROM push WHERE place = ?",
        (shown, place),
    )
    db.execute("DELETE FROM push WHERE place = ?", (place,))


def _show_first(db: sqlite3.Connection, shown: int) -> None:
    """Show the copy that comes first instead of the one that is shown, if that is another."""
    (first,) = db.execute(
        f"SELECT place FROM (SELECT place, received FROM push WHERE place = ?1"
        f" UNION ALL SELECT place, received FROM copy WHERE shown = ?1) {_SHOWN_FIRST} LIMIT 1",
        (shown,),
    ).fetchone()
    if first != shown:
        _move_to_copies(db, shown, first)
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
            f"SELECT place FROM copy WHERE shown = ? {_SHOWN_FIRST} LIMIT 1",
            (shown,),
        ).fetchone()
        _promote(db, first_left)
        db.execute("UPDATE copy SET shown = ? WHERE shown = ?", (first_left, shown))
    return removed > 0
