"""Where a JSON value ends, found in text that comes piece by piece."""

from __future__ import annotations

import re
from enum import Enum
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
_SCALAR: Final = re.compile(
    r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null"
)
_CUT_SCALAR: Final = re.compile(
    r"-|-?(?:0|[1-9][0-9]*+)(?:\.|(?:\.[0-9]++)?[eE][+-]?)|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?"
)
_SKIPPED: Final = re.compile(rf"{STRING}|(?P<cut>{_CUT_STRING})|(?P<mark>[{{}}\[\],\n])")
_SKIP: Final = re.compile(_SPACE)
_PAIR: Final = {"}": "{", "]": "["}


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


class Outline:
    """One value, followed through text of which more and more is there; of any depth."""

    def __init__(self) -> None:
        self.at = 0
        """The character up to which it has been followed; the one that is wrong."""
        self.open: list[str] = []
        """The brackets that are open, outermost first."""
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
        match_token = _TOKEN.match
        while match := match_token(text, at):
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
            if not self.open and self._due is _Due.COMMA_OR_END:
                outcome = Outcome.WHOLE
                break
        else:
            if not _CUT.match(text, at):
                at, outcome = skip_space(text, at), Outcome.WRONG
        self.at = at - start
        return outcome

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
            self.open.append(mark)
            self._due = _Due.KEY_OR_END if mark == "{" else _Due.VALUE_OR_END
            return True
        inside = self.open[-1] if self.open else ""
        if mark in "}]":
            ends = (_Due.COMMA_OR_END, _Due.KEY_OR_END if mark == "}" else _Due.VALUE_OR_END)
            if due not in ends or inside != _PAIR[mark]:
                return False
            self.open.pop()
            self._due = _Due.COMMA_OR_END
            return True
        if mark == ":":
            self._due = _Due.VALUE
            return due is _Due.COLON
        self._due = _Due.KEY if inside == "{" else _Due.VALUE
        return due is _Due.COMMA_OR_END and bool(inside)


def skip_space(text: str, at: int) -> int:
    """Return the place of the first character from there on that is no white space."""
    match = _SKIP.match(text, at)
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
