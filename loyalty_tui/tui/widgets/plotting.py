"""Points over time as rows of cells: steps in dots, tiers behind them, events below. No screen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from loyalty_tui.archive.model import Entry

BLANK: Final = "⠀"
"""The braille sign without dots, from which all others are counted."""
_DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot of a braille sign, by column and row."""
_ROUGHLY: Final = Context(prec=20, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
"""Enough digits for a place on the screen, for numbers of any size."""
EVENTS: Final = {"jump": "J", "drop": "D", "maintain": "M", "reset": "R", "start": "S"}
"""The sign of each event that is no mere update."""
_UNKNOWN_EVENT: Final = "?"
_TOTAL, _REDEEMABLE = 1, 2
_SPARSE: Final = 4
"""Of so many dots in a row the redeemable line has one, so that both differ without colour."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest of some numbers."""

    low: int | Decimal
    high: int | Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring columns of one tier."""

    first: int
    beyond: int
    tier: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything of a plot but the cursor, for one size."""

    rows: tuple[tuple[tuple[str, int], ...], ...]
    """Of each row each cell: its sign, and which line is in it: 0 none, 1 total, 2 redeemable."""
    columns: tuple[int, ...]
    """The column of each entry."""
    bands: tuple[Band, ...]
    events: tuple[str, ...]
    """Of each column the sign of its most telling event; "u" for updates only, "" for none."""
    range: Range | None
    """Of both lines together; None when no push has points."""

    def free(self, column: int) -> int:
        """Return the lowest row that no line has a part of in a column; the last if all have."""
        empty = (row for row in reversed(range(len(self.rows))) if not self.rows[row][column][1])
        return next(empty, len(self.rows) - 1)


def moment(entry: Entry) -> datetime:
    """Return when a push was, which has to have a date."""
    at = entry.updated_at or entry.received_at
    assert at is not None  # noqa: S101 - a history has only dated pushes
    return at


def key_of(signs: str) -> tuple[str, str]:
    """Return how the total and the redeemable line look."""
    return ("⠤⠤⠤", "⠄ ⠄") if signs == BLANK else (signs[0] * 3, signs[1] * 3)


def range_of(values: Sequence[int | Decimal | None]) -> Range | None:
    """Return the least and the greatest of the numbers; None when there is none."""
    known = [value for value in values if value is not None]
    return Range(min(known), max(known)) if known else None


def plot(entries: Sequence[Entry], width: int, height: int, signs: str) -> Plot:
    """Lay out the pushes of a member, oldest first, in so many cells.

    Signs are those of both lines; BLANK alone stands for dots of braille.
    """
    columns = tuple(_columns(entries, width))
    totals = [entry.total_points for entry in entries]
    others = [entry.redeemable_points for entry in entries]
    of_both = range_of([*totals, *others])
    canvas = _Canvas(width, height, signs)
    if of_both is not None:
        for line, values in ((_REDEEMABLE, others), (_TOTAL, totals)):  # the total lies above
            canvas.draw(line, _places(entries, values, of_both))
    return Plot(canvas.rows(), columns, _bands(entries, columns, width),
                _events(entries, columns, width), of_both)  # fmt: skip


def _shares(entries: Sequence[Entry]) -> Iterator[float]:
    """Yield where each push lies between the first and the last, from 0 to 1."""
    times = [moment(entry).timestamp() for entry in entries]
    first, last = (times[0], times[-1]) if times else (0.0, 0.0)
    for time in times:
        yield (time - first) / (last - first) if last > first else 0.0


def _columns(entries: Sequence[Entry], width: int) -> Iterator[int]:
    return (round(share * (width - 1)) for share in _shares(entries))


def _places(
    entries: Sequence[Entry], values: Sequence[int | Decimal | None], within: Range
) -> Iterator[tuple[float, float] | None]:
    low, high = Decimal(within.low), Decimal(within.high)
    span = _ROUGHLY.subtract(high, low)
    for share, value in zip(_shares(entries), values, strict=True):
        if value is None:
            yield None
        elif not span:
            yield share, 0.5
        else:
            above = _ROUGHLY.subtract(Decimal(value), low)
            yield share, min(1.0, max(0.0, float(_ROUGHLY.divide(above, span))))


class _Canvas:
    """Cells with dots in them: 2 by 4 in braille, else one."""

    def __init__(self, width: int, height: int, signs: str) -> None:
        self._width, self._height, self._signs = width, height, signs
        self._is_braille = signs == BLANK
        self._across, self._down = (2, 4) if self._is_braille else (1, 1)
        self._cells = [[(0, 0)] * width for _ in range(height)]

    def draw(self, line: int, places: Iterator[tuple[float, float] | None]) -> None:
        """Draw steps: a number holds until another one is sent; nothing sent is a gap."""
        is_sparse = self._is_braille and line == _REDEEMABLE
        across = _SPARSE if is_sparse else 1
        upwards = _SPARSE // 2 if is_sparse else 1
        right = self._width * self._across - 1
        bottom = self._height * self._down - 1
        before: tuple[int, int] | None = None
        for place in places:
            if place is None:
                before = None
                continue
            x, y = round(place[0] * right), round((1 - place[1]) * bottom)
            if before is None:
                self._set(x, y, line)
            else:
                for between in range(before[0], x + 1):
                    if not between % across:
                        self._set(between, before[1], line)
                low, high = sorted((before[1], y))
                for between in range(low, high + 1 if high > low else low):
                    if not between % upwards:
                        self._set(x, between, line)
            before = x, y

    def _set(self, x: int, y: int, line: int) -> None:
        column, row = x // self._across, y // self._down
        bit = _DOTS[x % 2][y % 4] if self._is_braille else 1
        self._cells[row][column] = (self._cells[row][column][0] | bit, line)

    def rows(self) -> tuple[tuple[tuple[str, int], ...], ...]:
        return tuple(
            tuple((self._sign(bits, line), line) for bits, line in row) for row in self._cells
        )

    def _sign(self, bits: int, line: int) -> str:
        if not bits:
            return " "
        return chr(ord(BLANK) + bits) if self._is_braille else self._signs[line - 1]


def _bands(entries: Sequence[Entry], columns: tuple[int, ...], width: int) -> tuple[Band, ...]:
    bands: list[Band] = []
    for entry, column in zip(entries, columns, strict=True):
        if bands and bands[-1].tier == entry.tier:
            continue
        if bands:
            bands[-1] = Band(bands[-1].first, column, bands[-1].tier)
        bands.append(Band(column, width, entry.tier))
    return tuple(band for band in bands if band.first < band.beyond)


def _events(entries: Sequence[Entry], columns: tuple[int, ...], width: int) -> tuple[str, ...]:
    ranks = ["", "u", _UNKNOWN_EVENT, "S", "R", "M", "D", "J"]
    found = [0] * width
    for entry, column in zip(entries, columns, strict=True):
        word = entry.event.strip().lower()
        sign = EVENTS.get(word) or ("u" if word in {"update", ""} else _UNKNOWN_EVENT)
        found[column] = max(found[column], ranks.index(sign))
    return tuple(ranks[rank] for rank in found)
