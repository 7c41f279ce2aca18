"""What becomes of segments with time: they are compressed, and removed when that is asked for."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.durable import sync_folder
from loyalty_tui.archive.packing import UNFINISHED, pack
from loyalty_tui.archive.segment_names import (
    PACKED,
    PUSHES,
    QUARANTINE,
    SegmentName,
    day_of,
    is_apart,
    segments,
)
from loyalty_tui.archive.streams import StreamError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

_NICE: Final = 10
_INTERVAL: Final = 600.0
"""Seconds between two looks at what day it is, and at what failed."""
_PATIENCE: Final = 1.0
"""Seconds that a disk has at the end: whoever ends does not wait longer."""


def compress(
    archive: Path,
    today: date,
    moving: threading.Lock,
    stop: threading.Event,
    failed: list[str],
) -> int:
    """Compress the segments of the days before yesterday (UTC); return how many there were.

    What cannot be compressed is left as it is, and appended to what failed, with the reason.
    """
    folder = archive / PUSHES
    done = 0
    for name in segments(folder):
        day = day_of(str(name))
        if stop.is_set():
            break
        if not name.is_packed and day and day < today - timedelta(days=1):
            packed = SegmentName(name.day, name.part, is_packed=True)
            try:
                done += pack(folder / str(name), folder / str(packed), moving, stop)
            except (OSError, StreamError) as error:
                failed.append(f"{name}: {_reason(error)}")
    return done


def prune(archive: Path, today: date, keep: timedelta, failed: list[str]) -> int:
    """Remove what the receiver wrote on days longer ago than that; return how many files.

    What cannot be removed is appended to what failed, with the reason.
    """
    removed = 0
    for folder in (archive / PUSHES, archive / QUARANTINE):
        ours = {str(name) for name in segments(folder)}
        before = removed
        for path in folder.iterdir() if folder.is_dir() else ():
            day = day_of(path.name)
            is_ours = path.name in ours or (folder.name == QUARANTINE and is_apart(path.name))
            if is_ours and day and day < today - keep:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    failed.append(f"{path.name}: {_reason(error)}")
                else:
                    removed += 1
        if removed > before:
            sync_folder(folder)
    return removed


class Upkeep:
    """A thread that does both at its start and soon after each midnight (UTC)."""

    def __init__(
        self,
        archive: Path,
        moving: threading.Lock,
        keep: timedelta | None,
        tell: Callable[[str], None],
    ) -> None:
        self._archive = archive
        self._moving = moving
        self._keep = keep
        self._tell = tell
        self._told: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being compressed is compressed next time."""
        self._stop.set()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        if sys.platform == "linux":  # elsewhere a thread has no priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        done = None
        while not self._stop.is_set():
            today = datetime.now(UTC).date()
            if today != done and self._look_after(today):
                done = today
            self._stop.wait(_INTERVAL)

    def _look_after(self, today: date) -> bool:
        failed: list[str] = []
        removed = packed = 0
        try:
            self._clear()
            removed = prune(self._archive, today, self._keep, failed) if self._keep else 0
            packed = compress(self._archive, today, self._moving, self._stop, failed)
        except OSError as error:
            failed.append(_reason(error))
        if failed and failed != self._told:
            more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
            self._tell(f"Old segments could not be looked after: {failed[0]}{more}.")
        self._told = failed
        if removed:
            self._tell(f"Files removed because they were older than asked for: {removed}.")
        if packed:
            self._tell(f"Segments compressed: {packed}.")
        return not failed

    def _clear(self) -> None:
        """Remove what was being compressed when an earlier receiver ended."""
        for path in (self._archive / PUSHES).glob(f"*{PACKED}{UNFINISHED}"):
            with suppress(FileNotFoundError):
                path.unlink()


def _reason(error: OSError | StreamError) -> str:
    known = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
    return known or type(error).__name__
