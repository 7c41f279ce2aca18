"""A stretch of time put into a query's text, and taken out again. No screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.query.model import Period, QueryError

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.query.model import Clause, Query

_INSTANT: Final = timedelta(microseconds=1)
_SECOND: Final = timedelta(seconds=1)


def put_into(text: str, since: datetime, until: datetime, now: datetime) -> str:
    """Return a query with since: and until: of a stretch of time, in place of those it had.

    The end is not included in the stretch; `until:` names the last day or instant that is.
    """
    text = taken_out(text, now)
    stretch = f"since:{_first(since)} until:{_last(until)}"
    ranged = f"{text} {stretch}".strip()
    # What is still being typed may only stand at the end.
    return ranged if _clauses(ranged, now) is not None else f"{stretch} {text}"


def is_in(query: Query) -> bool:
    """Return whether a query asks for a stretch of time by since: or until:."""
    return any(_is_range(query.text, clause) for clause in query.clauses)


def taken_out(text: str, now: datetime) -> str:
    """Return a query without the since: and until: that it has."""
    for clause in reversed(_clauses(text, now) or ()):
        if _is_range(text, clause):
            text = f"{text[: clause.start].rstrip()} {text[clause.end :].lstrip()}"
    return text.strip()


def _clauses(text: str, now: datetime) -> tuple[Clause, ...] | None:
    """Return the conditions of a query, None while it cannot be read."""
    from loyalty_tui.archive.query import language

    try:
        return language.parse(text, now).clauses
    except QueryError:
        return None


def _is_range(text: str, clause: Clause) -> bool:
    written = text[clause.start : clause.end].lower()
    is_period = all(isinstance(test, Period) for test in clause.tests)
    return is_period and not clause.is_negated and written.startswith(("since:", "until:"))


def _first(since: datetime) -> str:
    return _written(since) if any(_clock(since)) else since.date().isoformat()


def _last(until: datetime) -> str:
    if not any(_clock(until)):
        return (until - _INSTANT).date().isoformat()
    if until.microsecond:
        return _written(until - _INSTANT, "microseconds")
    return _written(until - _SECOND)


def _written(moment: datetime, precision: str = "auto") -> str:
    return moment.replace(tzinfo=None).isoformat(timespec=precision)


def _clock(moment: datetime) -> tuple[int, ...]:
    return moment.hour, moment.minute, moment.second, moment.microsecond
