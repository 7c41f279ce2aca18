"""How lines of pushes begin: in the receiver's envelope, or without one.

Many of them are looked at at once, which is quicker than one after another.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from loyalty_tui.archive.stored import NEVER, microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

Start: TypeAlias = re.Match[bytes]
"""Of a line: from the end of the receipt's seconds, if it is enveloped, to its first property."""

_HOUR: Final = re.compile(rb'\{"received_at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:)')
_BODY: Final = rb'\{"[^"]*":[^ \t\r\n]'
"""How what is packed starts; only its first property is looked at."""
_BARE: Final = re.compile(_BODY)
_ENVELOPED: Final = re.compile(rb'Z","push":' + _BODY)
"""How it goes on after the seconds when it is in the receiver's envelope."""
_MINUTES_AT: Final = 30
_AFTER_SECONDS_AT: Final = 42
_BODY_AT: Final = 52
_TIME: Final = "mm:ss.ffffff"
_DIGITS: Final = 10
_FIVE: Final = ord("5")
_A_MINUTE: Final = 10**8
"""By how much minutes, seconds and microseconds, read as one number, grow in a minute."""
_SIXTY: Final = 60_000_000
_MOST_HOURS: Final = 20_000

_decode_numbers = msgspec.json.Decoder(list[int]).decode


def begin(raw: bytes) -> Start | None:
    """Return how a line begins; None for one that is not packed, or unusual."""
    return _ENVELOPED.match(raw, _AFTER_SECONDS_AT) or _BARE.match(raw)


def count_alike(raws: Sequence[bytes], start: Start) -> int:
    """Count the raws up to the first that does not go on as the first does, or ends as no object.

    They are compared from the end of the seconds up to their first property. What ends a push and
    its envelope is to be packed as well, so that no space is taken for a part of the push.
    """
    begins = slice(start.start(), start.end())
    odd = {begin for begin in {raw[begins] for raw in raws} if not start.re.fullmatch(begin)}
    end = b"}}" if start.re is _ENVELOPED else b"}"
    size = len(end)
    if not odd and {raw[-size:] for raw in raws} == {end}:
        return len(raws)
    return next(at for at, raw in enumerate(raws) if raw[begins] in odd or raw[-size:] != end)


def bodies_of(raws: Sequence[bytes], start: Start) -> list[bytes]:
    """Return the pushes of lines that begin alike, out of their envelopes."""
    return [raw[_BODY_AT:-1] for raw in raws] if start.re is _ENVELOPED else list(raws)


class Receipts:
    """Reads when lines were received, and remembers the hours."""

    def __init__(self) -> None:
        self._hours: dict[bytes, int] = {}

    def of(self, raws: Sequence[bytes], start: Start) -> list[int]:
        """Return when lines that begin alike were received, up to an odd time at the latest.

        That is in microseconds since 1970, or NEVER.
        """
        if start.re is not _ENVELOPED:
            return [NEVER] * len(raws)
        if len(self._hours) > _MOST_HOURS:
            self._hours.clear()
        heads = [raw[:_MINUTES_AT] for raw in raws]
        for head in set(heads).difference(self._hours):
            self._hours[head] = _begin_hour(head)
        began = [self._hours[head] for head in heads]
        times = [raw[_MINUTES_AT:_AFTER_SECONDS_AT] for raw in raws]
        together, count, length = b"".join(times), len(raws), len(_TIME)
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
            return self.of(raws[: count // 2], start) if raws else []
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
