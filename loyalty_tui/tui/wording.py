"""Numbers, times and outside text as the desk and the command line word them. Pure functions."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Final

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.model import Progress, Totals
    from loyalty_tui.crowdmanager.models import Distinction, Number, Try
    from loyalty_tui.identifiers import Identifier

_LONGEST_PLAIN: Final = 60
"""Digits up to which a decimal is written out; one beyond gets its exponent."""
_MEGABYTE: Final = 1e6
_MINUTE: Final = 60
_MANY: Final = 2
"""Pushes a second from which on they are counted by the second."""
_TELLING: Final = 0.5
"""Seconds of reading from which on its speed tells how long the rest will take."""
_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)
NAME_LIMIT: Final = 120
"""Characters of a name that are shown; the vendor's own are a few words long."""


def number(value: Number) -> str:
    """Return a number with all its digits, grouped by thousands: 9,007,199,254,740,993 or 12.50."""
    if isinstance(value, Decimal) and not _is_plain(value):
        return str(value)
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def points(balance: Number | None) -> str:
    """Return a balance with its unit: "1 point", "12.50 points", "not known"."""
    if balance is None:
        return "not known"
    return f"{number(balance)} {'point' if balance == 1 else 'points'}"


def _is_plain(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) + abs(value.adjusted()) <= _LONGEST_PLAIN


def short(identifier: Identifier) -> str:
    """Return an identifier alone, as one reads it: "+47 22 34 56 78", or the address."""
    return identifier.address if identifier.type == "email" else identifier.international


def as_of(moment: datetime, now: datetime) -> str:
    """Return a local time, with its date when that is not today: "14:03:22"."""
    if moment.date() == now.date():
        return f"{moment:%H:%M:%S}"
    return f"{moment.day} {moment:%b %Y %H:%M:%S}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return "1 push" or "2,340 pushes"."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def distinction_name(distinction: Distinction) -> str:
    """Return a distinction's name, or its number when it has none, safe to show."""
    return neutralise(distinction.name.strip(), NAME_LIMIT) or f"Distinction {distinction.id}"


def earned(distinctions: tuple[Distinction, ...]) -> str:
    """Return how many are earned, countable at a glance: "2 of 4"."""
    return f"{sum(d.is_earned for d in distinctions)} of {len(distinctions)}"


def earned_first(distinctions: tuple[Distinction, ...]) -> list[Distinction]:
    """Return the distinctions with the earned ones first, else in the order sent."""
    return sorted(distinctions, key=lambda distinction: not distinction.is_earned)


def attempt(attempt: Try) -> str:
    """Return how far a look-up has come: "try 2 of 4 in 1.3 s, because …"."""
    words = f"try {attempt.number} of {attempt.of}"
    if attempt.pause:
        words += f" in {attempt.pause:.1f} s"
    if attempt.cause:
        words += f", because {neutralise(attempt.cause)}"
    return words


def share(done: int, total: int) -> int:
    """Return how much of a whole is done in whole per cent; never 100 before it is."""
    return 100 if done >= total else max(0, done) * 100 // total


def pulse(totals: Totals, progress: Progress, now: datetime, rate: str = "") -> str:
    """Return how an archive is doing: "1,204,331 pushes · last 14:02 UTC · 12/min".

    They are counted as they are listed, each with its copies as one.
    """
    parts = [counted(totals.pushes - totals.copies, "push", "pushes")]
    if not progress.is_done:
        parts.append(f"indexing {share(progress.bytes_done, progress.bytes_total)} %")
    elif newest := totals.received_at or totals.last_at:
        last = newest.astimezone(UTC)
        is_today = last.date() == now.astimezone(UTC).date()
        parts.append(f"last {last:%H:%M} UTC" if is_today else f"last {day(last)}")
        parts += [rate] if rate else []
    if totals.unreadable:
        parts.append(f"{totals.unreadable:,} unreadable")
    return " · ".join(parts)


def rate(minute: int, hour: int) -> str:
    """Return how many pushes come, from those of the last minute and hour: "12/min"; or nothing."""
    if minute >= _MANY * _MINUTE:
        return f"{minute / _MINUTE:,.0f}/s"
    if minute:
        return f"{minute:,}/min"
    return f"{hour:,}/h" if hour else ""


def indexing(progress: Progress) -> str:
    """Return how far an index has come: "512,000 pushes · 210 MB/s · 12 s left".

    Of a short time, which would tell little of the rest, only the pushes.
    """
    parts = [counted(progress.pushes, "push", "pushes")]
    if progress.seconds >= _TELLING and progress.bytes_done > 0:
        speed = progress.bytes_done / progress.seconds
        left = max(0, progress.bytes_total - progress.bytes_done) / speed
        parts.append(
            f"{speed / 1e6:,.0f} MB/s" if speed >= _MEGABYTE else f"{speed / 1e3:,.0f} kB/s"
        )
        parts.append(f"{duration(left)} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Return a stretch of time, rounded up: "12 s", "3 min", "2 h 10 min"."""
    whole = ceil(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    minutes = ceil(seconds / _MINUTE)
    hours, rest = divmod(minutes, _MINUTE)
    return f"{minutes} min" if not hours else f"{hours} h {rest} min"


def stretch(since: datetime, until: datetime) -> str:
    """Return a stretch of time, its end not included: "3 Mar – 9 Mar 2017".

    Whole days are named by their dates; of other times also hour and minute are, and the second
    where it counts: "3 Mar 2017 14:00 – 15:00".
    """
    is_days = not any((*_clock(since), *_clock(until)))
    last = until - _DAY if is_days and until > since else until
    if not is_days:
        time = _time(since, until)
        end = "" if since.date() == until.date() else f"{day(until)} "
        return f"{day(since)} {since:{time}} – {end}{until:{time}}"
    if since.date() == last.date():
        return f"{last.day} {last:%b %Y}"
    year = f" {since.year}" if since.year != last.year else ""
    return f"{since.day} {since:%b}{year} – {last.day} {last:%b %Y}"


def ends(since: datetime, until: datetime) -> tuple[str, str]:
    """Return what tells the two ends of a stretch of time apart, the second not included.

    Mostly that is the days, within one of them the times: "3 Mar 2017 14:00" and "15:00".
    """
    last = until - _INSTANT
    if since.date() != last.date():
        return day(since), day(last)
    time = _time(since, until)
    return f"{day(since)} {since:{time}}", f"{until:{time}}"


def _time(*moments: datetime) -> str:
    """Return how times are written: with the second where it counts."""
    return "%H:%M:%S" if any(each.second or each.microsecond for each in moments) else "%H:%M"


def _clock(moment: datetime) -> tuple[int, ...]:
    return moment.hour, moment.minute, moment.second, moment.microsecond


def day(moment: datetime) -> str:
    """Return a date: "3 Mar 2017"."""
    return f"{moment.day} {moment:%b %Y}"


def moment(at: datetime | None) -> str:
    """Return a time in UTC to the second: "3 Mar 2017 20:49:04 UTC", or "not dated"."""
    return f"{day(at)} {at:%H:%M:%S} UTC" if at else "not dated"
