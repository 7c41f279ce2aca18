"""Draws the rows of a JSON tree as strips of cells."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from loyalty_tui.crowdtwist.json_raw import ESCAPED, OUTSIDE
from loyalty_tui.crowdtwist.json_text import CLOSER
from loyalty_tui.crowdtwist.json_tree import Kind
from loyalty_tui.privacy import MASK, neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.style import Style

    from loyalty_tui.crowdtwist.json_folds import Folds
    from loyalty_tui.crowdtwist.json_tree import Look
    from loyalty_tui.tui.glyphs import Glyphs

STYLES: Final = {
    "json--key",
    "json--string",
    "json--number",
    "json--word",
    "json--null",
    "json--hidden",
    "json--sign",
    "json--guide",
    "json--aside",
    "json--raw",
    "json--match",
    "json--cursor",
    "json--cursor-blurred",
}
"""The component classes the JSON of a push is drawn with."""
GUTTER: Final = 2
"""Cells at the left that mark the cursor, so that it shows without colour."""
INDENT: Final = 2
_MARK: Final = 2
_VALUES: Final = {
    '"': "json--string", "t": "json--word", "f": "json--word", "n": "json--null",
    "{": "json--sign", "[": "json--sign", "}": "json--sign", "]": "json--sign",
}  # fmt: skip
_PREVIEWED: Final = 40
"""Members and elements of which a folded line says something, at most."""


_INSIDE: Final = r'(?:[^"\\]|\\.)*+'
_NAME, _STRING = rf'(?P<key>%s{_INSIDE}"(?=\s*:))', rf'(?P<string>%s{_INSIDE}"?)'
_GOES_ON: Final = re.compile(f"{_NAME % ''}|{_STRING % ''}")
_BEGINS: Final = re.compile(
    rf"""{_NAME % '"'}|{_STRING % '"'}|(?P<number>-?[0-9{MASK}][^\s,:\]}}"]*+)"""
    r"|(?P<null>n[a-z]*+)|(?P<word>[a-z]++)|(?P<sign>[\s\[\]{}:,]++)|(?P<raw>.)"
)


class Piece(NamedTuple):
    """Some text in one style."""

    text: str
    style: str


@lru_cache(maxsize=4096)
def harmless(text: str) -> str:
    """Return JSON that a terminal may receive, what it must not written as JSON's escapes."""
    if text.isascii() and text.isprintable():
        return text
    from loyalty_tui.crowdtwist import reading

    return neutralise(reading.harmless(text))


