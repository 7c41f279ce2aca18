"""Files turned into rows, piece by piece; and the process that does it beside the index's writer.

A segment is decoded in pieces that start and end between lines, so that several processes can share
one file; anything else is read by one of them from its beginning. Rows cross between processes as
columns of plain values, a few thousand at once.
"""

from __future__ import annotations

import marshal
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from loyalty_tui.archive import reading, streams
from loyalty_tui.archive.pushes import LONGEST, TOO_LONG, Fault, Found
from loyalty_tui.archive.reach import Reach, reach
from loyalty_tui.archive.rows import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE: Final = 4 << 20
"""Bytes of a segment that are one task."""

_BLOCK: Final = 1 << 19
"""Bytes of a segment that are read at once; they stay in the processor's own memory."""

_NEAR: Final = 1 << 12
"""Bytes that mostly tell whether a document goes on below its line."""

MOST_ROWS: Final = 2_000
"""Pushes of other files after which a part is handed on."""

_LENGTH: Final = 8
_CARRIAGE_RETURN: Final = ord("\r")


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

    columns: tuple[list[object], ...]
    """As rows.Batch.columns."""
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
    return Part(decoder.take().columns(), [], read_to, 0, True, reason, False)  # noqa: FBT003 - by position, as all of it


def _lines(task: Task, decoder: Decoder) -> Iterator[Part]:
    assert task.end is not None  # noqa: S101 - said by the caller
    faults = _Faults([])
    with streams.open_plain(task.path) as file:
        at = _line_start(file, task)
        lines, carried, is_skipping = 0, b"", False
        known = Reach.LINE
        file.seek(at)
        while at < task.end and known is Reach.LINE:
            more = file.read(max(_BLOCK, len(carried)))
            data = carried + more
            limit = data.rfind(b"\n") + 1 if more else len(data)
            if more and not limit and len(data) <= LONGEST:
                carried = data
                continue
            if more and not limit:
                is_skipping = True
                carried, at = b"", at + len(data)
                continue
            if is_skipping:
                end = data.find(b"\n") + 1 or len(data)
                faults.found.append((lines + 1, at, TOO_LONG))
                is_skipping, used, read = False, end, 1
            else:
                used, read, known = _block(data, limit, at, task.end, decoder, faults, lines, file)
            lines += read
            at += used
            carried = data[used:]
            if not more:
                break
        # What is open at the end of the file may still be being written; it is read when complete.
        has_documents = known is Reach.DOCUMENT or (
            known is Reach.OPEN and file.seek(0, os.SEEK_END) > task.end
        )
    yield Part(decoder.take().columns(), faults.take(), at, lines, True, "", has_documents)  # noqa: FBT003 - by position, as all of it


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


def _block(  # noqa: PLR0913, PLR0917 - the innermost loop has everything at hand
    data: bytes,
    limit: int,
    base: int,
    stop: int,
    decoder: Decoder,
    faults: _Faults,
    lines: int,
    file: BinaryIO,
) -> tuple[int, int, Reach]:
    """Decode the lines of data[:limit] that start before stop; return bytes and lines used.

    It stops before a line of which the file, read up to data's end, does not say that it ends it.
    """
    at, counted = 0, 0
    add_line, find = decoder.line, data.find
    while at < limit and base + at < stop:
        end = find(b"\n", at, limit)
        is_cut = end < 0
        if is_cut:
            end = limit
        last = end - 1 if end > at and data[end - 1] == _CARRIAGE_RETURN else end
        if last > at and not add_line(data, at, last, base + at):
            read = list(reading.from_line(data[at:last], base + at, lines + counted + 1))
            if any(isinstance(found, Fault) for found in read):
                if is_cut:  # what is not whole of it may still be being written
                    whole = list(reading.whole(read, data[at:last], base + at))
                    _add(whole, decoder, faults)
                    used = whole[-1].offset + whole[-1].length - base if whole else at
                    return used, counted, Reach.LINE
                if (known := _reach(data, at, file)) is not Reach.LINE:
                    return at, counted, known
            _add(read, decoder, faults)
        if is_cut:
            return end, counted, Reach.LINE
        counted += 1
        at = end + 1
    return at, counted, Reach.LINE


def _add(read: Sequence[Found | Fault], decoder: Decoder, faults: _Faults) -> None:
    for found in read:
        if isinstance(found, Found):
            decoder.found(found, found.offset)
        else:
            faults.found.append((found.line, found.offset, found.reason))


def _reach(data: bytes, at: int, file: BinaryIO) -> Reach:
    place = file.tell()
    known = reach(_from(data, at, file))
    file.seek(place)
    return known


def _from(data: bytes, at: int, file: BinaryIO) -> Iterator[bytes]:
    """Yield what starts at a place of data, then what is below it in the file, as far as asked."""
    near = at + _NEAR
    yield data[at:near]
    yield data[near:]
    while more := file.read(_BLOCK):
        yield more


def _file(task: Task, decoder: Decoder) -> Iterator[Part]:
    form = streams.form_of(task.name)
    assert form is not None  # noqa: S101 - files without a form are not listed
    faults = _Faults([])
    read_to, lines, error = 0, 0, ""

    def take(data: bytes, start: int, end: int, place: int) -> bool:
        # A part can be handed on only with what is not taken.
        return len(decoder.batch.rows) < MOST_ROWS and decoder.line(data, start, end, place)

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
            if len(decoder.batch.rows) >= MOST_ROWS:
                columns = decoder.take().columns()
                yield Part(columns, faults.take(), 0, 0, False, "", False)  # noqa: FBT003 - by position, as all of it
    yield Part(decoder.take().columns(), faults.take(), read_to, lines, True, error, False)  # noqa: FBT003 - by position, as all of it


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
