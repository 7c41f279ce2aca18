"""A folder of saved pushes, read into memory: any depth, any mixture of files.

A push is kept token for token as it came; only white space between tokens may go, and the
envelope in which it was stored is taken off. What cannot be read is counted and named, and never
stops the rest.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import Profile, read_instant, understand
from loyalty_tui.errors import ArchiveError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from loyalty_tui.identifiers import Identifier

DOCUMENTS: Final = ".json"
"""The suffix of files that hold one push, or an array of them, on any number of lines."""

LINES: Final = (".ndjson", ".jsonl")
"""The suffixes of files that hold one push a line."""

_BLANK: Final = " \t\r\n"
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_NO_OBJECT: Final = "A push is a JSON object; this is another value."


@dataclass(frozen=True, slots=True)
class SavedPush:
    """One push of the archive."""

    ref: str
    """Its file and the byte at which its line or document starts, joined by a colon."""
    file: str
    """Relative to the archive, with forward slashes; may hold any character."""
    received_at: datetime | None
    """From its envelope, in UTC; None for a push that was saved without one."""
    text: str = field(repr=False)
    """Its own JSON as it came."""
    profile: Profile = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place of the archive that could not be read."""

    file: str
    """Relative to the archive, with forward slashes; may hold any character."""
    line: int
    """Counted from 1; 0 when it is all of the file or folder."""
    reason: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True)
class Member:
    """All pushes of one CrowdTwist member, newest first, never none."""

    member_id: int | None
    """None for pushes that name no member but have the identifier."""
    name: str = field(repr=False)
    """The newest name that was sent; may be empty."""
    pushes: tuple[SavedPush, ...]


@dataclass(frozen=True, slots=True)
class MemberPushes:
    """The answer to an identifier: whose pushes it leads to, newest first."""

    members: tuple[Member, ...]
    unreadable: int
    """Places of the whole archive that could not be read."""

    @property
    def total(self) -> int:
        """The number of pushes of all these members."""
        return sum(len(member.pushes) for member in self.members)


class Archive:
    """Everything that was read from a folder; it does not follow later changes."""

    def __init__(
        self, files: int, pushes: Iterable[SavedPush], unreadable: tuple[Unreadable, ...]
    ) -> None:
        self.files = files
        """Number of files that were read."""
        self.pushes = 0
        """Number of pushes."""
        self.unreadable = unreadable
        self.last_updated: datetime | None = None
        """The latest update of a profile, in UTC."""
        self._by_id: dict[int, list[SavedPush]] = {}
        self._ids: dict[str, set[int]] = {}
        self._without_id: dict[str, list[SavedPush]] = {}
        for push in pushes:
            self._add(push)
        self.members = len(self._by_id)
        """Number of CrowdTwist ids."""

    @classmethod
    def read(cls, folder: Path, stop: threading.Event | None = None) -> Archive:
        """Read all `.json`, `.ndjson` and `.jsonl` files below a folder; blocks meanwhile.

        Links, pipes, sockets and devices are left alone. When stop is set, reading ends early
        with what has been read.

        Raises:
            ArchiveError: The folder is not there, is no folder, or cannot be listed.
        """
        files, pushes, unreadable = 0, [], []
        for found in _read_folder(folder):
            if stop is not None and stop.is_set():
                break
            if isinstance(found, SavedPush):
                pushes.append(found)
            elif isinstance(found, Unreadable):
                unreadable.append(found)
            else:
                files += 1
        return cls(files, pushes, tuple(unreadable))

    def behind(self, identifier: Identifier) -> MemberPushes:
        """Return the members that an identifier has ever been pushed with, and all their pushes."""
        if identifier.type == "phone":
            keys = _keys(identifier.digits, "")
        else:
            keys = [key for form in identifier.keys for key in _keys("", form)]
        ids = sorted({member for key in keys for member in self._ids.get(key, ())})
        members = [_member(member, self._by_id[member]) for member in ids]
        nameless = {push.ref: push for key in keys for push in self._without_id.get(key, ())}
        if nameless:
            members.append(_member(None, nameless.values()))
        members.sort(key=lambda member: _age(member.pushes[0]), reverse=True)
        return MemberPushes(tuple(members), len(self.unreadable))

    def _add(self, push: SavedPush) -> None:
        self.pushes += 1
        profile = push.profile
        if profile.updated_at:
            self.last_updated = max(self.last_updated or _LONG_AGO, profile.updated_at)
        if profile.member_id is not None:
            self._by_id.setdefault(profile.member_id, []).append(push)
        for key in _keys(profile.phone_digits, profile.email):
            if profile.member_id is None:
                self._without_id.setdefault(key, []).append(push)
            else:
                self._ids.setdefault(key, set()).add(profile.member_id)


