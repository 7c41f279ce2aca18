"""The text in which a member is searched, each word marked so that its beginning is found.

The index knows runs of three characters. With two marks before each word, the run of both marks
and one letter finds the words that begin with it; the second mark and two letters likewise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from loyalty_tui.archive.folding import fold

WORD: Final = "\x01 "
"""Stands before each word."""
PART: Final = "\x02"
"""Stands after each part of the text."""
RUN: Final = 3
"""Characters from which on a text is found anywhere, and not only at the beginning of a word."""

_MARKS: Final = ("\x00", "\x01", PART)
_BEFORE: Final = f"{PART} "
_AFTER: Final = f" {PART}"


def encode(*parts: str) -> str:
    """Return the text to index for some parts, each folded here."""
    text = PART.join(("", *parts, ""))
    text = text.lower() if text.isascii() else PART.join(("", *map(_folded, parts), ""))
    if "  " in text or _BEFORE in text or _AFTER in text or not "".join(parts).isprintable():
        text = PART.join(("", *map(_tidied, parts), ""))
    return text.replace(" ", WORD).replace(PART, PART + WORD)[len(PART) : -len(WORD)]


def first_part(encoded: str) -> str:
    """Return the first part of an encoded text, folded."""
    return encoded[len(WORD) : encoded.index(PART)].replace(WORD, " ")


def needle(folded: str) -> str:
    """Return what `encode`d text holds exactly if it has this: a beginning, or a run."""
    plain = fold(_unmarked(folded))
    marked = plain.replace(" ", WORD)
    return marked if len(plain) >= RUN else WORD + marked


def runs(needle: str) -> list[str]:
    """Return the runs of three characters that a needle consists of, each once."""
    return list(dict.fromkeys(needle[at : at + RUN] for at in range(len(needle) - RUN + 1)))


def _folded(part: str) -> str:
    return part.lower() if part.isascii() else " ".join(map(_folded_word, part.split()))


def _tidied(part: str) -> str:
    return " ".join(_folded(_unmarked(part)).split())


@lru_cache(maxsize=50_000)
def _folded_word(word: str) -> str:
    # First and last names are few beside the people who have them.
    return fold(word)


def _unmarked(text: str) -> str:
    for mark in _MARKS:
        if mark in text:
            text = text.replace(mark, "")
    return text
