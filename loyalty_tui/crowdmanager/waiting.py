"""How long a busy service asks to be left alone, and how that is said. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final

_SHORT: Final = 120
"""Seconds up to which they are not told in minutes."""


def asked_for(header: str, sent_at: str = "") -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its two forms.

    A date is one by the service's clock, as the Date header beside it tells; without a usable one
    by this computer's.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(sent_at) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


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
