"""Files turned into rows, piece by piece; and the process that does it beside the index's writer.

A segment is decoded in pieces that start and end between lines, so that several processes can share
one file; anything else is read by one of them from its beginning.
"""

from __future__ import annotations

import marshal
import os
import sys
from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from loyalty_tui.archive import quick, reading, streams
from loyalty_tui.archive.pushes import LONGEST, TOO_LONG, Fault, Found
from loyalty_tui.archive.reach import Reach, reach
from loyalty_tui.archive.rows import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyalty_tui.archive.rows import Plain

PIECE: Final = 4 << 20
"""Bytes of a segment that are one task."""

_BLOCK: Final = 1 << 17
"""Bytes of a segment that are read at once; they stay in the processor's own memory."""

MOST_ROWS: Final = 2_000
"""Pushes of other files after which a part is handed on."""

_LENGTH: Final = 8


class Task(NamedTuple):
    """Something to decode."""

    path: str
    start: int
    """The byte from which on lines are read, of those that start there or later."""
    end: int | None
    """The byte before which a line has to start; None for all of a file from its beginning."""
    name: str
    """Whose end says the form."""
    goes_on: bool = False
    """Whether what starts there is read though it may be the rest of a line: the other part was."""


class Part(NamedTuple):
    """Some of what a task found; plain values, so that it can cross between processes."""

    batch: Plain
    faults: list[tuple[int, int, str]]
    """Lines counted from 1 at the task's start, offsets, reasons."""
    read_to: int
    """The byte after what has been read."""
    lines: int
    """Lines read up to there since the task's start."""
    is_last: bool
    error: str
    """Why the file cannot be read any further; empty if it can."""
    has_documents: bool
    """Whether a task of lines came to a document that goes on below its line: all of the file is
    to be read from its beginning."""


@dataclass(slots=True)
class _Faults:
    found: list[tuple[int, int, str]]

    def take(self) -> list[tuple[int, int, str]]:
        faults, self.found = self.found, []
        return faults


def decode(task: Task, decoder: Decoder) -> Iterator[Part]:
    """Decode a task and yield its parts, the last one marked. An unreadable file ends it early."""
    try:
        if task.end is None:
            yield from _file(task, decoder)
        else:
            yield from _lines(task, decoder)
    except OSError as error:
        yield _broken(decoder, task.start, error.strerror or str(error))


def _broken(decoder: Decoder, read_to: int, reason: str) -> Part:
    return Part(decoder.take().plain(), [], read_to, 0, True, reason, False)  # noqa: FBT003 - by position, as all of it


def _lines(task: Task, decoder: Decoder) -> Iterator[Part]:
    assert task.end is not None  # noqa: S101 - said by the caller
    faults = _Faults([])
    with streams.open_plain(task.path) as file:
        at = _line_start(file, task)
        lines, carried, skipped = 0, b"", 0
        known = Reach.LINE
        file.seek(at)
        while at < task.end and known is Reach.LINE:
            more = file.read(max(_BLOCK, len(carried)))
            whole = quick.split(more)
            whole[0] = carried + whole[0]
            carried = whole.pop() if more else b""
            if skipped and whole:
                faults.found.append((lines + 1, at, TOO_LONG))
                at, lines, skipped = at + skipped + len(whole.pop(0)) + 1, lines + 1, 0
            if skipped or len(carried) > LONGEST:
                skipped, carried = skipped + len(carried), b""
            if not more:
                at = _last_line(whole, at, lines + 1, decoder, faults)
                break
            places = list(accumulate([len(raw) + 1 for raw in whole], initial=at))
            own = whole[: bisect_left(places, task.end)]
            used = 0
            offered = [raw.removesuffix(b"\r") for raw in own] if b"\r" in more else own
            while (used := used + decoder.add(offered[used:], places[used:])) < len(own):
                read = list(reading.from_line(offered[used], places[used], lines + used + 1))
                if any(isinstance(found, Fault) for found in read):
                    known = _reach(whole[used:], carried, file)
                if known is not Reach.LINE:
                    break
                _add(read, decoder, faults)
                used += 1
            at, lines = places[used], lines + used
        # What is open at the end of the file may still be being written; it is read when complete.
        has_documents = known is Reach.DOCUMENT or (
            known is Reach.OPEN and file.seek(0, os.SEEK_END) > task.end
        )
    yield Part(decoder.take().plain(), faults.take(), at, lines, True, "", has_documents)  # noqa: FBT003 - by position, as all of it


