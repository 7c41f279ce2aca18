"""The pushes of one member around another: the one before it, and all of them over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from loyalty_tui.archive import searching
from loyalty_tui.archive.stored import NEVER
from loyalty_tui.crowdtwist.profile import PushKind

if TYPE_CHECKING:
    import sqlite3

Spot: TypeAlias = tuple[int, int, int]
"""Time of update, time of receipt and place of a push: its key in Sorting.UPDATED."""

_MOST_PEOPLE: Final = 2_000
"""Forms of one member that are looked at: each other name, address or home makes one."""
_NO_NUMBERS: Final = searching.encode("", "", "")
"""What is searched of a person without phone, id and third-party id."""
_SAME: Final = "JOIN standing s ON s.no = u.standing WHERE u.person = ? AND s.kind = ?"


def before(db: sqlite3.Connection, place: int) -> Spot | None:
    """Return the spot of the push of the same member and kind that came before one.

    By the profile's last update, then by receipt, as Sorting.UPDATED has them.
    """
    row = db.execute(
        "SELECT u.at, u.received, u.person, s.kind FROM push u JOIN standing s ON s.no = u.standing"
        " WHERE u.place = ?",
        (place,),
    ).fetchone()
    if row is None:
        return None
    at, received, person, kind = row
    found: list[Spot] = []
    for each in _people(db, person):
        nearest = db.execute(
            f"SELECT u.at, u.received, u.place FROM push u {_SAME}"
            " AND u.at <= ? AND (u.at, u.received, u.place) < (?, ?, ?)"
            " ORDER BY u.at DESC, u.received DESC, u.place DESC LIMIT 1",
            (each, kind, at, at, received, place),
        ).fetchone()
        if nearest is not None:
            found.append(nearest)
    return max(found, default=None)


def over_time(db: sqlite3.Connection, place: int, most: int) -> tuple[list[Spot], int]:
    """Return the spots of a member's dated profile pushes, oldest first, and how many there are.

    When there are more than so many (at least 2), it is those that follow as many moments at equal
    distances.
    """
    row = db.execute("SELECT person FROM push WHERE place = ?", (place,)).fetchone()
    spans: dict[int, tuple[int, int, int]] = {}
    for person in _people(db, row[0]) if row else []:
        span = db.execute(
            f"SELECT count(*), min(u.at), max(u.at) FROM push u {_SAME} AND u.at > ?",
            (person, PushKind.PROFILE, NEVER),
        ).fetchone()
        if span[0]:  # else all other pushes would be passed by for each moment
            spans[person] = span
    count = sum(pushes for pushes, _, _ in spans.values())
    if count <= most:
        every = sorted(spot for person in spans for spot in _from(db, person, NEVER + 1, most))
        return every, count
    first = min(since for _, since, _ in spans.values())
    last = max(until for _, _, until in spans.values())
    sampled: set[Spot] = set()
    for step in range(most):
        since = first + (last - first) * step // (most - 1)
        following = [spot for person in spans for spot in _from(db, person, since, 1)]
        sampled.update([min(following)] if following else [])
    return sorted(sampled), count


def _from(db: sqlite3.Connection, person: int, since: int, most: int) -> list[Spot]:
    return db.execute(
        f"SELECT u.at, u.received, u.place FROM push u {_SAME} AND u.at >= ?"
        " ORDER BY u.at, u.received, u.place LIMIT ?",
        (person, PushKind.PROFILE, since, most),
    ).fetchall()


def _people(db: sqlite3.Connection, person: int) -> list[int]:
    """Return all forms of the member that one form belongs to; none of nobody."""
    member, address, phone, numbers = db.execute(
        "SELECT member, address, phone, numbers FROM person WHERE no = ?", (person,)
    ).fetchone()
    if member == "" and not (address or phone):
        return [person] if numbers != _NO_NUMBERS else []
    same, values = "member = ?", [member]
    if member == "":
        # The index of addresses, or of phones, has only those that are not empty.
        same += f" AND address = ? AND phone = ? AND {'address' if address else 'phone'} != ''"
        values += [address, phone]
    rows = db.execute(f"SELECT no FROM person WHERE {same} LIMIT ?", (*values, _MOST_PEOPLE))
    return [row[0] for row in rows]
