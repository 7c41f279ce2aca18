"""What the value of a field says, and the parts of that which all fields share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from loyalty_tui.archive.folding import fold
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from loyalty_tui.archive.query.model import Test
    from loyalty_tui.archive.query.pieces import Piece
    from loyalty_tui.crowdtwist.fields import Field

LONGEST_NAME: Final = 40
"""Characters of a field's name that an error shows."""


class Reading(NamedTuple):
    """What one value says."""

    tests: tuple[Test, ...]
    is_opposite: bool = False
    """Whether it is that none of the tests holds."""


Reader: TypeAlias = "Callable[[Piece, datetime], Reading | None]"
"""Reads a value; None when there is none yet. Raises TermError."""


@dataclass(frozen=True, slots=True)
class Named:
    """A field of the language."""

    name: str
    """As the language spells it; documented properties and custom data by their path."""
    read: Reader
    field: Field | None = None
    """The documented property, for the fields that are one."""
    is_secret: bool = False

    @property
    def shown(self) -> str:
        """Its name, safe for a terminal."""
        return neutralise(self.name, LONGEST_NAME)


def presence(value: Piece) -> Literal["any", "none"] | None:
    """Return whether a value asks for any value or for none, rather than for a certain one."""
    if value.has_quotes:
        return None
    text = fold(value.text)
    return "any" if text == "*" else "none" if text == "null" else None


def spelled(value: Piece) -> tuple[str, bool]:
    """Return a value's text, not folded, and whether a * stands behind it."""
    after = len(value.signs)
    while after and value.signs[after - 1][::2] == ("*", False):
        after -= 1
    text = "".join(sign.character for sign in value.signs[:after])
    return text, after < len(value.signs)


def part(value: Piece) -> str:
    """Return a text to look for anywhere, folded: a * at its ends changes nothing."""
    text, _ = spelled(value)
    if not value.has_quotes:
        text = text.lstrip("*")
    return fold(text)
