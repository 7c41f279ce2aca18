"""The pushes of JSON documents: one or several, or arrays of them, on any number of lines."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.envelopes import kind_of
from loyalty_tui.archive.mending import Resumed, resume, swallowed
from loyalty_tui.archive.outline import SPACES, Nesting, Outcome, Outline, last_brace, skip_plain
from loyalty_tui.archive.pushes import (
    LONGEST,
    NO_OBJECT,
    NOT_UTF_8,
    TOO_LONG,
    Fault,
    Found,
    Take,
    found,
)
from loyalty_tui.archive.quick import decode_object, elements, is_shallow, lines
from loyalty_tui.archive.text_window import TextWindow, byte_length
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import PushKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.archive.streams import Readable


class _At(Enum):
    """What may come next."""

    TOP = "a document"
    FIRST = "an array's first element, or its end"
    NEXT = "an element"
    AFTER = "a comma, or the array's end"


class Documents:
    """The documents of a stream, read one after another; those of an array one by one."""

    def __init__(
        self, source: Readable, offset: int = 0, line: int = 1, head: bytes = b"",
        take: Take | None = None,
    ) -> None:  # fmt: skip
        self.end = (offset, line)
        """The byte and line after all documents that are complete."""
        self.breaks_off: Fault | None = None
        """The document or array that the stream ends in, once it has been read."""
        self._take_up = take
        self._text = TextWindow(source, offset, line, head)
        self._at = _At.TOP
        self._is_doubtful = False
        self._is_in_doubt = False
        self._mended_line = 0

    def read(self) -> Iterator[Found | Fault]:
        """Yield pushes and what cannot be read, in order, but not what breaks off at the end."""
        text = self._text
        while sign := self._sign():
            if self._at is _At.TOP and sign == "[":
                self._pass_over(_At.FIRST)
            elif self._at in {_At.FIRST, _At.AFTER} and sign == "]":
                self._pass_over(_At.TOP)
            elif self._at is _At.AFTER and sign == ",":
                self._pass_over(_At.NEXT)
            elif self._at is not _At.AFTER and sign not in ",]}":
                if text.is_new:
                    yield from self._ahead()
                else:
                    yield from self._element()
            else:
                yield self._wrong(text.pos)
                if not self._mend(sign):
                    text.show_line(LONGEST)
                    yield from self._pass_by(text.pos, Nesting())
        if self._at is _At.TOP and self.breaks_off is None:
            self.end = text.offset, text.line
        elif self.breaks_off is None:
            self.breaks_off = self._broken_off()

    def _sign(self) -> str:
        """Go to the next sign that is no space and return it; "" at the end."""
        text = self._text
        while (sign := text.sign()) and self._is_lost(sign):
            self._recover(text.pos, None)
        if sign and self._at is _At.TOP:
            self.end = text.offset, text.line
        return sign

    def _is_lost(self, sign: str) -> bool:
        """Return whether what follows a mended element shows that this was not all of it."""
        line, self._mended_line = self._mended_line, 0
        if not line:
            return False
        is_below = self._text.line > line
        if self._at is _At.AFTER and not (sign == "{" and is_below):  # it may lack its comma
            return sign not in ",]"
        return not is_below

    def _pass_over(self, at: _At) -> None:
        self._text.advance(self._text.pos + 1)
        self._at = at

    def _mend(self, sign: str) -> bool:
        """Go on after a sign between elements that should not be there, if that can be told."""
        if sign == "," and self._at is _At.TOP:
            # Perhaps the beginning of an array is lost.
            self._pass_over(_At.NEXT)
            self._is_doubtful = self._is_in_doubt = True
        elif sign == "]" and self._at is _At.NEXT:
            self._pass_over(_At.TOP)
        elif sign == "{" and self._at is _At.AFTER:
            self._at = _At.NEXT
            self._is_doubtful = True
        elif sign == "[" and self._at is _At.AFTER:
            self._at = _At.TOP
        else:
            return False
        return True

    def _ahead(self) -> Iterator[Found]:
        """Yield the pushes ahead that are plain to see, up to one that is not."""
        text = self._text
        data = text.ahead()
        if self._is_doubtful:
            data = b""
        found_here = list((lines if self._at is _At.TOP else elements)(data))
        raws = [raw for _, raw in found_here]
        places = [text.offset + start for start, _ in found_here]
        done = 0
        take = self._take_up
        while (done := done + (take(raws[done:], places[done:]) if take else 0)) < len(raws):
            value = decode_object(raws[done])
            if value is None:
                break
            yield found(value, raws[done].decode(), places[done], len(raws[done]))
            done += 1
        end = found_here[done - 1][0] + len(raws[done - 1]) if done else 0
        if end:
            self._after_element(text.pos + len(data[:end].decode()), end)

    def _element(self) -> Iterator[Found | Fault]:
        text = self._text
        if text.is_view_right:
            try:
                value, end = _DECODER.raw_decode(text.view, text.pos)
            except (ValueError, ArithmeticError, RecursionError):
                value, end = None, 0
            if isinstance(value, dict) and is_shallow(text.view[text.pos : end]):
                yield from self._take(value, end)
                return
        if text.is_low():
            text.more()
            return
        outline = Outline()
        outcome = outline.follow(text.raw, text.pos, is_all=text.is_all)
        while outcome is Outcome.CUT and not text.is_all:
            if len(text.raw) - text.pos > LONGEST:
                yield Fault(text.line, text.offset, TOO_LONG)
                yield from self._pass_by(text.pos + outline.at, outline.open)
                return
            text.more()
            outcome = outline.follow(text.raw, text.pos, is_all=text.is_all)
        end = text.pos + outline.at
        if outcome is Outcome.WHOLE:
            yield from self._read_whole(end)
        elif outcome is Outcome.CUT:
            self.breaks_off = self._broken_off()
            yield from self._swallowed(len(text.raw))
            text.advance(len(text.raw))
        else:
            yield self._wrong(end)
            if outline.is_key_due and self._starts_anew(end, outline.open):
                text.advance(last_brace(text.raw, end))
                text.is_view_right = False
                self._is_doubtful = True
                self._at = _At.TOP if self._at is _At.TOP else _At.NEXT
            else:
                yield from self._pass_by(end, outline.open)

    def _starts_anew(self, at: int, opened: Nesting) -> bool:
        """Return whether a document starts on the line of one that was never finished."""
        raw = self._text.raw
        return raw[at] == "{" and raw[at - 1] not in "\n \t" and "[" not in opened

    def _pass_by(self, wrong: int, opened: Nesting) -> Iterator[Found]:
        """Go on after what goes wrong at a place, and yield the pushes that are passed over."""
        _, _, place = self._text.place(wrong)
        behind = []
        for push in self._swallowed(wrong):
            if push.offset < place:
                yield push
            else:
                behind.append(push)
        self._recover(wrong, opened)
        yield from (push for push in behind if push.offset < self._text.offset)

    def _swallowed(self, wrong: int) -> Iterator[Found]:
        """Yield the pushes that start within what goes wrong at a place."""
        text = self._text
        at, offset = text.pos, text.offset
        in_array = self._at is not _At.TOP
        for start, push in swallowed(text.raw, at, wrong, in_array=in_array):
            offset += byte_length(text.raw[at:start])
            at = start
            yield replace(push, offset=offset)

    def _read_whole(self, end: int) -> Iterator[Found | Fault]:
        text = self._text
        try:
            value = json_text.loads(text.raw[text.pos : end])
        except json_text.JsonTextError as error:
            at = text.pos
            for _ in range(1, error.line):
                at = text.raw.index("\n", at) + 1
            line, column, offset = text.place(at + error.column - 1)
            yield Fault(line, offset, f"{error.reason} at column {column}.")
        else:
            if isinstance(value, dict):
                yield from self._take(value, end)
                return
            yield Fault(text.line, text.offset, NO_OBJECT)
            if self._at is not _At.TOP:  # a row of them is named once
                end = skip_plain(text.raw, end)
        self._after_element(end)

    def _take(self, value: dict[str, object], end: int) -> Iterator[Found | Fault]:
        text = self._text
        piece = text.raw[text.pos : end]
        try:
            length = len(piece.encode())
        except UnicodeEncodeError:
            yield Fault(text.line, text.offset, NOT_UTF_8)
        else:
            plain = (
                text.view[text.pos : end] if text.is_view_right else json_text.plain_spaces(piece)
            )
            push = found(value, plain, text.offset, length)
            if self._is_doubtful and push.value is value and kind_of(value) is PushKind.UNKNOWN:
                # It is rather a part of what was broken before, and so may be what follows it.
                self._recover(end, None)
                return
            yield push
        self._after_element(end)

    def _after_element(self, end: int, size: int | None = None) -> None:
        self._is_doubtful = False
        self._text.advance(end, size)
        if self._at is not _At.TOP:
            self._at = _At.AFTER

    def _wrong(self, at: int) -> Fault:
        text = self._text
        line, column, offset = text.place(at)
        if "\udc80" <= text.raw[at] <= "\udcff":
            return Fault(line, offset, NOT_UTF_8)
        return Fault(line, offset, f"The JSON goes wrong at column {column}.")

    def _broken_off(self) -> Fault:
        text = self._text
        last = text.pos + len(text.raw[text.pos :].rstrip(SPACES))
        line, column, offset = text.place(last)
        return Fault(line, offset, f"The JSON breaks off at column {column}.")

    def _recover(self, wrong: int, opened: Nesting | None) -> None:
        resumed = resume(
            self._text, wrong, opened, in_array=self._at is not _At.TOP,
            is_sure=not self._is_in_doubt,
        )  # fmt: skip
        self._text.is_view_right = False
        self._is_doubtful = self._is_in_doubt = resumed is Resumed.PERHAPS or (
            self._is_in_doubt and (opened is None or resumed is Resumed.AFTER)
        )
        if self._at is _At.TOP or resumed in {Resumed.DOCUMENT, Resumed.END}:
            self._at = _At.TOP
        else:
            self._at = _At.AFTER if resumed is Resumed.AFTER else _At.NEXT
        self._mended_line = self._text.line if resumed is Resumed.AFTER else 0


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
