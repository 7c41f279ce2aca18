"""Finished segments compressed, in frames of whole lines that are quick to open in the middle."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import xxhash

from loyalty_tui.archive.durable import open_own, sync_folder, write_all
from loyalty_tui.archive.streams import StreamError, Unpacked, open_plain, zstd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event, Lock

FRAME: Final = 1 << 20
"""Bytes of lines in a frame; one line that is longer has a frame of its own."""

UNFINISHED: Final = ".part"
"""What the name of a compressed file ends with until it is whole."""

_LEVEL: Final = 9


def pack(plain: Path, packed: Path, moving: Lock, stop: Event) -> bool:
    """Put a compressed file in the place of a plain one; say whether that was done.

    It is not when stopped, or when the plain file grew meanwhile. Other programs find either the
    plain file or the whole compressed one, for a moment both.

    Raises:
        OSError: A file cannot be read or written; the plain one is still there then.
        StreamError: What was written cannot be read again.
    """
    part = packed.with_name(packed.name + UNFINISHED)
    try:
        size, mark = _write(plain, part, stop)
        _check(part, size, mark, stop)
        if packed.exists():  # from a run that was killed just before the plain one was removed
            _check(packed, size, mark, stop)
        if stop.is_set():
            return False
        with moving:
            status = plain.stat()
            if status.st_size != size:
                return False
            os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
            part.replace(packed)
            sync_folder(packed.parent)
            plain.unlink()
        sync_folder(packed.parent)
    finally:
        part.unlink(missing_ok=True)
    return True


def frames(plain: Path) -> Iterator[bytes]:
    """Yield the lines of a file, as many at once as go into a frame."""
    rest = b""
    with open_plain(str(plain)) as file:
        while block := file.read(FRAME):
            rest += block
            while len(rest) > FRAME:
                end = rest.rfind(b"\n", 0, FRAME) + 1 or rest.find(b"\n", FRAME) + 1
                if not end:
                    break
                yield rest[:end]
                rest = rest[end:]
        is_empty = not file.tell()
    if rest or is_empty:  # a compressed file of nothing has a frame, too
        yield rest


def _write(plain: Path, part: Path, stop: Event) -> tuple[int, str]:
    """Write the compressed file; return the size and hash of what is in it."""
    module = zstd()
    parameter = module.CompressionParameter
    options = {parameter.compression_level: _LEVEL, parameter.checksum_flag: 1}
    size, digest = 0, xxhash.xxh3_128()
    part.unlink(missing_ok=True)
    file = open_own(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        for lines in frames(plain):
            if stop.is_set():
                break
            digest.update(lines)
            size += len(lines)
            # All of a frame at once: so its header says how large its content is.
            frame = module.compress(lines, options=options)
            write_all(file, frame)
        os.fsync(file)
    finally:
        os.close(file)
    return size, digest.hexdigest()


def _check(part: Path, size: int, mark: str, stop: Event) -> None:
    digest, read = xxhash.xxh3_128(), 0
    with Unpacked(open_plain(str(part)), "zst") as stream:
        while data := stream.read(FRAME):
            if stop.is_set():
                return
            digest.update(data)
            read += len(data)
    if (read, digest.hexdigest()) != (size, mark):
        raise StreamError("What was compressed does not read as it was written.", read)