def _keys(phone_digits: str, email: str) -> list[str]:
    # The letters and the sign keep numbers and addresses apart.
    named = (("tel:", phone_digits), ("mailto:", email.strip().lower()))
    return [scheme + value for scheme, value in named if value]


def _member(member_id: int | None, pushes: Iterable[SavedPush]) -> Member:
    # Reversed afterwards: of two pushes with the same times the one read later is the newer.
    newest_first = tuple(sorted(pushes, key=_age)[::-1])
    name = next((push.profile.name for push in newest_first if push.profile.name), "")
    return Member(member_id, name, newest_first)


def _age(push: SavedPush) -> tuple[datetime, datetime]:
    received = push.received_at or _LONG_AGO
    return push.profile.updated_at or received, received


class _FileRead:
    """Says that a file has been opened and read to its end."""


_Found = SavedPush | Unreadable | _FileRead


def _read_folder(folder: Path) -> Iterator[_Found]:
    inside = [""]
    while inside:
        below = inside.pop()
        try:
            with os.scandir(folder / below) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
            folders = [entry.name for entry in entries if _is_folder(entry)]
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        except (OSError, ValueError) as error:
            if not below:
                raise _archive_error(folder, error) from None
            yield Unreadable(below, 0, _os_reason("folder", error))
            continue
        prefix = f"{below}/" if below else ""
        for entry in files:
            yield from _read_file(entry.path, prefix + entry.name)
        inside += [prefix + name for name in reversed(folders)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # Junctions are Windows' other kind of link; Python knows them from 3.12 on.
    junction = getattr(entry, "is_junction", bool)()
    return entry.is_dir(follow_symlinks=False) and not junction


def _read_file(path: str, name: str) -> Iterator[_Found]:
    lowered = name.lower()
    if not lowered.endswith((DOCUMENTS, *LINES)):
        return
    try:
        with open(path, "rb", opener=_open_regular) as stream:
            yield from (_lines if lowered.endswith(LINES) else _documents)(stream, name)
        yield _FileRead()
    except OSError as error:
        yield Unreadable(name, 0, _os_reason("file", error))


def _open_regular(path: str, flags: int) -> int:
    """Open without following a link and without waiting, should it no longer be a plain file."""
    for flag in ("O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, flag, 0)
    opened = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(0, "It is no longer a plain file")
    return opened


def _lines(stream: BinaryIO, name: str) -> Iterator[_Found]:
    start = 0
    for number, raw in enumerate(stream, 1):
        try:
            text = json_text.plain_spaces(raw.decode()).strip(_BLANK)
            value = json_text.loads(text) if text else None
        except (UnicodeDecodeError, json_text.JsonTextError) as error:
            # A last line without its end may still be being written.
            if raw.endswith(b"\n"):
                yield Unreadable(name, number, _text_reason(error))
        else:
            if isinstance(value, dict):
                yield _saved(name, start, text, value)
            elif text:
                yield Unreadable(name, number, _NO_OBJECT)
        start += len(raw)


def _documents(stream: BinaryIO, name: str) -> Iterator[_Found]:
    raw = stream.read()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        yield Unreadable(name, raw.count(b"\n", 0, error.start) + 1, _text_reason(error))
        return
    plain = json_text.plain_spaces(text)
    at, offset, line = 0, 0, 1
    try:
        for value, start, end in json_text.values(plain):
            offset += len(text[at:start].encode())
            line += text.count("\n", at, start)
            at = start
            if isinstance(value, dict):
                yield _saved(name, offset, plain[start:end], value)
            else:
                yield Unreadable(name, line, _NO_OBJECT)
    except json_text.JsonTextError as error:
        yield Unreadable(name, error.line, _text_reason(error))


def _saved(file: str, offset: int, text: str, value: dict[str, object]) -> SavedPush:
    received_at = None
    push = value.get("push")
    if "received_at" in value and isinstance(push, dict):
        received_at = read_instant(value["received_at"])
        span = dict(json_text.members(text))["push"]
        text, value = text[span.start : span.end], push
    return SavedPush(f"{file}:{offset}", file, received_at, text, understand(value))


def _archive_error(folder: Path, error: OSError | ValueError) -> ArchiveError:
    name = neutralise(str(folder))
    if isinstance(error, FileNotFoundError):
        return ArchiveError(
            f"The archive folder {name} does not exist.", "Check its path, or create it."
        )
    if isinstance(error, NotADirectoryError):
        return ArchiveError(
            f"The archive {name} is a file, not a folder.", "Name the folder that the file is in."
        )
    return ArchiveError(
        _os_reason(f"archive folder {name}", error), "Check its path and who may read it."
    )


def _text_reason(error: UnicodeDecodeError | json_text.JsonTextError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "The text is not UTF-8."
    return f"{error.reason} at column {error.column}."


def _os_reason(what: str, error: OSError | ValueError) -> str:
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The {what} could not be read: {neutralise(cause)}."
