"""A repaint that draws what has changed and nothing else, and keeps none of it.

Textual's own draws whatever lies in the rectangle around all changes, what is hidden behind other
parts included: with a key in a box at the top and a list below it, most of the screen. That takes
longer than to find the list's lines.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    _Chops = list[dict[int, Strip | None]]
    """For each line its pieces, by the cells at which they begin."""


class SparingCompositor(Compositor):
    """Asks each part only for those of its lines that are to be seen anew."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw the dirty regions; None when there is none."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        screen = self.size.region
        spans = list(
            self._regions_to_spans(
                inside for region in regions if (inside := region.intersection(screen))
            )
        )
        if not spans:
            return None
        cuts = self.cuts
        ends = [line[1:] for line in cuts]
        chops = self._no_chops()
        missing: dict[int, set[int]] = {}
        for y, left, right in spans:
            missing.setdefault(y, set()).update(
                cut
                for cut, end in zip(chops[y], ends[y], strict=True)
                if cut < right and end > left
            )
        self._fill(chops, missing)
        return ChopsUpdate(chops, spans, ends)

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        """Draw all of the screen; only Textual's partial update would ask for less."""
        del crop, is_rendered_line
        chops = self._no_chops()
        self._fill(chops, {y: set(line) for y, line in enumerate(chops) if line})
        return cast("Sequence[Mapping[int, Strip]]", chops)

    def _no_chops(self) -> _Chops:
        return [dict.fromkeys(line[:-1]) for line in self.cuts]

    def _fill(self, chops: _Chops, missing: dict[int, set[int]]) -> None:
        """Draw the missing pieces, from front to back."""
        cuts = self.cuts
        for widget, (region, clip) in self.visible_widgets.items():
            if not missing:
                break
            if widget.parent is None:
                continue  # taken away with its styles, and here until all is laid out anew
            shown = region.intersection(clip)
            x, right = shown.column_span
            lines = [
                y
                for y in missing.keys() & set(shown.line_range)
                if any(x <= cut < right for cut in missing[y])
            ]
            if not lines:
                continue
            strips: dict[int, Strip] = {}
            for top, height in _stretches(lines):
                place = Region(x - region.x, top - region.y, shown.width, height)
                strips |= zip(range(top, top + height), widget.render_lines(place), strict=False)
            for y, strip in strips.items():
                own = [cut for cut in cuts[y] if x <= cut <= right]
                left_to_draw = missing[y]
                for cut, piece in zip(own, _pieces(strip, own), strict=False):
                    if cut in left_to_draw:
                        chops[y][cut] = piece
                        left_to_draw.discard(cut)
                if not left_to_draw:
                    del missing[y]


def _pieces(strip: Strip, cuts: list[int]) -> Iterable[Strip]:
    """Return a strip's pieces between the cuts; Textual would keep them with it for ever."""
    if len(cuts) <= 2:  # noqa: PLR2004 - its two ends
        return (strip,)
    ends = [cut - cuts[0] for cut in cuts[1:]]
    lengths = (after - before for before, after in pairwise(cuts))
    return map(Strip, Segment.divide(strip, ends), lengths)


def _stretches(lines: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first line and the height of all that follow each other."""
    start = at = min(lines)
    for y in [*sorted(lines)[1:], None]:
        if y != at + 1:
            yield start, at + 1 - start
            start = y or 0
        at = y or 0
