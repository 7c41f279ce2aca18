"""Lines and files looked through for pushes that are asked for; and the process that does it.

Lines are told apart as in `decoding`, so that a push is found at the place at which the index has
it.
"""

from __future__ import annotations

import marshal
import pickle
import sys
import time
from contextlib import suppress
from itertools import compress
from typing import IO, TYPE_CHECKING, Final

from loyalty_tui.archive import reading, streams
from loyalty_tui.archive.decoding import Task
from loyalty_tui.archive.line_blocks import blocks, line_start
from loyalty_tui.archive.matching import Matching
from loyalty_tui.archive.pushes import Fault, Found
from loyalty_tui.archive.quick import Runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from threading import Event

    from loyalty_tui.archive.pushes import End
    from loyalty_tui.archive.query.model import Clause

HAND_OVER: Final = 0.05
"""Seconds after which what was found is handed over, though there may be more soon."""

_LENGTH: Final = 8


class StoppedError(Exception):
    """The stop event was set."""


class Finder:
    """Looks through tasks for pushes that are asked for."""

    def __init__(self, clauses: tuple[Clause, ...], stop: Event | None = None) -> None:
        self._matching = Matching(clauses)
        self._runs = Runs()
        self._stop = stop
        self._found: list[int] = []
        self._hand_over: Callable[[list[int]], None] = _nowhere
        self._handed_at = 0.0

    def look_through(self, task: Task, hand_over: Callable[[list[int]], None]) -> None:
        """Look at all of a task and hand over where pushes were found."""
        self._hand_over = hand_over
        self._handed_at = time.monotonic()
        with suppress(OSError, streams.StreamError):
            if task.end is None:
                self._file(task)
            else:
                self._lines(task, task.end)
        self._pause(0)

    def _file(self, task: Task) -> None:
        form = streams.form_of(task.name)
        if form is None:
            return
        with streams.open_bytes(task.path, form) as stream:
            for found in reading.read(stream, form.container, take=self._take):
                self._look_at([found])
                self._pause()

    def _lines(self, task: Task, stop: int) -> None:
        with streams.open_plain(task.path) as file:
            start = line_start(file, task.start, stop, goes_on=task.goes_on)
            for block in blocks(file, start, stop):
                raws, places = block.lines, block.places
                done = 0
                while (done := done + self._take(raws[done:], places[done:])) < len(raws):
                    read = list(reading.from_line(raws[done], places[done], 0))
                    if not block.is_ended and any(isinstance(each, Fault) for each in read):
                        read = list(reading.whole(read, raws[done], places[done]))
                    self._look_at(read)
                    done += 1
                self._pause()

    def _take(self, raws: Sequence[bytes], places: Sequence[int]) -> int:
        """Look at pushes as they stand in the file, up to one that is unusual; return how many."""

        def take(run: slice) -> int:
            answers = self._matching.quick(raws[run])
            self._found += compress(places[run], answers)
            return len(answers)

        taken = self._runs.through(len(raws), take)
        self._pause()
        return taken

    def _look_at(self, read: Iterable[Found | Fault | End]) -> None:
        for found in read:
            if isinstance(found, Found) and self._matching.holds(found.value):
                self._found.append(found.offset)

    def _pause(self, after: float = HAND_OVER) -> None:
        """Hand over what was found, if it is time."""
        if self._stop is not None and self._stop.is_set():
            raise StoppedError
        if self._found and time.monotonic() - self._handed_at >= after:
            self._handed_at = time.monotonic()
            found, self._found = self._found, []
            self._hand_over(found)


def _nowhere(_: list[int]) -> None:
    return


def write_message(pipe: IO[bytes], packed: bytes) -> None:
    """Write a message into a pipe."""
    pipe.write(len(packed).to_bytes(_LENGTH, "little") + packed)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes:
    """Return the next message. Raises EOFError when there is none, or not all of one."""
    size = int.from_bytes(pipe.read(_LENGTH), "little")
    packed = pipe.read(size)
    if not size or len(packed) < size:
        raise EOFError
    return packed


def serve() -> None:
    """Answer tasks from standard input until it ends; the first message there is the clauses."""
    import gc

    gc.disable()  # what is decoded holds no cycles
    source, sink = sys.stdin.buffer, sys.stdout.buffer

    def send(places: list[int]) -> None:
        write_message(sink, marshal.dumps(places))

    with suppress(EOFError):
        finder = Finder(pickle.loads(read_message(source)))  # noqa: S301 - from our own parent
        while True:
            finder.look_through(Task(*marshal.loads(read_message(source))), send)  # noqa: S302 - as above
            send([])


if __name__ == "__main__":
    serve()
