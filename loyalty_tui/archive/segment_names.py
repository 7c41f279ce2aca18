"""How the receiver names what it writes: segments of pushes by UTC day and part, and quarantine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PUSHES: Final = "pushes"
"""The folder of segments in an archive."""

QUARANTINE: Final = "quarantine"
"""The folder of what is no push; the names of its files are none that an archive reads."""

PLAIN: Final = ".ndjson"
PACKED: Final = ".ndjson.zst"

_NAME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.([0-9]{1,6}))?(\.ndjson(?:\.zst)?)")
_APART: Final = re.compile(r"[0-9-]{10}T[0-9]{6}\.[0-9]{6}Z-[0-9]+-[0-9]+\.[a-z]+")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[.T]")


@dataclass(frozen=True, slots=True, order=True)
class SegmentName:
    """One segment: all pushes of a UTC day, or a part of them."""

    day: str
    """As YYYY-MM-DD."""
    part: int = 1
    is_packed: bool = False

    def __str__(self) -> str:
        number = f".{self.part}" if self.part > 1 else ""
        return f"{self.day}{number}{PACKED if self.is_packed else PLAIN}"


def segments(folder: Path) -> list[SegmentName]:
    """Return the segments in a folder, the oldest first; none where there is no folder."""
    names = (_segment(path.name) for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if name)


def is_apart(name: str) -> bool:
    """Return whether a file in quarantine is named as the receiver names it."""
    return _APART.fullmatch(name) is not None


def day_of(name: str) -> date | None:
    """Return the UTC day that the name of a segment or a file in quarantine starts with."""
    found = _DAY.match(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _segment(name: str) -> SegmentName | None:
    found = _NAME.fullmatch(name)
    if not found or not day_of(name):
        return None
    part = int(found[2] or 1)
    segment = SegmentName(found[1], part, found[3] == PACKED)
    return segment if str(segment) == name else None
