"""The filter language: one line of text read into a Query.

Spaces separate words and fields, and all of them have to hold. "Quotes" group, and take their
meaning from all other signs. A leading - negates; | stands between values of one field; * behind
a value finds what begins with it, field:* what has any value, field:null what has none. A field
without its value, or a quote not closed, is still being typed at the end of the line: there it is
passed over or taken as closed, anywhere else it is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.query import terms, vocabulary
from loyalty_tui.archive.query.indexed import FREE
from loyalty_tui.archive.query.model import LONGEST, Clause, Document, Query, QueryError
from loyalty_tui.archive.query.pieces import Piece, Sign, take_apart, wrong
from loyalty_tui.archive.query.terms import TermError
from loyalty_tui.privacy import unbroken

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.query.readings import Named, Reading

MOST: Final = 400
"""Values that a query may ask for."""

_INTERNATIONAL: Final = re.compile(r"-?(?:phone:)?\+[\d().\-/]*", re.IGNORECASE)
_MORE_DIGITS: Final = re.compile(r"\(?\d[\d().\-/]*")
_LONGEST_NUMBER: Final = 15
_FIELD: Final = re.compile(r"\s-?([\w.]{1,64}):")
_COMPARED: Final = re.compile(r"([\w.]{1,64})[=<>][^@]*")


def parse(text: str, now: datetime) -> Query:
    """Return what a query says; times ago count from now, which has a time zone.

    Raises QueryError.
    """
    text = unbroken(text)
    if len(text) > LONGEST:
        raise QueryError(
            f"The query is longer than {LONGEST:,} characters.", "Shorten it.", LONGEST, len(text)
        )
    pieces = _joined(text, take_apart(text))
    if pieces and pieces[-1].open_quote is not None:
        _refuse_forgotten(text, pieces[-1].open_quote)
    clauses = []
    tests = 0
    for piece in pieces:
        if clause := _clause(piece, now, is_last=piece is pieces[-1]):
            clauses.append(clause)
            tests += len(clause.tests)
            if tests > MOST:
                raise wrong(piece, f"The query asks for more than {MOST} things", "Ask for less.")
    return Query(text, tuple(clauses))


def _joined(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces, with the groups of a number that begins with + as one."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before and _MORE_DIGITS.fullmatch(piece.text) and not piece.has_quotes:
            number = before.text
            # What was joined has single spaces or none: it is checked without them.
            is_number = not before.has_quotes and _INTERNATIONAL.fullmatch("".join(number.split()))
            is_whole = any(_digits(group) >= terms.WHOLE_NUMBER for group in number.split())
            size = _digits(number) + _digits(piece.text)
            if is_number and not is_whole and size <= _LONGEST_NUMBER:
                gap = (Sign(text[at], at, is_quoted=False) for at in range(before.end, piece.start))
                signs = (*before.signs, *gap, *piece.signs)
                joined[-1] = Piece(signs, before.start, piece.end)
                continue
        joined.append(piece)
    return joined


def _digits(text: str) -> int:
    return sum(sign.isdecimal() for sign in text)


def _refuse_forgotten(text: str, quote: int) -> None:
    """Refuse a quote that is not closed and has a field behind it."""
    for found in _FIELD.finditer(text, quote):
        if vocabulary.is_known(found[1]):
            piece = Piece((), quote, quote + 1)
            raise wrong(piece, "This quote is not closed", 'Close it with another ".', ('"',))


def _refuse_comparison(piece: Piece) -> None:
    """Refuse a field without its colon, as in points>5000, which is in nobody's name."""
    found = _COMPARED.fullmatch(piece.text)
    if found and vocabulary.is_known(found[1]):
        remedy = "Write it as in points:>5000 or tier:gold, or put quotes around it."
        raise wrong(piece, f"{found[1]}: stands without its colon", remedy)


def _clause(piece: Piece, now: datetime, *, is_last: bool) -> Clause | None:
    is_negated = piece.starts_with("-")
    body = piece.after(0) if is_negated else piece
    colon, bar = body.find(":"), body.find("|")
    named, value = FREE, body
    if colon >= 0 and (bar < 0 or colon < bar):
        named, value = vocabulary.resolve(body.before(colon)), body.after(colon)
    elif not body.has_quotes:
        _refuse_comparison(body)
    readings = _readings(named, value, now, piece, is_last=is_last)
    if not readings:
        return None
    is_opposite = any(reading.is_opposite for reading in readings)
    if is_opposite and len(readings) > 1:
        remedy = "Write it as a condition of its own."
        raise wrong(value, f"{named.shown}: cannot join this * or null with other values", remedy)
    tests = tuple(dict.fromkeys(test for reading in readings for test in reading.tests))
    if len({isinstance(test, Document) for test in tests}) > 1:
        remedy = "Write one of them as a condition of its own."
        raise wrong(value, f"{named.shown}: cannot join such different values", remedy)
    return Clause(tests, is_negated != is_opposite, piece.start, piece.end)


def _readings(
    named: Named, value: Piece, now: datetime, piece: Piece, *, is_last: bool
) -> list[Reading]:
    readings = []
    alternatives = value.split("|")
    for alternative in alternatives:
        here = alternative
        if here is not alternatives[0]:
            here = _of_same_field(here, named)
        try:
            reading = named.read(here, now)
        except TermError as error:
            sentence = f"{named.shown}: {error.reason}"
            raise wrong(here, sentence, error.remedy, error.offers) from None
        if reading:
            readings.append(reading)
        elif not (is_last and alternative is alternatives[-1]):
            raise _nothing(here if here.signs or here.has_quotes else piece, named)
    return readings


def _nothing(piece: Piece, named: Named) -> QueryError:
    if not named.name:
        remedy = "Write words or a field in its place, or take it away."
        return wrong(piece, "There is nothing to look for", remedy)
    remedy = "Write one right behind the colon, without a space."
    return wrong(piece, f"{named.shown}: has no value", remedy)


def _of_same_field(alternative: Piece, named: Named) -> Piece:
    """Return an alternative without its field's name, which may be said again."""
    colon = alternative.find(":")
    if colon < 0:
        return alternative
    name = alternative.before(colon)
    found = vocabulary.look_up(name)
    if not found:
        return alternative
    if [other.name for other in found] != [named.name]:
        remedy = f"Write {found[0].shown}: as a condition of its own, or put the value in quotes."
        raise wrong(alternative, "Only values of one field can stand around |", remedy)
    return alternative.after(colon)
