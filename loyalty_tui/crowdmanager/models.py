"""The loyalty summary as CrowdManager sends it: decoded exactly, and leniently where it must be.

Source: the vendor document "Loyalty Summary". Numbers keep every digit: whole ones are `int`,
all others `Decimal`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from loyalty_tui.errors import UnusableAnswerError

Number = int | Decimal
Item = TypeVar("Item")

FIRST_WORDS = 80
"""How many characters of an unusable body an error shows."""

_LONGEST_INT = 4000
"""Digits; Python refuses to turn longer ones from or into an `int`, a `Decimal` takes them."""


@dataclass(frozen=True, slots=True)
class Rank:
    """An award for being placed above a share of all members."""

    id: int
    name: str
    """As configured in the scheme; text from outside, empty when not sent."""
    description: str
    image_url: str | None
    threshold: Number | None
    """Fraction of all members, as sent: 0.01 means the top 1 %. None when missing or no number."""


@dataclass(frozen=True, slots=True)
class Distinction:
    """An award for gaining enough points, in total or within a sliding window of time."""

    id: int
    name: str
    description: str
    image_url: str | None
    is_earned: bool
    """Whether the member holds it, as sent and never inferred."""


@dataclass(frozen=True, slots=True)
class LoyaltySummary:
    """What CrowdManager says of one member."""

    balance: Number | None
    """Points; None when the answer had none that can be read."""
    rank: Rank | None
    """The member's own rank; None for a member without one."""
    ranks: tuple[Rank, ...]
    """All ranks of the scheme, in the order sent."""
    distinctions: tuple[Distinction, ...]
    """All distinctions of the scheme, earned or not, in the order sent."""
    is_rank_readable: bool = True
    """False when a rank was sent that cannot be read, so that nothing is said about it."""
    notices: tuple[str, ...] = ()
    """One sentence for everything that was left out."""


@dataclass(frozen=True, slots=True)
class Try:
    """How far a look-up has come, for the screen."""

    number: int
    """From 1."""
    of: int
    pause: float = 0.0
    """Seconds until this try starts; 0 when it has."""
    cause: str = ""
    """Why the try before it failed, in plain words; empty for the first."""


OnTry = Callable[[Try], None]


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """One part of the answer is not what the vendor document says."""


def decode(body: bytes, redact: Callable[[bytes], bytes] = bytes) -> LoyaltySummary:
    """Return the summary in an answer's body.

    Before the first words of an unusable body are shown, `redact` takes secrets out of it.

    Raises:
        UnusableAnswerError: The body is no JSON object, or none of balance, ranks and
            distinctions can be read from it.
    """
    what = "JSON, but not an object"
    try:
        answer = json.loads(
            body, parse_int=_int, parse_float=_decimal, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        answer, what = None, "no JSON"
    # Raised out here: the decoder's error holds the whole body.
    if not isinstance(answer, dict):
        raise _unusable(what, redact(body))

    notices: list[str] = []
    balance = _number(answer.get("balance"))
    if balance is None:
        notices.append("The answer has no balance that can be read.")
    ranks = _list(answer, "ranks", "rank", _rank, notices)
    distinctions = _list(answer, "distinctions", "distinction", _distinction, notices)
    if balance is None and ranks is None and distinctions is None:
        raise _unusable("without balance, ranks and distinctions", redact(body))

    rank, is_rank_readable = None, True
    if answer.get("rank") is not None:
        try:
            rank = _rank(answer["rank"])
        except _Unreadable:
            is_rank_readable = False
            notices.append("The member's rank could not be read.")
    return LoyaltySummary(
        balance, rank, ranks or (), distinctions or (), is_rank_readable, tuple(notices)
    )


def first_words(body: bytes) -> str:
    """Return the beginning of a body as one short line of printable characters."""
    text = body[: FIRST_WORDS * 8].decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1] + "…"


def _unusable(what: str, body: bytes) -> UnusableAnswerError:
    words = first_words(body)
    return UnusableAnswerError(
        f"CrowdManager's answer cannot be used: it is {what}.",
        f"It begins: {words}" if words else "It is empty.",
    )


def _list(
    answer: dict[str, object],
    key: str,
    singular: str,
    read: Callable[[object], Item],
    notices: list[str],
) -> tuple[Item, ...] | None:
    """Return the readable items of a list, or None when there is no such list."""
    items = answer.get(key)
    if not isinstance(items, list):
        notices.append(f"The answer has no list of {key}.")
        return None
    readable = []
    for item in items:
        try:
            readable.append(read(item))
        except _Unreadable:
            continue
    if left_out := len(items) - len(readable):
        name = singular if left_out == 1 else key
        notices.append(f"{left_out} {name} could not be read and {_is_are(left_out)} left out.")
    return tuple(readable)


def _is_are(count: int) -> str:
    return "is" if count == 1 else "are"


def _rank(value: object) -> Rank:
    members = _object(value)
    return Rank(
        id=_id(members),
        name=_text(members, "name"),
        description=_text(members, "description"),
        image_url=_text(members, "imageUrl") or None,
        threshold=_number(members.get("threshold")),
    )


def _distinction(value: object) -> Distinction:
    members = _object(value)
    is_earned = members.get("isEarned")
    if not isinstance(is_earned, bool):
        raise _Unreadable
    return Distinction(
        id=_id(members),
        name=_text(members, "name"),
        description=_text(members, "description"),
        image_url=_text(members, "imageUrl") or None,
        is_earned=is_earned,
    )


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _Unreadable
    return value


def _id(members: dict[str, object]) -> int:
    value = members.get("id")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Unreadable
    return value


def _text(members: dict[str, object], key: str) -> str:
    value = members.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unreadable
    # A lone half of a surrogate pair is valid JSON, but no text that can be written out again.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(value: object) -> Number | None:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _int(digits: str) -> Number:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _decimal(literal: str) -> Decimal | str:
    try:
        return Decimal(literal)
    except InvalidOperation:  # an exponent beyond all bounds is no number to us
        return literal


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
