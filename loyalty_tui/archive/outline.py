"""Where a JSON value ends, found in text that comes piece by piece."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import Final

SPACES: Final = " \t\n\r\u00a0\ufeff"
_SPACE: Final = f"[{SPACES}]*+"
_PLAIN: Final = r'[^"\\\x00-\x1f]*+'
_ESCAPE: Final = r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})'
_OPEN_STRING: Final = f'"{_PLAIN}(?:{_ESCAPE}{_PLAIN})*+'
_CUT_STRING: Final = rf"{_OPEN_STRING}(?:\\(?:u[0-9A-Fa-f]{{0,3}})?)?\Z"
STRING: Final = f'{_OPEN_STRING}"'

_TOKEN: Final = re.compile(
    f"{_SPACE}(?:(?P<string>{STRING})"
    r"|(?P<word>[-+.0-9A-Za-z]++)|(?P<mark>[{}\[\],:]))"
)
_CUT: Final = re.compile(rf"{_SPACE}(?:\Z|{_CUT_STRING})")
_SCALAR_SIGNS: Final = (
    r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)"
)
_SCALAR: Final = re.compile(_SCALAR_SIGNS)
_CUT_SCALAR: Final = re.compile(
    r"-|-?(?:0|[1-9][0-9]*+)(?:\.|(?:\.[0-9]++)?[eE][+-]?)|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?"
)
_PLAIN_VALUE: Final = f"(?:{STRING}|{_SCALAR_SIGNS}(?=[{SPACES},}}\\]]))"
_PLAIN_VALUES: Final = re.compile(f"(?:{_SPACE},{_SPACE}{_PLAIN_VALUE})*+")
_SKIPPED: Final = re.compile(rf"{STRING}|(?P<cut>{_CUT_STRING})|(?P<mark>[{{}}\[\],\n])")
_SKIP: Final = re.compile(_SPACE)
_OPENERS: Final = str.maketrans("}]", "{[", SPACES)
"""What an end was opened with; white space is left out."""
_LEVELS: Final = 4
"""Of brackets in a value that is passed over as a whole."""
_AT_ONCE: Final = 4_096
"""Brackets that are opened or closed by one match."""
_LONG: Final = 1 << 16
"""Characters from which on it pays to look for many tokens at once."""
_BRACES: Final = re.compile(r"\{*(?=\{)")
_ARRAYS: Final = re.compile(r"\[++")
_CLOSING: Final = re.compile(rf"(?:{_SPACE}[}}\]]){{1,{_AT_ONCE}}}+")


class Outcome(Enum):
    """How far a value could be followed."""

    WHOLE = "whole"
    CUT = "cut"
    """The text ends before the value does."""
    WRONG = "wrong"


class _Due(Enum):
    VALUE = "value"
    VALUE_OR_END = "value or ]"
    KEY = "key"
    KEY_OR_END = "key or }"
    COLON = "colon"
    COMMA_OR_END = "comma"


_KEYS: Final = (_Due.KEY, _Due.KEY_OR_END)
_VALUES: Final = (_Due.VALUE, _Due.VALUE_OR_END)


class _Runs:
    """Patterns of many tokens at once, each of which fits."""

    def __init__(self) -> None:
        plain = value = _PLAIN_VALUE
        key = f"{_SPACE}{STRING}{_SPACE}:"
        for _ in range(_LEVELS):
            elements = _listed(f"{_SPACE}{value}", r"\]")
            members = _listed(f"{key}{_SPACE}{value}", "}")
            value = f"(?:{plain}|\\[{elements}|{{{members})"
        element, member = f"{_SPACE}{value}", f"{key}{_SPACE}{value}"
        self.more = {
            "[": re.compile(f"(?:{_SPACE},{element})++"),
            "{": re.compile(f"(?:{_SPACE},{member})++"),
        }
        """Further elements and members."""
        elements = f"(?:{_SPACE}{plain}{_SPACE},)*+"
        members = f"(?:{key}{_SPACE}{plain}{_SPACE},)*+"
        self.bracket = re.compile(rf"{_SPACE}([\[{{])(?:(?<=\[){elements}|(?<={{){members}{key})")
        """A bracket that is open where a value is due, and what stands between."""
        self.opening = re.compile(f"(?:{self.bracket.pattern}){{1,{_AT_ONCE}}}+")


def _listed(item: str, end: str) -> str:
    return f"(?:{item}(?:{_SPACE},(?!{_SPACE}{end})|(?={_SPACE}{end})))*+{_SPACE}{end}"


@cache
def _runs() -> _Runs:
    """Return the patterns, which take a while to make; only long text needs them."""
    return _Runs()


class Nesting:
    """The brackets that are open, outermost first; of any depth."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, mark: str) -> bool:
        return mark.encode() in self._marks

    @property
    def innermost(self) -> str:
        """The bracket that was opened last; "" without any."""
        return chr(self._marks[-1]) if self._marks else ""

    def open(self, marks: str) -> None:
        """Add brackets."""
        self._marks += marks.encode()

    def close(self, marks: str) -> bool:
        """Take away brackets by those that end them; say whether they are of one kind."""
        opened = marks[::-1].translate(_OPENERS).encode()
        if not self._marks.endswith(opened):
            return False
        del self._marks[-len(opened) :]
        return True


