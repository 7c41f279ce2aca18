"""Numbers, times and outside text as the desk and the command line word them. Pure functions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.crowdmanager.models import Distinction, Number, Try
    from loyalty_tui.identifiers import Identifier

_LONGEST_PLAIN: Final = 60
"""Digits up to which a decimal is written out; one beyond gets its exponent."""
NAME_LIMIT: Final = 120
"""Characters of a name that are shown; the vendor's own are a few words long."""


def number(value: Number) -> str:
    """Return a number with all its digits, grouped by thousands: 9,007,199,254,740,993 or 12.50."""
    if isinstance(value, Decimal) and not _is_plain(value):
        return str(value)
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def points(balance: Number | None) -> str:
    """Return a balance with its unit: "1 point", "12.50 points", "not known"."""
    if balance is None:
        return "not known"
    return f"{number(balance)} {'point' if balance == 1 else 'points'}"


def _is_plain(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) + abs(value.adjusted()) <= _LONGEST_PLAIN


def short(identifier: Identifier) -> str:
    """Return an identifier alone, as one reads it: "+47 22 34 56 78", or the address."""
    return identifier.address if identifier.type == "email" else identifier.international


def as_of(moment: datetime, now: datetime) -> str:
    """Return a local time, with its date when that is not today: "14:03:22"."""
    if moment.date() == now.date():
        return f"{moment:%H:%M:%S}"
    return f"{moment.day} {moment:%b %Y %H:%M:%S}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return "1 push" or "2,340 pushes"."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def distinction_name(distinction: Distinction) -> str:
    """Return a distinction's name, or its number when it has none, safe to show."""
    return neutralise(distinction.name.strip(), NAME_LIMIT) or f"Distinction {distinction.id}"


def earned(distinctions: tuple[Distinction, ...]) -> str:
    """Return how many are earned, countable at a glance: "2 of 4"."""
    return f"{sum(d.is_earned for d in distinctions)} of {len(distinctions)}"


def earned_first(distinctions: tuple[Distinction, ...]) -> list[Distinction]:
    """Return the distinctions with the earned ones first, else in the order sent."""
    return sorted(distinctions, key=lambda distinction: not distinction.is_earned)


def attempt(attempt: Try) -> str:
    """Return how far a look-up has come: "try 2 of 4 in 1.3 s, because …"."""
    words = f"try {attempt.number} of {attempt.of}"
    if attempt.pause:
        words += f" in {attempt.pause:.1f} s"
    if attempt.cause:
        words += f", because {neutralise(attempt.cause)}"
    return words
