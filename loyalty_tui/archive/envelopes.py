"""The push inside a JSON object: taken out of the envelope in which a receiver stored it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import PushKind, read_instant, understand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

KNOWN_BY_A_NAME: Final = (PushKind.PROFILE, PushKind.ACTIVITY, PushKind.REDEMPTION)
_BLANK: Final = " \t\r\n"
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LONE: Final = re.compile("[\ud800-\udfff]")


class _Sure(IntEnum):
    """How surely an object is a push."""

    NOT = 0
    WORDS = 1
    """Told by words of any name, which headers and the envelope itself can have too."""
    WORDS_AND_MEMBER = 2
    """And it says of whom it is."""
    NAME = 3


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A push, out of its envelope."""

    value: dict[str, object] = field(repr=False)
    text: str = field(repr=False)
    """Its own JSON, token for token as it came; that of a string is what the string says."""
    received_at: datetime | None
    """From its envelope, in UTC."""


def unwrap(value: dict[str, object], text: str) -> Unwrapped:
    """Return the push that a JSON object is or holds, one level down; text is its JSON.

    `{"received_at": …, "push": {…}}` always holds it. Any other object that is not surely a push
    holds it where a member is one more surely, or a string of JSON that is one; otherwise it is
    itself the push.
    """
    push = value.get("push")
    if push is None and ("tierInfo" in value or "emailAddress" in value):
        # Quickly told: to understand a push costs as much as to read it.
        return Unwrapped(value, text, None)
    if isinstance(push, dict) and "received_at" in value:
        return Unwrapped(push, _member_text(text, "push"), read_instant(value["received_at"]))
    best: Unwrapped | None = None
    sureness = _sureness(value)
    if sureness <= _Sure.WORDS:
        for key, held, held_text in _objects(value):
            held_sureness = _sureness(held)
            if held_sureness <= sureness:
                continue
            own_text = _member_text(text, key) if held_text is None else held_text
            best = Unwrapped(held, own_text, read_instant(value.get("received_at")))
            sureness = held_sureness
            if sureness is _Sure.NAME:
                break
    return best or Unwrapped(value, text, None)


def kind_of(value: dict[str, object]) -> PushKind:
    """Return what a push is about."""
    return understand(value).kind


def _sureness(value: dict[str, object]) -> _Sure:
    profile = understand(value)
    if profile.kind is PushKind.UNKNOWN:
        return _Sure.NOT
    if profile.kind in KNOWN_BY_A_NAME:
        return _Sure.NAME
    return _Sure.WORDS if profile.member_id is None else _Sure.WORDS_AND_MEMBER


def _objects(
    value: dict[str, object],
) -> Iterator[tuple[str, dict[str, object], str | None]]:
    """Yield the members that are objects, and those that hold one as text, with that text."""
    for key, held in value.items():
        if isinstance(held, dict):
            yield key, held, None
        elif isinstance(held, str):
            text = json_text.plain_spaces(held).strip(_BLANK)
            if not text.startswith("{"):
                continue
            try:
                inner = json_text.loads(text)
            except json_text.JsonTextError:
                continue
            if isinstance(inner, dict):
                yield key, inner, _LONE.sub(_escaped, text)


def _escaped(lone: re.Match[str]) -> str:
    # Only within strings can there be any, and only there does the escape mean the same.
    return f"\\u{ord(lone[0]):04x}"


def _member_text(text: str, key: str) -> str:
    try:
        return bytes(_MEMBERS.decode(text)[key]).decode()
    except (ValueError, KeyError, RecursionError):  # read more leniently elsewhere
        span = dict(json_text.members(text))[key]
        return text[span.start : span.end]
