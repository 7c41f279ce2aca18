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

WORD: Final = "\x01 "
"""Stands before each word."""
PART: Final = "\x02"
"""Stands after each part of the text."""
RUN: Final = 3
"""Characters from which on a text is found anywhere, and not only at the beginning of a word."""

_MARKS: Final = ("\x00", "\x01", PART)
_BETWEEN: Final = PART + WORD
_BEFORE: Final = f"{PART} "
_AFTER: Final = f" {PART}"
_AT_ONCE: Final = 240
"""Parts that are looked at together for what is odd; if anything is, all of them take longer."""


def encode(*parts: str) -> str:
    """Return the text to index for some parts, each folded here."""
    return joined(marked(parts))


def marked(parts: Sequence[str]) -> list[str]:
    """Return parts, each folded and with its words marked."""
    made: list[str] = []
    for start in range(0, len(parts), _AT_ONCE):
        made += _marked(parts[start : start + _AT_ONCE])
    return made


def joined(parts: Iterable[str]) -> str:
    """Return the text to index for some parts whose words are marked."""
    return f"{WORD}{_BETWEEN.join(parts)}{PART}"


def unmarked(part: str) -> str:
    """Return a marked part as it was folded."""
    return part.replace(WORD, " ")


def _marked(parts: Sequence[str]) -> list[str]:
    together = PART.join(["", *[part if part.isascii() else _folded(part) for part in parts], ""])
    # All at once, which is quicker; but some letters of other alphabets would be folded twice.
    together = together.lower() if together.isascii() else PART.join(["", *map(_folded, parts), ""])
    is_odd = "  " in together or _BEFORE in together or _AFTER in together
    if is_odd or not "".join(parts).isprintable():
        together = PART.join(["", *map(_tidied, parts), ""])
    return together[1:-1].replace(" ", WORD).split(PART)


def needle(folded: str) -> str:
    """Return what `encode`d text holds exactly if it has this: a beginning, or a run."""
    plain = fold(_without_marks(folded))
    marked = plain.replace(" ", WORD)
    return marked if len(plain) >= RUN else WORD + marked


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
