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
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec
from xxhash import xxh3_64_intdigest

from loyalty_tui.archive.line_heads import (
    LINE_BREAKS,
    Receipts,
    bodies_of,
    count_alike,
    shape_of,
)
from loyalty_tui.archive.people import Packed, Said, pack
from loyalty_tui.archive.quick import Runs, while_sound
from loyalty_tui.archive.stored import HASH_BITS, NEVER, body_hash, microseconds
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import understand
from loyalty_tui.privacy import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from loyalty_tui.archive.pushes import Found

Standing: TypeAlias = tuple[str, str, str]
"""Kind, event and tier: few different ones, kept once."""

_MOST: Final = 2**62
_LEAST: Final = math.nextafter(NEVER, math.inf)
"""The least points that a column holds: what was not sent stands before them."""
_MICROSECOND: Final = 1_000_000
_EARLIEST: Final = -62_135_596_800
_LATEST: Final = 253_402_300_799
"""Seconds of the years 1 to 9999, which `profile.read_instant` takes for dates."""
_LONGEST_DATE: Final = 30
"""Digits that `profile.read_number` takes for a number when they come as text."""
_PLAIN_NUMBER: Final = re.compile("(?!00)[0-9]{1,64}")
_MOST_REMEMBERED: Final = 300_000

_Points: TypeAlias = Annotated[int, msgspec.Meta(gt=NEVER, lt=_MOST)]


class _Level(msgspec.Struct, rename="camel", gc=False):
    title: str | None = None


class _TierInfo(msgspec.Struct, rename="camel", gc=False):
    assigned_by_event: str | None = None
    current_level: _Level | None = None


class _Push(msgspec.Struct, rename="camel", gc=False):
    """The properties that are indexed, in the vendor's order and usual types."""

    tier_info: _TierInfo | None
    id: Annotated[int, msgspec.Meta(ge=0, lt=_MOST)]
    date_last_updated: str | Annotated[int, msgspec.Meta(ge=_EARLIEST, le=_LATEST)]
    push: None = None
    """With anything else there, it may be an envelope."""
    country: str | None = None
    redeemable_points: _Points | None = None
    email_address: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    city: str | None = None
    third_party_id: str | None = None
    mobile_phone_number: str | None = None
    fan_level_name: str | None = None
    user_name: str | None = None
    total_points: _Points | None = None
    middle_name: str | None = None
    older_user_name: None = msgspec.field(default=None, name="user_name")
    older_third_party_id: None = msgspec.field(default=None, name="third_party_id")


_encode = msgspec.msgpack.Encoder().encode
_decode_push = msgspec.json.Decoder(_Push).decode
_decode_numbers = msgspec.json.Decoder(list[int]).decode


@dataclass(slots=True)
class Batch:
    """Rows of neighbouring pushes, with the persons and standings that are new in them."""

    count: int = 0
    rows: list[bytes] = field(default_factory=list)
    """Some rows each, column by column in MessagePack: the byte of the file at which a
    push starts; the numbers of its person and standing, counted over all that this decoder ever
    sent; its length in bytes; seconds since 1970 of the update, else of the receipt, else NEVER;
    microseconds since 1970 of the receipt, or NEVER; points and redeemable points, or NEVER; the
    hash of its body, negative where no update was sent."""
    exact: list[tuple[int, str, str]] = field(default_factory=list)
    """Place, points and redeemable points as text, where a column cannot hold them."""
    new_persons: list[Packed] = field(default_factory=list)
    new_standings: list[Standing] = field(default_factory=list)

    def add(self, *columns: list[Any]) -> None:
        """Add rows, column by column."""
        # Written at once, while they are in the processor's own memory, they take little of it.
        self.count += len(columns[0])
        self.rows.append(_encode(columns))

    def plain(self) -> Plain:
        """Return the fields as plain values."""
        return self.count, self.rows, self.exact, self.new_persons, self.new_standings


Plain: TypeAlias = tuple[int, list[bytes], list[tuple[int, str, str]], list[Packed], list[Standing]]
"""A batch as it crosses between processes."""


