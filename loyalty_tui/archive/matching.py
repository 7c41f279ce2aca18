"""Whether a push is what the clauses of a query ask that look at the push itself.

The quick way takes only what is asked for out of the bytes and leaves whatever is unusual to the
exact one, which it never contradicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import compress, takewhile
from operator import attrgetter, not_
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query.model import (
    Document,
    IsFlag,
    IsInstant,
    IsNull,
    IsNumber,
    IsSet,
    IsText,
)
from loyalty_tui.archive.quick import while_sound
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.profile import read_custom_data, read_flag, read_instant, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from loyalty_tui.archive.query.model import Clause, Matcher, Test

    _Decode: TypeAlias = Callable[[bytes], Any]
    _Form: TypeAlias = Callable[[Sequence[bytes]], list[Any]]

CUSTOM: Final = "customData"
_ENVELOPED: Final = "push"
_RECEIVED: Final = "received_at"
_TIER_INFO: Final = "tierInfo"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_REMEMBERED: Final = 10_000
"""Values of one condition of which it is remembered whether they are what is asked for."""
_LONGEST_REMEMBERED: Final = 64
_NOT_PLAIN: Final = frozenset('"\\') | set(map(chr, range(0x20)))


class _Missing(Enum):
    MISSING = "missing"


_MISSING: Final = _Missing.MISSING


class Matching:
    """The clauses of a query of which all have to hold for a push.

    Raises:
        ValueError: A clause has a test that is none of the push itself.
    """

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._clauses = [
            ([_Condition(test) for test in clause.tests], clause.is_negated) for clause in clauses
        ]
        asked = {
            path[0] for tests, _ in self._clauses for condition in tests for path in condition.paths
        }
        self._forms = _forms(asked)

    def holds(self, push: Mapping[str, object]) -> bool:
        """Return whether a push is asked for: out of its envelope, read as json_text does."""
        return all(
            any(condition.holds(push) for condition in tests) != is_negated
            for tests, is_negated in self._clauses
        )

    def quick(self, documents: Sequence[bytes]) -> list[bool]:
        """Return whether pushes are asked for, in order, up to the first that is unusual.

        Each is the bytes of an object, the push or its envelope, in UTF-8; of a line with its line
        break.
        """
        pushes = self._decoded(documents)
        try:
            answers = self._answers(pushes)
        except (ValueError, RecursionError):
            answers = while_sound(lambda push: self._answers([push])[0], pushes)
        for at, document in compress(enumerate(documents), answers):
            if not document.isascii():
                try:
                    document.decode()  # what is not asked for has not been
                except UnicodeDecodeError:
                    return answers[:at]
        return answers

    def _decoded(self, documents: Sequence[bytes]) -> list[Any]:
        """Return the first pushes, as many as came in the same form, in part."""
        if {document[:1] for document in documents} != {b"{"}:
            documents = list(takewhile(lambda document: document[:1] == b"{", documents))
        for form in self._forms:
            if pushes := form(documents):
                if form is not self._forms[0]:  # a file's pushes are mostly all of one form
                    self._forms.reverse()
                return pushes
        return []

    def _answers(self, pushes: Sequence[Any]) -> list[bool]:
        clauses = []
        for tests, is_negated in self._clauses:
            held = [condition.hold_quickly(pushes) for condition in tests]
            holds = held[0] if len(held) == 1 else list(map(any, zip(*held, strict=True)))
            clauses.append(list(map(not_, holds)) if is_negated else holds)
        if len(clauses) == 1:
            return clauses[0]
        return list(map(all, zip(*clauses, strict=True))) if clauses else [True] * len(pushes)


class _Condition:
    """One test of one property."""

    def __init__(self, test: Test) -> None:
        if not isinstance(test, Document):
            raise ValueError("Only what is asked of a push itself can be looked up in it.")  # noqa: TRY004 - the type is right, the query is not
        self.paths = (test.path, *test.aliases)
        self._ways = [
            (attrgetter(_attribute(path[0])), _Inside(path) if len(path) > 1 else None)
            for path in self.paths
        ]
        self._asks_null = isinstance(test.matcher, IsNull)
        self._is_asked_for = matcher(test.matcher)
        self._known: dict[bytes, bool | None] = {}

    def holds(self, push: Mapping[str, object]) -> bool:
        """Return whether the property is what is asked for; the first path that is sent counts."""
        for path in self.paths:
            value = _value(push, path)
            if value is not None and value is not _MISSING:
                return self._is_asked_for(value)
        return self._asks_null

    def hold_quickly(self, pushes: Sequence[object]) -> list[bool]:
        """Return the same of pushes that were decoded in part.

        Raises:
            ValueError: It cannot be told quickly of one of them.
        """
        (top, inside), *others = self._ways
        if inside or others:
            return list(map(self._holds_quickly, pushes))
        tokens = [None if (raw := top(push)) is None else bytes(raw) for push in pushes]
        known = {token: self._answer(token) for token in set(tokens)}
        return [known[token] for token in tokens]

    def _holds_quickly(self, push: object) -> bool:
        for top, inside in self._ways:
            raw = top(push)
            if raw is None:
                continue
            token = bytes(raw)
            held = inside.value(token) if inside else token
            if isinstance(held, bytes):
                answer = self._known_answer(held)
            elif held is _MISSING:
                continue
            else:
                answer = None if held is None else self._is_asked_for(held)
            if answer is not None:
                return answer
        return self._asks_null

    def _answer(self, token: bytes | None) -> bool:
        answer = None if token is None else self._known_answer(token)
        return self._asks_null if answer is None else answer

    def _known_answer(self, token: bytes) -> bool | None:
        """Return whether a value is asked for, None for null; it is remembered."""
        answer = self._known.get(token, _MISSING)
        if answer is not _MISSING:
            return answer
        value = json_text.loads(token.decode())
        answer = None if value is None else self._is_asked_for(value)
        if len(token) <= _LONGEST_REMEMBERED:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[token] = answer
        return answer


class _Inside:
    """The way from a property at the top down to the one that is asked for."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self._names = path[1:]
        self._is_custom = path[0] == CUSTOM
        self._levels = [
            _decoder([(name, False)]) if _is_plain(name) else _refuse for name in self._names
        ]

    def value(self, token: bytes) -> object:
        """Return the token of the value at the end, or, from custom data, the value itself."""
        if self._is_custom and token.startswith(b'"'):
            return _below(read_custom_data(json_text.loads(token.decode())), self._names)
        for name, decode in zip(self._names, self._levels, strict=True):
            if not token.startswith(b"{"):
                return _MISSING
            raw = getattr(decode(token), _attribute(name))
            if raw is None:
                return _MISSING
            token = bytes(raw)
        return token


