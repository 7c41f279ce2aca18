"""Third-party ids by e-mail, phone or CrowdTwist id, looked up in a file and not in memory.

The file is CSV, `key,third_party_id`. It is copied, with a hash table beside it, into files without
a name: what is being written to it meanwhile can never be half an answer.
"""

from __future__ import annotations

import csv
import errno
import mmap
import os
import re
import select
import stat
import struct
import tempfile
import threading
from io import BufferedReader, FileIO, TextIOWrapper
from typing import IO, TYPE_CHECKING, Final

import xxhash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from loyalty_tui.crowdtwist.profile import Profile

_INTERVAL: Final = 1.0
"""Seconds between two looks at whether the file has changed; it is read once it stands still."""

_AT_THE_END: Final = 1.0
"""Seconds that a file has at the end to be read: whoever ends does not wait longer."""

_SLOT: Final = struct.Struct("<Q")
_PLACE: Final = (1 << 44) - 1
"""The bits of a slot that say where the row is; the others are of its key's hash."""

_PAGE: Final = 1 << 16
_SHORTEST_PHONE: Final = 7
_LONGEST: Final = 1000
"""Characters of a row that is used."""
_LOOKS_EVERY: Final = 4096
"""Rows between two looks at whether they are still wanted."""
_PATIENCE: Final = 0.1
"""Seconds between two looks at whether what nobody has written yet is still wanted."""
_KINDS: Final = {
    stat.S_IFDIR: "folder", stat.S_IFCHR: "device", stat.S_IFBLK: "device", stat.S_IFSOCK: "socket",
}  # fmt: skip
_PHONE: Final = re.compile(r"\+?[0-9 ()./\u00a0-]+")


class StoppedError(Exception):
    """The ids are not wanted any more."""


class ThirdPartyIds:
    """The ids of one file, followed by a thread as the file changes.

    What it reads, and what is wrong, it tells in words without the content of the file.

    Raises:
        OSError: The file cannot be read, or the folder for the copy cannot be written.
        StoppedError: The caller said so meanwhile.
    """

    def __init__(
        self,
        file: Path,
        scratch: Path,
        tell: Callable[[str], None],
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._file = file
        self._scratch = scratch
        self._tell = tell
        self._state = _state(file)
        self._table = _Table(file, scratch, is_stopped)
        self._told = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="third-party ids", daemon=True)
        if file.is_file():  # a pipe is read once
            self._thread.start()
        tell(self._table.in_words)

    def find(self, member: Profile) -> str | None:
        """Return a member's third-party id: by CrowdTwist id, else by e-mail, else by phone."""
        keys = (
            str(member.member_id) if member.member_id is not None else "",
            _email(member.email) if "@" in member.email else "",
            f"+{member.phone_digits}" if member.phone_digits else "",
            member.phone_digits if len(member.phone_digits) >= _SHORTEST_PHONE else "",
        )
        table = self._table
        found = (table.find(key) for key in keys if key)
        return next((one for one in found if one is not None), None)

    def close(self) -> None:
        """Stop following the file."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_AT_THE_END)

    def _follow(self) -> None:
        seen: tuple[int, int, int] | None = self._state
        while not self._stop.wait(_INTERVAL):
            try:
                state = _state(self._file)
                if state == seen and state != self._state:  # it stands still again
                    self._table = _Table(self._file, self._scratch, self._stop.is_set)
                    self._state = state
                    self._tell(self._table.in_words)
                seen = state
                self._told = ""
            except StoppedError:
                return
            except OSError as error:
                seen = None
                told = f"The third-party ids are those read before: {error.strerror or error}."
                if told != self._told:
                    self._tell(told)
                self._told = told


class _Table:
    """The rows of a file at one time: each key and its id, and a hash table of where they are."""

    def __init__(self, file: Path, scratch: Path, is_stopped: Callable[[], bool]) -> None:
        self._is_stopped = is_stopped
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=scratch) as rows:
            rows.write(b"\n")  # so that no row is at 0, and there is something to map
            count, unusable = self._copy(file, rows)
            rows.flush()
            self._rows = mmap.mmap(rows.fileno(), 0)
        self._size = 1 << (2 * count).bit_length()
        with tempfile.TemporaryFile(dir=scratch) as slots:
            # Not a hole: where there is no room, to write into what is mapped would end us.
            for _ in range(0, self._size * _SLOT.size, _PAGE):
                slots.write(bytes(min(_PAGE, self._size * _SLOT.size)))
            slots.flush()
            self._slots = mmap.mmap(slots.fileno(), 0)
        self._fill()
        words = [f"Third-party ids read: {count}."]
        if unusable:
            words.append(f"Rows that cannot be used: {unusable}.")
            if not count:
                words.append("A row is a key, a comma and an id.")
        self.in_words = " ".join(words)

    def find(self, key: str) -> str | None:
        """Return the id of a key, None when it has none."""
        _, place = self._slot(key.encode("utf-8", "surrogatepass"))
        return self._row(place)[1].decode() if place else None

    def _fill(self) -> None:
        place, rows = 1, 0
        while place < len(self._rows):
            self._go_on(rows)
            rows += 1
            end = self._rows.find(b"\n", place) + 1
            key = self._rows[place:end].partition(b"\0")[0]
            slot, _ = self._slot(key)
            # Of equal keys the last one counts.
            mark = xxhash.xxh3_64_intdigest(key) & ~_PLACE
            _SLOT.pack_into(self._slots, slot, mark | place)
            place = end

    def _copy(self, file: Path, rows: IO[bytes]) -> tuple[int, int]:
        """Write the rows that can be used; return how many can and how many cannot."""
        count = unusable = 0
        with _opened(file, self._is_stopped) as source:
            heading: list[str] | None = None
            for number, row in enumerate(_columns(source)):
                self._go_on(number)
                if usable := _usable(row):
                    rows.write(usable)
                    count += 1
                elif not number:
                    heading = row
                elif row != [""]:
                    unusable += 1
            if heading not in (None, [""]) and not count:  # a heading of nothing
                unusable += 1
        return count, unusable

    def _go_on(self, row: int) -> None:
        if row % _LOOKS_EVERY == 0 and self._is_stopped():
            raise StoppedError

    def _slot(self, key: bytes) -> tuple[int, int]:
        """Return where in the table a key is or would be, and where its row is, 0 for none."""
        mark = xxhash.xxh3_64_intdigest(key)
        at = mark % self._size
        while True:
            slot = at * _SLOT.size
            (held,) = _SLOT.unpack_from(self._slots, slot)
            place = held & _PLACE
            if not place or (not (held ^ mark) & ~_PLACE and self._row(place)[0] == key):
                return slot, place
            at = (at + 1) % self._size

    def _row(self, place: int) -> tuple[bytes, bytes]:
        key, _, value = self._rows[place : self._rows.find(b"\n", place)].partition(b"\0")
        return key, value


class _Pipe(FileIO):
    """A pipe that somebody writes to, waited for as long as it is wanted."""

    def __init__(self, file: Path, is_stopped: Callable[[], bool]) -> None:
        super().__init__(os.open(file, os.O_RDONLY | os.O_NONBLOCK))
        self._is_stopped = is_stopped
        self._is_begun = False

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read what is there, once there is anything."""
        while (count := super().readinto(buffer)) is None:
            if self._is_stopped():
                raise StoppedError
            select.select([self], [], [], _PATIENCE)
        if not count and not self._is_begun:
            raise OSError(errno.EPIPE, "it is a pipe that nobody writes to")
        self._is_begun = True
        return count


