"""The vendor's documented properties and custom data as fields of the query language."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import astuple

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query import terms
from loyalty_tui.archive.query.model import (
    Document,
    IsFlag,
    IsInstant,
    IsNull,
    IsNumber,
    IsSet,
    IsText,
    Range,
)
from loyalty_tui.archive.query.readings import Named, Reading, presence, spelled
from loyalty_tui.archive.query.terms import TermError
from loyalty_tui.crowdtwist.fields import FIELDS, Form, Sensitivity
from loyalty_tui.privacy import SECRET_KEYS

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.query.model import Matcher
    from loyalty_tui.archive.query.pieces import Piece

_COUNTED: Final[dict[tuple[str, ...], Literal["points", "redeemable"]]] = {
    ("totalPoints",): "points",
    ("redeemablePoints",): "redeemable",
}
"""Documented numbers that the index knows."""
_MOST_OFFERS: Final = 5


def _document(
    value: Piece,
    now: datetime,
    *,
    path: tuple[str, ...],
    aliases: tuple[tuple[str, ...], ...] = (),
    form: Form = Form.CUSTOM,
) -> Reading | None:
    matcher: Matcher | None
    if asked := presence(value):
        matcher = IsSet() if asked == "any" else IsNull()
    else:
        matcher = _matcher(value, now, path, form)
    if isinstance(matcher, IsNumber) and (field := _COUNTED.get(path)):
        return Reading((Range(field, *astuple(matcher)),))
    return Reading((Document(path, aliases, matcher),)) if matcher else None


def _matcher(value: Piece, now: datetime, path: tuple[str, ...], form: Form) -> Matcher | None:
    """Return what a value asks of a property, None while there is no value yet."""
    whole = fold(value.text)
    if form is Form.OBJECT and whole:
        below = ".".join((*path, ""))
        inner = tuple(
            f.path for f in FIELDS if f.path.startswith(below) and f.form is not Form.OBJECT
        )
        remedy = f"Name one of them, as in {inner[0]}:, or write * or null."
        raise TermError("holds other properties", remedy, inner[:_MOST_OFFERS])
    if form in {Form.TEXT, Form.EVENT}:
        return _text(value)
    if form is Form.CODE or form is Form.CUSTOM:
        return _text(value) if value.has_quotes else _code(value, whole, now, form)
    if not whole or whole in terms.UNFINISHED:
        return None
    if form is Form.NUMBER:
        return IsNumber(*astuple(terms.numbers(whole)))
    if form is Form.FLAG or (form is Form.FLAG_OR_INSTANT and whole in terms.FLAGS):
        return IsFlag(terms.flag(whole))
    return IsInstant(*astuple(terms.times(whole, now)))


def _code(value: Piece, whole: str, now: datetime, form: Form) -> Matcher | None:
    """Return what a value asks that may be a number, a range of them, or text."""
    if not whole or whole in terms.UNFINISHED:
        return None
    if not terms.is_range(whole):
        plain = terms.is_plain(whole)
        return IsNumber(*astuple(terms.numbers(whole))) if plain else _text(value)
    try:
        return IsNumber(*astuple(terms.numbers(whole)))
    except TermError as error:
        failure = error
    if form is Form.CUSTOM:
        try:
            return IsInstant(*astuple(terms.times(whole, now)))
        except TermError as error:
            failure = TermError("takes a number or date here", error.remedy)
    if whole.startswith((">", "<")):
        raise failure
    return _text(value)


def _text(value: Piece) -> IsText | None:
    text, is_beginning = spelled(value)
    folded = fold(text)
    return IsText(folded, is_beginning) if folded or value.is_quoted_nothing else None


def custom(path: tuple[str, ...]) -> Named:
    """Return the field of custom data with these names below it, none of them empty."""
    is_secret = not SECRET_KEYS.isdisjoint(fold(name) for name in path)
    read = partial(_document, path=("customData", *path))
    return Named(".".join(("custom", *path)), read, is_secret=is_secret)


def _documented() -> dict[str, tuple[Named, ...]]:
    """Return documented properties by their paths and all that those end with, in lower case."""
    by_path: dict[str, tuple[Named, ...]] = {}
    by_end: dict[str, tuple[Named, ...]] = {}
    for field in FIELDS:
        aliases = tuple(tuple(alias.split(".")) for alias in field.aliases)
        path = tuple(field.path.split("."))
        read = partial(_document, path=path, aliases=aliases, form=field.form)
        named = (Named(field.path, read, field, field.sensitivity is Sensitivity.SECRET),)
        for written in (path, *aliases):
            by_path[".".join(written).lower()] = named
            for first in range(1, len(written)):
                end = ".".join(written[first:]).lower()
                by_end[end] = by_end.get(end, ()) + named
    return by_end | by_path


DOCUMENTED: Final = _documented()
"""The fields by their paths and by whatever these end with, in lower case."""
