"""Questions about the whole archive and its members; each takes an open connection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folder import shown
from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.index import conditions
from loyalty_tui.archive.index.entries import entries
from loyalty_tui.archive.index.orders import at_place
from loyalty_tui.archive.model import MemberFound, Progress, Totals, Unreadable
from loyalty_tui.archive.query.model import Choice, Clause, Digits, Email, Query, Range
from loyalty_tui.archive.stored import NEVER, microseconds
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from loyalty_tui.archive.index.conditions import Known
    from loyalty_tui.archive.model import Entry
    from loyalty_tui.archive.query.model import Test
    from loyalty_tui.identifiers import Identifier

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SAMPLE: Final = 20_000
"""Newest pushes, and people, among which the most frequent values are counted."""
_MOST_OFFERED: Final = 200
_MOST_NAMED: Final = 4
_LONGEST_NAMED: Final = 24
_LONGEST_ASKED: Final = 40
"""Values in a sentence, and characters of each and of what was asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a push is kept."""

    number: int
    """Of the file."""
    path: bytes
    offset: int
    length: int
    hash: int
    checkpoints: bytes | None


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file as far as it is indexed."""

    no: int
    path: bytes
    size: int
    is_lines: bool
    read_to: int
    changed: int
    """Nanoseconds since 1970."""


def totals(db: sqlite3.Connection, now: datetime | None = None) -> Totals:
    """Return the whole archive in numbers; its last times are not after now, when that is given."""
    limit = NEVER if now is None else microseconds(now)

    def one(statement: str) -> int:
        return int(db.execute(statement).fetchone()[0] or 0)

    def latest(column: str, most: int, *tables: str) -> int | None:
        so_far = "" if now is None else f"WHERE {column} <= {most}"
        newest = [
            db.execute(f"SELECT max({column}) FROM {each} {so_far}").fetchone()[0]
            for each in tables
        ]
        return max((int(each) for each in newest if each not in {None, NEVER}), default=None)

    last = latest("at", limit // 1_000_000, "push")
    received = latest("received", limit, "push", "copy")
    copies = one("SELECT count(*) FROM copy")
    return Totals(
        files=one("SELECT count(*) FROM file"),
        pushes=one("SELECT count(*) FROM push") + copies,
        members=one("SELECT count(DISTINCT member) FROM person WHERE member != ''"),
        unreadable=one("SELECT count(*) FROM unreadable") + one("SELECT count(*) FROM unlisted"),
        bytes=one("SELECT sum(size) FROM file"),
        last_at=None if last is None else _EPOCH + timedelta(seconds=last),
        received_at=None if received is None else _EPOCH + timedelta(microseconds=received),
        copies=copies,
    )


def arrivals(db: sqlite3.Connection, since: datetime, until: datetime) -> int:
    """Return how many pushes were received after a moment and up to another, copies included."""
    (count,) = db.execute(
        "SELECT (SELECT count(*) FROM push WHERE received > ?1 AND received <= ?2)"
        " + (SELECT count(*) FROM copy WHERE received > ?1 AND received <= ?2)",
        (microseconds(since), microseconds(until)),
    ).fetchone()
    return int(count)


def unreadable(db: sqlite3.Connection) -> Iterator[Unreadable]:
    """Yield every place that could not be read, by file."""
    for path, reason in db.execute("SELECT path, reason FROM unlisted ORDER BY path"):
        yield Unreadable(shown(path), 0, 0, reason)
    rows = db.execute(
        "SELECT f.path, x.line, x.offset, x.reason FROM unreadable x JOIN file f ON f.no = x.file"
        " ORDER BY f.path, x.offset"
    )
    for path, line, offset, reason in rows:
        yield Unreadable(shown(path), line, offset, reason)


def progress(db: sqlite3.Connection) -> Progress:
    """Return how far the index has come."""
    pushes, done, total, seconds, is_done = db.execute("SELECT * FROM progress").fetchone()
    return Progress(pushes, done, total, seconds, bool(is_done))


def files(db: sqlite3.Connection) -> list[IndexedFile]:
    """Return every indexed file, the newest first."""
    rows = db.execute(
        "SELECT no, path, size, is_lines, read_to, changed FROM file"
        " ORDER BY changed DESC, path DESC"
    )
    return [IndexedFile(*row) for row in rows]


def place_of(db: sqlite3.Connection, ref: str) -> Place | None:
    """Return where a reference leads; None when there is no such push."""
    name, _, offset = ref.rpartition(":")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 13):  # noqa: PLR2004 - 2**40 has 13
        return None
    if "\\" in name:  # it has escapes
        every = db.execute("SELECT no, path FROM file WHERE path > ?", (b"",))
        row = next((row for row in every if shown(row[1]) == name), None)
    else:
        path = name.encode("utf-8", "surrogatepass")
        row = db.execute("SELECT no, path FROM file WHERE path = ?", (path,)).fetchone()
    if row is None:
        return None
    return place_at(db, row[0] << 40 | int(offset))


