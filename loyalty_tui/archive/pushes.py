"""What is found in a file of saved pushes, and a single line or document read for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from loyalty_tui.archive.envelopes import kind_of, unwrap
from loyalty_tui.archive.quick import decode_object
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import PushKind

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.streams import Container

NO_OBJECT: Final = "A push is a JSON object; this is another value."
NOT_UTF_8: Final = "The text is not UTF-8."
TOO_LONG: Final = "It is longer than the 128 MB that a push may have."

LONGEST: Final = 128 << 20
"""Bytes or characters of a line or document from which on it is passed over."""

Take: TypeAlias = Callable[[Sequence[bytes], Sequence[int]], int]
"""Is offered lines, with their line breaks, or elements of an array, without white space around
them, one after another with their offsets in the file; returns how many of the first were pushes
and are dealt with."""

_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Found:
    """A push of a file."""

    offset: int
    """The byte of the decompressed file at which its document starts, with its envelope if it has
    one and without white space before it; of a file in UTF-16 that of its UTF-8 form."""
    length: int
    """The bytes of that document."""
    value: dict[str, object] = field(repr=False)
    """The push itself, out of its envelope."""
    text: str = field(repr=False)
    """Its JSON, token for token as it came."""
    received_at: datetime | None
    """From its envelope, in UTC."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A place of a file that cannot be read as a push."""

    line: int
    """The line on which it goes wrong, counted from 1."""
    offset: int
    """The byte at which that line starts, or what goes wrong if that starts on it; as of Found."""
    reason: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of a file, and where to read on when it has grown.

    What was found at this offset or after it is found again when it is read on from there.
    """

    offset: int
    """The byte after all that is complete, as that of Found."""
    line: int
    """The line of that byte, counted from 1."""
    container: Container
    """How to read on: lines that turned out to be documents stay so."""
    is_transcoded: bool
    """Whether the file is in UTF-16: its own bytes are others, so it is read from its start."""


def found(value: dict[str, object], text: str, offset: int, length: int) -> Found:
    """Return the push that is or is in an object of that JSON text."""
    push = unwrap(value, text)
    return Found(offset, length, push.value, push.text, push.received_at)


def sure_push(raw: bytes) -> Found | None:
    """Return the push of one line or document if it would be known as one anywhere."""
    push = from_bytes(raw)
    if isinstance(push, Found) and (
        push.received_at is not None or kind_of(push.value) is not PushKind.UNKNOWN
    ):
        return push
    return None


def from_bytes(raw: bytes) -> Found | Fault | None:
    """Return the push of one line or document; None for a blank one.

    Offsets count from the first of these bytes.
    """
    stripped = raw.lstrip(_BLANK.encode())
    plain_value = decode_object(stripped)
    if plain_value is not None:
        offset = len(raw) - len(stripped)
        stripped = stripped.rstrip(_BLANK.encode())
        return found(plain_value, stripped.decode(), offset, len(stripped))
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return Fault(raw.count(b"\n", 0, error.start) + 1, 0, NOT_UTF_8)
    plain = json_text.plain_spaces(text)
    start = len(plain) - len(plain.lstrip(_BLANK))
    end = len(plain.rstrip(_BLANK))
    if start >= end:
        return None
    try:
        value = json_text.loads(plain)
    except json_text.JsonTextError as error:
        return Fault(error.line, 0, f"{error.reason} at column {error.column}.")
    if not isinstance(value, dict):
        return Fault(1, 0, NO_OBJECT)
    offset = len(text[:start].encode())
    return found(value, plain[start:end], offset, len(text[start:end].encode()))
