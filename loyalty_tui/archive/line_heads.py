"""How lines of pushes begin and end: in the receiver's envelope, or without one.

Many of them are looked at at once, which is quicker than one after another.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from loyalty_tui.archive.stored import NEVER, microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_BREAKS: Final = b"\r\n"
"""The bytes of all line breaks."""

_HOUR: Final = re.compile(rb'\{"received_at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:)')
_BODY: Final = rb'\{"[^"]*":[^ \t\r\n]'
"""How what is packed starts; only its first property is looked at."""
_BARE: Final = re.compile(_BODY)
_ENVELOPED: Final = re.compile(rb'Z","push":' + _BODY)
"""How it goes on after the seconds when it is in the receiver's envelope."""
_MINUTES_AT: Final = 30
_AFTER_SECONDS_AT: Final = 42
_BODY_AT: Final = 52
_HEAD: Final = itemgetter(slice(_MINUTES_AT))
_TIME: Final = itemgetter(slice(_MINUTES_AT, _AFTER_SECONDS_AT))
_TIME_SIZE: Final = len("mm:ss.ffffff")
_DIGITS: Final = 10
_FIVE: Final = ord("5")
_A_MINUTE: Final = 10**8
"""By how much minutes, seconds and microseconds, read as one number, grow in a minute."""
_SIXTY: Final = 60_000_000
_MOST_HOURS: Final = 20_000

_decode_numbers = msgspec.json.Decoder(list[int]).decode


class Shape(NamedTuple):
    """How lines begin and end that are alike."""

    pattern: re.Pattern[bytes]
    """That of their beginning, after the receipt's seconds if they are enveloped."""
    begin: slice
    """What it matched, up to the first property."""
    end: bytes
    """Their last brackets, and their line break if they have one."""
    line_break: int
    """The bytes of that."""
    body: slice
    """The push, out of its envelope."""


def shape_of(raw: bytes) -> Shape | None:
    """Return how a line begins and is to end; None for one that is not packed, or unusual."""
    line_break = len(raw) - len(raw.rstrip(LINE_BREAKS))
    end = raw[len(raw) - line_break :]
    if start := _ENVELOPED.match(raw, _AFTER_SECONDS_AT):
        body = slice(_BODY_AT, -1 - line_break)
        return Shape(_ENVELOPED, slice(*start.span()), b"}}" + end, line_break, body)
    if start := _BARE.match(raw):
        body = slice(-line_break or None)
        return Shape(_BARE, slice(*start.span()), b"}" + end, line_break, body)
    return None


def count_alike(raws: Sequence[bytes], shape: Shape) -> int:
    """Count the raws up to the first that does not begin or end in that way.

    What ends a push and its envelope is to be packed as well, so that no space is taken for a part
    of the push.
    """
    begin_of = itemgetter(shape.begin)
    end_of = itemgetter(slice(-len(shape.end), None))
    odd = {begin for begin in set(map(begin_of, raws)) if not shape.pattern.fullmatch(begin)}
    if not odd and set(map(end_of, raws)) == {shape.end}:
        return len(raws)
    return next(
        at for at, raw in enumerate(raws) if begin_of(raw) in odd or end_of(raw) != shape.end
    )


def bodies_of(raws: Sequence[bytes], shape: Shape) -> list[bytes]:
    """Return the pushes of lines that are alike, out of their envelopes."""
    return list(map(itemgetter(shape.body), raws))


class Receipts:
    """Reads when lines were received, and remembers the hours."""

    def __init__(self) -> None:
        self._hours: dict[bytes, int] = {}

    def of(self, raws: Sequence[bytes], shape: Shape) -> list[int]:
        """Return when lines that are alike were received, up to an odd time at the latest.

        That is in microseconds since 1970, or NEVER.
        """
        if shape.pattern is not _ENVELOPED:
            return [NEVER] * len(raws)
        if len(self._hours) > _MOST_HOURS:
            self._hours.clear()
        heads = list(map(_HEAD, raws))
        for head in set(heads).difference(self._hours):
            self._hours[head] = _begin_hour(head)
        began = [self._hours[head] for head in heads]
        times = list(map(_TIME, raws))
        together, count, length = b"".join(times), len(raws), _TIME_SIZE
        digits = together.translate(None, b":.")
        if (
            NEVER in began
            or len(together) != count * length
            or len(digits) != count * _DIGITS
            or not digits.isdigit()
            or together[2::length] != b":" * count
            or together[5::length] != b"." * count
            or max(together[::length] + together[3::length]) > _FIVE
        ):
            return self.of(raws[: count // 2], shape) if raws else []
        # JSON has no number that starts with 0.
        numbers = _decode_numbers(b"[1%b]" % b",1".join(times).translate(None, b":."))
        return [
            hour + number - number // _A_MINUTE * (_A_MINUTE - _SIXTY)
            for hour, number in zip(began, numbers, strict=True)
        ]


def _begin_hour(head: bytes) -> int:
    """Return the microseconds since 1970 of `{"received_at":"2026-11-21T10:`, or NEVER.

    They are less by 100 minutes, for the 1 before the digits that follow.
    """
    if hour := _HOUR.fullmatch(head):
        with suppress(ValueError):
            begins = microseconds(datetime.fromisoformat(f"{hour[1].decode()}00:00Z"))
            return begins - 100 * _SIXTY
    return NEVER
