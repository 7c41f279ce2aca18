"""How the index writes what was not sent, and by what it knows a push's body again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from loyalty_tui.crowdtwist import json_text

NEVER: Final = -(2**62)
"""Stands for a time or a number that was not sent; sorts before all others."""

HASH_BITS: Final = 2**47 - 1
"""What is kept of a hash."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 of a time."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def body_hash(text: str) -> int:
    """Return the hash of a push's JSON, whatever white space is between its tokens."""
    import msgspec

    try:
        packed = msgspec.json.format(_bytes(text), indent=-1)
    except (ValueError, RecursionError):  # half a surrogate pair, odd spaces, or very deep
        packed = _bytes(json_text.packed(text))
    return _hash(packed)


def is_body(text: str, stored: int) -> bool:
    """Say whether a stored hash, of either sign, is that of a push's JSON.

    Of a line that only looked packed, the hash is that of the text with its spaces.
    """
    plain = stored if stored >= 0 else -stored - 1
    return plain in {_hash(_bytes(text)), body_hash(text)}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _hash(raw: bytes) -> int:
    from xxhash import xxh3_64_intdigest

    return xxh3_64_intdigest(raw) & HASH_BITS
