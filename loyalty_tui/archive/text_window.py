"""The part of a long text that is looked at, and where in its file that is."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.outline import SPACES, skip_space
from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from loyalty_tui.archive.streams import Readable

_CHUNK: Final = 1 << 18
_CONTEXT: Final = 256
"""Characters that stay before the place that is looked at, to tell how its line begins."""


class TextWindow:
    """Text of a file from a place on; bytes that are not UTF-8 are lone surrogates in it.

    Positions count characters of `raw`, and move when there is more of it.
    """

    def __init__(self, source: Readable, offset: int, line: int, head: bytes) -> None:
        self.raw = ""
        self.view = ""
        """As raw, with plain spaces for odd ones outside of strings."""
        self.is_view_right = False
        """Whether the last `more` was called at a place outside of strings, as is assumed."""
        self.is_new = False
        """Whether nobody has asked for the bytes ahead since there was more."""
        self.pos = 0
        """The place that is looked at."""
        self.offset = offset
        """Its byte in the file."""
        self.line = line
        """Its line, counted from 1."""
        self.is_all = False
        """Whether no more text will come."""
        self._line_start = 0
        self._source = source
        self._head = head
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode

    def more(self) -> None:
        """Make at least as much text visible again as there is from the place on."""
        keep = max(0, self.pos - _CONTEXT)
        wanted = max(_CHUNK, len(self.raw) - self.pos)
        data = [self._head] if self._head else []
        wanted -= len(self._head)
        self._head = b""
        while wanted > 0:
            data.append(self._source.read(wanted))
            if not data[-1]:
                self.is_all = True
                break
            wanted -= len(data[-1])
        self.raw = self.raw[keep:] + self._decode(b"".join(data), self.is_all)
        self.pos -= keep
        self._line_start -= keep
        rest = self.raw[self.pos :]
        plain = json_text.plain_spaces(rest)
        self.view = self.raw if plain is rest else self.raw[: self.pos] + plain
        self.is_view_right = True
        self.is_new = True

    def ahead(self) -> bytes:
        """Return the bytes from the place on; none where not all of them are UTF-8."""
        self.is_new = False
        try:
            return self.raw[self.pos :].encode()
        except UnicodeEncodeError:
            return b""

    def is_low(self) -> bool:
        """Return whether it is worth while to have more before anything is looked at closely."""
        return not self.is_all and len(self.raw) - self.pos < _CHUNK

    def advance(self, to: int, size: int | None = None) -> None:
        """Look at a later place; size is how many bytes there are between, if that is known."""
        passed = self.raw[self.pos : to]
        self.offset += byte_length(passed) if size is None else size
        breaks = passed.count("\n")
        if breaks:
            self.line += breaks
            self._line_start = self.raw.rindex("\n", self.pos, to) + 1
        self.pos = to

    def sign(self) -> str:
        """Pass over white space and return the character that follows; "" at the end."""
        while True:
            at = skip_space(self.raw, self.pos)
            if at > self.pos:
                self.advance(at)
            if at < len(self.raw) or self.is_all:
                return self.raw[at : at + 1]
            self.more()

    def show_line(self, most: int) -> None:
        """Make all of the place's line visible, unless there is more than so much of it."""
        while "\n" not in self.raw[self.pos :] and not self.is_all:
            if len(self.raw) - self.pos > most:
                break
            self.more()

    def place(self, at: int) -> tuple[int, int, int]:
        """Return the line of a later place and its column, both counted from 1, and a byte.

        The byte is the one at which that line starts, or the place now looked at if that is on it.
        """
        breaks = self.raw.count("\n", self.pos, at)
        if not breaks:
            return self.line, at - self._line_start + 1, self.offset
        start = self.raw.rindex("\n", self.pos, at) + 1
        offset = self.offset + byte_length(self.raw[self.pos : start])
        return self.line + breaks, at - start + 1, offset

    def indent(self) -> str:
        """Return the white space with which the place's line begins; "" if more is before it."""
        start = self._line_start
        lead = self.raw[start : self.pos] if start >= 0 else ""
        return "" if lead.strip(SPACES) else lead


def byte_length(text: str) -> int:
    """Return how many bytes of its file a text is."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