class Outline:
    """One value, followed through text of which more and more is there; of any depth."""

    def __init__(self) -> None:
        self.at = 0
        """The character up to which it has been followed; the one that is wrong."""
        self.open = Nesting()
        self._due = _Due.VALUE

    @property
    def is_key_due(self) -> bool:
        """Whether an object is open in which the next member is to start."""
        return self._due in _KEYS

    def follow(self, text: str, start: int, *, is_all: bool) -> Outcome:
        """Go on in a text in which the value starts there; what was seen before is the same.

        With is_all no more text will come.
        """
        at = start + self.at
        outcome = Outcome.CUT
        long = len(text) - _LONG
        while True:
            if at < long:
                at = self._run(text, at)
            if not self.open and self._due is _Due.COMMA_OR_END:
                outcome = Outcome.WHOLE
                break
            match = _TOKEN.match(text, at)
            if not match:
                if not _CUT.match(text, at):
                    at, outcome = skip_space(text, at), Outcome.WRONG
                break
            kind = match.lastgroup or ""
            token = match[kind]
            if kind == "word" and match.end() == len(text):
                is_cut = not _SCALAR.fullmatch(token) and _CUT_SCALAR.fullmatch(token)
                if is_cut or not is_all:
                    break
            if not self._take(kind, token):
                at, outcome = match.start(kind), Outcome.WRONG
                break
            at = match.end()
        self.at = at - start
        return outcome

    def _run(self, text: str, at: int) -> int:
        """Take the tokens that are plain to see, but not the last; return the place after them."""
        runs, start = _runs(), -1
        while start < at:
            start = at
            if self._due in _VALUES:
                if match := _ARRAYS.match(text, at):
                    at = match.end()
                    self.open.open(match[0])
                    self._due = _Due.VALUE_OR_END
                if match := runs.opening.match(text, at):
                    self.open.open("".join(runs.bracket.findall(text, at, match.end())))
                    at = match.end()
                    self._due = _Due.VALUE_OR_END if text[at - 1] == "[" else _Due.VALUE
            elif self._due is _Due.COMMA_OR_END and self.open:
                if match := runs.more[self.open.innermost].match(text, at):
                    at = match.end()
                if (match := _CLOSING.match(text, at)) and self.open.close(match[0]):
                    at = match.end()
        return at

    def _take(self, kind: str, token: str) -> bool:
        """Take the next token; say whether it fits."""
        due = self._due
        if kind == "string":
            if due in _KEYS:
                self._due = _Due.COLON
                return True
            self._due = _Due.COMMA_OR_END
            return due in _VALUES
        if kind == "word":
            self._due = _Due.COMMA_OR_END
            if due in _VALUES and _SCALAR.fullmatch(token):
                return True
            self._due = due
            return False
        return self._take_mark(token, due)

    def _take_mark(self, mark: str, due: _Due) -> bool:
        if mark in "{[":
            if due not in _VALUES:
                return False
            self.open.open(mark)
            self._due = _Due.KEY_OR_END if mark == "{" else _Due.VALUE_OR_END
            return True
        if mark in "}]":
            ends = (_Due.COMMA_OR_END, _Due.KEY_OR_END if mark == "}" else _Due.VALUE_OR_END)
            if due not in ends or not self.open.close(mark):
                return False
            self._due = _Due.COMMA_OR_END
            return True
        if mark == ":":
            self._due = _Due.VALUE
            return due is _Due.COLON
        inside = self.open.innermost
        self._due = _Due.KEY if inside == "{" else _Due.VALUE
        return due is _Due.COMMA_OR_END and bool(inside)


def skip_space(text: str, at: int) -> int:
    """Return the place of the first character from there on that is no white space."""
    match = _SKIP.match(text, at)
    return match.end() if match else at


def skip_plain(text: str, at: int) -> int:
    """Return the place after all further elements of an array that are no object and no array."""
    match = _PLAIN_VALUES.match(text, at)
    return match.end() if match else at


def last_brace(text: str, at: int) -> int:
    """Return the place of the last of a row of opening braces that starts there."""
    match = _BRACES.match(text, at)
    return match.end() if match else at


def next_mark(text: str, at: int, *, is_all: bool) -> tuple[str, int]:
    """Return the next bracket, comma or line break outside of strings, and its place.

    Without any, return "" and the place up to which there is none.
    """
    while match := _SKIPPED.search(text, at):
        if match.lastgroup == "mark":
            return match["mark"], match.start()
        if match.lastgroup == "cut":
            return "", len(text) if is_all else match.start()
        at = match.end()
    return "", len(text)
