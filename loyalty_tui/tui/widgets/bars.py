"""Numbers as columns of block signs. No screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty_tui.tui.glyphs import Glyphs


def reach(index: int, count: int, width: int) -> tuple[int, int]:
    """Return the cells a bar takes of a width that all share: the first, and the one after."""
    return index * width // count, (index + 1) * width // count


def bar_at(x: int, count: int, width: int) -> int:
    """Return the bar that takes a cell; outside of the width, the nearest."""
    x = max(0, min(x, width - 1))
    return next(n for n in range(x * count // width, count) if reach(n, count, width)[1] > x)


def row(  # noqa: PLR0913, PLR0917 - a row of a picture
    numbers: list[int],
    y: int,
    height: int,
    width: int,
    glyphs: Glyphs,
    cursor: int | None,
    chosen: tuple[int, int] | None,
) -> list[tuple[str, bool]]:
    """Return one row of bars, the uppermost is 0: their cells, and whether they are marked.

    A number that is not 0 is seen, if only as the smallest sign. Cursor and range show in the
    empty cells, so that they are told without colour.
    """
    most = max(numbers, default=0)
    cells = []
    for index, number in enumerate(numbers):
        sign = _sign(number, most, height - 1 - y, height, glyphs.bars)
        is_chosen = chosen is not None and chosen[0] <= index <= chosen[1]
        if sign == glyphs.bars[0] and index == cursor:
            sign = glyphs.cursor_bar
        elif sign == glyphs.bars[0] and is_chosen:
            sign = glyphs.range_fill
        start, end = reach(index, len(numbers), width)
        cells.append((sign * (end - start), is_chosen or index == cursor))
    return cells


def _sign(number: int, most: int, level: int, height: int, signs: str) -> str:
    """Return the sign of a bar at a level, counted from the bottom."""
    if not number:
        return signs[0]
    steps = len(signs) - 1
    filled = max(1, round(number / most * height * steps))
    return signs[max(0, min(steps, filled - level * steps))]
