"""Files and folders of our own, written so that they outlive a loss of power."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def open_own(path: Path, flags: int) -> int:
    """Open a file that only its owner may read, following no link."""
    return os.open(path, flags | _FLAGS, 0o600)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those above it, where there is none."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    if os.name == "nt":  # it writes names at once, and opens no folder
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write_all(file: int, data: bytes) -> None:
    """Write all of the data to an open file."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there before; it is on the disk on return, or not there.

    The caller has its name synced.
    """
    file = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        write_all(file, data)
        os.fsync(file)
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(file)
