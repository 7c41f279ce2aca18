"""A push of a list as one line: for people, or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty_tui.cli.json_line import json_line
from loyalty_tui.privacy import mask_email, mask_phone, neutralise
from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from loyalty_tui.archive.model import Entry

SCHEMA: Final = "loyalty-tui/push/1"


def as_json(entry: Entry, *, reveal: bool) -> str:
    """Return the JSON of schema loyalty-tui/push/1, in ASCII; contacts masked unless revealed."""
    email, phone = _contacts(entry, reveal=reveal)
    return json_line(
        {
            "schema": SCHEMA,
            "ref": entry.ref,
            "member_id": entry.member_id,
            "received_at": _instant(entry.received_at, "microseconds"),
            "updated_at": _instant(entry.updated_at, "seconds"),
            "event": event(entry),
            "tier": entry.tier or None,
            "total_points": entry.total_points,
            "redeemable_points": entry.redeemable_points,
            "name": entry.name or None,
            "email": email or None,
            "phone": phone or None,
        }
    )


def as_text(entry: Entry, *, reveal: bool) -> str:
    """Return one line of facts, the reference last, free of control characters."""
    return ", ".join((*facts(entry, reveal=reveal), neutralise(entry.ref)))


def facts(entry: Entry, *, reveal: bool = False) -> Iterator[str]:
    """Yield what there is to say of a push, each free of control characters."""
    moment = entry.updated_at or entry.received_at
    yield f"{moment.day} {moment:%b %Y %H:%M} UTC" if moment else "not dated"
    if named := event(entry):
        yield neutralise(named, 40)
    if entry.tier:
        yield neutralise(entry.tier, 60)
    if entry.total_points is not None:
        yield f"{wording.number(entry.total_points)} points"
    yield neutralise(entry.name, 60) or "no name"
    yield from (neutralise(contact) for contact in _contacts(entry, reveal=reveal) if contact)
    if entry.copies > 1:
        yield f"received {entry.copies} times"


def event(entry: Entry) -> str | None:
    """Return a profile's event, or of another push what kind it is."""
    return entry.event or (None if entry.kind == "profile" else entry.kind.value)


def _contacts(entry: Entry, *, reveal: bool) -> tuple[str, str]:
    if reveal:
        return entry.email, entry.phone_digits
    return mask_email(entry.email), mask_phone(entry.phone_digits)


def _instant(moment: datetime | None, precision: str) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
