"""The orders in which pushes are listed, as SQL: by what they sort, and what lies beyond a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.model import Sorting
from loyalty_tui.archive.query import terms
from loyalty_tui.archive.stored import NEVER

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.model import Key

_LEAST: Final = -(2**63)
_LAST_SIGN: Final = "\U0010ffff"
_SECOND: Final = 1_000_000
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Order:
    """One sorting: columns that rise and fall together, the first of them by the index."""

    columns: tuple[str, ...]
    by_index: str
    """The column of pushes that the index is walked by; others must not lead the planner away."""


ORDERS: Final = {
    Sorting.UPDATED: Order(("u.at", "u.received", "u.place"), "u.at"),
    Sorting.RECEIVED: Order(("u.received", "u.place"), "u.received"),
    Sorting.POINTS: Order(("u.points", "u.at", "u.place"), "u.points"),
    Sorting.MEMBER: Order(("p.sorted", "p.member", "-u.at", "-u.place"), ""),
}
OF_MEMBERS: Final = 2
"""How many of the columns of Sorting.MEMBER are the member's."""


def at_place(key: Key, place: int) -> Key:
    """Return the key of a push whose file has another number by now: the index was made anew."""
    return (*key[:-1], place if key > (*key[:-1], 0) else -place)


def jump_key(sorting: Sorting, text: str, now: datetime, *, descending: bool) -> Key | None:
    """Return a key just before what a text names in a sorting; None when it names nothing."""
    text = text.strip()
    if sorting is Sorting.MEMBER:
        name = fold(text) + (_LAST_SIGN if descending else "")
        return (name, _LEAST, 0, 0) if text else None
    if sorting is Sorting.POINTS:
        plain = text.replace(",", "").replace(" ", "")
        if not _NUMBER.fullmatch(plain):
            return None
        number = float(plain) if "." in plain else int(plain)
        return (number, -_LEAST - 1 if descending else _LEAST, 0)
    moment = _moment(text, now)
    if moment is None:
        return None
    edge = moment[1] if descending else moment[0]
    by_receipt = sorting is Sorting.RECEIVED
    return (edge, _LEAST) if by_receipt else (-(-edge // _SECOND), _LEAST, _LEAST)


def _moment(text: str, now: datetime) -> tuple[int, int] | None:
    """Return where the longest beginning of a text that is a date begins, and where it ends."""
    while text:
        try:
            stretch = terms.times(fold(text), now)
        except terms.TermError:
            text = text[:-1]
            continue
        since, until = stretch.since, stretch.until
        if since is None or until is None:
            ago = since if since is not None else until
            return None if ago is None else (ago, ago)
        return since, until
    return None


def is_dated(at: int) -> bool:
    """Say whether a stored time is one."""
    return at > NEVER
