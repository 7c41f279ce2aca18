"""The values of a query: numbers, dates and times, digits and flags, alone and as ranges.

Whatever is read here is folded text; a value that cannot be read is a TermError.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
"""How yes and no are written, the usual way first."""

UNFINISHED: Final = frozenset({">", ">=", "<", "<=", ".", "..", "-", "+"})
"""What a number or date begins with and is none yet."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_CANONICAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_OPERATOR: Final = re.compile(r"(>=|<=|>|<) ?")
_MOMENT: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})"
    r"(?:[t ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6}))?)?z?)?)?)?"
)
_AGO: Final = re.compile(r"([0-9]{1,9}) ?([a-z]+)")
_UNITS: Final = {
    name: unit
    for unit, names in {
        "seconds": "s sec second seconds",
        "minutes": "min minute minutes",
        "hours": "h hour hours",
        "days": "d day days",
        "weeks": "w week weeks",
        "months": "m month months",
        "years": "y year years",
    }.items()
    for name in names.split()
}
_Limit = TypeVar("_Limit")

_PHONE_SIGNS: Final = frozenset(" .-/()")
WHOLE_NUMBER: Final = 7
"""Digits that a phone number has at least, with its country's."""
_MONTHS: Final = 12
_DAY: Final = 24 * 60 * 60 * 1_000_000
_1970: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class TermError(ValueError):
    """A value that cannot be read; its place is known only to the caller."""

    def __init__(self, reason: str, remedy: str, offers: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        """Follows the name of the field: "takes a number"."""
        self.remedy = remedy
        self.offers = offers


class Bounds(Struct, frozen=True):
    """Numbers between two, or without a limit where one is None."""

    low: Decimal | None
    high: Decimal | None
    low_included: bool = True
    high_included: bool = True


class Stretch(Struct, frozen=True):
    """Times from one up to, but without, another; microseconds since 1970 UTC."""

    since: int | None
    until: int | None


def digits(text: str) -> str | None:
    """Return the digits of a text that is a number as people write them, else None.

    Spaces, dots, dashes, slashes and brackets between digits go, and so does a leading +.
    """
    kept = ""
    for place, sign in enumerate(text):
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            kept += str(digit)
        elif sign not in _PHONE_SIGNS and not (sign == "+" and place == 0):
            return None
    return kept or None


def from_abroad(digits: str) -> str | None:
    """Return the phone number behind the 00 with which a whole one is dialled from abroad."""
    number = digits.removeprefix("00")
    return number if number != digits and len(number) >= WHOLE_NUMBER else None


def flag(text: str) -> bool:
    """Return a yes or no. Raises TermError."""
    if text not in FLAGS:
        raise TermError("takes yes or no", "Write yes or no.", ("yes", "no"))
    return FLAGS[text]


def is_plain(text: str) -> bool:
    """Return whether a number says the same as this text, to the last sign."""
    return _CANONICAL.fullmatch(text) is not None


def is_range(text: str) -> bool:
    """Return whether a text is written as a range: it has an operator or two dots."""
    return _OPERATOR.match(text) is not None or ".." in text


def numbers(text: str) -> Bounds:
    """Return what 5000, >5000, >=5000, <5000, <=5000, 100..200, ..100 or 5000.. says.

    Raises TermError.
    """
    if sign := _OPERATOR.match(text):
        limit = _number(text[sign.end() :])
        included = "=" in sign[1]
        if ">" in sign[1]:
            return Bounds(limit, None, low_included=included)
        return Bounds(None, limit, high_included=included)
    if ".." not in text:
        number = _number(text)
        return Bounds(number, number)
    low, high = _ends(text, _number)
    if low is not None and high is not None and low > high:
        raise _backwards()
    return Bounds(low, high)


def times(text: str, now: datetime) -> Stretch:
    """Return what a date says, alone or in the forms of `numbers`.

    A day, month, year, minute or second is all of it; a time ago, such as 7d, is since then.
    Raises TermError.
    """
    if sign := _OPERATOR.match(text):
        begin, end = _moment(text[sign.end() :], now)
        if ">" in sign[1]:
            return Stretch(begin if "=" in sign[1] else end, None)
        return Stretch(None, end if "=" in sign[1] else begin)
    if ".." not in text:
        begin, end = _moment(text, now)
        return Stretch(begin, None if begin == end else end)
    first, last = _ends(text, lambda written: _moment(written, now))
    since, until = first and first[0], last and last[1]
    # A time ago has no length: from it to itself is nothing, and yet not backwards.
    if since is not None and until is not None and since >= until and first != last:
        raise _backwards()
    return Stretch(since, until)


def since(text: str, now: datetime) -> Stretch:
    """Return the time from the beginning of a date on. Raises TermError."""
    return Stretch(_moment(text, now)[0], None)


def until(text: str, now: datetime) -> Stretch:
    """Return the time to the end of a date. Raises TermError."""
    return Stretch(None, _moment(text, now)[1])


def _ends(text: str, read: Callable[[str], _Limit]) -> tuple[_Limit | None, _Limit | None]:
    low, _, high = (part.strip() for part in text.partition(".."))
    if not (low or high):
        raise TermError("takes a range with one end at least", "Write it like 100..200 or ..100.")
    return (read(low) if low else None), (read(high) if high else None)


def _backwards() -> TermError:
    return TermError("has a range that ends before it begins", "Write the smaller end first.")


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise TermError(
            "takes a number", "Write plain digits, as in 5000, >5000, 100..200 or ..100."
        )
    return Decimal(text)


def _moment(text: str, now: datetime) -> tuple[int, int]:
    """Return where a date begins and where what follows it begins; the same for a time ago."""
    if text in {"today", "yesterday"}:
        day = now.astimezone(UTC).toordinal() - (text == "yesterday")
        return _span(day, day + 1)
    if (ago := _AGO.fullmatch(text)) and ago[2] in _UNITS:
        instant = _ago(int(ago[1]), _UNITS[ago[2]], now.astimezone(UTC))
        return instant, instant
    if not (written := _MOMENT.fullmatch(text)):
        raise TermError(
            "takes a date",
            "Write a year, month, day or minute such as 2017-03-01T10:00 (UTC), today, yesterday, "
            "or a time ago such as 7d or 24h.",
            ("today", "yesterday", "7d"),
        )
    year, month, day_of_month = (int(part) if part else None for part in written.group(1, 2, 3))
    begin, end = _days(year or 0, month, day_of_month)
    if not written[4]:
        return begin, end
    hour, minute, second = (int(part or 0) for part in written.group(4, 5, 6))
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - a day's own numbers
        raise TermError("names a time that does not exist", "Times go from 00:00:00 to 23:59:59.")
    begin += ((hour * 60 + minute) * 60 + second) * 1_000_000
    if not written[6]:
        return begin, begin + 60_000_000
    if not (fraction := written[7]):
        return begin, begin + 1_000_000
    begin += int(fraction.ljust(6, "0"))
    return begin, begin + 10 ** (6 - len(fraction))


def _days(year: int, month: int | None, day: int | None) -> tuple[int, int]:
    if not year:
        raise TermError("names a year that does not exist", "Years go from 0001 to 9999.")
    if month is None:
        return _span(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    if not 1 <= month <= _MONTHS:
        raise TermError(f"names month {month}, which does not exist", "Months go from 01 to 12.")
    days = monthrange(year, month)[1]
    if day is None:
        first = date(year, month, 1).toordinal()
        return _span(first, first + days)
    if not 1 <= day <= days:
        raise TermError(
            f"names a day that does not exist, as {year:04}-{month:02} has no day {day}",
            f"The last one is {year:04}-{month:02}-{days}.",
            (f"{year:04}-{month:02}-{days}",),
        )
    return _span(date(year, month, day).toordinal(), date(year, month, day).toordinal() + 1)


def _span(first: int, after: int) -> tuple[int, int]:
    return (first - _1970) * _DAY, (after - _1970) * _DAY


def _ago(count: int, unit: str, now: datetime) -> int:
    try:
        if unit in {"months", "years"}:
            months = (
                now.year * _MONTHS + now.month - 1 - count * (_MONTHS if unit == "years" else 1)
            )
            year, month = months // _MONTHS, months % _MONTHS + 1
            day = min(now.day, monthrange(year, month)[1])
            then = now.replace(year=year, month=month, day=day)
        else:
            then = now - timedelta(**{unit: count})
    except (ValueError, OverflowError):
        raise TermError("goes back too far", "Years go from 0001 to 9999.") from None
    return (then - _EPOCH) // timedelta(microseconds=1)