def _line_start(file: BinaryIO, task: Task) -> int:
    """Return where the first line starts that is the task's own."""
    if task.start == 0 or task.goes_on:
        return task.start
    file.seek(task.start - 1)
    at = task.start - 1
    assert task.end is not None  # noqa: S101 - said by the caller
    while at < task.end and (data := file.read(1 << 16)):
        found = data.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(data)
    return max(at, task.end)


def _last_line(last: list[bytes], at: int, line: int, decoder: Decoder, faults: _Faults) -> int:
    """Decode what no line break ends, if there is any; return the byte after what was used of it.

    What is not whole of it may still be being written.
    """
    for raw in last:
        read = [] if decoder.add([raw], [at]) else list(reading.from_line(raw, at, line))
        if any(isinstance(found, Fault) for found in read):
            sound = list(reading.whole(read, raw, at))
            _add(sound, decoder, faults)
            return sound[-1].offset + sound[-1].length if sound else at
        _add(read, decoder, faults)
        at += len(raw)
    return at


def _add(read: Sequence[Found | Fault], decoder: Decoder, faults: _Faults) -> None:
    for found in read:
        if isinstance(found, Found):
            decoder.found(found, found.offset)
        else:
            faults.found.append((found.line, found.offset, found.reason))


def _reach(lines: list[bytes], rest: bytes, file: BinaryIO) -> Reach:
    place = file.tell()
    known = reach(chain(reading.pieces(lines, rest), iter(partial(file.read, _BLOCK), b"")))
    file.seek(place)
    return known


def _file(task: Task, decoder: Decoder) -> Iterator[Part]:
    form = streams.form_of(task.name)
    assert form is not None  # noqa: S101 - files without a form are not listed
    faults = _Faults([])
    read_to, lines, error = 0, 0, ""

    def take(raws: Sequence[bytes], places: Sequence[int]) -> int:
        # A part can be handed on only with what is not taken.
        room = MOST_ROWS - decoder.batch.count
        return decoder.add(raws[:room], places[:room]) if room > 0 else 0

    with streams.open_bytes(task.path, form) as stream:
        found_here = reading.read(stream, form.container, take=take)
        while True:
            try:
                found = next(found_here, None)
            except streams.StreamError as damage:
                faults.found.append((0, damage.offset, damage.reason))
                break
            if found is None:
                break
            if isinstance(found, Found):
                decoder.found(found, found.offset)
            elif isinstance(found, Fault):
                faults.found.append((found.line, found.offset, found.reason))
            else:
                read_to, lines = found.offset, found.line - 1
            if decoder.batch.count >= MOST_ROWS:
                yield Part(decoder.take().plain(), faults.take(), 0, 0, False, "", False)  # noqa: FBT003 - by position, as all of it
    yield Part(decoder.take().plain(), faults.take(), read_to, lines, True, error, False)  # noqa: FBT003 - by position, as all of it


def serve() -> None:
    """Answer tasks from standard input with parts on standard output until the input ends."""
    import gc

    gc.disable()  # rows hold no cycles
    decoder = Decoder()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(_LENGTH)) == _LENGTH:
        task = Task(*marshal.loads(source.read(int.from_bytes(head, "little"))))  # noqa: S302 - from our own parent
        for part in decode(task, decoder):
            packed = marshal.dumps(tuple(part))
            sink.write(len(packed).to_bytes(_LENGTH, "little") + packed)
            sink.flush()


if __name__ == "__main__":
    serve()
