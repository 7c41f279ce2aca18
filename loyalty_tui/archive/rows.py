"""What the index keeps of a push, read from its bytes: quickly for the usual line, exactly for all.

The quick way decodes a dozen properties and refuses whatever is unusual; that goes the lenient way
of `reading` and `profile`, which the quick one must never contradict.
"""

from __future__ import annotations

import math
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from xxhash import xxh3_64_intdigest

from loyalty_tui.archive.people import Identity, Packed, pack
from loyalty_tui.archive.stored import HASH_BITS, NEVER, body_hash
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import understand
from loyalty_tui.privacy import unbroken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from loyalty_tui.archive.pushes import Found

Standing: TypeAlias = tuple[str, str, str]
"""Kind, event and tier: few different ones, kept once."""

_MOST: Final = 2**62
_MICROSECOND: Final = 1_000_000
_MINUTE: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:")
_ENVELOPE_START: Final = b'{"received_at":"'
_ENVELOPE_END: Final = b'Z","push":{"'
_ENVELOPE_TIME_END: Final = 42
_OPENING_BRACE, _QUOTE, _CLOSING_BRACE, _POINT = b'{"}.'
_SPACES: Final = b" \t\r\n"
_EARLIEST: Final = -62_135_596_800
_LATEST: Final = 253_402_300_799
"""Seconds of the years 1 to 9999, which `profile.read_instant` takes for dates."""
_COLUMNS: Final = 9
_PLAIN_NUMBER: Final = re.compile("(?!00)[0-9]{1,64}")
_MOST_REMEMBERED: Final = 300_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Level(msgspec.Struct, rename="camel", gc=False):
    title: str | None = None


class _TierInfo(msgspec.Struct, rename="camel", gc=False):
    assigned_by_event: str | None = None
    current_level: _Level | None = None


class _Push(msgspec.Struct, rename="camel", gc=False):
    """The properties that are indexed, in the vendor's order and usual types."""

    tier_info: _TierInfo | None
    push: None = None
    """With anything else there, it may be an envelope."""
    country: str | None = None
    redeemable_points: int | None = None
    email_address: str | None = None
    id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    city: str | None = None
    date_last_updated: str | int | None = None
    third_party_id: str | None = None
    mobile_phone_number: str | None = None
    fan_level_name: str | None = None
    user_name: str | None = None
    total_points: int | None = None
    middle_name: str | None = None


_decode_push = msgspec.json.Decoder(_Push).decode


Row: TypeAlias = tuple[int, int, int, int, int, int, float, float, int]
"""A push: the byte of the file at which it starts; the numbers of its person and standing, counted
over all that this decoder ever sent; its length in bytes; seconds since 1970 of the update, else of
the receipt, else NEVER; microseconds since 1970 of the receipt, or NEVER; points and redeemable
points, or NEVER; the hash of its body, negative where no update was sent."""


@dataclass(slots=True)
class Batch:
    """Rows of neighbouring pushes, with the persons and standings that are new in them."""

    rows: list[Row] = field(default_factory=list)
    exact: list[tuple[int, str, str]] = field(default_factory=list)
    """Place, points and redeemable points as text, where a column cannot hold them."""
    new_persons: list[Packed] = field(default_factory=list)
    new_standings: list[Standing] = field(default_factory=list)

    def columns(self) -> tuple[Any, ...]:
        """Return the columns of the rows, then the other fields, as plain values."""
        columns = tuple(zip(*self.rows, strict=True)) or ((),) * _COLUMNS
        return *columns, self.exact, self.new_persons, self.new_standings


