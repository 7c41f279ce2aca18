"""A saved push, leniently understood: who it is about and where they stand.

Source: the vendor's "Live Push User Profile" and its contradictions. Nothing is derived that was
not sent, and whatever cannot be read is left out rather than refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from loyalty_tui.crowdtwist import json_text


class PushKind(StrEnum):
    """What a push is about, told by its property names."""

    PROFILE = "profile"
    ACTIVITY = "activity"
    REDEMPTION = "redemption"
    EXPIRATION = "expiration"
    SEGMENTATION = "segmentation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the program needs to know of a push to find it, order it and list it."""

    kind: PushKind
    member_id: int | None
    """CrowdTwist's own id of the member; sent as a number or a string of digits."""
    name: str = field(repr=False)
    """First, middle and last name as sent, joined; may be empty."""
    email: str = field(repr=False)
    """As sent; empty when none was."""
    phone_digits: str = field(repr=False)
    """The international number's digits without a plus sign; empty when none was sent."""
    updated_at: datetime | None
    """When the profile was last updated, in UTC, to the second."""
    event: str
    """The event that assigned the tier, as sent; empty when none was."""
    tier: str
    """The current tier's title as sent; never worked out from points."""
    total_points: int | Decimal | None
    redeemable_points: int | Decimal | None


EVENTS: Final = {
    "jump": "moved up a tier",
    "update": "score updated",
    "drop": "dropped a tier",
    "maintain": "kept the tier when it expired",
    "reset": "counters reset, tier unchanged",
    "start": "started the tier",
}
"""The documented tier events, in lower case, and what they mean."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FURTHEST: Final = 10**12
"""Seconds; well outside of the years 1 to 9999, and small enough to count with."""
_NUMERIC: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,12})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_SNAKE: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_NAMES: Final = (
    ("firstName", "first_name"), ("middleName", "middle_name"), ("lastName", "last_name"),
)  # fmt: skip
_EMAIL: Final = ("emailAddress", "email_address", "email")
_MOBILE: Final = ("mobilePhoneNumber", "mobile_phone_number")
_UPDATED: Final = ("dateLastUpdated", "date_last_updated")
_FLAGS: Final = {"0": False, "1": True, "false": False, "true": True}
_LARGEST_ID: Final = 10**36
_PHONE_LENGTH: Final = 64
"""Characters of a phone number that are looked at; no number is longer."""


def understand(push: Mapping[str, object]) -> Profile:
    """Return what a push says about its member; wrong types read as if nothing had been sent."""
    kind = _kind(push)
    tier_info = _mapping(push.get("tierInfo"))
    title = _text(_mapping(tier_info.get("currentLevel")).get("title"))
    is_profile = kind is PushKind.PROFILE
    ids = ("id", "userId", "user_id") if is_profile else ("userId", "user_id")
    # Only the other kinds are written in snake_case.
    count = 1 if is_profile else None
    parts = (_text(_first(push, *keys[:count])).strip() for keys in _NAMES)
    return Profile(
        kind=kind,
        member_id=_whole(_first(push, *ids)),
        name=" ".join(part for part in parts if part),
        email=_text(_first(push, *_EMAIL[:count])),
        phone_digits=_phone(_first(push, *_MOBILE[:count])),
        updated_at=read_instant(_first(push, *_UPDATED[:count])),
        event=_text(tier_info.get("assignedByEvent")),
        tier=title or _text(push.get("fanLevelName")),
        total_points=read_number(push.get("totalPoints")),
        redeemable_points=read_number(push.get("redeemablePoints")),
    )


def read_instant(value: object) -> datetime | None:
    """Return a date in UTC: seconds since 1970 as a number or string, or an ISO 8601 string.

    An ISO string without an offset is taken as UTC. Anything else, also a boolean or a date
    outside of the years 1 to 9999, is None.
    """
    seconds = read_number(value)
    try:
        if seconds is not None:
            if not -_FURTHEST < seconds < _FURTHEST:
                return None
            return _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))
        if not isinstance(value, str) or not _ISO.fullmatch(written := value.strip().upper()):
            return None
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_number(value: object) -> int | Decimal | None:
    """Return a number or a string of one with every digit; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        if not _NUMERIC.fullmatch(text):
            return None
        return Decimal(text) if "." in text else int(text)
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return value if isinstance(value, int) else None


def read_flag(value: object) -> bool | None:
    """Return a yes or no sent as 0/1, "0"/"1", true/false or "true"/"false"; else None."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    number = read_number(value)
    return bool(number) if number in (0, 1) else None


def read_custom_data(value: object) -> dict[str, object] | str | None:
    """Return custom data: an object, also one sent as a string of JSON, or a string as it came.

    Null, and what is neither an object nor a string, is None.
    """
    if isinstance(value, str):
        try:
            held = json_text.loads(value)
        except json_text.JsonTextError:
            return value
        return held if isinstance(held, dict) else value
    return value if isinstance(value, dict) else None


def event_in_words(event: str) -> str:
    """Return what a tier event means, in any letter case; an unknown one as it came."""
    return EVENTS.get(event.strip().lower(), event)


def _kind(push: Mapping[str, object]) -> PushKind:
    if "tierInfo" in push:
        return PushKind.PROFILE
    if "userActivityId" in push or "activityId" in push:
        return PushKind.ACTIVITY
    if "orderId" in push or "rewardId" in push:
        return PushKind.REDEMPTION
    if "emailAddress" in push:
        return PushKind.PROFILE
    # The vendor names no property of the snake_case pushes: only a plain word is taken for one.
    words = {word for key in push if _SNAKE.fullmatch(key) for word in key.split("_")}
    expires = any(word.startswith("expir") for word in words)
    segments = any(word.startswith("segment") for word in words)
    if expires != segments:
        return PushKind.EXPIRATION if expires else PushKind.SEGMENTATION
    return PushKind.UNKNOWN


def _first(push: Mapping[str, object], *keys: str) -> object:
    return next((push[key] for key in keys if push.get(key) is not None), None)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    number = read_number(value)
    # An exponent can make a short text a number that fills the memory.
    if number is None or not -_LARGEST_ID < number < _LARGEST_ID or number != int(number):
        return None
    return int(number)


def _phone(value: object) -> str:
    text = value if isinstance(value, str) else str(_whole(value) or "")
    digits = "".join(str(int(sign)) for sign in text[:_PHONE_LENGTH] if sign.isdecimal())
    return digits.removeprefix("00")