def levels_in(width: int) -> int:
    """Return how many levels are indented in so many cells: a third of the room is for that."""
    return max(2, width // 3 // INDENT)


def lay(
    pieces: Iterable[Piece],
    width: int,
    wanted: re.Pattern[str] | None,
    style: Callable[[str], Style],
    *,
    is_moved: bool = True,
) -> list[Segment]:
    """Draw pieces in at most so many cells; what is wanted in them is marked.

    They may be moved for it to be in sight.
    """
    found = list(pieces)
    if wanted is not None and is_moved:
        found = _in_sight(found, width, wanted)
    segments: list[Segment] = []
    room = width
    for text, name in found:
        shown = harmless(text[: room + 1])
        cells = cell_len(shown)
        if cells > room or len(text) > room + 1:
            shown = f"{set_cell_size(shown, max(0, room - 1))}…"
            cells = room
        segments.append(Segment(shown[:room], style(name)))
        room -= cells
        if room <= 0:
            break
    return _marked(segments, wanted, style("json--match")) if wanted is not None else segments


@lru_cache(maxsize=256)
def coloured(line: str, following: str, state: int) -> tuple[Piece, ...]:
    """Return a line of JSON that is broken anywhere in pieces; its state is one of RawLines.

    A name is known by the colon behind it, which may stand in the following line.
    """
    text, at = line + following, 0
    pieces: list[Piece] = []
    while at < len(line):
        goes_on = not at and state != OUTSIDE
        pattern, start = (_GOES_ON, state == ESCAPED) if goes_on else (_BEGINS, at)
        found = pattern.match(text, start)
        end = max(at + 1, found.end() if found else 0)
        pieces.append(Piece(line[at:end], f"json--{found.lastgroup if found else 'raw'}"))
        at = end
    return tuple(pieces)


def finish(segments: list[Segment], width: int, base: Style, cursor: Style | None) -> Strip:
    """Return a line of exactly so many cells; a cursor's style comes over all of it."""
    strip = Strip(segments).adjust_cell_length(width, base)
    if cursor is None:
        return strip
    drawn = (Segment(text, (style or base) + cursor) for text, style, _ in strip)
    return Strip(drawn, strip.cell_length)


def _in_sight(pieces: list[Piece], width: int, wanted: re.Pattern[str]) -> list[Piece]:
    """Leave out what stands before the first thing that is wanted, if that were out of sight."""
    match = wanted.search("".join(piece.text for piece in pieces))
    if match is None or match.end() < width:
        return pieces
    rest = match.start() - width // 3
    left = [Piece("…", "json--aside")]
    for text, name in pieces:
        if rest < len(text):
            left.append(Piece(text[max(0, rest) :], name))
        rest -= len(text)
    return left


def _marked(segments: list[Segment], wanted: re.Pattern[str], mark: Style) -> list[Segment]:
    text = "".join(segment.text for segment in segments)
    cuts = sorted({cut for match in wanted.finditer(text) for cut in match.span()})
    inside = {at for match in wanted.finditer(text) for at in range(*match.span())}
    marked: list[Segment] = []
    start = 0
    for segment in segments:
        end = start + len(segment.text)
        edges = [start, *(cut for cut in cuts if start < cut < end), end]
        for left, right in pairwise(edges):
            style = (segment.style or mark) + mark if left in inside else segment.style
            marked.append(Segment(text[left:right], style))
        start = end
    return marked


class TreePainter:
    """Draws the rows of one tree in lines of one width."""

    def __init__(  # noqa: PLR0913 - all that a line's look depends on
        self,
        look: Look,
        folds: Folds,
        width: int,
        glyphs: Glyphs,
        style: Callable[[str], Style],
        *,
        wanted: re.Pattern[str] | None,
        deepest: int,
    ) -> None:
        self._look = look
        self._folds = folds
        self._width = width
        self._glyphs = glyphs
        self._style = style
        self._wanted = wanted
        self._left_out = max(0, deepest - levels_in(width))

    def mark_at(self, row: int) -> range:
        """Return the cells in which a row has its mark of folding."""
        left = GUTTER + self._indent(row) * INDENT
        return range(left, left + _MARK)

    def line(self, row: int, cursor: str) -> Strip:
        """Draw a row; the cursor is the name of its style, empty on other lines."""
        base = self._style("")
        segments = [
            Segment(f"{self._glyphs.current if cursor else '':<{GUTTER}}", base),
            Segment(
                f"{self._glyphs.guide:<{INDENT}}" * self._indent(row), self._style("json--guide")
            ),
            Segment(f"{self._mark(row):<{_MARK}}", self._style("json--sign")),
        ]
        room = self._width - sum(len(segment.text) for segment in segments)
        if room > 0:
            segments += lay(
                self._pieces(row),
                room,
                self._wanted,
                self._style,
                is_moved=not self._folds.is_folded(row),
            )
        return finish(segments, self._width, base, self._style(cursor) if cursor else None)

    def _indent(self, row: int) -> int:
        return max(0, self._look.tree.depth(row) - self._left_out)

    def _mark(self, row: int) -> str:
        if self._look.tree.row(row).kind is not Kind.OPEN:
            return ""
        return self._glyphs.folded if self._folds.is_folded(row) else self._glyphs.unfolded

    def _pieces(self, row: int) -> Iterator[Piece]:
        yield from self._member(row)
        if self._folds.is_folded(row):
            yield Piece(f"…{CLOSER[self._look.row(row).token]}", "json--sign")
            size = self._look.tree.size(row)
            yield Piece(f" {size:,}" if size is not None else "", "json--aside")
            yield from self._preview(row)

    def _member(self, row: int) -> Iterator[Piece]:
        _, key, token = self._look.row(row)
        if key:
            yield Piece(key, "json--key")
            yield Piece(": ", "json--sign")
        is_hidden = self._look.hides(row)
        yield Piece(token, "json--hidden" if is_hidden else _VALUES.get(token[0], "json--number"))

    def _preview(self, row: int) -> Iterator[Piece]:
        """Say what is in a folded object or array, as far as there is room."""
        lead = "  "
        for inner in islice(_children(self._look, row), _PREVIEWED):
            _, key, token = self._look.row(inner)
            closers = {"{": "{…}", "[": "[…]"}
            said = closers.get(token, token[: self._width + 1])
            yield Piece(f"{lead}{key}: {said}" if key else f"{lead}{said}", "json--aside")
            lead = ", "


def _children(look: Look, opener: int) -> Iterator[int]:
    """Yield the rows of what stands directly in an object or array, as far as they are known."""
    row: int | None = opener + 1
    while row is not None and row < len(look.tree) and look.tree.parent(row) == opener:
        yield row
        end = look.tree.end(row)
        row = None if end is None else end + 1
