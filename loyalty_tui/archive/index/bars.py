"""Stretches of time for the bars of a histogram: round ones, and not too many."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_STEPS: Final = (
    1, 5, 15, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR,
    12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY, 91 * _DAY, 182 * _DAY, 364 * _DAY,
)  # fmt: skip
"""Seconds."""


def bars_between(first: int, last: int, most: int) -> list[tuple[int, int]]:
    """Return neighbouring half-open stretches that hold both times, at most so many (at least 1).

    Times are seconds since 1970. The last stretch ends with the day of the last time, if not
    earlier: it says nothing of a future that has not come.
    """
    if most == 1:  # no round one holds times before and after 1970
        return [(first, last + 1)]
    step = next((step for step in _STEPS if _count(first, last, step) <= most), 0)
    if not step:
        step = _STEPS[-1]
        while _count(first, last, step) > most:
            step *= 2
    start = first // step * step
    end = (last // _DAY + 1) * _DAY
    return [
        (start + bar * step, min(start + (bar + 1) * step, end))
        for bar in range(_count(first, last, step))
    ]


def _count(first: int, last: int, step: int) -> int:
    return last // step - first // step + 1