def _opened(file: Path, is_stopped: Callable[[], bool]) -> TextIOWrapper:
    """Open a file, or a pipe with a writer; of anything else OSError says what it is."""
    mode = file.stat().st_mode
    if kind := _KINDS.get(stat.S_IFMT(mode)):
        raise OSError(errno.EINVAL, f"it is a {kind}, not a file")
    raw = _Pipe(file, is_stopped) if stat.S_ISFIFO(mode) else FileIO(file)
    return TextIOWrapper(
        BufferedReader(raw), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )


def _columns(source: Iterable[str]) -> Iterator[list[str]]:
    """Yield the columns of each line: a quote that is not closed takes no other line with it."""
    for line in source:
        if '"' not in line:
            yield line.rstrip("\r\n").split(",")
            continue
        try:
            yield next(csv.reader([line], strict=True, skipinitialspace=True))
        except csv.Error:
            yield ["?"]


def _usable(row: list[str]) -> bytes:
    """Return a row as it is kept, nothing when it cannot be used."""
    if len(row) < 2:  # noqa: PLR2004 - a key and an id
        return b""
    key, value = _key(row[0].strip()), row[1].strip()
    is_plain = key.isprintable() and value.isprintable()  # half a character is not printable
    if not key or not value or not is_plain or len(key) + len(value) > _LONGEST:
        return b""
    return f"{key}\0{value}\n".encode()


def _key(text: str) -> str:
    if "@" in text:
        return _email(text)
    if not _PHONE.fullmatch(text):
        return ""
    digits = "".join(sign for sign in text if sign.isdigit())
    if text == digits and not digits.startswith("00"):
        return digits
    return f"+{digits.removeprefix('00')}" if digits else ""


def _email(text: str) -> str:
    return text.strip().lower()


def _state(file: Path) -> tuple[int, int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
