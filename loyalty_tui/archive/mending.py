"""Where to read on in JSON after something in it that is wrong."""

from __future__ import annotations

import re
from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.envelopes import KNOWN_BY_A_NAME, kind_of
from loyalty_tui.archive.outline import SPACES, STRING, Nesting, Outcome, Outline, next_mark
from loyalty_tui.archive.pushes import LONGEST, Found, sure_push
from loyalty_tui.archive.quick import decode_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.archive.text_window import TextWindow

_AGAIN: Final = 4
"""How often each character of what is broken is looked at for pushes on several lines."""
_NEAR: Final = 16
"""Characters behind the place where it goes wrong within which the next push may start."""
_TRIED: Final = 32
"""Objects on one line that may be that push."""
_DEEPEST: Final = 64
"""Characters of white space before an element of an array of which the beginning is lost."""
_LEAD: Final = re.compile(rf"(?:(?!\n)[{SPACES}]){{1,{_DEEPEST}}}(?=\{{)")
_ANEW: Final = re.compile(rf'\n[{SPACES}]*+(?=\{{)|(?=\{{"received_at":)')
_SIGNS: Final = rf'[^"{{}}\[\]\n]++|{STRING}'
_BALANCED: Final = reduce(
    lambda inside, _: rf"{_SIGNS}|\[(?:{inside})*+\]|{{(?:{inside})*+}}", range(3), _SIGNS
)
_INSIDE: Final = re.compile(f"(?:{_BALANCED})*+")
"""What opens no bracket that it does not close, within a line."""
_OPENED: Final = re.compile(rf"([\[{{])(?:{_SIGNS})*+")
_AT_ONCE: Final = 4_096
"""Brackets that are opened or closed by one match."""
_OPENING: Final = re.compile(f"(?:{_OPENED.pattern}){{1,{_AT_ONCE}}}+")
_CLOSING: Final = re.compile(rf"[}}\]]{{1,{_AT_ONCE}}}+")
_OBJECT: Final = re.compile(r'(?=\{")')


class Resumed(Enum):
    """What stands where reading goes on."""

    END = "nothing more"
    DOCUMENT = "a document starts"
    ELEMENT = "a document or element of the same kind starts"
    PERHAPS = "as before, or a part of the one that was wrong"
    AFTER = "the one that was wrong has ended"


class Brackets:
    """The brackets that are open in what was wrong, if that can be told."""

    def __init__(self, opened: Nesting | None, *, in_array: bool) -> None:
        self._open = opened or Nesting()
        self._in_array = in_array
        # What is no JSON at all ends with its line, not with the next bracket.
        self._is_known = bool(opened) or (opened is not None and in_array)

    def pass_over(self, raw: str, at: int) -> int:
        """Go on to a mark that may tell something, or a line break; return its place."""
        if not self._is_known:
            end = raw.find("\n", at)  # strings have none
            return end if end >= 0 else len(raw)
        start = -1
        while self._open and start < at:
            start = at
            if match := _INSIDE.match(raw, at):
                at = match.end()
            match = _CLOSING.match(raw, at)
            if match and len(match[0]) < len(self._open) and self._open.close(match[0]):
                at = match.end()
            if match := _OPENING.match(raw, at):
                self._open.open("".join(_OPENED.findall(raw, at, match.end())))
                at = match.end()
        return at

    def is_end(self, mark: str) -> bool:
        """Take a bracket or comma; say whether it is the first that does not belong to it."""
        if not self._is_known:
            return False
        if mark in "{[":
            self._open.open(mark)
        elif not self._open:
            return mark in ",]" and self._in_array
        elif mark in "}]":
            self._is_known = self._open.close(mark)
        return False

    def are_closed(self) -> bool:
        """Return whether the last bracket has just been closed."""
        return self._is_known and not self._open


