"""The quick way through JSON that is as it mostly is; whatever is unusual is left to the others.

It agrees with json_text on all that it reads.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_SPLITTER: Final = msgspec.json.Decoder(list[msgspec.Raw])
_BETWEEN: Final = re.compile(rb"[ \t\r\n]*+,?[ \t\r\n]*+")
_BOUNDARY: Final = re.compile(rb"}[ \t\r\n]*+,[ \t\r\n]*+\{")
_ENDS_TRIED: Final = 8
_BRACKETS_TRIED: Final = 200


def decode_object(raw: bytes) -> dict[str, object] | None:
    """Return the value of a JSON object; None for anything that is not surely one."""
    try:
        value = _DECODER.decode(raw)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value if isinstance(value, dict) and is_shallow(raw) else None


def is_shallow(text: str | bytes) -> bool:
    """Return whether there are not even enough brackets for more levels than are read."""
    if len(text) <= json_text.MAX_DEPTH:
        return True
    brackets = ("{", "[") if isinstance(text, str) else (b"{", b"[")
    return sum(map(text.count, brackets)) <= json_text.MAX_DEPTH  # type: ignore[arg-type]


def split(data: bytes) -> list[bytes]:
    """Return the lines of some bytes, the last one even if it is not ended and empty.

    That is bytes.split, which takes twice as long for lines as long as pushes.
    """
    split_up = []
    find, start = data.find, 0
    while (end := find(b"\n", start)) >= 0:
        split_up.append(data[start:end])
        start = end + 1
    split_up.append(data[start:])
    return split_up


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that end in some bytes, and where they start, without the blank ones."""
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        line = data[start:end]
        stripped = line.lstrip(b" \t\r")
        if stripped:
            yield end - len(stripped), stripped.rstrip(b" \t\r")
        start = end + 1


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of an array that are whole in some bytes of it, and where they start.

    The bytes start with an element. What is no JSON, or only partly here, is left out.
    """
    start = 0
    for element in _split(data):
        found = _BETWEEN.match(data, start)
        start = found.end() if found else start
        raw = bytes(element)
        yield start, raw
        start += len(raw)


def _split(data: bytes) -> list[msgspec.Raw]:
    end, ends = len(data), 0
    for _ in range(_BRACKETS_TRIED):
        end = data.rfind(b"}", 0, end)
        if end < 0 or ends == _ENDS_TRIED:
            break
        if _BOUNDARY.match(data, end):
            ends += 1
            try:
                return _SPLITTER.decode(b"[%b]" % data[: end + 1])
            except (ValueError, RecursionError):
                continue
    return []
