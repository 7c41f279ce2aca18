"""JSON text as it came: read leniently and exactly, laid out again without changing a token."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

MAX_DEPTH: Final = 10_001
"""Levels of nesting that are read: those of a push and one around it. Deeper ones are refused."""

MAX_INDENT: Final = 40
"""Levels that are indented; without an end to it a deep document would be mostly spaces."""

# Every repetition is possessive: a text that goes wrong is given up in linear time.
SPACES: Final = " \t\n\r\u00a0\ufeff"
"""What may stand between tokens."""
SPACE: Final = f"[{SPACES}]*+"
"""A pattern of the white space between tokens, also of none."""
STRING: Final = (
    r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+"'
)  # fmt: skip
"""A pattern of a string with its quotes."""
NUMBER: Final = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
"""A pattern of a number, as long as it likes."""
_TOKEN: Final = re.compile(
    f"{SPACE}(?P<comma>,{SPACE})?(?:(?P<key>{STRING}){SPACE}:"
    f"|(?P<scalar>{STRING}|{NUMBER}|true|false|null)"
    r"|(?P<open>[{\[])|(?P<close>[}\]]))"
)
_NESTING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|([{\[])|[}\]]', re.DOTALL)
_SKIP: Final = re.compile(SPACE)
_ODD_SPACE: Final = re.compile('("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+"?)|[\u00a0\ufeff]', re.DOTALL)
CLOSER: Final = {"{": "}", "[": "]"}
"""The bracket that closes each opening one."""
_EMPTY: Final[dict[str, type[dict[str, object] | list[object]]]] = {"{": dict, "[": list}
_AFTER: Final = {"key": "keyed", "open": "fresh", "scalar": "done", "close": "done"}


class JsonTextError(ValueError):
    """The text is not JSON that can be read; the message is one plain sentence."""

    def __init__(self, reason: str, text: str, position: int) -> None:
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        super().__init__(f"{reason} at line {line}, column {column}.")
        self.reason = reason
        """The sentence up to its position, without a full stop."""
        self.line = line
        """The line on which it goes wrong, counted from 1."""
        self.column = column
        """The character of that line, counted from 1."""


class Span(NamedTuple):
    """A value and where its text stands: `text[start:end]`."""

    value: object
    start: int
    end: int


class Veil:
    """What a reader may see of a document, walked from its root; this one hides nothing."""

    __slots__ = ()

    def enter(self, key: str | None) -> Veil:
        """Return the veil over the member with that key, or over an array's elements (None)."""
        del key
        return self

    def show(self, token: str) -> str | None:
        """Return what to show instead of a value, or None to show it as it came.

        The token is a string, number, true, false or null as it came; for an object or array it
        is its opening bracket, and an answer replaces all of it.
        """
        del token
        return None


Token = tuple[str, str, int, int]
"""Its kind (key, scalar, open, close), its text, where that starts, where the token ends."""


def loads(text: str) -> object:
    """Return the value of a JSON text.

    Integers keep every digit, other numbers are Decimal, the last of several equal keys wins.
    U+00A0 and U+FEFF between tokens count as white space: the vendor's own sample has them.

    Raises:
        JsonTextError: The text is not JSON, has NaN or Infinity, or is nested deeper than
            MAX_DEPTH, or has a number longer than Python reads.
    """
    plain = plain_spaces(text)
    span = _decode(plain, 0)
    end = skip(plain, span.end)
    if end < len(plain):
        raise broken(plain, end)
    return span.value


def values(text: str) -> Iterator[Span]:
    """Yield the values of a whole file of JSON, those of an array at its top one by one.

    Positions count characters of the given text. Several documents may follow each other.

    Raises:
        JsonTextError: As loads, once everything before the fault has been yielded.
    """
    text = plain_spaces(text)
    at = skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _elements(text, at)
        else:
            span = _decode(text, at)
            yield span
            at = span.end
        at = skip(text, at)


