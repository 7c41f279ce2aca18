"""Whether what starts on a line of a file ends with it, or is a document that goes on below it."""

from __future__ import annotations

import codecs
from enum import Enum
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.outline import SPACES, Outcome, Outline, last_brace, skip_space
from loyalty_tui.archive.pushes import sure_push

if TYPE_CHECKING:
    from collections.abc import Iterable

_TORN: Final = 2
"""Lines that one which was torn can seem to span: itself, and a push where a value was due."""


class Reach(Enum):
    """How far it goes."""

    LINE = "to the end of its line, whole or not"
    DOCUMENT = "on below its line"
    OPEN = "what is there does not tell yet"


def reach(chunks: Iterable[bytes]) -> Reach:
    """Return how far what starts with some bytes goes; no more of them are taken than it needs.

    A line that is torn ends where the next one does not fit it, or fits but is a push of its own:
    only what was torn is lost. More bytes never change an answer other than OPEN.
    """
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    outline, text, start, end = Outline(), "", 0, 0
    depth = 0
    for chunk in chunks:
        text += decode(chunk)
        line_end = text.find("\n", skip_space(text, 0))
        first_line = text[:line_end] if line_end >= 0 else ""
        while True:
            start = skip_space(text, end)
            if (end and "\n" in text[end:start]) or text[start : start + 1] not in {"", "{", "["}:
                return Reach.LINE
            if start == len(text):
                break
            outcome = Outcome.CUT
            if start + outline.at <= line_end:
                outcome = outline.follow(first_line, start, is_all=False)
                depth = len(outline.open)
            if outcome is Outcome.CUT:
                outcome = outline.follow(text, start, is_all=False)
            at = start + outline.at
            known = _known(text[start:at], outcome)
            if known is not Reach.LINE and _is_torn(text, start, line_end, depth):
                return Reach.LINE
            if known is Reach.OPEN:
                break
            # Another document may start on the line on which one ends or was torn.
            is_more = text.startswith("{", at) and outline.is_key_due and "\n" not in text[start:at]
            if known is Reach.DOCUMENT or not (outcome is Outcome.WHOLE or is_more):
                return known
            outline, end = Outline(), last_brace(text, at) if is_more else at
    return Reach.OPEN


def _is_torn(text: str, start: int, end: int, depth: int) -> bool:
    """Return whether there is a push on the next line that stood where a value was due.

    Depth is how many brackets were open at the end of the line: in an array of pushes that is where
    the next one is to stand.
    """
    below = skip_space(text, end)
    if end < 0 or not text.startswith("\n{", below - 1):
        return False
    if text[start] == "[" and depth == 1:
        return False
    line, line_break, _ = text[below:].partition("\n")
    return bool(line_break and sure_push(line.encode("utf-8", "surrogateescape")))


def _known(followed: str, outcome: Outcome) -> Reach:
    *above, last = followed.split("\n")
    if outcome is not Outcome.CUT and not above:
        return Reach.LINE
    said = sum(1 for line in above if line.strip(SPACES))
    is_begun = bool(last.strip(SPACES))
    if outcome is Outcome.WRONG:
        is_next = said == 1 and last.startswith("{")
        return Reach.LINE if is_next or (said <= _TORN and not is_begun) else Reach.DOCUMENT
    if outcome is Outcome.WHOLE or said + is_begun > _TORN:
        return Reach.DOCUMENT
    return Reach.OPEN
