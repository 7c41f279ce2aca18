"""Files turned into rows, piece by piece; and the process that does it beside the index's writer.

A segment is decoded in pieces that start and end between lines, so that several processes can share
one file; anything else is read by one of them from its beginning.
"""

from __future__ import annotations

import marshal
import os
import sys
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from loyalty_tui.archive import reading, streams
from loyalty_tui.archive.line_blocks import Block, blocks, line_start
from loyalty_tui.archive.pushes import TOO_LONG, Fault, Found
from loyalty_tui.archive.reach import Reach, reach
from loyalty_tui.archive.rows import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from queue import Queue

    from loyalty_tui.archive.rows import Plain

PIECE: Final = 4 << 20
"""Bytes of a segment that are one task."""

_MOST_WAITING: Final = 32
"""Parts that wait until they are read, while the next are made."""

_MORE: Final = 1 << 19
"""Bytes that are read at once to find out whether a document goes on below its line."""

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
    place: int = 0
    """The byte of the file, as it lies on the disk, to which a task that goes on has come."""

    def bytes_done(self, task: Task, size: int, before: int) -> int:
        """Return by how many bytes the task came further in its file; size is all of that."""
        if task.end is not None:
            return task.end - task.start
        return (size if self.is_last else min(self.place, size)) - before


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
        at = line_start(file, task.start, task.end, goes_on=task.goes_on)
        lines, known = 0, Reach.LINE
        for block in blocks(file, at, task.end):
            if block.too_long is not None:
                lines += 1
                faults.found.append((lines, block.too_long, TOO_LONG))
            if not block.is_ended:
                at = _last_line(block, lines + 1, decoder, faults)
                break
            raws, places = block.lines, block.places
            used = 0
            while (used := used + decoder.add(raws[used:], places[used:])) < len(raws):
                line = lines + used + 1
                read: Iterable[Found | Fault]
                if len(raws[used]) > reading.LONG_LINE:  # not all that is on it at once
                    known = _reach([*raws[used:], *block.below], file)
                    read = reading.from_line(raws[used], places[used], line, decoder.add)
                else:
                    read = list(reading.from_line(raws[used], places[used], line))
                    if any(isinstance(found, Fault) for found in read):
                        known = _reach([*raws[used:], *block.below], file)
                if known is not Reach.LINE:
                    break
                _add(read, decoder, faults)
                used += 1
            at, lines = places[used], lines + used
            if known is not Reach.LINE:
                break
        # What is open at the end of the file may still be being written; it is read when complete.
        has_documents = known is Reach.DOCUMENT or (
            known is Reach.OPEN and file.seek(0, os.SEEK_END) > task.end
        )
    yield Part(decoder.take().plain(), faults.take(), at, lines, True, "", has_documents)  # noqa: FBT003 - by position, as all of it


def _last_line(block: Block, line: int, decoder: Decoder, faults: _Faults) -> int:
    """Decode what no line break ends, if there is any; return the byte after what was used of it.

    What is not whole of it may still be being written.
    """
    at = block.places[0]
    for raw in block.lines:
        read = [] if decoder.add([raw], [at]) else list(reading.from_line(raw, at, line))
        if any(isinstance(found, Fault) for found in read):
            sound = list(reading.whole(read, raw, at))
            _add(sound, decoder, faults)
            return sound[-1].offset + sound[-1].length if sound else at
        _add(read, decoder, faults)
    return block.places[-1]


def _add(read: Iterable[Found | Fault], decoder: Decoder, faults: _Faults) -> None:
    for found in read:
        if isinstance(found, Found):
            decoder.found(found, found.offset)
        else:
            faults.found.append((found.line, found.offset, found.reason))


def _reach(lines: list[bytes], file: BinaryIO) -> Reach:
    """Return how far what starts with some lines goes, of which the file has the rest."""
    place = file.tell()
    known = reach(chain(lines, iter(partial(file.read, _MORE), b"")))
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
                place = stream.place()
                yield Part(decoder.take().plain(), faults.take(), 0, 0, False, "", False, place)  # noqa: FBT003 - by position, as all of it
    yield Part(decoder.take().plain(), faults.take(), read_to, lines, True, error, False)  # noqa: FBT003 - by position, as all of it


def serve() -> None:
    """Answer tasks from standard input with parts on standard output until the input ends."""
    import gc
    from queue import Queue
    from threading import Thread

    gc.disable()  # rows hold no cycles
    decoder = Decoder()
    source = sys.stdin.buffer
    packed: Queue[bytes] = Queue(_MOST_WAITING)
    sender = Thread(target=_send, args=(packed,), daemon=True)
    sender.start()
    while len(head := source.read(_LENGTH)) == _LENGTH:
        task = Task(*marshal.loads(source.read(int.from_bytes(head, "little"))))  # noqa: S302 - from our own parent
        for part in decode(task, decoder):
            packed.put(marshal.dumps(tuple(part)))
    packed.put(b"")
    sender.join()


def _send(waiting: Queue[bytes]) -> None:
    """Send packed parts until an empty one; whoever has nobody to send them to ends at once."""
    sink = sys.stdout.buffer
    try:
        while packed := waiting.get():
            sink.write(len(packed).to_bytes(_LENGTH, "little") + packed)
            sink.flush()
    except OSError:
        os._exit(1)


if __name__ == "__main__":
    serve()
