"""What can be written next in a query: names of fields, and the values that a field is known by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query import vocabulary
from loyalty_tui.archive.query.pieces import Piece, quoted, take_apart
from loyalty_tui.crowdtwist.fields import Form
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MOST: Final = 8
"""Offers at a time."""

KNOWN: Final = frozenset({"tier", "event", "country", "city", "type"})
"""Fields whose values are offered."""

_LONGEST: Final = 200
"""Characters of a value that is offered."""
_BARE: Final = re.compile(r"[^\s\"|:*<>-][^\s\"|:*]*")
_REST_OF_NAME: Final = re.compile(r"[\w.]*:?")
_REST_OF_VALUE: Final = re.compile(r'(?:[^\s"|]|"(?:\\["\\]|[^"])*+")*')
_REST_OF_QUOTE: Final = re.compile(r'(?:\\["\\]|[^"])*+"')


@dataclass(frozen=True, slots=True)
class Completion:
    """What can stand in place of a stretch of a query."""

    start: int
    end: int
    """The character after the last that an offer replaces."""
    offers: tuple[str, ...]
    """As they are to be written, best first; empty when nothing fits."""


def complete(text: str, cursor: int, known: Callable[[str], Sequence[str]]) -> Completion:
    """Return what fits where the cursor stands, counted in characters from 0.

    Known returns the values of a field, the most frequent first; it is asked for those in KNOWN.
    """
    cursor = min(max(cursor, 0), len(text))
    nothing = Completion(cursor, cursor, ())
    pieces = take_apart(text[:cursor])
    if not pieces or pieces[-1].end < cursor:
        return nothing
    piece = pieces[-1]
    body = piece.after(0) if piece.starts_with("-") else piece
    colon, bar = body.find(":"), body.find("|")
    if bar >= 0 and not 0 <= colon < bar:
        return nothing
    if colon >= 0:
        return _of_value(text, cursor, body, colon, known) or nothing
    if not body.text or body.has_quotes:
        return nothing
    rest = _REST_OF_NAME.match(text, cursor)
    return Completion(body.start, rest.end() if rest else cursor, _first(_names(body.text)))


def _of_value(
    text: str, cursor: int, body: Piece, colon: int, known: Callable[[str], Sequence[str]]
) -> Completion | None:
    found = vocabulary.look_up(body.before(colon))
    if len(found) != 1:
        return None
    named = found[0]
    values: Sequence[str] = known(named.name) if named.name in KNOWN else ()
    if named.field and named.field.form in {Form.FLAG, Form.FLAG_OR_INSTANT}:
        values = ("yes", "no")
    *others, typed = body.after(colon).split("|")
    taken = {fold(other.text) for other in others}
    fitting = (value for value in _fitting(values, fold(typed.text)) if fold(value) not in taken)
    written = text[typed.start : cursor]
    spelled = (offer for offer in map(_spelled, fitting) if offer != written)
    return Completion(typed.start, _end_of_value(text, cursor, typed), _first(spelled))


def apply(text: str, completion: Completion, offer: str) -> tuple[str, int]:
    """Return the text with an offer in its place, and where the cursor stands then."""
    before, after = text[: completion.start] + offer, text[completion.end :]
    return before + after, len(before)


def _names(typed: str) -> Iterator[str]:
    for name in vocabulary.names(typed.lower()):
        offer = name if name.endswith(".") else f"{name}:"
        if offer != typed:
            yield offer


def _fitting(values: Iterable[str], folded: str) -> Iterator[str]:
    """Yield the values that begin with what is typed, then those of which a word does.

    Of those that a query cannot tell apart, such as NO and no, the first.
    """
    usable: dict[str, str] = {}
    for value in values:
        if len(value) <= _LONGEST and fold(value) and value == neutralise(value):
            usable.setdefault(fold(value), value)
    yield from (value for text, value in usable.items() if text.startswith(folded))
    if folded:
        yield from (value for text, value in usable.items() if f" {folded}" in text)


def _spelled(value: str) -> str:
    is_bare = _BARE.fullmatch(value) and fold(value) != "null"
    return value if is_bare else quoted(value)


def _end_of_value(text: str, cursor: int, typed: Piece) -> int:
    if typed.open_quote is None:
        rest = _REST_OF_VALUE.match(text, cursor)
    elif take_apart(text)[-1].open_quote is None:
        rest = _REST_OF_QUOTE.match(text, cursor)
    else:  # the quote just being written is the one without its end
        rest = None
    return rest.end() if rest else cursor


def _first(offers: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(offers), MOST))
