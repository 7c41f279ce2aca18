"""The fields of the query language by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query.documented import DOCUMENTED, custom
from loyalty_tui.archive.query.indexed import OWN
from loyalty_tui.archive.query.pieces import Piece, wrong
from loyalty_tui.archive.query.readings import LONGEST_NAME
from loyalty_tui.crowdtwist.fields import FIELDS, Form, Sensitivity
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.archive.query.readings import Named

_CUSTOM: Final = ("custom", "customdata")
_MOST_OFFERS: Final = 5


def resolve(name: Piece) -> Named:
    """Return the field of this name. Raises QueryError, with the names it may have meant."""
    found = look_up(name)
    shown = neutralise(name.text, LONGEST_NAME)
    if not found and _custom_path(name) is not None:
        remedy = "Write it as in custom.register_id:1."
        raise wrong(name, f"{shown}: lacks the name of a property", remedy, ("custom.register_id",))
    if not found:
        offers = _near(name.text)
        asks = f"Did you mean {offers[0]}:? " if offers else ""
        remedy = f"{asks}Put quotes around it to look for the words themselves."
        if not name.text:
            colon = Piece((), name.end, name.end + 1)
            raise wrong(colon, "No field's name stands before this colon", remedy)
        raise wrong(name, f'There is no field "{shown}"', remedy, offers)
    if len(found) > 1:
        offers = tuple(named.name for named in found)
        remedy = f"Write one of {', '.join(offers)}."
        raise wrong(name, f"{shown}: can be one of several properties", remedy, offers)
    if found[0].is_secret:
        raise wrong(
            name, f"{shown}: is a secret and cannot be searched", "Search for another property."
        )
    return found[0]


def look_up(name: Piece) -> tuple[Named, ...]:
    """Return every field that a name can stand for."""
    known = name.text.lower()
    if known in OWN:
        return (OWN[known],)
    if known in DOCUMENTED:
        return DOCUMENTED[known]
    path = _custom_path(name)
    return (custom(path),) if path and all(path) else ()


def is_known(name: str) -> bool:
    """Return whether a field has this name, as one piece without quotes."""
    known = name.lower()
    return known in OWN or known in DOCUMENTED or known.partition(".")[0] in _CUSTOM


def names(beginning: str) -> Iterator[str]:
    """Yield the names to offer that begin so, then the paths of properties that can be named so.

    The language's own come first, then each property's shortest, then paths.
    """
    met: set[str] = set()
    for name in _NAMES:
        if name.lower().startswith(beginning):
            met.update(named.name for named in DOCUMENTED.get(name.lower(), ()))
            yield name
    for end, meant in DOCUMENTED.items():
        if end.startswith(beginning):
            paths = (named.name for named in meant)
            yield from (path for path in paths if path in _NAMES and path not in met)


def _custom_path(name: Piece) -> tuple[str, ...] | None:
    """Return the names below custom data, None for other fields."""
    first, *below = name.split(".")
    if first.text.lower() not in _CUSTOM:
        return None
    return tuple(part.text for part in below)


def _near(typed: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    folded = fold(typed)
    if not folded or len(folded) > LONGEST_NAME:
        return ()
    by_lower = {name.lower(): name for name in _NAMES}
    close = get_close_matches(folded, by_lower, n=_MOST_OFFERS, cutoff=0.7)
    holding = (name for name in by_lower if len(folded) > 1 and folded in name)
    nearest = tuple(dict.fromkeys((*close, *holding)))[:_MOST_OFFERS]
    return tuple(by_lower[name] for name in nearest)


def _offered() -> tuple[str, ...]:
    shown = [*OWN, "custom."]
    paths = [
        field.path
        for field in FIELDS
        if field.sensitivity is not Sensitivity.SECRET and field.form is not Form.OBJECT
    ]
    for path in paths:
        last = path.rpartition(".")[2]
        if last.lower() not in OWN and len(DOCUMENTED[last.lower()]) == 1:
            shown.append(last)
    return tuple(dict.fromkeys((*shown, *(path for path in paths if path.lower() not in OWN))))


_NAMES: Final = _offered()
