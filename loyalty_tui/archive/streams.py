"""The bytes of a file of an archive: opened safely, unpacked, as UTF-8."""

from __future__ import annotations

import codecs
import os
import stat
import sys
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from types import ModuleType, TracebackType
    from typing import Self

Container: TypeAlias = Literal["lines", "documents"]
"""Whether a file holds a push a line, or JSON documents on any number of lines."""

Compression: TypeAlias = Literal["", "gz", "zst"]

SUFFIXES: Final[dict[str, Container]] = {
    ".ndjson": "lines", ".jsonl": "lines", ".json": "documents",
}  # fmt: skip
"""The names' ends of what an archive reads; each may be followed by one of COMPRESSIONS."""

COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gz", ".zst": "zst"}

BREAKS_OFF: Final = "The compressed data breaks off."
DAMAGED: Final = "The compressed data is damaged."
NEEDS_DICTIONARY: Final = "It was compressed with a dictionary, which is not here to read it with."

_CHUNK: Final = 1 << 17
_FRAME_HEAD: Final = 18
"""Bytes that the beginning of a zstd frame takes at most."""
_UNPACKED: Final = 8
"""How much more there is in a compressed file, roughly."""
_UTF_16: Final = {
    sign.encode(encoding): encoding
    for encoding in ("utf-16-le", "utf-16-be")
    for sign in "\ufeff{[ \t\r\n\u00a0"
}
"""How a text in UTF-16 begins: with its mark, a bracket or white space."""
_NEVER_IN_UTF_8: Final = b"\xff"


class StreamError(Exception):
    """What is compressed cannot be read any further; the message is one plain sentence."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        """The byte of the decompressed data from which on it is lost."""


class Readable(Protocol):
    """Bytes in order."""

    def read(self, size: int, /) -> bytes:
        """Return some of the next bytes, about as many as asked for; none at the end."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a file's name says of what is in it."""

    container: Container
    compression: Compression


def form_of(name: str) -> Form | None:
    """Return the form of a file of that name, in any letter case; None if it is not read."""
    name = name.lower()
    packed = next((suffix for suffix in COMPRESSIONS if name.endswith(suffix)), "")
    name = name.removesuffix(packed)
    container = next((SUFFIXES[suffix] for suffix in SUFFIXES if name.endswith(suffix)), None)
    return Form(container, COMPRESSIONS.get(packed, "")) if container else None


def unpacked_size(name: str, size: int) -> int:
    """Return roughly how many bytes there are to decode in a file of that name and size."""
    form = form_of(name)
    return size * _UNPACKED if form and form.compression else size


def line_start(file: BinaryIO, at: int) -> int:
    """Return where the line starts that a byte of a file belongs to."""
    while at > 0:
        before = max(0, at - _CHUNK)
        file.seek(before)
        if found := file.read(at - before).rfind(b"\n") + 1:
            return before + found
        at = before
    return 0


def open_plain(path: str) -> BinaryIO:
    """Open a regular file for reading, at once.

    Raises:
        OSError: It is gone, is a link, a pipe or anything else, or may not be read.
    """
    return open(path, "rb", opener=_open_regular)


def open_bytes(path: str, form: Form, start: tuple[int, int] = (0, 0)) -> ByteStream:
    """Open a file for reading its bytes, decompressed, from the beginning to the end.

    Start, in what is compressed, is the byte of the file at which a member or frame starts and
    the byte of the decompressed data that is the first in it.

    Raises:
        OSError: As open_plain.
    """
    file = open_plain(path)
    return Unpacked(file, form.compression, start) if form.compression else PlainBytes(file)


