"""The quick way through JSON that is as it mostly is; whatever is unusual is left to the others.

It agrees with json_text on all that it reads.
"""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_SPLITTER: Final = msgspec.json.Decoder(list[msgspec.Raw])
_BETWEEN: Final = re.compile(rb"[ \t\r\n]*+,?[ \t\r\n]*+")
_BOUNDARY: Final = re.compile(rb"}[ \t\r\n]*+,[ \t\r\n]*+\{")
_ENDS_TRIED: Final = 8
_MOST_AT_ONCE: Final = 512
_GROWTH: Final = 8
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


def while_sound(make: Callable[[_Given], _Made], values: Iterable[_Given]) -> list[_Made]:
    """Return what is made of values up to the first that is not sound."""
    made: list[_Made] = []
    with suppress(ValueError, RecursionError):
        made.extend(map(make, values))  # what was made before an error stays
    return made


class Runs:
    """Goes through many things, a run of them at once: the more is unusual, the fewer."""

    def __init__(self) -> None:
        self._at_once = _MOST_AT_ONCE

    def through(self, count: int, take: Callable[[slice], int]) -> int:
        """Have so many things taken, up to one that is unusual; return how many were.

        Take is given which of them, and returns how many of these are before an unusual one.
        """
        done = 0
        while done < count:
            end = min(done + self._at_once, count)
            taken = take(slice(done, end))
            done += taken
            self._at_once = min(taken * _GROWTH, _MOST_AT_ONCE) or 1
            if done < end:
                break
        return done
