"""JSON as it came, with its own white space, what is hidden replaced in its place."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from loyalty_tui.crowdtwist.json_text import SPACES, decoded, tokens
from loyalty_tui.crowdtwist.json_tree import STEP, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from loyalty_tui.crowdtwist.json_tree import JsonTree, Look, Row

_AT_ONCE: Final = 1024
"""Characters that are laid into lines between two breaths."""
_QUOTE: Final = re.compile(r'"|\\.?')
OUTSIDE, INSIDE, ESCAPED = range(3)
"""Where a line begins: between strings, in one, or in one after a backslash."""


def value(look: Look, row: int) -> Iterator[str]:
    """Yield the value of a row in pieces, some of them empty: as it came but for what is hidden.

    Of a row with a bracket it is the whole object or array, when that is all read.
    """
    tree = look.tree
    opener = tree.opener(row)
    while (last := tree.end(opener)) is None and not tree.is_done:
        yield ""
    for _, piece in _pieces(look, opener, len(tree) - 1 if last is None else last):
        yield piece


def plain(value: str) -> str:
    """Return the text that a JSON string stands for; anything else as it is."""
    return decoded(value) if value.startswith('"') else value


def whole(look: Look) -> Iterator[tuple[int, str]]:
    """Yield the whole text in pieces, each with its row, -1 before the first one.

    It is as it came but for what is hidden. Rows the tree finds meanwhile are among them: as long
    as it grows, this goes on. Of a text that goes wrong it is what is before that.
    """
    tree = look.tree
    while not len(tree):
        if tree.is_done:
            return
        yield -1, ""
    yield -1, tree.text[: tree.value_start(0)]
    yield from _pieces(look, 0, None)
    if tree.fault is None:
        yield len(tree) - 1, tree.text[len(tree.text.rstrip(SPACES)) :]


def _pieces(look: Look, row: int, last: int | None) -> Iterator[tuple[int, str]]:
    """Yield a piece for each row up to one, or to the last that there will be."""
    tree, text = look.tree, look.tree.text
    at = tree.value_start(row)
    while True:
        if row + 1 >= len(tree) and not tree.is_done:
            yield row, ""
            continue
        is_last = row == (len(tree) - 1 if last is None else last)
        following = -1 if is_last else tree.starts[row + 1]
        came, shown = look.both(row)
        if shown is came and not is_last:
            yield row, text[at:following]
        else:
            start = tree.value_start(row)
            end = yield from _end(tree, row, start, came)
            token = text[start:end] if shown is came else shown.token
            yield row, text[at:start] + token + ("" if is_last else text[end:following])
        if is_last:
            return
        row, at = row + 1, following


def _end(tree: JsonTree, row: int, start: int, came: Row) -> Generator[tuple[int, str], None, int]:
    """Return where the value or bracket of a row ends in the text."""
    if came.kind is not Kind.VALUE or came.token[0] not in "{[":
        return start + len(came.token)
    end = start
    for passed, (_, _, _, end) in enumerate(tokens(tree.text, start)):  # noqa: B007 - the last one counts
        if not passed % STEP:
            yield row, ""
    return end


class RawLines:
    """A whole text in lines of so many cells, found step by step."""

    def __init__(
        self, look: Look, width: int, harmless: Callable[[str], str], cells: Callable[[str], int]
    ) -> None:
        self.lines: list[str] = []
        """What they say, safe to show."""
        self.states = array("B")
        """Where each of them begins."""
        self._state = OUTSIDE
        self._look = look
        self._width = max(2, width)
        self._harmless = harmless
        self._cells = cells
        self._begun = array("i")  # for each line the last row that has begun by its end
        self._row = -1
        self._line: list[str] = []  # what has come of a line, and how many cells that is
        self._used = 0

    def grow(self) -> Iterator[None]:
        """Find all lines, as far as the tree grows; it takes a breath now and then."""
        left = _AT_ONCE
        for row, piece in whole(self._look):
            if self._used >= self._width:
                self._end_line()
            self._row = row
            for start in range(0, len(piece), _AT_ONCE):
                self._add(piece[start : start + _AT_ONCE])
                left -= _AT_ONCE if start else len(piece)
            left -= 1
            if left <= 0 or not piece:
                left = _AT_ONCE
                yield
        if self._line:
            self._end_line()

    def line_of(self, row: int) -> int:
        """Return the line in which a row begins, the one after all while it is not found."""
        return bisect_left(self._begun, row)

    def row_at(self, line: int) -> int:
        """Return the first row that begins in a line, else the one that goes on in it."""
        before = self._begun[line - 1] + 1 if line else 0
        return max(0, min(before, self._begun[line]))

    def _add(self, text: str) -> None:
        if "\n" not in text and "\t" not in text:
            self._fill(text)
            return
        first, *others = text.replace("\r\n", "\n").replace("\t", "    ").split("\n")
        self._fill(first)
        for other in others:
            self._end_line()
            self._fill(other)

    def _fill(self, text: str) -> None:
        text = self._harmless(text)
        cells = self._cells(text)
        while self._used + cells > self._width:
            cut = self._width - self._used
            while self._cells(text[:cut]) > self._width - self._used:
                cut -= 1
            self._line.append(text[:cut])
            self._end_line()
            text = text[cut:]
            cells = self._cells(text)
        if text:
            self._line.append(text)
            self._used += cells

    def _end_line(self) -> None:
        line = "".join(self._line)
        self.lines.append(line)
        self.states.append(self._state)
        self._state = _after(line, self._state)
        self._begun.append(self._row)
        self._line.clear()
        self._used = 0


def _after(line: str, state: int) -> int:
    """Return where the line after one begins."""
    if "\\" not in line and state != ESCAPED:
        return state ^ (line.count('"') & 1)
    is_inside = state != OUTSIDE
    for match in _QUOTE.finditer(line, int(state == ESCAPED)):
        if match[0] == '"':
            is_inside = not is_inside
        elif match[0] == "\\":  # at the end
            return ESCAPED if is_inside else OUTSIDE
    return INSIDE if is_inside else OUTSIDE
