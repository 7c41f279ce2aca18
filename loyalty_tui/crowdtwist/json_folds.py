"""Which rows of a JSON tree are shown, and where: quick however many rows there are.

What is folded is a rule and its exceptions: below a depth all is folded, but for objects and
arrays that were folded or unfolded by hand, each with a rule of its own for what stands in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty_tui.crowdtwist.json_tree import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.crowdtwist.json_tree import JsonTree, Level

UNFOLDED: Final = 1 << 30
"""The depth from which on all is folded when nothing is."""


class _Exception(NamedTuple):
    """What was done by hand to one object or array."""

    depth: int
    """From which depth on all in it is folded while it is not."""
    is_folded: bool


class _Stretch(NamedTuple):
    """Rows that follow each other under one rule."""

    start: int
    end: int
    """The row after the last one."""
    depth: int
    """The depth from which on all is folded."""
    above: int
    """Lines of the screen before it."""


class Folds:
    """What is folded of a tree that may still grow; lines are counted from 0 from its top."""

    def __init__(self, tree: JsonTree, depth: int = UNFOLDED) -> None:
        self._tree = tree
        self._depth = depth
        self._exceptions: dict[int, _Exception] = {}
        self._stretches: list[_Stretch] = []
        self._rows = -1

    @property
    def height(self) -> int:
        """How many lines are shown."""
        last = self._laid()[-1]
        return last.above + last.end - last.start - self._hidden(last, last.end)

    def row_at(self, line: int) -> int:
        """Return the row that is shown in a line."""
        stretches = self._laid()
        stretch = stretches[bisect_right(stretches, line, key=lambda each: each.above) - 1]
        rest = line - stretch.above
        level = self._level(stretch.depth)
        if level is None:
            return stretch.start + rest
        first = bisect_left(level.openers, stretch.start)
        last = bisect_left(level.openers, stretch.end, first)
        before = level.hidden[first]
        passed = bisect_left(
            range(first, last),
            rest,
            key=lambda nth: level.openers[nth] - stretch.start - level.hidden[nth] + before,
        )
        return stretch.start + rest + self._hidden_by(stretch.depth, first, first + passed)

    def line_of(self, row: int) -> int:
        """Return the line in which a row is shown, or what is folded around it."""
        tree = self._tree
        stretches = self._laid()
        while True:
            at = bisect_right(stretches, row, key=lambda each: each.start) - 1
            stretch = stretches[at]
            if tree.depth(row) < stretch.depth + (tree.opener(row) == row):
                return stretch.above + row - stretch.start - self._hidden(stretch, row)
            row = tree.parent(row) if tree.opener(row) == row else tree.opener(row)
            while row > stretch.start and tree.depth(row) > stretch.depth:
                row = tree.parent(row)

    def shown_for(self, row: int) -> int:
        """Return a row if it is shown, else that of what is folded around it."""
        return self.row_at(self.line_of(row))

    def is_folded(self, row: int) -> bool:
        """Return whether a row that is shown is that of something folded."""
        if self._tree.row(row).kind is not Kind.OPEN:
            return False
        stretches = self._laid()
        stretch = stretches[bisect_right(stretches, row, key=lambda each: each.start) - 1]
        return self._tree.depth(row) >= stretch.depth

    def fold(self, opener: int) -> None:
        """Fold an object or array that is shown; what is folded in it is remembered."""
        if self._tree.row(opener).kind is Kind.OPEN and not self.is_folded(opener):
            known = self._exceptions.get(opener)
            stretches = self._laid()
            at = bisect_right(stretches, opener, key=lambda each: each.start) - 1
            depth = known.depth if known else stretches[at].depth
            self._except(opener, _Exception(depth, is_folded=True))

    def unfold(self, opener: int) -> None:
        """Unfold an object or array that is shown; what stands in it is folded as before."""
        if self.is_folded(opener):
            self._open(opener)

    def unfold_all_in(self, opener: int) -> None:
        """Unfold an object or array that is shown with all that stands in it."""
        if self._tree.row(opener).kind is Kind.OPEN:
            end = self._tree.end(opener) or len(self._tree)
            for row in [row for row in self._exceptions if opener < row < end]:
                del self._exceptions[row]
            self._except(opener, _Exception(UNFOLDED, is_folded=False))

    def fold_from(self, depth: int) -> None:
        """Fold all from a depth on, whatever was done by hand."""
        self._depth = depth
        self._exceptions.clear()
        self._rows = -1

    def by_hand(self) -> Iterator[tuple[list[str], _Exception]]:
        """Yield what was done by hand, with the steps of the path it was done to."""
        for opener, exception in self._exceptions.items():
            yield [*self._tree.steps(opener)], exception

    def fold_like(self, other: Folds) -> None:
        """Fold and unfold what was so by hand in another tree, where this one has its path."""
        for steps, exception in other.by_hand():
            row = self._tree.find(steps)
            is_there = row >= 0 and [*self._tree.steps(row)] == steps
            if is_there and self._tree.row(row).kind is Kind.OPEN:
                self._exceptions[row] = exception
        self._rows = -1

    def show(self, row: int) -> None:
        """Unfold what is folded around a row."""
        tree, around = self._tree, []
        parent = tree.parent(row) if tree.opener(row) == row else tree.opener(row)
        while parent >= 0:
            around.append(parent)
            parent = tree.parent(parent)
        depth = self._depth
        for opener in reversed(around):
            known = self._exceptions.get(opener)
            if known:
                depth = known.depth
            if depth <= tree.depth(opener) or (known and known.is_folded):
                depth = self._open(opener)

    def _open(self, opener: int) -> int:
        """Unfold an object or array; return the depth from which on all in it is folded."""
        depth = self._tree.depth(opener) + 1
        if known := self._exceptions.get(opener):
            depth = max(depth, known.depth)
        self._except(opener, _Exception(depth, is_folded=False))
        return depth

    def _except(self, opener: int, exception: _Exception) -> None:
        self._exceptions[opener] = exception
        self._rows = -1

    def _laid(self) -> list[_Stretch]:
        """Return the stretches of all rows, made anew when something has changed."""
        rows = len(self._tree)
        if self._rows != rows:
            self._rows = rows
            self._stretches = []
            open_ones = [(rows, self._depth)]  # the stretches that go on, innermost last
            start = 0
            for opener in sorted(self._exceptions):
                while open_ones[-1][0] <= opener:
                    end, depth = open_ones.pop()
                    start = self._lay(start, end, depth)
                if self._tree.depth(opener) > open_ones[-1][1]:
                    continue  # it is not shown
                start = self._lay(start, opener, open_ones[-1][1])
                known = self._exceptions[opener]
                last = self._tree.end(opener)
                depth = self._tree.depth(opener) if known.is_folded else known.depth
                open_ones.append((rows if last is None else last + 1, depth))
            for end, depth in reversed(open_ones):
                start = self._lay(start, end, depth)
        return self._stretches

    def _lay(self, start: int, end: int, depth: int) -> int:
        """Add a stretch and return where the next one starts."""
        if end > start or not end:
            above = 0
            if self._stretches:
                last = self._stretches[-1]
                above = last.above + last.end - last.start - self._hidden(last, last.end)
            self._stretches.append(_Stretch(start, end, depth, above))
        return max(start, end)

    def _level(self, depth: int) -> Level | None:
        levels = self._tree.levels
        return levels[depth] if depth < len(levels) else None

    def _hidden(self, stretch: _Stretch, before: int) -> int:
        """Return how many rows of a stretch are hidden before a row of it that is not."""
        level = self._level(stretch.depth)
        if level is None:
            return 0
        first = bisect_left(level.openers, stretch.start)
        return self._hidden_by(stretch.depth, first, bisect_left(level.openers, before, first))

    def _hidden_by(self, depth: int, first: int, last: int) -> int:
        """Return how many rows the objects and arrays of a depth hide, by their numbers."""
        level = self._tree.levels[depth]
        if last <= first:
            return 0
        hidden = level.hidden[min(last, len(level.hidden) - 1)] - level.hidden[first]
        if last == len(level.hidden):  # the last one is not all read yet
            hidden += len(self._tree) - 1 - level.openers[last - 1]
        return hidden
