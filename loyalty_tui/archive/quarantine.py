"""What the receiver keeps apart: bodies that are no push, and lines that a loss of power tore."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.durable import make_folder, sync_folder, write_new
from loyalty_tui.archive.segment_names import QUARANTINE
from loyalty_tui.archive.streams import line_start
from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from pathlib import Path

_COUNT: Final = itertools.count(1)


def keep_apart(archive: Path, data: bytes, kind: str) -> str:
    """Write bytes to a new file of the quarantine and return its name; on return it is safe.

    The kind becomes the end of the name, such as "body".

    Raises:
        OSError: It could not be written; nothing of it is left.
    """
    folder = archive / QUARANTINE
    make_folder(folder)
    now = datetime.now(UTC)
    name = f"{now:%Y-%m-%dT%H%M%S.%f}Z-{os.getpid()}-{next(_COUNT)}.{kind}"
    write_new(folder / name, data)
    sync_folder(folder)
    return name


def mend_end(archive: Path, file: int) -> str:
    """Move to quarantine what stands after the last whole line of an open segment.

    A line that ends but holds no JSON goes too: what a loss of power leaves may have line breaks.
    Returns the name of the file in quarantine, empty when there was nothing to move.

    Raises:
        OSError: The segment cannot be read or cut, or the quarantine cannot be written.
    """
    size = os.fstat(file).st_size
    end = _sound_end(file, size)
    if end == size:
        return ""
    name = keep_apart(archive, _read(file, end, size), "torn")
    os.ftruncate(file, end)
    os.fsync(file)
    return name


def _sound_end(file: int, end: int) -> int:
    while end:
        with os.fdopen(file, "rb", closefd=False) as lines:
            start = line_start(lines, end - 1)
        line = _read(file, start, end)
        if line.endswith(b"\n") and _is_sound(line):
            break
        end = start
    return end


def _is_sound(line: bytes) -> bool:
    if not line.strip():
        return True
    try:
        json_text.packed(line.decode())
    except ValueError:
        return False
    return True


def _read(file: int, start: int, end: int) -> bytes:
    os.lseek(file, start, os.SEEK_SET)
    parts = []
    while start < end and (part := os.read(file, end - start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)
