"""The segments that the receiver writes: lines appended, safe on the disk before that is said."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.durable import make_folder, open_own, sync_folder, write_all
from loyalty_tui.archive.quarantine import mend_end
from loyalty_tui.archive.segment_names import PUSHES, QUARANTINE, SegmentName, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LARGEST: Final = 256 << 20
"""Bytes that a segment has at most, unless told otherwise; one line may be longer."""

_NOT_OURS: Final = (errno.EACCES, errno.EPERM, errno.ELOOP, errno.EISDIR, errno.ENXIO)
_PROBE: Final = 4096


class Segments:
    """The segments of one archive, written by this process only. Blocks.

    What a method raises is an OSError; none of the lines it was given counts as stored then, and
    no part of a line is left behind.
    """

    def __init__(
        self,
        archive: Path,
        largest: int = LARGEST,
        tell: Callable[[str], None] = lambda _: None,
        renew: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = archive / PUSHES
        self.moving = Lock()
        """Held while lines are appended: whoever takes away a finished segment takes it too."""
        self._archive = archive
        self._largest = largest
        self._tell = tell
        self._renew = renew
        """Makes sure that the archive is still ours, before a file is begun or gone on with."""
        self._open: _Segment | None = None
        self._is_mended = False

    def mend(self) -> None:
        """Move lines that were torn when an earlier receiver ended into quarantine; only once."""
        with self.moving:
            self._mend_all()

    def append(self, day: str, lines: Sequence[bytes]) -> None:
        """Store lines, each with its line break, in the segments of a UTC day (YYYY-MM-DD)."""
        with self.moving:
            start = 0
            while start < len(lines):
                segment = self._segment(day, len(lines[start]))
                data = b"".join(lines[start:])
                end = len(lines)
                if segment.size + len(data) > self._largest:
                    room = accumulate(map(len, lines[start:]), initial=segment.size)
                    end = start + max(1, sum(size <= self._largest for size in room) - 1)
                    data = b"".join(lines[start:end])
                segment.append(data)
                start = end

    def begin(self, day: str, lines: Sequence[bytes]) -> int | None:
        """Write lines into the open segment, if they belong there; return the file to be synced.

        Then, and only then, end has to be called, from whatever thread.
        """
        if not self.moving.acquire(blocking=False):
            return None
        segment, data = self._open, b"".join(lines)
        file = None
        try:
            is_usual = segment is not None and segment.day == day and segment.is_ready()
            if segment is not None and is_usual and segment.size + len(data) <= self._largest:
                file = segment.begin(data)
        finally:
            if file is None:
                self.moving.release()
        return file

    def end(self, *, is_synced: bool = True) -> None:
        """Count what was begun as stored; or take it back, which blocks."""
        try:
            if self._open is not None:
                self._open.end(is_synced=is_synced)
        finally:
            self.moving.release()

    def probe(self, day: str) -> None:
        """Find out whether a line could be stored now, without storing any."""
        with self.moving:
            self._segment(day, 0).probe()

    def can_grow(self) -> bool:
        """Return whether the file system says that it takes more, of what is no push, too."""
        make_folder(self.folder)
        apart = self._archive / QUARANTINE
        for folder in (self.folder, *([apart] if os.path.lexists(apart) else ())):
            if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
                return False
        if not hasattr(os, "statvfs"):
            return True
        status = os.statvfs(self.folder)
        free = status.f_bfree if os.geteuid() == 0 else status.f_bavail
        has_room = free > 0 or not status.f_blocks  # some file systems do not say
        return has_room and not status.f_flag & os.ST_RDONLY

    def close(self) -> None:
        """Close what is open; all of it is on the disk already."""
        with self.moving:
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _mend_all(self) -> None:
        if self._is_mended:
            return
        make_folder(self.folder)
        if not self.folder.resolve().is_relative_to(self._archive.resolve()):
            self._tell(
                f"{PUSHES} is a link out of the archive, and no archive follows one: "
                "what is stored there is not shown."
            )
        for name in segments(self.folder):
            if not name.is_packed:
                self._can_be_mended(self.folder / str(name))
        self._is_mended = True

    def _segment(self, day: str, room: int) -> _Segment:
        """Return the segment of that day with room for so many bytes more."""
        segment = self._open
        if segment is not None and segment.day == day and segment.is_as_left():
            has_room = segment.size + room <= self._largest or not segment.size
            if has_room:
                return segment
        self._close()
        self._renew()
        self._mend_all()
        make_folder(self.folder)
        last = max((name for name in segments(self.folder) if name.day == day), default=None)
        name = SegmentName(day)
        if last is not None:
            status = (self.folder / str(last)).lstat()
            is_usual = not last.is_packed and stat.S_ISREG(status.st_mode)
            has_room = is_usual and status.st_size + room <= self._largest
            name = SegmentName(day, last.part + (not has_room))
        path = self.folder / str(name)
        while os.path.lexists(path) and not (path.is_file() and self._can_be_mended(path)):
            name = SegmentName(day, name.part + 1)
            path = self.folder / str(name)
        self._open = _Segment(path, day)
        return self._open

    def _can_be_mended(self, path: Path) -> bool:
        """Mend the end of a file; False for one that is not for us to write to."""
        try:
            self._mend(path)
        except FileNotFoundError:
            return True
        except OSError as error:
            if error.errno not in _NOT_OURS:
                raise
            self._tell(f"{path.name} is left as it is: {os.strerror(error.errno)}.")
            return False
        return True

    def _mend(self, path: Path) -> None:
        file = open_own(path, os.O_RDWR)
        try:
            if kept := mend_end(self._archive, file):
                self._tell(f"A torn line of {path.name} is now {kept} in quarantine.")
        finally:
            os.close(file)


class _Segment:
    """One file of whole lines, open for more of them."""

    def __init__(self, path: Path, day: str) -> None:
        self.day = day
        self._path = path
        self._file = open_own(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        status = os.fstat(self._file)
        self._identity = status.st_dev, status.st_ino
        self.size = status.st_size
        """The bytes of it that are surely on the disk, once anything has been appended."""
        self._begun = 0
        self._is_named = False
        """Whether its name in the folder is on the disk, too."""
        self._is_sound = True

    def is_as_left(self) -> bool:
        """Return whether the file is still there and nobody else has written to it."""
        try:
            status = self._path.lstat()
        except FileNotFoundError:
            return False
        if (status.st_dev, status.st_ino) != self._identity:
            return False
        return status.st_size == self.size or not self._is_sound

    def append(self, data: bytes) -> None:
        self._cut()
        self.begin(data)
        try:
            os.fsync(self._file)
            if not self._is_named:
                sync_folder(self._path.parent)
        except OSError:
            self.end(is_synced=False)
            raise
        self._is_named = True
        self.end(is_synced=True)

    def is_ready(self) -> bool:
        """Return whether lines can be written that need nothing but to be synced."""
        return self._is_named and self._is_sound and self.is_as_left()

    def begin(self, data: bytes) -> int:
        """Write, and return the file to be synced."""
        self._begun = len(data)
        try:
            write_all(self._file, data)
        except OSError:
            self.end(is_synced=False)
            raise
        return self._file

    def end(self, *, is_synced: bool) -> None:
        if is_synced:
            self.size += self._begun
        else:
            self._is_sound = False
            # What could not be taken back now is taken back before anything else is written.
            with suppress(OSError):
                self._cut()

    def probe(self) -> None:
        self._is_sound = False
        try:
            # Line breaks, so that even a kill leaves no half line; many, so that room is needed.
            write_all(self._file, b"\n" * _PROBE)
            os.fsync(self._file)
        finally:
            self._cut()

    def _cut(self) -> None:
        """Take back what was written but may not be on the disk.

        After a failed fsync the system takes pages for written that are not, so nothing of them
        is relied upon: cutting makes the page at the end be written again, and drops the others.
        """
        if not self._is_sound:
            os.ftruncate(self._file, self.size)
            os.fsync(self._file)
            self._is_sound = True

    def close(self) -> None:
        with suppress(OSError):
            self._cut()
        os.close(self._file)
