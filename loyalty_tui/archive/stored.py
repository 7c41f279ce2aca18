"""How the index writes what was not sent, and by what it knows a push's body again."""

from __future__ import annotations

from typing import Final

from loyalty_tui.crowdtwist import json_text

NEVER: Final = -(2**62)
"""Stands for a time or a number that was not sent; sorts before all others."""

HASH_BITS: Final = 2**47 - 1
"""What is kept of a hash."""


def body_hash(text: str) -> int:
    """Return the hash of a push's JSON, whatever white space is between its tokens."""
    return _hash(json_text.packed(text))


def is_body(text: str, stored: int) -> bool:
    """Say whether a stored hash, of either sign, is that of a push's JSON.

    Of a line that only looked packed, the hash is that of the text with its spaces.
    """
    plain = stored if stored >= 0 else -stored - 1
    return plain in {_hash(text), body_hash(text)}


def _hash(text: str) -> int:
    from xxhash import xxh3_64_intdigest

    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")) & HASH_BITS
