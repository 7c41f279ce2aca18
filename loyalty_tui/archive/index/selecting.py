"""Which people and pushes a query means, prepared once per query and used by every question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.index.conditions import Conditions, Known, conditions
from loyalty_tui.archive.model import Sorting

if TYPE_CHECKING:
    import sqlite3

    from loyalty_tui.archive.index.conditions import Value
    from loyalty_tui.archive.query.model import Query

MOST_PEOPLE: Final = 5_000
"""People up to whom a page's are looked up once; of more, each push's person is looked at."""
_FEW_PUSHES: Final = 20_000
"""Pushes up to which those of the people are gathered and sorted, rather than walked past."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A query made ready for one connection."""

    source: str
    """What follows FROM: pushes u, with their person p where conditions need it."""
    condition: str
    values: tuple[Value, ...]
    is_gathered: bool
    """Whether all its pushes are few enough to be sorted."""
    has_person: bool
    """Whether p is in the source."""

    def where(self, sorting: Sorting) -> str:
        """Return the condition, so written that the index of the sorting is the one walked."""
        condition = self.condition
        for column, walked in (
            ("u.at", Sorting.UPDATED),
            ("u.received", Sorting.RECEIVED),
            ("u.points", Sorting.POINTS),
        ):
            if sorting is not walked:
                condition = condition.replace(column, f"+{column}")
        return condition


def select(
    db: sqlite3.Connection, query: Query, known: Known, *, most_people: int | None, hits: str = ""
) -> Selection:
    """Make a query ready; its people are kept in the temporary table `who`.

    Of more than so many people, each push's person is looked at instead. Hits is the table of the
    places at which pushes were found that had to be looked at.
    """
    # Where each person is looked at, the search would find everybody first.
    made = conditions(query, replace(known, is_searchable=False))
    pushes, values = made.of_pushes, tuple(made.pushes_values)
    if hits:
        return Selection(
            f"{hits} h CROSS JOIN push u ON u.place = h.place{_person(made)}",
            _both(pushes, made),
            (*values, *made.people_values),
            is_gathered=False,
            has_person=bool(made.people),
        )
    if not made.people:
        return Selection("push u", pushes, values, is_gathered=False, has_person=False)
    if not _look_up_people(db, conditions(query, known), most_people):
        return Selection(
            f"push u{_person(made)}",
            _both(pushes, made),
            (*values, *made.people_values),
            is_gathered=False,
            has_person=True,
        )
    few = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM who w CROSS JOIN push u ON u.person = w.no LIMIT ?)",
        (_FEW_PUSHES + 1,),
    ).fetchone()[0]
    if few <= _FEW_PUSHES:
        return Selection(
            "who w CROSS JOIN push u ON u.person = w.no", pushes, values,
            is_gathered=True, has_person=False,
        )  # fmt: skip
    return Selection(
        "push u", f"{pushes} AND +u.person IN (SELECT no FROM who)", values,
        is_gathered=False, has_person=False,
    )  # fmt: skip


def _person(made: Conditions) -> str:
    return " CROSS JOIN person p ON p.no = u.person" if made.people else ""


def _both(pushes: str, made: Conditions) -> str:
    return f"{pushes} AND {made.of_people}" if made.people else pushes


def _look_up_people(db: sqlite3.Connection, made: Conditions, most: int | None) -> bool:
    """Fill `who`, and say whether that are all: of too many people it is left half filled."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS who (no INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM who")
    added = db.execute(
        f"INSERT INTO who SELECT p.no FROM person p WHERE {made.of_people} LIMIT ?",
        (*made.people_values, -1 if most is None else most + 1),
    ).rowcount
    return most is None or added <= most


def known(db: sqlite3.Connection) -> Known:
    """Return what the index knows of the small sets that queries choose from."""

    def files() -> list[tuple[int, str]]:
        rows = db.execute("SELECT no, path FROM file")
        return [(no, path.decode("utf-8", "backslashreplace")) for no, path in rows]

    def has_phone(digits: str) -> bool:
        found = db.execute(
            "SELECT 1 FROM person WHERE phone = ? AND phone != '' LIMIT 1", (digits,)
        )
        return found.fetchone() is not None

    return Known(
        standings=db.execute("SELECT no, kind, event, tier FROM standing").fetchall(),
        files=files,
        has_phone=has_phone,
        homes=db.execute("SELECT no, country, city FROM home").fetchall(),
        is_searchable=db.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'person_sorted'"
        ).fetchone() is not None,
    )  # fmt: skip