class Decoder:
    """Turns pushes into rows and remembers whom and what it has met.

    What is as it mostly is goes through column by column, which is quicker than row by row.
    """

    def __init__(self) -> None:
        self.batch = Batch()
        self._persons: dict[int, int] = {}
        self._next_person = 0
        self._standings: dict[Standing, int] = {}
        self._said: dict[tuple[str | None, ...], int] = {}
        self._receipts = Receipts()
        self._runs = Runs()

    def take(self) -> Batch:
        """Return the rows since the last call."""
        batch, self.batch = self.batch, Batch()
        if len(self._persons) > _MOST_REMEMBERED:
            self._persons.clear()
        return batch

    def add(self, raws: Sequence[bytes], places: Sequence[int]) -> int:
        """Add the pushes of lines, with their line breaks, or of elements of an array.

        They start at those bytes.

        It ends before the first one that is unusual; returns how many were added.
        """
        return self._runs.through(len(raws), lambda run: self._add_run(raws[run], places[run]))

    def _add_run(self, raws: Sequence[bytes], places: Sequence[int]) -> int:
        shape = shape_of(raws[0])
        if shape and count_alike(raws, shape) == len(raws):
            line_break = shape.line_break
            lengths = [len(raw) - line_break for raw in raws]
        else:
            lines = [raw.rstrip(LINE_BREAKS) for raw in raws]  # perhaps they differ only in those
            lengths = list(map(len, lines))
            # Of one that is not packed, the hash would not be that of the packed body.
            raws = lines if shape else while_sound(_pack, lines)
            shape = shape_of(raws[0]) if raws else None
            if shape is None:
                return 0
            raws = raws[: count_alike(raws, shape)]
        received = self._receipts.of(raws, shape)
        bodies = bodies_of(raws[: len(received)], shape)
        try:
            for body in bodies:  # what is skipped is not looked at
                if not body.isascii():
                    body.decode()
        except UnicodeDecodeError:
            del bodies[bodies.index(body) :]
        pushes = while_sound(_decode_push, bodies)
        updated = _seconds([push.date_last_updated for push in pushes])
        persons = self._person_numbers(pushes[: len(updated)])
        pushes = pushes[: len(persons)]
        if not pushes:
            return 0
        self.batch.add(
            list(places[: len(pushes)]),
            persons,
            self._standing_numbers(pushes),
            lengths[: len(pushes)],
            updated[: len(pushes)],
            received[: len(pushes)],
            [NEVER if (sent := push.total_points) is None else sent for push in pushes],
            [NEVER if (sent := push.redeemable_points) is None else sent for push in pushes],
            [xxh3_64_intdigest(body) & HASH_BITS for body in bodies[: len(pushes)]],
        )
        return len(pushes)

    def _person_numbers(self, pushes: Sequence[_Push]) -> list[int]:
        """Return the numbers of the persons of pushes, up to the first with an unusual phone."""
        # Known again by a hash alone: what is said of all the people would fill the memory.
        said = [
            _encode(
                (
                    push.id, push.first_name, push.middle_name, push.last_name, push.email_address,
                    push.mobile_phone_number, push.user_name, push.third_party_id, push.country,
                    push.city,
                )
            )
            for push in pushes
        ]  # fmt: skip
        met_as = list(map(xxh3_64_intdigest, said))
        numbers = list(map(self._persons.get, met_as))
        for at, number in enumerate(numbers if None in numbers else ()):
            if number is None:
                phone = pushes[at].mobile_phone_number
                if phone and not _PLAIN_NUMBER.fullmatch(phone):
                    del numbers[at:]
                    break
                numbers[at] = self._person((met_as[at], said[at]))
        return numbers  # type: ignore[return-value]  # none is left that is None

    def _standing_numbers(self, pushes: Iterable[_Push]) -> list[int]:
        said = [
            (None, None, push.fan_level_name)
            if (tier := push.tier_info) is None
            else (
                tier.assigned_by_event,
                None if (level := tier.current_level) is None else level.title,
                push.fan_level_name,
            )
            for push in pushes
        ]
        for event, title, fan_level in set(said).difference(self._said):
            standing = ("profile", event or "", title or fan_level or "")
            self._said[event, title, fan_level] = self._standing(standing)
        return [self._said[each] for each in said]

    def found(self, found: Found, place: int) -> None:
        """Add a push that was read the lenient way, at its place in the file."""
        profile = understand(found.value)
        value = found.value
        member = profile.member_id
        said: Said = (
            str(member) if member is not None and abs(member) >= _MOST else member,
            unbroken(profile.name),
            None,
            None,
            unbroken(profile.email),
            profile.phone_digits,
            _text(value, "userName", "user_name"),
            _text(value, "thirdPartyId", "third_party_id"),
            _text(value, "country"),
            _text(value, "city"),
        )
        met_as, packed = pack(said)
        # Known apart from those of the quick way, which does not look again at a known one's phone.
        person = self._person((~met_as, packed))
        received = NEVER if found.received_at is None else microseconds(found.received_at)
        if profile.updated_at is not None:
            updated = microseconds(profile.updated_at) // _MICROSECOND
        else:
            updated = NEVER if received == NEVER else received // _MICROSECOND
        packed_hash = body_hash(found.text)
        batch = self.batch
        points, redeemable = profile.total_points, profile.redeemable_points
        if not (_fits(points) and _fits(redeemable)):
            batch.exact.append((place, _written(points), _written(redeemable)))
        standing = profile.kind.value, unbroken(profile.event), unbroken(profile.tier)
        batch.add(
            [place],
            [person],
            [self._standing(standing)],
            [found.length],
            [updated],
            [received],
            [_stored(points)],
            [_stored(redeemable)],
            [packed_hash if profile.updated_at is not None else -packed_hash - 1],
        )

    def _person(self, packed: Packed) -> int:
        number = self._persons.get(packed[0])
        if number is None:
            number = self._persons[packed[0]] = self._next_person
            self._next_person += 1
            self.batch.new_persons.append(packed)
        return number

    def _standing(self, standing: Standing) -> int:
        number = self._standings.get(standing)
        if number is None:
            number = self._standings[standing] = len(self._standings)
            self.batch.new_standings.append(standing)
        return number


