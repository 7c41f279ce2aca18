"""Text compared as people mean it: without regard to case and accents."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)
"""Letters of the Latin alphabet that Unicode does not take apart."""


def fold(text: str) -> str:
    """Return a text for comparison: in lower case, without accents, with plain spaces.

    Folding a folded text changes nothing.
    """
    while not text.isascii():
        apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
        apart = apart.translate(_LETTERS)
        if any(map(unicodedata.combining, apart)):
            apart = "".join(sign for sign in apart if not unicodedata.combining(sign))
        apart = " ".join(apart.split())
        if apart == text:
            return text
        text = apart  # what one step makes may fold once more
    return " ".join(text.lower().split())