def still(db: sqlite3.Connection, listed: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return those entries that still lead to their push, with their keys and copies of now."""
    at = [
        (spot := place.number << 40 | place.offset, at_place(entry.key, spot))
        for entry in listed
        if (place := place_of(db, entry.ref)) is not None
    ]
    now = {_without_place(entry): entry for entry in entries(db, at)}
    return tuple(now[same] for entry in listed if (same := _without_place(entry)) in now)


def _without_place(entry: Entry) -> Entry:
    return replace(entry, key=entry.key[:-1], copies=1)


def place_at(db: sqlite3.Connection, place: int) -> Place | None:
    """Return what is kept of the push at a place."""
    row = db.execute(
        "SELECT f.no, f.path, u.length, u.hash, f.checkpoints FROM"
        " (SELECT place, length, hash FROM push WHERE place = ?1"
        " UNION ALL SELECT place, length, hash FROM copy WHERE place = ?1) u"
        " JOIN file f ON f.no = u.place >> 40",
        (place,),
    ).fetchone()
    if row is None:
        return None
    number, path, length, body_hash, checkpoints = row
    return Place(number, path, place & (1 << 40) - 1, length, body_hash, checkpoints)


def offered(db: sqlite3.Connection, field: str) -> tuple[str, ...]:
    """Return the values of a field of the query language, the most frequent first."""
    if field in {"country", "city"}:
        rows = db.execute(
            f"SELECT h.{field} FROM home h LEFT JOIN (SELECT home, count(*) AS often FROM"
            " (SELECT home FROM person ORDER BY no DESC LIMIT ?) GROUP BY home) n"
            f" ON n.home = h.no WHERE h.{field} != '' GROUP BY 1"
            " ORDER BY sum(ifnull(often, 0)) DESC, 1 LIMIT ?",
            (_SAMPLE, _MOST_OFFERED),
        )
    elif field in {"tier", "event", "type"}:
        column = {"type": "kind"}.get(field, field)
        rows = db.execute(
            f"SELECT s.{column} FROM standing s LEFT JOIN (SELECT standing, count(*) AS often FROM"
            " (SELECT standing FROM push ORDER BY at DESC LIMIT ?) GROUP BY standing) n"
            f" ON n.standing = s.no WHERE s.{column} != '' GROUP BY 1"
            " ORDER BY sum(ifnull(often, 0)) DESC, 1 LIMIT ?",
            (_SAMPLE, _MOST_OFFERED),
        )
    else:
        return ()
    return tuple(row[0] for row in rows)


def absent(db: sqlite3.Connection, query: Query, known: Known) -> str:
    """Return, in a sentence, what a query chooses from a small set that no push has, and what is.

    Empty when each choice may be found.
    """
    clause = conditions.absent(query, known)
    if clause is None:
        return ""
    from difflib import get_close_matches

    (choice, *_) = clause.tests
    assert isinstance(choice, Choice)  # noqa: S101 - it is absent
    by_folded = {fold(value): value for value in offered(db, choice.field)}
    near = get_close_matches(choice.folded[:_LONGEST_NAMED], by_folded, n=_MOST_NAMED)
    first = list(dict.fromkeys([*near, *by_folded]))
    named = [neutralise(by_folded[value], _LONGEST_NAMED) for value in first[:_MOST_NAMED]]
    more = ", …" if len(first) > _MOST_NAMED else "."
    there = f"there are {', '.join(named)}{more}" if named else f"none has any {choice.field}."
    asked = neutralise(query.text[clause.start : clause.end], _LONGEST_ASKED)
    return f"No push has {asked}; {there}"


def behind(db: sqlite3.Connection, identifier: Identifier) -> tuple[MemberFound, ...]:
    """Return the members ever pushed with an identifier, the one with the newest push first."""
    own: Test
    if identifier.type == "phone":
        own = Digits("phone", identifier.digits)
        met = db.execute(
            "SELECT no, member FROM person WHERE phone = ? AND phone != ''", (identifier.digits,)
        ).fetchall()
        owns: tuple[Test, ...] = (own,)
    else:
        marks = ", ".join("?" * len(identifier.keys))
        met = db.execute(
            f"SELECT no, member FROM person WHERE address IN ({marks}) AND address != ''",
            identifier.keys,
        ).fetchall()
        owns = tuple(Email(key) for key in identifier.keys)
    found = []
    for member in {member for _, member in met if member != ""}:
        people = db.execute("SELECT no FROM person WHERE member = ?", (member,)).fetchall()
        number = Decimal(member)
        by_id = Clause((Range("id", number, number),), is_negated=False, start=0, end=0)
        found.append(_found(db, member, people, Query(f"id:{member}", (by_id,))))
    nameless = [(no,) for no, member in met if member == ""]
    if nameless:
        clauses = (
            Clause(owns, is_negated=False, start=0, end=0),
            Clause((Range("id", None, None),), is_negated=True, start=0, end=0),
        )
        text = f"{'|'.join(_written(test) for test in owns)} -id:*"
        found.append(_found(db, "", nameless, Query(text, clauses)))
    found = [each for each in found if each[1].pushes]
    return tuple(member for _, member in sorted(found, key=lambda each: each[0], reverse=True))


def _written(test: Test) -> str:
    return f"email:{test.folded}" if isinstance(test, Email) else f"phone:{test.folded}"  # type: ignore[union-attr]  # one of these two


def _found(
    db: sqlite3.Connection, member: int | str, people: list[tuple[int]], query: Query
) -> tuple[tuple[int, int], MemberFound]:
    pushes, newest, name, named = 0, (NEVER, NEVER), "", (NEVER, NEVER)
    for (person,) in people:
        (count,) = db.execute("SELECT count(*) FROM push WHERE person = ?", (person,)).fetchone()
        if not count:
            continue
        pushes += count
        last = db.execute(
            "SELECT u.at, u.received, p.name FROM push u JOIN person p ON p.no = u.person"
            " WHERE u.person = ? AND u.at = (SELECT max(at) FROM push WHERE person = ?)"
            " ORDER BY u.received DESC LIMIT 1",
            (person, person),
        ).fetchone()
        newest = max(newest, last[:2])
        if last[2] and last[:2] >= named:
            name, named = last[2], last[:2]
    return newest, MemberFound(None if member == "" else int(member), name, pushes, query)