def _pack(document: bytes) -> bytes:
    """Return an object without white space between its tokens; ValueError if it is none."""
    if not (document.startswith(b"{") and document.endswith(b"}")):
        raise ValueError
    return msgspec.json.format(document, indent=-1)


def _seconds(dates: Sequence[str | int]) -> list[int]:
    """Return the dates of updates as numbers, up to the first that is none."""
    with suppress(TypeError, ValueError):  # a number, no digits, or a 0 before others
        digits = "".join(dates)  # type: ignore[arg-type]  # mostly they are text
        if digits.isascii() and digits.isdigit():
            numbers = _decode_numbers(f"[{','.join(dates)}]")  # type: ignore[arg-type]  # as above
            if max(numbers) <= _LATEST:
                return numbers
    return list(takewhile(_LATEST.__ge__, map(_second, dates)))


def _second(date: str | int) -> int:
    """Return a date as a number; one beyond all dates for what is none."""
    if isinstance(date, int):
        return date
    is_number = len(date) <= _LONGEST_DATE and date.isascii() and date.isdigit()
    return int(date) if is_number else _LATEST + 1


def _fits(number: int | Decimal | None) -> bool:
    return number is None or (isinstance(number, int) and -_MOST < number < _MOST)


def _stored(number: int | Decimal | None) -> int | float:
    if number is None:
        return NEVER
    if _fits(number):
        return int(number)
    try:
        value = float(number)
    except OverflowError:
        value = math.inf if number > 0 else -math.inf
    return max(_LEAST, min(sys.float_info.max, value))


def _written(number: int | Decimal | None) -> str:
    return "" if number is None else json_text.number_text(number)


def _text(value: Mapping[str, object], *keys: str) -> str:
    held = next((value[key] for key in keys if value.get(key) is not None), "")
    if isinstance(held, int) and not isinstance(held, bool):
        return json_text.number_text(held)
    return unbroken(held) if isinstance(held, str) else ""
