"""Whole files looked through for what the index does not know; much is shared among processes."""

from __future__ import annotations

import marshal
import os
import pickle
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final, TypeAlias

from loyalty_tui.archive import processes, streams
from loyalty_tui.archive.decoding import Task
from loyalty_tui.archive.finding import Finder, StoppedError, read_message, write_message
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from threading import Event

    from loyalty_tui.archive.query.model import Clause

    _Work: TypeAlias = tuple[int, Task, int]
    _Take: TypeAlias = Callable[[int, list[int] | int], None]

FILE_BITS: Final = 40
"""As index.schema.FILE_BITS, which costs a database to import."""

_PIECE: Final = 16 << 20
"""Bytes of a file of lines that a process is given at once: a twentieth of a second."""
_LITTLE: Final = 8 << 20
"""Bytes up to which no process is worth starting."""
_MOST_PROCESSES: Final = 8
_LOOK: Final = 0.02
"""Seconds between two looks at the stop event."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file to look through, as far as it is indexed."""

    no: int
    path: str
    """As the operating system opens it."""
    name: str
    """Whose end says the form."""
    size: int
    is_lines: bool
    """Whether it can be read from line to line, starting between any two."""
    read_to: int
    """The byte before which a line has to start; of other files all counts."""
    start: int = 0
    """The byte from which on it is looked through, between two lines; of other files 0."""


def scan(
    files: Sequence[ScanFile],
    clauses: tuple[Clause, ...],
    on_found: Callable[[list[int]], None],
    on_progress: Callable[[int, int], None],
    stop: Event,
) -> None:
    """Look through files, the first ones first, for pushes for which all clauses hold; blocks.

    Clauses are as Matching takes them. Places (file number << FILE_BITS | offset) are handed over
    as they are found, in no certain order, each once. Progress is bytes done and bytes in all. Both
    are called in this thread. A file that cannot be read counts as looked through. A stop ends it
    at once.

    Raises:
        ArchiveError: A process ended unexpectedly.
    """
    work = list(_work(files))
    weight = sum(streams.unpacked_size(task.name, size) for _, task, size in work)
    total = sum(size for _, _, size in work)
    done = 0

    def take(number: int, found: list[int] | int) -> None:
        nonlocal done
        if isinstance(found, int):
            done += found
            on_progress(done, total)
        else:
            base = number << FILE_BITS
            on_found([base | offset for offset in found])

    on_progress(done, total)
    if weight <= _LITTLE:
        _scan_here(work, clauses, take, stop)
    else:
        _scan_beside(work, clauses, take, stop)


def _work(files: Sequence[ScanFile]) -> Iterator[_Work]:
    """Yield file numbers, tasks and their bytes."""
    for file in files:
        if not file.is_lines:
            yield file.no, Task(file.path, 0, None, file.name), file.size
            continue
        for start in range(file.start, file.read_to, _PIECE):
            end = min(start + _PIECE, file.read_to)
            task = Task(file.path, start, end, file.name, start == file.start)
            yield file.no, task, end - start


def is_compressed(name: str) -> bool:
    """Return whether a name says that its file is compressed."""
    form = streams.form_of(name)
    return form is not None and bool(form.compression)


def _scan_here(work: list[_Work], clauses: tuple[Clause, ...], take: _Take, stop: Event) -> None:
    finder = Finder(clauses, stop)
    with suppress(StoppedError):
        for number, task, size in work:
            finder.look_through(task, partial(take, number))
            take(number, size)
            if stop.is_set():
                break


def _scan_beside(work: list[_Work], clauses: tuple[Clause, ...], take: _Take, stop: Event) -> None:
    """Have processes do it, each given the next task when it has done its last."""
    size = max(2, min(_MOST_PROCESSES, os.cpu_count() or 2, len(work)))
    job = _Job(clauses, work)
    processes: list[subprocess.Popen[bytes]] = []
    drivers: list[Thread] = []
    try:
        for _ in range(size):
            processes.append(_start())
            drivers.append(Thread(target=job.drive, args=(processes[-1],), daemon=True))
            drivers[-1].start()
        running = size
        while running and not stop.is_set():
            try:
                result = job.results.get(timeout=_LOOK)
            except Empty:
                continue
            if result is None:
                running -= 1
            elif isinstance(result, ArchiveError):
                raise result
            else:
                take(*result)
    finally:
        for process in processes:
            process.kill()
        for driver in drivers:
            driver.join()
        for process in processes:
            process.communicate()


class _Job:
    """What several processes share; each is driven by a thread of this one."""

    def __init__(self, clauses: tuple[Clause, ...], work: list[_Work]) -> None:
        self.results: SimpleQueue[tuple[int, list[int] | int] | ArchiveError | None] = SimpleQueue()
        """File numbers with places or the bytes of a task; None for a process that is done."""
        self._clauses = pickle.dumps(clauses)
        self._work = iter(work)
        self._lock = Lock()

    def drive(self, process: subprocess.Popen[bytes]) -> None:
        """Give a process one task after the other until there is none."""
        source, sink = process.stdout, process.stdin
        assert source is not None  # noqa: S101 - it is a pipe
        assert sink is not None  # noqa: S101 - it is a pipe
        try:
            write_message(sink, self._clauses)
            while given := self._next():
                number, task, size = given
                write_message(sink, marshal.dumps(tuple(task)))
                while places := marshal.loads(read_message(source)):  # noqa: S302 - from our own child
                    self.results.put((number, places))
                self.results.put((number, size))
        except (OSError, EOFError):
            self.results.put(_ended())
        else:
            self.results.put(None)

    def _next(self) -> _Work | None:
        with self._lock:
            return next(self._work, None)


def _start() -> subprocess.Popen[bytes]:
    return processes.start("loyalty_tui.archive.finding")


def _ended() -> ArchiveError:
    return ArchiveError(
        "A process that looks through the archive ended unexpectedly.",
        "Ask again; if that does not help, look for what ends it, such as a lack of memory.",
    )
