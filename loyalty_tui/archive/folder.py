"""The files of an archive: found at any depth below its folder, following no link out of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.streams import form_of
from loyalty_tui.errors import ArchiveError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from pathlib import Path

_MOST: Final = 2**63 - 1
"""What an index can keep; file systems have times beyond the year 2262, and larger inodes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that an archive reads."""

    path: bytes
    """Relative to the archive, with forward slashes, as the file system has it."""
    size: int
    modified: int
    """Nanoseconds since 1970."""
    changed: int
    """The same, of content or permissions, whichever is later."""
    inode: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What is below a folder."""

    files: list[Listed]
    unlisted: list[tuple[bytes, str]]
    """Folders that could not be listed, relative to the archive, each with one sentence."""


def list_files(folder: Path) -> Listing:
    """Return every file whose name says that it holds pushes; links, pipes and devices stay out.

    Raises:
        ArchiveError: The folder is not there, is no folder, or cannot be listed.
    """
    listing = Listing([], [])
    inside = [b""]
    root = os.fsencode(folder)
    while inside:
        below = inside.pop()
        try:
            with os.scandir(root + b"/" + below) as entries:
                for entry in entries:
                    _add(listing, inside, below, entry)
        except (OSError, ValueError) as error:
            if not below:
                raise _archive_error(folder, error) from None
            listing.unlisted.append((below, os_reason("folder", error)))
    return listing


def native(folder: Path, path: bytes) -> str:
    """Return a listed path as the operating system opens it."""
    return f"{folder}/{os.fsdecode(path)}"


def shown(path: bytes) -> str:
    """Return a listed path as text, no two as the same; what is no UTF-8 in it is escaped."""
    return path.replace(b"\\", b"\\x5c").decode("utf-8", "backslashreplace")


def os_reason(what: str, error: OSError | ValueError) -> str:
    """Return one sentence on why a file or folder could not be read."""
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The {what} could not be read: {neutralise(cause)}."


def not_a_folder(path: str | Path) -> ArchiveError:
    """Return the error that an archive, or what it would be in, is a file."""
    return ArchiveError(
        f"The archive {neutralise(str(path))} is a file, not a folder.",
        "Name the folder that the file is in.",
    )


def _add(listing: Listing, inside: list[bytes], below: bytes, entry: os.DirEntry[bytes]) -> None:
    path = below + b"/" + entry.name if below else entry.name
    try:
        if entry.is_dir(follow_symlinks=False):
            # Junctions are Windows' other kind of link; Python knows them from 3.12 on.
            if not getattr(entry, "is_junction", bool)():
                inside.append(path)
        elif entry.is_file(follow_symlinks=False) and form_of(os.fsdecode(entry.name)):
            stat = entry.stat(follow_symlinks=False)
            modified = stat.st_mtime_ns
            changed = max(modified, stat.st_ctime_ns) & _MOST
            listing.files.append(Listed(path, stat.st_size, modified, changed, stat.st_ino & _MOST))
    except OSError as error:
        if not isinstance(error, FileNotFoundError):  # gone since it was listed
            listing.unlisted.append((path, os_reason("file", error)))


def _archive_error(folder: Path, error: OSError | ValueError) -> ArchiveError:
    name = neutralise(str(folder))
    if isinstance(error, FileNotFoundError):
        return ArchiveError(
            f"The archive folder {name} does not exist.", "Check its path, or create it."
        )
    if isinstance(error, NotADirectoryError):
        return not_a_folder(folder)
    return ArchiveError(
        os_reason(f"archive folder {name}", error), "Check its path and who may read it."
    )