class PlainBytes:
    """The bytes of a file as they are. Closes the file on leaving."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most as many as asked for; none at the end."""
        return self._file.read(size)

    def place(self) -> int:
        """Return the byte of the file, as it lies on the disk, up to which it has been read."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Unpacked(PlainBytes):
    """The decompressed bytes of a file. Gzip members or zstd frames that follow are one stream.

    All that stands before a damage is delivered before it is said.
    """

    def __init__(
        self, file: BinaryIO, compression: Compression, start: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__(file)
        self.starts: list[tuple[int, int]] = []
        """Where members or frames start that have been come to: the bytes of the file and of
        the decompressed data."""
        self.offset = start[1]
        """The byte of the decompressed data that is read next."""
        self._is_gzip = compression == "gz"
        self._errors = (zlib.error,) if self._is_gzip else (zlib.error, zstd().ZstdError)
        self._decoder: _Decoder | None = None
        self._input = b""
        self._at = start[0]
        """The byte of the file after those in _input."""
        self._fed_from = start[0]
        self._careful_from: int | None = None
        self._skip = 0
        self._error: StreamError | None = None
        file.seek(start[0])

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most as many as asked for; none at the end.

        Raises:
            OSError: The file cannot be read.
            StreamError: What follows is damaged or missing.
        """
        while self._error is None:
            try:
                data = self._next(size)
            except self._errors:
                self._recover()
                continue
            if data is None:
                return b""
            if self._skip:
                dropped = min(self._skip, len(data))
                self._skip -= dropped
                data = data[dropped:]
            if data:
                self.offset += len(data)
                return data
        raise self._error

    def _next(self, size: int) -> bytes | None:
        """Return bytes, perhaps none yet, or None at the end."""
        if self._decoder is None and not self._begin():
            return None
        decoder = self._decoder
        if decoder is None:
            return b""
        given = b""
        if decoder.needs_input:
            given = self._take()
            if not given:
                self._error = StreamError(BREAKS_OFF, self.offset)
                return b""
        data = decoder.decompress(given, size)
        if decoder.eof:
            self._input = decoder.unused_data + self._input
            self._decoder = None
        return data

    def _begin(self) -> bool:
        """Start on the next member or frame; say whether there is any."""
        while True:
            if self._is_gzip and self.starts:
                self._input = self._input.lstrip(b"\0")
            if self._input:
                break
            self._input = self._file.read(_CHUNK)
            self._at += len(self._input)
            if not self._input:
                return False
        place = (self._at - len(self._input), self.offset)
        if self._careful_from is None:
            self.starts.append(place)
        self._decoder = self._new_decoder()
        return True

    def _take(self) -> bytes:
        size = _CHUNK
        if self._careful_from is not None:
            left = self._careful_from - (self._at - len(self._input))
            size = min(left, _CHUNK) if left > 0 else 1
        if not self._input:
            self._input = self._file.read(_CHUNK)
            self._at += len(self._input)
        self._fed_from = self._at - len(self._input)
        given, self._input = self._input[:size], self._input[size:]
        return given

    def _recover(self) -> None:
        """Read the member again up to the damage: a decoder that fails keeps what it had."""
        if self._careful_from is not None or not self.starts:
            self._error = StreamError(self._damage(), self.offset)
            return
        place, before = self.starts[-1]
        self._careful_from = self._fed_from
        self._skip = self.offset - before
        self._file.seek(place)
        self._at, self._input = place, b""
        self._decoder = self._new_decoder()

    def _new_decoder(self) -> _Decoder:
        if self._is_gzip:
            return _Gunzip()
        # A frame made with --long needs as much memory as it was made with.
        windows = zstd().DecompressionParameter.window_log_max
        decoder: _Decoder = zstd().ZstdDecompressor(options={windows: windows.bounds()[1]})
        return decoder

    def _damage(self) -> str:
        """Return what is wrong with the frame or member that cannot be read any further."""
        if self._is_gzip or not self.starts:
            return DAMAGED
        self._file.seek(self.starts[-1][0])
        try:
            frame = zstd().get_frame_info(self._file.read(_FRAME_HEAD))
        except zstd().ZstdError:
            return DAMAGED
        return NEEDS_DICTIONARY if frame.dictionary_id else DAMAGED


ByteStream: TypeAlias = PlainBytes | Unpacked
"""An open file."""


class Utf8:
    """Text in UTF-8, whatever it came in: UTF-16 is told by its first sign.

    Half a surrogate pair becomes bytes that are not UTF-8, so that only what is around it is
    spoilt. A mark at the beginning stays.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._head: bytes | None = None
        self._decoder: codecs.IncrementalDecoder | None = None

    def is_transcoded(self) -> bool:
        """Return whether the bytes of the file are other ones than those read here."""
        if self._head is None:
            head = self._stream.read(2)
            while len(head) == 1 and (more := self._stream.read(1)):
                head += more
            self._head = head
            encoding = _UTF_16.get(head[:2])
            if encoding:
                self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        return self._decoder is not None

    def read(self, size: int) -> bytes:
        """Return some of the next bytes, about as many as asked for; none at the end.

        Raises:
            OSError: As the stream.
            StreamError: As the stream.
        """
        transcoded = self.is_transcoded()
        data, self._head = self._head or self._stream.read(size), b""
        if not transcoded or self._decoder is None:
            return data
        while data:
            text = self._decoder.decode(data)
            if text:
                return text.encode("utf-8", "surrogatepass")
            data = self._stream.read(size)
        left = self._decoder.getstate()[0]
        self._decoder.reset()
        return _NEVER_IN_UTF_8 if left else b""


class _Decoder(Protocol):
    needs_input: bool
    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    """A gzip member, with the manners of the other decompressors."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.needs_input = True
        self.eof = False
        self.unused_data = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        inner = self._inner
        unpacked = inner.decompress(inner.unconsumed_tail + data, max_length)
        # Output that fills all its room may have more behind it, even without input.
        self.needs_input = not inner.unconsumed_tail and len(unpacked) < max_length
        self.eof = inner.eof
        self.unused_data = inner.unused_data
        return unpacked


def zstd() -> ModuleType:
    """Return the module that knows zstd: in the standard library, or its backport."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    module: ModuleType = zstd
    return module


def _open_regular(path: str, flags: int) -> int:
    """Open without following a link and without waiting, should it be no plain file."""
    for flag in ("O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, flag, 0)
    opened = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(0, "It is no plain file")
    return opened
