"""The text in which a member is searched, each word marked so that its beginning is found.

The index knows runs of three characters. With two marks before each word, the run of both marks
and one letter finds the words that begin with it; the second mark and two letters likewise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPREAD: Final = {code: code * 115 % 128 for code in range(128)}
"""How a text stands in the index: SQLite keeps its runs in a table whose hash takes letters that
are neighbours in ASCII for much the same. Put apart, they are searched for half as long while the
table is made; of all odd factors this one does best with names, e-mail addresses and numbers."""

_WORD: Final = "\x01 "
"""Stands before each word."""
_PART: Final = "\x02"
"""Stands after each part of the text."""
PART: Final = _PART.translate(_SPREAD)
"""That, as it stands in the index."""
RUN: Final = 3
"""Characters from which on a text is found anywhere, and not only at the beginning of a word."""

_MARKS: Final = ("\x00", "\x01", _PART)
_BEFORE: Final = f"{_PART} "
_AFTER: Final = f" {_PART}"
_START: Final = _WORD.translate(_SPREAD)
_BETWEEN: Final = PART + _START
_AT_ONCE: Final = 240
"""Parts that are looked at together for what is odd; if anything is, all of them take longer."""


def encode(*parts: str) -> str:
    """Return the text to index for some parts, each folded here."""
    return joined(prepared(parts)[1])


def prepared(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return parts folded, and as they stand in the index, with their words marked."""
    folded: list[str] = []
    marked: list[str] = []
    for start in range(0, len(parts), _AT_ONCE):
        together = _together(parts[start : start + _AT_ONCE])
        folded += together.split(_PART)
        marked += together.replace(" ", _WORD).translate(_SPREAD).split(PART)
    return folded, marked


def joined(marked: Iterable[str]) -> str:
    """Return the text to index for some parts as they stand in it."""
    return f"{_START}{_BETWEEN.join(marked)}{PART}"


def _together(parts: Sequence[str]) -> str:
    """Return parts folded, with a mark between them."""
    text = _PART.join(["", *[part if part.isascii() else _folded(part) for part in parts], ""])
    # All at once, which is quicker; but some letters of other alphabets would be folded twice.
    text = text.lower() if text.isascii() else _PART.join(["", *map(_folded, parts), ""])
    is_odd = "  " in text or _BEFORE in text or _AFTER in text
    if is_odd or not "".join(parts).isprintable():
        text = _PART.join(["", *map(_tidied, parts), ""])
    return text[1:-1]


def needle(folded: str) -> str:
    """Return what `encode`d text holds exactly if it has this: a beginning, or a run."""
    plain = fold(_without_marks(folded))
    marked = plain.replace(" ", _WORD)
    return (marked if len(plain) >= RUN else _WORD + marked).translate(_SPREAD)


def runs(needle: str) -> list[str]:
    """Return the runs of three characters that a needle consists of, each once."""
    return list(dict.fromkeys(needle[at : at + RUN] for at in range(len(needle) - RUN + 1)))


def _folded(part: str) -> str:
    return part.lower() if part.isascii() else " ".join(map(_folded_word, part.split()))


def _tidied(part: str) -> str:
    return " ".join(_folded(_without_marks(part)).split())


@lru_cache(maxsize=50_000)
def _folded_word(word: str) -> str:
    # First and last names are few beside the people who have them.
    return fold(word)


def _without_marks(text: str) -> str:
    for mark in _MARKS:
        if mark in text:
            text = text.replace(mark, "")
    return text
