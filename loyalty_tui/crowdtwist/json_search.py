"""Finding words in the rows of a JSON tree, in what may be seen of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from loyalty_tui.crowdtwist.json_text import SPACE, SPACES

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from loyalty_tui.crowdtwist.json_tree import Look

_ROWS: Final = 1024
"""Rows that are searched at once."""


def pattern(words: str) -> re.Pattern[str]:
    """Return what finds the words in a row: as they are, and of any case if none is a capital."""
    return re.compile(re.escape(words), _flags(words))


def find(look: Look, words: str, found: array[int]) -> Iterator[None]:
    """Append the rows whose text has the words, as far as both the push and the veil show them.

    It takes a breath now and then. Rows the tree finds meanwhile are searched too: as long as it
    grows, this goes on. Nothing is found by words that are white space alone.
    """
    if not words.strip(SPACES):
        return
    tree, wanted = look.tree, pattern(words)
    # Between tokens the text as it came has spaces of its own: this finds all rows and some more.
    candidate = re.compile("".join(map(_loose, words)), _flags(words))
    row = 0
    while True:
        rows = len(tree)
        if row == rows:
            if tree.is_done:
                return
            yield
            continue
        last = min(row + _ROWS, rows)
        if last == rows and not tree.is_done:
            last -= 1  # where it ends is not known yet
        end = tree.starts[last] if last < rows else len(tree.text)
        while row < last and (match := candidate.search(tree.text, tree.starts[row], end)):
            row = bisect_right(tree.starts, match.start(), row, last) - 1
            if wanted.search(look.row(row).text) and wanted.search(tree.row(row).text):
                found.append(row)
            row += 1
        row = last
        yield


def _flags(words: str) -> re.RegexFlag:
    return re.IGNORECASE if words == words.lower() else re.NOFLAG


def _loose(sign: str) -> str:
    if sign in SPACES:
        return SPACE
    if sign == ":":
        return f"{SPACE}:{SPACE}"
    return re.escape(sign) + (SPACE if sign in "{[" else "")
