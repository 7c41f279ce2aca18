"""Which people and pushes a query means, prepared once per query and used by every question.

For a page, not everybody whom the search of runs finds is read to see whether it is right: pushes
come in the list's order, and only the people of those that would be shown are checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isqrt
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folder import shown
from loyalty_tui.archive.index.conditions import Conditions, Known, conditions, search_for
from loyalty_tui.archive.index.schema import LAST_ORDER
from loyalty_tui.archive.model import Sorting

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from loyalty_tui.archive.index.conditions import Value
    from loyalty_tui.archive.query.model import Query

_MOST_PEOPLE: Final = 5_000
"""People up to whom a page's are looked up once; of more, each push's person is looked at."""
_FEW_PUSHES: Final = 20_000
"""Pushes up to which those of the people are gathered and sorted, rather than walked past."""
_GATHERED, _LISTED = 3, 1_300
"""People of one page, squared, for each one in the index: up to how many all their pushes are
sorted, and up to how many they are listed to walk past the pushes of others. From the times that
either takes: rising with their number, and falling with it."""
_GUESSED: Final = 100
"""As above: up to how many it seems worth while to find them at all."""
_RUNS, _RUN = 10, 60
"""How many runs of neighbouring people, and how long ones, tell about how many are meant."""
_GATHER: Final = "who w CROSS JOIN push u ON u.person = w.no"
_LISTED_PERSON: Final = "+u.person IN (SELECT no FROM who)"


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
    check: str = ""
    """What is to hold of the person p of each push that the condition leaves; empty for nothing."""
    check_values: tuple[Value, ...] = ()
    checked: dict[int, bool] = field(default_factory=dict)
    """Of which people it is known whether it holds."""

    def where(self, sorting: Sorting) -> str:
        """Return the condition, so written that the index of the sorting is the one walked."""
        condition = self.condition
        if sorting is Sorting.MEMBER:
            condition = condition.replace("+u.person IN", "p.no IN")
        for column, walked in (
            ("u.at", Sorting.UPDATED),
            ("u.received", Sorting.RECEIVED),
            ("u.points", Sorting.POINTS),
        ):
            if sorting is not walked:
                condition = condition.replace(column, f"+{column}")
        return condition


def select(
    db: sqlite3.Connection, query: Query, known: Known, *, is_for_page: bool, hits: str = ""
) -> Selection:
    """Make a query ready; its people are kept in the temporary table `who`.

    For a page, people may be left to be checked, or, if they are very many, each push's person is
    looked at. Hits is the table of the places at which pushes were found that had to be looked at.
    """
    # Where each person is looked at, the search would find everybody first.
    made = conditions(query, replace(known, is_searchable=False))
    pushes, values = made.of_pushes, tuple(made.pushes_values)
    if hits:
        return Selection(
            f"{hits} h CROSS JOIN push u ON u.place = h.place{_person(made)}",
            _both(made),
            (*values, *made.people_values),
            is_gathered=False,
            has_person=bool(made.people),
        )
    if not made.people:
        return Selection("push u", pushes, values, is_gathered=False, has_person=False)
    search = search_for(query, known) if is_for_page else ""
    if search:
        is_few = _find_people(db, search, made)
        return _each(made) if is_few is None else _listed(made, is_gathered=is_few, is_sure=False)
    if not _look_up_people(db, conditions(query, known), _MOST_PEOPLE if is_for_page else None):
        return _each(made)
    (few,) = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {_GATHER} LIMIT ?)", (_FEW_PUSHES + 1,)
    ).fetchone()
    return _listed(made, is_gathered=few <= _FEW_PUSHES, is_sure=True)


def _each(made: Conditions) -> Selection:
    """Return a selection that looks at each push's person."""
    return Selection(
        f"push u{_person(made)}",
        _both(made),
        (*made.pushes_values, *made.people_values),
        is_gathered=False,
        has_person=True,
    )


def _listed(made: Conditions, *, is_gathered: bool, is_sure: bool) -> Selection:
    """Return a selection of the pushes of the people in `who`, which are checked or to be so."""
    pushes = made.of_pushes
    return Selection(
        _GATHER if is_gathered else "push u",
        pushes if is_gathered else f"{pushes} AND {_LISTED_PERSON}",
        tuple(made.pushes_values),
        is_gathered=is_gathered,
        has_person=False,
        check="" if is_sure else made.of_people,
        check_values=() if is_sure else tuple(made.people_values),
    )


def _person(made: Conditions) -> str:
    return " CROSS JOIN person p ON p.no = u.person" if made.people else ""


def _both(made: Conditions) -> str:
    return f"{made.of_pushes} AND {made.of_people}" if made.people else made.of_pushes


def _find_people(db: sqlite3.Connection, search: str, made: Conditions) -> bool | None:
    """Fill `who` from the search alone, and say whether these are few; None of too many."""
    (people,) = db.execute("SELECT ifnull(max(no), 0) FROM person").fetchone()
    most = isqrt(_LISTED * people)
    if most < people and _share(db, made, people) * people > isqrt(_GUESSED * people):
        return None
    _clear(db)
    added = db.execute(
        "INSERT INTO who SELECT rowid FROM search WHERE search MATCH ? LIMIT ?", (search, most + 1)
    ).rowcount
    return None if added > most else added <= isqrt(_GATHERED * people)


def _share(db: sqlite3.Connection, made: Conditions, people: int) -> float:
    """Return about which share of the people is meant: to find too many of them takes long."""
    starts = [people * run // _RUNS + 1 for run in range(_RUNS)]
    (meant,) = db.execute(
        "SELECT count(*) FROM json_each(?) r CROSS JOIN person p"
        f" ON p.no BETWEEN r.value AND r.value + {_RUN - 1} WHERE {made.of_people}",
        (f"{starts}", *made.people_values),
    ).fetchone()
    return float(meant / (_RUNS * _RUN))


def _clear(db: sqlite3.Connection) -> None:
    db.execute("CREATE TEMP TABLE IF NOT EXISTS who (no INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM who")


def _look_up_people(db: sqlite3.Connection, made: Conditions, most: int | None) -> bool:
    """Fill `who`, and say whether that are all: of too many people it is left half filled."""
    _clear(db)
    added = db.execute(
        f"INSERT INTO who SELECT p.no FROM person p WHERE {made.of_people} LIMIT ?",
        (*made.people_values, -1 if most is None else most + 1),
    ).rowcount
    return most is None or added <= most


def known(db: sqlite3.Connection) -> Known:
    """Return what the index knows of the small sets that queries choose from."""

    def files() -> list[tuple[int, str]]:
        rows = db.execute("SELECT no, path FROM file")
        return [(no, shown(path)) for no, path in rows]

    def has_phone(digits: str) -> bool:
        found = db.execute(
            "SELECT 1 FROM person WHERE phone = ? AND phone != '' LIMIT 1", (digits,)
        )
        return found.fetchone() is not None

    def earliest(copies: str, values: Sequence[Value]) -> int | None:
        (first,) = db.execute(
            f"SELECT min(received) FROM push WHERE place IN (SELECT shown {copies})", values
        ).fetchone()
        return None if first is None else int(first)

    return Known(
        standings=db.execute("SELECT no, kind, event, tier FROM standing").fetchall(),
        files=files,
        has_phone=has_phone,
        earliest=earliest,
        homes=db.execute("SELECT no, country, city FROM home").fetchall(),
        is_searchable=db.execute(
            "SELECT 1 FROM sqlite_master WHERE name = ?", (LAST_ORDER,)
        ).fetchone() is not None,
    )  # fmt: skip
