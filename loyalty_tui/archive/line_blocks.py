"""A file of lines read block by block, from one of its bytes to another."""

from __future__ import annotations

import io
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, Final

from loyalty_tui.archive.pushes import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK: Final = 1 << 17
"""Bytes that are read at once: they stay, with what is made of them, in the processor's memory."""
_LOOK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Block:
    """Some neighbouring lines."""

    lines: list[bytes]
    """Those that start where they are asked for, each with its line break."""
    places: list[int]
    """The bytes of the file at which they start, and at which what follows on the last does."""
    below: list[bytes]
    """What has been read of the lines that follow; of the last one perhaps only a part."""
    too_long: int | None
    """Where a line started that is too long and was passed over just before these."""
    is_ended: bool
    """Whether the last line is: one without a line break stands alone at the end of a file."""


def line_start(file: BinaryIO, start: int, end: int, *, goes_on: bool = False) -> int:
    """Return where the first line starts, from a byte on; the end or more if that is beyond it.

    It goes on when what starts there counts though it may be the rest of a line.
    """
    if start == 0 or goes_on:
        return start
    at = start - 1
    file.seek(at)
    while at < end and (data := file.read(_LOOK)):
        found = data.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(data)
    return max(at, end)


def blocks(file: BinaryIO, start: int, end: int) -> Iterator[Block]:
    """Yield the lines that start from a byte on, where one does, and before another.

    The file is left where what has been read of it ends.
    """
    file.seek(start)
    at, carried, skipped, more = start, b"", 0, b"..."
    while more and at < end:
        more = file.read(max(_BLOCK, len(carried)))
        lines = io.BytesIO(more).readlines() or [b""]
        lines[0] = carried + lines[0]
        carried = lines.pop() if more and not more.endswith(b"\n") else b""
        too_long = None
        if skipped and lines:
            too_long = at
            at, skipped = at + skipped + len(lines.pop(0)), 0
        if skipped or len(carried) > LONGEST:
            skipped, carried = skipped + len(carried), b""
        places = list(accumulate(map(len, lines), initial=at))
        count = min(bisect_left(places, end), len(lines))
        at = places[count]
        yield Block(lines[:count], places, [*lines[count:], carried], too_long, bool(more))
