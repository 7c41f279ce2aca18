"""The people of the index, each of whom stands there once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.archive import people
from loyalty_tui.archive.index.inserting import insert
from loyalty_tui.archive.index.schema import make_order

if TYPE_CHECKING:
    import sqlite3

    from loyalty_tui.archive.people import Home, Packed

_MOST: Final = 500_000
"""Ways to say a person that are kept in memory; others are asked for."""
_COLUMNS: Final = 11


class Persons:
    """Adds people to an index, and knows the numbers of those that it has met."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._met: dict[int, int] = {}
        """By the hash of what is said of them."""
        self._numbers: dict[int, int] = {}
        """By their keys."""
        self._homes: dict[Home, int] = {}
        self.forget(db)

    def forget(self, db: sqlite3.Connection) -> None:
        """Keep none in memory; from now on the index is asked for those that are not known."""
        db.execute(make_order("person_member"))
        self._met.clear()
        self._numbers.clear()
        self._homes.clear()
        (last,) = db.execute("SELECT ifnull(max(no), 0) FROM person").fetchone()
        self._next = last + 1
        self.knows_all = last == 0
        """Whether nobody else is in the index."""

    def add(self, db: sqlite3.Connection, persons: list[Packed], *, is_bulk: bool) -> list[int]:
        """Add people who are not there yet; return all numbers. In bulk the search is left out."""
        numbers = [self._met.get(met_as) for met_as, _ in persons]
        unknown = [at for at, no in enumerate(numbers) if no is None]
        new: list[Any] = []
        unpacked = people.unpack(persons[at][1] for at in unknown)
        for at, (key, member, *who, home, by_name, names, digits) in zip(
            unknown, unpacked, strict=True
        ):
            no = self._numbers.get(key)
            if no is None:
                if not self.knows_all:
                    row = db.execute(
                        "SELECT no FROM person WHERE (member, key) = (?, ?)", (member, key)
                    ).fetchone()
                    no = row and row[0]
                if no is None:
                    no = self._next
                    self._next += 1
                    house = self._homes.get(home) or self._home(db, home)
                    new += (no, key, member, *who, house, by_name, names, digits)
                self._numbers[key] = no
            numbers[at] = self._met[persons[at][0]] = no
        insert(db, "person", _COLUMNS, new)
        if not is_bulk:
            db.executemany(
                "INSERT INTO search(rowid, names, numbers) VALUES (?, ?, ?)",
                zip(*(new[column::_COLUMNS] for column in (0, 9, 10)), strict=True),
            )
        if len(self._met) > _MOST:
            self.forget(db)
        return numbers  # type: ignore[return-value]  # none is left that is None

    def _home(self, db: sqlite3.Connection, home: Home) -> int:
        db.execute("INSERT OR IGNORE INTO home(country, city) VALUES (?, ?)", home)
        (self._homes[home],) = db.execute(
            "SELECT no FROM home WHERE (country, city) = (?, ?)", home
        ).fetchone()
        return self._homes[home]
