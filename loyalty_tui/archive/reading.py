"""All pushes of a file, in order, whatever its form; memory is bounded by the largest of them."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.documents import Documents
from loyalty_tui.archive.pushes import LONGEST, TOO_LONG, End, Fault, Found, Take, from_bytes
from loyalty_tui.archive.reach import Reach, reach
from loyalty_tui.archive.streams import StreamError, Utf8

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from loyalty_tui.archive.streams import Container, Readable

    _Reading: TypeAlias = Generator[Found | Fault, None, tuple[int, int, Container]]

_CHUNK: Final = 1 << 18
LONG_LINE: Final = 1 << 20
"""Bytes from which on an array on one line is read element by element."""

_BLANK: Final = b" \t\r\n\xc2\xa0\xef\xbb\xbf"
"""The bytes of all white space; good enough to look what is around it."""


def read(
    stream: Readable,
    container: Container,
    offset: int = 0,
    line: int = 1,
    take: Take | None = None,
) -> Iterator[Found | Fault | End]:
    """Yield the pushes of a file and what of it cannot be read, then its end.

    To read on in a file in UTF-8, give the offset and line of an earlier End, and a stream that
    starts there. What is taken as it stands in the file is not yielded.

    Raises:
        OSError: The stream cannot be read; everything before that has been yielded.
        StreamError: As above.
    """
    text = Utf8(stream)
    source = _Source(stream if offset else text, take)
    reading = _lines if container == "lines" else _documents
    end = yield from reading(source, offset, line)
    if source.error:
        raise source.error
    yield End(*end, is_transcoded=not offset and text.is_transcoded())


def from_line(
    raw: bytes, offset: int, line: int, take: Take | None = None
) -> Iterator[Found | Fault]:
    """Yield the pushes of a line that starts there: one, several, or those of an array.

    What is taken as it stands on the line is not yielded.
    """
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    one = from_bytes(raw)
    if isinstance(one, Found):
        yield replace(one, offset=offset + one.offset)
    elif one and (raw.lstrip(_BLANK).startswith((b"{", b"[")) or b'{"' in raw):
        source = _Source(io.BytesIO(raw), take)
        reading = _documents(source, offset, line)
        first, second = next(reading, None), next(reading, None)
        if isinstance(first, Fault) and second is None and not source.taken:
            first = Fault(line, offset, one.reason)
        for item in (first, second):
            if item is not None:
                yield item
        yield from reading
    elif one is not None:
        yield Fault(line, offset, one.reason)


def whole(read: Iterable[Found | Fault], raw: bytes, offset: int) -> Iterator[Found]:
    """Yield what was read of a line as long as it is one whole document after another."""
    at = offset
    for item in read:
        if isinstance(item, Fault) or raw[at - offset : item.offset - offset].strip(_BLANK):
            return
        yield item
        at = item.offset + item.length


class _Source:
    """A stream that ends where it cannot be read any further."""

    def __init__(self, stream: Readable, take: Take | None = None) -> None:
        self.error: OSError | StreamError | None = None
        """Why it ended early."""
        self.take = take and self._take
        """Who takes pushes of it as they stand."""
        self.taken = 0
        self._taker = take
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return some of the next bytes; none at the end."""
        if self.error is None:
            try:
                return self._stream.read(size)
            except (OSError, StreamError) as error:
                self.error = error
        return b""

    def _take(self, raws: Sequence[bytes], places: Sequence[int]) -> int:
        assert self._taker is not None  # noqa: S101 - else nobody is told to call this
        count = self._taker(raws, places)
        self.taken += count
        return count

    def fill(self, size: int) -> bytes:
        """Return at least as many of the next bytes, unless it ends before."""
        parts, left = [], size
        while left > 0 and (data := self.read(max(left, _CHUNK))):
            parts.append(data)
            left -= len(data)
        return b"".join(parts)


def _documents(
    source: _Source, offset: int, line: int, head: bytes = b"", *, may_grow: bool = False
) -> _Reading:
    documents = Documents(source, offset, line, head, source.take)
    yield from documents.read()
    if documents.breaks_off and not may_grow and not source.error:
        yield documents.breaks_off
    return *documents.end, "documents"


def _lines(source: _Source, offset: int, line: int) -> _Reading:
    take = source.take
    held = _Held()
    start = offset, line
    is_first = offset == 0
    chunk = source.read(_CHUNK)
    while chunk:
        whole = io.BytesIO(chunk).readlines()
        rest = b"" if chunk.endswith(b"\n") else whole.pop()
        if whole:
            whole[0] = held.ended_by(whole[0])
            if held.size > LONGEST + 1:
                yield Fault(line, offset, TOO_LONG)
                offset, line = offset + held.size, line + 1
                del whole[0]
            held = _Held()
        places = list(accumulate(map(len, whole), initial=offset))
        at, known = 0, Reach.LINE
        while (at := at + (take(whole[at:], places[at:]) if take else 0)) < len(whole):
            read = list(from_line(whole[at], places[at], line + at))
            if any(isinstance(item, Fault) for item in read):
                known = reach([*whole[at:], rest])
            if known is not Reach.LINE:
                break
            yield from read
            at += 1
        else:
            held.add(rest)
        is_first = is_first and not b"".join(whole[:at]).strip(_BLANK)
        offset, line = places[at], line + at
        if known is Reach.LINE and not held.is_long_array():
            chunk = source.read(_CHUNK)
            continue
        head = held.ended_by(b"") if known is Reach.LINE else b"".join([*whole[at:], rest])
        if known is not Reach.OPEN:
            return (yield from _documents(source, offset, line, head, may_grow=True))
        more = source.fill(len(head))
        if not more:
            # The document may still be being written.
            return offset, line, "lines"
        chunk, held = head + more, _Held()
    return (yield from _last_line(held, offset, line, start if is_first else None))


def _last_line(held: _Held, offset: int, line: int, first: tuple[int, int] | None) -> _Reading:
    """Read what no line break ends, unless there may be more of it.

    First is where the file starts if nothing has been said before.
    """
    last = held.ended_by(b"")
    read = list(from_line(last, offset, line))
    end = offset + held.size
    if any(isinstance(item, Fault) for item in read):
        sound = list(whole(read, last, offset))
        end = sound[-1].offset + sound[-1].length if sound else offset
        read = [*sound]
    if first and not read:
        # The first line that says something tells how all of the file is to be read.
        return *first, "lines"
    if held.size > LONGEST:
        return offset, line, "lines"
    yield from read
    return end, line, "lines"


class _Held:
    """The beginning of a line of which the end has not come yet."""

    def __init__(self) -> None:
        self.size = 0
        """Its bytes, with its line break; those of a line that is too long are not kept."""
        self._parts: list[bytes] = []
        self._is_array: bool | None = None

    def add(self, part: bytes) -> None:
        """Take more of it."""
        self.size += len(part)
        if self.size > LONGEST + 1:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def ended_by(self, part: bytes) -> bytes:
        """Take its last bytes and return all of it."""
        self.add(part)
        return b"".join(self._parts)

    def is_long_array(self) -> bool:
        """Return whether it is too long to be waited for, and can be read in parts."""
        if self._is_array is None and self.size > LONG_LINE:
            self._is_array = b"".join(self._parts).lstrip(_BLANK).startswith(b"[")
        return bool(self._is_array)