class Decoder:
    """Turns pushes into rows and remembers whom and what it has met."""

    def __init__(self) -> None:
        self.batch = Batch()
        self._persons: dict[object, int] = {}
        self._next_person = 0
        self._standings: dict[Standing, int] = {}
        self._minute = b"", NEVER

    def take(self) -> Batch:
        """Return the rows since the last call."""
        batch, self.batch = self.batch, Batch()
        if len(self._persons) > _MOST_REMEMBERED:
            self._persons.clear()
        return batch

    def line(  # noqa: C901, PLR0911, PLR0912 - a call costs as much as what it would take out
        self, data: bytes, start: int, end: int, place: int, length: int = 0
    ) -> bool:
        """Add the push of data[start:end]; False when it is unusual, and nothing was added.

        Its length is that of these bytes unless another is given.
        """
        if data[end - 1] != _CLOSING_BRACE:
            return False
        received = NEVER
        if data.startswith(_ENVELOPE_START, start):
            time_end = start + _ENVELOPE_TIME_END
            if not data.startswith(_ENVELOPE_END, time_end):
                return False
            time_start = start + len(_ENVELOPE_START)
            minute = data[time_start : time_start + 17]
            began = self._minute[1] if minute == self._minute[0] else self._begin_minute(minute)
            digits = data[time_start + 17 : time_start + 19] + data[time_start + 20 : time_end]
            if (
                began == NEVER
                or data[time_start + 19] != _POINT
                or not digits.isdigit()
                or digits >= b"60"
            ):
                return False
            received = began + int(digits)
            body = data[time_end + len(_ENVELOPE_END) - 2 : end - 1]
        elif data[start] == _OPENING_BRACE:
            body = data[start:end]
        else:
            return False
        after = body.find(b'":') + 2
        is_spaced = body[1] != _QUOTE or body[after : after + 1] in _SPACES
        if is_spaced and not length:  # its hash would not be that of the packed body
            packed = _packed(data[start:end])
            return bool(packed) and self.line(packed, 0, len(packed), place, end - start)
        try:
            if not body.isascii():
                body.decode()  # what is skipped is not looked at
            push = _decode_push(body)
        except (ValueError, RecursionError):
            return False
        updated = push.date_last_updated
        if isinstance(updated, str):
            updated = int(updated) if updated.isascii() and updated.isdigit() else None
        points = NEVER if push.total_points is None else push.total_points
        redeemable = NEVER if push.redeemable_points is None else push.redeemable_points
        member = push.id
        if (
            updated is None
            or member is None
            or not 0 <= member < _MOST
            or not _EARLIEST <= updated <= _LATEST
            or not NEVER <= points < _MOST
            or not NEVER <= redeemable < _MOST
        ):
            return False
        # Known again by a hash alone: what is said of all the people would fill the memory.
        who = hash((
            member, push.first_name, push.middle_name, push.last_name, push.email_address,
            push.mobile_phone_number, push.user_name, push.third_party_id, push.country, push.city,
        ))  # fmt: skip
        number = self._persons.get(who)
        if number is None:
            number = self._meet(push, member, who)
            if number is None:
                return False
        tier = push.tier_info
        if tier is None:
            standing = ("profile", "", push.fan_level_name or "")
        else:
            title = tier.current_level.title if tier.current_level else None
            standing = ("profile", tier.assigned_by_event or "", title or push.fan_level_name or "")
        at = self._standings.get(standing)
        self.batch.rows.append(
            (
                place,
                number,
                self._standing(standing) if at is None else at,
                length or end - start,
                updated,
                received,
                points,
                redeemable,
                xxh3_64_intdigest(body) & HASH_BITS,
            )
        )
        return True

    def found(self, found: Found, place: int) -> None:
        """Add a push that was read the lenient way, at its place in the file."""
        profile = understand(found.value)
        value = found.value
        member = profile.member_id
        identity: Identity = (
            str(member) if member is not None and abs(member) >= _MOST else member,
            unbroken(profile.name),
            unbroken(profile.email),
            profile.phone_digits,
            _text(value, "userName", "user_name"),
            _text(value, "thirdPartyId", "third_party_id"),
            _text(value, "country"),
            _text(value, "city"),
        )
        number = self._persons.get(identity)
        if number is None:
            number = self._add_person(identity, identity)
        received = NEVER if found.received_at is None else _microseconds(found.received_at)
        if profile.updated_at is not None:
            updated = _microseconds(profile.updated_at) // _MICROSECOND
        else:
            updated = NEVER if received == NEVER else received // _MICROSECOND
        packed_hash = body_hash(found.text)
        batch = self.batch
        points, redeemable = profile.total_points, profile.redeemable_points
        if not (_fits(points) and _fits(redeemable)):
            batch.exact.append((place, _written(points), _written(redeemable)))
        standing = profile.kind.value, unbroken(profile.event), unbroken(profile.tier)
        batch.rows.append(
            (
                place,
                number,
                self._standing(standing),
                found.length,
                updated,
                received,
                _stored(points),
                _stored(redeemable),
                packed_hash if profile.updated_at is not None else -packed_hash - 1,
            )
        )

    def _meet(self, push: _Push, member: int, who: int) -> int | None:
        """Return the number of a new person; None when their phone number is unusual."""
        phone = push.mobile_phone_number or ""
        if phone and not _PLAIN_NUMBER.fullmatch(phone):
            return None
        name = (push.first_name or "").strip()
        for part in (push.middle_name, push.last_name):
            if part and (stripped := part.strip()):
                name = f"{name} {stripped}" if name else stripped
        return self._add_person(
            who,
            (
                member, name, push.email_address or "", phone, push.user_name or "",
                push.third_party_id or "", push.country or "", push.city or "",
            ),
        )  # fmt: skip

    def _add_person(self, met_as: object, identity: Identity) -> int:
        number = self._persons[met_as] = self._next_person
        self._next_person += 1
        self.batch.new_persons.append(pack(identity))
        return number

    def _standing(self, standing: Standing) -> int:
        number = self._standings.get(standing)
        if number is None:
            number = self._standings[standing] = len(self._standings)
            self.batch.new_standings.append(standing)
        return number

    def _begin_minute(self, minute: bytes) -> int:
        """Return the microseconds since 1970 at which "2026-11-21T10:00:" begins, or NEVER."""
        begins = NEVER
        if _MINUTE.fullmatch(minute):
            with suppress(ValueError):
                begins = _microseconds(datetime.fromisoformat(minute.decode() + "00Z"))
        self._minute = minute, begins
        return begins


def _packed(document: bytes) -> bytes:
    """Return JSON without white space between its tokens; none of what is not surely JSON."""
    try:
        return msgspec.json.format(document, indent=-1)
    except (ValueError, RecursionError):
        return b""


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _fits(number: int | Decimal | None) -> bool:
    return number is None or (isinstance(number, int) and -_MOST < number < _MOST)


def _stored(number: int | Decimal | None) -> int | float:
    if number is None:
        return NEVER
    if _fits(number):
        return int(number)
    try:
        return max(-sys.float_info.max, min(sys.float_info.max, float(number)))
    except OverflowError:
        return math.copysign(sys.float_info.max, number)


def _written(number: int | Decimal | None) -> str:
    return "" if number is None else json_text.number_text(number)


def _text(value: Mapping[str, object], *keys: str) -> str:
    held = next((value[key] for key in keys if value.get(key) is not None), "")
    if isinstance(held, int) and not isinstance(held, bool):
        return json_text.number_text(held)
    return unbroken(held) if isinstance(held, str) else ""
