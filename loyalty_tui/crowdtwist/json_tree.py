"""JSON text as rows, one a line as if laid out: known by number, each token as it came.

The rows are found step by step, so that a screen can show the first ones of megabytes at once. Of
each only a few numbers are held; what it says is read from the text when it is asked for.
"""

from __future__ import annotations

import re
from array import array
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty_tui.crowdtwist.json_text import (
    CLOSER,
    MAX_DEPTH,
    NUMBER,
    SPACE,
    STRING,
    JsonTextError,
    Veil,
    broken,
    decoded,
    skip,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

STEP: Final = 256
"""Rows that are found between two breaths."""

_ROW: Final = re.compile(
    f"{SPACE}(,{SPACE})?(?:({STRING}){SPACE}:{SPACE})?"
    rf"(?:({STRING}|{NUMBER}|true|false|null)|([{{\[])|([}}\]]))"
)
_KEY, _SCALAR, _OPENING, _CLOSING = 2, 3, 4, 5
_UNKNOWN: Final = 0xFFFF_FFFF
_KEPT: Final = 1024
_VEILS_KEPT: Final = 50_000
_PLAIN_KEY: Final = re.compile(r'"([A-Za-z_][A-Za-z0-9_]*)"')


class Kind(Enum):
    """What stands on a row."""

    VALUE = "value"
    """A value that has nothing to fold: a scalar, an empty object or array, a hidden one."""
    OPEN = "open"
    """The opening bracket of an object or array with something in it."""
    CLOSE = "close"
    """Its closing bracket."""


class Row(NamedTuple):
    """What a row says."""

    kind: Kind
    key: str
    """As it came, with its quotes; empty where there is none."""
    token: str
    """The value or bracket as it came; "{}" and "[]" for empty ones."""

    @property
    def text(self) -> str:
        """The whole row, without indentation and comma."""
        return f"{self.key}: {self.token}" if self.key else self.token


class Level:
    """The objects and arrays of one depth that have something in them, in order."""

    __slots__ = ("hidden", "openers")

    def __init__(self) -> None:
        self.openers = array("I")
        """Their opening rows."""
        self.hidden = array("I", [0])
        """Rows that are hidden when the first 0, 1, 2, … of them are folded; the last may lack."""


class JsonTree:
    """The rows of one JSON text, numbered from 0; empty until they are found by `grow`.

    A value that the veil replaces whole is one row, and nothing in it is a row. What the veil
    says of scalars is not asked here; see Look.
    """

    def __init__(self, text: str, veil: Veil | None = None) -> None:
        self.text = text
        self.is_done = False
        """Whether all rows are known that there are."""
        self.fault: JsonTextError | None = None
        """Why the rows end before the text does."""
        self.levels: list[Level] = []
        """The foldable rows by depth."""
        self.starts = array("I")
        """Where each row starts in the text: at its key, else at its value or bracket."""
        self._veil = veil or Veil()
        self._ends = array("I")
        self._parents = array("i")
        self._numbers = array("I")
        self._depths = array("H")

    def __len__(self) -> int:
        return len(self.starts)

    def grow(self) -> Iterator[None]:
        """Find all rows, and take a breath every STEP of them."""
        try:
            yield from self._read()
        except JsonTextError as error:
            self.fault = error
        self.is_done = True

    def row(self, row: int) -> Row:
        """Return what a row says."""
        found = _ROW.match(self.text, self.starts[row])
        if found is None:
            raise IndexError(row)
        key, token = found[_KEY] or "", found[found.lastindex or 0]
        if found.lastindex == _CLOSING:
            return Row(Kind.CLOSE, "", token)
        if found.lastindex == _SCALAR:
            return Row(Kind.VALUE, key, token)
        if self._ends[row] == row:
            return Row(Kind.VALUE, key, token + CLOSER[token])
        return Row(Kind.OPEN, key, token)

    def value_start(self, row: int) -> int:
        """Return where a row's value or bracket starts in the text."""
        found = _ROW.match(self.text, self.starts[row])
        return found.start(found.lastindex or 0) if found else len(self.text)

    def parent(self, row: int) -> int:
        """Return the opening row of what a row stands in, -1 at the top."""
        return self._parents[row]

    def depth(self, row: int) -> int:
        """Return how many objects and arrays a row stands in; brackets stand outside theirs."""
        return self._depths[row]

    def end(self, row: int) -> int | None:
        """Return the row of the other bracket, None while unknown; for a value the row itself."""
        return None if self._ends[row] == _UNKNOWN else self._ends[row]

    def opener(self, row: int) -> int:
        """Return the row where the value begins that a row belongs to."""
        return min(row, self._ends[row])

    def number(self, row: int) -> int:
        """Return how many values stand before a row's in the same object or array."""
        return self._numbers[row]

    def size(self, opener: int) -> int | None:
        """Return how many values stand directly in an object or array, None while unknown."""
        end = self.end(opener)
        return None if end is None else self._numbers[end - 1] + 1 if end > opener else 0

    def path(self, row: int, limit: int = 0) -> str:
        """Return the way to a row's value: `tierInfo.currentLevel.title`, `[3]."odd key"`.

        Keys that are no plain words stand in quotes as they came. With a limit, a longer path
        begins with an ellipsis. The path of the whole document is empty.
        """
        steps: list[str] = []
        length = 0
        for step in self.steps(row):
            steps.append(step)
            length += len(step)
            if limit and length > limit:
                return "…" + "".join(reversed(steps))[1 - limit :]
        return "".join(reversed(steps))

    def steps(self, row: int) -> Iterator[str]:
        """Yield the steps of which a path is made, the last one first."""
        row = self.opener(row)
        while (parent := self._parents[row]) >= 0:
            step = self._step(row)
            yield f".{step}" if self._parents[parent] >= 0 and step[0] != "[" else step
            row = parent

    def find(self, steps: Iterable[str]) -> int:
        """Return the row of the value with the path of such steps, as far as rows are known.

        Where there is none, it is that of what it would stand in; -1 without any row.
        """
        at = 0 if len(self) else -1
        for step in reversed([*steps]):
            inner = self._inner(at, step.removeprefix("."))
            if inner < 0:
                break
            at = inner
        return at

    def _inner(self, opener: int, step: str) -> int:
        row: int | None = opener + 1
        while row is not None and row < len(self) and self._parents[row] == opener:
            if self._step(row) == step:
                return row
            end = self.end(row)
            row = None if end is None else end + 1
        return -1

    def _step(self, row: int) -> str:
        found = _ROW.match(self.text, self.starts[row])
        key = found[_KEY] if found else None
        if key is None:
            return f"[{self._numbers[row]}]"
        plain = _PLAIN_KEY.fullmatch(key)
        return plain[1] if plain else key

    def _read(self) -> Iterator[None]:
        text, match, reading = self.text, _ROW.match, _Open(-1, "", self._veil)
        outer: list[_Open] = []
        at = number = breath = 0
        add_start, add_end = self.starts.append, self._ends.append
        add_parent, add_number = self._parents.append, self._numbers.append
        add_depth = self._depths.append
        while outer or not number:
            found = match(text, at)
            if found is None:
                raise broken(text, skip(text, at))
            kind, start = found.lastindex or 0, found.start(_KEY)
            at = found.end()
            reading.check(found, number, len(outer))
            if kind == _CLOSING:
                number = self._close(reading.row, at - 1, number, len(outer) - 1)
                reading = outer.pop()
                continue
            row = len(self.starts)
            add_start(start if start >= 0 else found.start(kind))
            add_parent(reading.row)
            add_number(number)
            add_depth(len(outer))
            number += 1
            if kind == _SCALAR:
                add_end(row)
            elif (over := reading.over_value(found)).show(found[_OPENING]) is not None:
                add_end(row)
                at = yield from _passed(text, at - 1)
            else:
                add_end(_UNKNOWN)
                self._open(row, len(outer))
                outer.append(reading)
                reading, number = _Open(row, CLOSER[found[_OPENING]], over), 0
            breath += 1
            if not breath % STEP:
                yield
        if (end := skip(text, at)) < len(text):
            raise broken(text, end)

    def _open(self, row: int, depth: int) -> None:
        if depth == len(self.levels):
            self.levels.append(Level())
        self.levels[depth].openers.append(row)

    def _close(self, opener: int, at: int, number: int, depth: int) -> int:
        """Close what is open, and return the number of the next value beside it."""
        level = self.levels[depth]
        if number:
            row = len(self.starts)
            self._ends[opener] = row
            level.hidden.append(level.hidden[-1] + row - opener)
            self.starts.append(at)
            self._ends.append(opener)
            self._parents.append(self._parents[opener])
            self._numbers.append(self._numbers[opener])
            self._depths.append(depth)
        else:  # nothing in it: no rows of its own
            self._ends[opener] = opener
            level.openers.pop()
        return self._numbers[opener] + 1


class _Open(NamedTuple):
    """An object or array that is being read."""

    row: int
    closer: str
    over: Veil

    def check(self, found: re.Match[str], number: int, depth: int) -> None:
        """Refuse what cannot stand here, after so many values and so deep."""
        kind = found.lastindex or 0
        is_keyed, comes_first = found[_KEY] is not None, found[1] is None
        if kind == _CLOSING:
            fits = comes_first and not is_keyed and found[kind] == self.closer
        else:
            fits = comes_first == (not number) and is_keyed == (self.closer == "}")
        if not fits:
            raise broken(found.string, found.start(_KEY if is_keyed else kind))
        if kind == _OPENING and depth == MAX_DEPTH:
            raise JsonTextError("It is nested too deeply", found.string, found.start(kind))

    def over_value(self, found: re.Match[str]) -> Veil:
        """Return the veil over a value that was found."""
        if self.row < 0:
            return self.over
        key = found[_KEY]
        return self.over.enter(None if key is None else decoded(key))


def _passed(text: str, at: int) -> Generator[None, None, int]:
    """Return where a value ends that is not looked into."""
    for passed, (_, _, _, end) in enumerate(tokens(text, at)):
        at = end
        if not passed % STEP:
            yield
    return at


class Look:
    """A tree as a veil lets it be seen."""

    def __init__(self, tree: JsonTree, veil: Veil | None = None) -> None:
        self.tree = tree
        self._veil = veil or Veil()
        self._over: dict[int, Veil] = {}
        self._rows: dict[int, tuple[Row, Row]] = {}

    def row(self, row: int) -> Row:
        """Return what may be seen of a row."""
        return self.both(row)[1]

    def both(self, row: int) -> tuple[Row, Row]:
        """Return a row as it came and as it may be seen."""
        both = self._rows.get(row)
        if both is None:
            if len(self._rows) >= _KEPT:
                self._rows.clear()
            both = came, _ = self._seen(row)
            if came.kind is not Kind.OPEN:  # one that is being read may prove empty
                self._rows[row] = both
        return both

    def hides(self, row: int) -> bool:
        """Return whether a row's value is not shown as it came."""
        came, shown = self.both(row)
        return came is not shown

    def _seen(self, row: int) -> tuple[Row, Row]:
        came = self.tree.row(row)
        if came.kind is not Kind.VALUE:
            return came, came
        token = came.token if came.token[0] not in "{[" else came.token[0]
        shown = self._over_row(row).show(token)
        return came, came if shown is None else came._replace(token=shown)

    def _over_row(self, row: int) -> Veil:
        """Return the veil over a row's value."""
        tree, below = self.tree, []
        while row not in self._over and tree.parent(row) >= 0:
            below.append(row)
            row = tree.parent(row)
        over = self._over.get(row, self._veil)
        for under in reversed(below):
            key = tree.row(under).key
            over = over.enter(decoded(key) if key else None)
            if under != below[0]:
                if len(self._over) > _VEILS_KEPT:
                    self._over.clear()
                self._over[under] = over
        return over
