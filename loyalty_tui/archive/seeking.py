"""One push of a file opened again, without reading all that is before it where that can be."""

from __future__ import annotations

import io
import zlib
from array import array
from bisect import bisect_right
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from loyalty_tui.archive.pushes import Fault, Found, from_bytes
from loyalty_tui.archive.streams import StreamError, Unpacked, Utf8, open_bytes, open_plain

if TYPE_CHECKING:
    from loyalty_tui.archive.streams import Form, Readable

_GZIP_STEP: Final = 16 << 20
"""Decompressed bytes between checkpoints: a twentieth of a second, and 32 kB to remember."""

_FRAME_STEP: Final = 4 << 20
"""The same for zstd frames, which cost 16 bytes each."""

_CHUNK: Final = 1 << 20
_NO_LONGER_THERE: Final = "The file no longer has the push at this place."


def make_checkpoints(path: str, form: Form) -> bytes | None:
    """Return what `read_at` needs to start in the middle of a compressed file, by reading it all.

    None where that would not help: the file is small, not compressed, or a single zstd frame. A
    damaged file has those before the damage. They are right as long as the file is not changed.

    Raises:
        OSError: The file cannot be read.
    """
    if form.compression == "gz":
        return _gzip_points(path)
    if form.compression == "zst":
        return _frame_starts(path)
    return None


def read_at(path: str, form: Form, offset: int, length: int, checkpoints: bytes | None) -> bytes:
    """Return bytes of the decompressed file; of a file in UTF-16 those of its UTF-8 form.

    Raises:
        OSError: The file cannot be read.
        StreamError: There are fewer bytes than that, or damaged ones.
    """
    data = _bytes_at(path, form, offset, length, checkpoints)
    if len(data) < length:
        raise StreamError(_NO_LONGER_THERE, offset + len(data))
    return data


def read_push(
    path: str, form: Form, offset: int, length: int, checkpoints: bytes | None
) -> Found | Fault:
    """Return the push that was found at a place of a file.

    Raises:
        OSError: The file cannot be read.
        StreamError: The file no longer has anything there.
    """
    push = from_bytes(read_at(path, form, offset, length, checkpoints))
    if isinstance(push, Found):
        return replace(push, offset=offset + push.offset)
    return Fault(0, offset, push.reason if push else _NO_LONGER_THERE)


def _bytes_at(path: str, form: Form, offset: int, length: int, checkpoints: bytes | None) -> bytes:
    with open_bytes(path, form) as stream:
        text = Utf8(stream)
        if text.is_transcoded():
            return _passed_to(text, offset, length)
    if not form.compression:
        with open_plain(path) as file:
            file.seek(offset)
            return file.read(length)
    start = (0, 0)
    if checkpoints and form.compression == "gz":
        data = _gunzipped_at(path, offset, length, checkpoints)
        if len(data) == length:
            return data
    elif checkpoints:
        start = _frame_before(offset, checkpoints)
    with open_bytes(path, form, start) as stream:
        return _passed_to(stream, offset - start[1], length)


def _passed_to(stream: Readable, skip: int, length: int) -> bytes:
    at, parts = 0, []
    while at < skip + length:
        data = stream.read(_CHUNK)
        if not data:
            break
        if at + len(data) > skip:
            parts.append(data[max(0, skip - at) : skip + length - at])
        at += len(data)
    return b"".join(parts)


def _frame_starts(path: str) -> bytes | None:
    kept = array("Q")
    with Unpacked(open_plain(path), "zst") as stream:
        with suppress(StreamError):
            while stream.read(_CHUNK):
                pass
        for place, offset in stream.starts:
            if offset >= (kept[-1] if kept else 0) + _FRAME_STEP:
                kept += array("Q", (place, offset))
    return kept.tobytes() if kept else None


def _frame_before(offset: int, checkpoints: bytes) -> tuple[int, int]:
    starts = array("Q", checkpoints)
    index = bisect_right(starts[1::2], offset) - 1
    return (starts[2 * index], starts[2 * index + 1]) if index >= 0 else (0, 0)


def _gzip_points(path: str) -> bytes | None:
    with open_plain(path) as file, _unzipped(file) as unzipped:
        # A damage leaves the points before it.
        with suppress(OSError, EOFError):
            unzipped.build_full_index()
        if not any(offset >= _GZIP_STEP for offset, _ in unzipped.seek_points()):
            return None
        points = io.BytesIO()
        unzipped.export_index(fileobj=points)
    return zlib.compress(points.getvalue())


def _gunzipped_at(path: str, offset: int, length: int, checkpoints: bytes) -> bytes:
    """Return the bytes there; fewer where anything is wrong with the file or the checkpoints."""
    # Its own error is an OSError; that the file cannot be read is found out again without it.
    with (
        suppress(OSError, EOFError, zlib.error),
        open_plain(path) as file,
        _unzipped(file) as unzipped,
    ):
        unzipped.import_index(fileobj=io.BytesIO(zlib.decompress(checkpoints)))
        unzipped.seek(offset)
        data: bytes = unzipped.read(length)
        return data
    return b""


def _unzipped(file: BinaryIO) -> Any:
    from indexed_gzip import IndexedGzipFile  # type: ignore[import-untyped] # it has no types

    return IndexedGzipFile(fileobj=file, spacing=_GZIP_STEP, buffer_size=_CHUNK)
