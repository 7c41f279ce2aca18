"""Where to read on in JSON after something in it that is wrong."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from loyalty_tui.archive.outline import SPACES, next_mark

if TYPE_CHECKING:
    from loyalty_tui.archive.text_window import TextWindow


class Resumed(Enum):
    """What stands where reading goes on."""

    END = "nothing more"
    DOCUMENT = "a document starts"
    ELEMENT = "a document or element of the same kind starts"
    PERHAPS = "as before, or a part of the one that was wrong"
    AFTER = "the one that was wrong has ended"


class _Brackets:
    """The brackets that are open in what was wrong, if that can be told."""

    def __init__(self, opened: list[str] | None, *, in_array: bool) -> None:
        self._open = list(opened or ())
        self._in_array = in_array
        # What is no JSON at all ends with its line, not with the next bracket.
        self._is_known = bool(opened) or (opened is not None and in_array)

    def is_end(self, mark: str) -> bool:
        """Take a bracket or comma; say whether it is the first that does not belong to it."""
        if not self._is_known:
            return False
        if not self._open:
            if mark in "{[":
                self._open.append(mark)
            return mark in ",]" and self._in_array
        if mark in "{[":
            self._open.append(mark)
        elif mark in "}]":
            self._is_known = self._open.pop() + mark in {"{}", "[]"}
        return False

    def are_closed(self) -> bool:
        """Return whether the last bracket has just been closed."""
        return self._is_known and not self._open


def resume(text: TextWindow, wrong: int, opened: list[str] | None, *, in_array: bool) -> Resumed:
    """Go to where the element at the text's place surely ends, or the next surely starts.

    Wrong is where it goes wrong, opened are the brackets that are open there; None when that is
    not known. What is passed over needs no memory.
    """
    indent = text.indent() if text.raw[text.pos] in "{[" else ""
    read = text.raw[text.pos : wrong].rstrip(SPACES)
    first, line_break, second = read.partition("\n")
    # Where the inner lines of a document are not indented, they look like the first of another.
    is_clear = not line_break or second.startswith((f"{indent} ", f"{indent}\t"))
    is_one_a_line = is_clear or len(first) > 1
    brackets = _Brackets(opened, in_array=in_array)
    at = text.pos + len(read)
    while True:
        mark, at = next_mark(text.raw, at, is_all=text.is_all)
        is_short = not mark or (mark == "\n" and len(text.raw) < at + len(indent) + 2)
        if is_short and not text.is_all:
            text.advance(at)
            text.more()
            at = text.pos
        elif not mark:
            text.advance(at)
            return Resumed.END
        elif mark == "\n":
            at += 1
            # A member at the beginning of a line: the document goes on without an indent.
            is_clear = is_clear and not text.raw.startswith('"', at)
            if is_one_a_line and (resumed := _at_line(text, at, indent)):
                return resumed if is_clear else Resumed.PERHAPS
        elif brackets.is_end(mark):
            text.advance(at)
            return Resumed.AFTER
        else:
            at += 1
            if mark in "}]" and brackets.are_closed():
                text.advance(at)
                return Resumed.AFTER


def _at_line(text: TextWindow, at: int, indent: str) -> Resumed | None:
    if text.raw.startswith(indent + "{", at):
        text.advance(at + len(indent))
        return Resumed.ELEMENT
    if text.raw.startswith(("{", "["), at):
        text.advance(at)
        return Resumed.DOCUMENT
    return None
