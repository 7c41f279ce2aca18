"""What differs between two JSON documents, path by path. Pure functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from loyalty_tui.crowdtwist import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Path: TypeAlias = tuple[str | int, ...]
"""Names of members and indexes of elements, from the top; empty for the document itself."""

MOST_LEVELS: Final = 60
"""Levels that are walked into; what lies deeper is one value, the same or another."""


class Absent:
    """The type of ABSENT."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""Stands on the side of a change on which nothing was sent; null is None."""


class Earlier(str):
    """The name of a member that another one of the same name follows in its object.

    It equals no plain name, so that all of them have a place; as text it is that name.
    """

    __slots__ = ("turn",)
    turn: int
    """Which of them it is, counted from 1."""

    def __new__(cls, name: str, turn: int) -> Self:
        """Make the name of one of several members."""
        made = super().__new__(cls, name)
        made.turn = turn
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Earlier) and other.turn == self.turn and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.turn, str(self)))


@dataclass(frozen=True, slots=True)
class Change:
    """One place at which two documents differ."""

    path: Path
    before: object
    """ABSENT when it was added."""
    after: object
    """ABSENT when it was removed."""


def decode(text: str) -> object:
    """Return the value of a JSON text, as json_text.loads but with every one of equal keys.

    The last of them has the name itself, those before it are kept as Earlier.

    Raises:
        JsonTextError: As json_text.loads.
    """
    plain = json_text.plain_spaces(text).strip(" \t\n\r")
    try:
        return _DECODER.decode(plain)
    except (ValueError, ArithmeticError, RecursionError):
        json_text.loads(plain)  # raises what is to be raised
        return _built(plain)


def _built(text: str) -> object:
    """Decode with a stack of its own, for what is nested too deeply for the decoder."""
    items: list[tuple[str, object]] = []
    outer: list[tuple[list[tuple[str, object]], str]] = []
    key = ""
    for kind, token, _, _ in json_text.tokens(text, 0):
        if kind == "key":
            key = json_text.decoded(token)
        elif kind == "open":
            outer.append((items, key))
            items = []
        else:
            value: object
            if kind == "scalar":
                value = json.loads(token, parse_float=Decimal)
            else:
                is_object = token.endswith("}")
                value = _paired(items) if is_object else [item for _, item in items]
                items, key = outer.pop()
            items.append((key, value))
    return items[0][1]


def _paired(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    left: dict[str, int] = {}
    for name, _ in pairs:
        left[name] = left.get(name, 0) + 1
    turns: dict[str, int] = {}
    made = {}
    for name, value in pairs:
        turns[name] = turns.get(name, 0) + 1
        made[name if turns[name] == left[name] else Earlier(name, turns[name])] = value
    return made


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_DECODER: Final = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_paired
)


def between(before: object, after: object) -> Iterator[Change]:
    """Yield every change that turns one decoded document into another.

    Numbers are the same when they are written with the same digits: 1, 1.0 and true are three
    values. The order of an object's members does not count; elements of arrays are compared by
    their index.
    """
    left: list[tuple[Path, object, object]] = [((), before, after)]
    while left:
        path, one, other = left.pop()
        inside = _pairs(one, other) if len(path) < MOST_LEVELS else None
        if inside is not None:
            left += [((*path, key), held, meant) for key, held, meant in inside][::-1]
        elif not _is_same(one, other):
            yield Change(path, one, other)


def apply(changes: Iterable[Change], document: object) -> object:
    """Return a document with changes made to it; the one given stays as it is.

    Raises:
        LookupError: A change's path does not lead anywhere in the document.
    """
    root: list[object] = [document]
    own: set[int] = {id(root)}  # what is ours to change; all else is still the document's
    kept: list[object] = []
    removed: list[tuple[list[object], int]] = []
    for change in changes:
        holder: list[object] | dict[str, object] = root
        key: str | int = 0
        for step in change.path:
            inner = _at(holder, key)
            if not isinstance(inner, (dict, list)):
                raise LookupError(change.path)  # noqa: TRY004 - the path is wrong, not a type
            if id(inner) not in own:
                inner = inner.copy()
                own.add(id(inner))
                kept.append(inner)  # an id is only good while its object lives
                _put(holder, key, inner)
            holder, key = inner, step
        if not isinstance(change.after, Absent):
            _put(holder, key, change.after)
        elif isinstance(holder, dict):
            del holder[key]  # type: ignore[arg-type]  # the key of an object
        else:
            removed.append((holder, int(key)))
    for elements, index in reversed(removed):  # the last first: the others keep their index
        del elements[index]
    return root[0]


def _at(holder: list[object] | dict[str, object], key: str | int) -> object:
    return holder[key]  # type: ignore[index]  # the path was made of such holders


def _put(holder: list[object] | dict[str, object], key: str | int, value: object) -> None:
    if isinstance(holder, list) and key == len(holder):
        holder.append(value)
    else:
        holder[key] = value  # type: ignore[index]  # as above


def _pairs(one: object, other: object) -> list[tuple[str | int, object, object]] | None:
    """Return the members of both, side by side; None when they are not of the same kind."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs: list[tuple[str | int, object, object]] = []
        for key, value in one.items():
            held = other.get(key, ABSENT)
            if held is not value or held is ABSENT:
                pairs.append((key, value, held))
        pairs += [(key, ABSENT, value) for key, value in other.items() if key not in one]
        return pairs
    if isinstance(one, list) and isinstance(other, list):
        longer = max(len(one), len(other))
        return [
            (n, one[n] if n < len(one) else ABSENT, other[n] if n < len(other) else ABSENT)
            for n in range(longer)
        ]
    return None


def _is_same(one: object, other: object) -> bool:
    left = [(one, other)]
    while left:
        one, other = left.pop()
        if one is other:
            continue
        if type(one) is not type(other):
            return False
        inside = _pairs(one, other)
        if inside is not None:
            left += [(held, meant) for _, held, meant in inside]
        elif one != other or (isinstance(one, (Decimal, float)) and str(one) != str(other)):
            return False
    return True
