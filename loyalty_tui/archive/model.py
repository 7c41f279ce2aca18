"""What the archive answers with: frozen values that hold no file and no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.crowdtwist.profile import PushKind

Key: TypeAlias = tuple[int | str | float, ...]
"""Where an entry stands in a sorting; opaque, comparable only within one sorting."""


class Sorting(StrEnum):
    """By what a list of pushes is ordered."""

    UPDATED = "updated"
    """By the profile's last update, then by receipt."""
    RECEIVED = "received"
    POINTS = "points"
    MEMBER = "member"
    """By name, then by id, the newest push of each member first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One push as a list shows it; its text stays in its file."""

    ref: str
    """Its file and the byte at which it starts there, joined by a colon."""
    key: Key
    """Where it stands in the sorting it was asked for."""
    kind: PushKind
    member_id: int | None
    updated_at: datetime | None
    """In UTC, to the second."""
    received_at: datetime | None
    """In UTC; None for a push that was saved without an envelope."""
    event: str
    tier: str
    total_points: int | Decimal | None
    redeemable_points: int | Decimal | None
    copies: int
    """How often the same body was received, at least 1."""
    name: str = field(repr=False)
    email: str = field(repr=False)
    phone_digits: str = field(repr=False)


class Page(Struct, frozen=True):
    """Some neighbouring entries of a list."""

    entries: tuple[Entry, ...]
    is_end: bool
    """Whether nothing follows in the direction that was asked for."""


class History(Struct, frozen=True):
    """A member's profile pushes over time."""

    entries: tuple[Entry, ...]
    """Those with a date, oldest first; of very many a sample at equal distances of time."""
    pushes: int
    """How many there are of which these are all, or the sample."""


class Bar(Struct, frozen=True):
    """The pushes of one stretch of time."""

    since: datetime
    """In UTC, included."""
    until: datetime
    """In UTC, not included."""
    pushes: int


class Sums(Struct, frozen=True):
    """How many pushes a query finds, and when they were."""

    pushes: int
    bars: tuple[Bar, ...]
    """Without gaps, oldest first; empty when no push has a date."""
    absent: str = ""
    """In a sentence, why none is found, where no push has what is chosen from a small set."""


class Totals(Struct, frozen=True):
    """The whole archive in numbers."""

    files: int
    pushes: int
    """Every push saved, copies included."""
    members: int
    """CrowdTwist ids."""
    unreadable: int
    """Places that could not be read."""
    bytes: int
    """Of the files as they lie on disk."""
    last_at: datetime | None
    """When the newest push was updated, or received when it names no update, in UTC."""
    received_at: datetime | None = None
    """When the last push was received, in UTC; None when no push names that."""
    copies: int = 0
    """Pushes whose body is that of another one, with which they are shown."""


class Unreadable(Struct, frozen=True):
    """A place of the archive that could not be read."""

    file: str
    """Relative to the archive, with forward slashes; may hold any character."""
    line: int
    """Counted from 1; 0 when it is all of the file or folder, or a place in compressed data."""
    offset: int
    """The byte of the (decompressed) file at which it starts, on that line; 0 for all of it."""
    reason: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True)
class MemberFound:
    """A CrowdTwist member behind an identifier."""

    member_id: int | None
    """None for pushes that name no member but have the identifier."""
    name: str = field(repr=False)
    """The newest name that was sent; may be empty."""
    pushes: int
    """Copies not counted."""
    query: Query
    """Finds exactly these pushes."""


class Progress(Struct, frozen=True):
    """How far the index has come, said whenever there is more to find than before."""

    pushes: int
    """Pushes read so far in this run."""
    bytes_done: int
    bytes_total: int
    seconds: float
    is_done: bool = False
    """Whether everything saved so far is in the index. Later pushes are said with another one."""


class ScanProgress(Struct, frozen=True):
    """How far a query has come that looks at pushes themselves."""

    found: int
    bytes_done: int
    bytes_total: int
    is_done: bool = False