def _value(push: Mapping[str, object], path: tuple[str, ...]) -> object:
    top = push.get(path[0], _MISSING)
    if path[0] == CUSTOM and isinstance(top, str) and len(path) > 1:
        top = read_custom_data(top)
    return _below(top, path[1:])


def _below(value: object, names: tuple[str, ...]) -> object:
    for name in names:
        if not isinstance(value, Mapping):
            return _MISSING
        value = value.get(name, _MISSING)
    return value


def matcher(asked: Matcher) -> Callable[[object], bool]:
    """Return the function that says of a value that is not null whether it is asked for."""
    match asked:
        case IsText():
            return lambda value: _is_text(asked, value)
        case IsNumber():
            return lambda value: _is_number(asked, value)
        case IsFlag():
            return lambda value: read_flag(value) is asked.flag
        case IsInstant():
            return lambda value: _is_instant(asked, value)
        case IsSet() | IsNull():
            return lambda value: _is_set(value) is isinstance(asked, IsSet)


def _is_set(value: object) -> bool:
    """Return whether a value says anything; the index knows no empty texts either."""
    return not isinstance(value, str) or bool(fold(value))


def _is_text(matcher: IsText, value: object) -> bool:
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, (int, Decimal)):
        text = fold(json_text.number_text(value))
    elif isinstance(value, str):
        text = fold(value)
    else:
        return False
    return text.startswith(matcher.folded) if matcher.is_beginning else text == matcher.folded


def _is_number(matcher: IsNumber, value: object) -> bool:
    number = read_number(value)
    if number is None:
        return False
    low, high = matcher.low, matcher.high
    return (low is None or low < number or (matcher.low_included and low == number)) and (
        high is None or number < high or (matcher.high_included and high == number)
    )


def _is_instant(matcher: IsInstant, value: object) -> bool:
    moment = read_instant(value)
    if moment is None:
        return False
    at = (moment - _EPOCH) // timedelta(microseconds=1)
    return (matcher.since is None or matcher.since <= at) and (
        matcher.until is None or at < matcher.until
    )


# The quick way: structs that have what is asked for as the bytes it came in


def _is_plain(name: str) -> bool:
    """Return whether a decoder can be made for a name."""
    return name.isprintable() and _NOT_PLAIN.isdisjoint(name)


def _attribute(name: str) -> str:
    return f"of_{name.encode('utf-8', 'surrogatepass').hex()}"


def _refuse(_: bytes) -> Any:
    raise ValueError("There is no quick way.")


def _forms(asked: set[str]) -> list[_Form]:
    """Return what decodes pushes in the program's envelope, and what decodes those in none.

    One without is told by what `envelopes.unwrap` tells it by.
    """
    if _ENVELOPED in asked or not all(map(_is_plain, asked)):
        return []
    push = _struct([(name, False) for name in asked])
    envelope = msgspec.defstruct(
        "Envelope", [(_RECEIVED, msgspec.Raw), (_ENVELOPED, push)], gc=False
    )
    others = [(_TIER_INFO, True), *((name, False) for name in asked - {_TIER_INFO})]
    bare = _struct(others, [(_ENVELOPED, None, None)])
    decode_enveloped: _Decode = msgspec.json.Decoder(envelope).decode
    decode_bare = msgspec.json.Decoder(bare).decode
    return [
        lambda documents: [each.push for each in while_sound(decode_enveloped, documents)],
        lambda documents: while_sound(decode_bare, documents),
    ]


def _decoder(names: list[tuple[str, bool]]) -> _Decode:
    return msgspec.json.Decoder(_struct(names)).decode


def _struct(
    names: list[tuple[str, bool]], others: Iterable[tuple[str, Any, Any]] = ()
) -> type[msgspec.Struct]:
    """Return a struct of the values with these names, each required or None when missing."""
    fields: list[Any] = [
        (_attribute(name), msgspec.Raw) if is_required else (_attribute(name), msgspec.Raw, None)
        for name, is_required in names
    ]
    return msgspec.defstruct(
        "Asked", [*fields, *others], rename={_attribute(name): name for name, _ in names}, gc=False
    )
