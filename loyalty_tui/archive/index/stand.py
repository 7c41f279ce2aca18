"""What the index has of the files at one moment, and what it got since another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from loyalty_tui.archive.index import overview
from loyalty_tui.archive.index.schema import FILE_BITS

if TYPE_CHECKING:
    import sqlite3

    from loyalty_tui.archive.index.overview import IndexedFile

Span: TypeAlias = tuple[int, int]
"""Places from one up to, but without, another."""


class _Mark(NamedTuple):
    """By what the pushes of a part of a file are known again."""

    pushes: int
    bodies: int
    """A sum over the hashes of their bodies."""


_NOTHING: Final = _Mark(0, 0)


@dataclass(frozen=True, slots=True)
class Stand:
    """What the index had of each file."""

    files: dict[int, IndexedFile] = field(default_factory=dict)
    marks: dict[int, _Mark] = field(default_factory=dict)
    """Of files that may grow; to mark all would take as long as to read all of the index."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is new of a file: all that begins at a byte or behind it."""

    file: IndexedFile
    start: int

    @property
    def span(self) -> Span:
        """The places that it has."""
        return self.file.no << FILE_BITS | self.start, (self.file.no + 1) << FILE_BITS


def since(db: sqlite3.Connection, before: Stand) -> tuple[Stand, list[Part]]:
    """Return how the index stands now, and what is new since before, the newest file first.

    All of a file is new unless it is known to have only grown, or not to have changed.
    """
    db.execute("BEGIN")  # the marks belong to these files
    try:
        now, parts = Stand(), []
        for file in overview.files(db):
            now.files[file.no] = file
            old, mark = before.files.get(file.no), before.marks.get(file.no)
            if file != old:
                if not _has_only_grown(db, file, old, mark):
                    old, mark = None, None
                start = old.read_to if old else 0
                parts.append(Part(file, start))
                if file.is_lines and (before.files or len(parts) == 1):
                    mark = _mark(db, file.no, start, file.read_to, mark or _NOTHING)
            if mark:
                now.marks[file.no] = mark
        return now, parts
    finally:
        db.execute("COMMIT")


def _has_only_grown(
    db: sqlite3.Connection, file: IndexedFile, old: IndexedFile | None, mark: _Mark | None
) -> bool:
    if old is None or mark is None or not file.is_lines or file.read_to < old.read_to:
        return False
    return _mark(db, file.no, 0, old.read_to, _NOTHING) == mark


def _mark(db: sqlite3.Connection, no: int, start: int, end: int, before: _Mark) -> _Mark:
    """Return the mark of what stands between two bytes of a file, together with one before."""
    within = "place >= ?1 AND place < ?2"
    pushes, bodies = db.execute(
        # 32 bits of each: a sum of many whole hashes is too large for SQLite.
        "SELECT count(*), ifnull(sum(hash & 0xFFFFFFFF), 0) FROM"
        f" (SELECT hash FROM push WHERE {within} UNION ALL SELECT hash FROM copy WHERE {within})",
        (no << FILE_BITS | start, no << FILE_BITS | end),
    ).fetchone()
    return _Mark(before.pushes + pushes, before.bodies + bodies)
