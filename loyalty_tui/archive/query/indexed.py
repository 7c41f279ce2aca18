"""The language's own fields, which the index answers, and words without a field."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import astuple

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query import terms
from loyalty_tui.archive.query.model import (
    Choice,
    Digits,
    Email,
    Given,
    InFile,
    Period,
    Range,
    Words,
)
from loyalty_tui.archive.query.readings import Named, Reading, part, presence, spelled
from loyalty_tui.archive.query.terms import TermError
from loyalty_tui.crowdtwist.profile import PushKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from loyalty_tui.archive.query.pieces import Piece
    from loyalty_tui.archive.query.readings import Reader
    from loyalty_tui.archive.query.terms import Stretch

_MIXED: Final = re.compile(r"(?=.*[0-9])(?=.*[^0-9])[\w./-]+", re.ASCII)
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def _given(value: Piece, field: Literal["name", "email", "user", "phone", "crm"]) -> Reading | None:
    """Return what * and null say of a field of people."""
    asked = presence(value)
    return Reading((Given(field),), is_opposite=asked == "none") if asked else None


def _free(value: Piece, _now: datetime) -> Reading | None:
    if not (folded := part(value)) or folded in terms.UNFINISHED:
        return None
    # A third-party id that is more than digits is found as it is written.
    as_written = (Digits("crm", folded),) if _MIXED.fullmatch(folded) else ()
    if number := terms.digits(folded):
        return Reading((*_digits("any", number).tests, *as_written))
    return Reading((Words("any", folded), *as_written))


def _digits(field: Literal["any", "phone"], number: str, *, is_part: bool = False) -> Reading:
    """Return what digits say: themselves, and a phone number dialled from abroad without its 00."""
    tests = [Digits(field, number, is_part)]
    if phone := terms.from_abroad(number):
        tests.append(Digits("phone", phone, is_part))
    return Reading(tuple(tests))


def _words(value: Piece, _now: datetime, *, field: Literal["name", "user"]) -> Reading | None:
    folded = part(value)
    if special := _given(value, field):
        return special
    return Reading((Words(field, folded),)) if folded else None


def _email(value: Piece, _now: datetime) -> Reading | None:
    text, is_beginning = spelled(value)
    folded = part(value)
    if special := _given(value, "email"):
        return special
    if not is_beginning and _ADDRESS.fullmatch(text) and not text.startswith("*"):
        return Reading((Email(text.lower()),))
    return Reading((Words("email", folded),)) if folded else None


def _phone(value: Piece, _now: datetime) -> Reading | None:
    folded = part(value)
    if special := _given(value, "phone"):
        return special
    if not folded or folded in terms.UNFINISHED:
        return None
    if number := terms.digits(folded):
        return _digits("phone", number, is_part=value.text.endswith("*"))
    raise TermError("takes digits", "Write the number or some of its digits.")


def _crm(value: Piece, _now: datetime) -> Reading | None:
    folded = part(value)
    if special := _given(value, "crm"):
        return special
    return Reading((Digits("crm", folded),)) if folded else None


def _file(value: Piece, _now: datetime) -> Reading | None:
    return Reading((InFile(folded),)) if (folded := part(value)) else None


def _choice(
    value: Piece, _now: datetime, *, field: Literal["tier", "event", "country", "city", "type"]
) -> Reading | None:
    asked = presence(value)
    if asked or value.is_quoted_nothing:
        return Reading((Choice(field, ""),), is_opposite=asked == "any")
    text, is_beginning = spelled(value)
    if not (folded := fold(text)):
        return None
    if field == "type" and not any(kind.startswith(folded) for kind in PushKind):
        kinds = tuple(str(kind) for kind in PushKind)
        raise TermError("takes a kind of push", f"Write one of {', '.join(kinds)}.", kinds)
    return Reading((Choice(field, folded, is_beginning),))


def _range(
    value: Piece, _now: datetime, *, field: Literal["id", "points", "redeemable"]
) -> Reading | None:
    if asked := presence(value):
        return Reading((Range(field, None, None),), is_opposite=asked == "none")
    if not (folded := fold(value.text)) or folded in terms.UNFINISHED:
        return None
    return Reading((Range(field, *astuple(terms.numbers(folded))),))


def _period(
    value: Piece,
    now: datetime,
    *,
    field: Literal["at", "updated", "received"],
    read: Callable[[str, datetime], Stretch],
) -> Reading | None:
    if read is terms.times and (asked := presence(value)):
        return Reading((Period(field, None, None),), is_opposite=asked == "none")
    if not (folded := fold(value.text)) or folded in terms.UNFINISHED:
        return None
    stretch = read(folded, now)
    return Reading((Period(field, stretch.since, stretch.until),))


_READERS: Final[dict[str, Reader]] = {
    "email": _email,
    "phone": _phone,
    "id": partial(_range, field="id"),
    "crm": _crm,
    "name": partial(_words, field="name"),
    "user": partial(_words, field="user"),
    "tier": partial(_choice, field="tier"),
    "event": partial(_choice, field="event"),
    "points": partial(_range, field="points"),
    "redeemable": partial(_range, field="redeemable"),
    "country": partial(_choice, field="country"),
    "city": partial(_choice, field="city"),
    "since": partial(_period, field="at", read=terms.since),
    "until": partial(_period, field="at", read=terms.until),
    "updated": partial(_period, field="updated", read=terms.times),
    "received": partial(_period, field="received", read=terms.times),
    "type": partial(_choice, field="type"),
    "file": _file,
}
OWN: Final = {name: Named(name, read) for name, read in _READERS.items()}
"""The fields by their names."""

FREE: Final = Named("", _free)
"""What stands for itself, without a field's name."""
