"""The process that keeps an index up to date while a desk is open, and how the desk hears of it.

It tells in lines of JSON on its standard output, and ends when its standard input does: with the
program that started it, whatever becomes of that.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import astuple

from loyalty_tui.archive import processes
from loyalty_tui.archive.model import Progress
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncGenerator, Callable

_POLL: Final = 0.2
"""Seconds between two looks at what another program has written."""
_NICE: Final = 10
_BREATH: Final = 1.0
"""Seconds in which the desk shows the first pushes, before much is read beside it."""
_DAMAGED: Final = "damaged"
"""A file beside the index that says it has to be made anew."""


def start(folder: Path, index_folder: Path) -> subprocess.Popen[bytes]:
    """Start the process, which ends when its standard input is closed; ArchiveError if it fails."""
    return processes.start("loyalty_tui.archive.following", str(folder), str(index_folder))


async def follow(start: Callable[[], subprocess.Popen[bytes]]) -> AsyncGenerator[Progress]:
    """Have the process started, yield what it tells, and end it when no more is asked for.

    Raises:
        ArchiveError: The archive cannot be read, or the index cannot be written.
    """
    import asyncio  # the process itself needs none, and is to be quick

    # Started and ended without waiting, so that no cancelling in between can leave it behind.
    with start() as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            while line := await asyncio.to_thread(process.stdout.readline):
                told = json.loads(line)
                if "error" in told:
                    raise ArchiveError(*told["error"])
                yield Progress(*told["progress"])
            raise ArchiveError(
                "The process that indexes the archive ended unexpectedly.",
                "Refresh to start it again; what has been read so far is kept.",
            )
        finally:
            process.kill()  # what it has not finished it finishes next time


def report_damage(index_folder: Path) -> None:
    """Have whoever writes the index make it anew."""
    with suppress(OSError):
        (index_folder / _DAMAGED).touch(mode=0o600)


def is_whole(index_folder: Path) -> bool:
    """Say whether all of an archive was read into its index, and no damage of that is known."""
    from loyalty_tui.archive.index import overview
    from loyalty_tui.archive.index.reader import NoIndexError, Reader

    if (index_folder / _DAMAGED).exists():
        return False
    reader = Reader(index_folder)
    try:
        with reader.asking() as db:
            return overview.progress(db).is_done
    except NoIndexError:
        return False
    finally:
        reader.close()


def keep_up_to_date(
    folder: Path,
    index_folder: Path,
    tell: Callable[[Progress], None],
    stop: threading.Event,
    *,
    is_once: bool = False,
) -> bool:
    """Bring an index up to date and, unless only once, keep it so until stopped.

    While another program does that, tell of its progress, and take over when it ends. Once means:
    only now, and not at all if another program is at it; False is returned then.

    Raises:
        ArchiveError: The archive cannot be read, or the index cannot be written.
    """
    from loyalty_tui.archive.index.writing import Writer

    writer = Writer(index_folder)
    try:
        while not _write(writer, folder, index_folder, tell, stop, is_once=is_once):
            if is_once:
                return False
            _watch_another(index_folder, tell, stop)
    finally:
        writer.release_lock()
    return True


def _write(  # noqa: PLR0913 - as keep_up_to_date
    writer: object,
    folder: Path,
    index_folder: Path,
    tell: Callable[[Progress], None],
    stop: threading.Event,
    *,
    is_once: bool,
) -> bool:
    """Write the index until stopped; False as soon as another program is at it."""
    from loyalty_tui.archive import indexing, watch
    from loyalty_tui.archive.index.schema import BrokenIndexError, in_plain_words, remove
    from loyalty_tui.archive.index.writing import Writer

    assert isinstance(writer, Writer)  # noqa: S101 - named late, as its module is imported late
    is_broken = False
    while not stop.is_set():
        if not writer.take_lock():
            return False
        if (index_folder / _DAMAGED).exists():
            remove(index_folder, _DAMAGED)
        try:
            with in_plain_words(), writer:
                indexing.bring_up_to_date(writer, folder, tell, stop, is_first=True)
                is_broken = False
                if is_once:
                    return True
                writer.settle()
                for _ in watch.changes(folder, stop):
                    if (index_folder / _DAMAGED).exists() or not writer.is_in_place():
                        break
                    indexing.bring_up_to_date(writer, folder, tell, stop)
                    writer.settle()
                else:
                    return True
        except BrokenIndexError:
            if is_broken:
                raise ArchiveError(
                    "The index is damaged as soon as it is written.",
                    "Check the disk that the cache folder is on.",
                ) from None
            is_broken = True
            report_damage(index_folder)
    return True


def _watch_another(
    index_folder: Path, tell: Callable[[Progress], None], stop: threading.Event
) -> None:
    """Tell what another program has written, for a moment."""
    from loyalty_tui.archive.index import overview
    from loyalty_tui.archive.index.reader import NoIndexError, Reader

    reader = Reader(index_folder)
    last = None
    try:
        for _ in range(5):
            with suppress(NoIndexError, ArchiveError), reader.asking() as db:
                version = db.execute("PRAGMA data_version").fetchone()
                if version != last:
                    last = version
                    tell(overview.progress(db))
            if stop.wait(_POLL):
                return
    finally:
        reader.close()


def _end_with_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(1 << 10):
        pass
    stop.set()
    # Nobody listens any more: what is not written now is read again next time.
    os._exit(0)


def main() -> None:
    """Keep an index up to date, telling on standard output, until standard input ends."""
    with suppress(AttributeError, OSError):  # what Windows has not
        os.nice(_NICE)  # whoever waits for the desk goes first
    stop = threading.Event()
    threading.Thread(target=_end_with_input, args=(stop,), daemon=True).start()

    is_first = True

    def tell(progress: Progress) -> None:
        nonlocal is_first
        print(json.dumps({"progress": astuple(progress)}), flush=True)  # noqa: T201 - for the desk
        if is_first and not progress.is_done:
            stop.wait(_BREATH)
        is_first = False

    try:
        keep_up_to_date(Path(sys.argv[1]), Path(sys.argv[2]), tell, stop)
    except ArchiveError as error:
        print(json.dumps({"error": [error.sentence, error.remedy]}), flush=True)  # noqa: T201 - for the desk
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
