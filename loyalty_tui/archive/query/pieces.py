"""A query's text taken apart at white space, with its quotes taken off and every place kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from loyalty_tui.archive.query.model import QueryError


class Sign(NamedTuple):
    """One character that a query is made of."""

    character: str
    place: int
    """In the query's text."""
    is_quoted: bool
    """Whether it stands for itself only."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that belong together: what stands between spaces, or a part of that."""

    signs: tuple[Sign, ...]
    start: int
    end: int
    open_quote: int | None = None
    """The place of a quote that is not closed; only the text's last piece can have one."""

    @property
    def text(self) -> str:
        """What it says, quotes taken off."""
        return "".join(sign.character for sign in self.signs)

    @property
    def has_quotes(self) -> bool:
        """Whether any of it is or was to be quoted."""
        return len(self.signs) < self.end - self.start

    @property
    def is_quoted_nothing(self) -> bool:
        """Whether it is two quotes with nothing between them."""
        return self.has_quotes and not self.signs and self.open_quote is None

    def starts_with(self, character: str) -> bool:
        """Return whether it starts with this character, not quoted."""
        return bool(self.signs) and self.signs[0][::2] == (character, False)

    def find(self, character: str) -> int:
        """Return how many characters stand before this one, not quoted; -1 without it."""
        wanted = (character, False)
        return next((at for at, sign in enumerate(self.signs) if sign[::2] == wanted), -1)

    def before(self, at: int) -> Piece:
        """Return what stands before a character."""
        return self._part(0, at, self.start, self.signs[at].place)

    def after(self, at: int) -> Piece:
        """Return what stands after a character that is not quoted."""
        return self._part(at + 1, len(self.signs), self.signs[at].place + 1, self.end)

    def split(self, character: str) -> tuple[Piece, ...]:
        """Return the parts around this character where it is not quoted, at least one."""
        wanted = (character, False)
        cuts = [at for at, sign in enumerate(self.signs) if sign[::2] == wanted]
        places = [self.signs[at].place for at in cuts]
        return tuple(
            self._part(first, after, start, end)
            for first, after, start, end in zip(
                (0, *(at + 1 for at in cuts)),
                (*cuts, len(self.signs)),
                (self.start, *(place + 1 for place in places)),
                (*places, self.end),
                strict=True,
            )
        )

    def _part(self, first: int, after: int, start: int, end: int) -> Piece:
        is_open = self.open_quote is not None and start <= self.open_quote < end
        return Piece(self.signs[first:after], start, end, self.open_quote if is_open else None)


def take_apart(text: str) -> list[Piece]:
    """Return the pieces of a text; a quote that is not closed reaches to its end.

    Between quotes, a backslash takes its meaning from a quote or backslash after it.
    """
    pieces: list[Piece] = []
    signs: list[Sign] = []
    start: int | None = None
    open_quote: int | None = None
    place = 0
    while place < len(text):
        character = text[place]
        if open_quote is None and character.isspace():
            if start is not None:
                pieces.append(Piece(tuple(signs), start, place))
            signs, start = [], None
        else:
            start = place if start is None else start
            if character == '"':
                open_quote = place if open_quote is None else None
            elif open_quote is None:
                signs.append(Sign(character, place, is_quoted=False))
            else:
                place += character == "\\" and text[place + 1 : place + 2] in {'"', "\\"}
                signs.append(Sign(text[place], place, is_quoted=True))
        place += 1
    if start is not None:
        pieces.append(Piece(tuple(signs), start, place, open_quote))
    return pieces


def quoted(text: str) -> str:
    """Return a text as one spells it in a query, in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def wrong(piece: Piece, sentence: str, remedy: str, offers: tuple[str, ...] = ()) -> QueryError:
    """Return the error that says what is wrong with a piece, and where, in words too."""
    where = f"{sentence} (character {piece.start + 1})."
    return QueryError(where, remedy, piece.start, piece.end, offers)
