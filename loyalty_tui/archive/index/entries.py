"""Pushes of the index as the entries of lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.archive.folder import shown
from loyalty_tui.archive.model import Entry
from loyalty_tui.archive.stored import NEVER
from loyalty_tui.crowdtwist.profile import PushKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from loyalty_tui.archive.model import Key

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_ENTRY: Final = """
    SELECT u.place, f.path, u.place & 1099511627775, s.kind, p.member, u.at, u.received, s.event,
        s.tier,
        u.points, u.redeemable, u.hash, p.name, ifnull(p.email, p.address), p.phone,
        (SELECT count(*) FROM copy WHERE shown = u.place), e.points, e.redeemable
    FROM push u JOIN person p ON p.no = u.person JOIN standing s ON s.no = u.standing
        JOIN file f ON f.no = u.place >> 40 LEFT JOIN exact e ON e.place = u.place
    WHERE u.place IN (SELECT value FROM json_each(?))
"""


def entries(db: sqlite3.Connection, listed: Sequence[tuple[int, Key]]) -> list[Entry]:
    """Return the entries of places with their keys, without those that are gone."""
    places = [place for place, _ in listed]
    found = {row[0]: row[1:] for row in db.execute(_ENTRY, (f"{places}",))}
    return [_entry(key, found[place]) for place, key in listed if place in found]


def _entry(key: Key, row: tuple[Any, ...]) -> Entry:
    (
        path, offset, kind, member, at, received, event, tier, points, redeemable, body_hash,
        name, email, phone, copies, exact_points, exact_redeemable,
    ) = row  # fmt: skip
    return Entry(
        ref=f"{shown(path)}:{offset}",
        key=tuple(key),
        kind=PushKind(kind),
        member_id=None if member == "" else int(member),
        updated_at=instant(at * 1_000_000) if body_hash >= 0 else None,
        received_at=None if received == NEVER else instant(received),
        event=event,
        tier=tier,
        total_points=_points(points, exact_points),
        redeemable_points=_points(redeemable, exact_redeemable),
        copies=copies + 1,
        name=name,
        email=email,
        phone_digits=phone,
    )


def instant(microseconds: int) -> datetime:
    """Return a time from microseconds since 1970, or the nearest that there is."""
    # The bars of the first and last days may reach beyond the calendar.
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _LAST if microseconds > 0 else _FIRST


def _points(stored: float, exact: str) -> int | Decimal | None:
    if stored == NEVER:
        return None
    if isinstance(stored, float):
        number = Decimal(exact)
        return number if "." in exact or "E" in exact.upper() else int(number)
    return stored