def resume(
    text: TextWindow, wrong: int, opened: Nesting | None, *, in_array: bool, is_sure: bool
) -> Resumed:
    """Go to where the element at the text's place surely ends, or the next surely starts.

    Wrong is where it goes wrong, opened are the brackets that are open there, which are used up;
    None when that is not known. Whether it is in an array may not be sure. What is passed over
    needs no memory.
    """
    indent = text.indent() if text.raw[text.pos] in "{[" else ""
    read = text.raw[text.pos : wrong].rstrip(SPACES)
    first, line_break, second = read.partition("\n")
    # Where the inner lines of a document are not indented, they look like the first of another.
    is_clear = not line_break or second.startswith((f"{indent} ", f"{indent}\t"))
    is_one_a_line = is_clear or len(first) > 1
    # Only an array's elements begin an indented line; how far these are may not be known.
    is_lost = text.raw[text.pos] not in "{[" or (bool(indent) and not (in_array and is_sure))
    room = (_DEEPEST if is_lost else len(indent)) + 2
    brackets = Brackets(opened, in_array=in_array)
    at = text.pos + len(read)
    while True:
        at = brackets.pass_over(text.raw, at)
        mark, at = next_mark(text.raw, at, is_all=text.is_all)
        is_short = not mark or (mark == "\n" and len(text.raw) < at + room)
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
            if is_one_a_line and (resumed := _at_line(text, at, indent, is_lost=is_lost)):
                return resumed if is_clear else Resumed.PERHAPS
            if not is_one_a_line and text.raw.startswith("{", at):
                at = _whole_line(text, at)
                if _push_of(text.raw[at:].partition("\n")[0]):
                    text.advance(at)
                    return Resumed.DOCUMENT
        elif brackets.is_end(mark):
            text.advance(at)
            return Resumed.AFTER
        else:
            at += 1
            if mark in "}]" and brackets.are_closed():
                text.advance(at)
                return Resumed.AFTER


def _at_line(text: TextWindow, at: int, indent: str, *, is_lost: bool) -> Resumed | None:
    if text.raw.startswith(indent + "{", at):
        text.advance(at + len(indent))
        return Resumed.ELEMENT
    if text.raw.startswith(("{", "["), at):
        text.advance(at)
        return Resumed.DOCUMENT
    if is_lost and (lead := _LEAD.match(text.raw, at)):
        text.advance(lead.end())
        return Resumed.PERHAPS
    return None


def _whole_line(text: TextWindow, at: int) -> int:
    """Make all of the line visible that starts at a place, unless it is too long; return where."""
    while "\n" not in text.raw[at:] and not text.is_all and len(text.raw) - at < LONGEST:
        text.advance(at)
        text.more()
        at = text.pos
    return at


def _push_of(piece: str) -> Found | None:
    return sure_push(piece.rstrip(f"{SPACES},").encode("utf-8", "surrogateescape"))


def swallowed(
    raw: str, start: int, wrong: int, *, in_array: bool = False
) -> Iterator[tuple[int, Found]]:
    """Yield pushes that start within what is broken, and where: it may have been torn before them.

    They start on a line of their own, or are in the program's own envelope, or end with the line on
    which it goes wrong, or what is broken does not even start as JSON. Each is whole, and would be
    known as a push anywhere. What stands behind the wrong place is left to `resume`, but for the
    rest of a line that it passes over.
    """
    line_end = wrong if in_array else raw.find("\n", wrong)
    end = line_end if line_end >= 0 else len(raw)
    left = _AGAIN * (end - start)
    at = start + 1
    # What is no JSON at all, such as the zeros of a lost block, ends where any object starts.
    anew = _ANEW if raw[start] in "{[" else _OBJECT
    last = -1
    while (match := anew.search(raw, at)) and (at := match.end()) < end:
        if (match[0] and at >= wrong) or not (match[0] or left > 0):
            break
        outline = Outline()
        if left > 0 and outline.follow(raw, at, is_all=True) is Outcome.WHOLE:
            stop = at + outline.at
        else:
            stop = raw.find("\n", at)
        left -= outline.at
        if found := _push_of(raw[at : stop if stop >= 0 else len(raw)]):
            yield at, found
            last = at = stop if stop >= 0 else len(raw)
        else:
            at += 1
    first = raw[start:end].partition("\n")[0]
    is_on_first = not raw[start + len(first) : wrong].strip(SPACES)
    if last < 0 and anew is _ANEW and not in_array and is_on_first:
        yield from _glued(raw, start + 1, wrong, start + len(first))


def _glued(raw: str, start: int, wrong: int, end: int) -> Iterator[tuple[int, Found]]:
    """Yield the push without an envelope that was written on the line of one that was torn."""
    starts = [match.start() for match in _OBJECT.finditer(raw, start, min(end, wrong + _NEAR))]
    left = _AGAIN * (end - start)
    for at in starts[-_TRIED:]:
        left -= end - at
        if left < 0:
            return
        if decode_object(raw[at:end].encode("utf-8", "surrogateescape")) is None:
            continue  # told at once, of most
        found = _push_of(raw[at:end])
        if found and kind_of(found.value) in KNOWN_BY_A_NAME:
            yield at, found
            return
