"""How long a busy service asks to be left alone, and how that is said. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final

_SHORT: Final = 120
"""Seconds up to which they are not told in minutes."""


def asked_for(header: str) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its two forms."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def counted(count: float, unit: str) -> str:
    """Return "1 second" or "20 seconds"."""
    return f"1 {unit}" if count == 1 else f"{count:.10g} {unit}s"


def in_words(seconds: float) -> str:
    """Return a time, rounded up: "45 seconds", "20 minutes", "2 hours 10 minutes"."""
    whole = ceil(seconds)
    if whole < _SHORT:
        return counted(whole, "second")
    hours, minutes = divmod(ceil(whole / 60), 60)
    parts = ((hours, "hour"), (minutes, "minute"))
    return " ".join(counted(count, unit) for count, unit in parts if count)
