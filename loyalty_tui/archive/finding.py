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
from typing import IO, TYPE_CHECKING, Final

from loyalty_tui.archive import reading, streams
from loyalty_tui.archive.decoding import Task
from loyalty_tui.archive.matching import Matching
from loyalty_tui.archive.pushes import LONGEST, Fault, Found
from loyalty_tui.archive.sieve import lines, sieve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from loyalty_tui.archive.pushes import End
    from loyalty_tui.archive.query.model import Clause

HAND_OVER: Final = 0.05
"""Seconds after which what was found is handed over, though there may be more soon."""

_BLOCK: Final = 1 << 19
"""Bytes of a file of lines that are read at once; they stay in the processor's own memory."""
_BRACE: Final = ord("{")
_LENGTH: Final = 8


class StoppedError(Exception):
    """The stop event was set."""


class Finder:
    """Looks through tasks for pushes that are asked for."""

    def __init__(self, clauses: tuple[Clause, ...], stop: Event | None = None) -> None:
        self._matching = Matching(clauses)
        kept = sieve(clauses)
        self._lines_of = kept.lines if kept else lines
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
            for found in reading.read(stream, form.container):
                self._look_at([found])
                self._pause()

    def _lines(self, task: Task, stop: int) -> None:
        """Look at the lines that start in a task, told apart as in `decoding`."""
        is_skipping = task.start > 0 and not task.goes_on  # up to the end of the line before
        at = task.start - is_skipping
        carried = b""
        with streams.open_plain(task.path) as file:
            file.seek(at)
            while at < stop:
                more = file.read(max(_BLOCK, len(carried)))
                data = carried + more
                begin = data.find(b"\n") + 1 if is_skipping else 0
                limit = data.rfind(b"\n") + 1 if more else len(data)
                if (is_skipping and not begin) or (not limit and len(data) > LONGEST):
                    is_skipping, limit = True, len(data)
                elif limit:
                    is_skipping = False
                    self._block(data, begin, limit, at, stop)
                carried = data[limit:]
                at += limit
                self._pause()
                if not more:
                    break

    def _block(self, data: bytes, begin: int, limit: int, base: int, stop: int) -> None:
        """Look at the lines of data[begin:limit] that start before stop."""
        quick, found = self._matching.quick, self._found
        for at, line_end in self._lines_of(data, begin, limit):
            if base + at >= stop:
                return
            is_cut = line_end < 0
            end = limit if is_cut else line_end
            is_asked_for = quick(data[at:end]) if data[at] == _BRACE else None
            if is_asked_for is None:
                read = list(reading.from_line(data[at:end], base + at, 0))
                if not (is_cut and any(isinstance(each, Fault) for each in read)):
                    self._look_at(read)
                self._pause()
                found = self._found
            elif is_asked_for:
                found.append(base + at)

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