def members(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the members of the object that a JSON text holds, in order, equal keys included.

    Raises:
        JsonTextError: The text is not a JSON object.
    """
    text = plain_spaces(text)
    at = skip(text, 0)
    if text[at : at + 1] != "{":
        raise broken(text, at)
    at = skip(text, at + 1)
    while text[at : at + 1] != "}":
        key = _decode(text, at)
        at = skip(text, key.end)
        if not isinstance(key.value, str) or text[at : at + 1] != ":":
            raise broken(text, at)
        span = _decode(text, at + 1)
        yield key.value, span
        at = _next(text, span.end, "}")


def plain_spaces(text: str) -> str:
    """Return JSON text of the same length with plain spaces for U+00A0 and U+FEFF.

    Only those between tokens are replaced; strings stay as they came.
    """
    if "\u00a0" not in text and "\ufeff" not in text:
        return text
    return _ODD_SPACE.sub(lambda match: match[1] or " ", text)


def pretty(text: str, veil: Veil | None = None) -> str:
    """Return a JSON text re-indented by two spaces a level, token for token.

    Numbers, escapes, equal keys and their order stay as they came, except what the veil hides.
    From MAX_INDENT levels on, lines are indented no further.

    Raises:
        JsonTextError: As loads.
    """
    return "".join(_laid_out(text, veil or Veil(), spaced=True))


def packed(text: str, veil: Veil | None = None) -> str:
    """Return a JSON text on one line without white space, otherwise as pretty does."""
    return "".join(_laid_out(text, veil or Veil(), spaced=False))


def compact(value: object, veil: Veil | None = None, limit: int = 0) -> str:
    """Return a decoded value as JSON text on one line.

    With a limit it ends soon after that many characters, so that a huge value costs little.
    """
    parts: list[str] = []
    length = 0
    for part in _written(value, veil or Veil()):
        parts.append(part)
        length += len(part)
        if limit and length > limit:
            break
    return "".join(parts)


def decoded(string: str) -> str:
    """Return the text that a JSON string stands for; it is given with its quotes."""
    return json.loads(string) if "\\" in string else string[1:-1]


def number_text(number: float | Decimal) -> str:
    """Return a number with all its digits, however many."""
    # str() refuses integers of more than some thousand digits; Decimal keeps and writes them.
    return str(Decimal(number) if isinstance(number, int) else number)


def _decode(text: str, start: int) -> Span:
    start = skip(text, start)
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise broken(text, error.pos) from None
    except (ValueError, ArithmeticError, RecursionError):
        return _built(text, start)
    if text.count("{", start, end) + text.count("[", start, end) > MAX_DEPTH:
        _check_depth(text, start, end)
    return Span(value, start, end)


def _check_depth(text: str, start: int, end: int) -> None:
    depth = 0
    for match in _NESTING.finditer(text, start, end):
        if match[1]:
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonTextError("It is nested too deeply", text, match.start())
        elif match[0][0] != '"':
            depth -= 1


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def _built(text: str, start: int) -> Span:
    """Decode with a stack of its own: any depth that is allowed, and exact positions."""
    root: list[object] = []
    holder: list[object] | dict[str, object] = root
    outer: list[list[object] | dict[str, object]] = []
    key, end = "", start
    for kind, token, at, end in tokens(text, start):  # noqa: B007 - the last one counts
        if kind == "key":
            key = decoded(token)
        elif kind == "close":
            holder = outer.pop()
        else:
            value = _scalar(token, text, at) if kind == "scalar" else _EMPTY[token]()
            if isinstance(holder, dict):
                holder[key] = value
            else:
                holder.append(value)
            if isinstance(value, (dict, list)):
                outer.append(holder)
                holder = value
    return Span(root[0], start, end)


def _scalar(token: str, text: str, at: int) -> object:
    try:
        return json.loads(token, parse_float=Decimal)
    except (ValueError, ArithmeticError):
        raise JsonTextError("A number is too long to be read", text, at) from None


def tokens(text: str, at: int) -> Iterator[Token]:
    """Yield the tokens of the one value that starts there; it raises as loads, for any number."""
    closers: list[str] = []
    inside = ""  # the bracket that closes what is open
    state = "fresh"  # fresh: nothing in this bracket yet; keyed: a value is due; done: it came
    match_token = _TOKEN.match
    while inside or state == "fresh":
        match = match_token(text, at)
        if match is None:
            raise broken(text, skip(text, at))
        kind = match.lastgroup or ""
        token, start, at = match[kind], match.start(kind), match.end()
        if kind == "close":
            fits = token == inside and state != "keyed" and match[1] is None
        else:
            key_due = inside == "}" and state != "keyed"
            fits = (match[1] is None) == (state != "done") and (kind == "key") == key_due
        if not fits:
            raise broken(text, start)
        if kind == "open":
            closers.append(inside)
            inside = CLOSER[token]
            if len(closers) > MAX_DEPTH:
                raise JsonTextError("It is nested too deeply", text, start)
        elif kind == "close":
            inside = closers.pop()
        state = _AFTER[kind]
        yield kind, token, start, at


def _elements(text: str, at: int) -> Generator[Span, None, int]:
    at = skip(text, at + 1)
    while text[at : at + 1] != "]":
        span = _decode(text, at)
        yield span
        at = _next(text, span.end, "]")
    return at + 1


def _next(text: str, at: int, closer: str) -> int:
    """Return where the next item starts, or where the closing bracket stands."""
    at = skip(text, at)
    if text[at : at + 1] == closer:
        return at
    after = skip(text, at + 1)
    if text[at : at + 1] != "," or text[after : after + 1] == closer:
        raise broken(text, at)
    return after


def skip(text: str, at: int) -> int:
    """Return where the next token starts from a position on, or the text's end."""
    match = _SKIP.match(text, at)
    return match.end() if match else at


def broken(text: str, position: int) -> JsonTextError:
    """Return the error of a text that cannot be read on from a position."""
    if skip(text, position) < len(text):
        return JsonTextError("The JSON goes wrong", text, position)
    return JsonTextError("The JSON breaks off", text, len(text.rstrip(SPACES)))


def _laid_out(text: str, veil: Veil, *, spaced: bool) -> Iterator[str]:
    holders: list[Veil] = []  # the veils over the open objects and arrays, innermost last
    over, keyed, comma = veil, False, ""
    lines = ["\n" + "  " * level if spaced else "" for level in range(MAX_INDENT + 1)]
    hidden = 0  # levels that are open inside a value the veil has replaced
    end = 0
    for kind, token, _, end in tokens(text, 0):  # noqa: B007 - the last one counts
        if hidden:
            hidden += (kind == "open") - (kind == "close")
            continue
        if kind == "close":
            holders.pop()
            yield lines[min(len(holders), MAX_INDENT)] + token if comma else token
            comma = ","
            continue
        if holders and not keyed:
            yield comma + lines[min(len(holders), MAX_INDENT)]
        if kind == "key":
            over, keyed = holders[-1].enter(decoded(token)), True
            yield token + (": " if spaced else ":")
            continue
        if holders and not keyed:
            over = holders[-1].enter(None)
        shown = over.show(token)
        yield token if shown is None else shown
        keyed, comma = False, ","
        if kind == "open" and shown is None:
            holders.append(over)
            comma = ""
        hidden = int(kind == "open" and shown is not None)
    end = skip(text, end)
    if end < len(text):
        raise broken(text, end)


def _written(value: object, veil: Veil) -> Iterator[str]:
    levels: list[tuple[Iterator[tuple[str, object, Veil]], str]] = [(iter([("", value, veil)]), "")]
    while levels:
        items, closer = levels[-1]
        for lead, item, over in items:
            token = _token_of(item)
            shown = over.show(token)
            yield lead + (token if shown is None else shown)
            if shown is None and isinstance(item, (dict, list)):
                levels.append((_items(item, over), CLOSER[token]))
                break
        else:
            levels.pop()
            yield closer


def _items(
    holder: dict[str, object] | list[object], veil: Veil
) -> Iterator[tuple[str, object, Veil]]:
    comma = ""
    if isinstance(holder, dict):
        for key, value in holder.items():
            yield f"{comma}{json.dumps(key, ensure_ascii=False)}:", value, veil.enter(key)
            comma = ","
    else:
        for value in holder:
            yield comma, value, veil.enter(None)
            comma = ","


def _token_of(value: object) -> str:
    if isinstance(value, dict):
        return "{"
    if isinstance(value, list):
        return "["
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)
