"""Lines told apart by their bytes: one that holds nothing a query asks for needs no decoding.

A property that has a value stands in its line by its name, however deep and whatever holds it; only
with a backslash could the name be spelled in another way.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty_tui.archive.matching import CUSTOM, matcher
from loyalty_tui.archive.query.model import Document, IsNull
from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from loyalty_tui.archive.query.model import Clause

_NAME: Final = re.compile("[A-Za-z0-9_]+")
_VALUE: Final = re.compile(rb':("[^"]*"|[-+.0-9A-Za-z]+)}*\r?')
"""What follows a name up to the next comma, where the value is one token."""
_AT_ONCE: Final = 16 << 10
"""Bytes in which a name is looked for: in more, Python first spends time on being quick."""
_MOST_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED: Final = 64


class Line(NamedTuple):
    """Where a line stands."""

    begin: int
    end: int
    """Where its line break is; -1 for a line without one."""


def lines(data: bytes, begin: int, end: int) -> Iterator[Line]:
    """Yield the lines of data[begin:end]."""
    while begin < end:
        line = Line(begin, data.find(b"\n", begin, end))
        yield line
        if line.end < 0:
            return
        begin = line.end + 1


class Sieve:
    """Keeps the lines in which one test of a clause may hold."""

    def __init__(self, tests: Iterable[Document]) -> None:
        asked: dict[str, list[Callable[[object], bool]]] = {}
        for test in tests:
            for path in (test.path, *test.aliases):
                asked.setdefault(path[-1], []).append(matcher(test.matcher))
        self._properties = [_Property(name.encode(), each) for name, each in asked.items()]

    def lines(self, data: bytes, begin: int, end: int) -> Iterable[Line]:
        """Return those lines of data[begin:end] in which one may hold, in order."""
        if len(self._properties) == 1:
            return self._properties[0].lines(data, begin, end)
        return sorted({line for each in self._properties for line in each.lines(data, begin, end)})


def sieve(clauses: Iterable[Clause]) -> Sieve | None:
    """Return a sieve for lines in which all clauses hold; None when none of them can be sieved."""
    for clause in clauses:
        tests = [test for test in clause.tests if isinstance(test, Document) and _is_plain(test)]
        if len(tests) == len(clause.tests) and not clause.is_negated:
            return Sieve(tests)
    return None


def _is_plain(test: Document) -> bool:
    """Return whether a test can only hold of a value beside its name."""
    return not isinstance(test.matcher, IsNull) and all(
        _NAME.fullmatch(path[-1]) and (len(path) == 1 or path[0] != CUSTOM)
        for path in (test.path, *test.aliases)
    )


class _Property:
    def __init__(self, name: bytes, asked_for: Sequence[Callable[[object], bool]]) -> None:
        self._quoted = b'"%b"' % name
        # An escaped letter, or how the name ends in a push that came as text within an object.
        self._unusual = re.compile(rb"\\(?:u00[3-7]|(?<=%b\\))" % name)
        self._asked_for = asked_for
        self._known: dict[bytes, bool] = {}

    def lines(self, data: bytes, begin: int, end: int) -> Iterator[Line]:
        find, quoted, size, known = data.find, self._quoted, len(self._quoted), self._known
        unusual = self._unusual_from(data, begin, end)
        at = begin
        while at < end:
            stop = min(end, at + _AT_ONCE)
            place = find(quoted, at, stop)
            if 0 <= unusual < (stop if place < 0 else place):
                place = unusual
            elif place < 0:
                at = stop if stop == end else stop - size + 1
                continue
            else:
                at = place + size
                comma = find(b",", at, end)
                following = data[at : end if comma < 0 else comma]
                may_hold = known.get(following)
                if may_hold is None:
                    may_hold = self._may_hold(following)
                if not may_hold:
                    continue
            line = Line(data.rfind(b"\n", begin, place) + 1 or begin, find(b"\n", place, end))
            yield line
            if line.end < 0:
                return
            at = line.end + 1
            if 0 <= unusual < at:
                unusual = self._unusual_from(data, at, end)

    def _unusual_from(self, data: bytes, begin: int, end: int) -> int:
        """Return where the name may be spelled in another way; -1 for nowhere."""
        found = self._unusual.search(data, begin, end)
        return found.start() if found else -1

    def _may_hold(self, following: bytes) -> bool:
        """Return whether what follows a name, up to a comma, may be what is asked for."""
        may_hold = True
        if found := _VALUE.fullmatch(following.partition(b"\n")[0]):
            with suppress(ValueError):  # what it says is left to whoever decodes it
                value = json_text.loads(found[1].decode())
                may_hold = value is not None and any(holds(value) for holds in self._asked_for)
        if len(following) <= _LONGEST_REMEMBERED:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[following] = may_hold
        return may_hold
