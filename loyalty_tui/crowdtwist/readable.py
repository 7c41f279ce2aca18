"""Values as one reads them: numbers grouped, flags as yes and no, dates in words, in UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from loyalty_tui.crowdtwist import json_text, profile
from loyalty_tui.crowdtwist.fields import Form

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

NOT_SENT: Final = "not sent"
"""What is shown for what is absent."""

NOT_SET: Final = "not set"
"""What is shown for null."""

EMPTY: Final = "empty"
"""What is shown for a text, object or list with nothing in it."""

MINUS: Final = "−"
"""The sign of a number below zero."""

_LONGEST_PLAIN: Final = 300
"""Digits up to which a number is written out."""
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def readable(form: Form, value: object) -> str | None:
    """Return a value as one reads it; None when it is not of that form. It may hold anything."""
    return _READERS[form](value)


def grouped(number: int | Decimal) -> str:
    """Return a number with all its digits, grouped by thousands: "−1,005"."""
    exact = Decimal(number)
    text = f"{exact:,f}" if abs(exact.adjusted()) < _LONGEST_PLAIN else str(exact)
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _code(value: object) -> str | None:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return json_text.number_text(value)
    return _text(value)


def _number(value: object) -> str | None:
    number = profile.read_number(value)
    return None if number is None else grouped(number)


def _flag(value: object) -> str | None:
    flag = profile.read_flag(value)
    return None if flag is None else "yes" if flag else "no"


def _day(value: object) -> str | None:
    moment = profile.read_instant(value)
    return None if moment is None else _date(moment)


def _instant(value: object) -> str | None:
    moment = profile.read_instant(value)
    return None if moment is None else f"{_date(moment)} {moment:%H:%M:%S} UTC"


def _date(moment: datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _flag_or_instant(value: object) -> str | None:
    number = profile.read_number(value)
    return None if number is not None and number < 0 else _flag(value) or _instant(value)


def _event(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = profile.event_in_words(value)
    return value if words == value else f"{words} ({value.strip()})"


def _custom(value: object) -> str | None:
    return value if isinstance(value, str) else EMPTY if value == {} else None


_READERS: Final[dict[Form, Callable[[object], str | None]]] = {
    Form.TEXT: _text,
    Form.CODE: _code,
    Form.NUMBER: _number,
    Form.FLAG: _flag,
    Form.INSTANT: _instant,
    Form.DAY: _day,
    Form.EVENT: _event,
    Form.OBJECT: lambda value: EMPTY if value == {} else None,
    Form.CUSTOM: _custom,
    Form.FLAG_OR_INSTANT: _flag_or_instant,
}
