"""The right to write an archive's segments: one process has it, until it ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.durable import make_folder, open_own
from loyalty_tui.archive.folder import not_a_folder
from loyalty_tui.errors import ArchiveError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "receiver.lock"
"""The file in an archive that its receiver holds; the process id of the last one is in it."""

_FAR: Final = 1 << 20
"""Where Windows locks a byte: no reader of the process id comes there."""


class FolderLock:
    """The lock of one archive."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock, making the archive's folder if there is none.

        Raises:
            ArchiveError: Another process has it, or the folder cannot be written.
        """
        name = neutralise(str(self._archive))
        try:
            make_folder(self._archive)
            file = open_own(self._archive / NAME, os.O_RDWR | os.O_CREAT)
        except FileExistsError as error:
            raise not_a_folder(error.filename) from None
        except OSError as error:
            raise ArchiveError(
                f"The archive folder {name} cannot be written: {error.strerror or error}.",
                "Check its path and who may write there.",
            ) from None
        if not _lock(file):
            holder = os.read(file, 20).decode("ascii", "replace").strip()
            os.close(file)
            raise ArchiveError(
                f"Another receiver, process {neutralise(holder) or 'unknown'}, "
                f"writes to the archive {name}.",
                "Stop that one first, or name another folder with --archive DIR.",
            )
        self._file = file
        with suppress(OSError):  # a full disk takes no number, and what it lacks may come back
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())

    def renew(self) -> None:
        """Take it again if its file was removed or replaced.

        Raises:
            OSError: Another process has it by now.
        """
        held = self._file
        if held is None:
            return
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), (self._archive / NAME).lstat()):
                return
        try:
            self.take()
        except ArchiveError as error:
            raise OSError(errno.EBUSY, error.sentence.rstrip(".")) from None
        os.close(held)

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":

    def _lock(file: int) -> bool:
        import msvcrt

        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:

    def _lock(file: int) -> bool:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
